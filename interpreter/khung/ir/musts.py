"""What a `must` may read: facts, which a case states, and no results, which it does not.

Reports: K0490 (it reads a result), K0491 (it does not read the fact that it stands in).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir import types as t
from khung.ir.declare import cited
from khung.ir.nodes import Broken, Defined, Field, Has, LevelOf, Node, StateOf, Variable
from khung.ir.program import Must
from khung.ir.rewrite import walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from khung.diagnostics.bag import Bag
    from khung.ir.program import Fact, ObjectType, Program
    from khung.ir.scope import Scope
    from khung.rulebook import model as m


def lower_must(model: m.Must | None, scope: Scope) -> Must | None:
    """Return what a fact must be, where something is said of that."""
    if model is None:
        return None
    sources = cited(scope.declared, model.head.sources)
    return Must(scope.lower(model.value, t.BOOLEAN), model.head.label, sources)


def check_musts(objects: Mapping[str, ObjectType], bag: Bag) -> None:
    """Report each `must` of a fact that reads what it may not, or not what it must."""
    for declared in objects.values():
        for fact in declared.facts.values():
            if fact.must is not None:
                _check(fact, fact.must.condition, objects, bag)


def _check(fact: Fact, condition: Node, objects: Mapping[str, ObjectType], bag: Bag) -> None:
    parts = tuple(walk(condition))
    if any(isinstance(part, Broken) for part in parts):
        return
    result = next((part for part in parts if _reads_result(part, objects, set())), None)
    if result is not None:
        bag.add("K0490", result.span, name=fact.name, text=result.span.text)
    elif not any(_is_own(part, fact.name, objects, set()) for part in parts):
        bag.add("K0491", condition.span, name=fact.name, text=condition.span.text)


def reading_others(program: Program) -> tuple[str, ...]:
    """Return the types of which a `must` reads what objects say that they lead to, or hold."""
    return tuple(
        name
        for name in program.objects
        if any(_reads_others(declared) for declared in program.variants(name))
    )


def _reads_others(declared: ObjectType) -> bool:
    conditions = (fact.must.condition for fact in declared.facts.values() if fact.must is not None)
    objects = {declared.name: declared}
    parts = (part for condition in conditions for part in walk(condition))
    behind = (one for part in parts for one in _behind(part, objects, set()))
    return any(_leads_on(one) for one in behind)


def _leads_on(part: Node) -> bool:
    """Whether a part is another object, or a list of objects."""
    is_self = isinstance(part, Variable) and part.slot == 0
    if is_self or not isinstance(part, Field | Variable):
        return False
    ty = part.ty.element if isinstance(part.ty, t.List) else part.ty
    return isinstance(ty, t.Object)


def _reads_result(part: Node, objects: Mapping[str, ObjectType], seen: set[int]) -> bool:
    return any(isinstance(one, LevelOf | StateOf) for one in _behind(part, objects, seen))


def _is_own(part: Node, name: str, objects: Mapping[str, ObjectType], seen: set[int]) -> bool:
    found = _behind(part, objects, seen)
    return any(isinstance(one, Field | Has) and one.name == name for one in found)


def _behind(part: Node, objects: Mapping[str, ObjectType], seen: set[int]) -> Iterator[Node]:
    """Yield a node, and all that the definition says which it may be; each definition once."""
    yield part
    if not isinstance(part, Defined):
        return
    for owner in t.names_of(part.owner):
        definition = objects[owner].definitions.get(part.name) if owner in objects else None
        if definition is not None and id(definition) not in seen:
            seen.add(id(definition))
            for inner in walk(definition.value):
                yield from _behind(inner, objects, seen)
