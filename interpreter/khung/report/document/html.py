"""A document as one HTML page to print: it holds its own style, no script, and asks for no file.

Every text is escaped where it is written.
"""

from __future__ import annotations

import re
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final, assert_never

from khung.report.document import model as d

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


_CLASSES: Final = {d.Style.WARNING: "warning", d.Style.ERROR: "error", d.Style.FAINT: "clause"}
_SECTIONS: Final = {"footer": "footer"}
_ROW_HEAD = "standing"
_TOGETHER = re.compile(r"(?<=\d) (?=%)")


def to_html(document: d.Document) -> str:
    """Return the document as HTML."""
    body = _element("main", "\n".join(_blocks(document.blocks)))
    style = "style.css" if document.sheets else "page.css"
    head = (
        '<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"{_text('title', document.title)}\n{_element('style', _style(style))}"
    )
    whole = f"{_element('head', head)}\n{_element('body', body)}"
    return f"<!DOCTYPE html>\n{_element('html', whole, lang=document.lang)}\n"


@cache
def _style(name: str) -> str:
    return (Path(__file__).parent / name).read_text(encoding="utf-8")


def _element(name: str, content: str, **attributes: str) -> str:
    """Return an element around content that is HTML already; attributes are escaped.

    An attribute that Python keeps for itself is written with a `_` behind it: `class_`.
    """
    said = "".join(f' {k.rstrip("_")}="{escape(v)}"' for k, v in attributes.items() if v)
    return f"<{name}{said}>{content}</{name}>"


def _text(name: str, content: str, **attributes: str) -> str:
    return _element(name, _escaped(content), **attributes)


def _escaped(text: str) -> str:
    """Return a text in which no number stands in another line than what it is a number of."""
    return _TOGETHER.sub("\N{NO-BREAK SPACE}", escape(text))


# -- blocks ---------------------------------------------------------------------------------------


def _blocks(blocks: Iterable[d.Block]) -> Iterator[str]:
    return map(_block, d.outlined(blocks))


def _block(block: d.Part) -> str:
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
            inside = "\n".join(_blocks(block.blocks))
            return _element(name, inside, id=block.anchor, class_=block.kind)
        case d.Entry():
            return _outline(block)
        case _:
            assert_never(block)


def _grid(grid: d.Grid) -> str:
    heads = "".join(_text("th", column, scope="col") for column in grid.columns)
    rows = "\n".join(_row(row, grid.kinds or ("",) * len(row)) for row in grid.rows)
    caption = _text("caption", grid.caption) if grid.caption else ""
    head = _element("thead", _element("tr", heads))
    return _element("table", f"{caption}{head}\n{_element('tbody', rows)}")


def _row(cells: Iterable[d.Rich], kinds: Iterable[str]) -> str:
    return _element("tr", "".join(map(_cell, cells, kinds)))


def _cell(cell: d.Rich, kind: str) -> str:
    if kind == _ROW_HEAD:
        return _element("th", _rich(cell), scope="row", class_=kind)
    return _element("td", _rich(cell), class_=kind)


def _signatures(block: d.Signatures) -> str:
    note = _text("i", block.note)
    places = "".join(_element("div", _text("b", who) + note) for who in block.people)
    day = _text("p", block.day, class_="day")
    return _element("div", day + _element("div", places, class_="places"), class_="sign")


# -- outlines: what stands further in is a list inside --------------------------------------------


def _outline(entry: d.Entry) -> str:
    is_heading = entry.line.style in (d.Style.HEADING, d.Style.TITLE)
    return _text("h3" if is_heading else "p", entry.line.text) + _list(entry.inside)


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
        case _:
            assert_never(part)
