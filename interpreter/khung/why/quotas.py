"""On what a quota rests: who is in a group, and how its members stand before it."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Protocol

from khung.ir.stages import names
from khung.ir.stages.quota import is_joint, keys_of
from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from khung.engine.cut import Cut
    from khung.engine.facts import Entity
    from khung.engine.groups import Groups, Key
    from khung.engine.values import Value
    from khung.ir.nodes import Kept
    from khung.ir.program import ObjectType
    from khung.why.bits import Bits


class Quotas(Protocol):
    """What is asked of an evaluation besides its values: the groups of each quota."""

    def groups_of(self, declared: ObjectType, index: int) -> Cut:
        """Return the groups of a subject type's quota."""

    def is_opaque(self, entity: Entity) -> bool:
        """Whether nothing is known to others of what the rules make of a subject."""


_SETTINGS = (
    *("level", "per", "within", "at_most", "at_most_by", "places", "places_by"),
    *("rounding", "small_group"),
)
_OF_SIZE, _OF_CUT = ("size", "size_by"), ("order", "ties", "others")
"""The settings on which a group rests: in any case, if it may be longer, if some are cut."""

_OPEN = object()
"""Stands in a key for what is not known of it."""


@dataclass(slots=True)
class QuotaRests:
    """Finds on what quotas rest, of each group once."""

    rests: Bits
    source: Quotas
    groups: dict[tuple[str, int, Key], int] = field(default_factory=dict)
    kept_out: dict[tuple[str, int], int] = field(default_factory=dict)

    def made_of(self, node: Kept, entity: Entity) -> int:
        """Return on what rests what a quota makes of a subject."""
        env, hanging = self.rests.solver.env(entity), self.rests.hanging
        quota = entity.type.quotas[node.place]
        cut = self.source.groups_of(entity.type, node.place)
        own = self.rests.of_each((quota.head.when, quota.competes), env)
        own |= hanging.asked(quota.asks, "level")
        if cut.step(entity) is None:
            return own
        if cut.is_opaque(entity):
            return own | hanging.asked(quota.asks, "others")
        if is_joint(quota):
            return own | self._joint(node, cut, entity.type)
        first = cut.parts[0]
        return own | self._group(node, first, entity.type, _known(first.keys[id(entity)]))

    def _joint(self, node: Kept, cut: Cut, declared: ObjectType) -> int:
        """Return on what rests who stays where a candidate is in several groups: on all of them."""
        found = (declared.name, node.place, ())
        if found not in self.groups:
            self.groups[found] = 0  # stands while work runs in a ring
            quota, hanging = declared.quotas[node.place], self.rests.hanging
            rests = hanging.asked(quota.asks, *_SETTINGS, *_OF_SIZE, *_OF_CUT)
            rests |= hanging.hangs(quota.counts).bits | self._around(node, cut, declared)
            for part in cut.parts:
                rests |= self._of_members(
                    node, part, [e for e in part.entities if id(e) in part.keys]
                )
            self.groups[found] = rests & hanging.readings
        return self.groups[found]

    def _group(self, node: Kept, groups: Groups, declared: ObjectType, key: Key) -> int:
        """Return on what rests what a quota makes of all groups that a key may be that of."""
        found = (declared.name, node.place, key)
        if found not in self.groups:
            self.groups[found] = 0  # stands while work runs in a ring
            self.groups[found] = self._settled(node, groups, declared, key)
        return self.groups[found]

    def _settled(self, node: Kept, groups: Groups, declared: ObjectType, key: Key) -> int:
        quota, hanging = declared.quotas[node.place], self.rests.hanging
        found = hanging.asked(quota.asks, *_SETTINGS)
        if groups.keyless or not groups.all_stand_here:
            found |= hanging.asked(quota.asks, *_OF_SIZE)
        is_cut = _OPEN in key or _is_cut(groups, key)
        if is_cut:
            found |= hanging.asked(quota.asks, *_OF_CUT)
        found |= hanging.hangs(quota.counts).bits | self._around(node, groups, declared)
        members = self._members(groups, key)
        return (found | self._of_members(node, groups, members, cut=is_cut)) & hanging.readings

    def _of_members(
        self, node: Kept, groups: Groups, members: Sequence[Entity], *, cut: bool = True
    ) -> int:
        """Return on what rests how members stand: their levels, and by what they are put in order.

        Args:
            node: What the quota leaves.
            groups: The grouping.
            members: Those of a group.
            cut: Whether there are more candidates than places.
        """
        found, quota = 0, groups.quota
        is_open = groups.keyless or not groups.all_stand_here
        for member in members:
            env = self.rests.solver.env(member)
            limits = (*groups.limits(member), *([groups.size_at(member)] if is_open else ()))
            for limit, at in limits:
                found |= self.rests.of_each((limit,), at)
            nodes = [order.value for order in quota.order] if cut else []
            found |= self.rests.of_each((*nodes, quota.competes), env)
            found |= self.rests.own(member, names.OUT)
            if not groups.is_opaque(member):
                found |= self.rests.whole(node.before, env)
        return found

    def _around(self, node: Kept, groups: Cut, declared: ObjectType) -> int:
        """Return on what rests which group each subject is in, if any."""
        key = (declared.name, node.place)
        if key not in self.kept_out:
            found = 0
            for entity in groups.entities:
                env, quota = self.rests.solver.env(entity), declared.quotas[node.place]
                found |= self.rests.of_each((quota.head.when, *keys_of(quota)), env)
                if not any(id(entity) in part.keys for part in groups.parts):
                    found |= self.rests.own(entity, names.OUT)
            self.kept_out[key] = found
        return self.kept_out[key]

    def _members(self, groups: Groups, key: Key) -> list[Entity]:
        """Return all who may be in a group of the key."""
        if _OPEN not in key:
            return [entity for entity, _ in groups.members[key]] + [
                entity for entity, _ in groups.keyless if _fit(key, _known(groups.keys[id(entity)]))
            ]
        return [
            entity
            for entity in groups.entities
            if id(entity) in groups.keys and _fit(key, _known(groups.keys[id(entity)]))
        ]


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
