"""How a text is written in one line: plain where that says the same, else in quotes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import yaml

from khung.diagnostics.bag import Bag
from khung.source.scalars import resolve
from khung.text import SourceFile, Span

if TYPE_CHECKING:
    from collections.abc import Mapping

_WORD: Final = re.compile(r"[^\W\d]|\(")
_COLON: Final = re.compile(r":(?=\s|$)|\s#")
_ODD: Final = re.compile(r"[{}?#]")  # plain they would be right, and look wrong
_FLOW: Final = re.compile(r"[,\[\]{}]|:(?!\w)")
_RESOLVERS: Final[Mapping[str, list[tuple[str, re.Pattern[str]]]]] = (
    yaml.SafeLoader.yaml_implicit_resolvers
)


def written(text: str, style: str, source: str, *, in_flow: bool) -> str | None:
    """Return how a scalar is written in one line; None if it has to stay as it is.

    Args:
        text: What it says.
        style: Its quote; empty if it has none.
        source: As it is written now.
        in_flow: Whether it stands between brackets.
    """
    if not style:
        return source if "\n" not in source else _unfolded(text, source)
    if fits_plain(text, in_flow=in_flow):
        return text
    if style == "'" and text.isprintable() and not re.search(r'["\\]', text):
        return f'"{text}"'
    return None if "\n" in source else source


def _unfolded(text: str, source: str) -> str | None:
    """Return a plain text of several lines in one, if its line breaks are only blanks."""
    return text if " ".join(source.split()) == text else None


def fits_plain(text: str, *, in_flow: bool) -> bool:
    """Say whether a text is the same without quotes, to khung and to other readers of YAML."""
    is_word = _WORD.match(text) is not None and text == text.strip() and text.isprintable()
    if not is_word or _COLON.search(text) or _ODD.search(text) or (in_flow and _FLOW.search(text)):
        return False
    if any(pattern.match(text) for _, pattern in _RESOLVERS.get(text[0], ())):
        return False
    bag, file = Bag(), SourceFile("", text)
    return resolve(text, Span(file, 0, len(text)), bag) == text and not bag.diagnostics
