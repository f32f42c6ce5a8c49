"""khung itself, two ways: with all that it explains, and status and level only."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.contenders.contender import Contender
from benchmarks.records import CRITERIA, GRADES, ON, Outcome
from khung.driver import Shelf
from khung.engine.facts import Case, Entity
from khung.engine.stages import Run
from khung.engine.values import known
from khung.why.result import evaluate_case

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.records import Record
    from khung.ir.nodes import Rule
    from khung.ir.program import Program
    from khung.why.result import Reason

RULEBOOK = Path(__file__).parents[1] / "rulebook"
SUBJECT = "supplier"


def contenders(records: Sequence[Record]) -> list[Contender]:
    program = load_program()
    cases = [case_of(program, facts_of(record)) for record in records]
    return [
        Contender("khung, with reasons", cases, _explain(program), _of_reasons),
        Contender("khung, level only", cases, _level_only(program), _of_level),
    ]


def load_program() -> Program:
    ready = Shelf().ready(RULEBOOK, {})
    assert ready.program is not None, ready.diagnostics
    return ready.program


def rule_ids() -> set[str]:
    """Return the ids of all rules, without the subject."""
    declared = load_program().objects[SUBJECT]
    assert declared.ladder is not None
    found = [rule.head for rule in (*declared.not_ranked, *declared.pending)]
    for level in declared.ladder.levels:
        found += [requirement.head for requirement in level.require]
        found += [level.head] * level.otherwise
    found += [each.head for each in (*declared.ladder.knockouts, *declared.caps)]
    return set(_ids(tuple(found)))


def facts_of(record: Record) -> dict[str, Any]:
    """Return a record as the engine reads it: exact numbers, criteria as `criteria.ITEM`."""
    return {
        f"criteria.{name}" if name in CRITERIA else name: _number(name, value)
        for name, value in record.plain().items()
    }


def _number(name: str, value: Any) -> Any:
    is_count = name in {"orders", "orders_on_time", "complaints", "incidents"}
    return Decimal(value) if is_count else value


def case_of(program: Program, facts: dict[str, Any]) -> Case:
    """Return a case that holds one record."""
    stated = {name: known(value) for name, value in facts.items()}
    entity = Entity(program.objects[SUBJECT], "one", stated)
    return Case(program, ON, {SUBJECT: {"one": entity}})


def _explain(program: Program) -> Any:
    """Return what finds the level and asks for the reasons: they are worked out on demand."""

    def explained(case: Case) -> tuple[str, int | None, tuple[Reason, ...]]:
        result = evaluate_case(program, case).by_type[SUBJECT]["one"]
        return result.status.value, result.level, result.reasons

    return explained


def _level_only(program: Program) -> Any:
    def level(case: Case) -> tuple[str, int | None]:
        run, entity = Run(program, case), case.entities[SUBJECT]["one"]
        status = run.status(entity).value
        return status, run.step(entity, "quota").level.least if status == "ranked" else None

    return level


def _of_reasons(answer: tuple[str, int | None, tuple[Reason, ...]]) -> list[Outcome]:
    status, level, reasons = answer
    return [Outcome(_named(status, level), _ids(tuple(reason.rule for reason in reasons)))]


def _of_level(answer: tuple[str, int | None]) -> list[Outcome]:
    return [Outcome(_named(*answer), None)]


def _named(status: str, level: int | None) -> str:
    return status if level is None else GRADES[level]


def _ids(rules: tuple[Rule, ...]) -> tuple[str, ...]:
    return tuple(sorted(rule.id.removeprefix(f"{SUBJECT}.") for rule in rules))
