"""Values in the cells of a workbook."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from tests.unit.report.workbook.conftest import made_of

from khung.report.workbook.filled import Filled, cells_of

LECTURERS = {
    "id": ["007", "b", "c"],
    "name": ["=1+1", "+b", "@c"],
    "department": ["maths", "-", None],
    "department?": [None, None, "?"],
    "joined": [date(2020, 9, 1), None, None],
    "report_given": [True, False, None],
    "hours": [Decimal("12.5"), 40, 12345678901234567891],
    "ballots.good": [3, None, None],
    "ballots?": [None, "-", "?"],
    "given.level": ["excellent", None, None],
    "given.after": ["cap", None, None],
}


@pytest.fixture(scope="module")
def made():
    head = {"case": "=A case", "complete": True, "on": date(2025, 3, 1)}
    tables = {"lecturer": LECTURERS, "department": {"id": ["maths"], "kind": ["faculty"]}}
    return made_of("lecturers", "en", Filled(head, tables))


def test_what_is_chosen_stands_there_by_its_label(made):
    assert made.column("lecturer", "report_given") == ["yes", "no", None]
    assert made.column("lecturer", "given.level") == ["Excellent", None, None]
    assert made.column("department", "kind") == ["Faculty"]
    assert made.column("lecturer", "given.after")[0] in made.offered("lecturer", "given.after")


def test_days_and_numbers_are_no_texts(made):
    (joined, *_) = made.column("lecturer", "joined")
    assert joined.date() == date(2020, 9, 1)
    assert made.column("lecturer", "ballots.good") == [3, None, None]
    assert made.column("lecturer", "hours")[:2] == [12.5, 40]


def test_no_digit_of_a_long_number_is_lost(made):
    assert made.column("lecturer", "hours")[2] == "12345678901234567891"
    assert made.column("lecturer", "id") == ["007", "b", "c"]


@pytest.mark.parametrize("row", [3, 4, 5])
def test_no_text_becomes_a_formula(made, row):
    at = made.heading("lecturer", "name").column
    cell = made.book["lecturer"].cell(row, at)
    assert (cell.data_type, cell.value) == ("s", LECTURERS["name"][row - 3])
    assert made.book["case"]["B1"].data_type == "s"


def test_a_mark_stands_in_the_cell_of_which_it_speaks(made):
    assert made.column("lecturer", "department") == ["maths", "-", "?"]
    assert made.column("lecturer", "ballots?") == [None, "-", "?"]


def test_marks_may_come_without_values():
    assert cells_of("host", {"host?": ["?", None]}) == ["?", None]
    assert cells_of("host", {}) == ()


def test_the_head_says_what_is_known(made):
    head = {row[0].value: row[1].value for row in made.book["case"].iter_rows()}
    assert (head["case"], head["complete"]) == ("=A case", "yes")
    assert head["on"].date() == date(2025, 3, 1)
