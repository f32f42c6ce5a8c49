"""Functions of numbers that pass ends through."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from khung.ir import nodes as n
from khung.sql.ends import Ends, UnsupportedError, same
from khung.sql.text import DECIMALS, SPLIT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from khung.ir.nodes import Node

ROUNDINGS = {
    "floor": "floor({0})",
    "ceiling": "ceil({0})",
    "round up": "CASE WHEN {0} < 0 THEN floor({0}) ELSE ceil({0}) END",
    "round down": "CASE WHEN {0} < 0 THEN ceil({0}) ELSE floor({0}) END",
    "round half up": "CASE WHEN {0} < 0 THEN ceil({0} - 0.5) ELSE floor({0} + 0.5) END",
    "round half down": "CASE WHEN {0} < 0 THEN floor({0} + 0.5) ELSE ceil({0} - 0.5) END",
}
"""How a number is rounded to a whole one; all of these grow with it."""

KNOWN = "decimal"
"""What rounds halves to the even number, and says nothing of a number that is open."""


def rounded(function: str, number: Ends, scale: Sequence[Node]) -> Ends:
    """Return a number rounded to so many decimals, to whole ones if nothing is said.

    Raises:
        UnsupportedError: It is a quotient, or the decimals are not a small constant.
    """
    if SPLIT in number.low:
        raise UnsupportedError("a quotient rounded")
    places = _constant(scale[0]) if scale else 0
    if function == KNOWN:
        return _to_even(number, places)
    low, high = (_rounded(ROUNDINGS[function], end, places) for end in number[:2])
    return Ends(low, high, number.loose)


def _to_even(number: Ends, places: int) -> Ends:
    """Return a number that is known, halves rounded to the even one; nothing of one that is open."""
    value = f"({number.low} * {10**places})" if places else number.low
    below = f"floor({value})"
    up = f"{value} - {below} > 0.5 OR ({value} - {below} = 0.5 AND {below} % 2 <> 0)"
    whole = f"CAST(CASE WHEN {up} THEN {below} + 1 ELSE {below} END AS BIGINT)"
    found = f"({whole} * {Decimal(1).scaleb(-places):f})" if places else whole
    if number.single:
        return same(found, loose=number.loose)
    return same(f"CASE WHEN {number.low} = {number.high} THEN {found} END", loose=True)


def _constant(node: Node) -> int:
    if isinstance(node, n.Literal) and isinstance(node.value, Decimal):
        places = int(node.value)
        if 0 <= places <= DECIMALS:
            return places
    raise UnsupportedError("a number rounded to decimals that are no small constant")


def _rounded(how: str, end: str, places: int) -> str:
    if not places:
        return f"CAST({how.format(end)} AS BIGINT)"
    whole = how.format(f"({end} * {10**places})")
    return f"(CAST({whole} AS BIGINT) * {Decimal(1).scaleb(-places):f})"


def absolute(number: Ends) -> Ends:
    """Return how far a number is from nothing.

    Raises:
        UnsupportedError: It is a quotient.
    """
    low, high, loose = number
    if SPLIT in low:
        raise UnsupportedError("how far a quotient is from nothing")
    if number.single and not loose:
        return same(f"abs({low})")
    near = f"least(abs({low}), abs({high}))"
    around = f"coalesce({low} <= 0, TRUE) AND coalesce({high} >= 0, TRUE)"
    far = f"greatest(abs({low}), abs({high}))"
    if loose:
        far = f"CASE WHEN {low} IS NULL OR {high} IS NULL THEN NULL ELSE {far} END"
    return Ends(f"CASE WHEN {around} THEN 0 ELSE {near} END", far, loose)
