"""A document as Markdown of the kind that GitHub shows; anchors are HTML, which it keeps."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, assert_never

from khung.report.document import model as d

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


_SPECIAL = re.compile(r"([\\`*_\[\]<>~&])")
_AT_START = re.compile(r"^(\d+)([.)](?:\s|$))|^([-+#])")
_BAR = r"\|"
_FENCES = re.compile("`+")


def to_markdown(document: d.Document) -> str:
    """Return the document as Markdown, one blank line between its blocks."""
    return "\n\n".join(_blocks(document.blocks)) + "\n"


def _blocks(blocks: Iterable[d.Block]) -> Iterator[str]:
    return map(_block, d.outlined(blocks))


def _outline(entry: d.Entry) -> str:
    is_heading = entry.line.style in (d.Style.HEADING, d.Style.TITLE)
    first = f"### {_escaped(entry.line.text)}" if is_heading else _started((entry.line.text,))
    inside = "\n".join(line for one in entry.inside for line in _items(one, 0))
    return f"{first}\n\n{inside}" if inside else first


def _items(entry: d.Entry, depth: int) -> Iterator[str]:
    yield f"{'  ' * depth}* {_started((entry.line.text,))}"
    for one in entry.inside:
        yield from _items(one, depth + 1)


def _block(block: d.Part) -> str:
    match block:
        case d.Heading():
            place = f'<a id="{block.anchor}"></a>\n\n' if block.anchor else ""
            return f"{place}{'#' * block.level} {_escaped(block.text)}"
        case d.Paragraph():
            return _started(block.text)
        case d.Listing():
            return "\n".join(f"* {_started(item)}" for item in block.items)
        case d.Grid():
            caption = f"{_started((d.Strong(block.caption),))}\n\n" if block.caption else ""
            lines = [map(_escaped, block.columns), ["---"] * len(block.columns)]
            rows = (line for title, own in block.parts for line in _part(title, own, block))
            return caption + "\n".join(_row(cells) for cells in (*lines, *rows))
        case d.Sample():
            fence = _fence(block.text, 3)
            return f"{fence}{block.language}\n{block.text.rstrip()}\n{fence}"
        case d.Signatures():
            return "\n".join(f"* {_started((who,))}: …" for who in block.people)
        case d.Section():
            place = f'<a id="{block.anchor}"></a>\n\n' if block.anchor else ""
            return place + "\n\n".join(_blocks(block.blocks))
        case d.Entry():
            return _outline(block)
        case _:
            assert_never(block)


def _part(title: str, rows: Iterable[tuple[d.Rich, ...]], grid: d.Grid) -> Iterator[Iterable[str]]:
    """Yield the cells of the rows of a group, what stands above them as a row of its own."""
    if title:
        yield (_rich((d.Strong(title),)), *[""] * (len(grid.columns) - 1))
    yield from (map(_rich, row) for row in rows)


def _row(cells: Iterable[str]) -> str:
    """Return a row; a bar in a cell, even in code, is written so that it does not end the cell."""
    return f"| {' | '.join(cell.replace('|', _BAR) for cell in cells)} |"


def _started(text: d.Rich) -> str:
    """Return a text that begins a block, where a number or a dash would begin a list."""
    return _AT_START.sub(r"\1\\\2\3", _rich(text))


def _rich(text: d.Rich) -> str:
    return "".join(map(_inline, text))


def _inline(part: d.Inline) -> str:
    match part:
        case str():
            return _escaped(part)
        case d.Code():
            return _code(part.text)
        case d.Strong():
            return f"**{_escaped(part.text)}**"
        case d.Link():
            return f"[{_escaped(part.text)}]({part.target})"
        case d.Anchor():
            return f'<a id="{part.id}"></a>'
        case d.Break():
            return "<br>"
        case d.Gauge():
            return "".join(d.GAUGE[kind] * number for kind, number in part.parts)
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
