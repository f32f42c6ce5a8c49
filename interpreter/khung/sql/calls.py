"""Builtins as SQL, on both ends of what they take."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.enums import AGGREGATES, FoldOp
from khung.ir.operators import NUMBER_OF, RATIO_OF
from khung.sql import numbers, votes
from khung.sql.compare import ordered, unordered
from khung.sql.ends import Ends, UnsupportedError, known_of, same, truth, whole_of
from khung.sql.lists.asked import source_of
from khung.sql.lists.named import items_of, nothing_known
from khung.sql.lists.which import rows_of
from khung.sql.rows import EACH, STRANGER
from khung.sql.table import Raw
from khung.sql.text import FALSE, SPLIT, TRUE, both, either, literal, negated, pair, quoted
from khung.syntax.operators import ArithmeticOp, CompareOp

if TYPE_CHECKING:
    from khung.ir.dates import WorkingDays
    from khung.ir.nodes import Node
    from khung.sql.writing import Writer
    from khung.text import Span

_PARTS = {".year": "year", ".month": "month", ".day": "day", ".weekday": "isodow"}


def called(w: Writer, node: n.Call) -> Ends:
    """Return what a builtin gives.

    Raises:
        UnsupportedError: SQL has no exact form for it.
    """
    given = [a for a in node.arguments if a is not None]
    match node.function:
        case "on":
            w.needs[Raw("on")] = None
            return same('s."on"')
        case "months between":
            return _months(w, *given)
        case "lower" | "higher":
            return _stepped(w, node, *given)
        case "in range":
            return _in_range(w, *given)
        case "list contains":
            return _contains(w, *given)
        case "count" | "sum" | "mean" | "min" | "max" | "all" | "any":
            return _over_list(w, node, given[0])
        case "working days between":
            return _working_days(w, *given)
        case "ballots for":
            return _ballots_for(w, *given)
        case "is known":
            return _is_known(w, given[0])
        case "default":
            found, other = w.ends(given[0]), w.of_type(w.ends(given[1]), node.ty)
            known = known_of(found)
            low, high = (f"CASE WHEN {known} THEN {found.low} ELSE {x} END" for x in other[:2])
            return Ends(low, high, other.loose)
        case "abs":
            return numbers.absolute(w.shared(given[0]))
        case name if name == numbers.KNOWN or name in numbers.ROUNDINGS:
            return numbers.rounded(name, w.shared(given[0]), given[1:])
        case "contains" | "starts with" | "ends with":
            return _compared_texts(w, node.function, *given)
        case "entry":
            return _entry(w, *given)
        case _ if node.function in _PARTS:
            return _part(w, node, given[0])
        case _ if node.function == NUMBER_OF:
            return w.ends(given[0])
        case _ if node.function == RATIO_OF:
            return _as_ratio(w, given[0])
        case _:  # SQL has no exact form of anything else
            raise UnsupportedError(node.function)


def _as_ratio(w: Writer, node: Node) -> Ends:
    found = w.ends(node)
    if SPLIT in found.low:
        return found
    if isinstance(node, n.Literal):
        value = Fraction(cast("Decimal", node.value))
        text = pair(str(value.numerator), str(value.denominator))
        return Ends(text, text)
    return Ends(pair(found.low, "1"), pair(found.high, "1"), found.loose)


def _is_known(w: Writer, node: Node) -> Ends:
    if isinstance(node, n.Field) and node.name == STRANGER:
        return truth(TRUE, TRUE)  # who may be in a list is somebody, though nothing is known of him
    holds = known_of(w.ends(node))
    return truth(holds, holds)


def _months(w: Writer, start: Node, end: Node) -> Ends:
    first, last = w.ends(w.let(start)), w.ends(w.let(end))
    if first.loose or last.loose:
        raise UnsupportedError("months between days that may be none")
    low, high = months_between(first.high, last.low), months_between(first.low, last.high)
    return Ends(low, high)


def months_between(start: str, end: str) -> str:
    """Return the whole months between two days; the last day of a month counts as reached."""
    return f"CASE WHEN {end} < {start} THEN -({_after(end, start)}) ELSE {_after(start, end)} END"


def _after(start: str, end: str) -> str:
    months = f"((year({end}) - year({start})) * 12 + month({end}) - month({start}))"
    reached = f"(day({end}) >= day({start}) OR {end} = last_day({end}))"
    return f"({months} - CASE WHEN {reached} THEN 0 ELSE 1 END)"


def _stepped(w: Writer, node: n.Call, level: Node, steps: Node) -> Ends:
    found, by = w.ends(level), w.ends(steps)
    if not by.single or not isinstance(node.ty, t.Scale):
        raise UnsupportedError("an open number of levels")
    top, sign = len(w.values[node.ty.name].values) - 1, "-" if node.function == "lower" else "+"
    step = f"CAST(floor({by.low}) AS INTEGER)"
    low, high = (f"greatest(0, least({top}, {end} {sign} {step}))" for end in found[:2])
    return Ends(low, high)


def _in_range(w: Writer, value: Node, interval: Node) -> Ends:
    if not isinstance(interval, n.Build) or not interval.bounds:
        raise UnsupportedError("a range that is a value")
    ty, found = value.ty, w.ends(w.let(value))
    low, high = (w.of_type(w.ends(item), ty) for item in interval.items)
    first = ordered(CompareOp.GE if interval.bounds[0] == "[" else CompareOp.GT, found, low)
    last = ordered(CompareOp.LE if interval.bounds[1] == "]" else CompareOp.LT, found, high)
    return truth(both((first.low, last.low)), both((first.high, last.high)))


def _contains(w: Writer, source: Node, value: Node) -> Ends:
    found = w.of_type(w.ends(value), value.ty)
    items = items_of(w, source)
    if items is not None:
        same_ones = [_equal(item.value, found, value.ty) for item in items]
        low = either(both((i.sure, x.low)) for i, x in zip(items, same_ones, strict=True))
        high = either(both((i.may, x.high)) for i, x in zip(items, same_ones, strict=True))
        unknown = nothing_known(w, source)
        return truth(both((negated(unknown), low)), either((unknown, high)))
    if not isinstance(source.ty, t.List):
        raise UnsupportedError("a list of no type")
    variable = n.Variable("each", EACH, source.ty.element, node_span(source))
    equal = n.Compare(CompareOp.EQ, variable, value, node_span(source))
    some = n.Fold(FoldOp.SOME, variable, source, None, equal, t.BOOLEAN, node_span(source))
    return w.ends(some)


def node_span(node: Node) -> Span:
    """Return the place of a node."""
    return node.span


def _equal(left: Ends, right: Ends, ty: t.Type) -> Ends:
    if t.is_ordered(ty):
        return ordered(CompareOp.EQ, left, right)
    return unordered(CompareOp.EQ, left, right)


def _over_list(w: Writer, node: n.Call, source: Node) -> Ends:
    """Return an aggregate of a list of values, as a pass over the list that they are of."""
    op = AGGREGATES[node.function]
    if isinstance(source, n.Project):
        body: Node = source.body
        if node.function == "count":
            raise UnsupportedError("a count of values")
        fold = n.Fold(op, source.variable, source.list, None, body, node.ty, node.span)
        if w.there(body).always or True:
            return w.ends(fold)
    assert isinstance(source.ty, t.List)  # noqa: S101  # it is one
    variable = n.Variable("each", EACH, source.ty.element, node.span)
    counted = n.Literal(value=True, ty=t.BOOLEAN, span=node.span)
    body = counted if node.function == "count" else variable
    return w.ends(n.Fold(op, variable, source, None, body, node.ty, node.span))


def _working_days(w: Writer, start: Node, end: Node, calendar: Node) -> Ends:
    """Count by a numbered calendar: a day leads to how many working days there are up to it."""
    if not isinstance(calendar, n.Literal):
        raise UnsupportedError("a calendar that is no constant")
    held = cast("WorkingDays", calendar.value)
    first, last = w.ends(w.let(start)), w.ends(w.let(end))
    days = [literal(day) for day in (held.first, held.last)]
    inside = both(
        f"({x} BETWEEN {days[0]} AND {days[1]})" for ends in (first, last) for x in ends[:2]
    )

    def until(day: str) -> str:
        days_of = w.build.calendar(held)
        table = quoted(f"calendar.{days_of}")
        return f"(SELECT max(c.n) FROM {table} c WHERE c.day = {day})"

    low = f"CASE WHEN {inside} THEN {until(last.low)} - {until(first.high)} END"
    high = f"CASE WHEN {inside} THEN {until(last.high)} - {until(first.low)} END"
    return Ends(low, high, loose=True)


def _ballots_for(w: Writer, ballots: Node, rank: Node) -> Ends:
    if not isinstance(ballots, n.Field) or not isinstance(rank, n.Literal):
        raise UnsupportedError("votes for a level that is not said")
    found = votes.votes_for(w, ballots)[int(rank.value)]  # type: ignore[call-overload]  # a rank
    state, blank = votes.cast(w, ballots), votes.unknown(w, ballots)
    if state.surely == TRUE and blank == FALSE:
        return same(found)
    known = both((state.surely, negated(blank)))
    low = f"CASE WHEN {known} THEN {found} ELSE 0 END"
    return Ends(low, f"CASE WHEN {known} THEN {found} END", loose=True)


def _compared_texts(w: Writer, function: str, text: Node, part: Node) -> Ends:
    """Return whether a text has another in it, at its beginning or its end."""
    one, other = (w.of_type(w.ends(x), t.STRING) for x in (text, part))
    holds = {
        "contains": f"(strpos({one.low}, {other.low}) > 0)",
        "starts with": f"starts_with({one.low}, {other.low})",
        "ends with": f"ends_with({one.low}, {other.low})",
    }[function]
    if not (one.loose or other.loose):
        return truth(holds, holds)
    return truth(f"coalesce({holds}, FALSE)", f"coalesce({holds}, TRUE)")


def _part(w: Writer, node: n.Call, day: Node) -> Ends:
    found = w.ends(day)
    if found.single and not found.loose:
        return same(f"CAST(extract({_PARTS[node.function]} FROM {found.low}) AS BIGINT)")
    known = f"{found.low} = {found.high}"
    value = f"CASE WHEN {known} THEN CAST(extract({_PARTS[node.function]} FROM {found.low}) AS BIGINT) END"
    return Ends(value, f"({value})", loose=True)


def _entry(w: Writer, source: Node, key: Node) -> Ends:
    """Return the record of a keyed list that a key tells from the others; null if there is none."""
    rows = rows_of(w, source)
    value = constant_of(key)
    if rows.wheres or rows.plain or not rows.table.declared or value is None:
        raise UnsupportedError("an entry by what is no constant")
    if rows.table.stranger:
        return whole_of(node_type(source), w.values)
    name = (
        w.table.declared.facts[rows.name].key
        if w.table.declared and rows.name in w.table.declared.facts
        else ""
    )
    column = quoted(name) if name else quoted("id")
    source_sums = source_of(w, rows)
    text = f"max(CASE WHEN e.{column} = {literal(str(value))} THEN e.rid END)"
    for table in rows.elements:
        source_sums.needs[(table.key, f"raw {name or 'id'}")] = None
    found = w.passed(rows.key, source_sums.sum(text), among="a")
    unknown = rows.unknown
    return same(
        found if unknown == FALSE else f"CASE WHEN {unknown} THEN NULL ELSE {found} END", loose=True
    )


def constant_of(node: Node) -> Any:
    """Return the value of what is the same for all; None of anything else."""
    match node:
        case n.Literal():
            return node.value
        case n.Arithmetic():
            left, right = constant_of(node.left), constant_of(node.right)
            if not isinstance(left, int | Decimal) or not isinstance(right, int | Decimal):
                return None
            if node.op is ArithmeticOp.ADD:
                return left + right
            return left - right if node.op is ArithmeticOp.SUBTRACT else None
        case n.Call(function="string"):
            value = constant_of(node.arguments[0]) if node.arguments[0] is not None else None
            return (
                None
                if value is None
                else f"{value:f}"
                if isinstance(value, Decimal)
                else str(value)
            )
        case n.Call(function=".year"):
            value = constant_of(node.arguments[0]) if node.arguments[0] is not None else None
            return None if value is None else value.year
        case _:  # SQL has no exact form of anything else
            return None


def node_type(source: Node) -> t.Type:
    """Return the type of the elements of a list."""
    assert isinstance(source.ty, t.List)  # noqa: S101  # it is one
    return source.ty.element
