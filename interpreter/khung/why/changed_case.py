"""A case in which one object states other facts, and everybody who leads to it still does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from khung.engine.facts import Entity, Stated
from khung.engine.values import Elements, Value, known

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from khung.engine.facts import Case

Facts = dict[str, Value | Stated]
Leading = dict[int, list[Entity]]


def leading_of(case: Case) -> Leading:
    """Return who leads to each object, by `id(object)`: by a link, a list, or as its record."""
    leading: Leading = {}
    for entity in _objects(case):
        for target in _targets(entity):
            leading.setdefault(id(target), []).append(entity)
    return leading


def changed_case(
    case: Case, entity: Entity, facts: Mapping[str, Value | Stated], leading: Leading
) -> tuple[Case, Entity]:
    """Return a case in which an object states other facts, and that object in it.

    Whoever leads to the object, at once or over others, is made anew and leads to the new one;
    all others are shared. A record that the object holds no longer is in no list of the case.

    Args:
        case: The case, which stays as it is.
        entity: An object of it.
        facts: What it states instead; its other facts stay.
        leading: Of the same case, see `leading_of`.
    """
    changed = changed_together(case, [(entity, facts)], leading)
    return changed[0], changed[1][0]


def changed_together(
    case: Case,
    changes: Sequence[tuple[Entity, Mapping[str, Value | Stated]]],
    leading: Leading,
) -> tuple[Case, list[Entity]]:
    """Return a case in which several objects state other facts, and those objects in it.

    As `changed_case` does for one; each object is named once.
    """
    touched = _led_to([entity for entity, _ in changes], leading)
    copies = {id(old): replace(old) for old in touched}
    for entity, facts in changes:
        copies[id(entity)].facts = {**entity.facts, **facts}
    for old in touched:
        new = copies[id(old)]
        new.owner = new.owner and copies.get(id(new.owner), new.owner)
        new.facts = {name: _moved(stated, copies) for name, stated in new.facts.items()}
    gone = {id(record) for entity, facts in changes for record in _dropped(entity, facts)}
    entities = {
        name: {key: copies.get(id(old), old) for key, old in by_id.items()}
        for name, by_id in case.entities.items()
    }
    records = tuple(copies.get(id(old), old) for old in case.records if id(old) not in gone)
    made = replace(case, entities=entities, records=records)
    return made, [copies[id(entity)] for entity, _ in changes]


def _objects(case: Case) -> Iterator[Entity]:
    for by_id in case.entities.values():
        yield from by_id.values()
    yield from case.records


def _targets(entity: Entity) -> Iterator[Entity]:
    if entity.owner is not None:
        yield entity.owner
    for stated in entity.facts.values():
        yield from _held(stated)


def _held(stated: Value | Stated) -> Iterator[Entity]:
    """Yield the object that a link leads to, or those that a list holds."""
    found = stated.least if isinstance(stated, Value) else None
    items = [item.value.least for item in found.items] if isinstance(found, Elements) else [found]
    yield from (item for item in items if isinstance(item, Entity))


def _led_to(entities: Iterable[Entity], leading: Leading) -> list[Entity]:
    """Return objects and all that lead to them, at once or over others."""
    found = {id(entity): entity for entity in entities}
    waiting = [*found.values()]
    while waiting:
        for holder in leading.get(id(waiting.pop()), ()):
            if id(holder) not in found:
                found[id(holder)] = holder
                waiting.append(holder)
    return list(found.values())


def _moved(stated: Value | Stated, copies: Mapping[int, Entity]) -> Value | Stated:
    """Return what is stated with copies in place of the objects that they are of."""
    if not any(id(held) in copies for held in _held(stated)):
        return stated
    assert isinstance(stated, Value)  # noqa: S101  # it holds something
    if isinstance(stated.least, Entity):
        return known(copies[id(stated.least)])
    elements: Elements = stated.least
    items = (item._replace(value=_copy(item.value, copies)) for item in elements.items)
    moved = replace(elements, items=tuple(items))
    return stated._replace(least=moved, most=moved)


def _copy(value: Value, copies: Mapping[int, Entity]) -> Value:
    return known(copies.get(id(value.least), value.least)) if value.known else value


def _dropped(entity: Entity, facts: Mapping[str, Value | Stated]) -> Iterator[Entity]:
    """Yield the records that an object holds no longer, and those that they hold."""
    for name, stated in facts.items():
        kept = {id(held) for held in _held(stated)}
        before = entity.facts.get(name)
        for held in _held(before) if before is not None else ():
            if held.owner is entity and id(held) not in kept:
                yield held
                yield from _records_in(held)


def _records_in(record: Entity) -> Iterator[Entity]:
    for stated in record.facts.values():
        for held in _held(stated):
            if held.owner is record:
                yield held
                yield from _records_in(held)
