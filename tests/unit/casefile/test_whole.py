"""What a case says is whole, and what its subjects are called."""

from __future__ import annotations

import pytest

from khung.engine.facts import Whole

SUBJECTS = "subjects:\n  unit: {u: {kind: cell}}\n  person: {p: {unit: u, name: An}}\n"


@pytest.mark.parametrize(
    ("said", "whole"),
    [
        ("", Whole()),
        ("complete:\n", Whole()),
        ("complete: []\n", Whole()),
        ("complete: true\n", Whole(everything=True)),
        ("complete: [person]\n", Whole(types=frozenset({"person"}))),
        ("complete: [unit.u.people]\n", Whole(lists=frozenset({("unit", "u", "people")}))),
    ],
)
def test_what_is_whole(case, said, whole):
    assert case(said + SUBJECTS).sound.whole == whole


@pytest.mark.parametrize(
    "said",
    ["false", "yes", "[people]", "[unit.v.people]", "[unit.u.friend]", "[unit.u]"],
)
def test_what_is_no_list(result, said):
    text = said.strip("[]")
    assert result(f"complete: {said}\n" + SUBJECTS).reported == [("K0633", text)]


@pytest.mark.parametrize(
    ("said", "text", "advice"),
    [
        ('"true"', '"true"', "form"),
        ("false", "false", "form"),
        ("{person: true}", "{person: true}", "form"),
        ("[true]", "true", "form"),
        ("[person, null]", "null", "form"),
        ("person", "person", "bare"),
        ("[Person]", "Person", "near"),
        ("[unit.u.peple]", "unit.u.peple", "near"),
        ("[unit.u.friend]", "unit.u.friend", "list"),
        ("[unit.x.people]", "unit.x.people", "owner"),
        ("[thing]", "thing", "type"),
    ],
)
def test_what_to_write_is_said(result, said, text, advice):
    found = result(f"complete: {said}\n" + SUBJECTS)
    assert (found.reported, found.helps) == ([("K0633", text)], [advice])


def test_several_mistakes_are_told_in_one_run(result):
    found = result("complete: [people, unit.u.people, unit.u.x]\n" + SUBJECTS)
    assert found.reported == [("K0633", "people"), ("K0633", "unit.u.x")]


def test_a_name(case):
    made = case("subjects: {unit: {u: {kind: cell, name: Unit One}}}\n").sound
    assert made.entities["unit"]["u"].name == "Unit One"
    assert made.entities["unit"]["u"].facts.keys() == {"kind"}


def test_a_fact_of_that_key_is_a_fact(case):
    made = case(SUBJECTS).sound
    assert made.entities["person"]["p"].facts["name"].least == "An"


# -- own lists -------------------------------------------------------------------------------------


def test_an_own_list_may_be_named(case):
    said = "complete: [person.p.notes]\nsubjects: {person: {p: {notes: [{size: 1}]}}}\n"
    assert case(said).sound.whole.lists == {("person", "p", "notes")}


@pytest.mark.parametrize("notes", ["[null]", "[{size: 1}, null]"])
def test_a_whole_list_does_not_end_in_null(result, notes):
    said = f"complete: [person.p.notes]\nsubjects: {{person: {{p: {{notes: {notes}}}}}}}\n"
    assert result(said).reported == [("K0635", "person.p.notes")]


def test_a_whole_list_is_not_unknown(result):
    said = "complete: [person.p.notes]\nsubjects: {person: {p: {notes: null}}}\n"
    assert result(said).reported == [("K0636", "person.p.notes")]


@pytest.mark.parametrize(
    ("written", "listed", "more"),
    [
        ("notes: []", 0, 0),
        ("notes: [{size: 1}]", 1, 0),
        ("notes: [{size: 1}, null]", 1, None),
        ("notes: [null]", 0, None),
        ("tags: [red, null]", 1, None),
        ("tags: [null, red]", 2, 0),
        ("tags: [red, null, null]", 2, None),
        ("friends: [p, null]", 1, None),
    ],
)
def test_a_null_at_the_end_says_that_a_list_may_go_on(case, written, listed, more):
    made = case(f"subjects: {{person: {{p: {{{written}}}}}}}\n").sound
    found = made.entities["person"]["p"].facts[written.partition(":")[0]].least
    assert (len(found.items), found.unseen) == (listed, more)
