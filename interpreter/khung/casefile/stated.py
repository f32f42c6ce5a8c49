"""Which entry of a case states a subject, and where in it a fact is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping as MappingOf

    from khung.casefile.model import CaseFile, Written
    from khung.engine.facts import Case, Entity
    from khung.source.nodes import Entry


def stated(
    case_file: CaseFile, case: Case
) -> Iterator[tuple[Entity, Written, MappingOf[str, Written]]]:
    """Yield each subject with the entry that states it and the entries of its type by id."""
    for group in case_file.subjects:
        entities = case.entities.get(group.type.name, {})
        by_id = {entry.id.name: entry for entry in group.entries}
        for entry in group.entries:
            yield from ((entities[name], entry, by_id) for name in entry.ids if name in entities)


def written_at(entry: Written, name: str, by_id: MappingOf[str, Written]) -> Iterator[Entry]:
    """Yield where a fact is written: on the entry itself, else on what it is like."""
    seen: set[str] = set()
    while entry.id.name not in seen:
        seen.add(entry.id.name)
        yield from (fact for fact in (*entry.facts, *entry.criteria) if fact.key == name)
        if entry.like is None or entry.like.name not in by_id:
            return
        entry = by_id[entry.like.name]
