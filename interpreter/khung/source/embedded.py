"""Where each character of a decoded YAML scalar stands in its file.

In: the decoded text, the span of the scalar as written (quotes or block header included) and its
style. Out: a `PlacedText`. Visible characters map to themselves, or to the first character of
their escape; a space or line break that folding made maps to the white space it was made of.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from khung.patterns import pattern
from khung.text import PlacedText, SourceFile, nfc

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

_SPACE = pattern(r"[ \t\r\n]+")
_BREAK = pattern(r"\r?\n")
_LINE = pattern(r"([^\r\n]*)(\r?\n|\Z)")
_ESCAPE_LENGTH = {"x": 4, "u": 6, "U": 10}


def place(decoded: str, file: SourceFile, start: int, end: int, style: str) -> PlacedText:
    """Return a decoded scalar with the places of its characters.

    Args:
        decoded: What YAML made of the scalar.
        file: The file it stands in.
        start: The offset of its first character: of the quote, or of the block header.
        end: The offset after its last character.
        style: The style: empty for plain, else `'`, `"`, `|` or `>`.
    """
    if style in {"", "'", '"'}:
        quote = len(style)
        if file.text[start + quote : end - quote] == decoded:
            return PlacedText(decoded, file, start + quote)
        found = _flow_offsets(file.text, start + quote, end - quote, style)
    else:
        found = _block_offsets(decoded, file.text, start, end)
    offsets = (*found, end - len(style) if style in {"'", '"'} else end)
    if len(offsets) != len(decoded) + 1:  # a form of YAML not foreseen: point at the whole scalar
        offsets = (start,) * len(decoded) + (end,)
    return _composed(decoded, file, start, offsets)


def _flow_offsets(text: str, start: int, end: int, style: str) -> list[int]:
    offsets: list[int] = []
    at = start
    while at < end:
        space = _SPACE.match(text, at, end)
        if space:
            offsets += _folded(space, first_break_is_space=True)
            at = space.end()
        elif style == '"' and text[at] == "\\":
            at = _escape(text, at, end, offsets)
        else:
            offsets.append(at)
            at += 2 if style == "'" and text[at] == "'" else 1
    return offsets


def _folded(space: re.Match[str], *, first_break_is_space: bool) -> Iterator[int]:
    breaks = [m.start() for m in _BREAK.finditer(space.string, space.start(), space.end())]
    if not breaks:
        yield from range(space.start(), space.end())
    elif len(breaks) == 1 and first_break_is_space:
        yield space.start()
    else:
        yield from breaks[1:]


def _escape(text: str, at: int, end: int, offsets: list[int]) -> int:
    """Add the offset of the escape at `at`; return where it ends."""
    if text[at + 1] not in "\r\n":
        offsets.append(at)
        return at + _ESCAPE_LENGTH.get(text[at + 1], 2)
    space = _SPACE.match(text, at + 1, end)
    if space is None:
        return at + 1
    offsets += _folded(space, first_break_is_space=False)
    return space.end()


def _block_offsets(decoded: str, text: str, start: int, end: int) -> list[int]:
    """Walk the lines of a block scalar beside the decoded text.

    Between two lines with content stand one or more line breaks. One gives one character, a space
    or a break; several give as many breaks, or one less where the first was folded.
    """
    lines = list(_lines(text, text.find("\n", start) + 1, end))
    indent = _indent(decoded, text, lines)
    offsets: list[int] = []
    breaks: list[int] = []
    for first, last in lines:
        if last - first > indent:
            offsets += _kept(decoded, len(offsets), breaks)
            offsets += range(first + indent, last)
            breaks = []
        breaks.append(last)
    return offsets + breaks[: len(decoded) - len(offsets)]


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    at = start
    while 0 < at < end:
        line = _LINE.match(text, at)
        if line is None:
            return
        yield line.span(1)
        at = line.end() if line.end() > at else end


def _indent(decoded: str, text: str, lines: list[tuple[int, int]]) -> int:
    written = next((text[a:b] for a, b in lines if text[a:b].strip(" ")), "")
    shown = next((line for line in decoded.split("\n") if line.strip(" ")), "")
    return (len(written) - len(written.lstrip(" "))) - (len(shown) - len(shown.lstrip(" ")))


def _kept(decoded: str, at: int, breaks: list[int]) -> list[int]:
    if len(breaks) <= 1:
        return breaks
    count = 0
    while decoded.startswith("\n", at + count):
        count += 1
    return breaks[len(breaks) - count :] if count else []


def _composed(decoded: str, file: SourceFile, start: int, offsets: tuple[int, ...]) -> PlacedText:
    """Put a text into NFC: escapes may write letters and accents apart."""
    if nfc(decoded) == decoded:
        return PlacedText(decoded, file, start, offsets)
    text, places = "", []
    for begin, finish in _clusters(decoded):
        composed = nfc(decoded[begin:finish])
        text += composed
        places += [offsets[begin]] * len(composed)
    return PlacedText(text, file, start, (*places, offsets[-1]))


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    begin = 0
    for at in range(1, len(text)):
        if not unicodedata.combining(text[at]):
            yield begin, at
            begin = at
    yield begin, len(text)
