"""The plan for complete records against the reference: status, level and binding rules."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st
from tests.differential.test_rulebooks import load
from tests.support.rulebook import RULEBOOKS
from tests.support.strategies import law

from khung.engine.facts import Case, Entity
from khung.engine.plan import plan_subject
from khung.engine.result import evaluate_case
from khung.engine.values import Value, known
from khung.ir import types as t
from khung.resources import data_dir

if TYPE_CHECKING:
    from khung.engine.plan import Plan
    from khung.ir.program import Criterion, Fact, ObjectType, Program

ON = date(2021, 12, 15)
SUBJECTS = [
    (data_dir("rulebooks") / "2021", "dang_vien"),
    (RULEBOOKS.parents[1] / "benchmarks" / "rulebook", ""),
]


@cache
def made(index: int) -> tuple[Program, ObjectType, Plan]:
    """Return a program, a subject type of it, and its plan."""
    folder, name = SUBJECTS[index]
    program = load(folder)
    declared = program.objects[name] if name else program.subjects[0]
    plan = plan_subject(program, declared.name, ON)
    assert plan is not None
    return program, declared, plan


def value_of(data: st.DataObject, program: Program, one: Fact | Criterion) -> Any:
    """Draw a plain value of a fact or a criterion; None for what a record leaves out."""
    match one.ty:
        case t.Boolean():
            return data.draw(st.booleans())
        case t.Scale():
            return data.draw(st.integers(0, len(program.values[one.ty.name].values) - 1))
        case t.Enumeration():
            return data.draw(st.sampled_from(program.values[one.ty.name].values))
        case t.Number():
            low, high = int(one.low or 0), int(one.high or 20)
            return Decimal(data.draw(st.integers(low, min(high, low + 20))))
        case t.Date():
            return ON - timedelta(days=data.draw(st.integers(0, 800)))
        case _:
            return None


@pytest.mark.parametrize("index", range(len(SUBJECTS)))
@settings(law)
@given(st.data())
def test_a_plan_finds_what_the_reference_finds(index: int, data: st.DataObject) -> None:
    program, declared, plan = made(index)
    inputs: dict[str, Fact | Criterion] = {
        **declared.facts,
        **{f"criteria.{name}": c for name, c in declared.criteria.items()},
    }
    drawn = {name: value_of(data, program, one) for name, one in inputs.items()}
    record = {name: value for name, value in drawn.items() if value is not None}
    note(str(record))
    found = plan(record)
    if found is None:
        return
    facts: dict[str, Value] = {name: known(value) for name, value in record.items()}
    entity = Entity(declared, "a", facts)
    case = Case(program, ON, {declared.name: {"a": entity}})
    result = evaluate_case(program, case).by_type[declared.name]["a"]
    assert found.status == result.status.value
    assert found.level == result.level
    assert [r.id for r in found.reasons] == [r.rule.id for r in result.reasons]


@pytest.mark.parametrize("index", range(len(SUBJECTS)))
def test_most_records_are_answered(index: int) -> None:
    """A plan that always gave up would agree with anything."""
    program, declared, plan = made(index)
    best: dict[str, Any] = {}
    for name, one in {**declared.facts, **declared.criteria}.items():
        key = f"criteria.{name}" if name in declared.criteria else name
        if isinstance(one.ty, t.Scale):
            best[key] = len(program.values[one.ty.name].values) - 1
        elif isinstance(one.ty, t.Boolean) and getattr(one, "default", None) is None:
            best[key] = False
        elif isinstance(one.ty, t.Number) and getattr(one, "default", None) is None:
            best[key] = Decimal(int(one.high or 1))
        elif isinstance(one.ty, t.Date) and getattr(one, "default", None) is None:
            best[key] = date(2010, 5, 19)
    assert plan(best) is not None
