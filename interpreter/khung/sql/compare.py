"""Comparisons and arithmetic on both ends; ratios as two whole numbers, cross-multiplied."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from khung.ir import nodes as n
from khung.ir import types as t
from khung.sql.ends import MAYBE, Ends, UnsupportedError, known_of, same, truth
from khung.sql.rows import STRANGER
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
from khung.syntax.operators import ArithmeticOp, CompareOp

if TYPE_CHECKING:
    from khung.sql.writing import Writer

_SIGNS = {
    CompareOp.EQ: "=",
    CompareOp.NE: "<>",
    CompareOp.LT: "<",
    CompareOp.LE: "<=",
    CompareOp.GT: ">",
    CompareOp.GE: ">=",
}


def compared(w: Writer, node: n.Compare) -> Ends:
    """Return whether a comparison surely holds, and whether it may."""
    strangers = [_is_stranger(side) for side in (node.left, node.right)]
    if any(strangers) and not all(strangers):
        return _with_stranger(w, node.op, node.right if strangers[0] else node.left)
    ty = node.right.ty if isinstance(node.left.ty, t.Anything) else node.left.ty
    left, right = _side(w, node.left, ty), _side(w, node.right, ty)
    if isinstance(ty, t.Fraction):
        return _shares(node.op, left, right)
    if isinstance(ty, t.List | t.Range | t.Ballots | t.Context):
        raise UnsupportedError("lists compared")
    if not t.is_ordered(ty):
        return unordered(node.op, left, right)
    return ordered(node.op, left, right)


def _is_stranger(node: n.Node) -> bool:
    return isinstance(node, n.Field) and node.name == STRANGER


def _with_stranger(w: Writer, op: CompareOp, other: n.Node) -> Ends:
    """Compare somebody of whom the case says nothing: he is none of those whom it names."""
    named = known_of(w.ends(other))
    return truth(FALSE, negated(named)) if op is CompareOp.EQ else truth(named, TRUE)


def _side(w: Writer, node: n.Node, ty: t.Type) -> Ends:
    return w.of_type(w.ends(node), ty)


def unordered(op: CompareOp, left: Ends, right: Ends) -> Ends:
    """Compare values without order, null where nothing is known."""
    if op not in (CompareOp.EQ, CompareOp.NE):
        raise UnsupportedError("texts compared by order")
    a, b = left.low, right.low
    if NULL in (a.partition("::")[0], b.partition("::")[0]):
        return MAYBE
    holds = f"{a} {_SIGNS[op]} {b}"
    if a.startswith("'") and b.startswith("'"):
        holds = TRUE if (a == b) is (op is CompareOp.EQ) else FALSE
        return truth(holds, holds)
    if not (left.loose or right.loose):
        return truth(f"({holds})", f"({holds})")
    return truth(f"coalesce({holds}, FALSE)", f"coalesce({holds}, TRUE)")


def ordered(op: CompareOp, left: Ends, right: Ends) -> Ends:
    """Compare two ranges of values by their ends."""
    match op:
        case CompareOp.LT | CompareOp.LE:
            other = CompareOp.GT if op is CompareOp.LT else CompareOp.GE
            return ordered(other, right, left)
        case CompareOp.GT | CompareOp.GE:
            low = _holds(op, left.low, right.high, left.loose or right.loose, FALSE)
            high = _holds(op, left.high, right.low, left.loose or right.loose, TRUE)
            return truth(low, high)
        case CompareOp.EQ:
            return _equal(left, right)
        case CompareOp.NE:
            low, high, _ = _equal(left, right)
            return truth(negated(high), negated(low))
        case _:
            assert_never(op)


def _equal(left: Ends, right: Ends) -> Ends:
    loose = left.loose or right.loose
    if left.single and right.single:
        holds = _holds(CompareOp.EQ, left.low, right.low, loose=False, open_as=FALSE)
        if not loose:
            return truth(holds, holds)
        return truth(f"coalesce({holds}, FALSE)", f"coalesce({holds}, TRUE)")
    pairs = [(left.low, left.high), (right.low, right.high), (left.low, right.low)]
    sure = both(_holds(CompareOp.EQ, a, b, loose, FALSE) for a, b in pairs if a != b)
    may = both(
        (
            _holds(CompareOp.GE, right.high, left.low, loose, TRUE),
            _holds(CompareOp.GE, left.high, right.low, loose, TRUE),
        )
    )
    return truth(sure, may)


def _holds(op: CompareOp, a: str, b: str, loose: bool, open_as: str) -> str:  # noqa: FBT001  # of two ends  # of ends
    """Compare two ends; what is said where one of them is none."""
    if a.startswith((NULL, "CAST(NULL")) or b.startswith((NULL, "CAST(NULL")):
        return open_as
    constant = _of_constants(op, a, b)
    if constant is not None:
        return constant
    if SPLIT in a or SPLIT in b:
        (x, p), (y, q) = _ratio(a), _ratio(b)
        left = x if q == "1" else f"{x} * {q}"
        right = y if p == "1" else f"{y} * {p}"
        found = f"({left} {_SIGNS[op]} {right})"
    else:
        found = f"({a} {_SIGNS[op]} {b})"
    return f"coalesce({found}, {open_as})" if loose else found


def _of_constants(op: CompareOp, a: str, b: str) -> str | None:
    """Return what a comparison of whole numbers that stand as such comes to."""
    try:
        x, y = int(a.strip("()")), int(b.strip("()"))
    except ValueError:
        return None
    holds = {
        CompareOp.EQ: x == y,
        CompareOp.NE: x != y,
        CompareOp.LT: x < y,
        CompareOp.LE: x <= y,
        CompareOp.GT: x > y,
        CompareOp.GE: x >= y,
    }[op]
    return TRUE if holds else FALSE


def _ratio(end: str) -> tuple[str, str]:
    return split(end) if SPLIT in end else (end, "1")


# -- shares ---------------------------------------------------------------------------------------


def _shares(op: CompareOp, share: Ends, limit: Ends) -> Ends:
    """Cross-multiply: `part/whole op p/q` is `part * q op p * whole`; 0/0 meets what may be equal."""
    low, high = (_meets(op, end, limit.low) for end in share[:2])
    if share.single:
        return truth(low, low)
    if op in (CompareOp.EQ, CompareOp.NE):
        (a, b), (c, d) = split(share.low), split(share.high)
        known = f"({a} = {c} AND {b} = {d})"
        p, q = split(limit.low)
        gaps = [f"({part} * {q} - {p} * {whole})" for part, whole in ((a, b), (c, d))]
        apart = f"(least({', '.join(gaps)}) > 0 OR greatest({', '.join(gaps)}) < 0)"
        equal = _meets(CompareOp.EQ, share.low, limit.low)
        sure, may = both((known, equal)), chosen(known, equal, f"(NOT {apart})")
        return truth(sure, may) if op is CompareOp.EQ else truth(negated(may), negated(sure))
    return truth(both((low, high)), either((low, high)))


def _meets(op: CompareOp, share: str, limit: str) -> str:
    (part, whole), (p, q) = split(share), split(limit)
    return f"({part} * {q} {_SIGNS[op]} {p} * {whole})"


# -- arithmetic -----------------------------------------------------------------------------------


def reckoned(w: Writer, node: n.Arithmetic) -> Ends:
    """Return what `+ - * /` give of both ends."""
    left, right = (_operand(w, part) for part in (node.left, node.right))
    if isinstance(node.left.ty, t.Date) or isinstance(node.right.ty, t.Date):
        return _on_dates(node, left, right)
    if isinstance(node.ty, t.String | t.Anything | t.Fraction):
        raise UnsupportedError("a text put together")
    if isinstance(node.ty, t.Ratio):
        return _on_ratios(node.op, left, right)
    if any(SPLIT in end for end in (*left[:2], *right[:2])):
        raise UnsupportedError("arithmetic on a quotient")
    if isinstance(node.ty, t.Months) and node.op in (ArithmeticOp.DIVIDE, ArithmeticOp.MULTIPLY):
        raise UnsupportedError("a part of months")
    loose = left.loose or right.loose
    match node.op:
        case ArithmeticOp.ADD:
            return _made(
                f"({left.low} + {right.low})", f"({left.high} + {right.high})", left, right
            )
        case ArithmeticOp.SUBTRACT:
            return _made(
                f"({left.low} - {right.high})", f"({left.high} - {right.low})", left, right
            )
        case ArithmeticOp.MULTIPLY:
            return _product(left, right, loose=loose)
        case ArithmeticOp.DIVIDE:
            return _quotient(left, right)
        case ArithmeticOp.POWER:
            raise UnsupportedError("a power")
        case _:
            assert_never(node.op)


def _operand(w: Writer, node: n.Node) -> Ends:
    """Return what is reckoned with; what is read several times is a column by itself."""
    found = w.shared(node)
    return found if node.ty == t.ANYTHING else w.of_type(found, node.ty)


def _made(low: str, high: str, left: Ends, right: Ends) -> Ends:
    if left.single and right.single:
        return same(low, loose=left.loose or right.loose)
    return Ends(low, high, left.loose or right.loose)


def _product(left: Ends, right: Ends, *, loose: bool) -> Ends:
    """Return the ends of a product: nothing times what has no end is nothing."""
    if loose:
        return _endless_product(left, right)
    if left.single and right.single:
        return same(f"({left.low} * {right.low})")
    corners = [f"({a} * {b})" for a in left[:2] for b in right[:2]]
    return Ends(extreme("least", corners), extreme("greatest", corners))


def _endless_product(left: Ends, right: Ends) -> Ends:
    a, b, c, d = (*left[:2], *right[:2])
    below = either(
        (
            _goes_on(a, d, ">"),
            _goes_on(b, c, "<"),
            _goes_on(c, b, ">"),
            _goes_on(d, a, "<"),
        )
    )
    above = either(
        (
            _goes_on(a, c, "<"),
            _goes_on(b, d, ">"),
            _goes_on(c, a, "<"),
            _goes_on(d, b, ">"),
        )
    )
    corners = list(dict.fromkeys(_corner(x, y) for x in (a, b) for y in (c, d)))
    low, high = extreme("least", corners), extreme("greatest", corners)
    return Ends(chosen(below, NULL, low), chosen(above, NULL, f"({high})"), loose=True)


def _goes_on(end: str, other: str, sign: str) -> str:
    """Return whether an end is none, and the other so that the product has none on a side."""
    if _is_none(end):
        return TRUE if _is_none(other) else f"coalesce({other} {sign} 0, TRUE)"
    return both(
        (f"({end} IS NULL)", TRUE if _is_none(other) else f"coalesce({other} {sign} 0, TRUE)")
    )


def _is_none(end: str) -> bool:
    return end.startswith((NULL, f"CAST({NULL}"))


def _corner(one: str, other: str) -> str:
    """Return a product of two ends, null where that has none."""
    nothing = either(f"({x} = 0)" for x in (one, other) if not _is_none(x))
    if nothing == FALSE:
        return f"{NULL}::BIGINT"
    return f"CASE WHEN {nothing} THEN 0 ELSE {one} * {other} END"


def _quotient(left: Ends, right: Ends) -> Ends:
    """Return a quotient of whole numbers: exact, and open where the divisor may be nothing."""
    a, b = left.low, right.low
    if right.single and b.strip("()").isdigit() and int(b.strip("()")):
        return Ends(pair(a, b), pair(left.high, b), left.loose)
    if left.single and right.single:
        part = chosen(f"{b} > 0", a, f"CASE WHEN {b} < 0 THEN -{a} END")
        whole = f"abs({b})"
        # a divisor that is nothing leaves no ends: no number on either side
        return Ends(pair(part, whole), pair(f"({part})", f"({whole})"), loose=True)
    a, b, c, d = left.low, left.high, right.low, right.high
    low = f"CASE WHEN {c} > 0 THEN {a} WHEN {d} < 0 THEN -{b} END"
    high = f"CASE WHEN {c} > 0 THEN {b} WHEN {d} < 0 THEN -{a} END"
    small = f"CASE WHEN {c} > 0 THEN {c} ELSE -{d} END"
    large = f"CASE WHEN {c} > 0 THEN {d} ELSE -{c} END"
    if right.loose:
        return _of_endless(left, (low, high), (small, large))
    return Ends(
        pair(low, f"CASE WHEN ({low}) >= 0 THEN {large} ELSE {small} END"),
        pair(high, f"CASE WHEN ({high}) >= 0 THEN {small} ELSE {large} END"),
        loose=True,
    )


def _of_endless(left: Ends, parts: tuple[str, str], wholes: tuple[str, str]) -> Ends:
    """Return a quotient by what may have no end: it comes near nothing, and is open if both go on."""
    low, high = parts
    small, large = wholes
    endless = either(f"({end} IS NULL)" for end in left[:2]) if left.loose else FALSE
    goes_on = f"(({large}) IS NULL)"
    found = []
    for part, near in ((low, ">="), (high, "<=")):
        to_nothing = both((goes_on, f"coalesce(({part}) {near} 0, FALSE)"))
        open_here = both((goes_on, endless))
        over = f"CASE WHEN {to_nothing} THEN 0 ELSE {part} END"
        under = f"CASE WHEN ({part}) {near} 0 THEN coalesce({large}, 1) ELSE {small} END"
        found.append(pair(f"CASE WHEN {open_here} THEN {NULL} ELSE {over} END", under))
    return Ends(found[0], found[1], loose=True)


def _on_ratios(op: ArithmeticOp, left: Ends, right: Ends) -> Ends:
    loose = left.loose or right.loose
    if loose and op not in (ArithmeticOp.ADD, ArithmeticOp.SUBTRACT):
        raise UnsupportedError("a product of ratios that have no ends")
    match op:
        case ArithmeticOp.ADD | ArithmeticOp.SUBTRACT:
            sign = "+" if op is ArithmeticOp.ADD else "-"
            others = right[:2] if op is ArithmeticOp.ADD else (right.high, right.low)
            low, high = (_sum(a, b, sign) for a, b in zip(left[:2], others, strict=True))
            return Ends(low, high, loose)
        case ArithmeticOp.MULTIPLY if left.single and right.single:
            (a, b), (c, d) = _ratio(left.low), _ratio(right.low)
            return same(pair(f"({a} * {c})", f"({b} * {d})"))
        case ArithmeticOp.DIVIDE if left.single and right.single:
            (a, b), (c, d) = _ratio(left.low), _ratio(right.low)
            part = f"CASE WHEN {c} > 0 THEN {a} * {d} WHEN {c} < 0 THEN -({a} * {d}) END"
            return Ends(
                pair(part, f"({b} * abs({c}))"), pair(f"({part})", f"({b} * abs({c}))"), loose=True
            )
        case _:
            raise UnsupportedError("a product of ratios")


def _sum(left: str, right: str, sign: str) -> str:
    (a, b), (c, d) = _ratio(left), _ratio(right)
    return pair(f"({a} * {d} {sign} {c} * {b})", f"({b} * {d})")


def _on_dates(node: n.Arithmetic, left: Ends, right: Ends) -> Ends:
    """Return a day some months or days on, or the seconds between two days."""
    if isinstance(node.left.ty, t.Date) and isinstance(node.right.ty, t.Date):
        low, high = (
            f"(date_diff('day', {right.high}, {left.low}) * 86400)",
            f"(date_diff('day', {right.low}, {left.high}) * 86400)",
        )
        return same(low) if left.single and right.single else Ends(low, high)
    day, duration = (left, right) if isinstance(node.left.ty, t.Date) else (right, left)
    by = node.right.ty if isinstance(node.left.ty, t.Date) else node.left.ty
    if not (day.single and duration.single) or duration.loose:
        raise UnsupportedError("a day some open time on")
    sign = "" if node.op is ArithmeticOp.ADD else "-"
    if isinstance(by, t.Months):
        months = f"CAST({sign}{duration.low} AS INTEGER)"
        return same(f"CAST({day.low} + INTERVAL (1) MONTH * {months} AS DATE)")
    return same(f"({day.low} + CAST(floor({sign}{duration.low} / 86400) AS INTEGER))")
