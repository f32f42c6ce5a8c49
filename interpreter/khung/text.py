"""Text with places: a source file, a position in it, a span of it.

In: the text of a file, already decoded. Out: offsets, lines and columns. Offsets count code
points of the NFC text, lines and columns start at 1 and count characters.
"""

from __future__ import annotations

import dataclasses
import unicodedata
from bisect import bisect_right
from dataclasses import field
from functools import cached_property

from khung.patterns import pattern
from khung.records import dataclass

_ESCAPE = pattern(r"\\(?:x..|u.{4}|U.{8}|.)")


def nfc(text: str) -> str:
    """Return `text` in Unicode normal form C, in which all names are compared."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


@dataclasses.dataclass(frozen=True)
class SourceFile:
    """A named text. `name` is the path as the user gave it, or a label such as `<expression>`.

    `surface` says in which words the expressions in it are written: one of `surfaces`.
    """

    name: str
    text: str = field(repr=False)
    surface: str = field(default="en", kw_only=True)

    @cached_property
    def _line_starts(self) -> list[int]:
        starts = [0]
        find = self.text.find
        at = find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = find("\n", at + 1)
        return starts

    def position(self, offset: int) -> tuple[int, int]:
        """Return the line and column, from 1, of a code point offset."""
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    def start_of_line(self, number: int) -> int:
        """Return the offset of the first character of line `number`, from 1."""
        return self._line_starts[number - 1]

    def line(self, number: int) -> str:
        """Return line `number`, from 1, without its line break."""
        start = self.start_of_line(number)
        end = self.text.find("\n", start)
        return self.text[start : len(self.text) if end < 0 else end].rstrip("\r")

    def cut(self, start: int, end: int) -> str:
        """Return the text between two offsets."""
        return self.text[start:end]


@dataclasses.dataclass(slots=True)
class Place:
    """Where a piece stands now: in which file or larger piece, at which offset."""

    outer: SourceFile
    start: int


@dataclasses.dataclass(frozen=True, eq=False)
class Piece(SourceFile):
    """A part of a file that is read by itself, so that it can move while what was read stays.

    Offsets, lines and columns are those in the piece; `Span.in_whole` says them of the file.
    """

    place: Place = field(kw_only=True, repr=False)

    __eq__ = object.__eq__
    __hash__ = object.__hash__


_ROWS, _COLUMNS = 1 << 40, 1 << 20  # more than any table has


@dataclasses.dataclass(frozen=True, eq=False)
class Grid(SourceFile):
    """A table in a file: a line is a row, a column one of the table, an offset a cell.

    Attributes:
        sheet: The sheet of a workbook; empty where the file is the table.
        number: Its place in the workbook.
        headings: What columns are called by number, in Vietnamese and in English.
        shown: The texts of cells that spans were made of, by offset.
    """

    text: str = ""
    sheet: str = ""
    number: int = 0
    headings: dict[int, tuple[str, str]] = field(default_factory=dict, repr=False)
    shown: dict[int, str] = field(default_factory=dict, repr=False)

    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def span(self, row: int, column: int, text: str) -> Span:
        """Return the place of a cell, counted from 1, in which a text stands."""
        offset = (self.number * _ROWS + row) * _COLUMNS + column
        self.shown[offset] = text
        return Span(self, offset, offset + 1)

    def position(self, offset: int) -> tuple[int, int]:
        """Return the row and the column, from 1, of a cell."""
        row, column = divmod(offset, _COLUMNS)
        return row % _ROWS, column

    def line(self, number: int) -> str:  # noqa: ARG002  # as of every file
        """Return nothing: rows are not shown."""
        return ""

    def cut(self, start: int, end: int) -> str:
        """Return the text of a cell."""
        return self.shown.get(start, "") if start < end else ""


def letters(column: int) -> str:
    """Return what spreadsheet programs call a column, counted from 1: `A`, `Z`, `AA`."""
    found = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        found = chr(ord("A") + rest) + found
    return found


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of code points in a file."""

    file: SourceFile
    start: int
    end: int

    @property
    def text(self) -> str:
        """The text under the span."""
        return self.file.cut(self.start, self.end)

    def in_whole(self) -> Span:
        """Return the span in the file itself, if it is in a piece of one."""
        file, by = self.file, 0
        while isinstance(file, Piece):
            place = file.place
            file, by = place.outer, by + place.start
        return Span(file, self.start + by, self.end + by) if file is not self.file else self

    def to(self, other: Span) -> Span:
        """Return the span from the start of this one to the end of `other`."""
        return Span(self.file, self.start, max(self.end, other.end))


@dataclass(frozen=True, slots=True)
class PlacedText:
    """A decoded text, such as a YAML scalar, each character of which knows its place in a file.

    `offsets` has one file offset for each character and one more for the end; None means that
    the decoded text stands in the file as it is, from `start`.
    """

    text: str
    file: SourceFile
    start: int
    offsets: tuple[int, ...] | None = None

    def span(self, start: int, end: int) -> Span:
        """Return the file span of the decoded characters `start` to `end`."""
        if self.offsets is None:
            return Span(self.file, self.start + start, self.start + end)
        if end <= start:
            return Span(self.file, self.offsets[start], self.offsets[start])
        return Span(self.file, self.offsets[start], self._end(end - 1))

    def _end(self, at: int) -> int:
        """Return the offset behind a decoded character, which may be written as an escape."""
        assert self.offsets is not None  # noqa: S101  # the caller has looked
        start, following = self.offsets[at], self.offsets[at + 1]
        escape = _ESCAPE.match(self.file.text, start) if following > start + 1 else None
        return escape.end() if escape else start + 1


def placed(text: str, name: str = "<expression>", surface: str = "en") -> PlacedText:
    """Return a text that stands on its own, outside any file."""
    file = SourceFile(name, nfc(text), surface=surface)
    return PlacedText(file.text, file, 0)
