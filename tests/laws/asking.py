"""Questions about a case, answered in its text: what each answer is said to decide is what it does.

Every telling answer is written into the case as `khung ask` would, and the case is run again.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from khung.analysis.ask.effects import Outcome, outcome_of
from khung.analysis.ask.questions import open_questions, open_results
from khung.analysis.ask.values import asks_whole
from khung.casefile.checks import check_evaluated
from khung.casefile.from_source import parse_case
from khung.casefile.plain import plain
from khung.casefile.stating import place_of, with_stated, with_whole
from khung.casefile.to_facts import build_case
from khung.diagnostics.bag import Bag
from khung.engine.facts import Entity, Stated
from khung.engine.rings import CircularRulesError
from khung.engine.values import TRUE, Elements, known
from khung.ir import types as t
from khung.source.files import decode
from khung.source.from_text import parse_yaml
from khung.source.writing import flow
from khung.why.result import evaluate_case

if TYPE_CHECKING:
    from khung.analysis.ask.effects import Asked
    from khung.analysis.ask.questions import Question
    from khung.analysis.ask.values import Answer
    from khung.casefile.model import CaseFile
    from khung.ir.program import Program
    from khung.why.result import Result, Results


@dataclass
class Tally:
    """What was tried, and what is not as it should be."""

    questions: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    faults: list[str] = field(default_factory=list)


def run(program: Program, text: str) -> tuple[CaseFile, Results] | None:
    """Return a case that is run, as read; None where khung refuses it."""
    bag = Bag()
    case_file = parse_case(text.encode(), "case.yaml", bag)
    case = None if case_file is None else build_case(case_file, program, bag)
    if case_file is None or case is None or bag.has_errors:
        return None
    try:
        found = evaluate_case(program, case)
    except CircularRulesError:
        return None
    check_evaluated(case_file, found.run, bag)
    return None if bag.has_errors else (case_file, found)


def try_out(program: Program, text: str, tally: Tally, most: int = 6) -> None:
    """Answer the first questions about each subject of a case that is open."""
    found = run(program, text)
    if found is None:
        return
    case_file, results = found
    for result in [*open_results(results)][:most]:
        opened = open_questions(results, case_file, result, assumed=True)
        for one in opened.questions[:most]:
            _try_question(program, text, case_file, result, one, tally)


def _try_question(
    program: Program, text: str, case_file: CaseFile, result: Result, one: Question, tally: Tally
) -> None:
    tally.questions["alone" if one.alone else "together"] += 1
    seen = set[Outcome]()
    for tried in one.tried:
        answers = {**dict(one.beside), one.asked: tried.value}
        found = _answered(program, text, case_file, answers)
        if found is None:
            tally.refused += 1
            continue
        own = found.by_type[result.entity.type.name][result.entity.id]
        seen.add(outcome_of(own))
        if outcome_of(own) != tried.outcome:
            said = f"{tried.outcome}, but is {outcome_of(own)}"
            tally.faults.append(f"{one.asked.path}: {tried.value} is said to give {said}")
    if len(seen) < 2 and not one.assumed:
        tally.faults.append(f"{one.asked.path} decides nothing: {seen}")


def _answered(
    program: Program, text: str, case_file: CaseFile, answers: dict[Asked, Answer]
) -> Results | None:
    for asked, value in answers.items():
        place, file = place_of(case_file, *asked), decode(text.encode(), "case.yaml", Bag())
        root = parse_yaml(file, Bag()) if file is not None else None
        assert place is not None
        assert root is not None
        if asks_whole(*asked):
            text = with_whole(root, asked.path) if value == TRUE else text
            continue
        text = with_stated(root, place, as_said(asked, value, program))
    found = run(program, text)
    return None if found is None else found[1]


def as_said(asked: Asked, value: Answer, program: Program) -> str:
    """Return an answer as it stands in a case."""
    ty: Any = asked.entity.type.facts.get(asked.name)
    ty = (ty or asked.entity.type.links.get(asked.name) or _graded(asked)).ty
    if isinstance(value, Stated):
        return flow(value.value)
    if isinstance(value.least, Elements):
        return flow([_element(item.value.least, ty.element, program) for item in value.least.items])
    if isinstance(value.least, Entity):
        return flow(value.least.id)
    found = value.least if isinstance(ty, t.Date) else plain(value, ty, program.values)
    return flow(found)


def _element(found: Any, ty: t.Type, program: Program) -> Any:
    if isinstance(found, Entity) and found.type.is_record:
        return {name: stated.least for name, stated in found.facts.items()}
    return found.id if isinstance(found, Entity) else plain(known(found), ty, program.values)


def _graded(asked: Asked) -> Any:
    return asked.entity.type.criteria[asked.name.removeprefix("criteria.")]
