"""What an object of a case states: facts, links, back lists, criteria.

A value comes with whether it surely applies; None is a value that does not apply.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from khung.engine.facts import Entity, Stated
from khung.engine.values import FALSE, TRUE, Element, Elements, Value, known, truth
from khung.engine.worth import UNKNOWN, as_value, ends_of, from_elements
from khung.ir import types as t

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from khung.engine.facts import Case
    from khung.engine.solver import Solver
    from khung.engine.worth import Ends
    from khung.ir.nodes import Node
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
    """Return whether a fact or link of an object is there."""
    declared = entity.type.facts.get(name) or entity.type.links.get(name)
    if declared is None:
        return TRUE
    if declared.applies is None or declared.optional:
        return stated_there(entity, name)
    return evaluator.truth(declared.applies, evaluator.env(entity))


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


def pointing(evaluator: Solver, entity: Entity, name: str) -> tuple[Element, ...]:
    """Return the objects of the case that point here, or may."""
    assert evaluator.case is not None  # noqa: S101  # the caller has looked
    declared = entity.type.back_lists[name]
    link = evaluator.objects[declared.holder].links[declared.link]
    found = evaluator.case.back_list(entity, name).items
    if link.applies is None or link.optional:
        return found
    return tuple([item for item in found if item.sure or _may_have(evaluator, item, link.applies)])


def _may_have(evaluator: Solver, holder: Element, applies: Node) -> bool:
    row = evaluator.row(holder.value.least)
    return row.layout.tester_of(applies)(row) is not False


def back_list(evaluator: Solver, entity: Entity, name: str) -> Elements:
    """Return the objects that point here, and how many more there may be.

    Where a count is known, there are as many more as it leaves, of which nothing is known: whoever
    may point here is one of them, not one beside them.
    """
    declared = entity.type.back_lists[name]
    other = known(evaluator.stranger(declared.holder))
    if entity.stranger or evaluator.case is None:
        return Elements((), None, other)
    found = pointing(evaluator, entity, name)
    count = member(evaluator, entity, declared.complete, t.NUMBER) if declared.complete else None
    if count is None:
        return Elements(found, None if open_lists(evaluator, declared.holder) else 0, other)
    if not count[0].most.is_finite():
        return Elements(found, None, other)
    sure = tuple(item for item in found if item.sure)
    return Elements(sure, max(0, int(count[0].most) - len(sure)), other)


def open_lists(evaluator: Solver, holder: str) -> tuple[tuple[Entity, Fact], ...]:
    """Return the lists that may hold records of which the case says nothing; of subjects none."""
    case = evaluator.case
    if case is None or not evaluator.objects[holder].is_record:
        return ()
    if holder not in case.open_lists:
        listing = tuple(_listing(case, holder))
        case.open_lists[holder] = listing  # stands while it is asked which of them apply
        case.open_lists[holder] = tuple(
            (owner, fact) for owner, fact in listing if _is_open(evaluator, owner, fact)
        )
    return case.open_lists[holder]


def _listing(case: Case, holder: str) -> Iterator[tuple[Entity, Fact]]:
    """Yield the lists of records of a type that are not stated, each with its owner."""
    everyone = [*(one for of in case.entities.values() for one in of.values()), *case.records]
    holding = {
        declared.name: [f for f in declared.facts.values() if _lists(f.ty, holder)]
        for declared in case.program.objects.values()
    }
    for owner in everyone:
        for fact in holding[owner.type.name]:
            stated = owner.facts.get(fact.name)
            if stated is None or (isinstance(stated, Value) and stated.why):
                yield owner, fact


def _lists(ty: t.Type, holder: str) -> bool:
    element = ty.element if isinstance(ty, t.List) else None
    return isinstance(element, t.Object) and holder in t.names_of(element.name)


def _is_open(evaluator: Solver, owner: Entity, fact: Fact) -> bool:
    found = member(evaluator, owner, fact.name, fact.ty)
    return found is not None and bool(found[0].why)


def elements_of(evaluator: Solver, entity: Entity, name: str) -> Any:
    """Return a back list as generated code has lists."""
    return from_elements(back_list(evaluator, entity, name))
