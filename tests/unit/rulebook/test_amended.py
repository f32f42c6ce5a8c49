"""A rulebook amended from a day within its period on."""

from __future__ import annotations

import pytest
from tests.unit.rulebook.test_extend import cited

from khung.analysis.diff.entries import items

AMENDS = """\
khung: 1
id: next
title: Amended
extends: {rulebook: base, as: amendment, from: 2024-06-01}
period: {from: 2024-01-01, to: 2024-12-31}
document: Q-1
documents: {Q-1: {}}
"""
CHANGED = AMENDS + 'parameters: {least: {value: 7, source: "1"}}\n'
CLAUSES = 'clauses: {"1": {summary: At least seven}}\n'
AGAIN = (
    CHANGED.replace("rulebook: base", "rulebook: next")
    .replace("id: next", "id: again")
    .replace("2024-06-01", "2024-09-01")
    .replace("Q-1", "Q-2")
    .replace("value: 7", "value: 9")
)


def again(shelf, manifest=AGAIN, first=CHANGED):
    shelf.next(first, clauses=CLAUSES)
    shelf.write("again", rulebook=manifest, clauses=CLAUSES)
    return shelf.load("again")


def test_it_answers_only_for_what_it_changes(shelf):
    base, found = shelf.load("base").sound, shelf.next(CHANGED, clauses=CLAUSES).sound
    values = {one.head.id: one.value for one in found.parameters}
    assert values["part"] == next(o.value for o in base.parameters if o.head.id == "part")
    assert values["least"].value == 7
    assert [one.chosen for one in found.readings] == [one.chosen for one in base.readings]


@pytest.mark.parametrize("answers", ["{least: changed}", "{rest: kept, least: changed}"])
def test_it_may_answer(answers, shelf):
    assert shelf.next(f"{CHANGED}carried: {answers}\n", clauses=CLAUSES).sound


def test_what_ends_is_gone(shelf):
    shop = "subject: shop\ndefinitions: {big: {is: size >= 1}}\n"
    found = shelf.next(f"{AMENDS}carried: {{least: ended}}\n", shop=shop).sound
    assert [one.head.id for one in found.parameters] == ["part"]


def test_what_it_takes_over_cites_the_document_that_says_it(shelf):
    found = shelf.next(CHANGED, clauses=CLAUSES).sound
    shop, parameters = found.subjects[0], {one.head.id: one for one in found.parameters}
    assert cited(shop.head) == ["D-1 a/2#"]
    assert cited(shop.ladder.levels[0].require[0].head) == ["D-1 a/2#", "D-1 a/1#x"]
    assert cited(parameters["least"].head) == [" 1#"]
    assert [clause.address for clause in found.clauses] == ["1"]


def test_what_reads_an_amended_parameter_cites_what_amends_it_too(shelf):
    shop = shelf.next(CHANGED, clauses=CLAUSES).sound.subjects[0]
    assert cited(shop.definitions[0].head) == ["D-1 a/1#y", " 1#"]
    assert cited(shop.caps[0].head) == ["D-1 a/4#"]
    shop = again(shelf).sound.subjects[0]
    assert cited(shop.definitions[0].head) == ["D-1 a/1#y", "Q-1 1#", " 1#"]


def test_what_is_said_anew_cites_what_it_says(shelf):
    own = 'subject: shop\ndefinitions: {big: {is: size > parameters.least, source: "1"}}\n'
    shop = shelf.next(CHANGED, clauses=CLAUSES, shop=own).sound.subjects[0]
    assert cited(shop.definitions[0].head) == [" 1#"]


def test_what_it_amends_can_be_cited_in_full(shelf):
    shop = "subject: shop\ncaps: {late: {when: open, at_most: low, source: D-1 a/3}}"
    assert shelf.next(CHANGED, clauses=CLAUSES, shop=shop).sound


def test_what_it_amends_is_cited_as_it_is(shelf):
    shop = "subject: shop\ncaps: {late: {when: open, at_most: low, source: [D-1 a/9, D-1 a/1#z]}}"
    found = shelf.next(CHANGED, clauses=CLAUSES, shop=shop).found
    assert [code for code, _ in found] == ["K0501", "K0502"]


def test_a_second_one_amends_the_first(shelf):
    found = again(shelf).sound
    amended = found.amended
    assert amended.id == "base"
    assert [(name, str(day)) for name, day in amended.later] == [
        ("next", "2024-06-01"),
        ("again", "2024-09-01"),
    ]
    known = {document: [c.address for c in held] for document, held in amended.clauses.items()}
    assert known == {"D-1": ["a/1", "a/2", "a/3", "a/4"], "Q-1": ["1"]}
    assert cited(found.subjects[0].caps[0].head) == ["D-1 a/4#"]


def test_what_rests_on_another_text_still_does(shelf):
    base = shelf.folder / "base" / "rulebook.yaml"
    text = base.read_text("utf-8").replace("documents: {D-1: {}}", "documents: {D-1: {}, P-1: {}}")
    text = text.replace("source: a/1}", "source: P-1 3, basis: secondary}")
    base.write_text(text, encoding="utf-8")
    found = {one.head.id: one for one in shelf.next(AMENDS).sound.parameters}
    assert found["least"].head.basis.value == "secondary"


WRONG = {
    "a day of another year": (
        CHANGED.replace("2024-06-01", "2025-06-01"),
        ("K0552", "2025-06-01"),
    ),
    "no day": (CHANGED.replace(", from: 2024-06-01", ""), ("K0121", "rulebook")),
    "a day that is none": (CHANGED.replace("06-01", "06-31"), ("K0125", "2024-06-31")),
    "another period": (
        CHANGED.replace("from: 2024-01-01", "from: 2024-02-01"),
        ("K0524", "2024-02-01"),
    ),
    "no document": (
        CHANGED.replace("document: Q-1\n", "").replace('"1"', "Q-1 1"),
        ("K0536", "base"),
    ),
    "kept, and said anew": (CHANGED + "carried: {least: kept}\n", ("K0529", "least")),
    "changed, and not said": (AMENDS + "carried: {least: changed}\n", ("K0529", "least")),
    "for some": (CHANGED + "applies_to: {shop: [a]}\n", ("K0533", "applies_to")),
    "a new value that is the old": (CHANGED.replace("value: 7", "value: 5"), ("K0525", "value")),
}


@pytest.mark.parametrize(("manifest", "told"), WRONG.values(), ids=WRONG)
def test_amendments_that_are_wrong(manifest, told, shelf):
    assert shelf.next(manifest, clauses=CLAUSES).found == [told]


def test_clauses_are_not_carried(shelf):
    assert shelf.next(CHANGED, clauses=CLAUSES + "  \n").sound
    clauses = 'clauses: {"1": {carries: a/1}}\n'
    assert shelf.next(CHANGED, clauses=clauses).found == [("K0533", "carries")]


@pytest.mark.parametrize("day", ["2024-06-01", "2024-05-31"])
def test_a_second_one_comes_later(day, shelf):
    assert again(shelf, AGAIN.replace("2024-09-01", day)).found == [("K0553", day)]


def test_a_day_belongs_to_an_amendment_alone(shelf):
    successor = CHANGED.replace("as: amendment", "as: successor")
    found = shelf.next(successor.replace("2024-01-01", "2025-01-01"))
    assert ("K0533", "from") in found.found


def test_an_overlay_is_not_amended(shelf):
    overlay = CHANGED.replace("as: amendment, from: 2024-06-01", "as: overlay")
    overlay = overlay.partition("document")[0] + "applies_to: {shop: [a]}\n"
    shelf.write("again", rulebook=AGAIN, clauses=CLAUSES)
    shelf.write("next", rulebook=overlay)
    assert shelf.load("again").found == [("K0548", "next")]


# -- what comes after ---------------------------------------------------------------------------

AFTER = """\
khung: 1
id: after
title: After
extends: {rulebook: next, as: successor}
period: {from: 2025-01-01, to: 2025-12-31}
document: D-2
documents: {D-2: {}}
carried: {rest: kept, rest_of_readings: kept}
"""
BOTH = """\
clauses:
  a/*: {carries: true}
  b/1: {carries: Q-1 1}
"""


def after(shelf, clauses=BOTH, manifest=AFTER):
    shelf.next(CHANGED, clauses=CLAUSES)
    shelf.write("after", rulebook=manifest, clauses=clauses)
    return shelf.load("after")


def test_a_successor_carries_clauses_of_the_year_and_of_what_amended_it(shelf):
    found = after(shelf).sound
    least = next(one for one in found.parameters if one.head.id == "least")
    assert (least.value.value, cited(least.head)) == (7, [" b/1#"])
    assert cited(found.subjects[0].caps[0].head) == [" a/4#"]
    assert {c.address: c.summary.vi for c in found.clauses}["b/1"] == "At least seven"
    assert found.leads["Q-1 1"] == ("D-2 b/1",)
    assert found.leads["D-1 a/4"] == ("D-2 a/4",)
    assert found.amended is None


def test_what_it_leaves_behind_is_told_of_each_document(shelf):
    assert after(shelf, "clauses:\n  a/*: {carries: true}\n").found == [("K0531", "clauses")]
    left = "clauses:\n  a/1: {carries: true}\n  a/2: {carries: true}\n  b/1: {carries: Q-1 1}\n"
    assert after(shelf, left).found == [("K0531", "clauses")]


def test_what_neither_document_has_is_not_carried(shelf):
    found = after(shelf, BOTH + "  b/2: {carries: Q-1 2}\n").found
    assert found == [("K0532", "Q-1 2")]


def test_a_comparison_knows_the_clauses_of_the_year_and_of_what_amends_it(shelf):
    amended, base = again(shelf).sound, shelf.load("base").sound
    paths = [one.path for one in items(amended) if one.part == "clauses"]
    before = [one.path for one in items(base) if one.part == "clauses"]
    assert before == [f"clauses.a/{number}" for number in (1, 2, 3, 4)]
    assert paths == [*before, "clauses.Q-1 1", "clauses.Q-2 1"]
