"""What somebody types into a field as YAML, and what stands in the YAML as it is typed.

Nothing is guessed: what is no value of the field is written as it was typed, and whoever reads the
case says what is wrong with it.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING

from khung.desk.edits import parsed, scalar
from khung.ir import types as t
from khung.source.nodes import Mapping, Scalar, Sequence, to_plain
from khung.text import nfc

if TYPE_CHECKING:
    from khung.source.nodes import Node

UNSTATED, UNKNOWN, ABSENT = "", "?", "-"
"""What is typed, or chosen, for nothing said; not known; does not apply."""

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?%?")
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_MOST = 2_000  # characters of one field


def yaml_of(typed: str, ty: t.Type) -> str:
    """Return what is written for a value as it was typed; the text is not empty."""
    text = nfc(" ".join(typed.split()))[:_MOST]
    if text == UNKNOWN:
        return "null"
    if text == ABSENT:
        return '"-"'
    match ty:
        case t.List():
            return _list(text, ty.element)
        case t.Date():
            return _day(text)
        case t.Boolean() if text in ("true", "false"):
            return text
        case t.Number() | t.Fraction() | t.Ratio() if _NUMBER.fullmatch(text):
            return text
        case t.Number() | t.Fraction() | t.Ratio():
            return _plain_or_quoted(text)
        case _:
            return _text(text)


def _list(text: str, element: t.Type) -> str:
    if text == "[]":
        return text
    parts = [part.strip() for part in text.split(",")]
    return "[" + ", ".join(yaml_of(part, element) for part in parts if part) + "]"


def _day(text: str) -> str:
    """Return a day as a case writes it, also of one that is typed day first."""
    found = _DAY.fullmatch(text)
    if found:
        with suppress(ValueError):
            return date(int(found[3]), int(found[2]), int(found[1])).isoformat()
    return _plain_or_quoted(text)


def _text(text: str) -> str:
    """Return a text that is read as a text, whatever it looks like."""
    plain = scalar(text)
    return plain if _value(plain) == text else f'"{_escaped(text)}"'


def _plain_or_quoted(text: str) -> str:
    """Return a text without quotes where that may stand, so that a reader tells what it is."""
    found = parsed(f"x: [{text}]") if not set(text) & set(",[]{}#\"'") else None
    items = found.get("x") if isinstance(found, Mapping) else None
    alone = isinstance(items, Sequence) and len(items.items) == 1
    return text if alone and isinstance(items.items[0], Scalar) else f'"{_escaped(text)}"'  # type: ignore[union-attr]  # `alone` has looked


def _value(written: str) -> object:
    found = parsed(f"x: {written}")
    node = found.get("x") if isinstance(found, Mapping) else None
    return node.value if isinstance(node, Scalar) else None


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def shown(node: Node | None, ty: t.Type, lang: str) -> str:
    """Return what stands in a text for a value as somebody would type it."""
    match node:
        case None:
            return UNSTATED
        case Scalar(value=None):
            return UNKNOWN
        case Scalar():
            return _scalar_shown(node, ty, lang)
        case Sequence() if not node.items:
            return "[]"
        case Sequence() if isinstance(ty, t.List):
            return ", ".join(shown(item, ty.element, lang) for item in node.items)
        case _:
            return str(to_plain(node))


def _scalar_shown(node: Scalar, ty: t.Type, lang: str) -> str:
    if isinstance(node.value, bool):
        return "true" if node.value else "false"
    if isinstance(ty, t.Date) and lang == "vi":
        with suppress(ValueError):
            return date.fromisoformat(node.text.text).strftime("%d/%m/%Y")
    return node.text.text
