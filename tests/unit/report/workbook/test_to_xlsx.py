"""The workbook to fill in, as a spreadsheet program opens it."""

from __future__ import annotations

import re
from datetime import date

import pytest

from khung.report.workbook.choices import LAST
from khung.report.workbook.looks import height, lines, pages


def test_labels_stand_above_keys_and_nothing_below(lecturers):
    for one in lecturers.planned:
        sheet = lecturers.book[one.sheet.key]
        assert tuple(cell.value for cell in sheet[2]) == one.keys
        assert [cell.value for cell in sheet[1]] == [
            lecturers.teller.label(column) for column, _ in one.columns
        ]
        assert sheet.max_row == 2


def test_levels_and_options_are_chosen_by_their_labels_best_first(lecturers):
    assert lecturers.offered("lecturer", "given.level") == [
        "Excellent",
        "Good",
        "Fair",
        "Weak",
    ]
    assert lecturers.offered("department", "kind") == ["Viện", "Faculty", "?"]
    kinds = lecturers.offered("lecturer.absences", "kind")
    assert kinds[:3] == ["Nghỉ ốm", "Đi học", "unpaid"]  # the last has no label


def test_yes_and_no_are_chosen(lecturers):
    assert lecturers.offered("lecturer", "report_given") == ["yes", "no", "?"]


def test_where_there_may_be_none_the_mark_for_it_is_offered(lecturers):
    own = lecturers.rule("lecturer", "absences?")
    assert own.formula1 == '"-,?"'


@pytest.mark.parametrize(
    ("sheet", "key"),
    [("lecturer", "department"), ("department", "parent"), ("lecturer.absences", "host")],
)
def test_a_link_is_chosen_among_the_ids_of_the_other_sheet(lecturers, sheet, key):
    formula = lecturers.rule(sheet, key).formula1
    assert re.search(r"'department'!\$A\$3", formula)
    assert lecturers.book["department"]["A2"].value == "id"


def test_an_entry_of_a_list_is_of_somebody_who_is_there(lecturers):
    assert "'lecturer'!$A$3" in lecturers.rule("lecturer.absences", "of").formula1


def test_numbers_and_dates_are_checked_within_their_ends_and_marks_may_stand(lecturers):
    months = lecturers.rule("lecturer.absences", "months")
    cell = f"{lecturers.heading('lecturer.absences', 'months').column_letter}3"
    assert months.type == "custom"
    assert months.formula1 == f'OR(AND(ISNUMBER({cell}),{cell}>=0,{cell}<=12),{cell}="?")'
    day = lecturers.rule("lecturer.absences", "first_day").formula1
    assert "DATE(2020,1,1)" in day
    count = lecturers.rule("lecturer", "ballots.good").formula1
    assert "INT(" in count


def test_nothing_is_forbidden(lecturers):
    rules = [
        rule
        for sheet in lecturers.book.worksheets
        for rule in sheet.data_validations.dataValidation
    ]
    assert rules
    assert {rule.errorStyle for rule in rules} == {"warning"}


def test_an_id_that_stands_twice_is_marked(lecturers):
    (marked,) = lecturers.book["lecturer"].conditional_formatting
    assert str(marked.sqref) == f"A3:A{LAST + 1}"
    assert [rule.type for rule in marked.rules] == ["duplicateValues"]
    assert len(lecturers.book["lecturer.absences"].conditional_formatting) == 0


def test_ten_thousand_rows_are_prepared(lecturers):
    (cells,) = lecturers.rule("lecturer", "report_given").sqref.ranges
    assert (cells.min_row, cells.max_row) == (3, LAST + 1)


def test_a_heading_tells_what_to_write_when_and_which_clause_asks(lecturers):
    note = lecturers.heading("lecturer", "criteria.exams").comment.text
    assert "2.1/2: Coi thi, chấm thi" in note
    assert "from 0 to 20" in note
    assert "hours" in note  # the condition under which there is such a criterion
    assert "yes or no" in lecturers.heading("lecturer", "report_given").comment.text.lower()
    assert "if empty: 0" in lecturers.heading("lecturer", "hours").comment.text.lower()
    noted = [
        (one.sheet.key, key, lecturers.heading(one.sheet.key, key).comment)
        for one in lecturers.planned
        for key in one.keys
    ]
    assert [(sheet, key) for sheet, key, note in noted if note is None or not note.text] == []


def test_folded_columns_are_hidden_and_what_follows_has_the_sign(lecturers):
    for one in lecturers.planned:
        sheet = lecturers.book[one.sheet.key]
        folded = {
            key
            for key, (_, section) in zip(one.keys, one.columns, strict=True)
            if section.is_folded
        }
        hidden = {
            key for key in one.keys if is_hidden(sheet, lecturers.heading(one.sheet.key, key))
        }
        assert hidden == folded
    sheet = lecturers.book["lecturer"]
    first = lecturers.heading("lecturer", "criteria.lessons").column_letter
    assert sheet.column_dimensions[first].collapsed


def is_hidden(sheet, heading):
    found = dimension(sheet, heading)
    return found.hidden and found.outlineLevel == 1


def dimension(sheet, cell):
    """Neighbours that look alike are one entry in the file."""
    (found,) = [d for d in sheet.column_dimensions.values() if d.min <= cell.column <= d.max]
    return found


def test_a_heading_fits_its_cell(lecturers):
    for one in lecturers.planned:
        sheet = lecturers.book[one.sheet.key]
        tall = sheet.row_dimensions[1].height
        for cell in sheet[1]:
            wide = [
                d.width for d in sheet.column_dimensions.values() if d.min <= cell.column <= d.max
            ]
            assert lines(cell.value, wide[0]) * 15 <= tall
            assert cell.alignment.wrap_text


def test_each_section_has_its_colour(lecturers):
    colour = {
        key: lecturers.heading("lecturer", key).fill.start_color.rgb
        for key in ("id", "joined", "criteria.lessons", "ballots.good", "given.level")
    }
    assert len(set(colour.values())) == 5


def test_dates_look_like_dates_and_ids_like_texts(lecturers):
    sheet = lecturers.book["lecturer"]

    def shown(key):
        return sheet.column_dimensions[
            lecturers.heading("lecturer", key).column_letter
        ].number_format

    assert shown("joined") == "dd/mm/yyyy"
    assert (shown("id"), shown("department")) == ("@", "@")


def test_headings_stay_and_filters_are_set(lecturers):
    assert lecturers.book["lecturer"].freeze_panes == "C3"
    assert lecturers.book["lecturer.absences"].freeze_panes == "B3"
    assert lecturers.book["lecturer"].auto_filter.ref.startswith("A2:")


def test_sheets_are_set_up_for_paper(lecturers):
    for sheet in lecturers.book.worksheets[:-1]:
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert lecturers.book["lecturer"].print_title_rows == "$1:$2"


def test_the_head_is_open_where_nobody_knows_yet(lecturers):
    head = {row[0].value: row[1].value for row in lecturers.book["case"].iter_rows()}
    assert head["rulebook"] == "lecturers"
    assert head["on"].date() == date(2025, 8, 31)
    assert (head["complete"], head["readings.part_year"]) == (None, None)
    told = {row[0].value: row[2].value for row in lecturers.book["case"].iter_rows()}
    assert "Do those who came in mid-year count?" in told["readings.part_year"]
    assert "counted (Có tính)" in told["readings.part_year"]


def test_every_column_is_explained(lecturers):
    sheet = lecturers.book["_columns"]
    told = {(row[0].value, row[2].value): row for row in sheet.iter_rows(min_row=2)}
    assert {*told} == {(one.sheet.key, key) for one in lecturers.planned for key in one.keys}
    exams = [cell.value for cell in told["lecturer", "criteria.exams"]]
    assert exams[6:] == ["2.1/2", "Coi thi, chấm thi"]


def test_the_guide_leads_to_every_sheet(lecturers):
    links = {
        cell.value: cell.hyperlink.location
        for row in lecturers.book["_guide"].iter_rows()
        for cell in row
        if cell.hyperlink
    }
    assert {*links} == {"case", *(one.sheet.key for one in lecturers.planned)}
    assert all(place == f"'{name}'!A1" for name, place in links.items())


def test_lines_are_counted_by_whole_words():
    assert lines("one two three", 7) == 2
    assert lines("one two three", 13) == 1
    assert lines("unbreakable", 5) == 3
    assert lines("a\nb", 10) == 2
    assert height([("one two three", 5), ("x", 5)]) == 3 * 15 + 3
    assert (pages([100.0]), pages([200.0, 100.0])) == (1, 2)
