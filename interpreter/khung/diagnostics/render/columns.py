"""A source line as a terminal shows it: display columns, tabs expanded, cut around the caret."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

_TAB = 4  # columns between tab stops


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A line, or part of it, as shown. `caret` and `length` are display columns from 0."""

    text: str
    caret: int
    length: int


def width_of(character: str) -> int:
    """Return how many columns a terminal gives a character: 0, 1 or 2."""
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def excerpt(line: str, start: int, end: int, width: int) -> Excerpt:
    """Return a line as shown in at most `width` columns, so that `start` can be seen.

    Args:
        line: The line, without its break.
        start: Where the underlined part begins, in characters from 0.
        end: Where it ends.
        width: How many columns there are.
    """
    cells = _cells(line)
    columns = _columns(cells)
    caret = columns[min(start, len(line))]
    length = max(columns[min(end, len(line))] - caret, 1)
    if columns[-1] <= width:
        return Excerpt("".join(cells), caret, length)
    first = 0 if caret + min(length, width // 2) < width else max(caret - width // 3, 0)
    return _window(cells, columns, first, width, Excerpt("", caret, length))


def _window(
    cells: list[str], columns: list[int], first: int, width: int, whole: Excerpt
) -> Excerpt:
    kept = [
        cell
        for cell, left, right in zip(cells, columns, columns[1:], strict=False)
        if left >= first + bool(first) and right < first + width
    ]
    left = next((c for c in columns if c >= first + bool(first)), first)
    text = ("…" if first else "") + "".join(kept)
    cut = columns[-1] >= first + width
    caret = whole.caret - left + bool(first)
    return Excerpt(text + ("…" if cut else ""), caret, max(min(whole.length, width - caret), 1))


def _cells(line: str) -> list[str]:
    """Return what is shown for each character of a line."""
    cells: list[str] = []
    column = 0
    for character in line:
        if character == "\t":
            cell = " " * (_TAB - column % _TAB)
        elif unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}:
            cell = "\ufffd"
        else:
            cell = character
        cells.append(cell)
        column += sum(map(width_of, cell))
    return cells


def _columns(cells: list[str]) -> list[int]:
    """Return the column at which each cell begins, and that after the last."""
    columns = [0]
    for cell in cells:
        columns.append(columns[-1] + sum(map(width_of, cell)))
    return columns
