"""The telling values of a fact: those where what the rules find of it may change.

The other truth value, every level of a scale and every value of an enumeration; numbers and dates
at the edge of what the rules compare them with, and of what else the subject states; a list with
one element less, or with none.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from khung.engine.values import EMPTY, Elements, Value, known
from khung.ir import types as t
from khung.ir.entries import rules_of
from khung.ir.nodes import Compare, Literal, Node
from khung.ir.program import Fact
from khung.ir.rewrite import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.engine.facts import Entity
    from khung.ir.program import Criterion, ObjectType
    from khung.why.result import Results

_DAY = timedelta(days=1)


def declared_as(declared: ObjectType, name: str) -> Fact | Criterion:
    """Return the fact or criterion of a name."""
    return declared.facts.get(name) or declared.criteria[name.removeprefix("criteria.")]


def present(results: Results, entity: Entity, name: str) -> Value | None:
    """Return what is known of a fact or criterion now, defaults among it; None if it has none."""
    fact = entity.type.facts.get(name)
    if fact is None:
        stated = entity.facts.get(name)
        return stated if isinstance(stated, Value) else None
    read = results.run.evaluator.member(entity, name, fact.ty)
    return read[0] if read else None


def values_to_try(results: Results, entity: Entity, name: str) -> list[Value]:
    """Return other values of a fact or criterion, within its range, the nearest first.

    Of a list only shorter ones are tried, so that one of a fixed length has none.
    """
    declared, now = declared_as(entity.type, name), present(results, entity, name)
    if name == entity.type.kind_field:
        return []  # what is of another kind is another object
    at = now.least if now is not None and now.known else None
    found = (v for v in _values(results, entity, declared, at) if v != at)
    return [known(v) for v in dict.fromkeys(found) if _within(v, declared.low, declared.high)]


def _within(value: Any, low: Any, high: Any) -> bool:
    if isinstance(value, Elements):  # its range is that of each element, which stays as it is
        return True
    return (low is None or value >= low) and (high is None or value <= high)


def _values(results: Results, entity: Entity, fact: Fact | Criterion, at: Any) -> list[Any]:
    match fact.ty:
        case t.Boolean():
            return [True, False]
        case t.Scale():
            ranks = range(len(results.program.values[fact.ty.name].values))
            return sorted(ranks, key=lambda rank: abs(rank - (at or 0)))
        case t.Enumeration():
            return list(results.program.values[fact.ty.name].values)
        case t.Number():
            return _edges(entity, fact, at, Decimal(1))
        case t.Date():
            return _edges(entity, fact, at, _DAY)
        case t.List() if not (isinstance(fact, Fact) and fact.length):
            return _shorter(at)
        case _:
            return []


def _shorter(at: Any) -> list[Any]:
    if not isinstance(at, Elements) or not at.items:
        return []
    less = [Elements(at.items[:i] + at.items[i + 1 :]) for i in range(len(at.items))]
    return [*less, EMPTY]


def _edges(entity: Entity, fact: Fact | Criterion, at: Any, step: Any) -> list[Any]:
    """Return values just at, below and above the points where something may change."""
    kind = date if isinstance(step, timedelta) else Decimal
    points = {x for x in (fact.low, fact.high) if x is not None}
    points |= _compared(entity.type, kind) | _stated(entity, kind)
    around = {p + d for p in points for d in (step, 0 * step, -step) if _can_add(p, d)}
    if at is None:
        return sorted(around)
    return sorted(around, key=lambda value: (abs(value - at), value))


def _can_add(point: Any, delta: Any) -> bool:
    try:
        point + delta
    except OverflowError:
        return False
    return True


def _compared(declared: ObjectType, kind: type) -> set[Any]:
    """Return the points with which the rules of a type compare something."""
    compared = (n for root in _asked(declared) for n in walk(root) if isinstance(n, Compare))
    sides = (side for node in compared for side in (node.left, node.right))
    return {s.value for s in sides if isinstance(s, Literal) and isinstance(s.value, kind)}


def _stated(entity: Entity, kind: type) -> set[Any]:
    """Return what else the subject states of the kind: rules compare facts with facts, too."""
    stated = (v.least for v in entity.facts.values() if isinstance(v, Value) and v.known)
    return {value for value in stated if isinstance(value, kind)}


def _asked(declared: ObjectType) -> Iterator[Node]:
    """Yield the conditions of a type, and its definitions."""
    yield from (rule.when for rule in rules_of(declared) if rule.when is not None)
    yield from (definition.value for definition in declared.definitions.values())
    if declared.ladder is not None:
        for level in declared.ladder.levels:
            yield from (required.that for required in level.require)
    for cap in declared.caps:
        if cap.each is not None:
            yield cap.each.list
        if cap.where is not None:
            yield cap.where
