"""A table on a terminal: columns side by side where there is room for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.diagnostics.render.columns import columns, wrapped
from khung.report.document.model import Fit, Grid, Line, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_GAP = 2  # columns between two cells
_WIDEST_FIRST = 32  # columns of what heads the rows
_WIDEST = 13  # columns that a column of numbers takes at most
_NUMBER = "number"


def side_by_side(grid: Grid, width: int, indent: int) -> list[Line] | None:
    """Return a table of numbers as lines, its headings wrapped; None where it is too wide.

    Args:
        grid: The table; its first column heads the rows.
        width: Columns of the terminal.
        indent: Columns before it.
    """
    if not grid.rows or not grid.kinds or {*grid.kinds[1:]} != {_NUMBER}:
        return None
    rows = [[plain(cell) for cell in row] for row in grid.rows]
    heads = [_longest(grid.columns[0]), *(columns(row[0]) for row in rows)]
    first = min(max(heads), _WIDEST_FIRST)
    least = [max(map(_longest, column)) for column in zip(grid.columns, *rows, strict=True)][1:]
    room = width - indent - first - _GAP * len(least) - sum(least)
    if room < 0 or _longest(grid.columns[0]) > first:
        return None
    widths = [first, *_widened(least, room)]
    shown = [[*grid.columns], *rows]
    return [Line(text, indent, fit=Fit.WHOLE) for row in shown for text in _row(row, widths)]


def _widened(least: Sequence[int], room: int) -> list[int]:
    """Return widths of columns of numbers, the narrowest widened first as long as there is room."""
    widths = [*least]
    while room and min(widths) < _WIDEST:
        widths[widths.index(min(widths))] += 1
        room -= 1
    return widths


def _longest(text: str) -> int:
    return max(map(columns, text.split()), default=0)


def _row(cells: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    """Yield the lines of a row: its cells end in the last, numbers stand to the right."""
    parts = [wrapped(cell, width) or [""] for cell, width in zip(cells, widths, strict=True)]
    deepest = max(map(len, parts))
    filled = [[*[""] * (deepest - len(part)), *part] for part in parts]
    for level in range(deepest):
        first, *rest = (part[level] for part in filled)
        line = first + " " * (widths[0] - columns(first))
        for text, width in zip(rest, widths[1:], strict=True):
            line += " " * (_GAP + width - columns(text)) + text
        yield line.rstrip()
