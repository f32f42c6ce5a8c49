"""Counts that are smaller than the list they count: it is long, or the count is wrong.

Reports: K0632.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.casefile.places import stated, written_at
from khung.engine.findings import longer_lists
from khung.engine.texts import number_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from khung.casefile.model import CaseFile, Written
    from khung.diagnostics.bag import Bag
    from khung.engine.facts import Entity
    from khung.engine.stages import Run


def check_counts(case_file: CaseFile, run: Run, bag: Bag) -> None:
    """Warn, where it is written, of every count that is smaller than what is listed."""
    for entity, entry, by_id in stated(case_file, run.case):
        _check(entity, entry, by_id, run, bag)


def _check(
    entity: Entity, entry: Written, by_id: Mapping[str, Written], run: Run, bag: Bag
) -> None:
    for found in longer_lists(run, entity):
        written = next(written_at(entry, found.count, by_id), None)
        bag.add(
            "K0632",
            written.value.span if written else entry.id.span,
            at=f"subjects.{entity.path}.{found.count}",
            name=found.count,
            count=number_text(found.counted),
            listed=found.listed,
            list=found.name,
            subject=entity.id,
        )
