"""Formulas and ranges of a sheet whose rows were repeated or left out; heights of rows."""

from __future__ import annotations

import pytest
from openpyxl import Workbook
from openpyxl.styles import Alignment

from khung.report.forms.formulas import Moved, moved
from khung.report.forms.heights import fit_rows

# rows 1, 3 and 5 of a template: 3 was repeated three times, 2 and 4 were tags
THRICE = Moved.of([1, 3, 3, 3, 5, 6])
NONE = Moved.of([1, 5, 6])


@pytest.mark.parametrize(
    ("formula", "own", "target", "expected"),
    [
        ("=B3*2", 3, 3, "=B3*2"),
        ("=B3*2", 3, 4, "=B4*2"),
        ("=$B$3+C1", 3, 4, "=$B$4+C1"),
        ("=SUM(B3:B3)", 5, 5, "=SUM(B2:B4)"),
        ("=SUM(B3:D3)", 3, 4, "=SUM(B4:D4)"),
        ("=SUM(A1:A6)", 6, 6, "=SUM(A1:A6)"),
        ("=B5", 6, 6, "=B5"),
        ("=B3", 5, 5, "=B2"),
        ('="B3"&B5', 6, 6, '="B3"&B5'),
        ("=Other!B3+'My sheet'!C3", 5, 5, "=Other!B3+'My sheet'!C3"),
        ("=LOG10(A5)", 6, 6, "=LOG10(A5)"),
        ("=ROUND(B3/C3,2)", 3, 2, "=ROUND(B2/C2,2)"),
    ],
)
def test_references_lead_where_their_rows_are_now(formula, own, target, expected):
    assert moved(formula, own, target, THRICE) == expected


def test_a_sum_over_no_rows_is_not_one_over_itself():
    assert moved("=SUM(B3:B3)", 5, 2, NONE) == "=SUM(B1:B1)"
    assert moved("=B6", 5, 2, NONE) == "=B3"


def test_rows_of_two_that_were_repeated_together_stay_together():
    both = Moved.of([1, 3, 4, 3, 4, 6])
    assert [moved("=B3", 4, target, both) for target in (3, 5)] == ["=B2", "=B4"]


@pytest.mark.parametrize(
    ("merged", "expected"),
    [("A1:C1", ["A1:C1"]), ("A3:B3", ["A2:B2", "A3:B3", "A4:B4"]), ("A5:B6", ["A5:B6"])],
)
def test_merged_cells_are_where_their_rows_are(merged, expected):
    assert list(THRICE.merged(merged)) == expected


def test_merged_cells_of_rows_that_are_gone_are_gone():
    assert list(NONE.merged("A3:B3")) == []


def test_rows_are_as_high_as_their_text_and_never_lower():
    sheet = Workbook().active
    sheet.column_dimensions["A"].width = 10
    for row, (text, wraps) in enumerate(
        [("short", True), ("x " * 60, True), ("x " * 60, False)], 1
    ):
        sheet.cell(row, 1, text).alignment = Alignment(wrap_text=wraps)
    sheet.row_dimensions[1].height = 40
    fit_rows(sheet, [1, 2, 3])
    # 120 characters, some ten of which fit into a line
    assert sheet.row_dimensions[1].height == 40
    assert 10 * 12 < sheet.row_dimensions[2].height < 16 * 16
    assert sheet.row_dimensions[3].height is None


def test_a_merged_cell_has_the_width_of_its_columns():
    sheet = Workbook().active
    for column in "ABCD":
        sheet.column_dimensions[column].width = 30
    for row in (1, 2):
        sheet.cell(row, 1, "x " * 50).alignment = Alignment(wrap_text=True)
    sheet.merge_cells("A2:D2")
    fit_rows(sheet, [1, 2])
    assert sheet.row_dimensions[1].height > 2 * (sheet.row_dimensions[2].height or 15)
