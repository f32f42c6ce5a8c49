"""The readings on which the outcome of a quota rests: who is in the group, and how they stand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from khung.engine.sufficing import Readings, together
from khung.engine.values import Value, known
from khung.ir.enums import ResultOf, Stage
from khung.ir.program import asked

if TYPE_CHECKING:
    from khung.engine.facts import Entity
    from khung.engine.groups import Groups, Key
    from khung.engine.rests import Rests
    from khung.ir.nodes import Node
    from khung.ir.program import ObjectType


_OPEN = object()
"""Stands in a key for what is not known of it."""


@dataclass(slots=True)
class QuotaRests:
    """Finds the grounds of quotas, of each group once."""

    rests: Rests
    groups: dict[tuple[str, int, Key], Readings] = field(default_factory=dict)

    def made_of(self, entity: Entity, index: int) -> Readings:
        """Return the grounds of what a quota makes of a subject."""
        quota, env = entity.type.quotas[index], (known(entity),)
        groups = self.rests.run.groups_of(entity.type, index)
        when = self.rests.grounds.of(quota.rule.when, env)
        level = asked(quota.asks, "level")
        key = groups.keys.get(id(entity))
        if key is None or groups.step(entity) is None:
            return when | level
        if groups.is_opaque(entity):
            return when | level | asked(quota.asks, "others")
        return when | level | self._group(groups, entity.type, index, _known(key))

    def _group(self, groups: Groups, declared: ObjectType, index: int, key: Key) -> Readings:
        """Return the grounds of what a quota makes of all groups that a key may be that of."""
        found = (declared.name, index, key)
        if found not in self.groups:
            quota = declared.quotas[index]
            settings = asked(
                quota.asks, "level", "per", "at_most", "places", "rounding", "small_group"
            )
            nodes: list[Node | None] = [quota.at_most, quota.places]
            if _OPEN in key or _is_cut(groups, key):
                settings |= asked(quota.asks, "order", "ties", "others")
                nodes += [order.value for order in quota.order]
            parts = (self._member(e, groups, index, key, nodes) for e in groups.entities)
            self.groups[found] = settings.union(
                self.rests.run.mentioned.hangs(quota.counts).readings, *parts
            )
        return self.groups[found]

    def _member(
        self, entity: Entity, groups: Groups, index: int, key: Key, place: list[Node | None]
    ) -> Readings:
        """Return the grounds of a subject being in a group, at its level and place, or not."""
        quota, env = groups.quota, (known(entity),)
        when = together(self.rests.grounds.of(node, env) for node in (quota.rule.when, *quota.per))
        own = groups.keys.get(id(entity))
        if own is None:
            return when | self.rests.state(entity, ResultOf.RANKED)
        if not _fit(key, _known(own)):
            return when
        placed = together(self.rests.grounds.of(node, env) for node in place)
        earlier = together(self.made_of(entity, i) for i in range(index))
        found = when | placed | earlier
        return found if groups.is_opaque(entity) else found | self.rests.level(entity, Stage.DEFER)


def _known(key: tuple[Value, ...]) -> Key:
    return tuple(_OPEN if value.why else value.least for value in key)


def _fit(one: Key, other: Key) -> bool:
    """Whether two keys may be the same: what is known of both is."""
    pairs = zip(one, other, strict=True)
    return all(_OPEN in (own, its) or own == its for own, its in pairs)


def _is_cut(groups: Groups, key: Key) -> bool:
    """Whether a group has more candidates than are kept for sure."""
    result = groups.result(key)[0]
    return bool(result.cut or result.open)
