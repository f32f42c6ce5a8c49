"""Lines as HTML: what is indented under a line is a list inside it. All text is escaped."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from khung.report.document.terminal import Line, Style

if TYPE_CHECKING:
    from collections.abc import Iterable

_CLASSES = {Style.WARNING: "warning", Style.ERROR: "error", Style.FAINT: "clause"}


@dataclass(frozen=True, slots=True)
class _Item:
    """A line with those under it."""

    line: Line
    inside: list[_Item] = field(default_factory=list)


def element(name: str, content: str, **attributes: str) -> str:
    """Return an element around content that is HTML already; attributes are escaped.

    An attribute that Python keeps for itself is written with a `_` behind it: `class_`.
    """
    said = "".join(f' {k.rstrip("_")}="{escape(v)}"' for k, v in attributes.items() if v)
    return f"<{name}{said}>{content}</{name}>"


def text(name: str, content: str, **attributes: str) -> str:
    """Return an element around a text, which is escaped."""
    return element(name, escape(content), **attributes)


def page(title: str, lang: str, style: str, body: str) -> str:
    """Return a whole page that asks for no other file; `style` is a file beside this one."""
    head = (
        '<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"{text('title', title)}\n{element('style', _style(style))}"
    )
    inside = f"{element('head', head)}\n{element('body', body)}"
    return f"<!DOCTYPE html>\n{element('html', inside, lang=lang)}\n"


@cache
def _style(name: str) -> str:
    return (Path(__file__).parent / name).read_text(encoding="utf-8")


def outline(lines: Iterable[Line]) -> str:
    """Return lines as headings and nested lists."""
    return "\n".join(_block(item) for item in _tree(lines))


def _tree(lines: Iterable[Line]) -> list[_Item]:
    top: list[_Item] = []
    path: list[_Item] = []
    for line in lines:
        if not line.text:
            continue
        while path and path[-1].line.indent >= line.indent:
            path.pop()
        item = _Item(line)
        (path[-1].inside if path else top).append(item)
        path.append(item)
    return top


def _block(item: _Item) -> str:
    inside = _list(item.inside)
    if item.line.style in (Style.HEADING, Style.TITLE):
        return text("h3", item.line.text) + inside
    return text("p", item.line.text) + inside


def _list(items: list[_Item]) -> str:
    return element("ul", "".join(map(_entry, items))) if items else ""


def _entry(item: _Item) -> str:
    return element(
        "li",
        escape(item.line.text) + _list(item.inside),
        class_=_CLASSES.get(item.line.style, ""),
    )
