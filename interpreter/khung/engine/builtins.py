"""What the builtins do, by the names of `ir.builtins`.

Functions of known arguments stand in `EXACT`: they take plain values and return one, or None for
a domain error. Those that pass ends through, or see more than values, stand in `BOUNDED`.
"""

from __future__ import annotations

import math
from datetime import date
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
    DecimalException,
)
from typing import TYPE_CHECKING, Any

from khung.engine.logic import DECIMAL, both, compare, either, months_between
from khung.engine.texts import WIDE, plain
from khung.engine.values import (
    ERROR,
    INFINITY,
    MISSING,
    TRUE,
    Element,
    Elements,
    Interval,
    Value,
    any_of,
    known,
    reason,
    truth,
    within,
)
from khung.ir.dates import DAY, HOUR, MINUTE, parse_date, parse_duration
from khung.syntax.operators import CompareOp

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from khung.ir import types as t

SCALES = range(-6111, 6177)
"""The exponents of a decimal128, negated; a rounding scale beyond them is a domain error."""


# -- numbers ----------------------------------------------------------------------------------


def _rounded(n: Decimal, scale: Decimal, mode: str) -> Decimal | None:
    places, exponent = int(scale), n.as_tuple().exponent
    if places not in SCALES:
        return None
    if not isinstance(exponent, int) or -exponent <= places:
        return n
    return n.quantize(Decimal(1).scaleb(-places, WIDE), mode, WIDE)


def _quantizer(mode: str) -> Callable[..., Decimal | None]:
    def apply(n: Decimal, scale: Decimal | None = None) -> Decimal | None:
        result = _rounded(n, Decimal(0) if scale is None else scale, mode)
        return None if result is None else plain(result)

    return apply


def _modulo(dividend: Decimal, divisor: Decimal) -> Decimal | None:
    if not divisor:
        return None
    floor = (dividend / divisor).to_integral_value(ROUND_FLOOR)
    return DECIMAL.subtract(dividend, divisor * floor)


def _even(number: Decimal) -> bool | None:
    return None if number != number.to_integral_value() else number % 2 == 0


def _odd(number: Decimal) -> bool | None:
    even = _even(number)
    return None if even is None else not even


# -- texts ------------------------------------------------------------------------------------


def _substring(text: str, start: Decimal, length: Decimal | None = None) -> str | None:
    at = int(start)
    if at == 0 or start != at or abs(at) > len(text):
        return None
    begin = at - 1 if at > 0 else len(text) + at
    if length is None:
        return text[begin:]
    return None if length < 1 else text[begin : begin + int(length)]


def _before(text: str, match: str) -> str:
    head, found, _ = text.partition(match) if match else ("", "x", "")
    return head if found else ""


def _after(text: str, match: str) -> str:
    if not match:
        return text
    return text.partition(match)[2]


def _number(text: str, grouping: str | None = None, point: str | None = None) -> Decimal | None:
    if grouping not in (None, " ", ",", ".") or point not in (None, ",", "."):
        return None
    if grouping is not None and grouping == point:
        return None
    plain = text.replace(grouping, "") if grouping else text
    plain = plain.replace(point, ".") if point else plain
    try:
        value = Decimal(plain)
    except DecimalException:
        return None
    clean = plain.isascii() and "_" not in plain and value.is_finite()
    return value if clean and plain == plain.strip() else None


# -- dates and durations ------------------------------------------------------------------------


def _date(first: Any, month: Decimal | None = None, day: Decimal | None = None) -> date | None:
    if isinstance(first, date):
        return first
    if isinstance(first, str):
        return parse_date(first)
    if month is None or day is None:
        return None
    try:
        return date(int(first), int(month), int(day))
    except (ValueError, OverflowError):
        return None


def _duration(text: str) -> Any:
    found = parse_duration(text)
    return None if found is None else found[0]


def _months_duration(start: date, end: date) -> int:
    if end < start:
        return -_months_duration(end, start)
    months = (end.year - start.year) * 12 + end.month - start.month
    return months - 1 if end.day < start.day else months


def _part_of_seconds(unit: int, modulus: int) -> Callable[[Decimal], Decimal]:
    def apply(seconds: Decimal) -> Decimal:
        sign = -1 if seconds < 0 else 1
        amount = abs(seconds) // unit if unit > 1 else abs(seconds)
        return sign * (amount % modulus if modulus else amount)

    return apply


def _of_months(months: int, unit: int) -> Decimal:
    amount = abs(months) // 12 if unit else abs(months) % 12
    return Decimal(-amount if months < 0 else amount)


EXACT: dict[str, Callable[..., Any]] = {
    "floor": _quantizer(ROUND_FLOOR),
    "ceiling": _quantizer(ROUND_CEILING),
    "round up": _quantizer(ROUND_UP),
    "round down": _quantizer(ROUND_DOWN),
    "round half up": _quantizer(ROUND_HALF_UP),
    "round half down": _quantizer(ROUND_HALF_DOWN),
    "decimal": _quantizer(ROUND_HALF_EVEN),
    "modulo": _modulo,
    "even": _even,
    "odd": _odd,
    "string length": lambda text: Decimal(len(text)),
    "upper case": str.upper,
    "lower case": str.lower,
    "contains": lambda text, match: match in text,
    "starts with": str.startswith,
    "ends with": str.endswith,
    "substring before": _before,
    "substring after": _after,
    "substring": _substring,
    "number": _number,
    "date": _date,
    "duration": _duration,
    "years and months duration": _months_duration,
    ".year": lambda day: Decimal(day.year),
    ".month": lambda day: Decimal(day.month),
    ".day": lambda day: Decimal(day.day),
    ".weekday": lambda day: Decimal(day.isoweekday()),
    ".years": lambda months: _of_months(months, 1),
    ".months": lambda months: _of_months(months, 0),
    ".days": _part_of_seconds(DAY, 0),
    ".hours": _part_of_seconds(HOUR, 24),
    ".minutes": _part_of_seconds(MINUTE, 60),
    ".seconds": _part_of_seconds(1, 60),
}

PASS_ENDS = frozenset(
    {
        "floor",
        "ceiling",
        "round up",
        "round down",
        "round half up",
        "round half down",
    }
)
"""Functions that grow with their first argument, so that its ends give theirs."""


def exact(function: str, arguments: Sequence[Value], whole: Value) -> Value:
    """Return a function of `EXACT` on what is known of its arguments."""
    apply = EXACT[function]
    if any(a.why for a in arguments):
        return _on_open(function, apply, arguments, whole)
    try:
        result = apply(*(a.least for a in arguments))
    except (DecimalException, OverflowError):
        result = None
    except (TypeError, AttributeError):  # a kind that no type told, as that of `duration(text)`
        result = None
    return whole._replace(why=ERROR) if result is None else known(result)


def _on_open(
    function: str, apply: Callable[..., Any], arguments: Sequence[Value], whole: Value
) -> Value:
    first, *rest = arguments
    why = reason(*arguments)
    if function not in PASS_ENDS or first.least is None or any(a.why for a in rest):
        return whole._replace(why=why)
    ends = [apply(end, *(a.least for a in rest)) for end in (first.least, first.most)]
    if None in ends:
        return whole._replace(why=ERROR)
    return within(ends[0], ends[1], why)


# -- on what is known of arguments ---------------------------------------------------------------


def absolute(value: Value) -> Value:
    """Return the absolute value: ends pass through, folded at 0."""
    if not value.why:
        return known(abs(value.least))
    low, high = value.least, value.most
    if low <= 0 <= high:
        return within(type(low)(0) if low != -INFINITY else Decimal(0), max(-low, high), value.why)
    return within(min(abs(low), abs(high)), max(abs(low), abs(high)), value.why)


def months(start: Value, end: Value) -> Value:
    """Return the whole months between two dates: it grows with the second, falls with the first."""
    if not start.why and not end.why:
        return known(Decimal(months_between(start.least, end.least)))
    if None in (start.least, end.least):
        return Value(-INFINITY, INFINITY, reason(start, end))
    least = months_between(start.most, end.least)
    most = months_between(start.least, end.most)
    return within(Decimal(least), Decimal(most), reason(start, end))


def step(level: Value, steps: Value, top: int, direction: int) -> Value:
    """Return the level `steps` lower (-1) or higher (1), stopping at the ends of the scale."""
    if None in (level.least, steps.least):
        return within(0, top, reason(level, steps))
    corners = [
        _stepped(rank, by, top, direction)
        for rank in (level.least, level.most)
        for by in (steps.least, steps.most)
    ]
    return within(min(corners), max(corners), reason(level, steps))


def _stepped(rank: int, by: Decimal, top: int, direction: int) -> int:
    if by in (INFINITY, -INFINITY):
        return top if (by > 0) is (direction > 0) else 0
    return max(0, min(top, rank + direction * math.floor(by)))


def in_range(value: Value, interval: Value, ty: t.Type) -> Value:
    """Return whether a value lies in a range that is itself a value."""
    if interval.why:
        return truth(least=False, most=True, why=reason(value, interval))
    span: Interval = interval.least
    low = CompareOp.GE if span.low_closed else CompareOp.GT
    high = CompareOp.LE if span.high_closed else CompareOp.LT
    return both((compare(low, value, span.low, ty), compare(high, value, span.high, ty)))


def contains(source: Value, value: Value, ty: t.Type) -> Value:
    """Return whether a list holds a value: a possible element can only make it possible."""
    if source.why:
        return truth(least=False, most=True, why=reason(source, value))
    elements: Elements = source.least
    found = [_same(item.value, value, ty) for item in elements.items if item.sure]
    maybe = [_same(item.value, value, ty) for item in elements.items if not item.sure]
    result = either(found)
    if result.known and result.least:
        return TRUE
    possible = any(m.most for m in maybe) or elements.unseen != 0
    return truth(least=False, most=True, why=result.why or MISSING) if possible else result


def _same(item: Value, value: Value, ty: t.Type) -> Value:
    if not item.why and isinstance(item.least, Interval):
        return in_range(value, item, ty)
    return compare(CompareOp.EQ, item, value, ty)


def joined(source: Value, delimiter: str, whole: Value) -> Value:
    """Return the texts of a list as one; unknown ones are passed over, as FEEL does with null."""
    if source.why or not source.least.settled:
        return whole._replace(why=source.why or MISSING)
    texts = [item.value.least for item in source.least.items if item.value.known]
    return known(delimiter.join(texts))


def element(source: Value, index: Value, whole: Value) -> Value:
    """Return the element with a number from 1, or from the end where it is negative."""
    if source.why or index.why or not source.least.settled:
        return whole._replace(why=reason(source, index))
    items = source.least.items
    at = index.least
    if at != int(at) or not 1 <= abs(at) <= len(items):
        return whole._replace(why=ERROR)
    return items[int(at) - 1 if at > 0 else int(at)].value  # type: ignore[no-any-return]  # NamedTuple of Any


def distinct(source: Value, ty: t.Type) -> Value:
    """Return the elements of a list without repetitions.

    What surely repeats an element that is surely there is left out; what may is possible.
    """
    if source.why:
        return source
    elements: Elements = source.least
    kept: list[Element] = []
    for item in elements.items:
        earlier = (k.value for k in kept if k.sure)
        repeats = either(compare(CompareOp.EQ, item.value, k, ty) for k in earlier)
        if not repeats.least:
            sure = item.sure and not repeats.most
            kept.append(Element(item.value, sure, item.name, repeats.why or item.why))
    return known(Elements(tuple(kept), elements.unseen, elements.stranger))


def concatenated(sources: Sequence[Value], whole: Value) -> Value:
    """Return lists one after the other."""
    if any(s.why for s in sources):
        return whole._replace(why=reason(*sources))
    lists: list[Elements] = [s.least for s in sources]
    unseen = [x.unseen for x in lists]
    total = None if None in unseen else sum(n for n in unseen if n is not None)
    stranger = any_of([x.stranger for x in lists if x.unseen != 0])
    return known(Elements(tuple(i for x in lists for i in x.items), total, stranger))
