"""Logic, comparison, choice and arithmetic on what is known of values."""

from __future__ import annotations

import math
import operator
from datetime import date, timedelta
from decimal import Context, Decimal, DecimalException, InvalidOperation
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from khung.engine.values import (
    ERROR,
    FALSE,
    INFINITY,
    TRUE,
    Elements,
    Share,
    Value,
    known,
    reason,
    truth,
    within,
)
from khung.ir import types as t
from khung.syntax.operators import ArithmeticOp, CompareOp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

DECIMAL = Context(prec=34, Emax=6144, Emin=-6143)
"""Decimals have 34 digits, rounded half to even (IEEE 754 decimal128, as in FEEL)."""


def both(values: Iterable[Value]) -> Value:
    """Return the conjunction."""
    least, most, why = True, True, ""
    for value in values:
        if not value.most:
            return FALSE
        least = least and value.least
        if value.why:
            why = ERROR if ERROR in (why, value.why) else value.why
    return truth(least, most, why)


def either(values: Iterable[Value]) -> Value:
    """Return the disjunction."""
    most, why = False, ""
    for value in values:
        if value.least:
            return TRUE
        most = most or value.most
        if value.why:
            why = ERROR if ERROR in (why, value.why) else value.why
    return truth(False, most, why)


def negated(value: Value) -> Value:
    """Return the negation."""
    if not value.why:
        return FALSE if value.least else TRUE
    return truth(not value.most, not value.least, value.why)


def hull(first: Value, second: Value, why: str, *, ordered: bool) -> Value:
    """Return what is known of a value that is one of two."""
    if first == second and first.known:
        return first
    if isinstance(first.least, Share):
        return Value(Share(0, 1), Share(1, 1), why)
    if ordered and isinstance(first.least, date) is isinstance(second.least, date):
        return within(min(first.least, second.least), max(first.most, second.most), why)
    return Value(None, None, why)


COMPARE: dict[CompareOp, Callable[[Any, Any], bool]] = {
    CompareOp.EQ: operator.eq,
    CompareOp.NE: operator.ne,
    CompareOp.LT: operator.lt,
    CompareOp.LE: operator.le,
    CompareOp.GT: operator.gt,
    CompareOp.GE: operator.ge,
}


def compare(op: CompareOp, left: Value, right: Value, ty: t.Type) -> Value:
    """Return `left op right` for two values of one type."""
    if isinstance(ty, t.Fraction):
        return compare_shares(op, left, right)
    if not left.why and not right.why:
        return _compare_known(op, left.least, right.least)
    if not t.is_ordered(ty) or None in (left.least, right.least):
        return truth(least=False, most=True, why=reason(left, right))
    return _compare_ends(op, left, right, operator.lt, operator.le)


def _compare_known(op: CompareOp, left: Any, right: Any) -> Value:
    if isinstance(left, Elements):
        return _compare_lists(op, left, right)
    return TRUE if COMPARE[op](left, right) else FALSE


def _compare_lists(op: CompareOp, left: Elements, right: Elements) -> Value:
    if not (left.settled and right.settled):
        return truth(least=False, most=True)
    if len(left.items) != len(right.items):
        equal = FALSE
    else:
        pairs = zip(left.items, right.items, strict=True)
        equal = both(_equal_items(a.value, b.value) for a, b in pairs)
    return equal if op is CompareOp.EQ else negated(equal)


def _equal_items(left: Value, right: Value) -> Value:
    if left.why or right.why:
        return truth(least=False, most=True, why=reason(left, right))
    return _compare_known(CompareOp.EQ, left.least, right.least)


def _compare_ends(
    op: CompareOp,
    left: Value,
    right: Value,
    less: Callable[[Any, Any], bool],
    at_most: Callable[[Any, Any], bool],
) -> Value:
    why = reason(left, right)
    match op:
        case CompareOp.LT:
            return truth(less(left.most, right.least), less(left.least, right.most), why)
        case CompareOp.LE:
            return truth(at_most(left.most, right.least), at_most(left.least, right.most), why)
        case CompareOp.GT:
            return truth(less(right.most, left.least), less(right.least, left.most), why)
        case CompareOp.GE:
            return truth(at_most(right.most, left.least), at_most(right.least, left.most), why)
        case CompareOp.EQ | CompareOp.NE:
            may = at_most(left.least, right.most) and at_most(right.least, left.most)
            equal = truth(least=False, most=may, why=why)
            return equal if op is CompareOp.EQ else negated(equal)


def compare_shares(op: CompareOp, share: Value, limit: Value) -> Value:
    """Cross-multiply in whole numbers: `part/whole op p/q` is `part·q op p·whole`.

    Each end of the share is one completion of the list, so a comparison that both ends meet, and
    that grows or falls with the share, is met by all; of `=` and `!=` that is not so.
    """
    p, q = limit.least
    test = COMPARE[op]

    def meets(end: Share) -> bool:
        return test(end.part * q, p * end.whole)

    low, high = meets(share.least), meets(share.most)
    if share.known:
        return TRUE if low else FALSE
    if op in (CompareOp.EQ, CompareOp.NE):
        equal = truth(least=False, most=not _apart(share, p, q), why=share.why)
        return equal if op is CompareOp.EQ else negated(equal)
    return truth(low and high, low or high, share.why)


def _apart(share: Value, p: int, q: int) -> bool:
    """Whether both ends lie strictly on one side of `p/q`; 0/0 lies on neither."""
    ends: tuple[Share, Share] = (share.least, share.most)
    gaps = [end.part * q - p * end.whole for end in ends]
    return min(gaps) > 0 or max(gaps) < 0


def arithmetic(op: ArithmeticOp, left: Value, right: Value, ty: t.Type, whole: Value) -> Value:
    """Return `left op right`; `whole` is what is known where it cannot be worked out.

    `+ - *` pass ends through, `/` does unless the divisor may be 0, everything else of an open
    operand is wholly unknown.
    """
    if not left.why and not right.why:
        result = exact(op, left.least, right.least, ty)
        return whole._replace(why=ERROR) if result is None else known(result)
    why = reason(left, right)
    if None in (left.least, right.least) or op is ArithmeticOp.POWER:
        return whole._replace(why=why)
    if op is ArithmeticOp.DIVIDE and _may_be_zero(right):
        return whole._replace(why=why)
    corners = [
        exact(op, a, b, ty) for a in (left.least, left.most) for b in (right.least, right.most)
    ]
    return _spanned(corners, whole, why)


def _spanned(corners: list[Any], whole: Value, why: str) -> Value:
    if any(corner is None for corner in corners):
        return whole._replace(why=why)
    return within(min(corners), max(corners), why)


def _may_be_zero(divisor: Value) -> bool:
    return bool(divisor.least <= 0 <= divisor.most)


def exact(op: ArithmeticOp, left: Any, right: Any, ty: t.Type) -> Any:
    """Return the result on known operands; None where there is none, such as 1/0."""
    try:
        if isinstance(ty, t.Ratio):
            return _on_ratios(op, left, right)
        if isinstance(left, str):
            return left + right
        if isinstance(left, date) or isinstance(right, date):
            return _on_dates(op, left, right)
        return _on_numbers(op, left, right, ty)
    except (DecimalException, OverflowError, ValueError, ZeroDivisionError):
        return None


RATIOS: dict[ArithmeticOp, Callable[[Any, Any], Any]] = {
    ArithmeticOp.ADD: operator.add,
    ArithmeticOp.SUBTRACT: operator.sub,
    ArithmeticOp.MULTIPLY: operator.mul,
    ArithmeticOp.DIVIDE: operator.truediv,
}


def _on_ratios(op: ArithmeticOp, left: Any, right: Any) -> Any:
    """Return the exact result; where an end is infinite, of the other only its sign matters."""
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        return RATIOS[op](left, right)
    one, other = (x if isinstance(x, Decimal) else Decimal(x > 0) - (x < 0) for x in (left, right))
    result = _on_numbers(op, one, other, t.NUMBER)
    return result if result.is_infinite() else Fraction(0)


def ratio(number: Any) -> Any:
    """Return a number as a ratio; an infinite end as it is."""
    return number if number in (INFINITY, -INFINITY) else Fraction(number)


def rounded(number: Any) -> Any:
    """Return a ratio as a number of 34 digits; an infinite end as it is."""
    if not isinstance(number, Fraction):
        return number
    return DECIMAL.divide(Decimal(number.numerator), Decimal(number.denominator))


def _on_numbers(op: ArithmeticOp, left: Any, right: Any, ty: t.Type) -> Any:
    a, b = Decimal(left), Decimal(right)
    match op:
        case ArithmeticOp.ADD:
            result = DECIMAL.add(a, b)
        case ArithmeticOp.SUBTRACT:
            result = DECIMAL.subtract(a, b)
        case ArithmeticOp.MULTIPLY:
            result = _product(a, b)
        case ArithmeticOp.DIVIDE:
            result = DECIMAL.divide(a, b)
        case ArithmeticOp.POWER:
            result = DECIMAL.power(a, b)
    if result.is_nan() or (result.is_infinite() and a.is_finite() and b.is_finite()):
        raise InvalidOperation
    return int(result) if isinstance(ty, t.Months) and result.is_finite() else result


def _product(a: Decimal, b: Decimal) -> Decimal:
    return Decimal(0) if not a or not b else DECIMAL.multiply(a, b)


def _on_dates(op: ArithmeticOp, left: Any, right: Any) -> Any:
    if isinstance(left, date) and isinstance(right, date):
        return Decimal((left - right).days * 86400)
    day, duration = (left, right) if isinstance(left, date) else (right, left)
    if duration in (INFINITY, -INFINITY):
        return None
    sign = 1 if op is ArithmeticOp.ADD else -1
    if isinstance(duration, int):
        return add_months(day, sign * duration)
    return day + timedelta(days=math.floor(sign * duration / 86400))


def add_months(day: date, months: int) -> date:
    """Return the day `months` later, the last of the month where that has no such day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, days_in_month(year, month + 1)))


def days_in_month(year: int, month: int) -> int:
    """Return the number of days of a month."""
    if month == 2:  # noqa: PLR2004  # February
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        return 29 if leap else 28
    return 30 if month in (4, 6, 9, 11) else 31


def months_between(start: date, end: date) -> int:
    """Return the whole months from `start` to `end`, negative if `end` is the earlier.

    The day of the month decides; the last day of a month counts as reached where it is shorter.
    """
    if end < start:
        return -months_between(end, start)
    months = (end.year - start.year) * 12 + end.month - start.month
    last = end.day == days_in_month(end.year, end.month)
    reached = end.day >= start.day or last
    return months if reached else months - 1
