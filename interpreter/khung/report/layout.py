"""Lines for a terminal: wrapped to its width with a hanging indent, and painted if it can."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from khung.diagnostics.render.columns import width_of
from khung.diagnostics.render.sentences import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NARROWEST = 40
"""Columns below which lines are not wrapped any further."""

_HANGING = 4  # columns before a text whose bullet takes a line of its own
_LONGEST = 4000  # characters of a line; a text from a case may be of any length


class Style(Enum):
    """How a line stands out. Without colours nothing is lost."""

    PLAIN = ""
    TITLE = "1"
    HEADING = "1;36"
    WARNING = "33"
    ERROR = "31"
    FAINT = "2"


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph. `indent` counts columns; `bullet` stands before the first line."""

    text: str = ""
    indent: int = 0
    bullet: str = ""
    style: Style = Style.PLAIN


BLANK: Final = Line()


def rendered(lines: Iterable[Line], *, width: int, color: bool) -> str:
    """Return lines as text that ends in a line break."""
    width = max(width, NARROWEST)
    shown = (painted for line in lines for painted in _shown(line, width, color=color))
    return "\n".join(shown) + "\n"


def columns(text: str) -> int:
    """Return how many columns a text takes."""
    return sum(map(width_of, text))


def padded(text: str, width: int) -> str:
    """Return a text followed by spaces up to a number of columns."""
    return text + " " * max(width - columns(text), 0)


def wrapped(text: str, width: int) -> list[str]:
    """Return a text as lines of at most `width` columns; a longer word is cut."""
    lines: list[str] = []
    line, used = "", 0
    for word in _words(text, width):
        size = columns(word)
        if line and used + 1 + size > width:
            lines.append(line)
            line, used = "", 0
        line, used = (f"{line} {word}", used + 1 + size) if line else (word, size)
    return [*lines, line]


def _shown(line: Line, width: int, *, color: bool) -> Iterator[str]:
    first = " " * line.indent + (line.bullet + " " if line.bullet else "")
    rest = " " * columns(first)
    text = visible(" ".join(line.text.split()), _LONGEST)
    if columns(first) > width // 2:
        first = rest = " " * (line.indent + _HANGING)
        yield from _margined(line.bullet, line.indent, width)
    for index, part in enumerate(wrapped(text, width - len(rest))):
        margin = rest if index else first
        yield (margin + _painted(part, line.style if color else Style.PLAIN)).rstrip()


def _margined(text: str, indent: int, width: int) -> Iterator[str]:
    for part in wrapped(text.rstrip(), width - indent):
        yield " " * indent + part


def _painted(text: str, style: Style) -> str:
    return f"\x1b[{style.value}m{text}\x1b[0m" if style.value and text else text


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
