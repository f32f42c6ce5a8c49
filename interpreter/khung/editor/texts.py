"""A text as an editor holds it, and the places in it.

Editors count lines and units of UTF-16, or of what they agree on; khung counts code points of the
text in NFC, without byte order mark. In: offsets of khung. Out: positions of the editor, and back.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from khung.text import nfc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Position = tuple[int, int]
"""A line and a unit in it, both from 0."""

_BREAK = re.compile(r"\r\n|\n|\r")
_MARK = "\ufeff"

_UNITS: Final[dict[str, Callable[[str], int]]] = {
    "utf-8": lambda text: len(text.encode("utf-8", "surrogatepass")),
    "utf-16": lambda text: len(text) + sum(c > "\uffff" for c in text),
    "utf-32": len,
}


class Text:
    """One version of a text: `raw` is what the editor holds, `text` what khung reads."""

    def __init__(self, raw: str, units: str = "utf-16") -> None:
        self.raw = raw
        self._count = _UNITS[units]

    @cached_property
    def text(self) -> str:
        """The text as khung reads it."""
        return nfc(self.raw.removeprefix(_MARK))

    @property
    def data(self) -> bytes:
        """The text as bytes of a file; halves of characters become what no file may hold."""
        return self.raw.encode("utf-8", "surrogatepass")

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(found.end() for found in _BREAK.finditer(self.raw))]

    @cached_property
    def _raw_offsets(self) -> list[int] | None:
        """Where in `raw` each character of `text` begins; None where both are the same."""
        if self.raw == self.text:
            return None
        marked = self.raw.startswith(_MARK)
        body = self.raw.removeprefix(_MARK)
        found: list[int] = []
        for start, end in _clusters(body):
            found += [start + marked] * len(nfc(body[start:end]))
        return [*found, len(self.raw)]

    def position(self, offset: int) -> Position:
        """Return the position of an offset of khung's."""
        at = self._raw_of(offset)
        line = bisect_right(self._starts, at) - 1
        return line, self._count(self.raw[self._starts[line] : at])

    def offset(self, position: Position) -> int:
        """Return the offset, as khung counts it, of a position; the nearest if there is none."""
        at, offsets = self.raw_offset(position), self._raw_offsets
        return at if offsets is None else max(bisect_right(offsets, at) - 1, 0)

    def raw_offset(self, position: Position) -> int:
        """Return the offset in `raw` of a position; the nearest if there is none."""
        line, unit = position
        if line >= len(self._starts):
            return len(self.raw)
        start = self._starts[max(line, 0)]
        content = self.raw[start : self._end(max(line, 0))]
        if content.isascii():
            return start + min(max(unit, 0), len(content))
        return start + _within(content, unit, self._count)

    def changed(self, start: Position, end: Position, by: str) -> str:
        """Return `raw` with another text between two positions."""
        first, last = self.raw_offset(start), self.raw_offset(end)
        return self.raw[: min(first, last)] + by + self.raw[max(first, last) :]

    def with_changes(self, changes: Iterable[tuple[int, int, str]]) -> str:
        """Return `raw` after changes between offsets of khung's, which do not overlap."""
        raw = self.raw
        for start, end, by in sorted(changes, reverse=True):
            raw = raw[: self._raw_of(start)] + by + raw[self._raw_of(end) :]
        return raw

    def _end(self, line: int) -> int:
        """Return where a line ends, its break left out."""
        if line + 1 >= len(self._starts):
            return len(self.raw)
        end = self._starts[line + 1]
        return end - (2 if self.raw[end - 2 : end] == "\r\n" else 1)

    def _raw_of(self, offset: int) -> int:
        offsets = self._raw_offsets
        if offsets is None:
            return min(max(offset, 0), len(self.raw))
        return offsets[min(max(offset, 0), len(offsets) - 1)]


def _within(content: str, unit: int, count: Callable[[str], int]) -> int:
    """Return after how many characters of a line a number of units is reached."""
    reached = 0
    for at, character in enumerate(content):
        if reached >= unit:
            return at
        reached += count(character)
    return len(content)


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """Yield the parts of a text that are composed each for itself."""
    begin = 0
    for at in range(1, len(text)):
        if not unicodedata.combining(text[at]) and not _joins(text[at]):
            yield begin, at
            begin = at
    if text:
        yield begin, len(text)


def _joins(character: str) -> bool:
    """Say whether a letter of Hangul may join the one before it."""
    return "\u1160" <= character <= "\u11ff"


def lsp_range(text: Text, start: int, end: int) -> dict[str, Any]:
    """Return a range of an editor, as its protocol writes it."""
    places = (text.position(start), text.position(max(start, end)))
    first, last = ({"line": line, "character": unit} for line, unit in places)
    return {"start": first, "end": last}
