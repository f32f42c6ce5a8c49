"""Passes over lists: quantifiers, counts, shares, aggregates.

A list is one of two: items that the rulebook names (criteria, values written out), which are
unrolled; or rows of other tables that lead to the object, which are summed up once an owner, all
that any rule asks of them together. What is asked of an element is a column of the element.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.enums import FoldOp
from khung.ir.rewrite import bottom_up
from khung.records import replace
from khung.sql.ends import MAYBE, Ends, UnsupportedError, truth, whole_of
from khung.sql.lists.asked import (
    count_of,
    counted,
    element_ends,
    element_state,
    free_slots,
    is_nobody,
    is_one,
    is_self,
    number_of,
    outer,
    put_in,
    reading,
    sum_of,
)
from khung.sql.lists.items import of_items
from khung.sql.lists.named import items_of, nothing_known
from khung.sql.lists.pairs import in_pairs, lists_of, looks_back, reads_beside
from khung.sql.lists.sums import Part, of_parts
from khung.sql.paths import first_step
from khung.sql.rows import EACH, NOBODY, STRANGER, Rows
from khung.sql.text import (
    FALSE,
    NULL,
    SPLIT,
    TRUE,
    both,
    chosen,
    either,
    extreme,
    negated,
    pair,
    split,
)

if TYPE_CHECKING:
    from khung.ir.nodes import Node
    from khung.sql.writing import Writer


def folded(w: Writer, node: n.Fold) -> Ends:
    """Return what a pass over a list comes to."""
    unseen = _of_unseen(w, node)
    if unseen is not None:
        return unseen
    if not looks_back(w, node):
        moved = _moved(w, node)
        if moved is not None:
            return _within_reach(node, w.ends(moved))
    found = items_of(w, node.list)
    if found is not None:
        made, unknown = of_items(w, node, found), nothing_known(w, node.list)
        return _unless(unknown, _open_pass(w, node), made)
    lists = lists_of(w, node.list)
    made = of_parts(w, node, [_part(w, node, rows) for rows in lists])
    whole = _open_pass(w, node)
    return _unless(either(rows.unknown for rows in lists), whole, made)


def _within_reach(node: n.Fold, found: Ends) -> Ends:
    """Return what was found of another's list: a count not below none, a share between none and all."""
    if node.op is FoldOp.SHARE and found.loose and SPLIT in found.low:
        low, high = (
            pair(f"coalesce({n}, {end})", f"CASE WHEN {n} IS NULL THEN 1 ELSE {d} END")
            for (n, d), end in zip(map(split, found[:2]), "01", strict=True)
        )
        return Ends(low, high)
    if node.op is not FoldOp.COUNT or not found.loose or node.variable.slot == EACH:
        return found
    return Ends(f"coalesce({found.low}, 0)", found.high, loose=True)


def _open_pass(w: Writer, node: n.Fold) -> Ends:
    """Return what a pass may come to over a list of which nothing is known."""
    if node.empty is None or node.op is FoldOp.SHARE:
        return _whole(w, node)
    return Ends("0", w.ends(node.empty).high)


def _unless(unknown: str, whole: Ends, made: Ends) -> Ends:
    """Return what a pass comes to, or all that it may, where nothing is known of the list."""
    if unknown == FALSE:
        return made
    low, high = (chosen(unknown, a, b) for a, b in zip(whole[:2], made[:2], strict=True))
    return Ends(low, high, made.loose or whole.loose)


def _holder(node: n.Fold) -> Node | None:
    """Return the object that the way to another's list begins with; None of the object's own."""
    target = node.list
    while isinstance(target, n.Select):
        target = target.list
    if not isinstance(target, n.Field | n.Defined | n.CriteriaSet) or is_self(target.object):
        return None
    return first_step(target.object)


def _seen_from(first: Node, node: n.Fold) -> Node:
    """Return a pass as an object that it leads to would ask it of itself."""
    itself = partial(n.Variable, "self", 0, first.ty)
    return bottom_up(node, lambda part: itself(part.span) if part is first else part)


def _of_unseen(w: Writer, node: n.Fold) -> Ends | None:
    """Return a pass over the list of an object of which nothing is known; None of any other."""
    first = _holder(node)
    if first is None:
        return None
    if w.table.stranger:
        return _whole(w, node)
    if not isinstance(first, n.Field) or first.name not in (STRANGER, NOBODY):
        return None
    if first.name == NOBODY:
        return _whole(w, node)
    inner = _seen_from(first, node)
    assert isinstance(first.ty, t.Object)  # noqa: S101  # it has a list
    other = w.at(w.build.stranger(first.ty.name), w.needs)
    if not reads_beside(node, first):
        return other.ends(inner)
    assert isinstance(inner, n.Fold)  # noqa: S101  # it was one
    if items_of(other, inner.list) is not None:
        raise UnsupportedError("values of somebody unknown that look back")
    rows = lists_of(other, inner.list)[0]
    if rows.unknown == TRUE:
        return _whole(w, node)
    if not rows.table.stranger or rows.unknown != FALSE:
        raise UnsupportedError("a list of somebody unknown that looks back")
    return of_parts(w, node, [_part(w, node, replace(rows, wheres=_wheres(node.list)))])


def _wheres(node: Node) -> tuple[tuple[n.Variable, Node], ...]:
    """Return what a list leaves out of another, the innermost first."""
    if not isinstance(node, n.Select):
        return ()
    own = () if node.where is None else ((node.variable, node.where),)
    return (*_wheres(node.list), *own)


def _part(w: Writer, node: n.Fold, rows: Rows) -> Part:
    """Return one list of a pass; over pairs where what is asked looks back at the owner."""
    asked = [*rows.wheres, *([(node.variable, node.where)] if node.where is not None else [])]
    back = rows.led is not None or any(
        outer(x, v.slot) for v, x in (*asked, (node.variable, node.body))
    )
    more = truth(FALSE, FALSE), MAYBE
    if rows.more is not None:
        more = _of_stranger(w, rows, asked, node)
    if rows.table.stranger:
        return Part(w, rows, more[0], more[1], more)
    if back or rows.path is not None:
        rows = in_pairs(w, rows)
    if not reading(w, rows):
        body = Ends("0", "0") if node.op is FoldOp.SUM else MAYBE
        return Part(w, rows, truth(FALSE, FALSE), body, more)
    tests = [element_ends(w, rows, v, x) for v, x in asked]
    sure = 'e."@sure"' if rows.unsure else TRUE
    taken = truth(both((sure, *(x.low for x in tests))), both(x.high for x in tests))
    return Part(w, rows, taken, element_ends(w, rows, node.variable, node.body), more)


def _moved(w: Writer, node: n.Fold) -> Node | None:
    """Return a pass over the list of another object as a column of that object."""
    first = _holder(node)
    if first is None:
        return None
    inner = _seen_from(first, node)
    if free_slots(inner) - {0} or reads_beside(node, first):
        raise UnsupportedError("a pass over the list of another that looks back")
    tables = w.led_to(first)
    name = {w.build.made(table, inner) for table in tables}.pop()
    return n.Field(first, name, node.ty, node.span)


def _whole(w: Writer, node: n.Fold) -> Ends:
    if isinstance(node.ty, t.Ratio):
        return Ends(pair("0", "1"), pair("1", "1"))
    if node.op is FoldOp.COUNT and node.variable.slot != EACH:
        return Ends("0", f"CAST({NULL} AS BIGINT)", loose=True)
    return whole_of(node.ty, w.values)


def _of_stranger(
    w: Writer, rows: Rows, asked: list[tuple[n.Variable, Node]], node: n.Fold
) -> tuple[Ends, Ends]:
    """Return what holds of an element of which nothing is known: whether it is taken, its body."""
    declared = rows.elements[0].declared if rows.elements else None
    is_pair = bool(rows.elements and rows.elements[0].links)  # of those below with who is above

    def ask(variable: n.Variable, part: Node) -> Ends:
        nobody = n.Variable("self", 0, t.ANYTHING, variable.span)
        name, ty = STRANGER, variable.ty
        if not is_pair or not isinstance(ty, t.Object):
            if rows.plain or declared is None:
                if not isinstance(ty, t.Object) or len(t.names_of(ty.name)) > 1:
                    return w.ends(put_in(part, variable, n.Unknown(ty, variable.span)))
            elif rows.led is None:
                ty = t.Object(declared.name)
            else:
                name = NOBODY
        return w.ends(put_in(part, variable, n.Field(nobody, name, ty, variable.span)))

    tests = [ask(v, x) for v, x in asked]
    taken = truth(both(x.low for x in tests), both(x.high for x in tests))
    return taken, ask(node.variable, node.body)


def extremes_of(w: Writer, node: Node) -> tuple[str, str, str]:
    """Return the least and the greatest of a list of levels, and whether all is known of it."""
    items = items_of(w, node)
    if items is not None:
        if nothing_known(w, node) != FALSE:
            raise UnsupportedError("levels that an object names of which it is not known which")
        known = (either((negated(i.may), both((i.sure, is_one(i.value))))) for i in items)
        values = [chosen(i.may, i.value.low, NULL) for i in items] or [NULL]
        return extreme("least", values), extreme("greatest", values), both(known)
    rows, taken, body = _levels_of(w, node)
    open_ones = both((taken.high, negated(both((taken.low, is_one(body))))))
    settled = [is_nobody(counted(w, rows, open_ones)), negated(rows.unknown)]
    if rows.may_be != FALSE:
        other = is_nobody(number_of(w, rows, "", count_of(taken.high)))
        settled.append(either((negated(rows.may_be), other)))
    if rows.more is not None:
        settled.append(f"coalesce({rows.more} = 0, FALSE)")
    low, high = (f"{p}(CASE WHEN {taken.high} THEN {body.low} END)" for p in ("min", "max"))
    return sum_of(w, rows, low), sum_of(w, rows, high), both(settled)


def holds_level(w: Writer, node: Node, rank: int) -> str:
    """Return whether a list of levels of which all is known has one."""
    items = items_of(w, node)
    if items is not None:
        return either(both((i.may, _is_rank(i.value.low, rank))) for i in items)
    rows, taken, body = _levels_of(w, node)
    return negated(is_nobody(counted(w, rows, both((taken.high, _is_rank(body.low, rank))))))


def _is_rank(level: str, rank: int) -> str:
    if level.isdigit():
        return TRUE if int(level) == rank else FALSE
    return f"({level} = {rank})"


def _levels_of(w: Writer, node: Node) -> tuple[Rows, Ends, Ends]:
    """Return of a list of levels that rows have the rows, which of them are in it, and the level."""
    if not isinstance(node, n.Project):
        raise UnsupportedError("levels that a list gives")
    found = lists_of(w, node.list)
    if len(found) != 1:
        raise UnsupportedError("levels that several lists give")
    (rows,) = found
    asked = [*rows.wheres, (node.variable, node.body)]
    if rows.led is not None or rows.path is not None or any(outer(x, v.slot) for v, x in asked):
        rows = in_pairs(w, rows)
    if not reading(w, rows):
        return rows, truth(FALSE, FALSE), Ends("0", "0")
    tests = [element_ends(w, rows, v, x) for v, x in asked[:-1]]
    there = element_state(w, rows, node.variable, node.body)
    sure = 'e."@sure"' if rows.unsure else TRUE
    taken = truth(
        both((sure, there.surely, *(x.low for x in tests))),
        both((there.may, *(x.high for x in tests))),
    )
    return rows, taken, element_ends(w, rows, node.variable, node.body)
