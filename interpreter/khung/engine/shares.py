"""What a quota may have of a group, worked out: exact ratios between two ends.

Below nothing a limit is nothing, above the whole it is all. What is not made of `+ - * /` is read
as any value is.
"""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING, Any

from khung.engine.values import INFINITY
from khung.ir.nodes import Arithmetic, If, Literal
from khung.syntax.operators import ArithmeticOp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from decimal import Decimal
    from fractions import Fraction

    from khung.engine.bases import Ends, Share
    from khung.engine.solver import Env, Solver
    from khung.ir.nodes import Node

    Ratios = tuple[Fraction | None, Fraction | None]
    """The least and the most; None is no end."""

WHOLE: Share = (1, 1)
"""The share of a quota that has none: all of its group, which is then its base."""

NO_ENDS = None, None


def shares_of(share: Node | None, env: Env, by: Solver) -> tuple[Share, ...]:
    """Return what a share may be: its ends, those of both branches where a condition is open."""
    return (WHOLE,) if share is None else tuple(_shares(share, env, by))


def _shares(share: Node, env: Env, by: Solver) -> Iterator[Share]:
    if isinstance(share, If):
        condition = by.truth(share.condition, env)
        if condition.most:
            yield from _shares(share.yes, env, by)
        if not condition.least:
            yield from _shares(share.no, env, by)
    elif isinstance(share, Literal) and isinstance(share.value, tuple):
        yield share.value
    else:
        least, most = ratios(share, env, by)
        yield (0, 1) if least is None else _clamped(least)
        yield (1, 1) if most is None else _clamped(most)


def _clamped(ratio: Fraction) -> Share:
    return max(0, min(ratio.numerator, ratio.denominator)), ratio.denominator


def places_of(places: Node | None, env: Env, size: int, by: Solver) -> Ends:
    """Return the ends of a number of places, none of them beyond the size of the group."""
    if places is None:
        return size, size
    least, most = ratios(places, env, by)
    low = 0 if least is None else max(0, floor(least))
    high = size if most is None else max(0, floor(most))
    return min(low, size), min(high, size)


def ratios(node: Node, env: Env, by: Solver) -> Ratios:
    """Return the ends of a number, exactly."""
    if isinstance(node, If):
        condition = by.truth(node.condition, env)
        ways = [node.yes] * bool(condition.most) + [node.no] * (not condition.least)
        ends = [ratios(way, env, by) for way in ways]
        return _hull([low for low, _ in ends], min), _hull([high for _, high in ends], max)
    if isinstance(node, Literal) and isinstance(node.value, tuple):
        return _exact_ratio(node.value)
    if isinstance(node, Arithmetic) and node.op is not ArithmeticOp.POWER:
        return _combined(node.op, ratios(node.left, env, by), ratios(node.right, env, by))
    found = by.evaluate(node, env)
    return _exact(found.least), _exact(found.most)


def _exact_ratio(share: Share) -> Ratios:
    from fractions import Fraction  # noqa: PLC0415  # as below

    return Fraction(*share), Fraction(*share)


def _exact(end: Decimal | None) -> Fraction | None:
    from fractions import Fraction  # noqa: PLC0415  # most limits are constants

    return None if end is None or abs(end) == INFINITY else Fraction(end)


def _hull(ends: list[Fraction | None], best: Callable[[Iterable[Fraction]], Fraction]) -> Any:
    closed = [end for end in ends if end is not None]
    return best(closed) if len(closed) == len(ends) else None


def _combined(op: ArithmeticOp, left: Ratios, right: Ratios) -> Ratios:
    """Return the ends of what two numbers come to; a divisor that may be nothing leaves none."""
    match op:
        case ArithmeticOp.ADD:
            return _together(left[0], right[0]), _together(left[1], right[1])
        case ArithmeticOp.SUBTRACT:
            low, high = (None if end is None else -end for end in right)
            return _together(left[0], high), _together(left[1], low)
        case _:  # a product or a quotient
            corners = _corners(op, left, right)
            return (min(corners), max(corners)) if corners else NO_ENDS


def _together(one: Fraction | None, other: Fraction | None) -> Fraction | None:
    return None if one is None or other is None else one + other


def _corners(op: ArithmeticOp, left: Ratios, right: Ratios) -> list[Fraction]:
    firsts, seconds = ([end for end in ends if end is not None] for ends in (left, right))
    if len(firsts) + len(seconds) < 4:  # noqa: PLR2004  # some have no end
        return []
    if op is ArithmeticOp.MULTIPLY:
        return [one * other for one in firsts for other in seconds]
    if min(seconds) <= 0 <= max(seconds):
        return []
    return [one / other for one in firsts for other in seconds]
