"""Passes over lists as values: quantifiers, counts, shares and aggregates.

With n elements surely in the list, T of them surely true, U undecided, P possible elements and Q
those of P that are not surely false, a count lies between T and T+U+Q, a share between
T/(n + those of P not surely true) and (T+U+Q)/(n+Q).
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from khung.engine import logic
from khung.engine.values import (
    ERROR,
    INFINITY,
    MISSING,
    TRUE,
    Element,
    Elements,
    Share,
    Value,
    known,
    truth,
    within,
)
from khung.ir import types as t
from khung.ir.enums import AGGREGATES, FoldOp
from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.engine.solver import Env, Solver
    from khung.ir.nodes import (
        Node,
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """One element with what is known of its body; `times` is more than 1 for strangers only.

    `times` is None where there may be any number.
    """

    value: Value
    sure: bool
    times: int | None = 1
    why: str = MISSING

    @property
    def reason(self) -> str:
        """Why the element leaves a result open."""
        return self.value.why or self.why


def candidates(source: Elements) -> Iterator[tuple[Element, int | None]]:
    """Yield the elements of a list, then one for all that are not seen, with how many there are."""
    yield from ((item, 1) for item in source.items)
    if source.unseen != 0:
        yield Element(source.stranger, sure=False), source.unseen


def kept(
    source: Elements, where: Node | None, env: Env, evaluator: Solver
) -> Iterator[tuple[Element, int | None]]:
    """Yield the elements that may be kept, with how many such there may be."""
    for item, times in candidates(source):
        taken = TRUE if where is None else evaluator.truth(where, env.inner(item.value))
        if taken.most:
            why = taken.why or item.why
            yield Element(item.value, item.sure and taken.least, item.name, why), times


def combined(op: FoldOp, seen: list[Seen], ty: t.Type, whole: Value) -> Value:
    """Return the result of a pass; an element of no type, which has no ends, leaves it open."""
    if any(s.value.least is None for s in seen):
        return whole._replace(why=_why(seen))
    return combine(op, seen, ty, whole)


def combine(op: FoldOp, seen: list[Seen], ty: t.Type, whole: Value) -> Value:
    """Return the result of a pass from what is known of each element."""
    match op:
        case FoldOp.EVERY:
            return logic.both(
                s.value if s.sure else truth(s.value.least, most=True, why=s.reason) for s in seen
            )
        case FoldOp.SOME:
            return logic.either(
                s.value if s.sure else truth(least=False, most=s.value.most, why=s.reason)
                for s in seen
            )
        case FoldOp.COUNT:
            return _count(seen)
        case FoldOp.SHARE:
            return _share(seen)
        case FoldOp.SUM:
            return _in_type(_sum(seen), ty)
        case FoldOp.AVERAGE:
            return _in_type(_average(seen, whole), ty)
        case FoldOp.LOWEST:
            return _extreme(seen, whole, lowest=True)
        case FoldOp.HIGHEST:
            return _extreme(seen, whole, lowest=False)


def _in_type(value: Value, ty: t.Type) -> Value:
    """Return a sum or average of months in whole months, part of one dropped."""
    if not isinstance(ty, t.Months):
        return value
    ends = [int(end) if abs(end) != INFINITY else end for end in (value.least, value.most)]
    return Value(ends[0], ends[1], value.why)


def _why(seen: list[Seen]) -> str:
    open_ones = (s for s in seen if s.value.why or not s.sure)
    return ERROR if any(s.reason == ERROR for s in open_ones) else MISSING


def _number(seen: list[Seen], test: Any) -> int | None:
    """Count elements that pass a test; None where there may be any number."""
    total = 0
    for s in seen:
        if test(s):
            if s.times is None:
                return None
            total += s.times
    return total


def _count(seen: list[Seen]) -> Value:
    least = sum(1 for s in seen if s.sure and s.value.least)
    most = _number(seen, lambda s: s.value.most)
    top = INFINITY if most is None else Decimal(most)
    return within(Decimal(least), top, _why(seen))


def _share(seen: list[Seen]) -> Value:
    sure = [s for s in seen if s.sure]
    n, surely_true = len(sure), sum(1 for s in sure if s.value.least)
    undecided = sum(1 for s in sure if s.value.most and not s.value.least)
    not_true = _number(seen, lambda s: not s.sure and not s.value.least)
    not_false = _number(seen, lambda s: not s.sure and s.value.most)
    least = Share(0, 1) if not_true is None else Share(surely_true, n + not_true)
    if not_false is None:
        most = Share(1, 1)
    else:
        most = Share(surely_true + undecided + not_false, n + not_false)
    if undecided == 0 and all(s.sure for s in seen):
        return known(least)
    return Value(least, most, _why(seen))


def ratio(seen: list[Seen], empty: Fraction) -> Value:
    """Return a share that is `empty` over nothing, which the list may be if no element is sure."""
    if any(s.sure for s in seen):
        found = _share(seen)
        least, most = (Fraction(end.part, end.whole) for end in (found.least, found.most))
        return within(least, most, _why(seen))
    ends = [empty]
    ends += [Fraction(0)] if any(not s.value.least for s in seen) else []
    ends += [Fraction(1)] if any(s.value.most for s in seen) else []
    return within(min(ends), max(ends), _why(seen))


def _sum(seen: list[Seen]) -> Value:
    least = most = Decimal(0)
    for s in seen:
        low, high = s.value.least, s.value.most
        if not s.sure:
            low, high = min(Decimal(0), low), max(Decimal(0), high)
        if s.times is None:
            low, high = low * INFINITY if low else low, high * INFINITY if high else high
        elif s.times > 1:
            low, high = low * s.times, high * s.times
        least, most = logic.DECIMAL.add(least, Decimal(low)), logic.DECIMAL.add(most, Decimal(high))
    return within(least, most, _why(seen))


def _average(seen: list[Seen], whole: Value) -> Value:
    if not any(s.sure for s in seen):
        return whole._replace(why=ERROR if not seen else MISSING)
    if all(s.sure for s in seen):
        total, number = _sum(seen), Decimal(len(seen))
        least, most = (logic.DECIMAL.divide(end, number) for end in (total.least, total.most))
        return within(least, most, _why(seen))
    return within(min(s.value.least for s in seen), max(s.value.most for s in seen), _why(seen))


def _extreme(seen: list[Seen], whole: Value, *, lowest: bool) -> Value:
    sure = [s.value for s in seen if s.sure]
    if not sure:
        return whole._replace(why=ERROR if not seen else MISSING)
    if lowest:
        return within(min(s.value.least for s in seen), min(v.most for v in sure), _why(seen))
    return within(max(v.least for v in sure), max(s.value.most for s in seen), _why(seen))


def of_list(function: str, source: Value, ty: t.Type, whole: Value) -> Value:
    """Return an aggregate builtin over a list of values."""
    if source.why:
        return whole._replace(why=source.why)
    elements: Elements = source.least
    seen = [Seen(item.value, item.sure, why=item.why) for item in elements.items]
    if elements.unseen != 0:
        seen.append(Seen(elements.stranger, sure=False, times=elements.unseen))
    if function == "count":
        seen = [replace(s, value=TRUE) for s in seen]
    return combined(AGGREGATES[function], seen, ty, whole)
