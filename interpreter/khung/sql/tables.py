"""One output of a decision table: the row that holds, or what all rows that may have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir import types as t
from khung.rulebook.model import Hit
from khung.sql.ends import Ends, UnsupportedError, same, truth, whole_of
from khung.sql.text import FALSE, NULL, both, either, extreme, negated

if TYPE_CHECKING:
    from khung.ir import nodes as n
    from khung.sql.writing import Writer


def answered(w: Writer, node: n.Rows) -> Ends:
    """Return one output of a table that takes one row.

    Raises:
        UnsupportedError: It collects the rows that hold.
    """
    if node.hit is Hit.COLLECT:
        raise UnsupportedError("a table that collects")
    tests = [w.test(condition) for condition, _ in node.rows]
    values = [w.of_type(w.ends(value), node.ty) for _, value in node.rows]
    found = []
    for at, (test, value) in enumerate(zip(tests, values, strict=True)):
        before = [x.low for x in tests[:at]] if node.hit is Hit.FIRST else []
        may = both((test.high, *map(negated, before)))
        if may != FALSE:
            found.append((may, value))
    return _hull(w, node, found, [x.low for x in tests])


def _hull(w: Writer, node: n.Rows, found: list[tuple[str, Ends]], sure: list[str]) -> Ends:
    whole = whole_of(node.ty, w.values)
    if not found:
        return whole
    failed = negated(either(may for may, _ in found))
    if node.hit is Hit.UNIQUE:
        known = [s for s in sure if s != FALSE]
        several = " + ".join(f"CASE WHEN {s} THEN 1 ELSE 0 END" for s in known)
        failed = either((failed, f"({several}) > 1")) if len(known) > 1 else failed
    loose = any(value.loose for _, value in found) or whole.loose
    if not t.is_ordered(node.ty):
        return same(_agreed(found, failed), loose=True)
    if isinstance(node.ty, t.Fraction | t.Ratio) or loose:
        return _single(found, failed, whole)
    if isinstance(node.ty, t.Boolean):
        low = both(either((negated(may), value.low)) for may, value in found)
        high = either(both((may, value.high)) for may, value in found)
        return truth(both((negated(failed), low)), either((failed, high)))
    low = extreme("least", (f"CASE WHEN {may} THEN {v.low} END" for may, v in found))
    high = extreme("greatest", (f"CASE WHEN {may} THEN {v.high} END" for may, v in found))
    if failed == FALSE:
        return Ends(low, high)
    low, high = (
        f"CASE WHEN {failed} THEN {a} ELSE {b} END"
        for a, b in ((whole.low, low), (whole.high, high))
    )
    return Ends(low, high)


def _agreed(found: list[tuple[str, Ends]], failed: str) -> str:
    """Return the one value of all rows that may hold; null where they differ."""
    values = [f"CASE WHEN {may} THEN {value.low} END" for may, value in found]
    unknown = either(both((may, f"{value.low} IS NULL")) for may, value in found if value.loose)
    low, high = extreme("least", values), extreme("greatest", values)
    agreed = low if low == high else f"CASE WHEN {low} = {high} THEN {low} END"
    bad = either((failed, unknown))
    return agreed if bad == FALSE else f"CASE WHEN {bad} THEN {NULL} ELSE {agreed} END"


def _single(found: list[tuple[str, Ends]], failed: str, whole: Ends) -> Ends:
    """Return a number: the ends of one, or of several that all have ends."""
    if any("\x1f" in v.low for _, v in found):
        raise UnsupportedError("a ratio out of a table")
    nulls_low = either(both((may, f"{v.low} IS NULL")) for may, v in found if v.loose)
    nulls_high = either(both((may, f"{v.high} IS NULL")) for may, v in found if v.loose)
    low = extreme("least", (f"CASE WHEN {may} THEN {v.low} END" for may, v in found))
    high = extreme("greatest", (f"CASE WHEN {may} THEN {v.high} END" for may, v in found))
    bad_low, bad_high = either((failed, nulls_low)), either((failed, nulls_high))
    low = low if bad_low == FALSE else f"CASE WHEN {bad_low} THEN NULL ELSE {low} END"
    high = high if bad_high == FALSE else f"CASE WHEN {bad_high} THEN NULL ELSE {high} END"
    return Ends(low, f"({high})", whole.loose)
