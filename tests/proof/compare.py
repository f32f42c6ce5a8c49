"""The solver and the reference on complete cases of random rulebooks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any

from tests.engines.rulebooks import program_of, random_rulebook
from tests.support.models import case_of, random_model, said_by_solver

from khung.casefile.from_source import parse_case
from khung.casefile.tables.case import case_from
from khung.diagnostics.bag import Bag
from khung.engine.stages import Status
from khung.ir import types as t
from khung.rulebook.model.rules import Stage
from khung.smt import ROOT, days
from khung.smt.question import question
from khung.smt.space import ANY
from khung.why.result import evaluate_case

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.ir.program import Program
    from khung.smt.question import Question


@dataclass(frozen=True)
class Mismatch:
    """A case of which the two do not say the same."""

    seed: int
    subject: str
    text: str
    solver: tuple[Any, ...]
    reference: tuple[Any, ...]


@dataclass
class Tally:
    """How many cases were compared, what was passed over and why, and what differs."""

    compared: int = 0
    passed: Counter[str] = field(default_factory=Counter)
    found: list[Mismatch] = field(default_factory=list)


def compare(seed: int, tally: Tally, cases: int = 3) -> None:
    """Compare the two on cases of the rulebook of a seed."""
    program, _ = program_of(random_rulebook(seed))
    if program is None:
        tally.passed["no rulebook"] += 1
        return
    for subject, asked in questions(program, tally):
        random = Random(seed)  # noqa: S311  # cases, not secrets
        for _ in range(cases):
            _compare(seed, subject, asked, program, random, tally)


def questions(program: Program, tally: Tally) -> Iterator[tuple[str, Question]]:
    """Yield the subjects of which all has a form, each with its question."""
    for declared in program.subjects:
        if declared.ladder is None:
            continue
        asked = question(declared.name, (program,), follows=True)
        asked.finish()
        dates = (v for v in asked.space.facts.values() if isinstance(v.ty, t.Date))
        asked.solver.add(*(days.is_day(v.term) for v in dates if ANY not in v.holder.path))
        if asked.left_out:
            tally.passed["something is left out"] += 1
        elif is_its_own_neighbour(asked):
            tally.passed["no case can say it"] += 1
        else:
            yield declared.name, asked


def _compare(
    seed: int, subject: str, asked: Question, program: Program, random: Random, tally: Tally
) -> None:
    model = random_model(asked, random, 12)
    text = case_of(asked, model) if model is not None else None
    expected = said(program, text, subject) if text is not None else None
    if text is None or expected is None:
        tally.passed["no case"] += 1
        return
    tally.compared += 1
    found = said_by_solver(asked, model)
    if found != expected:
        tally.found.append(Mismatch(seed, subject, text, found, expected))


def said(program: Program, text: str, subject: str) -> tuple[Any, ...] | None:
    """Return what the reference says of the subject asked; None of a case that it does not take."""
    bag = Bag()
    read = parse_case(text.encode(), "case.yaml", bag)
    case = case_from(read, program, bag) if read is not None else None
    if case is None or bag.has_errors:
        return None
    results = evaluate_case(program, case)
    result = results.by_type[subject][ROOT]
    if result.missing:  # what no rule can hang on is not asked of a case
        return None
    entity = result.entity
    status = results.run.status(entity)
    if status in (Status.NOT_RANKED, Status.PENDING):
        return (status.value,)
    level = results.run.level(entity, Stage.DEFER)
    return level.least, level.most


def is_its_own_neighbour(asked: Question) -> bool:
    """Whether a list of another subject may hold the one asked, which no model can say."""
    sources = asked.lists.found.values()
    return any(s.back and s.holder.before is asked.space.root for s in sources)
