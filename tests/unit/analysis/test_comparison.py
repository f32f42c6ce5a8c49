"""What changed between two rulebooks, what each change does, and who comes out differently."""

import pytest
from tests.support.pair import BEFORE, CASES, Pair, edited
from tests.support.rulebook import MANIFEST, load_files

from khung.analysis.diff.changes import Class, compare_rulebooks
from khung.analysis.diff.comparison import CITATION, YEARLY, Group
from khung.analysis.diff.entries import every, items
from khung.diagnostics.bag import Bag
from khung.report.diff.subjects import Teller
from khung.report.diff.text import outcome
from khung.rulebook.from_source import load_rulebook
from khung.rulebook.model import Label

SUPPLIERS = BEFORE.parent / "suppliers"
GOOD = "lecturer.ladder.levels.good.require.score"
OUTCOME, SAME, CITED, UNKNOWN = (
    Class.CHANGES_OUTCOMES,
    Class.DOES_NOT,
    Class.CITATION,
    Class.UNKNOWN,
)


def compared(folder, *edits, **how):
    return Pair(edited(folder, *edits)).compared(**how)


def told(found):
    return [(judged.change.path, judged.klass) for judged in found.changes]


def test_every_entry_has_a_path_of_its_own():
    rulebook = load_rulebook(BEFORE, Bag())
    paths = [item.path for item in every(items(rulebook))]
    assert len(paths) == len(set(paths))
    assert GOOD in paths
    assert "records.absence.fields.months" in paths
    assert "lecturer.criteria.groups.teaching.items.exams" in paths


def test_a_copy_is_the_same(tmp_path):
    found = compared(tmp_path)
    assert found.changes == ()
    assert found.differing == ()
    assert len(found.cases) == 4


def test_spaces_brackets_and_the_order_of_keys_are_no_change(tmp_path):
    edits = [
        (
            "lecturer",
            "score: {that: score >= 75, source: 3/2}",
            "score: {source: 3/2, that: ((score>=75))}",
        ),
        ("rulebook", "chosen: counted", "chosen:   counted"),
    ]
    assert compared(tmp_path, *edits).changes == ()


WITH_TEXTS = """parameters:
  share: {value: 20%, label: "At most {parameters.share}"}
  other: {value: 1, label: "{parameters.share} of {period.year}"}
"""


def differing(tmp_path, *texts):
    """What differs between rulebooks with other manifests, with the keys."""
    for name, text in zip("ab", texts, strict=True):
        (tmp_path / name).mkdir()
        load_files(tmp_path / name, rulebook=MANIFEST + text)
    before, after = (load_rulebook(tmp_path / name, Bag()) for name in "ab")
    return [(c.path, c.keys) for c in compare_rulebooks(before, after)]


def test_a_changed_parameter_is_no_change_of_the_texts_that_say_it(tmp_path):
    changed = WITH_TEXTS.replace("20%", "15%")
    assert differing(tmp_path, WITH_TEXTS, changed) == [("parameters.share", ("value",))]


def test_a_text_that_says_the_same_by_a_parameter_is_no_change(tmp_path):
    spelt = WITH_TEXTS.replace("{parameters.share}", "20%").replace("{period.year}", "2021")
    assert differing(tmp_path, spelt, WITH_TEXTS) == []


def test_a_text_that_says_another_parameter_is_a_change(tmp_path):
    changed = WITH_TEXTS.replace("most {parameters.share}", "most {parameters.other}")
    assert differing(tmp_path, WITH_TEXTS, changed) == [("parameters.share", ("label",))]


# -- one edit, and what it is -------------------------------------------------------------------

EDITS = [
    # how an output of a table is told is words, its unit is no more than told either
    (
        "department",
        "{rating: rating}",
        "{rating: {type: rating, label: Own rating}}",
        "department.tables.ceiling",
        CITED,
    ),
    (
        "department",
        "{rating: rating}",
        "{rating: {type: rating, unit: step}}",
        "department.tables.ceiling",
        SAME,
    ),
    # of_75 has 75 points, which no longer are enough for good
    ("lecturer", "score >= 75", "score >= 76", GOOD, OUTCOME),
    # a lecturer with 80 points is capped at fair by three months of absence: gone, he is good
    (
        "lecturer",
        '  absent: {when: count(long_absences) > 0, at_most: fair, source: "4.1"}\n',
        "",
        "lecturer.caps.absent",
        OUTCOME,
    ),
    (
        "lecturer",
        "caps:\n",
        "caps:\n  busy: {when: hours > 290, at_most: fair, source: 5.1/1}\n",
        "lecturer.caps.busy",
        OUTCOME,
    ),
    # three months make an absence long, which two caps read through the list
    ("lecturer", "a.months >= 3", "a.months >= 4", "lecturer.definitions.long_absences", OUTCOME),
    # four of eight, and not two, may be excellent
    ("rulebook", "value: 25%", "value: 50%", "parameters.excellent_share", OUTCOME),
    # nobody in the cases has what a level asks and lacks what a lower one does
    ("lecturer", "cumulative: true", "cumulative: false", "lecturer.ladder", UNKNOWN),
    # the points are an output, too
    (
        "lecturer",
        "sum c in all_criteria of c",
        "sum c in taught of c",
        "lecturer.definitions.score",
        OUTCOME,
    ),
    (
        "rulebook",
        "first_day in [period.from..period.to]",
        "first_day between period.from and period.to",
        "records.absence.definitions.this_year",
        SAME,
    ),
    # no rule reads the number of students
    ("lecturer", "default: hours / 2", "default: hours / 4", "lecturer.facts.students", UNKNOWN),
    (
        "lecturer",
        "hours: {type: number, unit: hour",
        "hours: {type: number, unit: day",
        "lecturer.facts.hours",
        SAME,
    ),
    ("rulebook", "value: 60,", "value: '60.0',", "parameters.least_score", SAME),
    ("rulebook", "value: 60,", "value: 30 + 30,", "parameters.least_score", UNKNOWN),
    ("lecturer", "score >= 75, source: 3/2", "score >= 75, source: 3/3", GOOD, CITED),
    (
        "lecturer",
        "score >= 75, source: 3/2",
        "score >= 75, source: 3/2, label: Đủ điểm",
        GOOD,
        CITED,
    ),
    (
        "lecturer",
        "score >= 75, source: 3/2",
        "score >= 75, source: 3/2, basis: assumed",
        GOOD,
        CITED,
    ),
    (
        "lecturer",
        "allow: 1, source: 5.1/3}",
        "allow: 1, source: 5.1/2}",
        "lecturer.quotas.excellent",
        CITED,
    ),
    (
        "rulebook",
        "because: Họ không dự bình xét",
        "because: Họ vắng",
        "readings.part_year.options.left_out",
        CITED,
    ),
    ("clauses", "Mức khá", "Mức khá hiện hành", "clauses.3/2", CITED),
    ("rulebook", "issued_by: Senate", "issued_by: Council", "documents.UR-7", CITED),
    ("rulebook", "Xếp loại giảng viên hằng năm", "Xếp loại giảng viên", "title", CITED),
    (
        "rulebook",
        "{illness: Nghỉ ốm",
        "{leave: Nghỉ phép, illness: Nghỉ ốm",
        "enumerations.absence_kind.values.leave",
        UNKNOWN,
    ),
]


@pytest.mark.parametrize(
    ("name", "old", "new", "path", "klass"), EDITS, ids=[e[2][:40].strip() or e[3] for e in EDITS]
)
def test_class(tmp_path, name, old, new, path, klass):
    assert told(compared(tmp_path, (name, old, new))) == [(path, klass)]


def test_criteria_that_are_given_points_instead_of_levels(tmp_path):
    before, after = tmp_path / "before", tmp_path / "after"
    levels = """\
        subject: shop
        criteria: {scale: grade, groups: {goods: {items: {fresh: {}}}}}
        ladder:
          scale: grade
          levels: {good: {require: {fresh: {that: criteria.fresh = good}}}, bad: {otherwise: true}}
    """
    points = levels.replace("scale: grade, groups", "points: true, groups", 1)
    points = points.replace("fresh: {}", 'fresh: {range: "0..9"}').replace("= good", ">= 5")
    manifest = MANIFEST + "scales: {grade: {values: {bad: {}, good: {}}}}\n"
    for folder, subject in ((before, levels), (after, points)):
        folder.mkdir()
        assert load_files(folder, rulebook=manifest, shop=subject).sound
    found = Pair(after).compared(before=before, cases=None)
    assert told(found) == [
        ("shop.criteria", UNKNOWN),
        ("shop.criteria.groups.goods.items.fresh", UNKNOWN),
        ("shop.ladder.levels.good.require.fresh", UNKNOWN),
    ]


def test_what_is_read_only_as_a_part_of_something_else(tmp_path):
    """An outcome names the table that it comes of, and not the row."""
    edit = ("supplier", "usual: {then: {months: 12", "usual: {then: {months: 11")
    after = edited(tmp_path, edit, of=SUPPLIERS)
    found = Pair(after).compared(before=SUPPLIERS, cases=CASES.parent / "suppliers")
    assert told(found) == [("supplier.tables.audit.rows.usual", OUTCOME)]


def test_a_subject_may_be_named_like_a_part_of_the_manifest(tmp_path):
    before, after = edited(tmp_path / "a"), edited(tmp_path / "b")
    for folder, name in ((before, "pages"), (after, "words")):
        text = f"subject: title\nfacts: {{{name}: {{type: number}}}}\n"
        (folder / "title.yaml").write_text(text, "utf-8")
    manifest = after / "rulebook.yaml"
    text = manifest.read_text("utf-8")
    manifest.write_text(text.replace("Xếp loại giảng viên hằng năm", "Xếp loại"), "utf-8")
    found = Pair(after).compared(before=before, cases=None)
    assert [(j.change.path, j.change.kind) for j in found.changes] == [
        ("title", "changed"),
        ("title.facts.pages", "removed"),
        ("title.facts.words", "added"),
    ]


# -- before and after ---------------------------------------------------------------------------


def test_before_and_after_of_a_change_are_its_keys(tmp_path):
    edit = ("lecturer", "that: score >= 75, source: 3/2", "that: score>=80, source: [3/2, 3/3]")
    (judged,) = compared(tmp_path, edit).changes
    assert judged.change.before == {"that": "score >= 75", "source": ["UR-7 3/2"]}
    assert judged.change.after == {"that": "score >= 80", "source": ["UR-7 3/2", "UR-7 3/3"]}


def test_what_is_new_or_gone_is_told_once_and_whole(tmp_path):
    edit = (
        "rulebook",
        "      left_out: {because: Họ không dự bình xét}\n",
        "      left_out: {because: Họ không dự bình xét}\n      half: {label: Tính một nửa}\n",
    )
    more = (
        "rulebook",
        "readings:\n",
        "readings:\n  when_on: {question: Khi nào, options: {a: {}, b: {}}, chosen: a}\n",
    )
    first, second = compared(tmp_path, edit, more).changes
    assert first.change.path == "readings.when_on"
    assert first.change.before is None
    assert first.change.after == {
        "question": {"vi": "Khi nào"},
        "chosen": "a",
        "options": {"a": {}, "b": {}},
    }
    assert second.change.path == "readings.part_year.options.half"


def test_order_counts_where_it_says_something(tmp_path):
    first = "    institute: {label: Viện, size: small}\n"
    second = "    faculty: {label: {vi: Khoa lớn, en: Faculty}, size: large}\n"
    edit = ("department", first + second, second + first)
    (judged,) = compared(tmp_path, edit, cases=None).changes
    assert judged.change.path == "department.kinds"
    assert judged.change.before == {"values": ["institute", "faculty"]}
    assert judged.change.after == {"values": ["faculty", "institute"]}


def test_order_of_facts_and_of_values_without_an_order_is_no_change(tmp_path):
    edit = (
        "rulebook",
        "{illness: Nghỉ ốm, study: Đi học, unpaid: {}}",
        "{study: Đi học, illness: Nghỉ ốm, unpaid: {}}",
    )
    assert compared(tmp_path, edit).changes == ()


# -- readings -----------------------------------------------------------------------------------


def test_two_readings_of_one_rulebook():
    found = Pair(BEFORE).compared(readings={"part_year": "left_out"})
    (judged,) = found.changes
    assert judged.change.before == {"chosen": "counted"}
    assert judged.change.after == {"chosen": "left_out"}
    assert judged.group == YEARLY


# -- calendars ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "keys", "klass"),
    [
        (
            "2025-04-18: Good Friday",
            "2025-04-17: Maundy Thursday",
            {"holidays": "2025-04-17"},
            UNKNOWN,
        ),
        ("Good Friday", "Karfreitag", {"holidays": "2025-04-18"}, SAME),
        ("weekend: [saturday, sunday]", "weekend: [sunday]", {"weekend": "sunday"}, UNKNOWN),
        (
            "    to: 2025-12-31\n    weekend",
            "    to: 2025-12-30\n    weekend",
            {"to": "2025-12-30"},
            UNKNOWN,
        ),
        ("Lịch văn phòng", "Lịch cơ quan", {"label": "vi"}, CITED),
    ],
)
def test_calendars(tmp_path, old, new, keys, klass):
    after = edited(tmp_path, ("rulebook", old, new), of=SUPPLIERS)
    found = Pair(after).compared(before=SUPPLIERS, cases=None)
    assert told(found) == [("calendars.office", klass)]
    change = found.changes[0].change
    assert found.changes[0].group == YEARLY
    assert set(change.after) == set(keys)
    assert all(word in change.after[key] or word == change.after[key] for key, word in keys.items())


# -- headings -----------------------------------------------------------------------------------


def test_a_value_of_the_year_that_only_cites_otherwise_is_not_among_those_of_the_year(tmp_path):
    found = compared(
        tmp_path, ("rulebook", "value: 25%, source: 5.1/1", "value: 25%, source: 5.1/2")
    )
    assert [judged.group for judged in found.changes] == [CITATION]


def test_each_change_stands_under_one_heading(tmp_path):
    edits = [
        ("lecturer", "score >= 75", "score >= 76"),
        ("lecturer", 'lessons: {range: "0..40"', 'lessons: {range: "0..41"'),
        ("lecturer", "count(long_absences) > 0", "count(long_absences) > 1"),
        ("lecturer", "hours = 0, to: weak, source: 3/5", "hours = 0, to: weak, source: 3/4"),
        ("rulebook", "value: 25%", "value: 30%"),
    ]
    groups = {
        "points": Group(Label("Điểm"), ("lecturer.ladder.levels", "lecturer.criteria.lessons")),
        "absence": Group(Label("Nghỉ"), ("lecturer.caps.ab*",)),
    }
    found = compared(tmp_path, *edits, groups=groups)
    assert {judged.change.path: judged.group for judged in found.changes} == {
        "parameters.excellent_share": YEARLY,
        "lecturer.criteria.groups.teaching.items.lessons": "points",
        GOOD: "points",
        "lecturer.ladder.knockouts.no_lessons": CITATION,
        "lecturer.caps.absent": "absence",
    }


def test_a_group_may_name_a_key_of_an_entry_or_what_is_in_it(tmp_path):
    edits = [
        ("lecturer", "fewer_than: 4", "fewer_than: 5"),
        ("lecturer", "hours = 0, to: weak", "hours = 1, to: weak"),
    ]
    groups = {
        "few": Group(Label("Ít"), ("lecturer.quotas.excellent.small_group.fewer_than",)),
        "other": Group(Label("Khác"), ("lecturer.ladder.knockouts.no_lessons.to",)),
    }
    found = compared(tmp_path, *edits, groups=groups)
    assert {judged.change.path: judged.group for judged in found.changes} == {
        "lecturer.quotas.excellent": "few",
        "lecturer.ladder.knockouts.no_lessons": "",  # its `when` is in no group
    }


def test_keys_of_one_entry_in_two_groups_are_two_changes(tmp_path):
    edits = [
        ("lecturer", "fewer_than: 4", "fewer_than: 5"),
        ("lecturer", "at_most: parameters.excellent_share", "at_most: 30%"),
        ("lecturer", "others: good", "others: fair"),
    ]
    quota = "lecturer.quotas.excellent"
    groups = {
        "few": Group(Label("Ít"), (f"{quota}.small_group.fewer_than",)),
        "share": Group(Label("Tỷ lệ"), (f"{quota}.at_most",)),
    }
    found = compared(tmp_path, *edits, groups=groups)
    by_group = {judged.group: set(judged.change.keys) for judged in found.changes}
    # what no group names stays with the first
    assert by_group == {"share": {"at_most", "others"}, "few": {"small_group"}}


def test_what_is_in_no_group_has_none(tmp_path):
    (judged,) = compared(tmp_path, ("lecturer", "score >= 75", "score >= 76")).changes
    assert judged.group == ""


# -- cases --------------------------------------------------------------------------------------


def test_who_comes_out_differently_and_why(tmp_path):
    found = compared(tmp_path, ("lecturer", "score >= 75", "score >= 76"))
    (case,) = found.differing
    assert case.path == CASES / "score.yaml"
    subjects = {one.id: one for one in case.differences}
    assert set(subjects) == {"of_75", "few_hours"}  # the others have 60 or 89 points and more
    one = subjects["of_75"]
    assert outcome(one.before, one, "en")["level"] == "good"
    assert outcome(one.after, one, "en")["level"] == "fair"
    assert [reason["rule"] for reason in outcome(one.after, one, "en")["reasons"]] == [
        "lecturer.levels.good.score"
    ]
    teller = Teller("en")
    assert teller.standing(one.after) == "provisionally Fair"  # nobody has voted yet
    assert [bound.cited for bound in teller.behind(one.after)] == ["3/2"]


def test_an_output_alone_is_a_difference(tmp_path):
    more = "  half: {is: hours / 2, output: true}\n  score: {is: sum c"
    before = edited(tmp_path / "a", ("lecturer", "  score: {is: sum c", more))
    less = more.replace("/ 2", "/ 4")
    after = edited(tmp_path / "b", ("lecturer", "  score: {is: sum c", less))
    found = Pair(after).compared(before=before)
    one = found.differing[0].differences[0]
    assert (
        outcome(one.before, one, "en")["level"] == outcome(one.after, one, "en")["level"] == "good"
    )
    assert outcome(one.before, one, "en")["outputs"] == {"half": 150}
    assert outcome(one.after, one, "en")["outputs"] == {"half": 75}
    assert told(found) == [("lecturer.definitions.half", OUTCOME)]


def test_an_output_that_one_side_alone_declares_is_none(tmp_path):
    more = "  half: {is: hours / 2, output: true}\n  score: {is: sum c"
    found = compared(tmp_path, ("lecturer", "  score: {is: sum c", more))
    assert found.differing == ()
    assert told(found) == [("lecturer.definitions.half", UNKNOWN)]


CHECKS = """
checks:
  few_hours: {require: hours < 305, source: 3/5}
  known: {require: hours < 1000, source: 3/5}
"""


def test_a_check_that_is_new_counts_where_it_is_violated(tmp_path):
    found = compared(tmp_path, ("lecturer", "\ncaps:", f"{CHECKS}caps:"))
    (case,) = found.differing
    (one,) = case.differences
    assert one.id == "seven_busy"  # the only one with 310 hours
    assert outcome(one.before, one, "en")["checks"] == {}
    assert outcome(one.after, one, "en")["checks"] == {"few_hours": "violated"}
    assert told(found) == [
        ("lecturer.checks.few_hours", OUTCOME),
        ("lecturer.checks.known", UNKNOWN),
    ]


def test_a_check_that_turns(tmp_path):
    before = edited(tmp_path / "a", ("lecturer", "\ncaps:", f"{CHECKS}caps:"))
    text = (before / "lecturer.yaml").read_text("utf-8")
    after = edited(tmp_path / "b")
    (after / "lecturer.yaml").write_text(text.replace("< 305", "< 315"), "utf-8")
    found = Pair(after).compared(before=before)
    assert told(found) == [("lecturer.checks.few_hours", OUTCOME)]
    (one,) = found.differing[0].differences
    assert outcome(one.before, one, "en")["checks"] == {"few_hours": "violated"}
    assert outcome(one.after, one, "en")["checks"] == {"few_hours": "met"}


def test_a_case_runs_where_there_is_no_overlay_without_it(tmp_path):
    # north lets a quarter of its four nurses be excellent; by the guidance alone half may be so
    wards = BEFORE.with_name("wards")
    case = CASES.with_name("wards") / "shares.yaml"
    found = Pair(edited(tmp_path, of=wards)).compared(case, before=wards)
    (ran,) = found.cases
    assert ran.refused == {}
    # nights are what an overlay asks for
    left_out = [said.span.text for said in ran.without["after"]]
    assert left_out == ["wards_north", "wards_south", "nights"]
    assert [one.id for one in ran.differences] == ["n2"]


def test_a_case_runs_where_a_fact_is_not_asked_without_it(tmp_path):
    gone = "  on_contract: {type: boolean, default: false, absence: true}\n"
    guarded = "  contract_end: {type: date, applies_when: on_contract}\n"
    edit = ("lecturer", gone + guarded, "")
    case = tmp_path / "case.yaml"
    case.write_text(
        "rulebook: lecturers\non: 2025-06-30\nsubjects: {lecturer: {an: {on_contract: true}}}\n",
        "utf-8",
    )
    found = compared(tmp_path, edit, cases=case)
    assert found.refused == ()
    (ran,) = found.cases
    assert set(ran.without) == {"after"}
    assert [said.span.text for said in ran.without["after"]] == ["on_contract"]


def test_the_rulebook_and_the_expectations_of_a_case_do_not_count(tmp_path):
    case = tmp_path / "case.yaml"
    case.write_text(
        "rulebook: another\non: 2025-06-30\nsubjects: {lecturer: {an: {}}}\n"
        "expect: {lecturer: {an: {reasons: [caps.gone]}}}\n",
        "utf-8",
    )
    found = compared(tmp_path, cases=case)
    assert found.refused == ()


def test_the_readings_of_a_case_hold(tmp_path):
    text = (CASES / "places.yaml").read_text("utf-8").partition("expect:")[0]
    case = tmp_path / "case.yaml"
    case.write_text(text + "readings: {part_year: counted}\n", "utf-8")
    found = Pair(BEFORE).compared(case, {"part_year": "left_out"})
    assert found.refused == ()
    assert found.differing == ()


def test_a_date_that_is_reported_is_compared_in_one_period(tmp_path):
    more = (
        "lecturer",
        "  score: {is: sum c",
        "  today: {is: on, output: true}\n  score: {is: sum c",
    )
    later = ("rulebook", "from: 2024-09-01, to: 2025-08-31", "from: 2025-09-01, to: 2026-08-31")
    before, after = edited(tmp_path / "a", more), edited(tmp_path / "b", more, later)
    found = Pair(after).compared(before=before)
    assert found.shifted_months == 12
    assert found.differing == ()
    assert found.refused == ()
