"""What differs between two rulebooks, entry by entry, in the order of the later one."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from khung.analysis.diff.entries import items
from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from khung.analysis.diff.entries import Item
    from khung.rulebook.model import Label, Rulebook


T = TypeVar("T")

_Place = tuple[str, str]
"""The part and the path of an entry: a subject may be named like a part of the manifest."""


class Kind(StrEnum):
    """Whether an entry is new, gone, or written otherwise."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class Class(StrEnum):
    """What a change does, as far as can be told.

    `CHANGES_OUTCOMES` is proved by a case, `CHANGES_NONE` by a solver for every case, `DOES_NOT`
    and `CITATION` by how the entry is written.
    """

    CHANGES_OUTCOMES = "changes_outcomes"
    DOES_NOT = "does_not"
    CHANGES_NONE = "changes_none"
    CITATION = "citation"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Change:
    """One entry that differs.

    Attributes:
        old: The entry before; None if it is new. Its own entries are changes of their own, unless
            the whole entry is new or gone.
        new: The entry after; None if it is gone.
        keys: The keys that differ, empty if the whole entry is new or gone.
    """

    old: Item | None
    new: Item | None
    keys: tuple[str, ...] = ()

    @property
    def item(self) -> Item:
        """The entry as it is now, or as it was."""
        found = self.new or self.old
        assert found is not None  # noqa: S101  # a change has a side
        return found

    @property
    def kind(self) -> Kind:
        """Whether the entry is new, gone, or written otherwise."""
        if self.old is None:
            return Kind.ADDED
        return Kind.REMOVED if self.new is None else Kind.CHANGED

    @property
    def path(self) -> str:
        """Where the entry stands."""
        return self.item.path

    @property
    def label(self) -> Label | None:
        """What people call the entry."""
        return self.item.label

    @property
    def before(self) -> dict[str, Any] | None:
        """What was written under the keys that differ, the whole of an entry that is gone."""
        return _side(self.old, self.keys)

    @property
    def after(self) -> dict[str, Any] | None:
        """What is written under the keys that differ, the whole of an entry that is new."""
        return _side(self.new, self.keys)


def compare_rulebooks(before: Rulebook, after: Rulebook) -> tuple[Change, ...]:
    """Return what differs between two rulebooks as they were loaded."""
    return tuple(_changes(items(before), items(after)))


def with_readings(rulebook: Rulebook, readings: Mapping[str, str]) -> Rulebook:
    """Return a rulebook that chooses other options of its readings."""
    chosen = tuple(
        replace(r, chosen=replace(r.chosen, name=readings.get(r.head.id, r.chosen.name)))
        for r in rulebook.readings
    )
    return replace(rulebook, readings=chosen)


def keys_within(change: Change, keys: AbstractSet[str]) -> bool:
    """Say whether an entry differs in some keys alone, of its own or of what stands in it."""
    before, after = change.before or {}, change.after or {}
    return bool(change.keys) and all(
        key in keys or _differ_within(before.get(key), after.get(key), keys) for key in change.keys
    )


def _differ_within(before: object, after: object, keys: AbstractSet[str]) -> bool:
    if not isinstance(before, dict) or not isinstance(after, dict):
        return False
    others = {**before, **after}.keys() - keys
    pairs = ((before.get(key), after.get(key)) for key in others)
    return all(one == other or _differ_within(one, other, keys) for one, other in pairs)


def _changes(old: tuple[Item, ...], new: tuple[Item, ...]) -> Iterator[Change]:
    was, now = _by_place(old), _by_place(new)
    for place in both(list(was), list(now)):
        before, after = was.get(place), now.get(place)
        if before is None or after is None:
            yield Change(before, after)
            continue
        keys = _differing(before, after)
        if keys:
            yield Change(_ordered(before), _ordered(after), keys)
        yield from _changes(before.children, after.children)


def _differing(before: Item, after: Item) -> tuple[str, ...]:
    keys = dict.fromkeys((*before.keys, *after.keys))
    found = [key for key in keys if before.keys.get(key) != after.keys.get(key)]
    orders = (key for key in after.order if _reordered(key, before, after))
    return (*found, *orders)


def _reordered(key: str, before: Item, after: Item) -> bool:
    """Say whether entries that both hold stand in another order."""
    was, now = before.order.get(key, ()), after.order[key]
    return [name for name in was if name in now] != [name for name in now if name in was]


def _ordered(item: Item) -> Item:
    return replace(item, keys={**item.keys, **{k: list(v) for k, v in item.order.items()}})


def both(old: list[T], new: list[T]) -> list[T]:
    """Return the names of both, those that are gone behind what they stood behind."""
    found = list(new)
    for index, name in enumerate(old):
        if name not in new:
            found.insert(found.index(old[index - 1]) + 1 if index else 0, name)
    return found


def _by_place(found: Iterable[Item]) -> dict[_Place, Item]:
    return {(item.part, item.path): item for item in found}


def _side(item: Item | None, keys: tuple[str, ...]) -> dict[str, Any] | None:
    if item is None:
        return None
    return {key: item.keys.get(key) for key in keys} if keys else item.whole
