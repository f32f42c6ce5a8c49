"""On what a quota rests: who is in a group, and how its members stand before it."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Protocol

from khung.ir.stages import names
from khung.records import dataclass

if TYPE_CHECKING:
    from khung.engine.facts import Entity
    from khung.engine.groups import Groups, Key
    from khung.engine.values import Value
    from khung.ir.nodes import Kept, Node
    from khung.ir.program import ObjectType
    from khung.why.bits import Bits


class Quotas(Protocol):
    """What is asked of an evaluation besides its values: the groups of each quota."""

    def groups_of(self, declared: ObjectType, index: int) -> Groups:
        """Return the groups of a subject type's quota."""

    def is_opaque(self, entity: Entity) -> bool:
        """Whether nothing is known to others of what the rules make of a subject."""


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
        groups = self.source.groups_of(entity.type, node.place)
        own = self.rests.of_each((quota.head.when,), env) | hanging.asked(quota.asks, "level")
        key = groups.keys.get(id(entity))
        if key is None or groups.step(entity) is None:
            return own
        if groups.is_opaque(entity):
            return own | hanging.asked(quota.asks, "others")
        return own | self._group(node, groups, entity.type, _known(key))

    def _group(self, node: Kept, groups: Groups, declared: ObjectType, key: Key) -> int:
        """Return on what rests what a quota makes of all groups that a key may be that of."""
        found = (declared.name, node.place, key)
        if found not in self.groups:
            self.groups[found] = 0  # stands while work runs in a ring
            self.groups[found] = self._settled(node, groups, declared, key)
        return self.groups[found]

    def _settled(self, node: Kept, groups: Groups, declared: ObjectType, key: Key) -> int:
        quota, hanging = declared.quotas[node.place], self.rests.hanging
        found = hanging.asked(
            quota.asks, "level", "per", "at_most", "places", "rounding", "small_group"
        )
        nodes: list[Node | None] = [quota.at_most, quota.places]
        if groups.keyless or not groups.all_stand_here:
            found |= hanging.asked(quota.asks, "size")
            nodes.append(quota.size)
        if _OPEN in key or _is_cut(groups, key):
            found |= hanging.asked(quota.asks, "order", "ties", "others")
            nodes += [order.value for order in quota.order]
        found |= hanging.hangs(quota.counts).bits | self._around(node, groups, declared)
        for member in self._members(groups, key):
            env = self.rests.solver.env(member)
            found |= self.rests.of_each(nodes, env) | self.rests.own(member, names.OUT)
            if not groups.is_opaque(member):
                found |= self.rests.whole(node.before, env)
        return found & hanging.readings

    def _around(self, node: Kept, groups: Groups, declared: ObjectType) -> int:
        """Return on what rests which group each subject is in, if any."""
        key = (declared.name, node.place)
        if key not in self.kept_out:
            found = 0
            for entity in groups.entities:
                env, quota = self.rests.solver.env(entity), declared.quotas[node.place]
                found |= self.rests.of_each((quota.head.when, *quota.per), env)
                if id(entity) not in groups.keys:
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
