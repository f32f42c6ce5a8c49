"""Values of parameters in texts: written as the language of the text writes them."""

from __future__ import annotations

import json

import pytest
from tests.unit.rulebook.conftest import BASE, BASE_CLAUSES, BASE_SUBJECT, NEXT

from khung import driver
from khung.resources import schema

MORE = """
  half: {value: 12.5%}
  votes: {value: 2/3}
  day: {value: '@"2024-12-05"'}
  time: {value: '@"P3M"'}
  who: {value: '["A", "B"]'}
  computed: {value: 2 * 3}
"""


def with_label(text, more=MORE):
    """The base with a text as the label of a parameter."""
    return BASE.replace("part: {value: 20%}", f"part: {{value: 20%, label: {text}}}{more}")


@pytest.fixture
def said(shelf):
    """What a label comes to, and what is reported with the text under it."""

    def load(text, more=MORE):
        shelf.write("base", rulebook=with_label(text, more))
        found = shelf.load("base")
        label = next(p for p in found.rulebook.parameters if p.head.id == "part").head.label
        return label, [(d.code, d.span.text, d.args.get("near")) for d in found.diagnostics]

    return load


@pytest.mark.parametrize(
    ("name", "vi", "en"),
    [
        ("parameters.part", "20%", "20%"),
        ("parameters.half", "12,5%", "12.5%"),
        ("parameters.votes", "2/3", "2/3"),
        ("parameters.day", "05/12/2024", "5 December 2024"),
        ("parameters.time", "3 tháng", "3 months"),
        ("parameters.who", "A, B", "A, B"),
        ("period.year", "2024", "2024"),
        ("period.from", "01/01/2024", "1 January 2024"),
        ("period.to", "31/12/2024", "31 December 2024"),
    ],
)
def test_each_language_writes_a_value_its_own_way(shelf, name, vi, en):
    text = with_label(f'{{vi: "Có {{{name}}}.", en: "Has {{{name}}}."}}')
    shelf.write("base", rulebook=text)
    found = shelf.load("base")
    label = next(p for p in found.rulebook.parameters if p.head.id == "part").head.label
    assert found.found == []
    assert (label.said("vi"), label.said("en")) == (f"Có {vi}.", f"Has {en}.")


def test_a_period_of_two_years_names_both(shelf):
    text = with_label('"{period.year}"').replace("to: 2024-12-31", "to: 2025-08-31")
    shelf.write("base", rulebook=text)
    found = shelf.load("base").rulebook
    assert next(p for p in found.parameters if p.head.id == "part").head.label.vi == "2024-2025"


def test_two_braces_are_one(said):
    label, reported = said('"a {{b} {parameters.least}"')
    assert label.vi == "a {b} 5"
    assert reported == []


def test_what_the_author_wrote_is_kept(said):
    label, _ = said('"at least {parameters.least}"')
    assert label.texts == {"vi": "at least {parameters.least}"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a {parameters.lest} b", ("K0460", "{parameters.lest}", "parameters.least")),
        ("a {least} b", ("K0460", "{least}", "parameters.least")),
        ("a {period.yaer} b", ("K0460", "{period.yaer}", "period.year")),
        ("a {nothing.alike} b", ("K0460", "{nothing.alike}", "")),
        ("a {parameters.least b", ("K0461", "{", None)),
        ("a {parameters.computed} b", ("K0462", "{parameters.computed}", None)),
    ],
)
def test_what_stands_for_nothing_is_told_at_its_place(said, text, expected):
    assert said(f'"{text}"')[1] == [expected]


def test_in_a_label_of_two_languages_the_place_is_that_of_the_language(said):
    _, reported = said('{vi: "a {parameters.least}", en: "a {parameters.lest}"}')
    assert [text for _, text, _ in reported] == ["{parameters.lest}"]


def test_of_a_value_that_cannot_be_read_the_text_says_nothing(said):
    _, reported = said('"{parameters.bad}"', "\n  bad: {value: 3 +}\n")
    assert [code for code, *_ in reported] == ["K0301"]


def test_all_texts_take_them(shelf):
    shelf.write(
        "base",
        rulebook=BASE.replace("title: Base", 'title: "B {period.year}"').replace(
            "{question: Who, options: {all: {}",
            '{question: "Who of {parameters.least}", options: {all: {because: "{parameters.part}"}',
        ),
        clauses=BASE_CLAUSES.replace("One", '"S {parameters.part}"'),
    )
    found = shelf.load("base").rulebook
    assert found.title.vi == "B 2024"
    assert found.readings[0].question.vi == "Who of 5"
    assert found.readings[0].options[0].because.vi == "20%"
    assert found.clauses[0].summary.vi == "S 20%"


def test_a_successor_says_its_own_value(shelf):
    shelf.write("base", rulebook=with_label('"at most {parameters.part} in {period.year}"', "\n"))
    own = NEXT.replace("part: kept", "part: changed") + "parameters: {part: {value: 15%}}\n"
    found = shelf.next(own)
    assert found.found == []
    part = next(p for p in found.rulebook.parameters if p.head.id == "part")
    assert part.head.label.vi == "at most 15% in 2025"


# -- where they are said ------------------------------------------------------------------------


def test_the_program_says_the_value_that_it_runs_with(shelf):
    cap = BASE_SUBJECT.replace("closed: {", 'closed: {label: "Under {parameters.least}", ')
    shelf.write("base", shop=cap, clauses=BASE_CLAUSES.replace("Four", '"{parameters.least}"'))
    own = NEXT.replace("least: kept", "least: changed") + "parameters: {least: {value: 7}}\n"
    shelf.write("next", rulebook=own)
    ready = driver.Shelf().ready(shelf.folder / "next", {})
    assert ready.program.objects["shop"].caps[0].head.label.said("vi") == "Under 7"
    assert ready.clauses["D-1 a/4"].said("en") == "7"


@pytest.mark.parametrize("name", ["rulebook", "subject", "clauses"])
def test_the_example_of_the_reference_does_what_it_says(shelf, name):
    (example,) = schema(name)["$defs"]["label"]["examples"]
    book = with_label(json.dumps(example), "\n  ty_le_xuat_sac: {value: 22.5%}\n")
    shelf.write("base", rulebook=book)
    label = next(p for p in shelf.load("base").sound.parameters if p.head.id == "part").head.label
    assert label.vi == example["vi"].replace("{parameters.ty_le_xuat_sac}", "22,5%")
    assert label.en == example["en"].replace("{parameters.ty_le_xuat_sac}", "22.5%")
