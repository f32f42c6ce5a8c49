"""Deferrals of which some are open: what may still be decided is never said to be settled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.differential import cases
from tests.differential.conditions import Condition
from tests.differential.made_up import Deferral, Limit, Requirement, Rules
from tests.differential.oracle import Unit
from tests.differential.test_stages import program_of

if TYPE_CHECKING:
    from pathlib import Path

    from khung.why.result import Result

MAYBE, SURE = Condition("fact", ("b1",)), Condition("fact", ("b0",))
GOOD = {rank: (Requirement(None, SURE),) for rank in (3, 2, 1)}


def ranked(deferrals: tuple[Deferral, ...], folder: Path, *caps: Limit, **facts: Any) -> Result:
    """Return the result of a member who meets every level, with `b1` unknown."""
    rules = Rules(0, False, GOOD, (), caps, (), (), (), deferrals)
    complete = {name: values[-1] for name, values in cases.domains(rules).items()}
    case = cases.Gaps({**complete, "b1": None, **facts}, {"u": Unit(True, False)})
    case.units["v"] = case.units["u"]
    return cases.ranked(program_of(rules, folder), case.facts, case)


def test_an_open_deferral_before_a_sure_one_counts(tmp_path: Path) -> None:
    first, second = Deferral(MAYBE, (2, 0), False), Deferral(SURE, (3,), False)
    result = ranked((first, second), tmp_path)
    assert (result.status.value, result.at_worst, result.at_best) == ("undetermined", 0, 3)


def test_an_open_deferral_that_may_leave_the_subject_out(tmp_path: Path) -> None:
    result = ranked((Deferral(MAYBE, (3,), True),), tmp_path)
    assert result.status.value == "undetermined"


def test_an_open_deferral_that_gives_the_same_level(tmp_path: Path) -> None:
    result = ranked((Deferral(MAYBE, (3,), False),), tmp_path)
    assert (result.status.value, result.level) == ("ranked", 3)


def test_a_choice_above_the_ceiling_is_the_ceiling(tmp_path: Path) -> None:
    result = ranked((Deferral(SURE, (3, 0), False),), tmp_path, b0=True)
    assert (result.status.value, result.at_worst, result.at_best) == ("needs_decision", 0, 3)


def test_a_cap_set_last_leaves_the_choice_not_to_rank(tmp_path: Path) -> None:
    capped = ranked((Deferral(SURE, (3, 2), True),), tmp_path, Limit(None, 1, True), b0=True)
    assert capped.decision is not None
    assert (capped.status.value, capped.decision.options) == ("needs_decision", (1,))


def test_a_cap_set_last_that_leaves_one_level_settles_the_choice(tmp_path: Path) -> None:
    capped = ranked((Deferral(SURE, (3, 2), False),), tmp_path, Limit(None, 1, True), b0=True)
    assert (capped.status.value, capped.level) == ("ranked", 1)
