"""Lines for a terminal: wrapped to its width with a hanging indent, and painted if it can."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from khung.diagnostics.render.columns import columns, wrapped
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


def padded(text: str, width: int) -> str:
    """Return a text followed by spaces up to a number of columns."""
    return text + " " * max(width - columns(text), 0)


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
