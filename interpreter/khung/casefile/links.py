"""Whether the links along which results are read come to an end, lead up, and stay inside.

A subject may read the result of another of its type along a link marked `tree`. Where such links
lead back to where they began, no result could be the first. Work goes kind by kind, in the order
in which the type lists them, so a link must lead to a kind that is listed later.

A rulebook may be for some subjects of a type only: those that it lists, and those that reach one
of them along such links.

Reports: K0628, K0631, K0641.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.diagnostics.suggest import listed
from khung.engine.facts import next_along
from khung.engine.values import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from khung.casefile.model import CaseFile, Group, Written
    from khung.diagnostics.bag import Bag
    from khung.engine.facts import Entity
    from khung.ir.program import Program
    from khung.text import Span


def check_links(
    case_file: CaseFile, entities: Mapping[str, Mapping[str, Entity]], program: Program, bag: Bag
) -> None:
    """Report each ring of links between subjects of one type, and each link that leads down."""
    for group in case_file.subjects:
        made = entities.get(group.type.name)
        if made is None:
            continue
        links = program.objects[group.type.name].links.values()
        for link in links:
            if link.tree and link.to == group.type.name:
                in_rings: set[int] = set()
                for ring in _rings(made.values(), link.name):
                    in_rings.update(map(id, ring))
                    _report(ring, link.name, group, bag)
                upright = {k: e for k, e in made.items() if id(e) not in in_rings}
                _check_kinds(upright, link.name, group, bag)


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
            current = next_along(current, link)
        if current is not None and id(current) in places:
            yield way[places[id(current)] :]


def _report(ring: list[Entity], link: str, group: Group, bag: Bag) -> None:
    path = " → ".join(entity.id for entity in (*ring, ring[0]))
    for entry in group.entries:
        if ring[-1].id in entry.ids:
            span, at = _place(entry, link, group)
            bag.add("K0628", span, at=at, name=link, path=path)


def _place(entry: Written, link: str, group: Group) -> tuple[Span, str]:
    """Return where a link is written: at the subject itself, or else where its entry begins."""
    own = (fact.value.span for fact in entry.facts if fact.key == link)
    return next(own, entry.id.span), f"subjects.{group.type.name}.{entry.id.name}.{link}"


# -- kinds ------------------------------------------------------------------------------------


def _check_kinds(entities: Mapping[str, Entity], link: str, group: Group, bag: Bag) -> None:
    """Report each entry whose link leads to a kind that is not later in order than its own."""
    for entry in group.entries:
        entity = entities.get(entry.ids[0]) if entry.ids else None
        target = next_along(entity, link) if entity else None
        if entity is not None and target is not None:
            span, at = _place(entry, link, group)
            _check_kind(entity, target, link, bag, span, at)


def _check_kind(entity: Entity, target: Entity, link: str, bag: Bag, span: Span, at: str) -> None:
    own, above = _kind(entity), _kind(target)
    kinds = entity.type.kinds
    if kinds is None or not own or not above or kinds.rank(own) < kinds.rank(above):
        return
    later = kinds.values[kinds.rank(own) + 1 :]
    bag.add(
        "K0631",
        span,
        help="" if later else "top",
        at=at,
        name=entity.id,
        kind=own,
        target=target.id,
        above=above,
        link=link,
        later=listed(later),
    )


def _kind(entity: Entity) -> str:
    """Return the kind that is stated of a subject; empty if none is, or there are no kinds."""
    stated = entity.facts.get(entity.type.kind_field)
    return str(stated.least) if isinstance(stated, Value) and stated.known else ""


# -- the subjects for which the rulebook is made ----------------------------------------------


def check_part(
    case_file: CaseFile, entities: Mapping[str, Mapping[str, Entity]], program: Program, bag: Bag
) -> None:
    """Report each subject for which the rulebook is not made."""
    for group in case_file.subjects:
        listed = program.applies_to.get(group.type.name)
        made = entities.get(group.type.name, {})
        if listed is None:
            continue
        for entry in group.entries:
            first = made.get(entry.ids[0]) if entry.ids else None
            if first is not None and not _reaches(first, frozenset(listed)):
                at = f"subjects.{group.type.name}.{entry.id.name}"
                bag.add("K0641", entry.id.span, at=at, name=entry.id.name, listed=listed)


def _reaches(entity: Entity, listed: frozenset[str]) -> bool:
    own = entity.type
    links = [link.name for link in own.links.values() if link.tree and link.to == own.name]
    waiting, seen = [entity], {entity.id}
    while waiting:
        current = waiting.pop()
        if current.id in listed:
            return True
        targets = (next_along(current, link) for link in links)
        new = [t for t in targets if t is not None and t.id not in seen]
        seen.update(target.id for target in new)
        waiting += new
    return False
