"""Values and what came of a subject as data, as JSON holds them: no sentence is in them.

A level or a value of an enumeration is its name, a subject its path, a record its path and fields,
a share the text of a fraction, a date and a duration their ISO text. What is unknown is null.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, assert_never

from khung.engine.facts import Stated
from khung.engine.tables import as_data, data_of
from khung.engine.texts import months_text, seconds_text
from khung.ir import types as t
from khung.ir.program import ladder_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from khung.engine.facts import Entity
    from khung.engine.tables import Answer
    from khung.engine.values import Element, Elements, Interval, Value
    from khung.engine.voting import Decision
    from khung.ir.program import Criterion, ObjectType, Program, Values
    from khung.why.result import Output, Result

MOST_CANDIDATES = 40  # subjects that contend for places, named at each of them


def plain(value: Value, ty: t.Type, program: Program) -> Any:
    """Return what is known of a value as data; None unless it is known."""
    return None if value.why or value.least is None else _known(value.least, ty, program)


def number(value: Decimal) -> int | Decimal | None:
    """Return a number as data: whole ones as such, others with all their digits."""
    if not value.is_finite():
        return None
    return int(value) if value == value.to_integral_value() else value


def record(entity: Entity, program: Program) -> dict[str, Any]:
    """Return a record: where it is, and the fields that the case states."""
    fields = {
        name: _field(entity, name, program)
        for name in (*entity.type.facts, *entity.type.links)
        if name in entity.facts
    }
    return {"path": entity.path, **fields}


def is_subject(item: Element) -> bool:
    """Whether an element that decided is a subject, neither a record nor a criterion."""
    return not item.name and not item.value.least.type.is_record


def element(item: Element, owner: Entity, program: Program, lang: str) -> Any:
    """Return an element that decided: a graded criterion or a record.

    Args:
        item: The element; its `name` is that of a criterion of `owner`, or empty.
        owner: Whose criteria are meant.
        program: What names the values.
        lang: The language of the label.
    """
    if not item.name:
        return record(item.value.least, program)
    criterion = _criterion(item.name, owner, program)
    return {
        "criterion": criterion.id,
        "label": criterion.label.said(lang) if criterion.label else criterion.id,
        "value": plain(item.value, criterion.ty, program),
        "sources": list(criterion.sources),
    }


def _criterion(name: str, owner: Entity, program: Program) -> Criterion:
    """Return a criterion of `owner`, or else of the first type that has one of the name."""
    types = (owner.type, *program.objects.values())
    return next(ty.criteria[name] for ty in types if name in ty.criteria)


def _field(entity: Entity, name: str, program: Program) -> Any:
    stated = entity.facts[name]
    if isinstance(stated, Stated):
        return stated.value
    declared = entity.type.facts.get(name) or entity.type.links[name]
    return plain(stated, declared.ty, program)


def _known(value: Any, ty: t.Type, program: Program) -> Any:
    match ty:
        case t.Boolean() | t.String() | t.Enumeration():
            return value
        case t.Number():
            return number(Decimal(value))
        case t.Fraction():
            return _fraction(value)
        case t.Ratio():
            return str(value)
        case t.Date():
            return value.isoformat()
        case t.Months():
            return months_text(value)
        case t.Seconds():
            return seconds_text(value)
        case t.Scale():
            return program.values[ty.name].values[value]
        case t.Ballots():
            return _ballots(value, program.values[ty.scale])
        case t.Object():
            return record(value, program) if value.type.is_record else value.path
        case t.List():
            return _list(value, ty.element, program)
        case t.Range():
            return _range(value, ty.element, program)
        case t.Context():
            return {name: plain(value[name], field, program) for name, field in ty.fields}
        case t.Calendar():
            return value.name
        case t.Anything() | t.Bad():
            return None
        case _:
            assert_never(ty)


def _fraction(share: Any) -> str:
    """Return a share as text; one given as a ratio of whole numbers is a pair like it."""
    part, whole = share
    return f"{part}/{whole}"


def _ballots(counts: Any, scale: Values) -> dict[str, int]:
    return {name: int(n) for name, n in zip(scale.values, counts, strict=False) if n}


def _list(elements: Elements, ty: t.Type, program: Program) -> list[Any] | None:
    if not elements.settled:
        return None
    return [plain(item.value, ty, program) for item in elements.items]


def _range(interval: Interval, ty: t.Type, program: Program) -> dict[str, Any]:
    ends = {"from": interval.low, "to": interval.high}
    return {key: plain(end, ty, program) for key, end in ends.items()}


# -- what came of a subject ---------------------------------------------------------------------


def level(rank: int | None, declared: ObjectType, program: Program) -> str | None:
    """Return a level by its name; None for none."""
    return None if rank is None else program.values[ladder_of(declared).scale.name].values[rank]


def decision(taken: Decision | None, declared: ObjectType, program: Program) -> Any:
    """Return what is left to a body: what kind of choice, how many places, among what.

    Where more than a few subjects contend for places they are not named at each of them: they are
    those that are open in the group.
    """
    if taken is None:
        return None
    levels = [level(rank, declared, program) for rank in taken.options]
    left_out = ["not_ranked"] if taken.may_leave else []
    named = taken.candidates if len(taken.candidates) <= MOST_CANDIDATES else ()
    return {
        "kind": taken.kind,
        "places": taken.places,
        "options": [*left_out, *levels, *named],
    }


def outputs(result: Result, program: Program) -> dict[str, dict[str, Any]]:
    """Return each output and each answer of a table, with its clauses."""
    return {
        **{o.name: _output(o, program) for o in result.outputs},
        **{a.table.name: answer(a, program) for a in result.tables},
    }


def _output(output: Output, program: Program) -> dict[str, Any]:
    found = {
        "value": plain(output.value, output.ty, program),
        "sources": list(output.sources),
    }
    return {**found, "awaits": list(output.awaits)} if output.awaits else found


def reported(
    result: Result, plain: Callable[[Value, t.Type], Any], names: frozenset[str] | None = None
) -> dict[str, Any]:
    """Return each output and each answer of a table alone, as `plain` makes data of a value.

    Args:
        result: What came of a subject.
        plain: Returns a value of a type as data.
        names: Which outputs and tables; None for all.
    """
    found = {o.name: plain(o.value, o.ty) for o in result.outputs_named(names)}
    return {**found, **data_of(result.explanation.run.evaluator, result.entity, plain, names)}


def answer(given: Answer, program: Program) -> dict[str, Any]:
    """Return what a table answered, with the clauses of the rows that it took."""
    found = as_data(given, lambda value, ty: plain(value, ty, program))
    return {"value": found, "sources": list(given.sources)}


def checks(result: Result, names: frozenset[str] | None = None) -> dict[str, str]:
    """Return the state of each check by its name, or of those named."""
    return {found.name: found.state.value for found in result.checks_named(names)}
