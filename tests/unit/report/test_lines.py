"""Rows of a sheet put together at once are what XlsxWriter writes cell by cell."""

from zipfile import ZipFile

import pytest
import xlsxwriter

from khung.report.tables.lines import Lines
from khung.report.tables.paper import new_paper

FORMS = ("number", "text", "text")
WIDTHS = (5.0, 10.0, 20.0)
ROWS = [
    (1, "a", None),
    (2, "", "b & <c> \"d\" 'e'"),
    (123_456_789_012, " blanks around ", "one\ntwo\n\nfour"),
    (4, "_x0041_", "a\rb\tc"),
    (5, "=1+1", "x"),
    (6, "a", "ễ" * 500),
    (True, "a", "a cell that is neither text nor number"),
    (8, "a", None),
]


def written(path, rows, *, at_once):
    book = new_paper(path, "&P", "…")
    sheet = book.sheet("x")
    formats = [book.framed(form) for form in FORMS]
    book.line(sheet, 0, ["number", "one", "other"], WIDTHS, [book.head()] * 3)
    lines = Lines(sheet, formats, WIDTHS, book.text)
    for row, cells in enumerate(rows, 1):
        if not (at_once and lines.write(row, cells)):
            book.line(sheet, row, cells, WIDTHS, formats)
    book.put(sheet, len(rows) + 1, 0, "behind all others", formats[1])
    book.file.close()
    with ZipFile(path) as file:
        return file.read("xl/worksheets/sheet1.xml").decode()


def test_rows_at_once_are_what_the_library_writes(tmp_path):
    cell_by_cell = written(tmp_path / "b.xlsx", ROWS, at_once=False)
    assert written(tmp_path / "a.xlsx", ROWS, at_once=True) == cell_by_cell


@pytest.mark.parametrize("at_once", [True, False])
def test_a_text_is_none_of_the_marks_of_a_workbook(tmp_path, at_once):
    found = written(tmp_path / "x.xlsx", [(1, "<r><t>rich</t></r>", "x")], at_once=at_once)
    assert "<t>&lt;r&gt;&lt;t&gt;rich" in found.replace(' xml:space="preserve"', "")


@pytest.mark.parametrize("cell", [True, 1.5, object()])
def test_a_row_with_another_cell_is_left_to_the_library(tmp_path, cell):
    with xlsxwriter.Workbook(tmp_path / "x.xlsx", {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        lines = Lines(sheet, [book.add_format()], [10.0], str)
        assert not lines.write(0, [cell])
        assert lines.write(0, ["a"])
