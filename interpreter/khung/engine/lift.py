"""The smallest change of a subject's own facts that would lift it one level.

Searched over one, two, then three facts that the binding rules read, in the order of declaration,
each over a few telling values: the other truth value, every level of a scale, numbers and dates at
the edge of what the rules compare them with. A number found is brought as near as it goes to the
present one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations, product
from typing import TYPE_CHECKING, Any, NamedTuple

from khung.engine.result import result_of
from khung.engine.stages import Run, Status
from khung.engine.values import EMPTY, OPEN, Elements, Value, known
from khung.ir import types as t
from khung.ir.enums import Stage
from khung.ir.nodes import (
    Compare,
    Literal,
    Node,
)
from khung.ir.rewrite import walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from khung.engine.facts import Case, Entity
    from khung.engine.result import Result, Results
    from khung.ir.program import Fact, ObjectType

MOST_FACTS = 3
MOST_TRIES = 20_000
"""The search gives up after so many evaluations: the answer is then that none was found."""


class Change(NamedTuple):
    """A fact with its value now and the one that would lift the level."""

    name: str
    before: Value
    after: Value
    ty: t.Type


@dataclass(frozen=True, slots=True)
class Lift:
    """The fewest changes that lift one level; None where none was found, for what stands there."""

    changes: tuple[Change, ...] | None
    blocked_by: tuple[str, ...]


def lift(results: Results, result: Result) -> Lift | None:
    """Return what would lift a result one level; None where there is no level above to reach."""
    if result.next_level is None or result.entity.given is not None:
        return None
    if result.status is not Status.RANKED:
        return None
    names = _own_reads(result)
    candidates = {name: _candidates(results, result.entity, name) for name in names}
    tries = 0
    for size in range(1, MOST_FACTS + 1):
        for chosen in combinations(names, size):
            for values in product(*(candidates[name] for name in chosen)):
                tries += 1
                if tries > MOST_TRIES:
                    return Lift(None, _blocking(results, result, names))
                changed = dict(zip(chosen, values, strict=True))
                if _reaches(results, result, changed):
                    return Lift(_told(results, result, changed), ())
    return Lift(None, _blocking(results, result, names))


def _blocking(results: Results, result: Result, names: list[str]) -> tuple[str, ...]:
    """Return the rules that stand in the way.

    With every level that was read at its best and every truth value turned, they are the ones that
    still bind; where the requirements fail even so, they are those.
    """
    ideal = {name: best for name in names if (best := _best(results, result.entity, name))}
    entity, case = _changed(results, result, ideal)
    supposed = result_of(Run(results.program, case, results.run.opaque), entity)
    failing = tuple(dict.fromkeys(f.rule.id for f in result.failed))
    wanted = result.next_level or 0
    reached = supposed.at_best is not None and supposed.at_best >= wanted
    if supposed.at_best is None or reached or supposed.stages[Stage.STANDARD].most < wanted:
        return failing
    return tuple(dict.fromkeys(reason.rule.id for reason in supposed.reasons)) or failing


def _best(results: Results, entity: Entity, name: str) -> Value | None:
    fact = entity.type.facts.get(name)
    ty = fact.ty if fact else entity.type.criteria[name.removeprefix("criteria.")].ty
    if isinstance(ty, t.Scale):
        return known(len(results.program.values[ty.name].values) - 1)
    read = results.run.evaluator.member(entity, name, ty) if fact else None
    if isinstance(ty, t.Boolean) and read is not None and read[0].known:
        return known(not read[0].least)
    return None


def _own_reads(result: Result) -> list[str]:
    """Return the subject's own facts and criteria that the binding rules read, as declared."""
    read = {r.name for f in result.failed for r in f.reads if r.entity is result.entity}
    read |= {f"criteria.{item.name}" for f in result.failed for item in f.records if item.name}
    declared = result.entity.type
    order = [*declared.facts, *(f"criteria.{name}" for name in declared.criteria)]
    return [name for name in order if name in read and not _is_ballots(declared, name)]


def _is_ballots(declared: ObjectType, name: str) -> bool:
    fact = declared.facts.get(name)
    return fact is not None and isinstance(fact.ty, t.Ballots | t.String)


def _reaches(results: Results, result: Result, changed: Mapping[str, Value]) -> bool:
    """Whether the subject, with facts changed, would surely be one level higher or more."""
    assert result.next_level is not None  # noqa: S101  # the caller has looked
    entity, case = _changed(results, result, changed)
    run = Run(results.program, case, results.run.opaque)
    if run.step(entity, Stage.STANDARD).level.least < result.next_level:
        return False
    scope = run.scope(entity)
    if scope.out.most or scope.pending.most:
        return False
    return bool(run.step(entity, Stage.QUOTA).level.least >= result.next_level)


def _changed(results: Results, result: Result, changed: Mapping[str, Value]) -> tuple[Entity, Case]:
    """Return the subject with facts changed, and the case with it in its place."""
    entity = replace(result.entity, facts={**result.entity.facts, **changed})
    own = {**results.case.entities[entity.type.name], entity.id: entity}
    entities = {**results.case.entities, entity.type.name: own}
    return entity, replace(results.case, entities=entities)


# -- telling values -------------------------------------------------------------------------------


def _candidates(results: Results, entity: Entity, name: str) -> list[Value]:
    fact = entity.type.facts.get(name)
    if fact is None:
        criterion = entity.type.criteria[name.removeprefix("criteria.")]
        ty, now = criterion.ty, entity.facts.get(name)
        ends: tuple[Any, Any] = (criterion.low, criterion.high)
    else:
        ty, ends = fact.ty, (fact.low, fact.high)
        read = results.run.evaluator.member(entity, name, fact.ty)
        now = read[0] if read else None
    present = now.least if isinstance(now, Value) and now.known else None
    values = _values(results, entity.type, name, ty, present)
    allowed = [v for v in values if v != present and _within(v, *ends)]
    return [known(v) for v in allowed]


def _within(value: Any, low: Any, high: Any) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)


def _values(
    results: Results, declared: ObjectType, name: str, ty: t.Type, present: Any
) -> list[Any]:
    match ty:
        case t.Boolean():
            return [True, False]
        case t.Scale():
            ranks = range(len(results.program.values[ty.name].values))
            return sorted(ranks, key=lambda r: abs(r - (present or 0)))
        case t.Enumeration():
            return list(results.program.values[ty.name].values)
        case t.Number():
            return _edges(declared, name, present, Decimal(1))
        case t.Date():
            return _edges(declared, name, present, timedelta(days=1))
        case t.List():
            return _shorter(present)
        case _:
            return []


def _shorter(present: Any) -> list[Any]:
    """A list with one element less, or with none."""
    if not isinstance(present, Elements) or not present.items:
        return []
    less = [Elements(present.items[:i] + present.items[i + 1 :]) for i in range(len(present.items))]
    return [*less, EMPTY]


def _edges(declared: ObjectType, name: str, present: Any, step: Any) -> list[Any]:
    """Values just at, below and above what the rules compare a fact with, nearest first."""
    kind = date if isinstance(step, timedelta) else Decimal
    points: set[Any] = set()
    for node in _all_nodes(declared):
        if isinstance(node, Compare):
            points |= _literals((node.left, node.right), kind)
    fact = declared.facts.get(name)
    points |= {x for x in _ends(fact) if x is not None}
    around = {p + d for p in points for d in (step, 0 * step, -step) if _can_add(p, d)}
    if present is None:
        return sorted(around)
    return sorted(around, key=lambda v: (abs(v - present), v))


def _can_add(point: Any, delta: Any) -> bool:
    try:
        point + delta
    except OverflowError:
        return False
    return True


def _ends(fact: Fact | None) -> tuple[Any, Any]:
    return (fact.low, fact.high) if fact else (None, None)


def _literals(nodes: tuple[Node, ...], kind: type) -> set[Any]:
    values = {node.value for node in nodes if isinstance(node, Literal)}
    return {value for value in values if isinstance(value, kind)}


def _all_nodes(declared: ObjectType) -> Iterator[Node]:
    for root in _roots(declared):
        yield from walk(root)


def _roots(declared: ObjectType) -> Iterator[Node]:
    for rule in (*declared.not_ranked, *declared.pending):
        if rule.when is not None:
            yield rule.when
    for definition in declared.definitions.values():
        yield definition.value
    if declared.ladder is not None:
        for level in declared.ladder.levels:
            yield from (r.that for r in level.require)
        yield from (k.rule.when for k in declared.ladder.knockouts if k.rule.when is not None)
    for cap in declared.caps:
        if cap.rule.when is not None:
            yield cap.rule.when


# -- the answer -----------------------------------------------------------------------------------


def _told(results: Results, result: Result, changed: dict[str, Value]) -> tuple[Change, ...]:
    """Return the changes, each number as near to the present one as it can be."""
    for name, value in changed.items():
        if isinstance(value.least, Decimal):
            changed[name] = _nearest(results, result, changed, name)
    return tuple(_change(results, result.entity, name, value) for name, value in changed.items())


def _nearest(results: Results, result: Result, changed: Mapping[str, Value], name: str) -> Value:
    read = results.run.evaluator.member(result.entity, name, t.NUMBER)
    if read is None or read[0].why:
        return changed[name]
    near, far = read[0].least, changed[name].least
    while abs(far - near) > 1:
        middle = (near + far) // 2 if far > near else -((-near - far) // 2)
        if middle in (near, far):
            break
        if _reaches(results, result, {**changed, name: known(middle)}):
            far = middle
        else:
            near = middle
    return known(far)


def _change(results: Results, entity: Entity, name: str, after: Value) -> Change:
    fact = entity.type.facts.get(name)
    ty = fact.ty if fact else entity.type.criteria[name.removeprefix("criteria.")].ty
    read = results.run.evaluator.member(entity, name, ty)
    before = read[0] if read else OPEN
    return Change(name, before, after, ty)
