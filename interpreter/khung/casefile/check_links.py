"""Whether the links along which results are read come to an end.

A subject may read the result of another of its type along a link marked `tree`. Where such links
lead back to where they began, no result could be the first.

Reports: K0628.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.engine.values import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from khung.casefile.model import CaseFile, Group
    from khung.diagnostics.bag import Bag
    from khung.engine.facts import Entity
    from khung.ir.program import Program
    from khung.text import Span


def check_links(
    case_file: CaseFile, entities: Mapping[str, Mapping[str, Entity]], program: Program, bag: Bag
) -> None:
    """Report each ring of links between subjects of one type."""
    for group in case_file.subjects:
        made = entities.get(group.type.name)
        if made is None:
            continue
        links = program.objects[group.type.name].links.values()
        for link in links:
            if link.tree and link.to == group.type.name:
                for ring in _rings(made.values(), link.name):
                    _report(ring, link.name, group, bag)


def _rings(entities: Iterable[Entity], link: str) -> Iterator[list[Entity]]:
    """Yield the subjects of each ring, in the order of their links."""
    passed: set[int] = set()
    for entity in entities:
        way: list[Entity] = []
        places: dict[int, int] = {}
        current: Entity | None = entity
        while current is not None and id(current) not in passed:
            passed.add(id(current))
            places[id(current)] = len(way)
            way.append(current)
            current = _next(current, link)
        if current is not None and id(current) in places:
            yield way[places[id(current)] :]


def _next(entity: Entity, link: str) -> Entity | None:
    stated = entity.facts.get(link)
    if not isinstance(stated, Value) or not stated.known:
        return None
    target: Entity = stated.least
    return target


def _report(ring: list[Entity], link: str, group: Group, bag: Bag) -> None:
    path = " → ".join(entity.id for entity in (*ring, ring[0]))
    span, at = _place(ring[-1], link, group)
    bag.add("K0628", span, at=at, name=link, path=path)


def _place(entity: Entity, link: str, group: Group) -> tuple[Span | None, str]:
    """Return where a link is written: at the subject itself, or else where its entry begins."""
    for entry in group.entries:
        if entity.id in entry.ids:
            own = (fact.value.span for fact in entry.facts if fact.key == link)
            at = f"subjects.{group.type.name}.{entry.id.name}.{link}"
            return next(own, entry.id.span), at
    return None, ""
