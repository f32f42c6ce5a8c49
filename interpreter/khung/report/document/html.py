"""A document as one HTML page to print: it holds its own style, no script, and asks for no file.

Every text is escaped where it is written.
"""

from __future__ import annotations

import re
from functools import cache
from html import escape
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final, assert_never
from zlib import crc32

from khung.report.document import model as d
from khung.report.document.gauge import svg

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


_CLASSES: Final = {d.Style.WARNING: "warning", d.Style.ERROR: "error", d.Style.FAINT: "clause"}
_SECTIONS: Final = {"footer": "footer", "contents": "nav"}
_ROW_HEAD = "standing"
_POINT = "•"
_TOGETHER = re.compile(r"(?<=\d) (?=%)")
_NOT_IN_STYLES = re.compile(r"[\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\x9f]")
_SHORT = 12  # rows up to which a table is printed on one page
_DEEPEST = 6  # the deepest level of a heading


def to_html(document: d.Document) -> str:
    """Return the document as HTML."""
    body = _element("main", "\n".join(_blocks(document.blocks)))
    style = _style("style.css" if document.sheets else "page.css")
    if document.sheets:
        style += f"@media screen and (max-width: 640px) {{\n{narrow(document.blocks)}}}\n"
    head = (
        '<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"{_text('title', document.title)}\n{_element('style', style)}"
    )
    whole = f"{_element('head', head)}\n{_element('body', body)}"
    return f"<!DOCTYPE html>\n{_element('html', whole, lang=document.lang)}\n"


def fragment(blocks: Iterable[d.Block], level: int = 1) -> str:
    """Return blocks as HTML, to stand in another page below a heading of a level."""
    return "\n".join(_blocks(blocks, level))


def narrow(blocks: Iterable[d.Block]) -> str:
    """Return the rules of style by which the tables among blocks are read on a narrow screen."""
    return "".join(dict.fromkeys(_stacked(blocks)))


@cache
def _style(name: str) -> str:
    return (Path(__file__).parent / name).read_text(encoding="utf-8")


def _element(name: str, content: str, **attributes: str) -> str:
    """Return an element around content that is HTML already; attributes are escaped.

    An attribute that Python keeps for itself is written with a `_` behind it: `class_`; a `_`
    inside one is a hyphen.
    """
    said = "".join(
        f' {k.rstrip("_").replace("_", "-")}="{escape(v)}"' for k, v in attributes.items() if v
    )
    return f"<{name}{said}>{content}</{name}>"


def _text(name: str, content: str, **attributes: str) -> str:
    return _element(name, _escaped(content), **attributes)


def _escaped(text: str) -> str:
    """Return a text in which no number stands in another line than what it is a number of."""
    return _TOGETHER.sub("\N{NO-BREAK SPACE}", escape(text))


# -- blocks ---------------------------------------------------------------------------------------


def _blocks(blocks: Iterable[d.Block], level: int = 1) -> Iterator[str]:
    """Yield blocks below a heading of a level; points that follow one another are a list."""
    for is_point, parts in groupby(d.outlined(blocks), key=_is_point):
        if is_point:
            yield _list([part for part in parts if isinstance(part, d.Entry)])
            continue
        for block in parts:
            if isinstance(block, d.Heading):
                level = block.level
            yield _block(block, level)


def _is_point(block: d.Part) -> bool:
    return isinstance(block, d.Entry) and block.line.bullet == _POINT


def _block(block: d.Part, level: int) -> str:
    match block:
        case d.Heading():
            return _text(f"h{block.level}", block.text, id=block.anchor)
        case d.Paragraph():
            return _element("p", _rich(block.text), class_=block.kind)
        case d.Listing():
            return _element("ul", "\n".join(_element("li", _rich(item)) for item in block.items))
        case d.Grid():
            return _grid(block)
        case d.Sample():
            return _element("pre", _text("code", block.text.rstrip()))
        case d.Signatures():
            return _signatures(block)
        case d.Section():
            name = _SECTIONS.get(block.kind, "section")
            inside = "\n".join(_blocks(block.blocks, level))
            label = block.label
            return _element(name, inside, id=block.anchor, class_=block.kind, aria_label=label)
        case d.Entry():
            return _outline(block, level)
        case _:
            assert_never(block)


def _signatures(block: d.Signatures) -> str:
    note = _text("i", block.note)
    places = "".join(_element("div", _text("b", who) + note) for who in block.people)
    day = _text("p", block.day, class_="day")
    return _element("div", day + _element("div", places, class_="places"), class_="sign")


# -- tables ---------------------------------------------------------------------------------------


def _grid(grid: d.Grid) -> str:
    heads = "".join(_text("th", column, scope="col") for column in grid.columns)
    caption = _text("caption", grid.caption) if grid.caption else ""
    head = _element("thead", _element("tr", heads))
    bodies = "\n".join(_part(title, rows, grid) for title, rows in grid.parts)
    kind = f"short {_stack(grid.columns)}" if len(grid.rows) <= _SHORT else _stack(grid.columns)
    return _element("table", f"{caption}{head}\n{bodies}", class_=kind)


def _part(title: str, rows: Iterable[tuple[d.Rich, ...]], grid: d.Grid) -> str:
    """Return rows in a part of their own, below what stands above them."""
    kinds = grid.kinds or ("",) * len(grid.columns)
    inside = [_row(row, kinds) for row in rows]
    if title:
        head = _text("th", title, scope="rowgroup", colspan=str(len(grid.columns)))
        inside.insert(0, _element("tr", head, class_="group"))
    return _element("tbody", "\n".join(inside))


def _row(cells: Iterable[d.Rich], kinds: Iterable[str]) -> str:
    return _element("tr", "".join(map(_cell, cells, kinds)))


def _cell(cell: d.Rich, kind: str) -> str:
    if kind == _ROW_HEAD:
        return _element("th", _rich(cell), scope="row", class_=kind)
    kind = f"{kind} none".lstrip() if cell == (d.NONE,) else kind
    return _element("td", _rich(cell), class_=kind)


def _stack(columns: tuple[str, ...]) -> str:
    """Return the class of tables with the same columns."""
    return f"t{crc32(chr(0).join(columns).encode()):x}"


def _stacked(blocks: Iterable[d.Block]) -> Iterator[str]:
    """Yield, for each table, rules by which every cell says its column where it has a line."""
    for block in blocks:
        if isinstance(block, d.Section):
            yield from _stacked(block.blocks)
        if isinstance(block, d.Grid):
            name = _stack(block.columns)
            for place, column in enumerate(block.columns[1:], 2):
                said = _NOT_IN_STYLES.sub(lambda one: f"\\{ord(one[0]):x} ", column)
                cell = f".{name} td:nth-child({place}):not(:empty)::before"
                yield f'  {cell} {{ content: "{said}\\3a  "; }}\n'


# -- outlines: what stands further in is a list inside --------------------------------------------


def _outline(entry: d.Entry, level: int) -> str:
    is_heading = entry.line.style in (d.Style.HEADING, d.Style.TITLE)
    name = f"h{min(level + 1, _DEEPEST)}" if is_heading else "p"
    return _text(name, entry.line.text) + _list(entry.inside)


def _list(entries: list[d.Entry]) -> str:
    return _element("ul", "".join(map(_entry, entries))) if entries else ""


def _entry(entry: d.Entry) -> str:
    inside, kind = _list(entry.inside), _CLASSES.get(entry.line.style, "")
    return _element("li", _escaped(entry.line.text) + inside, class_=kind)


# -- texts ----------------------------------------------------------------------------------------


def _rich(parts: d.Rich) -> str:
    return "".join(map(_inline, parts))


def _inline(part: d.Inline) -> str:
    match part:
        case str():
            return _escaped(part)
        case d.Code():
            return _text("code", part.text)
        case d.Strong():
            return _text("strong", part.text)
        case d.Link():
            return _text("a", part.text, href=part.target)
        case d.Anchor():
            return _element("a", "", id=part.id)
        case d.Break():
            return "<br>"
        case d.Gauge():
            return svg(part)
        case _:
            assert_never(part)
