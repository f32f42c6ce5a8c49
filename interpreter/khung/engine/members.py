"""What an object of a case states: facts, links, back lists, criteria, definitions.

A value comes with whether it surely applies; None is a value that does not apply.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from khung.engine.facts import Entity, Stated
from khung.engine.values import (
    FALSE,
    OPEN,
    TRUE,
    Element,
    Elements,
    Value,
    known,
    truth,
    within,
)
from khung.ir import types as t

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.engine.facts import Case
    from khung.engine.solver import Solver
    from khung.ir.nodes import Node
    from khung.ir.program import Criterion, Fact, ObjectType


def member(evaluator: Solver, entity: Entity, name: str, ty: t.Type) -> tuple[Value, bool] | None:
    """Return a fact, link, back list or criterion, and whether it surely applies."""
    declared = entity.type
    if name in declared.facts:
        return _fact(evaluator, entity, declared.facts[name])
    if name == declared.kind_field:
        stated = entity.facts.get(name, OPEN)
        return (OPEN, True) if stated is Stated.ABSENT else (stated, True)
    if name in declared.links:
        link = declared.links[name]
        return _stated(evaluator, entity, name, link.applies, optional=link.optional, ty=ty)
    if name in declared.back_lists:
        return known(back_list(evaluator, entity, name)), True
    if name == "owner":
        return (known(entity.owner), True) if entity.owner else (OPEN, True)
    return _criterion(evaluator, entity, declared.criteria[name.removeprefix("criteria.")])


def _fact(evaluator: Solver, entity: Entity, fact: Fact) -> tuple[Value, bool] | None:
    if fact.applies is not None:
        applies = _applies(evaluator, entity, fact.applies, fact.name, optional=fact.optional)
        if not applies.most:
            return None
        if applies.why:
            return _within(evaluator, fact), False
    stated = entity.facts.get(fact.name)
    if stated is Stated.ABSENT:
        return None
    if stated is not None:
        return _within(evaluator, fact) if stated.why else _filled(evaluator, fact, stated), True
    if fact.default is not None and not entity.stranger:
        return evaluator.evaluate(fact.default, (known(entity),)), True
    if isinstance(fact.ty, t.Ballots) and not entity.stranger:
        return None
    return _within(evaluator, fact), True


def _within(evaluator: Solver, fact: Fact) -> Value:
    """What is known of a fact that is not: the ends of its range, else of its type."""
    is_list = isinstance(fact.ty, t.List)
    return evaluator.whole(fact.ty) if is_list else _ends(evaluator, fact, fact.ty)


def _ends(evaluator: Solver, fact: Fact, ty: t.Type) -> Value:
    least, most, why = evaluator.whole(ty)
    if fact.low is not None:
        least = fact.low
    if fact.high is not None:
        most = fact.high
    return Value(least, most, why) if why else Value(least, most)


def _filled(evaluator: Solver, fact: Fact, stated: Value) -> Value:
    """Return what is stated; of a list with the ends of those elements that are not known."""
    if not isinstance(fact.ty, t.List) or all(item.value.known for item in stated.least.items):
        return stated
    unknown = _ends(evaluator, fact, fact.ty.element)
    items = (i if i.value.known else i._replace(value=unknown) for i in stated.least.items)
    return known(replace(stated.least, items=tuple(items)))


def _stated(
    evaluator: Solver,
    entity: Entity,
    name: str,
    applies: Node | None,
    *,
    optional: bool,
    ty: t.Type,
) -> tuple[Value, bool] | None:
    condition = _applies(evaluator, entity, applies, name, optional=optional)
    if not condition.most:
        return None
    stated = entity.facts.get(name)
    if stated is Stated.ABSENT:
        return None
    if condition.why or stated is None or stated.why:
        return evaluator.whole(ty), condition.known
    return stated, True


def _applies(
    evaluator: Solver, entity: Entity, condition: Node | None, name: str, *, optional: bool
) -> Value:
    if condition is None:
        return TRUE
    if optional:
        return _there(entity, name)
    return evaluator.evaluate(condition, (known(entity),))


def _there(entity: Entity, name: str) -> Value:
    """Whether a fact or link is there: stated by a value or by `-`, else unknown."""
    stated = entity.facts.get(name)
    if stated is Stated.ABSENT:
        return FALSE
    if stated is not None and stated.known:
        return TRUE
    fact = entity.type.facts.get(name)
    has_default = stated is None and fact is not None and fact.default is not None
    return TRUE if has_default and not entity.stranger else truth(least=False, most=True)


def is_there(evaluator: Solver, entity: Entity, name: str) -> Value:
    """Return whether a fact or link of an object is there."""
    declared = entity.type.facts.get(name) or entity.type.links.get(name)
    if declared is None:
        return TRUE
    if declared.applies is None or declared.optional:
        return _there(entity, name)
    return evaluator.truth(declared.applies, (known(entity),))


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
    return tuple(
        item for item in found if item.sure or evaluator.truth(link.applies, (item.value,)).most
    )


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
    found = _fact(evaluator, owner, fact)
    return found is not None and bool(found[0].why)


def _criterion(
    evaluator: Solver, entity: Entity, criterion: Criterion
) -> tuple[Value, bool] | None:
    name = f"criteria.{criterion.id}"
    applies = _applies(evaluator, entity, criterion.applies, name, optional=False)
    if not applies.most:
        return None
    stated = entity.facts.get(name)
    if stated is Stated.ABSENT:
        return None
    if applies.why or stated is None or stated.why:
        return _grades(evaluator, criterion), applies.known
    return stated, True


def _grades(evaluator: Solver, criterion: Criterion) -> Value:
    if criterion.low is not None and criterion.high is not None:
        return within(criterion.low, criterion.high)
    return evaluator.whole(criterion.ty)


def criteria_of(evaluator: Solver, entity: Entity, name: str) -> Value:
    """Return the grades of a set; those that do not apply are left out."""
    items = (_set_member(evaluator, entity, m) for m in entity.type.sets[name].members)
    return known(Elements(tuple(item for item in items if item is not None)))


def _set_member(
    evaluator: Solver, entity: Entity, member: tuple[str, Node | None]
) -> Element | None:
    name, when = member
    taken = TRUE if when is None else evaluator.evaluate(when, (known(entity),))
    if not taken.most:
        return None
    grade = _criterion(evaluator, entity, entity.type.criteria[name])
    return None if grade is None else Element(grade[0], taken.known and grade[1], name)
