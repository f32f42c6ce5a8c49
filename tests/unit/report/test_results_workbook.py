"""The workbook of results: ready to print, in words, and nothing in it is run."""

from __future__ import annotations

import openpyxl
import pytest
from tests.support.evaluation import results_of
from tests.support.rulebook import RULEBOOKS, load
from tests.unit.report.support import ROOT, evaluated

from khung.report.tables import front, paper, sheets
from khung.report.tables.derived import derived_tables
from khung.report.tables.from_results import result_tables
from khung.report.tables.front import Head
from khung.report.tables.words import words_of
from khung.report.tables.workbook import write_workbook

TIED = ROOT / "cases" / "2021" / "dang_vien-099-bang-phieu.yaml"
LEFT = "=HYPERLINK(0)"
NURSES = """\
{hospital: {h: {kind: general, name: '=HYPERLINK(0)'}},
 nurse: {a: {hospital: h, shifts: 120, name: "@SUM(A1)", criteria: {patients: strong}},
         b: {hospital: h, shifts: 5, name: x}, c: {hospital: h, shifts: 120}}}
"""


def written(path, results, lang="vi", clauses=None):
    tables = result_tables(results)
    words = words_of(results.program, tables, lang, clauses or {})
    derived = derived_tables(tables, results.program)
    left_out = write_workbook(path, Head("Title", "Rules", results.case.on), tables, derived, words)
    return openpyxl.load_workbook(path), left_out


@pytest.fixture
def tied(tmp_path):
    found = evaluated(TIED)
    return written(tmp_path / "r.xlsx", found.results, clauses=found.clauses)[0]


@pytest.fixture
def nurses(tmp_path):
    results = results_of(load(RULEBOOKS / "wards").sound, NURSES, but="K0604")
    results.case.entities["nurse"]["b"].name = "a\0b"  # as tables may hold it; YAML refuses it
    return written(tmp_path / "r.xlsx", results, "en")[0]


def texts(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def column(sheet, title):
    """Return the cells below a heading."""
    rows = texts(sheet)
    at = rows[1].index(title)
    return [row[at] for row in rows[2:]]


def test_the_first_sheet_says_in_one_page_how_it_stands(tied):
    sheet = tied.worksheets[0]
    rows = texts(sheet)
    assert sheet.title == "Tóm tắt"
    assert rows[0][0] == "Title"
    members = next(row for row in rows if row[0] == "Đảng viên")
    head = next(row for row in rows if row[0] == "Đối tượng")
    stand = dict(zip(head[1:], members[1:], strict=True))
    assert stand["Hoàn thành xuất sắc nhiệm vụ"] == 1
    assert (stand["Chờ quyết định"], stand["Tổng số"]) == (2, 10)
    assert any("02 trường hợp chờ quyết định" in str(row[0]) for row in rows)


def test_every_sheet_is_set_up_for_paper(tied):
    for sheet in tied.worksheets:
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.paperSize == 9  # A4
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToWidth in (None, 1)  # one is what nothing says
        assert "&P" in sheet.oddFooter.center.text
    for sheet in tied.worksheets[1:]:
        assert sheet.print_title_rows.startswith("$2:")
        assert sheet.freeze_panes is not None
        assert sheet.auto_filter.ref


def test_levels_rules_and_facts_are_said_in_words(tied):
    members = tied["Đảng viên"]
    assert "Hoàn thành tốt nhiệm vụ" in column(members, "Xếp loại")
    assert "Chờ quyết định" in column(members, "Xếp loại")
    reasons = [cell for cell in column(members, "Lý do (căn cứ)") if cell]
    assert any("II.B." in reason for reason in reasons)
    assert not any("dang_vien." in str(cell) for row in texts(members) for cell in row)


def test_decisions_have_the_keys_and_offer_the_levels(tied):
    sheet = tied["Quyết định"]
    keys = texts(sheet)[2]
    assert {"subject", "id", "given.level", "given.after", "given.by"} <= set(keys)
    (offered,) = {rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert offered == '"Hoàn thành xuất sắc nhiệm vụ,Hoàn thành tốt nhiệm vụ"'
    hidden = {one for one in sheet.column_dimensions.values() if one.hidden}
    assert hidden


def test_no_cell_is_a_formula_whatever_it_begins_with(nurses):
    cells = [c for sheet in nurses.worksheets for row in sheet.iter_rows() for c in row]
    assert not any(cell.data_type == "f" for cell in cells)
    assert {"=HYPERLINK(0)", "@SUM(A1)"} <= {cell.value for cell in cells}


def test_a_control_character_is_shown_as_a_picture(nurses):
    assert "a\u2400b" in column(nurses["Nurse"], "Name")


def test_units_are_counted_with_all_below_them(nurses):
    rows = texts(nurses["By unit"])
    (line,) = [row for row in rows if row[0] == LEFT]
    assert dict(zip(rows[1], line, strict=True))["All"] == 3


def test_names_are_sorted_by_the_numbers_in_them():
    names = ["cell 10", "cell 9", "9", "10", "a", "cell"]
    assert sorted(names, key=front._natural) == ["9", "10", "a", "cell", "cell 9", "cell 10"]


# -- what a sheet holds ---------------------------------------------------------------------------


class Recorded:
    """Stands for a workbook where only names of sheets are asked."""

    def add_worksheet(self, name):
        self.name = name
        return self

    def __getattr__(self, name):
        return lambda *_, **__: None


def names_of(*wanted):
    book = Recorded()
    one = paper.Paper(book, "", "…")
    return [one.sheet(name).name for name in wanted]


def test_names_of_sheets_are_short_and_each_is_there_once():
    long = "Ban chấp hành, ban thường vụ, cấp ủy"
    assert names_of(long, long, "a/b", "A:B", "'", "") == [
        "Ban chấp hành, ban thường vụ, c",
        "Ban chấp hành, ban thường v (2)",
        "a b",
        "A B (2)",
        "-",
        "- (2)",
    ]


def test_a_text_that_no_cell_holds_is_cut_and_says_so():
    one = paper.Paper(Recorded(), "", "… (cut)")
    cut = one.text("x" * 40_000)
    assert (len(cut), cut[-8:]) == (32_767, "x… (cut)")
    assert one.text("x" * 32_767) == "x" * 32_767


def test_what_is_too_long_for_a_sheet_is_left_out_and_named(tmp_path, monkeypatch):
    monkeypatch.setattr(sheets, "MOST_ROWS", 5)
    monkeypatch.setattr(front, "MOST_ROWS", 1)
    book, left_out = written(tmp_path / "r.xlsx", evaluated(TIED).results)
    assert left_out == ["summary", "dang_vien"]
    assert "Đảng viên" not in book.sheetnames
    assert "Tổ chức đảng" in book.sheetnames


def test_the_same_results_make_the_same_bytes(tmp_path):
    for name in ("a.xlsx", "b.xlsx"):
        written(tmp_path / name, evaluated(TIED).results)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_a_disk_that_fills_up_raises_what_the_system_says(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "no room")

    monkeypatch.setattr("xlsxwriter.workbook.ZipFile", full)  # warnings of open files fail, too
    with pytest.raises(OSError, match="no room"):
        written(tmp_path / "r.xlsx", evaluated(TIED).results)
