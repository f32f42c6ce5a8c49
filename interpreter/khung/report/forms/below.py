"""Who belongs to a subject: those whose links lead to it, and those that lead to these.

Links marked `unit` are followed; where a rulebook marks none, all links between subjects are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.engine.facts import Entity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.engine.facts import Case
    from khung.ir.program import Link, Program


def below_types(program: Program, name: str) -> tuple[str, ...]:
    """Return the types of which objects may belong to one of a type, in the rulebook's order."""
    found: dict[str, None] = {}
    waiting = [name]
    while waiting:
        to = waiting.pop()
        new = [holder for holder, link in _links(program) if link.to == to and holder not in found]
        found |= dict.fromkeys(new)
        waiting += new
    return tuple(one.name for one in program.subjects if one.name in found)


def _links(program: Program) -> list[tuple[str, Link]]:
    found = [(one.name, link) for one in program.subjects for link in one.links.values()]
    return [pair for pair in found if pair[1].unit] or found


def below(case: Case, entity: Entity, other: str) -> list[Entity]:
    """Return the objects of a type that belong to a subject, in the order of the case."""
    found = {id(one) for one in _under(case, entity)}
    return [one for one in case.entities.get(other, {}).values() if id(one) in found]


def _under(case: Case, entity: Entity) -> Iterator[Entity]:
    """Yield all that belong to a subject, each once."""
    links = _links(case.program)
    seen, waiting = {id(entity)}, [entity]
    while waiting:
        target = waiting.pop()
        for holder, link in links:
            if link.to != target.type.name:
                continue
            for one in _pointing(case, target, holder, link):
                if id(one) not in seen:
                    seen.add(id(one))
                    waiting.append(one)
                    yield one


def _pointing(case: Case, target: Entity, holder: str, link: Link) -> Iterator[Entity]:
    for element in case.back_list(target, link.back).items if link.back else ():
        one = element.value.least
        if element.sure and isinstance(one, Entity):
            yield one
    if not link.back:
        for one in case.entities.get(holder, {}).values():
            stated = one.facts.get(link.name)
            if getattr(stated, "least", None) is target:
                yield one
