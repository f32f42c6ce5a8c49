"""Levels by points: the numbers that each has, in one direction from the best, with the holes.

Each level holds from the nearer end of its numbers on, where none above it does, so that points
between two ends leave just those levels open that have some of them.

Reports: K0486 (numbers of two levels), K0487 (no fixed numbers), K0488 (numbers that go up and
down), K0728 (numbers of no level).
"""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, NamedTuple

from khung.ir import types as t
from khung.ir.nodes import Compare, Literal, Node
from khung.ir.settings import setting
from khung.records import replace
from khung.rulebook import model as m
from khung.syntax import ast
from khung.syntax.operators import CompareOp

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from khung.ir import program as p
    from khung.ir.scope import Scope
    from khung.text import Span

    Level = m.Level[m.Head, ast.Expr]


class End(NamedTuple):
    """One end of a level's numbers; `closed` if it is one of them."""

    limit: Literal
    closed: bool

    @property
    def number(self) -> Decimal:
        """The number."""
        assert isinstance(self.limit.value, Decimal)  # noqa: S101  # it is of that type
        return self.limit.value


class Band(NamedTuple):
    """The numbers of a level; an end that is None is open."""

    level: Level
    low: End | None
    high: End | None
    span: Span


def with_points(
    by: ast.Expr, written: Sequence[Level], levels: tuple[p.Level, ...], scope: Scope
) -> tuple[p.Level, ...]:
    """Return levels with the points that each asks for, and the holes between them.

    Args:
        by: What gives the points.
        written: The levels as written, best first.
        levels: The same, looked up.
        scope: Where they stand.
    """
    points = scope.lower(by, t.NUMBER)
    read = [_band(one, scope) for one in written if one.band is not None]
    bands = [band for band in read if band is not None]
    if len(bands) < len(read):
        return levels
    if len(bands) < len(written):
        falling, wrong = True, _misplaced(bands, scope, _starts_below)
        bands = _ended(bands, written)
    else:
        falling = _falls(bands)
        wrong = _overlap(bands, scope) or _misplaced(bands, scope, _below if falling else _above)
    if wrong:
        return levels
    return _asking(points, bands, levels, scope, falling=falling)


def _ended(bands: list[Band], written: Sequence[Level]) -> list[Band]:
    """Return levels that begin at numbers, each up to where the better begins, and the rest."""
    ends = [None, *(End(b.low.limit, closed=not b.low.closed) for b in bands if b.low)]
    rest = Band(written[-1], None, None, written[-1].head.span)
    return [b._replace(high=end) for b, end in zip((*bands, rest), ends, strict=True)]


def _overlap(bands: list[Band], scope: Scope) -> bool:
    found = [(one, two) for one, two in combinations(bands, 2) if _meet(one, two)]
    for one, two in found:
        first, second = one.level.head.id, two.level.head.id
        scope.bag.add("K0486", two.span, related=(one.span,), name=second, other=first)
    return bool(found)


def _meet(one: Band, two: Band) -> bool:
    return not (_below(one, two) or _below(two, one))


def _below(one: Band, two: Band) -> bool:
    """Say whether all numbers of one level are less than all of another."""
    if one.high is None or two.low is None:
        return False
    high, low = one.high.number, two.low.number
    return high < low or (high == low and not (one.high.closed and two.low.closed))


def _above(one: Band, two: Band) -> bool:
    return _below(two, one)


def _starts_below(one: Band, two: Band) -> bool:
    """Say whether one level begins at a lower number than another."""
    return one.low is not None and two.low is not None and one.low.number < two.low.number


def _falls(bands: list[Band]) -> bool:
    """Say whether numbers fall from the best level on; those of a single one fall."""
    return not bands[1:] or _below(bands[1], bands[0])


def _misplaced(bands: list[Band], scope: Scope, follows: Callable[[Band, Band], bool]) -> bool:
    """Report the first level whose numbers do not follow those of the better one."""
    for better, worse in pairwise(bands):
        if not follows(worse, better):
            names = {"name": worse.level.head.id, "other": better.level.head.id}
            scope.bag.add("K0488", worse.span, related=(better.span,), **names)
            return True
    return False


def _asking(
    points: Node, bands: list[Band], levels: tuple[p.Level, ...], scope: Scope, *, falling: bool
) -> tuple[p.Level, ...]:
    """Return the levels, each asking for the nearer end of its numbers; the last has the rest."""
    found: list[p.Level] = []
    hole: Node | None = None
    for level, band, worse in zip(levels, bands, bands[1:], strict=False):
        near, far = (band.low, worse.high) if falling else (band.high, worse.low)
        assert near is not None  # noqa: S101  # another level lies beyond it
        assert far is not None  # noqa: S101  # likewise
        holds = _from(points, near, band.span, falling=falling, closed=near.closed)
        found.append(replace(level, require=(m.Requirement(level.head, holds),), hole=hole))
        hole = None
        if near.number != far.number or near.closed is far.closed:
            _report_hole(band, worse, near, far, scope, falling=falling)
            hole = _from(points, far, worse.span, falling=falling, closed=not far.closed)
    return (*found, replace(levels[-1], otherwise=True, hole=hole))


def _from(points: Node, end: End, span: Span, *, falling: bool, closed: bool) -> Node:
    """Return whether points lie on the side of an end where better levels are."""
    if falling:
        op = CompareOp.GE if closed else CompareOp.GT
    else:
        op = CompareOp.LE if closed else CompareOp.LT
    return Compare(op, points, end.limit, span)


def _report_hole(
    band: Band, worse: Band, near: End, far: End, scope: Scope, *, falling: bool
) -> None:
    low, high = (far, near) if falling else (near, far)
    lower, upper = (worse, band) if falling else (band, worse)
    first = low.number if not low.closed else _next(low.number, high.number)
    names = {"below": lower.level.head.id, "above": upper.level.head.id}
    scope.bag.add("K0728", lower.span, related=(upper.span,), first=str(first), **names)


def _next(low: Decimal, high: Decimal) -> Decimal:
    """Return a number right above one: one more digit than the ends of the hole have."""
    digits = max(-int(n.as_tuple().exponent) for n in (low, high))
    return low + Decimal(1).scaleb(-max(0, digits) - 1)


# -- one level --------------------------------------------------------------------------------


def _band(level: Level, scope: Scope) -> Band | None:
    """Return the numbers of a level; None after a diagnostic."""
    cell = level.band
    assert cell is not None  # noqa: S101  # the caller has looked
    match cell.tests:
        case (ast.UnaryTest(op=op, operand=operand),) if op in _SIDES and not cell.negated:
            is_low, closed = _SIDES[op]
            end = _end(operand, scope, closed=closed)
            low, high = (end, None) if is_low else (None, end)
            return None if end is None else Band(level, low, high, cell.span)
        case (ast.RangeLiteral() as found,) if not cell.negated:
            low = _end(found.low, scope, closed=found.low_closed)
            high = _end(found.high, scope, closed=found.high_closed)
            return None if low is None or high is None else Band(level, low, high, cell.span)
        case _:
            scope.bag.add("K0487", cell.span, text=cell.span.text)
            return None


_SIDES = {
    CompareOp.GE: (True, True),
    CompareOp.GT: (True, False),
    CompareOp.LE: (False, True),
    CompareOp.LT: (False, False),
}
"""Whether a test sets the low end, and whether that is closed."""


def _end(expr: ast.Expr, scope: Scope, *, closed: bool) -> End | None:
    found = setting(expr, scope, t.NUMBER)
    if isinstance(found, Literal) and isinstance(found.value, Decimal):
        return End(found, closed)
    if found.ty != t.BAD:
        scope.bag.add("K0487", expr.span, text=expr.span.text)
    return None
