"""Lists that a subject states itself, and whether more may be in them than are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.support.evaluation import results_of
from tests.support.rulebook import MANIFEST, load_files

if TYPE_CHECKING:
    from pathlib import Path

    from khung.why.result import Result

SHARED = """\
scales: {rank: {values: {low: L, high: H}}}
enumerations: {colour: {values: {red: R, green: G, blue: B}}}
records: {mark: {fields: {points: {type: number, range: "0..9"}, at: {to: team, back: marks_here}}}}
"""
TEAM = """\
subject: team
facts: {name: {type: string}}
ladder:
  scale: rank
  levels:
    high: {require: {few: {that: count(marks_here) <= 1, source: X}}}
    low: {otherwise: true, source: X}
"""
PLAYER = """\
subject: player
facts:
  marks: {type: list of mark, default: []}
  counted: {type: list of mark, complete: number, default: []}
  number: {type: number, range: "0..5"}
  numbers: {type: list of number, range: "0..9", default: []}
  tags: {type: list of colour, default: []}
ladder:
  scale: rank
  levels:
    high: {require: {asked: {that: "REQUIRED", source: X}}}
    low: {otherwise: true, source: X}
"""

YES, NO, OPEN = (1, 1), (0, 0), (0, 1)
CUT = "marks: [{points: 3}, null]"
ONE_OF_TWO = "counted: [{points: 3}], number: 2"


def found(folder: Path, required: str, facts: str, complete: str = "") -> Result:
    """Return the result of one player of whom one condition is asked."""
    player = PLAYER.replace("REQUIRED", required)
    loaded = load_files(folder, rulebook=MANIFEST + SHARED, player=player, team=TEAM)
    assert loaded.rulebook is not None, loaded.found
    results = results_of(loaded.rulebook, f"{{player: {{p: {{{facts}}}}}}}", complete)
    return results.by_type["player"]["p"]


@pytest.mark.parametrize(
    ("required", "facts", "ends"),
    [
        # Whole as written, and so is the default.
        ("count(marks) = 1", "marks: [{points: 3}]", YES),
        ("count(marks) = 0", "", YES),
        # Ended by `null`: any number more.
        ("count(marks) >= 1", CUT, YES),
        ("count(marks) >= 2", CUT, OPEN),
        ("count(marks) < 99", CUT, OPEN),
        ("every m in marks satisfies m.points >= 0", CUT, YES),
        ("every m in marks satisfies m.points >= 1", CUT, OPEN),
        ("every m in marks satisfies m.points >= 4", CUT, NO),
        ("some m in marks satisfies m.points = 3", CUT, YES),
        ("some m in marks satisfies m.points = 4", CUT, OPEN),
        ("some m in marks satisfies m.points > 9", CUT, NO),
        ("(count m in marks satisfies m.points = 3) = 1", CUT, OPEN),
        ("(share m in marks satisfies m.points = 3) >= 1%", CUT, OPEN),
        ("(share m in marks satisfies m.points <= 9) = 100%", CUT, YES),
        ("(sum m in marks of m.points) >= 3", CUT, YES),
        ("(sum m in marks of m.points) <= 99", CUT, OPEN),
        ("(sum m in marks of -m.points) <= -3", CUT, YES),
        ("(sum m in marks of -m.points) >= -99", CUT, OPEN),
        ("(lowest m in marks of m.points) <= 3", CUT, YES),
        ("(lowest m in marks of m.points) = 3", CUT, OPEN),
        ("(highest m in marks of m.points) >= 3", CUT, YES),
        ("(highest m in marks of m.points) > 9", CUT, NO),
        ("(average m in marks of m.points) <= 9", CUT, YES),
        ("(average m in marks of m.points) = 3", CUT, OPEN),
        ("list contains(marks.points, 3)", CUT, YES),
        ("list contains(marks.points, 4)", CUT, OPEN),
        ("count(distinct values(marks.points)) >= 2", CUT, OPEN),
        ("count(concatenate(numbers, marks.points)) = 3", f"numbers: [1, 2], {CUT}", OPEN),
        ("count(concatenate(numbers, marks.points)) >= 3", f"numbers: [1, 2], {CUT}", YES),
        ("max(concatenate(numbers, marks.points)) <= 9", "numbers: [null], " + CUT, YES),
        # An element of which only that it is there is known, and a list that may go on.
        ("count(tags) = 2", "tags: [null, red]", YES),
        ("list contains(tags, green)", "tags: [red]", NO),
        ("list contains(tags, green)", "tags: [red, null]", OPEN),
        ("list contains(tags, red)", "tags: [red, null]", YES),
        ("sum(numbers) >= 2", "numbers: [2, null]", YES),
        ("sum(numbers) = 2", "numbers: [2, null]", OPEN),
        ("numbers = [2]", "numbers: [2, null]", OPEN),
        ("numbers[1] = 2", "numbers: [2, null]", OPEN),
        # A count, met or not.
        ("count(counted) = 1", "counted: [{points: 3}], number: 1", YES),
        ("count(counted) = 1", ONE_OF_TWO, OPEN),
        ("count(counted) <= 2", ONE_OF_TWO, YES),
        ("(sum m in counted of m.points) <= 12", ONE_OF_TWO, YES),
        ("(sum m in counted of m.points) <= 11", ONE_OF_TWO, OPEN),
        ("(share m in counted satisfies m.points = 3) >= 50%", ONE_OF_TWO, YES),
        ("count(counted) <= 5", "counted: [{points: 3}]", YES),
        ("count(counted) <= 4", "counted: [{points: 3}]", OPEN),
        ("count(counted) <= 2", "number: 2", YES),
        ("count(counted) >= 1", "number: 2", OPEN),
        ("count(counted) = 0", "number: 0", YES),
        ("count(counted) = 1", "counted: [{points: 3}, null], number: 1", YES),
        ("count(counted) <= 2", "counted: [{points: 3}, null], number: 2", YES),
        ("count(counted) = 2", "counted: [{points: 3}, {points: 1}], number: 1", YES),
    ],
)
def test_what_is_sure_of_a_list(tmp_path: Path, required: str, facts: str, ends: object) -> None:
    result = found(tmp_path, required, facts)
    assert (result.at_worst, result.at_best) == ends
    assert bool(result.missing) is (ends == OPEN)


@pytest.mark.parametrize(
    ("required", "facts", "missing"),
    [
        ("count(marks) = 1", CUT, ("player.p.marks",)),
        ("every m in marks satisfies m.points > 3", "marks: [{points: null}, null]", None),
        ("list contains(tags, green)", "tags: [null, null]", ("player.p.tags[1]", "player.p.tags")),
        ("count(counted) = 1", ONE_OF_TWO, ("player.p.counted",)),
        (
            "count(counted) = 1",
            "counted: [{points: 3}]",
            ("player.p.counted", "player.p.number"),
        ),
    ],
)
def test_a_list_that_may_go_on_is_missing(
    tmp_path: Path, required: str, facts: str, missing: tuple[str, ...] | None
) -> None:
    if missing is None:
        missing = ("player.p.marks", "player.p.marks[1].points")
    assert found(tmp_path, required, facts).missing == missing


def test_a_case_may_say_that_a_counted_list_is_whole(tmp_path: Path) -> None:
    facts = "counted: [{points: 3}]"
    result = found(tmp_path, "count(counted) = 1", facts, "[player.p.counted]")
    assert (result.at_worst, result.at_best) == YES


@pytest.mark.parametrize(
    ("players", "complete", "ends"),
    [
        ("p: {marks: [{points: 1, at: t}], number: 0}", "true", YES),
        ("p: {marks: [{points: 1, at: t}], number: 0}", "[player]", YES),
        ("p: {marks: [{points: 1, at: t}], number: 0}", "[team]", OPEN),
        ("p: {marks: [{points: 1, at: t}], number: 0}", "[team.t.marks_here]", YES),
        ("p: {marks: [{points: 1, at: t}, null], number: 0}", "true", OPEN),
        ("p: {marks: null, number: 0}", "true", OPEN),
        ("p: {marks: [{points: 1, at: t}], number: 1}", "true", OPEN),
        ("p: {marks: [{points: 1, at: t}], number: null}", "true", OPEN),
        ("p: {marks: [{points: 1, at: t}], number: 1}", "[player, player.p.counted]", YES),
    ],
)
def test_records_are_gathered_from_whole_lists_only(
    tmp_path: Path, players: str, complete: str, ends: object
) -> None:
    player = PLAYER.replace("REQUIRED", "number = 0")
    loaded = load_files(tmp_path, rulebook=MANIFEST + SHARED, player=player, team=TEAM)
    subjects = f"{{team: {{t: {{}}}}, player: {{{players}}}}}"
    result = results_of(loaded.sound, subjects, complete).by_type["team"]["t"]
    assert (result.at_worst, result.at_best) == ends
    assert bool(result.missing) is (ends == OPEN)


@pytest.mark.parametrize(
    ("required", "facts", "assumed"),
    [
        ("count(marks) = 0", "", ("player.p.marks",)),
        ("count(counted) = 0", "number: 0", ("player.p.counted",)),
        # Of one who is not listed the default says nothing.
        ("count(counted) <= 2", "number: 2", ()),
        # That there are no more rests on their number.
        ("count(counted) = 1", "counted: [{points: 3}]", ("player.p.number",)),
    ],
)
def test_on_which_default_a_list_rests(
    tmp_path: Path, required: str, facts: str, assumed: tuple[str, ...]
) -> None:
    number = 'number: {type: number, range: "0..5"'
    player = PLAYER.replace("REQUIRED", required).replace(number, f"{number}, default: 1")
    loaded = load_files(tmp_path, rulebook=MANIFEST + SHARED, player=player, team=TEAM)
    assert loaded.rulebook is not None
    results = results_of(loaded.rulebook, f"{{player: {{p: {{{facts}}}}}}}")
    assert results.by_type["player"]["p"].assumed == assumed
