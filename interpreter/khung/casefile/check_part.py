"""Whether a case keeps to the subjects for which its rulebook is made.

A rulebook may be for some subjects of a type only: those that it lists, and those that reach one
of them along links of their own type.

Reports: K0641.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.engine.facts import next_along

if TYPE_CHECKING:
    from collections.abc import Mapping

    from khung.casefile.model import CaseFile
    from khung.diagnostics.bag import Bag
    from khung.engine.facts import Entity
    from khung.ir.program import Program


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
