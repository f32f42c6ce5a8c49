"""What an object of a case states: facts, links, criteria.

A value comes with whether it surely applies; None is a value that does not apply.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.engine.facts import Entity, Stated
from khung.engine.values import FALSE, TRUE, Value, truth
from khung.engine.worth import UNKNOWN, as_value, ends_of
from khung.ir import types as t

if TYPE_CHECKING:
    from collections.abc import Mapping

    from khung.engine.solver import Solver
    from khung.engine.worth import Ends
    from khung.ir.program import Fact, ObjectType, Values


def member(evaluator: Solver, entity: Entity, name: str, ty: t.Type) -> tuple[Value, bool] | None:
    """Return a fact, link, back list or criterion, and whether it surely applies."""
    row, number = evaluator.row(entity), evaluator.code.names.number(name)
    state = getattr(row, f"t{number}")
    if state == 0:
        return None
    least, most = getattr(row, f"l{number}"), getattr(row, f"h{number}")
    return as_value(least, most, ty), state == 2  # noqa: PLR2004  # surely


def within(fact: Fact, ty: t.Type, values: Mapping[str, Values]) -> Ends:
    """Return what is known of a fact, or of an element of one: the ends of its range or type."""
    least, most = ends_of(ty, values)
    return (
        least if fact.low is None or least is UNKNOWN else fact.low,
        most if fact.high is None or most is UNKNOWN else fact.high,
    )


def stated_there(entity: Entity, name: str) -> Value:
    """Return whether a fact or link is there: stated by a value or by `-`, else unknown."""
    stated = entity.facts.get(name)
    if stated is Stated.ABSENT:
        return FALSE
    if stated is not None and stated.known:
        return TRUE
    declared = entity.type.facts.get(name) or entity.type.links.get(name)
    if stated is not None or declared is None or not (declared.has_default and entity.assumes):
        return truth(least=False, most=True)
    return FALSE if declared.absent else TRUE


def is_there(evaluator: Solver, entity: Entity, name: str) -> Value:
    """Return whether a fact or link of an object is there, or a criterion applies to it."""
    declared = entity.type.facts.get(name) or entity.type.links.get(name)
    if declared is not None and (declared.applies is None or declared.optional):
        return stated_there(entity, name)
    held = declared or entity.type.criteria.get(name.removeprefix("criteria."))
    if held is None or held.applies is None:
        return TRUE
    return evaluator.truth(held.applies, evaluator.env(entity))


def type_of(declared: ObjectType, name: str) -> t.Type:
    """Return the type of a fact, link, back list, criterion, of the kind or of the owner."""
    if name in declared.facts:
        return declared.facts[name].ty
    if name == declared.kind_field:
        return t.Enumeration(f"{declared.name}.{name}")
    if name in declared.links:
        return declared.links[name].ty
    if name in declared.back_lists:
        return declared.back_lists[name].ty
    if name == "owner":
        return t.Object("")
    return declared.criteria[name.removeprefix("criteria.")].ty
