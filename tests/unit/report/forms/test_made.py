"""Templates filled in: what stands in the documents that are made of a case."""

from __future__ import annotations

import io
import time
from datetime import datetime

import pytest
from docx import Document
from openpyxl import load_workbook
from tests.unit.report.forms import support as s

import khung
from khung.report.forms.filters import BLANK
from khung.report.forms.write import FOLDER, safe, write_forms

LIST = "  list: {label: A list, template: forms/list.docx, for: choir}\n"
SHEET = "  sheet: {label: A sheet, template: forms/sheet.xlsx, for: choir}\n"


def test_a_form_is_made_for_each_subject_with_its_own_values(tmp_path):
    folder = s.rulebook(tmp_path, LIST)
    s.word(folder / "forms/list.docx", "{{ choir.name }} of {{ choir.founded }}: {{ choir.songs }}")
    found = s.made(tmp_path)
    assert list(found) == ["list/north.docx", "list/south.docx"]
    assert s.paragraphs(found["list/north.docx"]) == ["Choir of the North of 2001-02-03: 12"]
    assert s.paragraphs(found["list/south.docx"]) == [f"=Choir <&> South of {BLANK}: {BLANK}"]


def test_rows_are_repeated_for_those_who_belong_to_it(tmp_path):
    folder = s.rulebook(tmp_path, LIST)
    rows = (
        ("No", "Name", "Level"),
        ("{%tr for x in choir.below.singer if x.concerts %}",),
        ("{{ loop.index }}", "{{ x.name }}", "{{ x.level }}{% if x.alto %} (alto){% endif %}"),
        ("{%tr endfor %}",),
        ("", "{{ choir.below.singer|count }}", ""),
    )
    s.word(folder / "forms/list.docx", rows=rows)
    # three are in the group, so half of them, rounded down, is one place: who had most concerts
    assert s.table(s.made(tmp_path)["list/north.docx"]) == [
        ["No", "Name", "Level"],
        ["1", "Ann", "High (alto)"],
        ["2", "ben", "Low"],
        ["3", "cay", "Low"],
        ["", "3", ""],
    ]


def test_a_field_that_is_split_by_its_looks_is_one_all_the_same(tmp_path):
    folder = s.rulebook(tmp_path, LIST)
    document = Document()
    paragraph = document.add_paragraph("At ")
    for text in ("{", "{ choir", ".na", "me }", "}"):
        paragraph.add_run(text).bold = text != ".na"
    document.save(str(folder / "forms/list.docx"))
    assert s.paragraphs(s.made(tmp_path)["list/north.docx"]) == ["At Choir of the North"]


def test_a_condition_says_who_has_a_form_and_without_a_subject_there_is_one(tmp_path):
    forms = """\
      late: {label: Late, template: forms/a.docx, for: singer, when: concerts < 5}
      whole: {label: Whole, template: forms/b.docx}
    """
    folder = s.rulebook(tmp_path, forms)
    s.word(folder / "forms/a.docx", "{{ singer.choir.name }}")
    s.word(folder / "forms/b.docx", "{{ rulebook.number }}, {{ case.on|day }}")
    found = s.made(tmp_path)
    # whether dot had fewer than five is not known
    assert list(found) == ["late/cay.docx", "whole.docx"]
    assert s.paragraphs(found["whole.docx"]) == ["7/R, 2021-12-15"]


def test_standings_groups_and_reasons_are_there(tmp_path):
    folder = s.rulebook(tmp_path, LIST)
    s.word(
        folder / "forms/list.docx",
        "{{ choir.tally.singer.high }} of {{ choir.tally.singer.total }}",
        "{% for g in choir.groups %}{{ g.key }}: {{ g.places }} for {{ g.kept|join }}, not "
        "{{ g.cut|join }}{% endfor %}",
        "{% for x in choir.below.singer %}{{ x.reason|default('-') }};{% endfor %}",
        "{% for x in choir.below.singer %}{{ x.ballots.high }}/{{ x.ballots.total }} {% endfor %}",
    )
    found = s.paragraphs(s.made(tmp_path)["list/north.docx"])
    assert found[0] == "1 of 3"
    assert found[1] == "Choir of the North: 1 for Ann, not ben"
    assert found[2].count(";") == 3
    assert "Half in High" in found[2]
    assert found[3] == f"3/4 {BLANK}/{BLANK} {BLANK}/{BLANK} "


def test_numbers_and_days_are_such_in_a_workbook_and_texts_are_never_formulas(tmp_path):
    folder = s.rulebook(tmp_path, SHEET)
    s.excel(
        folder / "forms/sheet.xlsx",
        ("{{ choir.name }}", "{{ choir.songs }}", "{{ choir.founded }}", "no {{ choir.songs }}"),
    )
    found = s.made(tmp_path)
    assert s.sheet(found["sheet/north.xlsx"]) == [
        ("Choir of the North", 12, datetime(2001, 2, 3), "no 12")  # noqa: DTZ001  # as openpyxl has it
    ]
    cell = load_workbook(io.BytesIO(found["sheet/south.xlsx"])).active["A1"]
    assert (cell.value, cell.data_type) == ("=Choir <&> South", "s")


def test_formulas_grow_with_the_rows_and_stay_sound_over_none(tmp_path):
    folder = s.rulebook(tmp_path, SHEET)
    s.excel(
        folder / "forms/sheet.xlsx",
        ("Name", "Concerts", "Twice"),
        ("{%tr for x in choir.below.singer if x.concerts %}",),
        ("{{ x.name }}", "{{ x.concerts }}", "=B3*2"),
        ("{%tr endfor %}",),
        ("All", "=SUM(B3:B3)", "=SUM(C3:C3)+B5"),
    )
    found = s.made(tmp_path)
    assert s.sheet(found["sheet/north.xlsx"]) == [
        ("Name", "Concerts", "Twice"),
        ("Ann", 20, "=B2*2"),
        ("ben", 11, "=B3*2"),
        ("cay", 3, "=B4*2"),
        ("All", "=SUM(B2:B4)", "=SUM(C2:C4)+B5"),
    ]
    # no row is left: a sum over none must not be one over itself
    assert s.sheet(found["sheet/south.xlsx"])[-1] == ("All", "=SUM(B1:B1)", "=SUM(C1:C1)+B2")


def test_merged_cells_and_what_is_printed_move_along(tmp_path):
    folder = s.rulebook(tmp_path, SHEET)
    path = folder / "forms/sheet.xlsx"
    s.excel(
        path,
        ("{{ choir.name }}",),
        ("{%tr for x in choir.below.singer %}",),
        ("{{ x.name }}",),
        ("{%tr endfor %}",),
        ("Signed",),
    )
    book = load_workbook(path)
    for merged in ("A1:C1", "A3:B3", "A5:C5"):
        book.active.merge_cells(merged)
    book.active.print_area = "A1:C5"
    book.save(path)
    found = load_workbook(io.BytesIO(s.made(tmp_path)["sheet/north.xlsx"])).active
    assert sorted(map(str, found.merged_cells.ranges)) == [
        "A1:C1", "A2:B2", "A3:B3", "A4:B4", "A5:C5",
    ]  # fmt: skip
    assert str(found.print_area).endswith("$A$1:$C$5")


def test_values_are_text_and_no_templates(tmp_path):
    folder = s.rulebook(tmp_path, LIST + SHEET)
    s.word(folder / "forms/list.docx", "{{ choir.name }}")
    s.excel(folder / "forms/sheet.xlsx", ("{{ choir.name }}", "is {{ choir.name }}"))
    case = s.CASE.replace("Choir of the North", "'{{ case.title }}{% for x in y %}'")
    found = s.made(tmp_path, case)
    assert s.paragraphs(found["list/north.docx"]) == ["{{ case.title }}{% for x in y %}"]
    told = "{{ case.title }}{% for x in y %}"
    assert s.sheet(found["sheet/north.xlsx"]) == [(told, f"is {told}")]


def test_values_are_told_in_the_language_of_the_reader(tmp_path):
    folder = s.rulebook(tmp_path, LIST)
    s.word(folder / "forms/list.docx", "{{ choir.founded|day }}, {{ case.on|day }}")
    # February has a nought before it, so that no digit can be put there
    told = "ngày 03 tháng 02 năm 2001, ngày 15 tháng 12 năm 2021"
    assert s.paragraphs(s.made(tmp_path, lang="vi")["list/north.docx"]) == [told]


def test_the_same_case_gives_the_same_bytes(tmp_path):
    folder = s.rulebook(tmp_path, LIST + SHEET)
    s.word(folder / "forms/list.docx", "{{ choir.name }}")
    s.excel(folder / "forms/sheet.xlsx", ("{{ choir.name }}",))
    first = s.made(tmp_path)
    time.sleep(2.1)  # the time in a package is told in steps of two seconds
    assert s.made(tmp_path) == first


def test_they_are_written_below_the_folder_of_results_and_those_named_only(tmp_path):
    folder = s.rulebook(tmp_path, LIST + SHEET)
    s.word(folder / "forms/list.docx", "{{ choir.name }}")
    s.excel(folder / "forms/sheet.xlsx", ("{{ choir.name }}",))
    out = tmp_path / "out"
    written = write_forms(s.evaluated(tmp_path), out, "en", {"list"})
    assert written == [out / FOLDER / "list" / name for name in ("north.docx", "south.docx")]
    assert sorted(p for p in out.rglob("*") if p.is_file()) == written


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("an", "an"),
        ("Nguyễn Văn An", "Nguyễn Văn An"),
        ("a/b:c", "a_b_c"),
        ("..", "_"),
        ("con", "con_"),
        ("LPT1.x", "LPT1.x_"),
        ("end. ", "end"),
        ("x" * 300, "x" * 80),
    ],
)
def test_names_of_files_are_such_on_any_system(name, expected):
    assert safe(name) == expected


def test_two_ids_that_differ_in_case_only_have_two_files(tmp_path):
    folder = s.rulebook(tmp_path, LIST)
    s.word(folder / "forms/list.docx", "{{ choir.name }}")
    case = s.CASE.replace("south: {name", "NORTH: {name").replace("choir: south", "choir: NORTH")
    assert list(s.made(tmp_path, case)) == ["list/north.docx", "list/NORTH-2.docx"]


def test_the_library_writes_them_too(tmp_path):
    folder = s.rulebook(tmp_path, LIST)
    s.word(folder / "forms/list.docx", "{{ choir.name }}")
    found = khung.open_rulebook(folder).evaluate(s.CASE, lang="en")
    written = found.write_forms(tmp_path / "out", {"list"})
    assert [path.name for path in written] == ["north.docx", "south.docx"]
