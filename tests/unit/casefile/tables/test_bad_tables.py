"""Bad tables: each mistake is told at its cell, all in one run, and nothing raises."""

import io
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from tests.unit.casefile.tables.conftest import HEAD, write_book

from khung.casefile.tables import archive, read, text_file
from khung.casefile.tables.case import read_any
from khung.casefile.tables.checked import checked_frames
from khung.casefile.tables.read import read_frames
from khung.casefile.tables.suspects import _beyond
from khung.diagnostics.bag import Bag
from khung.diagnostics.render.forms import render_json
from khung.diagnostics.render.full import render_full
from khung.driver import evaluate_file

COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How files of the old form begin, and those with a password."""

UNITS = "id,kind,size\nu,top,20\n"


def test_a_folder_without_a_head(folder):
    assert folder({"unit.csv": UNITS}, head=None).said == [("K0601", "", "")]


def test_good_tables(folder):
    found = folder({"unit.csv": UNITS, "person.csv": "id;unit;active\nan;u;có\n"})
    assert found.said == []
    assert found.facts("person", "an")["active"].least is True


@pytest.mark.parametrize(
    "data",
    [
        '\ufeffid,unit,part\nan,u,"0,5"\n'.encode(),
        "id\tunit\tpart\nan\tu\t0,5\n".encode("utf-16"),
        "id;unit;part\r\n an\u00a0;u;0,5\r\n;;\r\n".encode(),
        "Danh sách;;\nMã;Đơn vị;Phần\nid;unit;part\nan;u;0,5\n".encode(),
        b"part;_stt;id;unit\n0,5;1;an;u\n",
    ],
)
def test_text_files_as_people_save_them(folder, data):
    found = folder({"unit.csv": UNITS, "person.csv": data})
    assert found.said == []
    assert found.facts("person", "an")["part"].least == Decimal("0.5")


def test_every_bad_cell_is_told_in_one_run(folder):
    table = (
        "id,unit,joined,active,colour,part\n"
        "an,u,44545,co le,redd,1.5\n"
        "binh,nobody,12/15/2021,,red,x\n"
    )
    found = folder({"unit.csv": UNITS, "person.csv": table})
    assert found.said == [
        ("K0680", "serial", "C2"),
        ("K0680", "boolean", "D2"),
        ("K0614", "near", "E2"),
        ("K0615", "share", "F2"),
        ("K0617", "", "B3"),
        ("K0680", "turned", "C3"),
        ("K0680", "number", "F3"),
    ]


def test_a_thousand_bad_rows_are_one_diagnostic(folder):
    rows = "".join(f"p{n},u,redd\n" for n in range(1000))
    found = folder({"unit.csv": UNITS, "person.csv": f"id,unit,colour\n{rows}"})
    assert found.said == [("K0614", "near", "C2")]
    (one,) = found.found.diagnostics
    assert one.repeated.count == 1000
    assert one.repeated.rows == tuple(str(n) for n in range(3, 13))
    assert "1000" in render_json([one], "en")[0]["message"]


def test_what_differs_in_a_column_is_told_with_its_rows(folder):
    table = "id,unit,colour\na,u,redd\nb,u,gren\nc,u,redd\n"
    (one,) = folder({"unit.csv": UNITS, "person.csv": table}).found.diagnostics
    assert (one.repeated.count, one.repeated.rows) == (3, ("4", "3 `gren`"))


def test_a_cell_is_named_by_file_sheet_row_column_and_label(book):
    sheet = [["Mã", "Loại"], ["id", "kind"], ["u", "tpo"]]
    found = book({"unit": sheet})
    (one,) = found.found.diagnostics
    told = render_full([one], "vi")
    assert "book.xlsx, trang unit, dòng 3, cột B" in told
    (data,) = render_json([one], "en")
    assert (data["line"], data["column"], data["end_column"]) == (3, 2, 3)
    assert data["file"].endswith("book.xlsx")
    assert data["message"].startswith("sheet unit, row 3, column B")


# -- tables and columns ---------------------------------------------------------------------------


def test_a_table_without_its_key(folder):
    assert folder({"unit.csv": "kind,size\ntop,20\n"}).said == [("K0683", "", "A1")]
    assert folder({"unit.csv": "Mã,Loại\nu,top\n"}).said == [("K0683", "label", "A1")]


def test_columns_that_are_none(folder):
    table = "id,unit,colur,size_of_unit,unit\nan,u,red,2,u\n"
    assert folder({"unit.csv": UNITS, "person.csv": table}).said == [
        ("K0682", "near", "C1"),
        ("K0682", "computed", "D1"),
        ("K0682", "twice", "E1"),
    ]


def test_a_column_without_a_key_in_which_something_stands(folder):
    table = "id,unit,\nan,u,\nbinh,u,red\n"
    assert folder({"unit.csv": UNITS, "person.csv": table}).said == [("K0682", "blank", "C3")]


def test_a_row_without_its_id(folder):
    table = "id,unit,colour\nan,u,red\n,u,red\n,,\nTổng cộng,,\n"
    found = folder({"unit.csv": UNITS, "person.csv": table})
    assert found.said == [("K0684", "", "A3"), ("K0690", "", "A5")]


def test_a_row_of_totals_is_told_and_left_out(book):
    rows = [["_stt", "id", "kind", "size"], [1, "u", "top", 20], ["Cộng:", None, None, 20]]
    found = book({"unit": rows})
    assert found.said == [("K0690", "", "A3")]
    assert list(found.found.results.run.case.entities["unit"]) == ["u"]


def test_a_cell_with_a_mark_that_is_not_quoted(folder):
    table = "id,unit,reason\nan,u,so, so\n"
    assert folder({"unit.csv": UNITS, "person.csv": table}).codes == ["K0692"]


def test_a_quote_that_is_not_closed(folder):
    assert folder({"unit.csv": 'id,kind\n"u,top\n'}).said == [("K0692", "quote", "A2")]


def test_two_tables_for_one_subject(folder, tmp_path):
    write_book(tmp_path / "unit.xlsx", {"unit": [["id"], ["u"]]})
    data = (tmp_path / "unit.xlsx").read_bytes()
    assert folder({"unit.csv": UNITS, "unit.xlsx": data}).said == [("K0686", "", "")]


def test_a_file_or_sheet_that_is_no_table(folder, book):
    assert folder({"unit.csv": UNITS, "prson.csv": "id\nan\n", "_old.csv": "id\n"}).said == [
        ("K0685", "near", "")
    ]
    sheets = {"unit": [["id", "kind"], ["u", "top"]], "Notes": [["x"]], "_notes": [["x"]]}
    assert book(sheets).said == [("K0685", "sheet", "A1")]


def test_a_table_with_more_cells_than_there_may_be(folder, monkeypatch):
    monkeypatch.setattr(text_file.limits, "TABLE_CELLS", 5)
    assert folder({"unit.csv": UNITS}).said == [("K0688", "", "")]


def test_tables_without_subjects(folder):
    assert folder({"unit.csv": "id,kind\n"}).said == [("K0696", "", "")]


# -- lists ----------------------------------------------------------------------------------------

PERSON = "id,unit\nan,u\n"


def test_lists_and_their_holders(folder):
    tables = {"unit.csv": UNITS, "person.csv": PERSON}
    wrong = {**tables, "person.faults.csv": "of,code\nnobody,k1\nu,k1\nan,k1\nan,k1\nan,\n"}
    assert folder(wrong).said == [
        ("K0617", "", "A2"),
        ("K0618", "", "A3"),
        ("K0620", "", "B5"),
        ("K0619", "", "A6"),
    ]


def test_a_list_that_is_none_and_has_rows(folder):
    tables = {"unit.csv": UNITS, "person.csv": "id,unit,faults\nan,u,-\n"}
    assert folder({**tables, "person.faults.csv": "of,code\nan,k1\n"}).said == [
        ("K0695", "none", "A2")
    ]


def test_rows_of_lists_that_leave_something_empty(folder):
    tables = {"unit.csv": UNITS, "person.csv": PERSON}
    assert folder({**tables, "person.tags.csv": "of,value\nan,red\nan,\n"}).said == [
        ("K0684", "empty", "B3")
    ]
    faults = parquet(of=["an", None], code=["k1", "k2"])
    found = folder({**tables, "person.tags.csv": "of,value\n", "person.faults.parquet": faults})
    assert found.said == [("K0684", "empty", "A2")]


def test_marks_of_lists(folder):
    person = "id,unit,faults?,tags?\nan,u,?,-\nbinh,u,,\nchi,u,?,\n"
    faults = "of,code,grade\nbinh,k1,good\nbinh,?,?\nchi,k1,fair\n"
    found = folder({"unit.csv": UNITS, "person.csv": person, "person.faults.csv": faults})
    assert found.said == []
    an, binh, chi = (found.facts("person", name)["faults"] for name in ("an", "binh", "chi"))
    assert an.why
    assert (len(binh.least.items), binh.least.unseen) == (1, None)
    assert (len(chi.least.items), chi.least.unseen) == (1, None)
    assert found.facts("person", "an")["tags"].least.items == ()
    assert "tags" not in found.facts("person", "binh")


def test_ballots(folder):
    person = (
        "id,unit,active,votes.high,votes.low,votes?\n"
        "an,u,no,3,,\nbinh,u,no,,,-\nchi,u,no,?,,\ndung,u,no,2,,-\nem,u,no,-1,,\n"
    )
    found = folder({"unit.csv": UNITS, "person.csv": person})
    assert found.said == [("K0695", "ballots", "D5"), ("K0621", "", "D6")]
    found = folder({"unit.csv": UNITS, "person.csv": "\n".join(person.splitlines()[:4])})
    assert found.facts("person", "an")["votes"].least == (0, 0, 3)
    assert found.facts("person", "chi")["votes"].why


def test_a_number_is_shown_without_the_places_that_others_of_its_column_have(folder):
    person = "id,unit,colour,votes.high,part\nan,nobody,red,9,13\nbinh,u,red,3.5,0.5\n"
    found = folder({"unit.csv": UNITS, "person.csv": person})
    assert found.said == [("K0617", "", "B2"), ("K0615", "share", "E2"), ("K0621", "", "D3")]
    assert "`13`" in render_full(found.found.diagnostics, "en")


# -- subjects -------------------------------------------------------------------------------------


def test_one_id_twice_and_rings(folder):
    assert folder({"unit.csv": "id,kind\na,top\na,top\n"}).said == [("K0605", "", "A3")]
    units = "id,kind,above\na,cell,b\nb,cell,a\n"
    assert "K0628" in folder({"unit.csv": units}).codes


def test_decisions(folder):
    table = "id,unit,given.level,given.status,given.after,given.on\n"
    rows = "an,u,high,,cap,15/12/2021\nbinh,u,high,pending,,\nchi,u,hihg,,,\ndung,u,,,cpa,\n"
    found = folder({"unit.csv": UNITS, "person.csv": table + rows})
    assert found.codes == ["K0416", "K0614", "K0126"]
    found = folder({"unit.csv": UNITS, "person.csv": table + rows.splitlines()[0]})
    given = found.found.results.run.case.entities["person"]["an"].given
    assert given.said == {"level": "high", "after": "cap", "on": "2021-12-15"}


# -- workbooks ------------------------------------------------------------------------------------


def test_a_workbook(book):
    people = [
        ["Người"],
        ["Mã", "Đơn vị", "Ngày"],
        ["id", "unit", "joined", "active"],
        ["an", "u", date(2005, 2, 1), True],
        [101, "u", "1/2/2005", "không"],
    ]
    found = book({"unit": [["id", "kind"], ["u", "top"]], "person": people})
    assert found.said == []
    assert found.facts("person", "an")["joined"].least == date(2005, 2, 1)
    assert found.facts("person", "101")["active"].least is False


def test_formulas_are_read_as_their_values(book):
    people = [["id", "unit", "part", "reason"], ["an", "u"], ["binh", "u"]]

    def change(made):
        page = made.get_worksheet_by_name("person")
        page.write_formula(1, 2, "=1/4", None, 0.25)
        page.write_formula(2, 2, "=1/0", None, "#DIV/0!")

    found = book({"unit": [["id", "kind"], ["u", "top"]], "person": people}, change)
    assert found.said == [("K0681", "error", "C3")]


def test_a_formula_of_which_no_value_was_kept(tmp_path, folder):
    openpyxl = pytest.importorskip("openpyxl")
    made = openpyxl.Workbook()
    for row in (["id", "size"], ["u", "=1+1"]):
        made.active.append(row)
    made.save(tmp_path / "unit.xlsx")
    found = folder({"unit.xlsx": (tmp_path / "unit.xlsx").read_bytes()})
    assert found.said == [("K0681", "formula", "B2")]


def test_hidden_rows_and_sheets_are_read_and_told(book):
    def change(made):
        made.get_worksheet_by_name("unit").set_row(2, None, None, {"hidden": True})
        made.get_worksheet_by_name("person").hide()

    units = [["id", "kind"], ["u", "top"], ["v", "top"]]
    found = book({"unit": units, "person": [["id", "unit"], ["an", "v"]]}, change)
    assert found.said == [("K0689", "", "A3"), ("K0689", "sheet", "A1")]
    assert list(found.found.results.run.case.entities["unit"]) == ["u", "v"]


def test_workbooks_that_cannot_be_read(folder, tmp_path):
    write_book(tmp_path / "unit.xlsx", {"unit": [["id"], ["u"]]})
    whole = (tmp_path / "unit.xlsx").read_bytes()
    out = io.BytesIO(whole)
    with zipfile.ZipFile(out, "a") as made:
        made.writestr("xl/vbaProject.bin", b"x")
    for data, advice in (
        (whole[: len(whole) // 2], "damaged"),
        (b"", "empty"),
        (b"id,kind\n", "other"),
        (COMPOUND + b"\0" * 600, "damaged"),
        (out.getvalue(), "macro"),
        (COMPOUND + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
    ):
        assert folder({"unit.xlsx": data}).said == [("K0687", advice, "")], advice


def test_an_old_workbook_with_a_password_is_told_as_such(folder):
    data = (Path(__file__).parent / "saved/locked.xls").read_bytes()
    assert folder({"unit.xls": data}).said == [("K0687", "encrypted", "")]


def test_a_zip_bomb_is_not_unpacked(folder, tmp_path, monkeypatch):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("xl/workbook.xml", b"<workbook/>")
        made.writestr("xl/worksheets/sheet1.xml", b" " * 2_000_000)
    monkeypatch.setattr(archive.limits, "WORKBOOK_BYTES", 1_000_000)
    assert folder({"unit.xlsx": out.getvalue()}).said == [("K0687", "bomb", "")]


def test_a_sheet_that_claims_to_be_huge(tmp_path, folder):
    write_book(tmp_path / "unit.xlsx", {"unit": [["id"], ["u"]]})
    source = zipfile.ZipFile(tmp_path / "unit.xlsx")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in source.namelist():
            data = source.read(name)
            if name.endswith("sheet2.xml"):
                far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
                data = data.replace(b"</sheetData>", far)
            made.writestr(name, data)
    assert folder({"unit.xlsx": out.getvalue()}).said == [("K0687", "large", "")]


def test_heads_of_workbooks(tmp_path, books, shelf):
    def said(head):
        path = tmp_path / "a.xlsx"
        with xlsxwriter.Workbook(path) as made:
            for name, rows in {**head, "unit": [["id", "kind"], ["u", "top"]]}.items():
                page = made.add_worksheet(name)
                for at, row in enumerate(rows):
                    page.write_row(at, 0, row)
        found = evaluate_file(path, shelf, {}, books)
        return [(d.code, d.help) for d in found.diagnostics]

    assert said({}) == [("K0694", "sheet")]
    assert said({"case": [["on", "2021-12-15"]]}) == [("K0694", "rulebook")]
    rows = [["rulebook", "small"], ["on", 44545], ["complet", "x"]]
    assert said({"case": rows}) == [("K0616", "serial"), ("K0694", "near")]
    rows = [["Bộ quy định", "rulebook", "small"], ["Ngày", "on", "15/12/2021"]]
    assert said({"case": [*rows, ["", "readings.strict", "tight"], ["", "complete", "có"]]}) == []


# -- Parquet --------------------------------------------------------------------------------------


def parquet(**columns) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


def test_parquet_in_typed_form_and_of_texts(folder):
    unit = parquet(id=["u"], kind=pa.array(["top"]).dictionary_encode(), size=[20])
    typed = parquet(id=["an"], unit=["u"], joined=[date(2005, 1, 2)], active=[True], part=[0.5])
    texts = parquet(id=["an"], unit=["u"], joined=["2/1/2005"], active=["x"], part=["0,5"])
    for person in (typed, texts):
        found = folder({"unit.parquet": unit, "person.parquet": person})
        assert found.said == []
        facts = found.facts("person", "an")
        assert facts["joined"].least == date(2005, 1, 2)
        assert facts["part"].least == Decimal("0.5")


def test_parquet_with_a_column_twice(folder):
    twice = io.BytesIO()
    pq.write_table(pa.Table.from_arrays([["u"], ["top"], ["low"]], ["id", "kind", "kind"]), twice)
    found = folder({"unit.parquet": twice.getvalue(), "person.csv": "id,unit\n"})
    assert [(code, where) for code, _, where in found.said] == [("K0682", "C1")]


def test_parquet_of_wrong_types(folder):
    unit = parquet(id=["u"], kind=["top"])
    person = parquet(id=["an"], unit=["u"], joined=[20050102], active=[1.5], colour=[True])
    assert folder({"unit.parquet": unit, "person.parquet": person}).said == [
        ("K0691", "", "C1"),
        ("K0691", "", "D1"),
        ("K0691", "", "E1"),
    ]
    assert folder({"unit.parquet": unit[:-3], "person.parquet": person}).codes[0] == "K0687"


def test_the_head_keeps_its_own_checks(folder):
    assert folder({"unit.csv": UNITS}, head=f"{HEAD}readings: {{strict: no}}\n").codes == ["K0504"]


def test_engines_get_tables_that_were_looked_at(tmp_path, books, shelf):
    """What is wrong in a row or a tree is said, though no subject is made."""
    person = "id,unit,part\nan,nobody,0.5\nbinh,u,7\nbinh,u,\n"
    files = {"unit": "id,kind,above\nu,top,\na,cell,b\nb,cell,a\n", "person": person}
    for name, text in {**files, "person.faults": "of,code\nan,\n"}.items():
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    (tmp_path / "case.yaml").write_text(HEAD, "utf-8")
    bag = Bag()
    program = shelf.ready(books / "small", {}).program
    assert checked_frames(read_any(tmp_path, bag), program, bag) is None
    assert sorted(d.code for d in bag.diagnostics) == [
        "K0605",
        "K0615",
        "K0617",
        "K0619",
        "K0628",
    ]


@pytest.mark.parametrize(
    ("end", "beyond"),
    [
        (Decimal("1.00"), [True, False, None]),  # whole, however it is written
        (Decimal("0.5"), [True, False, None]),
        (Decimal("0.25"), [True, True, False]),  # 39 digits: each cell is looked at by itself
        (Decimal(10) ** 30, [True, True, None]),
    ],
)
def test_cells_are_compared_with_an_end_of_more_digits(end, beyond):
    cells = pa.array([Decimal("0.4"), Decimal("2.5"), None], pa.decimal128(38, 1))
    assert _beyond(pc.less, cells, end).to_pylist() == beyond


def test_large_tables_in_typed_form_stay_on_disk(tmp_path, books, shelf, monkeypatch):
    (tmp_path / "case.yaml").write_text(HEAD, "utf-8")
    (tmp_path / "unit.parquet").write_bytes(parquet(id=["u"], kind=["top"], size=[20]))
    (tmp_path / "person.parquet").write_bytes(
        parquet(id=["an", "b"], unit=["u", "u"], part=["1", "?"])
    )
    monkeypatch.setattr(read.limits, "TABLE_CELLS", 2)
    monkeypatch.setattr(read, "LITTLE", 2)
    program, bag = shelf.ready(books / "small", {}).program, Bag()
    frames = read_frames(tmp_path, program, bag)
    assert frames.parquet == {"unit": tmp_path / "unit.parquet"}
    assert list(frames.tables) == ["person"], "it is in texts, and has to be read"
    assert list(read_frames(tmp_path, program, bag, whole=True).tables) == ["person", "unit"]


def test_beside_a_table_that_stays_on_disk_others_do_if_they_are_not_little(
    tmp_path, books, shelf, monkeypatch
):
    (tmp_path / "case.yaml").write_text(HEAD, "utf-8")
    (tmp_path / "unit.parquet").write_bytes(parquet(id=["u"], kind=["top"], size=[20]))
    people = {"id": ["an", "b", "c"], "unit": ["u", "u", "u"], "part": [1, 2, None]}
    (tmp_path / "person.parquet").write_bytes(parquet(**people))
    program = shelf.ready(books / "small", {}).program
    held = []
    for most, little in ((10, 2), (8, 3), (8, 2)):
        monkeypatch.setattr(read.limits, "TABLE_CELLS", most)
        monkeypatch.setattr(read, "LITTLE", little)
        held.append(sorted(read_frames(tmp_path, program, Bag()).tables))
    assert held == [["person", "unit"], ["unit"], []]


def test_of_a_table_that_cannot_be_read_nobody_is_missed(folder):
    assert folder({"person.csv": "id,unit\nan,u\n"}).said == [("K0617", "", "B2")]
    assert folder({"unit.csv": "kind,size\ntop,20\n"}).said == [("K0683", "", "A1")]


def test_an_open_document_with_a_password(folder):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("META-INF/manifest.xml", "<manifest:encryption-data/>")
        made.writestr("content.xml", b"\x01\x02")
    assert folder({"unit.ods": out.getvalue()}).said == [("K0687", "encrypted", "")]
