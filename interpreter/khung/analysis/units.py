"""Changes that are made or left out together, to see what they do.

In: the changes between two rulebooks, with the groups that the later one declares. Out: each group
as one unit, and of the others those together that cannot stand without each other.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from khung.analysis.meaning import types_read
from khung.analysis.written import every

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from khung.analysis.compare_rulebooks import Change
    from khung.analysis.mentions import Names
    from khung.analysis.written import Item
    from khung.ir.program import Program


class Resolver(NamedTuple):
    """The names of a rulebook, and the program that was made of it."""

    names: Names
    program: Program


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
                if reads(item, other.path, resolver):
                    _join(parts, change, other)
    yield from {id(part): part for part in parts.values()}.values()


def _join(parts: dict[int, list[Change]], one: Change, other: Change) -> None:
    first, second = parts[id(one)], parts[id(other)]
    if first is not second:
        first += second
        parts.update((id(change), first) for change in second)


def reads(item: Item | None, place: str, resolver: Resolver) -> bool:
    """Say whether an entry, or what is in it, may read another."""
    inside = every((item,)) if item else ()
    return any(_is_at(path, place) for one in inside for path in _read(one, resolver))


def _read(item: Item, resolver: Resolver) -> Iterator[str]:
    """Yield what an entry may read; after a point only what is of a type that its core reads."""
    types = types_read(item, resolver.program)
    bare = {mention.name for mention in item.mentions if not mention.space}
    for path in resolver.names.read(item):
        owner = path.removeprefix("records.").partition(".")[0]
        of_others = owner in resolver.program.objects and types is not None and owner not in types
        if not of_others or path.rpartition(".")[2] in bare:
            yield path


def _is_at(path: str, place: str) -> bool:
    return path == place or path.startswith(f"{place}.")
