"""What a result rests on: another option of a reading that it does not name leaves it as it is."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from khung.analysis.testing import case_files
from khung.casefile.from_source import read_case
from khung.diagnostics.bag import Bag
from khung.driver import Shelf, evaluate_under
from khung.engine.tables import as_data
from khung.resources import data_dir

if TYPE_CHECKING:
    from pathlib import Path

    from khung.casefile.model import CaseFile
    from khung.engine.tables import Answer
    from khung.why.result import Result

RULEBOOK = data_dir("rulebooks") / "2021"
CASES = RULEBOOK.parents[1] / "cases" / "2021"
BLOCKS = 8
"""So many groups of readings are turned, each group at once: a rulebook is slow to lower."""

shelf = Shelf()


@cache
def turned(block: int) -> dict[str, str]:
    """Return an option that is not the chosen one for every reading of a block."""
    rulebook = shelf.load(RULEBOOK).rulebook
    assert rulebook is not None
    return {
        reading.head.id: next(
            o.head.id for o in reading.options if o.head.id != reading.chosen.name
        )
        for reading in rulebook.readings[block::BLOCKS]
    }


@cache
def cases() -> tuple[tuple[Path, CaseFile], ...]:
    """Return the cases that ask for a reading: those that tell its options apart."""
    found = ((path, read_case(path, Bag())) for path in case_files([CASES]))
    return tuple((path, case) for path, case in found if case is not None and case.readings)


def outcomes(path: Path, case: CaseFile, options: dict[str, str]) -> dict[str, Result]:
    """Return the results by path of the subject; none of a case that does not suit the options."""
    results = evaluate_under(path, case, shelf.ready(RULEBOOK, options), Bag()).results
    by_type = results.by_type if results else {}
    return {one.entity.path: one for of in by_type.values() for one in of.values()}


def outcome(result: Result) -> tuple[object, ...]:
    decision = result.decision
    said = decision and (decision.kind, decision.options, decision.places, decision.candidates)
    told = [(output.name, output.value.least, output.value.most) for output in result.outputs]
    tables = [(answer.table.name, answer_data(answer)) for answer in result.tables]
    return (result.status, result.level, result.at_best, result.at_worst, said, told, tables)


def answer_data(answer: Answer) -> object:
    return as_data(answer, lambda value, _: value.least if value.known else None)


@pytest.mark.parametrize("block", range(BLOCKS))
def test_what_is_not_named_does_not_decide(block: int) -> None:
    options, moved = turned(block), 0
    concerned = [
        (path, case)
        for path, case in cases()
        if any(reading.name in options for reading, _ in case.readings)
    ]
    for path, case in concerned:
        before, after = outcomes(path, case, {}), outcomes(path, case, options)
        for name in before.keys() & after.keys():
            if outcome(before[name]) != outcome(after[name]):
                moved += 1
                assert options.keys() & set(before[name].readings), (path.name, name)
    assert moved >= 2, "the cases tell nothing apart"
