"""Random cases of a question to the solver, and what the reference makes of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import z3

from khung.analysis.proof.text import case_text
from khung.driver import evaluate_text
from khung.engine.stages import Status
from khung.rulebook.model.rules import Stage
from khung.smt.decode import ROOT, shown
from khung.smt.model import NotSayableError
from khung.smt.space import ANY
from khung.smt.terms import as_z3, limit

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

    from khung.driver import Shelf
    from khung.smt.question import Question

_NUMBERS = [0, 1, 2, 3, 5, 10, 40]


def random_model(question: Question, random: Random, tries: int = 25) -> Any:
    """Return a model in which some variables have random values, most of them in the ranking."""
    fixed: list[Any] = []

    def fix(term: Any) -> None:
        limit(question.solver, 0.5)
        if question.solver.check(*fixed, term) == z3.sat:
            fixed.append(term)

    outcome = question.outcomes[0]
    for term in (outcome.out, outcome.pending):
        if random.random() < 0.8:
            fix(z3.Not(as_z3(term)))
    free = [var.term for var in question.space.facts.values() if ANY not in var.holder.path]
    for _ in range(tries):
        term = random.choice(free)
        fix(term == (random.random() < 0.5 if z3.is_bool(term) else random.choice(_NUMBERS)))
    for source in question.lists.found.values():
        for kind in source.kinds if ANY not in source.path else ():
            fix(kind.number == (0 if "=" in source.path else random.choice([0, 0, 0, 1, 2])))
    return question.solver.model() if question.solver.check(*fixed) == z3.sat else None


def said_by_solver(question: Question, model: Any) -> tuple[Any, ...]:
    """Return the status, or both ends of the level before quotas."""
    outcome = question.outcomes[0]

    def value(term: Any) -> Any:
        return model.eval(as_z3(term), model_completion=True)

    if z3.is_true(value(outcome.out)):
        return ("not_ranked",)
    if z3.is_true(value(outcome.pending)):
        return ("pending",)
    return value(outcome.before.lo).as_long(), value(outcome.before.hi).as_long()


def said_by_reference(text: str, subject: str, shelf: Shelf, rulebooks: Path) -> tuple[Any, ...]:
    """Return the same as the reference has it."""
    found = evaluate_text(text.encode(), "case.yaml", shelf, {}, rulebooks)
    assert found.results is not None, (text, found.diagnostics)
    result = found.results.by_type[subject][ROOT]
    run = found.results.run
    status = run.status(result.entity)
    if status in (Status.NOT_RANKED, Status.PENDING):
        return (status.value,)
    level = run.level(result.entity, Stage.DEFER)
    return level.least, level.most


def case_of(question: Question, model: Any) -> str | None:
    """Return a model as a case file; None of one that no file can say."""
    try:
        case = shown(question, model)
    except NotSayableError:
        return None
    return case_text(question.sides[0].program.rulebook, case.on, case.subjects)
