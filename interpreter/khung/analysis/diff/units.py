"""Changes that are made or left out together, to see what they do.

In: the changes between two rulebooks, with the groups that the later one declares. Out: each group
as one unit, and of the others those together that cannot stand without each other.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import field
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from khung.analysis.diff.cores import types_read
from khung.analysis.diff.entries import every
from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from khung.analysis.diff.changes import Change
    from khung.analysis.diff.cores import Cores
    from khung.analysis.diff.entries import Item
    from khung.analysis.diff.uses import Names
    from khung.ir.program import Program


@dataclass(frozen=True, slots=True)
class Resolver:
    """The names of a rulebook, and the program that was made of it; `places` is what was found."""

    names: Names
    program: Program
    cores: Cores
    places: dict[int, tuple[Item, frozenset[str]]] = field(default_factory=dict)

    def reads(self, item: Item | None, place: str) -> bool:
        """Say whether an entry, or what is in it, may read another or what is in that."""
        if item is None:
            return False
        found = self.places.get(id(item))
        if found is None:
            read = (path for one in every((item,)) for path in self._read(one))
            found = self.places[id(item)] = (item, frozenset(with_above(read)))
        return place in found[1]

    def _read(self, item: Item) -> Iterator[str]:
        """Yield what an entry may read; after a point only what is of a type its core reads."""
        types = types_read(item, self.cores)
        bare = {mention.name for mention in item.mentions if not mention.space}
        for path in self.names.read(item):
            owner = path.removeprefix("records.").partition(".")[0]
            of_others = owner in self.program.objects and types is not None and owner not in types
            if not of_others or path.rpartition(".")[2] in bare:
                yield path


class Unit(NamedTuple):
    """Changes that are made or left out together; the id is that of a group, or a path."""

    id: str
    changes: tuple[Change, ...]


def units_of(
    changes: Iterable[tuple[Change, str]], before: Resolver, after: Resolver
) -> tuple[Unit, ...]:
    """Return changes as units.

    Args:
        changes: Each with the id of the group that it is in, empty for none.
        before: The rulebook that holds what is gone.
        after: The one that holds what is new.
    """
    groups: dict[str, list[Change]] = defaultdict(list)
    alone: list[Change] = []
    for change, group in changes:
        (groups[group] if group else alone).append(change)
    declared = (Unit(name, tuple(found)) for name, found in groups.items())
    joined = _joined(alone, before, after)
    return (*declared, *(Unit(found[0].path, tuple(found)) for found in joined))


def _joined(changes: list[Change], was: Resolver, now: Resolver) -> Iterator[list[Change]]:
    """Yield changes together where one reads what another adds or takes out."""
    parts = {id(change): [change] for change in changes}
    for side, resolver in (("new", now), ("old", was)):
        alone = [c for c in changes if not (c.new if side == "old" else c.old)]
        for change in changes:
            item = change.new if side == "new" else change.old
            for other in alone:
                if resolver.reads(item, other.path):
                    _join(parts, change, other)
    yield from {id(part): part for part in parts.values()}.values()


def _join(parts: dict[int, list[Change]], one: Change, other: Change) -> None:
    first, second = parts[id(one)], parts[id(other)]
    if first is not second:
        first += second
        parts.update((id(change), first) for change in second)


def with_above(paths: Iterable[str]) -> Iterator[str]:
    """Yield paths with those of all that they stand in."""
    for path in paths:
        yield from accumulate(path.split("."), "{}.{}".format)
