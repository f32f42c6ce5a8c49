"""The solver and the reference on random rulebooks, and on mutants that are said to do nothing."""

from dataclasses import replace

import pytest
from tests.mutation.mutants import mutants
from tests.proof.compare import Tally, compare
from tests.support.rulebook import RULEBOOKS

from khung.analysis.proof.solver import Budget
from khung.analysis.proof.unchanged import same_everywhere
from khung.analysis.testing import case_files
from khung.casefile.tables.case import read_any
from khung.diagnostics.bag import Bag
from khung.driver import Shelf, evaluate_under, make_ready


def test_solver_and_reference_agree_on_random_rulebooks():
    tally = Tally()
    for seed in range(16):
        compare(seed, tally)
    assert tally.found == []
    assert tally.compared >= 20


@pytest.mark.parametrize("name", ["grants", "libraries", "lecturers"])
def test_a_change_that_is_proved_to_do_nothing_changes_no_case(name):
    shelf, folder = Shelf(), RULEBOOKS / name
    ready, memo = shelf.ready(folder, {}), shelf.memo(folder)
    cases = [(p, read_any(p, Bag())) for p in case_files([RULEBOOKS.parent / "cases" / name])]

    def outcomes(of):
        ran = [evaluate_under(p, c, of, Bag()) for p, c in cases if c and not c.overlays]
        return [
            r.results
            and [
                (key, one.status, one.at_best, one.at_worst)
                for by_id in r.results.by_type.values()
                for key, one in by_id.items()
            ]
            for r in ran
        ]

    before, proved = outcomes(ready), 0
    for mutant in mutants(ready.loaded.rulebook)[::3]:
        loaded = replace(ready.loaded, rulebook=mutant.of(ready.loaded.rulebook))
        after = make_ready(loaded, {}, memo)
        if after.program and same_everywhere(ready.program, after.program, Budget.of(600, 5)):
            proved += 1
            assert outcomes(after) == before, mutant.name
    assert proved
