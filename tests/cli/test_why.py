"""`khung show why`: one row of stored results in words, by the case or by what is stored."""

import json
import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.support.schemas import ROOT

from khung.cli.commands import why
from khung.cli.exit_codes import ExitCode
from khung.report.tables.run import case_digest

CASE = ROOT / "cases" / "2021" / "dang_vien-099-bang-phieu.yaml"
SINGERS = """\
rulebook: small
on: 2021-12-15
complete: true
"""
RULEBOOK = """\
khung: 1
id: small
title: A small rulebook
period: {from: 2021-01-01, to: 2021-12-31}
document: D-1
documents: {D-1: {}}
scales: {grade: {values: {low: Low, high: High}}}
records: {visit: {fields: {day: {type: date, label: Day}, long: {type: boolean, label: Long}}}}
clauses: {a/1: {summary: Eight points are asked}}
subjects:
  person:
    label: Person
    facts:
      score: {type: number, unit: point, label: Score}
      band: {type: grade, label: Band}
      visits: {type: list of visit, default: [], label: Visits}
    ladder:
      scale: grade
      levels:
        high: {require: {much: {label: Eight points, that: score >= 8, source: a/1}}}
        low: {otherwise: true, source: a/1}
"""


@pytest.fixture
def stored(khung, tmp_path):
    """A folder of results of a case beside it."""
    shutil.copy(CASE, tmp_path / "case.yaml")
    ran = khung("eval", str(tmp_path / "case.yaml"), "--out", str(tmp_path / "out"), "--no-forms")
    assert ran.code == ExitCode.DONE
    return tmp_path / "out"


@pytest.fixture
def tables(khung, tmp_path):
    """A folder of results of a case of tables."""
    folder = tmp_path / "people"
    (tmp_path / "rulebooks" / "small").mkdir(parents=True)
    (tmp_path / "rulebooks" / "small" / "rulebook.yaml").write_text(RULEBOOK, encoding="utf-8")
    folder.mkdir()
    (folder / "case.yaml").write_text(SINGERS, encoding="utf-8")
    (folder / "person.csv").write_text("id;name;score;band\na;Ann;9;low\nb;;3;?\n", "utf-8")
    (folder / "person.visits.csv").write_text("of,day,long\na,2021-02-03,true\n", "utf-8")
    ran = khung("eval", str(folder), "--out", str(tmp_path / "out"))
    assert ran.code == ExitCode.DONE, ran.err
    return tmp_path / "out"


def test_a_case_at_hand_is_told_as_by_eval(khung, stored):
    case = str(stored.parent / "case.yaml")
    ran = khung("show", "why", str(stored), "dang_vien", "x2")
    assert ran.code == ExitCode.DONE
    assert ran.out == khung("eval", case, "--only", "dang_vien.x2").out
    full = khung("show", "why", str(stored), "dang_vien", "x2", "--full")
    assert full.out == khung("eval", case, "--only", "dang_vien.x2", "--full").out
    assert len(full.out) > len(ran.out)


def test_decisions_and_readings_of_the_run_count_again(khung, tmp_path):
    shutil.copy(CASE, tmp_path / "case.yaml")
    decided = tmp_path / "d.csv"
    decided.write_text("subject,id,given.level\ndang_vien,x2,hoan_thanh_tot\n", "utf-8")
    how = ("--decisions", str(decided), "--reading", "lam_tron=len")
    khung("eval", str(tmp_path / "case.yaml"), "--out", str(tmp_path / "out"), "--no-forms", *how)
    ran = khung("show", "why", str(tmp_path / "out"), "dang_vien", "x2")
    again = khung("eval", str(tmp_path / "case.yaml"), *how, "--only", "dang_vien.x2")
    assert ran.out == again.out


@pytest.mark.parametrize(("change", "words"), [("changed", "has changed"), ("gone", "not where")])
def test_without_the_case_as_it_was_the_row_is_told_as_it_is_stored(khung, stored, change, words):
    case = stored.parent / "case.yaml"
    if change == "gone":
        case.unlink()
    else:
        case.write_text(case.read_text("utf-8") + "# more\n", "utf-8")
    ran = khung("show", "why", str(stored), "dang_vien", "x2", "--lang", "en")
    assert ran.code == ExitCode.DONE
    assert "stored; nothing was worked out again" in ran.out
    assert words in ran.out
    assert "Awaits a decision" in ran.out
    assert "II.B.2.3.a/4" in ran.out  # the clause of the quota, which stands in the row


def test_of_a_large_case_the_part_on_which_one_hangs_is_evaluated_again(khung, tables, monkeypatch):
    how = ("--rulebooks", str(tables.parent / "rulebooks"), "--lang", "en")
    whole = khung("show", "why", str(tables), "person", "a", *how).out
    monkeypatch.setattr(why, "MOST_SUBJECTS", 1)  # there are two, nothing joins them
    assert khung("show", "why", str(tables), "person", "a", *how).out == whole


def test_a_part_that_does_not_come_to_what_is_stored_is_not_told(khung, tables, monkeypatch):
    monkeypatch.setattr(why, "MOST_SUBJECTS", 1)
    path = tables / "results" / "person.parquet"
    table = pq.read_table(path)
    at = table.schema.get_field_index("level")
    pq.write_table(table.set_column(at, "level", pa.array(["low"] * table.num_rows)), path)
    how = ("--rulebooks", str(tables.parent / "rulebooks"), "--lang", "en")
    assert "as they are stored" in khung("show", "why", str(tables), "person", "a", *how).out


def test_where_what_is_stored_is_damaged_no_part_is_told(khung, tables, monkeypatch):
    monkeypatch.setattr(why, "MOST_SUBJECTS", 1)
    (tables / "results" / "person.parquet").write_bytes(b"PAR1")
    how = ("--rulebooks", str(tables.parent / "rulebooks"), "--lang", "en")
    ran = khung("show", "why", str(tables), "person", "a", *how)
    assert (ran.code, "K0853" in ran.err) == (ExitCode.USAGE, True)


def test_a_row_of_a_run_that_wrote_a_part_says_so(khung, tables, monkeypatch):
    monkeypatch.setattr(why, "MOST_SUBJECTS", 0)
    case, out = str(tables.parent / "people"), str(tables.parent / "part")
    how = ("--rulebooks", str(tables.parent / "rulebooks"), "--lang", "en")
    khung("eval", case, "--out", out, "--columns", "level", "--engine", "duckdb", *how)
    ran = khung("show", "why", out, "person", "b", *how)
    assert ran.code == ExitCode.DONE
    assert "wrote only a part" in ran.out
    assert "Result: Low" in ran.out
    assert "Eight points" not in ran.out


def test_what_is_asked_and_keeps_a_level_away_is_told_as_not_met(khung, tables, monkeypatch):
    monkeypatch.setattr(why, "MOST_SUBJECTS", 0)
    how = ("--rulebooks", str(tables.parent / "rulebooks"), "--lang", "en")
    assert (
        "Not met: Eight points (a/1)" in khung("show", "why", str(tables), "person", "b", *how).out
    )


def test_a_row_of_very_many_is_told_with_the_facts_of_its_tables(khung, tables, monkeypatch):
    monkeypatch.setattr(why, "MOST_SUBJECTS", 0)
    told = khung(
        "show",
        "why",
        str(tables),
        "person",
        "a",
        "--rulebooks",
        str(tables.parent / "rulebooks"),
        "--lang",
        "en",
    ).out
    assert "Person Ann" in told
    assert "Result: High" in told
    assert "Eight points (a/1)" in told
    assert "Eight points are asked" in told
    assert "Score: 9" in told
    assert "Band: Low" in told
    assert "Day: 2021-02-03; Long:" in told


def test_what_is_no_folder_of_results_is_told(khung, stored, tmp_path):
    for content in (None, "{", "[]", '{"khung": "0", "format": 1}', '{"rulebook": 1}'):
        if content is not None:
            (tmp_path / "run.json").write_text(content, "utf-8")
        ran = khung("show", "why", str(tmp_path), "dang_vien", "x2", "--lang", "en")
        assert (ran.code, "K0853" in ran.err) == (ExitCode.USAGE, True)


def test_a_table_that_is_damaged_is_told(khung, stored):
    (stored.parent / "case.yaml").unlink()
    (stored / "results" / "dang_vien.parquet").write_bytes(b"PAR1")
    ran = khung("show", "why", str(stored), "dang_vien", "x2", "--lang", "en")
    assert (ran.code, "K0853" in ran.err) == (ExitCode.USAGE, True)
    assert "cannot be read" in ran.err


@pytest.mark.parametrize(
    ("names", "code", "near"),
    [
        (("dang_vien",), "K0803", "RESULTS SUBJECT ID"),
        (("dang_vien", "x2", "x3"), "K0806", "x3"),
        (("dang_vie", "x2"), "K0854", "dang_vien"),
        (("dang_vien", "tot1"), "K0817", "tot_1"),
    ],
)
def test_who_is_not_there_is_told_with_the_nearest(khung, stored, names, code, near):
    ran = khung("show", "why", str(stored), *names, "--lang", "en")
    assert (ran.code, f"[{code}]" in ran.err) == (ExitCode.USAGE, True)
    assert near in ran.err


def test_a_rulebook_that_has_changed_is_told(khung, stored):
    run = json.loads((stored / "run.json").read_text("utf-8"))
    run["rulebook"]["digest"] = "sha256:0"
    (stored / "run.json").write_text(json.dumps(run), "utf-8")
    ran = khung("show", "why", str(stored), "dang_vien", "x2", "--lang", "en")
    assert ran.out.startswith("The rulebook has changed since that run")


def test_other_names_behind_a_rulebook_are_too_much(khung):
    ran = khung("show", "2021", "more", "--lang", "en")
    assert (ran.code, "K0806" in ran.err) == (ExitCode.USAGE, True)


def test_a_case_named_by_its_head_is_the_folder_of_its_tables(khung, tables):
    people = tables.parent / "people"
    khung("eval", str(people / "case.yaml"), "--out", str(tables.parent / "again"))
    run = json.loads((tables.parent / "again" / "run.json").read_text("utf-8"))
    assert run["case"]["path"] == "../people"
    (people / "~$person.xlsx").write_text("open")  # what Excel writes beside a book that is open
    assert case_digest(people) == run["case"]["digest"]
    (people / "person.csv").write_text("id,score,band\na,9,high\n", "utf-8")
    where = ("--rulebooks", str(tables.parent / "rulebooks"), "--lang", "en")
    ran = khung("show", "why", str(tables.parent / "again"), "person", "a", *where)
    assert "The case has changed" in ran.out
