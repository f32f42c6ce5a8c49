"""Who is in a list, and how many more there may be of whom the case says nothing.

What a subject lists itself is whole as written, unless it says otherwise or a fact counts more.
What is gathered from who stands in the case is whole only if the case says so, or a count is met.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.engine.members import member
from khung.engine.values import INFINITY, Element, Elements, Value, known
from khung.engine.worth import UNKNOWN, Open, from_elements, opened
from khung.ir import types as t

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from khung.engine.facts import Case, Entity, Stated
    from khung.engine.solver import Held, Solver
    from khung.engine.worth import Ends, Item
    from khung.ir.nodes import Node
    from khung.ir.program import Fact, Program

Count = tuple[Value, bool]
"""The fact that counts a list, and whether it surely applies."""


# -- back lists -----------------------------------------------------------------------------------


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

    A list that the case says is whole holds whoever points here or may, and no others. Where a
    count is known, there are as many more as it leaves, of which nothing is known: whoever may
    point here is one of them, not one beside them.
    """
    declared = entity.type.back_lists[name]
    other = known(evaluator.stranger(declared.holder))
    if declared.below and not entity.stranger and evaluator.case is not None:
        return _subtree(evaluator, entity, declared.below, other)
    if entity.stranger or evaluator.case is None:
        return Elements((), None, other)
    found = pointing(evaluator, entity, name)
    sure = tuple([item for item in found if item.sure])
    is_whole = is_gathered(evaluator, entity, name)
    if is_whole and len(sure) == len(found):
        return Elements(found)
    left = _left(count_of(evaluator, entity, declared.complete), len(sure))
    if is_whole and (left is None or len(found) - len(sure) <= left):
        return Elements(found)
    return Elements(found, None, other) if left is None else Elements(sure, left, other)


def _subtree(evaluator: Solver, entity: Entity, name: str, other: Value) -> Elements:
    """Return all below an object: surely there is who is so at every step down.

    Below somebody of whom nothing is known there may be any number.
    """
    top: Entity = getattr(entity, "origin", None) or entity  # to whom its own rules are asked alone
    found: dict[int, Element] = {}
    waiting, is_whole = [(top, True)], True
    while waiting:
        above, is_sure = waiting.pop(0)
        children = back_list(evaluator, above, name)
        is_whole = is_whole and children.unseen == 0
        for item in children.items:
            child = item._replace(sure=item.sure and is_sure)
            below, known_as = item.value.least, found.get(id(item.value.least))
            if below is not top and (known_as is None or child.sure > known_as.sure):
                found[id(below)] = child
                waiting.append((below, child.sure))
    return Elements(tuple(found.values()), 0 if is_whole else None, other)


def lists_below(evaluator: Solver, entity: Entity, name: str) -> tuple[Entity, ...]:
    """Return an object and all that are, or may be, below it: whose lists make the subtree."""
    below = back_list(evaluator, entity, name).items
    return (entity, *(item.value.least for item in below))


def count_of(evaluator: Solver, entity: Entity, name: str) -> Count | None:
    """Return what counts a list, by the name of the fact; None if nothing does, or surely not."""
    return member(evaluator, entity, name, t.NUMBER) if name else None


def _left(count: Count | None, listed: int) -> int | None:
    """Return how many more than those listed a count leaves at most; None for any number."""
    if count is None or not count[1] or not count[0].most.is_finite():
        return None
    return max(0, int(count[0].most) - listed)


def is_gathered(evaluator: Solver, entity: Entity, name: str) -> bool:
    """Whether all who belong to a back list stand in the case."""
    if not is_said_whole(evaluator, entity, name):
        return False
    assert evaluator.case is not None  # noqa: S101  # it says so
    if evaluator.case.whole.names(entity, name):
        return True
    return not open_lists(evaluator, entity.type.back_lists[name].holder)


def is_said_whole(evaluator: Solver, entity: Entity, name: str) -> bool:
    """Whether the case says of a back list, or of all who may hold it, that it is whole."""
    case, holder = evaluator.case, entity.type.back_lists[name].holder
    if case is None:
        return False
    whole = case.whole
    if whole.everything or whole.names(entity, name):
        return True
    if not evaluator.objects[holder].is_record:
        return whole.has_all(holder)
    objects = case.program.objects
    subjects = (ty for ty in _holding(case, holder) if not objects[ty].is_record)
    return all(map(whole.has_all, subjects))


# -- lists of records -----------------------------------------------------------------------------


def open_lists(evaluator: Solver, record: str) -> tuple[tuple[Entity, Fact], ...]:
    """Return the lists that may hold more records of a type than are written; of subjects none."""
    case = evaluator.case
    if case is None or not evaluator.objects[record].is_record:
        return ()
    if record not in case.open_lists:
        listing = tuple(_listing(case, record))
        case.open_lists[record] = listing  # stands while it is asked which of them apply
        case.open_lists[record] = tuple(
            (owner, fact) for owner, fact in listing if is_open(evaluator, owner, fact)
        )
    return case.open_lists[record]


def _listing(case: Case, record: str) -> Iterator[tuple[Entity, Fact]]:
    """Yield the lists, each with its owner, of which it is not plain that they are whole."""
    everyone = [*(one for of in case.entities.values() for one in of.values()), *case.records]
    holding = _holding(case, record)
    for owner in everyone:
        for fact in holding.get(owner.type.name, ()):
            if fact.complete or _is_cut(owner.facts.get(fact.name)):
                yield owner, fact


def _holding(case: Case, record: str) -> Mapping[str, tuple[Fact, ...]]:
    """Return by type the lists that may hold a record of a type, or one that holds it."""
    found = case.holding.get(record)
    if found is None:
        found = case.holding[record] = _held(case.program, record)
    return found


def _held(program: Program, record: str) -> Mapping[str, tuple[Fact, ...]]:
    found: Mapping[str, tuple[Fact, ...]] = {}
    inside = {record}
    while more := _lists_of(program, inside).keys() - found.keys():
        found = _lists_of(program, inside)
        inside |= {name for name in more if program.objects[name].is_record}
    return _lists_of(program, inside)


def _lists_of(program: Program, records: Iterable[str]) -> dict[str, tuple[Fact, ...]]:
    lists = {
        declared.name: tuple(f for f in declared.facts.values() if _lists(f.ty, records))
        for declared in program.objects.values()
    }
    return {name: facts for name, facts in lists.items() if facts}


def _lists(ty: t.Type, records: Iterable[str]) -> bool:
    element = ty.element if isinstance(ty, t.List) else None
    names = t.names_of(element.name) if isinstance(element, t.Object) else ()
    return any(name in names for name in records)


def _is_cut(stated: Value | Stated | None) -> bool:
    """Whether a list is not stated, or not to its end."""
    if isinstance(stated, Value):
        return bool(stated.why) or stated.least.unseen != 0
    return stated is None


def is_open(evaluator: Solver, owner: Entity, fact: Fact) -> bool:
    """Whether more may be in an own list than what is known of it."""
    found = member(evaluator, owner, fact.name, fact.ty)
    return found is not None and _is_cut(found[0])


# -- own lists ------------------------------------------------------------------------------------


def listed(row: Held, fact: Fact, found: Any, element: Ends) -> Any:
    """Return an own list with as many more elements as it, or its count, leaves open.

    Args:
        row: Whose list it is.
        fact: As it is declared.
        found: What is written, or the default.
        element: What is known of any element.
    """
    stated = row.facts.get(fact.name)
    is_cut = isinstance(stated, Value) and _is_cut(stated)
    if fact.length is not None:
        return _of_length(row, fact, found, element, is_cut=is_cut)
    if found is UNKNOWN or not (is_cut or fact.complete):
        return found
    items = opened(found)[:-1] if is_cut else opened(found)
    left = _further(row, fact, sum(sure for _, _, sure, _, _ in items), is_cut=is_cut)
    if left == 0:
        return _settled(items) if is_cut else found
    ends = _stranger(row, fact) if element[0] is UNKNOWN else element
    return Open([*items, (*ends, False, INFINITY if left is None else left, "")])


def _of_length(row: Held, fact: Fact, found: Any, element: Ends, *, is_cut: bool) -> Any:
    """Return a list of a length that is the same for all, what is not stated of it unknown."""
    if found is not UNKNOWN and not is_cut:
        return found
    assert fact.length is not None  # noqa: S101  # the caller has looked
    items = [] if found is UNKNOWN else opened(found)[:-1]
    left = fact.length - len(items)
    ends = _stranger(row, fact) if element[0] is UNKNOWN else element
    return Open([*items, *([(*ends, True, 1, "")] * left)]) if left else _settled(items)


def _settled(items: list[Item]) -> Any:
    """Return what is known of a list without more elements than those."""
    is_plain = all(low is not UNKNOWN and low == high for low, high, *_ in items)
    return tuple([low for low, *_ in items]) if is_plain else Open(items)


def _further(row: Held, fact: Fact, number: int, *, is_cut: bool) -> int | None:
    """Return how many more there may be than the number listed; None for any number."""
    case = row.run.case
    if case is not None and case.whole.names(row, fact.name):
        return 0
    count = count_of(row.run, row, fact.complete)
    if count is None:
        return None if is_cut else 0
    return _left((count[0], count[1] or not is_cut), number)


def _stranger(row: Held, fact: Fact) -> Ends:
    """Return what stands for any element without order: an object of which nothing is known."""
    assert isinstance(fact.ty, t.List)  # noqa: S101  # the caller has looked
    element = fact.ty.element
    if not isinstance(element, t.Object):
        return UNKNOWN, UNKNOWN
    other = row.run.stranger(element.name)
    return other, other


# -- lists of either kind -------------------------------------------------------------------------


def elements_of(evaluator: Solver, entity: Entity, name: str) -> Any:
    """Return a back list as generated code has lists."""
    return from_elements(back_list(evaluator, entity, name))


def standing(evaluator: Solver, entity: Entity, name: str) -> tuple[int, int, bool]:
    """Return how many are in a list and may be in it by what is written, and if those are all."""
    assert evaluator.case is not None  # noqa: S101  # the lists of a case are asked
    if name in entity.type.back_lists:
        items = pointing(evaluator, entity, name)
        is_whole = is_gathered(evaluator, entity, name)
    else:
        stated = entity.facts.get(name)
        items = stated.least.items if isinstance(stated, Value) and not stated.why else ()
        is_whole = evaluator.case.whole.names(entity, name)
    sure = sum(item.sure for item in items)
    return sure, len(items) - sure, is_whole
