"""What generated code calls by name. What works on values takes and gives pairs of ends."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from khung.engine import calls, folds, logic, tables, voting
from khung.engine.folds import Seen
from khung.engine.logic import ratio, rounded
from khung.engine.solver import Env, Held
from khung.engine.values import INFINITY, MISSING, Interval, Share, Value, known, truth
from khung.engine.voting import Step
from khung.engine.worth import (
    UNKNOWN,
    Open,
    OpenError,
    as_value,
    ends_of,
    from_value,
    of_type,
    opened,
    ratio_of,
    share_of,
)
from khung.ir import types as t
from khung.ir.enums import FoldOp

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from khung.engine.worth import Ends
    from khung.ir import nodes as n
    from khung.ir.enums import Majority
    from khung.syntax.operators import CompareOp


def unknown() -> Any:
    """Refuse to give an unknown as a plain value."""
    raise OpenError


def sure(state: int) -> bool:
    """Return whether a state is sure to hold."""
    if state == 1:
        raise OpenError
    return state == 2  # noqa: PLR2004  # surely


def only(ends: Ends) -> Any:
    """Return the plain value that two ends are; refuse one that is open."""
    least, most = ends
    if least is UNKNOWN or type(least) is Open or least != most:
        raise OpenError
    return least


def twice(found: Any) -> Ends:
    """Return both ends of a plain value."""
    return found, found


def truth_v(found: Any) -> bool:
    """Return a condition of no type."""
    if type(found) is not bool:
        raise OpenError
    return found


def truth_l(found: Any) -> bool:
    """Return whether a condition of no type surely holds."""
    return found is True


def truth_h(found: Any) -> bool:
    """Return whether a condition of no type may hold."""
    return found is not False


# -- reading --------------------------------------------------------------------------------------


def via(target: Any, member: str, other: Any) -> Any:
    """Return an end read of an object that may be unknown."""
    return other if target is UNKNOWN else getattr(target, member)


def or_else(found: Any, other: Any) -> Any:
    """Return an end, or another where nothing is known."""
    return other if found is UNKNOWN else found


def there(through: int, target: Any, member: str) -> int:
    """Return whether what is read along a path applies."""
    if not through or target is UNKNOWN:
        return through
    return min(through, int(getattr(target, member)))


def has(through: int, target: Any, member: str) -> int:
    """Return whether something of an object along a path is there."""
    if not through:
        return 0
    return 1 if target is UNKNOWN else int(getattr(target, member))


def status(target: Any) -> str:
    """Return the status of a subject; a text, of which there are no ends."""
    if target is UNKNOWN or target.stranger:
        raise OpenError
    return str(target.run.status(target).value)


def status_l(target: Any) -> Any:
    """Return the status of a subject, or that of one of which nothing is known."""
    return UNKNOWN if target is UNKNOWN or target.stranger else status(target)


def part(inputs: Any, name: str, ty: t.Type) -> Ends:
    """Return both ends of a field of inputs by name; of what is unknown those of its type."""
    values = inputs.run.values
    if inputs is UNKNOWN or name not in inputs:
        return ends_of(ty, values)
    return of_type(from_value(inputs.run.led(inputs[name])), ty, values)


def attribute(values: dict[str, str], kind: Any) -> Any:
    """Return the attribute of a kind."""
    return UNKNOWN if kind is UNKNOWN else values.get(kind, "")


# -- comparing ------------------------------------------------------------------------------------


def equal(low: Any, high: Any, other_low: Any, other_high: Any) -> tuple[bool, bool]:
    """Return whether two values are surely equal, and whether they may be."""
    sure = bool(low == high == other_low == other_high)
    return sure, bool(low <= other_high and other_low <= high)


def unordered(op: CompareOp, left: Any, right: Any) -> tuple[bool, bool]:
    """Return whether a comparison of values without ends surely holds, and whether it may."""
    if left is UNKNOWN or right is UNKNOWN:
        return False, True
    if type(left) is Open or type(right) is Open:
        one, other = (as_value(x, x, t.List(t.ANYTHING)) for x in (left, right))
        found = logic.compare(op, one, other, t.ANYTHING)
        return bool(found.least), bool(found.most)
    holds = logic.COMPARE[op](left, right)
    return holds, holds


def meets(op: CompareOp, share: tuple[Share, Share], limit: tuple[int, int]) -> tuple[bool, bool]:
    """Return whether a share surely meets a limit, and whether it may; in whole numbers."""
    low, high = share
    value = known(low) if low == high else Value(low, high, MISSING)
    found = logic.compare_shares(op, value, known(limit))
    return bool(found.least), bool(found.most)


def either(
    condition: tuple[bool, bool], yes: Callable[[], Ends], no: Callable[[], Ends], whole: Any
) -> Ends:
    """Return one of two values that have no ends, or that nothing is known."""
    surely, perhaps = condition
    if surely:
        return yes()
    if not perhaps:
        return no()
    (low, high), other = yes(), no()
    same = low is not UNKNOWN and type(low) is not Open and (low, high) == other and low == high
    return (low, high) if same else whole


# -- what is worked out on values -----------------------------------------------------------------


def call(node: n.Call, root: Any, parts: tuple[Ends | None, ...]) -> Ends:
    """Return what a builtin gives."""
    given = [
        None if part is None or argument is None else as_value(*part, argument.ty)
        for part, argument in zip(parts, node.arguments, strict=True)
    ]
    return from_value(calls.call(node, given, root.run))


def counted(found: Any, whole: Ends) -> Ends:
    """Return how many elements a list has, at least and at most."""
    if found is UNKNOWN:
        return whole
    items = opened(found)
    return sum([sure for _, _, sure, _, _ in items]), sum([times for _, _, _, times, _ in items])


def months(start: date, end: date) -> int:
    """Return the whole months between two days."""
    return logic.months_between(start, end)


def reckoned(node: n.Arithmetic, left: Any, right: Any) -> Any:
    """Return what an operator of arithmetic gives on plain values."""
    found = logic.exact(node.op, left, right, node.ty)
    if found is None:
        raise OpenError
    return found


def reckoned_end(node: n.Arithmetic, left: Any, right: Any, whole: Any) -> Any:
    """Return an end of a sum or difference, of the ends that it is made of."""
    found = logic.exact(node.op, left, right, node.ty)
    return whole if found is None else found


def reckon(node: n.Arithmetic, root: Any, parts: tuple[Ends, Ends]) -> Ends:
    """Return what an operator of arithmetic gives."""
    left, right = as_value(*parts[0], node.left.ty), as_value(*parts[1], node.right.ty)
    whole = root.run.whole(node.ty)
    return from_value(logic.arithmetic(node.op, left, right, node.ty, whole))


def interval(node: n.Build, low: Ends, high: Ends) -> Interval:
    """Return a range of two ends."""
    first, last = node.items
    closed, end_closed = node.bounds[0] == "[", node.bounds[1] == "]"
    return Interval(as_value(*low, first.ty), as_value(*high, last.ty), closed, end_closed)


def aggregate(node: n.Fold, root: Any, found: list[tuple[Any, Any, bool, Any]] | None) -> Ends:
    """Return a share, a sum, an average or an extreme of a list; of none that is unknown."""
    whole = root.run.whole(node.ty)
    if found is None:
        return from_value(whole)
    seen = [
        Seen(_body(node, low, high), is_sure, None if times == INFINITY else times)
        for low, high, is_sure, times in found
    ]
    return from_value(folds.combined(node.op, seen, node.ty, whole))


def ratio_between(
    found: list[tuple[bool, bool, bool, Any]] | None, empty: Fraction
) -> tuple[Fraction, Fraction]:
    """Return the ends of a share that is `empty` over nothing; of an unknown list, too."""
    if found is None:
        return Fraction(0), Fraction(1)
    value = folds.ratio(
        [
            Seen(truth(low, high), is_sure, None if times == INFINITY else times)
            for low, high, is_sure, times in found
        ],
        empty,
    )
    return value.least, value.most


def _body(node: n.Fold, low: Any, high: Any) -> Value:
    return truth(low, high) if node.op is FoldOp.SHARE else as_value(low, high, node.body.ty)


def each_known(found: list[Any]) -> list[tuple[Any, Any, bool, Any]]:
    """Return plain elements as `aggregate` takes them."""
    return [(each, each, True, 1) for each in found]


# -- what looks at a node itself ------------------------------------------------------------------


def _env(root: Held, slots: tuple[Any, ...]) -> Env:
    if len(slots) == 1 and isinstance(root, Held):
        return root.run.env(root)
    values = tuple(Value(None, None) if slot is None else as_value(*slot) for slot in slots)
    return Env.of(root.run, values)


def one_of(ways: Sequence[Callable[[], Any] | None]) -> Any:
    """Return what the only row that holds answers; refuse where none does, or several."""
    found = [way for way in ways if way is not None]
    if len(found) != 1:
        raise OpenError
    return found[0]()


def rows(node: n.Rows, root: Held, slots: tuple[Any, ...]) -> Ends:
    """Return one output of a table."""
    return from_value(tables.answer_of(node, _env(root, slots), root.run))


def winner(node: n.Winner, root: Held, slots: tuple[Any, ...]) -> Ends:
    """Return the level that a ballot gives."""
    return from_value(voting.outcome(node, _env(root, slots), root.run).level)


def won(
    wins: Sequence[Majority],
    ballots: Sequence[int],
    base: Any,
    counting: str,
    above: str,
    ceiling: int,
) -> int:
    """Return the level that known ballots give; open where no level has its majority."""
    base = sum(ballots) if base is None else base
    winner = voting.winner_of(voting.supporting(ballots, counting), wins, base)
    if winner is None:
        raise OpenError
    return winner if above == voting.WINS else min(winner, ceiling)


def choice(node: n.Choice, root: Held, slots: tuple[Any, ...]) -> Ends:
    """Return the level that a body may choose."""
    env = _env(root, slots)
    before = Step(Value(None, None))
    return from_value(voting.choice(node, before, env, root.run).level)


def kept(node: n.Kept, row: Held, before: Ends) -> Ends:
    """Return what a quota leaves of a level."""
    after = row.run.kept(row, node.place)
    return before if after is None else from_value(after)


HELPERS: dict[str, Any] = {
    helper.__name__: helper
    for helper in (
        aggregate,
        attribute,
        call,
        choice,
        counted,
        each_known,
        either,
        equal,
        has,
        interval,
        kept,
        meets,
        months,
        one_of,
        only,
        opened,
        or_else,
        part,
        ratio,
        ratio_between,
        ratio_of,
        reckon,
        reckoned,
        reckoned_end,
        rounded,
        rows,
        share_of,
        status,
        status_l,
        sure,
        there,
        truth_h,
        truth_l,
        truth_v,
        twice,
        unknown,
        unordered,
        via,
        winner,
        won,
    )
} | {"UNKNOWN": UNKNOWN, "Open": Open}
"""What generated code sees by name."""
