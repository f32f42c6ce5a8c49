"""A document as one HTML page to print: it holds its own style, no script, and asks for no file."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, assert_never

from khung.report.document.markup import element, page, text
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


def to_html(document: Document) -> str:
    """Return the document as HTML; every text is escaped."""
    body = element("main", "\n".join(map(_block, document.blocks)))
    return page(document.title, document.lang, "page.css", body)


def _block(block: Block) -> str:
    match block:
        case Heading():
            return text(f"h{block.level}", block.text, id=block.anchor)
        case Paragraph():
            return element("p", _rich(block.text))
        case Listing():
            return element("ul", "\n".join(element("li", _rich(item)) for item in block.items))
        case Grid():
            heads = "".join(text("th", column, scope="col") for column in block.columns)
            body = "\n".join(_row(row) for row in block.rows)
            return element(
                "table", f"{element('thead', element('tr', heads))}\n<tbody>{body}</tbody>"
            )
        case Sample():
            return element("pre", text("code", block.text.rstrip()))
        case _:
            assert_never(block)


def _row(cells: Iterable[Rich]) -> str:
    return element("tr", "".join(element("td", _rich(cell)) for cell in cells))


def _rich(parts: Rich) -> str:
    return "".join(map(_inline, parts))


def _inline(part: Inline) -> str:
    match part:
        case str():
            return escape(part)
        case Code():
            return text("code", part.text)
        case Strong():
            return text("strong", part.text)
        case Link():
            return text("a", part.text, href=part.target)
        case Anchor():
            return element("a", "", id=part.id)
        case Break():
            return "<br>"
        case _:
            assert_never(part)
