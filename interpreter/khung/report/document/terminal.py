"""A document on a terminal: wrapped to its width with a hanging indent, and painted if it can."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final, assert_never

from khung.diagnostics.render.columns import columns, cut, wrapped
from khung.diagnostics.render.sentences import visible
from khung.report.document import model as d
from khung.report.document.columns import side_by_side

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


NARROWEST = 40  # columns below which lines are not wrapped any further
_HANGING = 4  # columns before a text whose bullet takes a line of its own
_LONGEST = 4000  # characters of a line; a text from a case may be of any length


_PAINT: Final = {
    d.Style.PLAIN: "",
    d.Style.TITLE: "1",
    d.Style.HEADING: "1;36",
    d.Style.WARNING: "33",
    d.Style.ERROR: "31",
    d.Style.FAINT: "2",
}
"""The ANSI code of each style."""


def to_terminal(document: d.Document, *, width: int, color: bool = False) -> str:
    """Return a document as text that ends in a line break.

    Args:
        document: The document.
        width: Columns of the terminal, at least `NARROWEST`.
        color: Whether to colour it.
    """
    lines = (line for one in document.blocks for line in _lines(one, max(width, NARROWEST)))
    return rendered(lines, width, color=color)


def _lines(block: d.Block, width: int) -> Iterator[d.Line]:
    match block:
        case d.Line():
            yield block
        case d.Heading(level=1):
            yield d.Line(block.text, style=d.Style.TITLE)
        case d.Heading():
            yield d.BLANK
            yield d.Line(block.text, 0, "■", d.Style.TITLE)
        case d.Paragraph():
            yield d.Line(d.plain(block.text))
        case d.Listing():
            yield from (d.Line(d.plain(item), 2, "•") for item in block.items)
        case d.Grid():
            yield from block.lines or side_by_side(block, width, 2) or _rows(block)
        case d.Sample():
            yield from (d.Line(line, fit=d.Fit.WHOLE) for line in block.text.splitlines())
        case d.Signatures():
            yield from (d.Line(f"{who}: …", 2) for who in block.people)
        case d.Section():
            for inside in block.blocks:
                yield from _lines(inside, width)
        case _:
            assert_never(block)


def _rows(grid: d.Grid) -> Iterator[d.Line]:
    """Yield a table of a document: a paragraph for each row, each cell under its column."""
    for title, rows in grid.parts:
        if title:
            yield d.Line(title, style=d.Style.HEADING)
        for first, *others in rows:
            yield d.Line(d.plain(first), 2, "•")
            for column, cell in zip(grid.columns[1:], others, strict=True):
                if d.plain(cell):
                    yield d.Line(d.plain(cell), 4, f"{column}:")


def rendered(lines: Iterable[d.Line], width: int, *, color: bool = False) -> str:
    """Return lines as text that ends in a line break."""
    width = max(width, NARROWEST)
    shown = (painted for line in lines for painted in _shown(line, width, color=color))
    return "\n".join(shown) + "\n"


def padded(text: str, width: int) -> str:
    """Return a text followed by spaces up to a number of columns."""
    return text + " " * max(width - columns(text), 0)


def _shown(line: d.Line, width: int, *, color: bool) -> Iterator[str]:
    style = line.style if color else d.Style.PLAIN
    first = " " * line.indent + (line.bullet + " " if line.bullet else "")
    if line.fit is not d.Fit.WRAPPED:
        text = visible(line.text, sys.maxsize)
        if line.fit is d.Fit.CUT and columns(first + text) > width:
            text = f"{cut(text, width - columns(first) - 1)}…"
        yield (first + _painted(text, style)).rstrip()
        return
    rest = " " * (columns(first) if line.hang is None else line.indent + line.hang)
    text = visible(" ".join(line.text.split()), _LONGEST)
    if line.hang is None and columns(first) > width // 2:
        first = rest = " " * (line.indent + _HANGING)
        yield from _margined(line.bullet, line.indent, width)
    for index, part in enumerate(wrapped(text, width - len(rest), columns(first) - len(rest))):
        margin = rest if index else first
        yield (margin + _painted(part, style)).rstrip()


def _margined(text: str, indent: int, width: int) -> Iterator[str]:
    for part in wrapped(text.rstrip(), width - indent):
        yield " " * indent + part


def _painted(text: str, style: d.Style) -> str:
    return f"\x1b[{_PAINT[style]}m{text}\x1b[0m" if _PAINT[style] and text else text
