"""Formulas and ranges of a sheet of which rows were repeated or left out.

A reference to a row that was repeated is to the one beside, where the formula was repeated with it;
from elsewhere a range over it grows, and a single one is to the first.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import field
from functools import partial
from typing import TYPE_CHECKING

from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_REFERENCE = re.compile(
    r"(?P<text>\"[^\"]*\")|(?P<sheet>'[^']*'!|\w+!)?"
    r"(?P<from>\$?[A-Z]{1,3}\$?\d+)(?::(?P<to>\$?[A-Z]{1,3}\$?\d+))?(?![\w(])"
)
_CELL = re.compile(r"(\$?[A-Z]{1,3}\$?)(\d+)")


@dataclass(frozen=True, slots=True)
class Moved:
    """Where the rows of a template stand in what was made of it, from 1."""

    by_row: Mapping[int, Sequence[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, numbers: Sequence[int]) -> Moved:
        """Return the places by the row of the template that each row was made of."""
        found: dict[int, list[int]] = {}
        for target, number in enumerate(numbers, 1):
            found.setdefault(number, []).append(target)
        return cls(found)

    def rows(self, number: int) -> Sequence[int]:
        """Return the rows that were made of one of the template."""
        return self.by_row.get(number, ())

    def first(self, number: int) -> int:
        """Return the first row made of one; where none was, of the next that there is."""
        later = (found[0] for row, found in self.by_row.items() if row >= number)
        return min(later, default=self._last_row + 1)

    def last(self, number: int) -> int:
        """Return the last row made of one; where none was, of the one before."""
        earlier = (found[-1] for row, found in self.by_row.items() if row <= number)
        return max(earlier, default=1)

    @property
    def _last_row(self) -> int:
        return max((found[-1] for found in self.by_row.values()), default=1)

    def beside(self, number: int, own: int, target: int) -> int | None:
        """Return the row made of `number` in the turn in which `own` became `target`."""
        rows, others = self.rows(number), self.rows(own)
        if len(others) > 1 and len(rows) == len(others):
            return rows[bisect_right(others, target) - 1]
        return None

    def area(self, printed: str) -> str:
        """Return where a range of the template is now."""
        first, _, last = printed.partition(":")
        return f"{self._at(first, self.first)}:{self._at(last or first, self.last)}"

    def _at(self, cell: str, place: Callable[[int], int]) -> str:
        letters, number = _split(cell)
        return f"{letters}{place(number)}"

    def merged(self, merged: str) -> Iterator[str]:
        """Yield where merged cells are: as often as their row, if they are in one."""
        first, _, last = merged.partition(":")
        top, bottom = _split(first)[1], _split(last)[1]
        if top != bottom:
            if self.rows(top) and self.rows(bottom):
                yield self.area(merged)
            return
        for row in self.rows(top):
            place = partial(_always, row)
            yield f"{self._at(first, place)}:{self._at(last, place)}"


def _always(row: int, _: int) -> int:
    return row


def moved(formula: str, own: int, target: int, places: Moved) -> str:
    """Return a formula of row `own` as it stands in row `target`."""

    def again(found: re.Match[str]) -> str:
        if found["text"] or found["sheet"]:
            return found[0]
        if not found["to"]:
            return _single(found["from"], own, target, places)
        return _range(found["from"], found["to"], own, target, places)

    return _REFERENCE.sub(again, formula)


def _single(cell: str, own: int, target: int, places: Moved) -> str:
    letters, number = _split(cell)
    row = target if number == own else places.beside(number, own, target)
    return f"{letters}{places.first(number) if row is None else row}"


def _range(first: str, last: str, own: int, target: int, places: Moved) -> str:
    (left, top), (right, bottom) = _split(first), _split(last)
    if top == bottom == own:
        return f"{left}{target}:{right}{target}"
    start, end = places.first(top), places.last(bottom)
    return f"{left}{min(start, end)}:{right}{end}"  # over no rows: that before them


def _split(cell: str) -> tuple[str, int]:
    found = _CELL.fullmatch(cell)
    assert found is not None  # noqa: S101  # the form of a reference
    return found[1], int(found[2])
