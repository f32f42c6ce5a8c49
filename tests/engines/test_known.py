"""What is missing is the same whether an evaluation begins with what is known, or with nothing."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from tests.engines.cases import CasePlain, random_case
from tests.engines.reference import WrongCaseError, built, evaluated
from tests.engines.rulebooks import program_for, rulebook

from khung.engine.rings import CircularRulesError
from khung.engine.stages import Status
from khung.population import statuses
from khung.population.known import ASKED, sure
from khung.why.result import evaluate_some

if TYPE_CHECKING:
    from khung.engine.stages import Known
    from khung.ir.program import Program
    from khung.why.result import Result, Results

NUMBERS = {status: getattr(statuses, status.name) for status in Status}


def known_of(results: Results) -> Known:
    """Return what the compiled rules would hand over, found by the reference."""
    found: Known = {}
    for subject, by_id in results.by_type.items():
        by_name = found.setdefault(subject, {})
        for one, result in by_id.items():
            values = [_one(result, name) for name in ASKED]
            for name, value in sure(NUMBERS[result.status], values):
                by_name.setdefault(name, {})[one] = value
    return found


def _one(result: Result, name: str) -> Any:
    by = result.explanation.run.evaluator
    low, high = by.ends(by.row(result.entity), name)
    return low if low == high else None


def open_of(results: Results) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return what is missing of those whose level is open."""
    return {
        subject: {one: r.missing for one, r in by_id.items() if r.status is Status.UNDETERMINED}
        for subject, by_id in results.by_type.items()
    }


def differing(program: Program, case: CasePlain) -> tuple[int, list[Any]]:
    """Return of how many something is missing, and of whom that differs."""
    try:
        whole = evaluated(program, case)
    except (WrongCaseError, CircularRulesError):
        return 0, []
    if whole.run.opaque:  # compiled rules are not asked where work runs in a ring
        return 0, []
    asked = open_of(whole)
    wanted = {subject: {"missing": list(of)} for subject, of in asked.items()}
    some = evaluate_some(program, built(program, case), (), wanted, known_of(whole))
    found = [
        (one, missing, some.by_type[subject][one].missing)
        for subject, of in asked.items()
        for one, missing in of.items()
        if some.by_type[subject][one].missing != missing
    ]
    return sum(map(len, asked.values())), found


def tried(seed: int) -> tuple[int, list[Any]]:
    """Return the same of all cases of a rulebook."""
    rng = Random(seed)  # noqa: S311  # a law, no secret
    program = program_for(rulebook(rng, frozenset()))
    assert program is not None
    found = [differing(program, random_case(rng, program)) for _ in range(40)]
    return sum(number for number, _ in found), [one for _, some in found for one in some]


def test_what_is_missing_hangs_on_nothing_known_before() -> None:
    found = [tried(seed) for seed in (1002, 1030, 1031)]
    assert sum(number for number, _ in found) > 50
    assert [one for _, some in found for one in some] == []
