"""Text in the columns of a terminal: wrapped, or a source line cut around the caret."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

_TAB = 4  # columns between tab stops
_WORD = re.compile(r"(?:`[^`]*`|[^ `]|`)+")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A line, or part of it, as shown. `caret` and `length` are display columns from 0."""

    text: str
    caret: int
    length: int


@cache
def width_of(character: str) -> int:
    """Return how many columns a terminal gives a character: 0, 1 or 2."""
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def columns(text: str) -> int:
    """Return how many columns a text takes."""
    return sum(map(width_of, text))


def wrapped(text: str, width: int, taken: int = 0, *, whole: bool = False) -> list[str]:
    """Return a text as lines of at most `width` columns.

    Args:
        text: The text, in one line.
        width: How many columns there are.
        taken: How many of them are taken in the first line; below 0 if it has more.
        whole: Whether what people may copy, a long word or a text in back-ticks, stays in one
            line. Otherwise a longer word is cut.
    """
    lines: list[str] = []
    line, used = "", taken
    for word in _quoted(text) if whole else _words(text, width):
        size = columns(word)
        if line and used + 1 + size > width:
            lines.append(line)
            line, used = "", 0
        line, used = (f"{line} {word}", used + 1 + size) if line else (word, used + size)
    return [*lines, line]


def cut(text: str, width: int) -> str:
    """Return as much of a text as fits into some columns."""
    return next(_pieces(text, width))


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


def _words(text: str, width: int) -> Iterator[str]:
    for word in text.split(" "):
        yield from _pieces(word, width) if columns(word) > width else (word,)


def _pieces(word: str, width: int) -> Iterator[str]:
    piece, used = "", 0
    for character in word:
        size = width_of(character)
        if used + size > width:
            yield piece
            piece, used = "", 0
        piece, used = piece + character, used + size
    yield piece


def _quoted(text: str) -> Iterator[str]:
    """Yield the words of a text; one in back-ticks may hold blanks."""
    return (match[0] for match in _WORD.finditer(text))
