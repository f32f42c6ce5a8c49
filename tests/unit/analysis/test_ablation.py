"""By which changes a case comes out differently: proved by running it without them."""

from tests.support.pair import Pair, edited

from khung.analysis.diff.changes import Class
from khung.analysis.diff.comparison import Group
from khung.rulebook.model import Label

GOOD = "lecturer.ladder.levels.good.require.score"
SCORE = "lecturer.definitions.score"
NEVER = "never: {that: hours < 0, source: 3/2}\n        "


def compared(folder, *edits, **how):
    return Pair(edited(folder, *edits)).compared(**how)


def causes(found):
    return {one.id: set(one.causes) for case in found.differing for one in case.differences}


def classes(found):
    return {judged.change.path: judged.klass for judged in found.changes}


def test_each_subject_has_its_own_cause(tmp_path):
    found = compared(
        tmp_path,
        ("lecturer", "score >= 75", "score >= 76"),
        (
            "lecturer",
            '  absent: {when: count(long_absences) > 0, at_most: fair, source: "4.1"}\n',
            "",
        ),
    )
    told = causes(found)
    assert told["of_75"] == {GOOD}
    assert told["long"] == {"lecturer.caps.absent"}


def test_what_is_read_by_a_rule_and_changes_nothing_is_no_cause(tmp_path):
    found = compared(
        tmp_path,
        ("lecturer", "score >= 75", "score >= 76"),
        ("lecturer", "sum c in all_criteria of c", "(sum c in all_criteria of c) + 0"),
    )
    assert causes(found)["of_75"] == {GOOD}
    assert classes(found) == {GOOD: Class.CHANGES_OUTCOMES, SCORE: Class.UNKNOWN}


def test_a_change_counts_though_no_rule_behind_the_outcome_reads_it(tmp_path):
    # no level asks for what the others ask: who is no longer excellent falls to fair, because of
    # what good has asked all along
    before = edited(
        tmp_path / "a",
        ("lecturer", "cumulative: true", "cumulative: false"),
        ("lecturer", "score: {that: score >= 75", f"{NEVER}score: {{that: score >= 75"),
    )
    text = (before / "lecturer.yaml").read_text("utf-8")
    after = edited(tmp_path / "b")
    more = text.replace("score: {that: score >= 90", f"{NEVER}score: {{that: score >= 90")
    (after / "lecturer.yaml").write_text(more, "utf-8")
    found = Pair(after).compared(before=before)
    path = "lecturer.ladder.levels.excellent.require.never"
    assert causes(found)["of_90"] == {path}
    assert classes(found) == {path: Class.CHANGES_OUTCOMES}


def test_two_changes_either_of_which_is_enough_are_both_causes(tmp_path):
    # he is the only one with 310 hours
    caps = (
        "caps:\n  busy: {when: hours > 305, at_most: fair, source: 5.1/1}\n"
        "  busier: {when: hours > 306, at_most: fair, source: 5.1/1}\n"
    )
    found = compared(tmp_path, ("lecturer", "caps:\n", caps))
    assert causes(found)["seven_busy"] == {"lecturer.caps.busy", "lecturer.caps.busier"}
    assert set(classes(found).values()) == {Class.CHANGES_OUTCOMES}


def test_what_is_new_and_what_reads_it_are_one_change(tmp_path):
    found = compared(
        tmp_path,
        ("rulebook", "parameters:\n", "parameters:\n  good_score: {value: 76, source: 3/2}\n"),
        ("lecturer", "score >= 75", "score >= parameters.good_score"),
    )
    (unit,) = found.units
    assert {change.path for change in unit.changes} == {"parameters.good_score", GOOD}
    assert causes(found)["of_75"] == {unit.id}
    assert set(classes(found).values()) == {Class.CHANGES_OUTCOMES}


def test_a_group_is_one_change(tmp_path):
    group = Group(Label("Điểm"), ("lecturer.ladder", "lecturer.ladder.knockouts"))
    found = compared(
        tmp_path,
        ("lecturer", "score >= 75", "score >= 76"),
        ("lecturer", "hours = 0, to: weak", "hours = 1, to: weak"),
        groups={"points": group},
    )
    assert causes(found)["of_75"] == {"points"}


def test_of_a_group_only_what_matters_changes_outcomes(tmp_path):
    # the new parameter matters through the requirement that reads it
    found = compared(
        tmp_path,
        ("rulebook", "parameters:\n", "parameters:\n  good_score: {value: 76, source: 3/2}\n"),
        ("lecturer", "score >= 75", "score >= parameters.good_score"),
        ("lecturer", "sum c in all_criteria of c", "(sum c in all_criteria of c) + 0"),
        groups={"points": Group(Label("Điểm"), ("parameters", "lecturer"))},
    )
    assert causes(found)["of_75"] == {"points"}
    assert classes(found) == {
        "parameters.good_score": Class.CHANGES_OUTCOMES,
        GOOD: Class.CHANGES_OUTCOMES,
        SCORE: Class.UNKNOWN,
    }


def test_each_facet_of_a_result_has_its_own_cause(tmp_path):
    more = "  half: {is: hours / 2, output: true}\n  score: {is: sum c"
    before = edited(tmp_path / "a", ("lecturer", "  score: {is: sum c", more))
    after = edited(
        tmp_path / "b",
        ("lecturer", "  score: {is: sum c", more.replace("/ 2", "/ 4")),
        ("lecturer", "score >= 75", "score >= 76"),
    )
    found = Pair(after).compared(before=before)
    assert causes(found)["of_75"] == {GOOD, "lecturer.definitions.half"}
    assert causes(found)["seven_busy"] == {"lecturer.definitions.half"}


def test_of_two_readings_the_reading_is_the_cause(tmp_path):
    cap = "caps:\n  late: {when: readings.part_year = left_out, at_most: weak, source: 5.1/1}\n"
    rulebook = edited(tmp_path, ("lecturer", "caps:\n", cap))
    found = Pair(rulebook).compared(readings={"part_year": "left_out"}, before=rulebook)
    assert causes(found)["of_75"] == {"readings.part_year"}
    assert classes(found) == {"readings.part_year": Class.CHANGES_OUTCOMES}


def test_fields_of_one_name_in_unrelated_records_are_told_apart(tmp_path):
    visit = "  visit: {label: Lượt khách, held_by: [department], fields: {paid: {type: boolean}}}\n"
    unpaid = "count(long_absences) > 0 and (some a in absences satisfies not(a.paid))"
    found = compared(
        tmp_path,
        ("rulebook", "records:\n", f"records:\n{visit}"),
        (
            "rulebook",
            "      number: {type: string",
            "      paid: {type: boolean}\n      number: {type: string",
        ),
        ("lecturer", "count(long_absences) > 0", unpaid),
        (
            "department",
            'range: "0.."}\n',
            'range: "0.."}\n  visits: {type: list of visit, default: []}\n',
        ),
        (
            "department",
            "definitions:\n",
            "definitions:\n  free: {is: some v in visits satisfies v.paid, source: 6/1}\n",
        ),
        cases=None,
    )
    assert {frozenset(change.path for change in unit.changes) for unit in found.units} == {
        frozenset({"records.absence.fields.paid", "lecturer.caps.absent"}),
        frozenset({"records.visit", "department.facts.visits", "department.definitions.free"}),
    }
