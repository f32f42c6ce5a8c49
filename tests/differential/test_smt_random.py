"""The solver and the reference on random rulebooks, and on mutants that are said to do nothing."""

from dataclasses import replace
from random import Random

import pytest
from tests.engines.rulebooks import program_of, random_rulebook
from tests.mutation.mutants import mutants
from tests.support.models import case_of, random_model, said_by_solver
from tests.support.rulebook import RULEBOOKS

from khung.analysis.proof.solver import Budget
from khung.analysis.proof.unchanged import same_everywhere
from khung.analysis.testing import case_files
from khung.casefile.from_source import parse_case
from khung.casefile.tables.case import case_from, read_any
from khung.diagnostics.bag import Bag
from khung.driver import Shelf, evaluate_under, make_ready
from khung.engine.stages import Status
from khung.rulebook.model.rules import Stage
from khung.smt.decode import ROOT
from khung.smt.question import question
from khung.why.result import evaluate_case


def said(program, text, subject):
    """What the reference says of the subject asked; None of a case that it does not take."""
    bag = Bag()
    read = parse_case(text.encode(), "case.yaml", bag)
    case = case_from(read, program, bag) if read is not None else None
    if case is None or bag.has_errors:
        return None
    results = evaluate_case(program, case)
    entity = results.by_type[subject][ROOT].entity
    status = results.run.status(entity)
    if status in (Status.NOT_RANKED, Status.PENDING):
        return (status.value,)
    level = results.run.level(entity, Stage.DEFER)
    return level.least, level.most


def is_its_own_neighbour(asked):
    """Whether a list of another subject may hold the one asked, which no model can say."""
    sources = asked.lists.found.values()
    return any(s.back and s.holder.before is asked.space.root for s in sources)


def test_solver_and_reference_agree_on_random_rulebooks():
    compared = 0
    for seed in range(16):
        program, _ = program_of(random_rulebook(seed))
        for declared in program.subjects if program is not None else ():
            if declared.ladder is None:
                continue
            asked = question(declared.name, (program,), follows=True)
            asked.finish()
            if asked.left_out or is_its_own_neighbour(asked):
                continue
            random = Random(seed)  # noqa: S311  # cases, not secrets
            for _ in range(3):
                model = random_model(asked, random, 12)
                text = case_of(asked, model) if model is not None else None
                expected = said(program, text, declared.name) if text is not None else None
                if expected is not None:
                    compared += 1
                    assert said_by_solver(asked, model) == expected, (seed, text)
    assert compared >= 20


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
        if after.program and same_everywhere(ready.program, after.program, Budget.of(5)):
            proved += 1
            assert outcomes(after) == before, mutant.name
    assert proved
