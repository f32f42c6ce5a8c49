"""Changes that are made or left out together, to see what they do.

In: the changes between two rulebooks, with the groups that the later one declares. Out: each group
as one unit, and of the others those together that cannot stand without each other.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from khung.analysis.mentions import Names
from khung.analysis.written import every, items

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from khung.analysis.compare_rulebooks import Change
    from khung.analysis.written import Item
    from khung.rulebook.model import Rulebook


class Unit(NamedTuple):
    """Changes that are made or left out together; the id is that of a group, or a path."""

    id: str
    changes: tuple[Change, ...]


def units_of(
    changes: Iterable[tuple[Change, str]], before: Rulebook, after: Rulebook
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
    joined = _joined(alone, Names.of(every(items(before))), Names.of(every(items(after))))
    return (*declared, *(Unit(found[0].path, tuple(found)) for found in joined))


def _joined(changes: list[Change], was: Names, now: Names) -> Iterator[list[Change]]:
    """Yield changes together where one reads what another adds or takes out."""
    parts = {id(change): [change] for change in changes}
    for side, names in (("new", now), ("old", was)):
        alone = [c for c in changes if not (c.new if side == "old" else c.old)]
        for change in changes:
            item = change.new if side == "new" else change.old
            for other in alone:
                if reads(item, other.path, names):
                    _join(parts, change, other)
    yield from {id(part): part for part in parts.values()}.values()


def _join(parts: dict[int, list[Change]], one: Change, other: Change) -> None:
    first, second = parts[id(one)], parts[id(other)]
    if first is not second:
        first += second
        parts.update((id(change), first) for change in second)


def reads(item: Item | None, place: str, names: Names) -> bool:
    """Say whether an entry, or what is in it, may read another."""
    inside = every((item,)) if item else ()
    return any(_is_at(path, place) for one in inside for path in names.read(one))


def _is_at(path: str, place: str) -> bool:
    return path == place or path.startswith(f"{place}.")
