"""The groups of a quota in which a subject may be several times: once for each of a list."""

from __future__ import annotations

from collections import Counter
from dataclasses import field
from typing import TYPE_CHECKING, NamedTuple

from khung.engine.groups import Groups
from khung.engine.values import OPEN, Elements, Value
from khung.ir.nodes import Project
from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.engine.facts import Entity
    from khung.engine.groups import Key
    from khung.engine.solver import Env
    from khung.ir.nodes import Node


class Membership(NamedTuple):
    """That a subject has a key, by an element of its list; whether surely, if it is ranked."""

    element: Value
    sure: bool


@dataclass(slots=True)
class Several(Groups):
    """The groups of a grouping whose key is a list: a subject is in one for each element.

    Of one whose list is not settled nothing is known of further keys: it is among the keyless, too.
    """

    own: dict[int, dict[Key, Membership]] = field(default_factory=dict)

    def _place(self, entity: Entity, sure: bool) -> None:  # noqa: FBT001  # whether it is ranked
        found, is_open = self._memberships(entity)
        if not found and not is_open:
            return
        self.own[id(entity)] = found
        self.keys[id(entity)] = (OPEN,) if is_open else _as_values(next(iter(found)))
        for key, membership in found.items():
            self.members.setdefault(key, []).append((entity, sure and membership.sure))
        if is_open:
            self.keyless.append((entity, sure))

    def _memberships(self, entity: Entity) -> tuple[dict[Key, Membership], bool]:
        """Return the keys of a subject, and whether there may be others."""
        node, by = self.grouping.keys[0], self.run.evaluator
        assert isinstance(node, Project)  # noqa: S101  # as it was lowered
        env = by.env(entity)
        read = by.read(node.list, env)
        if read is None:
            return {}, False
        found: dict[Key, Membership] = {}
        listed, applies = read
        if not isinstance(listed.least, Elements):
            return {}, True
        is_open = listed.least.unseen != 0
        for item in listed.least.items:
            value = by.read(node.body, env.inner(item.value))
            if value is None:
                continue
            if value[0].why:
                is_open = True
                continue
            key = (value[0].least,)
            is_sure = applies and item.sure and value[1]
            if key not in found or is_sure:
                found[key] = Membership(item.value, is_sure)
        return found, is_open

    def keys_of(self, entity: Entity) -> dict[Key, bool]:
        """Return the known keys of a subject, and whether it surely has each if it is ranked."""
        return {key: each.sure for key, each in self.own.get(id(entity), {}).items()}

    def values(self, key: Key) -> tuple[Value, ...]:
        """Return what is known of a key that some have."""
        return _as_values(key)

    def env(self, entity: Entity, key: Key | None = None) -> Env:
        """Return where the limits of a group of a subject are read: with the element of its key."""
        found = None if key is None else self.own.get(id(entity), {}).get(key)
        return self.run.evaluator.env(entity).inner(OPEN if found is None else found.element)

    def limits(self, entity: Entity) -> Iterator[tuple[Node, Env]]:
        """Yield what the groups of a subject may have, with where it is read."""
        limits = self.grouping.at_most, self.grouping.places
        for key in self.own.get(id(entity), {}):
            yield from ((node, self.env(entity, key)) for node in limits if node is not None)

    def size_at(self, entity: Entity) -> tuple[Node | None, Env]:
        """Return how many the group of a subject has, and where that is read: of the first."""
        return self.grouping.size, self.env(entity, next(iter(self.own.get(id(entity), {})), None))

    def is_open(self, entity: Entity) -> bool:
        """Whether others may be in a group of a subject of whom the case says nothing."""
        if id(entity) not in self.own or self.all_stand_here:
            return False
        return any(self.room(key) > 0 for key in self.own[id(entity)])

    def listed(self, key: Key) -> int:
        """Return how many of the case surely have a key, in the ranking or not."""
        if self.outside is None:
            others = (self._memberships(e)[0] for e in self.entities if id(e) not in self.own)
            self.outside = Counter(key for own in others for key in own)
        return len(self.members[key]) + self.outside[key]


def _as_values(key: Key) -> tuple[Value, ...]:
    return tuple(Value(part, part) for part in key)
