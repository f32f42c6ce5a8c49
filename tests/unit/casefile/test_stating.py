"""A fact stated in the text of a case: one entry more, all else as it was."""

from __future__ import annotations

import pytest

from khung.casefile.stating import Place, Step, with_stated, with_whole
from khung.diagnostics.bag import Bag
from khung.source.files import decode
from khung.source.from_text import parse_yaml

HEAD = "rulebook: r\nsubjects:\n  unit:\n"


def stated(text: str, said: str, name: str = "size", *steps: Step) -> str:
    """Return what becomes of the entry `a`, read back as YAML without a diagnostic."""
    file = decode((HEAD + text).encode(), "case.yaml", Bag())
    assert file is not None
    root = parse_yaml(file, Bag())
    assert root is not None
    found = with_stated(root, Place("unit", "a", steps, name), said)
    again, bag = decode(found.encode(), "case.yaml", Bag()), Bag()
    assert again is not None
    assert parse_yaml(again, bag) is not None, bag.diagnostics
    return found.removeprefix(HEAD)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("    a: {}\n", "    a: {size: 3}\n"),
        ("    a:\n    b: {}\n", "    a: {size: 3}\n    b: {}\n"),
        ("    a: null  # who\n", "    a: {size: 3}  # who\n"),
        ("    a: {age: 1}  # so\n", "    a: {age: 1, size: 3}  # so\n"),
        ("    a: {size: 2, age: 1}\n", "    a: {size: 3, age: 1}\n"),
        ("    a: {size: }\n", "    a: {size: 3 }\n"),
        ("    a:\n      age: 1  # so\n", "    a:\n      age: 1  # so\n      size: 3\n"),
        ("    a:\n      size: null\n      age: 1\n", "    a:\n      size: 3\n      age: 1\n"),
        ("    a:\n      age: 1", "    a:\n      age: 1\n      size: 3"),
    ],
    ids=["empty", "nothing", "null", "flow", "known", "key", "block", "known below", "end"],
)
def test_a_fact_is_one_entry_more_or_stands_for_the_one_that_was_there(before, after):
    assert stated(before, "3") == after


def test_a_line_stands_before_what_goes_over_lines():
    text = "    a:\n      people:\n      - x: 1\n        y: 2\n      note: |\n        long\n"
    assert stated(text, "3") == text.replace("    a:\n", "    a:\n      size: 3\n")


def test_the_ends_of_lines_stay_those_of_the_file():
    assert (
        stated("    a:\r\n      age: 1\r\n", "3") == "    a:\r\n      age: 1\r\n      size: 3\r\n"
    )


def test_a_list_over_lines_is_taken_as_a_whole():
    text = "    a:\n      size:\n      - 1\n      - 2\n      age: 1\n"
    assert stated(text, "[]") == "    a:\n      size: []\n      age: 1\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("    a: {age: 1}\n", "    a: {age: 1, criteria: {care: good}}\n"),
        (
            "    a:\n      criteria: {zeal: bad}\n",
            "    a:\n      criteria: {zeal: bad, care: good}\n",
        ),
        (
            "    a:\n      criteria:\n        zeal: bad\n      age: 1\n",
            "    a:\n      criteria:\n        zeal: bad\n        care: good\n      age: 1\n",
        ),
        (
            "    a:\n      criteria:\n      age: 1\n",
            "    a:\n      criteria: {care: good}\n      age: 1\n",
        ),
    ],
    ids=["none", "flow", "block", "empty"],
)
def test_a_grade_stands_among_the_criteria(before, after):
    assert stated(before, "good", "criteria.care") == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("on: 2021-01-01\n", "on: 2021-01-01\ncomplete: [unit.a.rooms]\n"),
        ("complete:\n", "complete: [unit.a.rooms]\n"),
        ("complete: []  # so far\n", "complete: [unit.a.rooms]  # so far\n"),
        ("complete: [room, unit.b.rooms]\n", "complete: [room, unit.b.rooms, unit.a.rooms]\n"),
        ("complete:\n  - room\n", "complete: [room, unit.a.rooms]\n"),
    ],
    ids=["none", "empty", "no list", "flow", "block"],
)
def test_a_list_more_is_said_to_be_whole(before, after):
    rest = "subjects:\n  unit:\n    a: {}\n"
    file = decode((before + rest).encode(), "case.yaml", Bag())
    assert file is not None
    root = parse_yaml(file, Bag())
    assert root is not None
    assert with_whole(root, "unit.a.rooms") == after + rest


def test_a_field_of_a_record_stands_in_the_record():
    text = "    a:\n      people:\n      - {key: x}\n      - key: y  # second\n        age: 3\n"
    assert stated(text, "2", "age", Step("people", 0)) == text.replace(
        "{key: x}", "{key: x, age: 2}"
    )
    assert stated(text, "2", "age", Step("people", 1)) == text.replace("age: 3", "age: 2")
    more = text.replace("        age: 3\n", "        age: 3\n        size: 1\n")
    assert stated(text, "1", "size", Step("people", 1)) == more
