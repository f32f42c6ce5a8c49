"""Cases that make every condition matter, found by the solver and held to the rules themselves."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from tests.support.pair import edited
from tests.support.rulebook import RULEBOOKS

from khung.analysis.cover.run import Covered, Lacking, Made, cover
from khung.analysis.cover.search import Why
from khung.analysis.proof.solver import Budget
from khung.driver import Shelf, evaluate_file, evaluate_text
from khung.report.cover import case_text

if TYPE_CHECKING:
    from pathlib import Path

    from khung.analysis.cover.run import Step
    from khung.driver import Ready

CLIMBERS = RULEBOOKS / "climbers"


def covered(folder: Path, cases: Path | None = None) -> tuple[list[Step], Ready]:
    shelf = Shelf()
    ready = shelf.ready(folder, {})
    files = sorted(cases.rglob("*.yaml")) if cases else []
    runs = (evaluate_file(path, shelf, {}, folder.parent) for path in files)
    return [*cover(ready, {}, runs, Budget.of(600, 60))], ready


def shown(steps: list[Step]) -> dict[str, Made]:
    return {target.name: step for step in steps if isinstance(step, Made) for target in step.shows}


@pytest.fixture(scope="module")
def climbers() -> tuple[list[Step], Ready]:
    return covered(CLIMBERS)


def test_each_condition_is_shown_both_ways(climbers):
    steps, _ = climbers
    assert not [step for step in steps if not isinstance(step, Made)]
    names = set(shown(steps))
    assert {name.rpartition(".")[0] for name in names} >= {
        "climber.knockouts.accident.1",
        "climber.caps.novice.1",
        "climber.levels.gold.1",
        "guide.levels.silver.1",
    }
    assert len(names) == 2 * len({name.rpartition(".")[0] for name in names})


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("climber.knockouts.accident.1", "when: accident", "when: not(accident)"),
        ("climber.caps.novice.1", "when: novice", "when: not(novice)"),
    ],
)
@pytest.mark.parametrize("way", ["true", "false"])
def test_the_outcome_is_another_if_the_rule_alone_says_the_opposite(
    climbers, tmp_path, name, old, new, way
):
    steps, _ = climbers
    text = shown(steps)[f"{name}.{way}"].case.text
    other = edited(tmp_path, ("climber", old, new), of=CLIMBERS)
    found = [
        evaluate_text(text.encode(), "case.yaml", Shelf(), {}, folder.parent).results
        for folder in (CLIMBERS, other)
    ]
    levels = [one.by_type["climber"]["x"].level for one in found if one is not None]
    assert len(levels) == 2
    assert levels[0] != levels[1]


def test_numbers_are_at_the_edge_and_one_step_beyond(climbers):
    steps, _ = climbers
    made = shown(steps)
    # silver is for 6 to 10 faults, gold for 5 and fewer
    for name, faults in [
        ("guide.levels.silver.1.true", "10"),
        ("guide.levels.silver.1.false", "11"),
        ("guide.levels.gold.1.true", "5"),
        ("guide.levels.gold.1.false", "6"),
    ]:
        said = re.search(r"faults: (\d+)", made[name].case.text)
        assert said is not None, name
        assert said[1] == faults, name


def test_a_case_that_is_there_is_not_looked_for_again(climbers, tmp_path):
    steps, ready = climbers
    for number, step in enumerate(steps):
        assert isinstance(step, Made)
        text = case_text(step, ready)
        (tmp_path / f"{number}.yaml").write_text(text, "utf-8")
    again, _ = covered(CLIMBERS, tmp_path)
    assert {type(step) for step in again} == {Covered}
    assert len(again) == len(shown(steps))


def test_a_condition_behind_another_is_proved_never_to_matter(tmp_path):
    edit = ("climber", "when: novice, at_most", "when: novice and accident, at_most")
    steps, _ = covered(edited(tmp_path, edit, of=CLIMBERS))
    never = {step.target.name for step in steps if isinstance(step, Lacking)}
    assert {step.why for step in steps if isinstance(step, Lacking)} == {Why.NEVER}
    # whoever had an accident has nothing that a cap could lower
    assert never == {
        f"climber.caps.novice.{place}.{way}" for place in (1, 2) for way in ("true", "false")
    } - {"climber.caps.novice.2.false"}


def test_with_no_time_left_nothing_is_found():
    shelf = Shelf()
    steps = [*cover(shelf.ready(CLIMBERS, {}), {}, (), Budget.of(0))]
    assert {step.why for step in steps if isinstance(step, Lacking)} == {Why.TIME}
    assert not shown(steps)
