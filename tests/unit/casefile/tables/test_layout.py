"""Which tables and columns a rulebook has."""

import pytest
from tests.support.rulebook import MANIFEST, load_files

from khung.casefile.tables.layout import sheet_name, sheets
from khung.diagnostics.bag import Bag
from khung.ir import types as t
from khung.ir.from_rulebook import lower_rulebook

SHARED = """
scales: {rank: {values: {low: {label: Low}, high: {label: High}}}}
records:
  visit: {fields: {day: {type: date}, notes: {type: list of string}}}
"""

PERSON = """
subject: person
kinds: {field: sort, values: {lone: {label: Alone}, top: {label: Top}}}
links: {boss: {to: person, back: led, tree: true, applies_when: sort != top}}
facts:
  id: {type: number, label: Number of the card}
  grade: {type: rank, label: Grade}
  ballots: {type: ballots of rank}
  visits: {type: list of visit, key: day, default: []}
criteria: {scale: rank, groups: {work: {items: {care: {label: Care}}}}}
"""


@pytest.fixture
def program(tmp_path):
    """A rulebook with a bit of everything that becomes a column."""
    rulebook = load_files(tmp_path, rulebook=MANIFEST + SHARED, person=PERSON).rulebook

    found = lower_rulebook(rulebook, {}, Bag())
    assert found is not None
    return found


def test_each_list_has_a_table_after_that_of_its_holder(program):
    assert [sheet.key for sheet in sheets(program)] == [
        "person",
        "person.visits",
        "person.visits.notes",
    ]


def test_columns_stand_in_the_order_of_the_rulebook(program):
    person, visits, notes = sheets(program)
    assert list(person.by_key) == [
        "id",
        "name",
        "sort",
        "boss",
        "fact.id",
        "grade",
        "visits?",
        "criteria.care",
        "ballots.high",
        "ballots.low",
        "ballots?",
    ]
    assert list(visits.by_key) == ["of", "day", "notes?"]
    assert list(notes.by_key) == ["of", "of.visits", "value"]


def test_a_column_knows_what_may_stand_in_it(program):
    columns = sheets(program)[0].by_key
    assert columns["grade"].ty == t.Scale("rank")
    assert [name for name, _ in columns["grade"].options] == ["low", "high"]
    assert columns["boss"].optional
    assert not columns["grade"].optional
    assert columns["ballots.high"].level == "high"
    assert columns["visits?"].is_mark
    assert columns["id"].required


def test_a_subject_with_levels_takes_a_decision(plan):
    program = lower_rulebook(plan, {}, Bag())
    given = [c for c in sheets(program)[0].columns if c.key.startswith("given.")]
    assert [c.key for c in given][:3] == ["given.level", "given.status", "given.after"]
    assert all(label is not None for c in given[:3] for _, label in c.options)


def test_a_long_key_has_a_name_that_a_workbook_takes(plan):
    program = lower_rulebook(plan, {}, Bag())
    names = [sheet_name(sheet.key) for sheet in sheets(program)]
    assert all(len(name) <= 31 for name in names)
    assert len({name.casefold() for name in names}) == len(names)
    assert sheet_name("person.visits") == "person.visits"


@pytest.mark.parametrize("key", ["case", "history", "Person"])
def test_a_name_that_no_sheet_can_have_is_told_apart(key):
    assert sheet_name(key).startswith(f"{key}~")
    assert sheet_name(key).casefold() != sheet_name(key.swapcase()).casefold()
