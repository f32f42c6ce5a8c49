"""The table of decisions: asked for in the results, filled in, and given back as it is."""

import csv
import json
import shutil
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from tests.support.schemas import ROOT

import khung
from khung.cli.exit_codes import ExitCode

CASE = "cases/2021/dang_vien-099-bang-phieu.yaml"
"""Ten members, of whom two may be excellent: x1 is, and x2 and x3 have as many votes."""

HIGH, MIDDLE = "hoan_thanh_xuat_sac", "hoan_thanh_tot"
SAID_HIGH, SAID_MIDDLE = "Hoàn thành xuất sắc nhiệm vụ", "Hoàn thành tốt nhiệm vụ"


def table(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def fill(path, filled, delimiter=","):
    """Fill in a table in place: columns of a row by the id of the subject."""
    rows = table(path)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows({**row, **filled.get(row["id"], {})} for row in rows)


def levels(folder):
    rows = table(folder / "results" / "dang_vien.csv")
    return {row["id"]: row["level"] or row["status"] for row in rows if row["id"].startswith("x")}


@pytest.fixture
def asked(khung, tmp_path):
    """A folder of results in which two wait for a decision."""
    out = tmp_path / "asked"
    assert khung("eval", CASE, "--out", str(out), "--no-forms").code == ExitCode.DONE
    assert levels(out) == {"x1": HIGH, "x2": "needs_decision", "x3": "needs_decision"}
    return out


@pytest.fixture
def again(khung, tmp_path):
    """Run the case with a table of decisions."""

    def run(path, *more, out="done"):
        where = ("--out", str(tmp_path / out), "--no-forms") if out else ()
        return khung("eval", CASE, "--decisions", str(path), *where, "--lang", "en", *more)

    return run


CHOSEN = {"x2": {"given.level": HIGH}, "x3": {"given.level": MIDDLE}}
DECIDED = {"x1": HIGH, "x2": HIGH, "x3": MIDDLE}


def test_what_is_filled_in_is_the_result(asked, again, tmp_path):
    fill(asked / "decisions.csv", CHOSEN)
    assert again(asked / "decisions.csv").code == ExitCode.DONE
    assert levels(tmp_path / "done") == DECIDED


def test_levels_may_be_called_as_people_do_and_cells_parted_as_spreadsheets_do(
    asked, again, tmp_path
):
    said = {"given.level": SAID_HIGH.lower(), "given.on": "14/12/2021", "given.by": "Chi bộ"}
    fill(asked / "decisions.csv", {**CHOSEN, "x2": said}, ";")
    again(asked / "decisions.csv")
    assert levels(tmp_path / "done") == DECIDED
    row = next(r for r in table(tmp_path / "done/results/dang_vien.csv") if r["id"] == "x2")
    assert (row["given.on"], row["given.by"]) == ("2021-12-14", "Chi bộ")


def test_the_sheet_of_the_workbook_is_given_back(asked, again, tmp_path):
    book = openpyxl.load_workbook(asked / "results.xlsx")
    sheet = book["Quyết định"]
    keys = [cell.value for cell in sheet[3]]
    level, who = keys.index("given.level"), keys.index("id")
    for row in sheet.iter_rows(min_row=4):
        row[level].value = {"x2": SAID_HIGH, "x3": SAID_MIDDLE}[row[who].value]
    book.save(asked / "filled.xlsx")
    assert again(asked / "filled.xlsx").code == ExitCode.DONE
    assert levels(tmp_path / "done") == DECIDED


def test_parquet_is_given_back(asked, again, tmp_path):
    frame = pq.read_table(asked / "decisions.parquet")
    chosen = pa.array([HIGH, MIDDLE])
    at = frame.column_names.index("given.level")
    pq.write_table(frame.set_column(at, "given.level", chosen), asked / "filled.parquet")
    assert again(asked / "filled.parquet").code == ExitCode.DONE
    assert levels(tmp_path / "done") == DECIDED
    assert pc.all(pc.is_valid(chosen)).as_py()


def test_the_next_table_holds_what_was_decided_so_that_the_last_one_is_enough(
    asked, again, tmp_path
):
    said = {"given.document": "=12/QĐ", "given.by": "''a"}  # written so, `by` is `'a`
    fill(asked / "decisions.csv", {"x2": CHOSEN["x2"] | said})
    again(asked / "decisions.csv", out="one")
    rows = table(tmp_path / "one" / "decisions.csv")
    assert [(row["id"], row["given.level"]) for row in rows] == [("x2", HIGH)]
    assert (rows[0]["given.document"], rows[0]["given.by"]) == ("'=12/QĐ", "''a")
    again(tmp_path / "one" / "decisions.csv", out="two")
    assert levels(tmp_path / "two") == DECIDED  # one place is left for nobody: x3 is cut
    assert table(tmp_path / "two" / "decisions.csv") == rows


def test_the_table_may_stand_in_the_results_that_are_replaced(asked, again):
    fill(asked / "decisions.csv", CHOSEN)
    ran = again(asked / "decisions.csv", "--force", out="asked")
    assert ran.code == ExitCode.DONE
    assert levels(asked) == DECIDED


def test_a_status_may_be_given_as_a_level(asked, again, tmp_path):
    fill(asked / "decisions.csv", {"x2": {"given.level": "Không xếp loại"}})
    again(asked / "decisions.csv")
    assert levels(tmp_path / "done")["x2"] == "not_ranked"


# -- what is wrong --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filled", "code", "words"),
    [
        ({"x2": {"id": "x9", "given.level": HIGH}}, "K0650", "x9"),
        ({"x2": {"given.level": "hoan_thanh_xuat_sax"}}, "K0614", "hoan_thanh_xuat_sac"),
        ({"x2": {"given.level": "Hoàn thành tôt nhiệm vụ"}}, "K0614", "hoan_thanh_tot"),
        ({"x2": {"subject": "dang_vienn", "given.level": HIGH}}, "K0201", "dang_vien"),
        ({"x2": {"given.after": "quotta", "given.level": HIGH}}, "K0201", "quota"),
        ({"x2": {"given.level": HIGH, "given.status": "pending"}}, "K0416", "given.status"),
        ({"x2": {"given.level": HIGH, "given.on": "14.12"}}, "K0680", "14.12"),
        ({"x2": {"id": "x3", "given.level": HIGH}, "x3": {"given.level": MIDDLE}}, "K0651", "x3"),
        ({"x2": {"id": "tot_1", "given.level": HIGH}}, "K0651", "tot_1"),
    ],
)
def test_a_mistake_in_the_table_is_told_at_its_cell_and_nothing_is_written(
    asked, again, tmp_path, filled, code, words
):
    fill(asked / "decisions.csv", filled)
    ran = again(asked / "decisions.csv")
    assert (ran.code, (tmp_path / "done").exists()) == (ExitCode.INVALID, False)
    assert f"[{code}]" in ran.err
    assert words in ran.err
    assert "decisions.csv" in ran.err


def test_more_chosen_than_there_are_places_is_told(asked, again, tmp_path):
    fill(asked / "decisions.csv", {name: {"given.level": HIGH} for name in ("x2", "x3")})
    ran = again(asked / "decisions.csv")
    assert (ran.code, "K0652" in ran.err) == (ExitCode.DONE, True)
    assert "2 are to keep the level" in ran.err
    assert "has 1 places left" in " ".join(ran.err.split())
    assert levels(tmp_path / "done") == {"x1": MIDDLE, "x2": HIGH, "x3": HIGH}  # as decided


def test_what_is_not_among_the_options_of_the_row_is_told(asked, again, tmp_path):
    fill(asked / "decisions.csv", {"x2": {"given.level": "hoan_thanh"}})
    ran = again(asked / "decisions.csv")
    assert (ran.code, "K0655" in ran.err) == (ExitCode.DONE, True)
    assert levels(tmp_path / "done")["x2"] == "hoan_thanh"


def test_a_table_that_nobody_filled_in_is_told(asked, again):
    ran = again(asked / "decisions.csv", out="")
    assert (ran.code, "K0653" in ran.err) == (ExitCode.DONE, True)


def test_what_is_no_table_of_decisions_is_told(asked, again, tmp_path):
    (tmp_path / "a.json").write_text("{}")
    book = openpyxl.Workbook()
    book.create_sheet("b")
    book.save(tmp_path / "two.xlsx")
    for name in ("a.json", "two.xlsx"):
        ran = again(tmp_path / name, out="")
        assert (ran.code, "K0654" in ran.err) == (ExitCode.INVALID, True)
    shutil.copy(asked / "summary.csv", tmp_path / "summary.csv")
    assert again(tmp_path / "summary.csv", out="").code == ExitCode.INVALID
    assert again(tmp_path / "nothing.csv", out="").code == ExitCode.INVALID


def test_a_table_among_the_tables_of_a_case_counts_by_itself(khung, tmp_path):
    folder = tmp_path / "case"
    folder.mkdir()
    (folder / "case.yaml").write_text("rulebook: '2021'\non: 2021-12-15\n", encoding="utf-8")
    (folder / "to_chuc_dang.csv").write_text("id,loai\na,chi_bo_co_so\n", encoding="utf-8")
    heads = "subject,id,given.level,given.status\n"
    (folder / "decisions.csv").write_text(f"{heads}to_chuc_dang,a,{HIGH},\n", encoding="utf-8")
    found = khung("eval", str(folder), "--format", "json").json
    assert found["results"]["to_chuc_dang"]["a"]["level"] == HIGH
    out = tmp_path / "out"
    ran = khung("eval", str(folder), "--out", str(out), "--no-forms", "--engine", "duckdb")
    assert (ran.err, json.loads((out / "run.json").read_text("utf-8"))["engine"]) == ("", "duckdb")
    (row,) = table(out / "results" / "to_chuc_dang.csv")
    assert row["level"] == HIGH


def test_the_library_takes_tables_of_decisions_too(tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    path = tmp_path / "d.csv"
    path.write_text(f"subject,id,given.level\ndang_vien,x2,{MIDDLE}\n", encoding="utf-8")
    for evaluate in (khung.evaluate, khung.open_rulebook("2021").evaluate):
        found = evaluate(Path(CASE), decisions=[path])
        assert found.results["dang_vien"]["x2"].level == MIDDLE
