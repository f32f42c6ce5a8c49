"""The stages against brute force: the engine's bounds enclose what every completion comes to."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, note
from hypothesis import strategies as st
from tests.differential import cases, made_up
from tests.differential.oracle import Outcome, outcome
from tests.support.strategies import law

from khung.diagnostics.bag import Bag
from khung.ir.from_rulebook import lower_rulebook
from khung.rulebook.from_source import load_rulebook

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

    from khung.ir.program import Program
    from khung.why.result import Result

RULES = made_up.rules()
NO_SOURCE = "K0505"
"""A made-up rule cites no clause, which is only a warning."""

CASES = 8
"""Members tried under each made-up rulebook."""

tally: Counter[str] = Counter()


@pytest.fixture(scope="module", autouse=True)
def _say_how_tight() -> object:
    yield
    print(f"\nbounds of members with unknown facts: {dict(tally)}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("made")


def program_of(rules: made_up.Rules, folder: Path) -> Program:
    """Return a made-up rulebook, lowered; nothing is said of it."""
    made_up.write(rules, folder)
    return load(folder)


def load(folder: Path) -> Program:
    """Return the rulebook of a folder, which has no mistake."""
    bag = Bag()
    rulebook = load_rulebook(folder, bag)
    assert rulebook is not None, bag.diagnostics
    program = lower_rulebook(rulebook, {}, bag)
    said = [(d.code, d.span and d.span.text) for d in bag.diagnostics if d.code != NO_SOURCE]
    assert not bag.has_errors, said
    assert program is not None
    return program


def found(result: Result, lowest: int) -> Outcome:
    """Return a result in the oracle's words."""
    ends = (result.at_worst, result.at_best)
    ranks = [None if end is None else end + lowest for end in ends]
    return Outcome(result.status.value, *ranks)


@law
@given(RULES, st.randoms(use_true_random=True))
def test_complete_facts_come_out_as_by_hand(
    folder: Path, rules: made_up.Rules, rng: Random
) -> None:
    program = program_of(rules, folder)
    for _ in range(CASES):
        case = cases.gaps(rng, rules, most=0)
        for complete in cases.completions(case, rules):
            result = found(cases.ranked(program, case.facts, case), rules.lowest)
            assert result == outcome(rules, complete, case.units, case.given), case


@law
@given(RULES, st.randoms(use_true_random=True))
def test_bounds_enclose_every_completion(folder: Path, rules: made_up.Rules, rng: Random) -> None:
    program = program_of(rules, folder)
    note(f"{made_up.member(rules)}")
    for _ in range(CASES):
        case = cases.gaps(rng, rules)
        note(str(case))
        whole = cases.ranked(program, case.facts, case)
        outcomes = {
            outcome(rules, complete, case.units, case.given)
            for complete in cases.completions(case, rules)
        }
        if outcomes:
            check(found(whole, rules.lowest), outcomes, whole.scope, tally)


def check(result: Outcome, outcomes: set[Outcome], scope: str, counter: Counter[str]) -> None:
    """Check a result against all outcomes, and count how tight it is."""
    statuses = {one.status for one in outcomes}
    ranked = [one for one in outcomes if one.status != "not_ranked"]
    assert scope in (_scope(statuses), "open")
    if result.status == "not_ranked":
        assert statuses == {"not_ranked"}
        return
    assert result.least is not None
    assert result.most is not None
    for one in ranked:
        assert one.least is not None
        assert one.most is not None
        assert result.least <= one.least <= one.most <= result.most, (result, one)
    if result.status != "undetermined":
        allowed = {result.status, "not_ranked"} if result.status == "pending" else {result.status}
        assert statuses <= allowed
    _count(result, outcomes, ranked, counter)


def _scope(statuses: set[str]) -> str:
    if "not_ranked" not in statuses:
        return "in"
    return "out" if statuses == {"not_ranked"} else "open"


def _count(
    result: Outcome, outcomes: set[Outcome], ranked: list[Outcome], counter: Counter[str]
) -> None:
    counter["all"] += 1
    least = min((one.least for one in ranked if one.least is not None), default=None)
    most = max((one.most for one in ranked if one.most is not None), default=None)
    counter["tight"] += (result.least, result.most) == (least, most)
    counter["decided by all"] += len(outcomes) == 1
    counter["said to be"] += len(outcomes) == 1 and result == next(iter(outcomes))
