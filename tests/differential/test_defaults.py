"""What a result does not name as assumed does not decide: another value leaves it as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.laws.forgetting import case_files

from khung.driver import Shelf, evaluate_file
from khung.engine.stages import Status
from khung.engine.values import known
from khung.ir import types as t
from khung.resources import data_dir
from khung.why.result import evaluate_case

if TYPE_CHECKING:
    from khung.engine.facts import Entity
    from khung.engine.values import Value
    from khung.why.result import Result, Results

FILES = case_files()[1::9]
"""A case in so many.

Of all cases one result moves by a default that it does not name: `khong_ai_vang` of 2021
`dang_vien-168`. Whether a member is exempt or suspended counts in the base of the cell's vote, so
the subject's own `mien_cong_tac` and `dinh_chi_sinh_hoat` come back to it by way of its cell, and
of what is read by way of another subject no default is named.
"""

OWN_RULEBOOKS = data_dir("rulebooks").parent / "tests" / "rulebooks"


def outcome(result: Result) -> tuple[object, ...]:
    """Return what a result rests on: while a step is missing that is why, not the level so far."""
    if result.status is Status.PENDING:
        return (result.status,)
    said = result.decision and (result.decision.kind, result.decision.options)
    return (result.status, result.level, result.at_best, result.at_worst, said)


def turned(results: Results, result: Result, *, named: bool) -> dict[str, Value]:
    """Return the other value of each truth that the subject left to its default."""
    entity, found = result.entity, {}
    for fact in entity.type.facts.values():
        path = f"{entity.path}.{fact.name}"
        left = fact.default is not None and fact.name not in entity.facts
        if left and isinstance(fact.ty, t.Boolean) and (path in result.assumed) is named:
            value = results.run.evaluator.member(entity, fact.name, fact.ty)
            if value is not None and value[0].known:
                found[fact.name] = known(not value[0].least)
    return found


def outcome_with(results: Results, entity: Entity, facts: dict[str, Value]) -> tuple[object, ...]:
    """Return the outcome of a subject that states some facts besides."""
    stated = entity.facts
    entity.facts = {**stated, **facts}
    try:
        again = evaluate_case(results.program, results.case)
        return outcome(again.by_type[entity.type.name][entity.id])
    finally:
        entity.facts = stated


def test_a_default_that_is_not_named_does_not_decide() -> None:
    shelf, tried, moved, faults = Shelf(), 0, 0, []
    for path in FILES:
        own = OWN_RULEBOOKS if path.is_relative_to(OWN_RULEBOOKS.parent) else None
        results = evaluate_file(path, shelf, {}, own).results
        by_type = results.by_type if results else {}
        for result in [one for of in by_type.values() for one in of.values()]:
            before, left = outcome(result), turned(results, result, named=False)
            if left:
                tried += 1
                if outcome_with(results, result.entity, left) != before:
                    faults.append(f"{path.stem}: {result.entity.path}")
            for name, value in turned(results, result, named=True).items():
                moved += outcome_with(results, result.entity, {name: value}) != before
    assert not faults
    assert tried >= 50, "the cases leave nothing to a default that does not matter"
    assert moved >= 20, "no default that is named matters"
