"""Lists as texts, as results tell them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from khung.ir import nodes as n
from khung.ir import types as t
from khung.sql.ends import UnsupportedError, truth
from khung.sql.lists.asked import (
    count_of,
    counted,
    element_ends,
    is_nobody,
    is_one,
    number_of,
    outer,
    reading,
    source_of,
    sum_of,
)
from khung.sql.lists.named import items_of, nothing_known
from khung.sql.lists.pairs import in_pairs, lists_of
from khung.sql.rows import ID, NOWHERE
from khung.sql.text import FALSE, TRUE, both, chosen, either, literal, negated, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from khung.ir.nodes import Node
    from khung.sql.rows import Rows
    from khung.sql.writing import Writer


class Told(NamedTuple):
    """A list as results tell it.

    Attributes:
        text: It as an array of texts.
        known: The condition that all of it is known.
        parts: The texts that may be in it, each with when it is; None where they are no such.
    """

    text: str
    known: str
    parts: tuple[tuple[str, str], ...] | None = None


def told_list(w: Writer, node: Node) -> Told:
    """Return a list as an array of texts."""
    assert isinstance(node.ty, t.List)  # noqa: S101  # it is one
    items = items_of(w, node)
    if items is not None:
        unknown = nothing_known(w, node)
        texts = [_text_of(w, item.value.low, node.ty.element) for item in items]
        there = [(i.sure, text) for i, text in zip(items, texts, strict=True)]
        known = (
            both(
                (
                    _same(i.sure, i.may),
                    either(
                        (
                            negated(i.sure),
                            is_one(i.value),
                        )
                    ),
                )
            )
            for i in items
        )
        return Told(listed(there), both((negated(unknown), *known)), tuple(there))
    parts = [told_rows(w, rows, node.ty.element) for rows in lists_of(w, node)]
    found = " || ".join(text for text, _ in parts)
    return Told(found, both(settled for _, settled in parts))


EMPTY_LIST = "CAST([] AS VARCHAR[])"


def listed(texts: Iterable[tuple[str, str]]) -> str:
    """Return a list of those texts of which the condition holds."""
    found = [
        chosen(condition, f"[{text}]", EMPTY_LIST)
        for condition, text in texts
        if condition != FALSE
    ]
    return f"({' || '.join(found)})" if found else EMPTY_LIST


MOST_BITS = 60
"""How many texts one number says of whether they are in a list."""


def as_bits(conditions: Iterable[str]) -> str:
    """Return as a number which of some conditions hold, a bit each."""
    found = [
        f"CASE WHEN {c} THEN {1 << at} ELSE 0 END" for at, c in enumerate(conditions) if c != FALSE
    ]
    return f"({' + '.join(found)})" if found else "0"


def _same(low: str, high: str) -> str:
    return TRUE if low == high else either((low, negated(high)))


def _text_of(w: Writer, value: str, ty: t.Type) -> str:
    match ty:
        case t.Enumeration() | t.String():
            return value
        case t.Scale():
            names = w.values[ty.name].values
            ways = " ".join(f"WHEN {at} THEN {literal(name)}" for at, name in enumerate(names))
            return f"CASE {value} {ways} END"
        case _:  # SQL has no exact form of anything else
            raise UnsupportedError("a list told of such values")


def told_rows(w: Writer, rows: Rows, ty: t.Type) -> tuple[str, str]:
    """Return the elements of a list of rows as texts, and the condition that all are known."""
    asked = rows.wheres
    if rows.led is not None or rows.path is not None or any(outer(x, v.slot) for v, x in asked):
        rows = in_pairs(w, rows)
    if not reading(w, rows):
        return EMPTY_LIST, TRUE
    tests = [element_ends(w, rows, v, x) for v, x in asked]
    sure = 'e."@sure"' if rows.unsure else TRUE
    taken = truth(both((sure, *(x.low for x in tests))), both(x.high for x in tests))
    if rows.elements[0].links and rows.plain:
        raise UnsupportedError("a list of values told of pairs")
    value, place = _value_of(w, rows, ty), "e.rid"
    if rows.elements[0].links:
        place = _ordered_by(w, rows)
    text = f"list({value} ORDER BY {place}) FILTER (WHERE {taken.low})"
    settled = [
        is_nobody(counted(w, rows, both((taken.high, negated(taken.low))))),
        negated(rows.unknown),
    ]
    if rows.plain and w.build.profile.column(rows.elements[0].base, "value").unknown:
        settled.append(is_nobody(counted(w, rows, 'e."value" IS NULL')))
    if rows.may_be != FALSE:
        other = is_nobody(number_of(w, rows, "", count_of(taken.high)))
        settled.append(either((negated(rows.may_be), other)))
    if rows.more is not None:
        settled.append(f"coalesce({rows.more} = 0, FALSE)")
    return f"coalesce({sum_of(w, rows, text)}, {EMPTY_LIST})", both(settled)


def _value_of(w: Writer, rows: Rows, ty: t.Type) -> str:
    """Return an element as text: a value, or the name of a subject."""
    name = "value" if rows.plain else "id"
    if rows.elements[0].links:
        return _name_of_other(w, rows, ty)
    for table in rows.elements:
        source_of(w, rows).needs[(table.key, f"raw {name}")] = None
    if rows.plain:
        return _text_of(w, f"e.{quoted(name)}", ty)
    declared = rows.elements[0].declared
    if declared is None or declared.is_record:
        raise UnsupportedError("a list told of records")
    return f"{literal(declared.name + '.')} || e.{quoted(name)}"


def _name_of_other(w: Writer, rows: Rows, ty: t.Type) -> str:
    """Return the name of the subject on the other side of a pair."""
    if not isinstance(ty, t.Object) or w.build.program.objects[t.first_of(ty.name)].is_record:
        raise UnsupportedError("a list told of records")
    variable = n.Variable("each", 92, ty, NOWHERE)
    name = n.Field(variable, ID, t.STRING, NOWHERE)
    return f"{literal(t.first_of(ty.name) + '.')} || {element_ends(w, rows, variable, name).low}"


def _ordered_by(w: Writer, rows: Rows) -> str:
    """Return by what subjects on the other side of pairs are in the order of the list.

    Those who hold records stand as their records do; others that elements lead to need not.
    """
    if rows.led is not None and not (
        isinstance(rows.led[1], n.Field) and rows.led[1].name == "owner"
    ):
        raise UnsupportedError("the order of those that elements lead to")
    for table in rows.elements:
        source_of(w, rows).needs[(table.key, "raw @elem")] = None
    return 'e."@elem"'
