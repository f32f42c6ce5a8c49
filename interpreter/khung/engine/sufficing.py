"""Sets of readings of which each suffices for something, and how they are put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

Readings = frozenset[str]
"""Names of readings."""

NONE: Readings = frozenset()


def fewest(ways: Iterable[Readings]) -> Readings:
    """Return the smallest of several sets that suffice, the first of those of equal size."""
    found: Readings | None = None
    for way in ways:
        if found is None or len(way) < len(found):
            found = way
        if not found:
            break
    assert found is not None  # noqa: S101  # what is so has some ground
    return found


def together(parts: Iterable[Readings]) -> Readings:
    """Return all readings of parts that are needed together."""
    return NONE.union(*parts)
