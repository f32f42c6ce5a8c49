"""Rulebooks in which some entries are as in another one."""

import operator

import pytest
from tests.support.pair import BEFORE, edited
from tests.support.rulebook import load
from tests.unit.analysis.test_comparison import EDITS

from khung import driver
from khung.analysis.diff.changes import compare_rulebooks
from khung.analysis.diff.variants import mixed
from khung.diagnostics.bag import Bag
from khung.ir.from_rulebook import lower_rulebook
from khung.ir.memo import Memo, is_same

TOLD = {"label", "source", "basis", "because", "question", "summary"}

INSTITUTE = "    institute: {label: Viện, size: small}\n"
FACULTY = "    faculty: {label: {vi: Khoa lớn, en: Faculty}, size: large}\n"

MORE = [
    ("lecturer", "cumulative: true", "cumulative: false"),
    ("lecturer", "when: count(long_absences) > 0, at_most", "at_most"),
    ("lecturer", "caps:\n", "caps:\n  first: {when: hours > 290, at_most: fair, source: 5.1/1}\n"),
    (
        "department",
        INSTITUTE + FACULTY,
        FACULTY + INSTITUTE,
    ),
]


def differing(one, other):
    """Return what differs but for words, clauses and documents."""
    return [
        (change.path, key)
        for change in compare_rulebooks(one, other)
        if change.item.part not in {"clauses", "document", "documents", "title", "period"}
        for key in (change.keys or (change.kind.value,))
        if not change.keys or said(change.before[key]) != said(change.after[key])
        if key not in TOLD
    ]


def said(value):
    """Return what is written without the clauses in it."""
    if isinstance(value, dict):
        return {key: said(inner) for key, inner in value.items() if key not in TOLD}
    return value


@pytest.mark.parametrize(
    ("name", "old", "new"), [*(edit[:3] for edit in EDITS), *MORE], ids=lambda text: text[:20]
)
def test_all_changes_made_lead_from_one_to_the_other(tmp_path, name, old, new):
    one, other = load(BEFORE).rulebook, load(edited(tmp_path, (name, old, new))).rulebook
    changes = compare_rulebooks(one, other)
    assert differing(mixed(one, other, changes), other) == []
    assert differing(mixed(other, one, changes), one) == []
    assert differing(mixed(one, other, ()), one) == []


def test_two_years_lead_to_each_other_and_lower_without_an_error():
    one, other = load(BEFORE).rulebook, load(BEFORE.parent / "lecturers_next").rulebook
    changes = compare_rulebooks(one, other)
    for base, goal in ((one, other), (other, one)):
        found = mixed(base, goal, changes)
        assert differing(found, goal) == []
        bag = Bag()
        lower_rulebook(found, {}, bag)
        assert not bag.has_errors


def test_some_changes_leave_the_others(tmp_path):
    after = edited(
        tmp_path,
        ("lecturer", "score >= 75", "score >= 76"),
        ("lecturer", "hours = 0, to: weak", "hours = 1, to: weak"),
    )
    one, other = load(BEFORE).rulebook, load(after).rulebook
    first, second = compare_rulebooks(one, other)
    assert differing(mixed(other, one, [first]), one) == [(second.path, "when")]


def test_what_no_change_touches_is_the_very_same(tmp_path):
    after = edited(tmp_path, ("lecturer", "score >= 75", "score >= 76"))
    one, other = load(BEFORE).rulebook, load(after).rulebook
    found = mixed(one, other, compare_rulebooks(one, other))
    same = {s.head.id: s is t for s, t in zip(one.subjects, found.subjects, strict=True)}
    assert same == {name: name != "lecturer" for name in same}
    assert all(map(operator.is_, found.records, one.records))


def test_a_variant_of_which_parts_are_kept_is_as_if_all_of_it_were_lowered():
    folders = (BEFORE, BEFORE.parent / "lecturers_next")
    loaded = [driver.load(folder) for folder in folders]
    for base, other in (loaded, loaded[::-1]):
        memo, taken = Memo(), 0
        first = driver.make_ready(base, {}, memo).program
        for change in compare_rulebooks(base.rulebook, other.rulebook):
            found = mixed(base.rulebook, other.rulebook, (change,))
            asked = {r.head.id: r.chosen.name for r in found.readings}
            again, anew = Bag(), Bag()
            made = lower_rulebook(found, asked, again, memo), lower_rulebook(found, asked, anew)
            assert is_same(*made), change.path
            assert again.diagnostics == anew.diagnostics, change.path
            taken += made[0] is not None and any(
                one is first.objects.get(name) for name, one in made[0].objects.items()
            )
        assert taken


@pytest.mark.parametrize("name", ["lecturers", "grants"])
def test_a_program_under_other_readings_is_as_if_all_of_it_were_lowered(name):
    loaded, memo = driver.load(BEFORE.parent / name), Memo()
    options = [(one, option) for one in loaded.rulebook.readings for option in one.options]
    for reading, option in [*options, *options[::-1]]:
        chosen = {reading.head.id: option.head.id}
        made = (driver.make_ready(loaded, chosen, known).program for known in (memo, Memo()))
        assert is_same(*made), chosen
