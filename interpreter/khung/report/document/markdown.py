"""A document as Markdown of the kind that GitHub shows; anchors are HTML, which it keeps."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, assert_never

from khung.report.document.model import (
    Anchor,
    Break,
    Code,
    Grid,
    Heading,
    Link,
    Listing,
    Paragraph,
    Sample,
    Strong,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from khung.report.document.model import Block, Document, Inline, Rich

_SPECIAL = re.compile(r"([\\`*_\[\]<>~&])")
_AT_START = re.compile(r"^(\d+)([.)](?:\s|$))|^([-+#])")
_BAR = r"\|"
_FENCES = re.compile("`+")


def to_markdown(document: Document) -> str:
    """Return the document as Markdown, one blank line between its blocks."""
    return "\n\n".join(map(_block, document.blocks)) + "\n"


def _block(block: Block) -> str:
    match block:
        case Heading():
            place = f'<a id="{block.anchor}"></a>\n\n' if block.anchor else ""
            return f"{place}{'#' * block.level} {_escaped(block.text)}"
        case Paragraph():
            return _started(block.text)
        case Listing():
            return "\n".join(f"* {_started(item)}" for item in block.items)
        case Grid():
            lines = [map(_escaped, block.columns), ["---"] * len(block.columns)]
            rows = [map(_rich, row) for row in block.rows]
            return "\n".join(_row(cells) for cells in (*lines, *rows))
        case Sample():
            fence = _fence(block.text, 3)
            return f"{fence}{block.language}\n{block.text.rstrip()}\n{fence}"
        case _:
            assert_never(block)


def _row(cells: Iterable[str]) -> str:
    """Return a row; a bar in a cell, even in code, is written so that it does not end the cell."""
    return f"| {' | '.join(cell.replace('|', _BAR) for cell in cells)} |"


def _started(text: Rich) -> str:
    """Return a text that begins a block, where a number or a dash would begin a list."""
    return _AT_START.sub(r"\1\\\2\3", _rich(text))


def _rich(text: Rich) -> str:
    return "".join(map(_inline, text))


def _inline(part: Inline) -> str:
    match part:
        case str():
            return _escaped(part)
        case Code():
            return _code(part.text)
        case Strong():
            return f"**{_escaped(part.text)}**"
        case Link():
            return f"[{_escaped(part.text)}]({part.target})"
        case Anchor():
            return f'<a id="{part.id}"></a>'
        case Break():
            return "<br>"
        case _:
            assert_never(part)


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text).replace("\n", " ")


def _code(text: str) -> str:
    fence = _fence(text, 1)
    pad = " " if "`" in text else ""
    return fence + pad + " ".join(text.split()) + pad + fence


def _fence(text: str, least: int) -> str:
    """Return more back-ticks than stand together anywhere in a text."""
    held = max((len(run) + 1 for run in _FENCES.findall(text)), default=0)
    return "`" * max(least, held)
