"""A guide in Markdown as one page to read and print, and as text without what only builds it.

In: a text of `docs/`. Out: HTML that holds its own style, no script, and asks for no file. Links
lead to the pages made beside it; of one that leads elsewhere only the words stay.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from khung.locale import phrase

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

_STEPS = re.compile(r"<!--.*?-->\n?", re.S)
_NOT_IN_ANCHORS = re.compile(r"[^\w\- ]")
_ELSEWHERE = ("http://", "https://", "mailto:")
_LONG = 4  # sections from which a page lists them at its head


def without_steps(text: str) -> str:
    """Return a guide without the comments by which its examples are run."""
    return _STEPS.sub("", text)


def anchor(heading: str) -> str:
    """Return the anchor of a heading, as GitHub gives it, so that links within guides hold."""
    return _NOT_IN_ANCHORS.sub("", heading.lower()).replace(" ", "-")


def page(text: str, lang: str, beside: Collection[str]) -> str:
    """Return a guide as HTML.

    Args:
        text: The guide, in Markdown with tables.
        lang: Its language.
        beside: The names, without endings, of the guides that stand as pages in the same folder.
    """
    from markdown_it import MarkdownIt  # noqa: PLC0415  # 60 ms, only where pages are made

    reader = MarkdownIt("commonmark", {"html": True}).enable("table")
    tokens = reader.parse(without_steps(text))
    title = next((one.content for one in _headings(tokens, "h1")), "khung")
    _mark(tokens, frozenset(beside))
    has_list = bool(re.search(r"^1\. \[", text, re.M))
    contents = "" if has_list else _contents(tokens, lang)
    inside = reader.renderer.render(tokens, reader.options, {})
    inside = inside.replace("<pre>", '<pre tabindex="0">')  # scrolled by keys, where it is wide
    style = (Path(__file__).parent / "document" / "guide.css").read_text(encoding="utf-8")
    return (
        f'<!DOCTYPE html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n"
        f"<body>\n{contents}<main>\n{inside}</main>\n</body>\n</html>\n"
    )


def _headings(tokens: Sequence[Any], tag: str) -> Iterable[Any]:
    """Yield the inline token of each heading of a kind."""
    return (
        tokens[at + 1]
        for at, one in enumerate(tokens)
        if one.type == "heading_open" and one.tag == tag
    )


def _mark(tokens: Sequence[Any], beside: frozenset[str]) -> None:
    """Give headings their anchors, and links the pages to which they lead."""
    for at, one in enumerate(tokens):
        if one.type == "heading_open":
            one.attrSet("id", anchor(_words(tokens[at + 1])))
        for part in one.children or ():
            if part.type == "link_open":
                _lead(part, beside)


def _lead(link: Any, beside: frozenset[str]) -> None:
    to = str(link.attrGet("href"))
    file, sign, place = to.partition("#")
    if not file or to.startswith(_ELSEWHERE):
        return
    name = file.removesuffix(".md")
    if file.endswith(".md") and name in beside:
        link.attrSet("href", f"{name}.html{sign}{place}")
    else:
        link.attrs.pop("href")


def _contents(tokens: Sequence[Any], lang: str) -> str:
    """Return a list of the sections of a long page."""
    names = [_words(one) for one in _headings(tokens, "h2")]
    if len(names) < _LONG:
        return ""
    label = escape(phrase(lang, "init.contents"))
    rows = "".join(f'<li><a href="#{anchor(name)}">{escape(name)}</a></li>\n' for name in names)
    return f'<nav aria-label="{label}">\n<p>{label}</p>\n<ol>\n{rows}</ol>\n</nav>\n'


def _words(heading: Any) -> str:
    return "".join(part.content for part in heading.children or ())
