"""Which facts, taken together, could lift a subject at all, whatever their values.

A set of facts that are left open and still do not let the subject reach the level is of no use, nor
is any part of it: so most of the sets are ruled out many at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Names = tuple[str, ...]


def smallest_sets(
    names: Sequence[str], most: int, may: Callable[[frozenset[str]], bool]
) -> list[Names]:
    """Return the sets of up to `most` names that may do, of which no part may do by itself.

    Args:
        names: In the order that the names of a set are to have.
        most: How many names a set has at most.
        may: Whether a set may do. What may do still may with more names.
    """
    alone = list(_sets([(tuple(names), 1)], (), may))
    rest = tuple(name for name in names if (name,) not in alone)
    found = list(alone)
    for size in range(2, most + 1):
        found += list(_sets([(rest, size)], tuple(found), may))
    order = {name: place for place, name in enumerate(names)}
    return [tuple(sorted(names_of, key=order.__getitem__)) for names_of in found]


def _sets(
    parts: list[tuple[Names, int]],
    without: tuple[Names, ...],
    may: Callable[[frozenset[str]], bool],
) -> Iterator[Names]:
    """Yield the sets of so many names from each of some parts that may do.

    Args:
        parts: Names, and how many of them are in the set.
        without: Sets of which none is to be part of those yielded.
        may: Whether a set may do.
    """
    fixed = {name for part, count in parts if len(part) == count for name in part}
    if any(len(part) < count for part, count in parts) or any(fixed.issuperset(w) for w in without):
        return
    if not may(frozenset(name for part, _ in parts for name in part)):
        return
    parts = sorted(parts, key=lambda part: len(part[0]) - part[1])
    *others, (largest, count) = parts
    if len(largest) == count:
        yield tuple(name for part, _ in parts for name in part)
        return
    middle = len(largest) // 2
    first, second = largest[:middle], largest[middle:]
    for own in range(count, -1, -1):
        split = [(first, own), (second, count - own)]
        yield from _sets([*others, *(part for part in split if part[1])], without, may)
