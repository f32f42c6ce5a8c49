"""Readers that the parts of a case file share: ids, and dates and numbers with their advice.

Reports: K0616, K0629 and those of `source.values`.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from khung.patterns import pattern
from khung.rulebook.model import Ref
from khung.source.nodes import Scalar
from khung.source.scalars import was_refused
from khung.source.values import as_date, as_number, wrong_shape

if TYPE_CHECKING:
    import re

    from khung.diagnostics.bag import Bag
    from khung.source.nodes import Node
    from khung.source.shape import Fields

_DAY_FIRST = pattern(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_NUMBER = pattern(r"([+-]?[0-9]+)(?:[.,]([0-9]+))?\s*(%?)(?:\s*[^\W\d_]+)*")
_YEAR_FIRST = pattern(r"(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})")


def id_of(node: Node, bag: Bag, at: str) -> Ref | None:
    """Return an id as written: a text, or a number such as `101`."""
    match node:
        case Scalar(value=bool() | None):
            pass
        case Scalar():
            return Ref(node.text.text, node.span)
        case _:
            pass
    wrong_shape(node, "a_text", bag, at)
    return None


def ref_at(fields: Fields, key: str, bag: Bag) -> Ref | None:
    """Return the id under a key; None where the key is not there."""
    node = fields.node_at(key)
    return None if node is None else id_of(node, bag, fields.path(key))


def name_at(fields: Fields, key: str) -> Ref | None:
    """Return the name under a key, which is a text; None where the key is not there."""
    name = fields.text(key)
    return None if name is None else Ref(name, fields.span(key))


def date_at(fields: Fields, key: str, bag: Bag) -> date | None:
    """Return the date under a key; None where the key is not there."""
    node = fields.node_at(key)
    return None if node is None else date_of(node, bag, fields.path(key))


def date_of(node: Node, bag: Bag, at: str) -> date | None:
    """Return a date; one written in another order gets the right form as advice."""
    if isinstance(node, Scalar) and isinstance(node.value, str):
        meant = _turned(node.value)
        if meant is not None and meant.isoformat() != node.value:
            bag.add("K0616", node.span, at=at, value=node.value, iso=meant.isoformat())
            return None
    return as_date(node, bag, at)


def _turned(text: str) -> date | None:
    """Return the day that a text means in another order or without leading zeros."""
    day_first, year_first = _DAY_FIRST.fullmatch(text), _YEAR_FIRST.fullmatch(text)
    if day_first:
        day, month, year = map(int, day_first.groups())
    elif year_first:
        year, month, day = map(int, year_first.groups())
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def number_of(node: Node, bag: Bag, at: str) -> Decimal | None:
    """Return a number; one with a unit, a percent sign or a comma gets its plain form as advice."""
    if isinstance(node, Scalar) and isinstance(node.value, str) and not was_refused(node):
        found = _NUMBER.fullmatch(node.value.strip())
        number = _plain_number(found) if found else node.value
        if number != node.value:
            bag.add("K0629", node.span, at=at, value=node.value, number=number)
            return None
    return as_number(node, bag, at)


def _plain_number(found: re.Match[str]) -> str:
    whole, decimals, percent = found.groups()
    meant = Decimal(f"{whole}.{decimals or 0}").scaleb(-2 if percent else 0)
    return format(meant.normalize(), "f")
