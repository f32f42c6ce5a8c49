"""The keys that the elements of a list give: which there may be, which there are, and if others may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from khung.ir import nodes as n
from khung.ir import types as t
from khung.sql.ends import UnsupportedError, truth
from khung.sql.lists.asked import (
    counted,
    element_ends,
    element_state,
    is_nobody,
    number_of,
    outer,
    reading,
    sum_of,
)
from khung.sql.lists.pairs import in_pairs, lists_of
from khung.sql.lists.told import EMPTY_LIST
from khung.sql.text import FALSE, TRUE, both, chosen, either, negated

if TYPE_CHECKING:
    from khung.sql.ends import Ends
    from khung.sql.rows import Rows
    from khung.sql.writing import Writer


class Keys(NamedTuple):
    """Keys as arrays of texts, in the order of the elements, and whether there may be others.

    Those that are surely there are among those that may be.
    """

    sure: str
    may: str
    is_open: str


def keys_of(w: Writer, node: n.Project) -> Keys:
    """Return the keys that a list gives, one an element.

    Raises:
        UnsupportedError: They are the elements, which stand in no table of their own.
    """
    if isinstance(node.body, n.Variable) and isinstance(node.body.ty, t.Object):
        raise UnsupportedError("a group for each object of a list")
    found = [_of_rows(w, node, rows) for rows in lists_of(w, node.list)]
    applies = w.there(node.list)
    sure = _where(applies.surely, " || ".join(one.sure for one in found))
    may = _where(applies.may, " || ".join(one.may for one in found))
    return Keys(sure, may, both((applies.may, either(one.is_open for one in found))))


def _where(condition: str, keys: str) -> str:
    return chosen(condition, f"({keys})", EMPTY_LIST)


def _of_rows(w: Writer, node: n.Project, rows: Rows) -> Keys:
    unknown, more, own = rows.unknown, rows.more, rows
    asked = [*rows.wheres, (node.variable, node.body)]
    if rows.led is not None or rows.path is not None or any(outer(x, v.slot) for v, x in asked):
        rows = in_pairs(w, rows)
    endless = FALSE if more is None else f"coalesce({more} <> 0, TRUE)"
    if not reading(w, rows):
        return Keys(EMPTY_LIST, EMPTY_LIST, either((unknown, endless)))
    tests = [element_ends(w, rows, v, x) for v, x in own.wheres]
    key = element_ends(w, rows, node.variable, node.body)
    state = element_state(w, rows, node.variable, node.body)
    surely = 'e."@sure"' if rows.unsure else TRUE
    taken = truth(
        both((surely, state.surely, *(x.low for x in tests))),
        both((state.may, *(x.high for x in tests))),
    )
    known = _known(key)
    sure = both((taken.low, known))
    may = both((taken.high, known))
    blank = both((taken.high, negated(known)))
    of_others = _listed(w, rows, key.low, may, among="may")
    found = [_listed(w, rows, key.low, may), _where(rows.may_be, of_others)]
    others = number_of(w, rows, "", _count(blank)) if rows.may_be != FALSE else "0"
    is_open = either(
        (
            unknown,
            endless,
            negated(is_nobody(counted(w, rows, blank))) if blank != FALSE else FALSE,
            both((rows.may_be, negated(is_nobody(others)))),
        )
    )
    parts = " || ".join(x for x in found if x != EMPTY_LIST) or EMPTY_LIST
    is_known = negated(unknown)
    return Keys(_where(is_known, _listed(w, rows, key.low, sure)), _where(is_known, parts), is_open)


def _known(key: Ends) -> str:
    if key.single:
        return f"({key.low} IS NOT NULL)" if key.loose else TRUE
    return f"coalesce({key.low} = {key.high}, FALSE)"


def _count(condition: str) -> str:
    return f"count(CASE WHEN {condition} THEN 1 END)"


def _listed(w: Writer, rows: Rows, key: str, condition: str, among: str = "sure") -> str:
    if condition == FALSE or (among == "may" and rows.may_be == FALSE):
        return EMPTY_LIST
    text = f"list(CAST({key} AS VARCHAR) ORDER BY e.rid) FILTER (WHERE {condition})"
    found = sum_of(w, rows, text) if among == "sure" else sum_of(w, rows, "", text)
    return f"coalesce({found}, {EMPTY_LIST})"
