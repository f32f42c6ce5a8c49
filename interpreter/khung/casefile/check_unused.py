"""Values that a case states where, by its own other facts, they do not apply.

Reports: K0609.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.engine.facts import Stated
from khung.engine.values import known

if TYPE_CHECKING:
    from khung.casefile.model import CaseFile, Written
    from khung.diagnostics.bag import Bag
    from khung.engine.facts import Entity
    from khung.engine.stages import Run
    from khung.ir.nodes import Node


def check_unused(case_file: CaseFile, run: Run, bag: Bag) -> None:
    """Warn of every value that an entry states itself and that surely does not apply."""
    for group in case_file.subjects:
        entities = run.case.entities.get(group.type.name, {})
        for entry in group.entries:
            if entry.ids and entry.ids[0] in entities:
                _check(entities[entry.ids[0]], entry, run, bag)


def _check(entity: Entity, entry: Written, run: Run, bag: Bag) -> None:
    for prefix, entries in (("", entry.facts), ("criteria.", entry.criteria)):
        for written in entries:
            name = f"{prefix}{written.key}"
            condition = _condition(entity, name)
            stated = entity.facts.get(name)
            if condition is None or stated is None or stated is Stated.ABSENT or stated.why:
                continue
            if not run.evaluator.truth(condition, (known(entity),)).most:
                said = condition.span.text
                bag.add("K0609", written.key_span, name=written.key, condition=said)


def _condition(entity: Entity, name: str) -> Node | None:
    declared = entity.type
    fact = declared.facts.get(name) or declared.links.get(name)
    if fact is not None:
        return None if fact.optional else fact.applies
    criterion = declared.criteria.get(name.removeprefix("criteria."))
    return criterion.applies if criterion else None
