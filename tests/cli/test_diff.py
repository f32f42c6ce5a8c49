"""`khung diff`. The texts in `golden/` are rewritten with `KHUNG_UPDATE=1 pytest`."""

import os
import shutil
from pathlib import Path

import pytest
from tests.support.pair import BEFORE, CASES, edited
from tests.support.schemas import accepts

from khung.cli.exit_codes import ExitCode
from khung.diagnostics.render.columns import columns

GOLDEN = Path(__file__).parent / "golden"

BUSY = (
    "busy: {when: hours > 305, at_most: fair, source: 5.1/1, label: {vi: Quá nhiều giờ, en: Busy}}"
)

EDITS = (
    ("rulebook", "value: 25%", "value: 50%"),
    ("rulebook", "value: 60,", "value: '60.0',"),
    ("rulebook", "{illness: Nghỉ ốm", "{leave: Nghỉ phép, illness: Nghỉ ốm"),
    ("lecturer", "score >= 75, source: 3/2", "score >= 76, source: 3/3"),
    ("lecturer", '  absent: {when: count(long_absences) > 0, at_most: fair, source: "4.1"}\n', ""),
    ("lecturer", "caps:\n", f"caps:\n  {BUSY}\n"),
    ("lecturer", "count(long_absences) > 2", "count(long_absences) > 3"),
    ("lecturer", "hours = 0, to: weak, source: 3/5", "hours = 0, to: weak, source: 3/4"),
    ("clauses", "Mức khá", "Mức khá hiện hành"),
    ("clauses", '  3/5: {summary: "Không có giờ dạy"}\n', ""),
)


@pytest.fixture
def after(tmp_path):
    return edited(tmp_path, *EDITS)


def diff(khung, after, *arguments, cases=CASES):
    return khung("diff", str(BEFORE), str(after), "--cases", str(cases), *arguments)


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_golden(khung, after, lang, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    shutil.copytree(BEFORE, tmp_path / "last")
    shutil.copytree(CASES, tmp_path / "cases")
    monkeypatch.chdir(tmp_path)
    ran = khung("diff", "last", "rulebooks/lecturers", "--cases", "cases", "--lang", lang)
    golden = GOLDEN / f"diff.{lang}.txt"
    if os.environ.get("KHUNG_UPDATE"):
        golden.write_text(ran.out, encoding="utf-8")
    assert ran.out == golden.read_text(encoding="utf-8")
    assert ran.code == ExitCode.DONE
    assert ran.err == ""


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_golden_of_a_successor(khung, lang, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("lecturers", "lecturers_next"):
        shutil.copytree(BEFORE.parent / name, tmp_path / name)
    shutil.copytree(CASES, tmp_path / "cases")
    monkeypatch.chdir(tmp_path)
    ran = khung("diff", "lecturers", "lecturers_next", "--cases", "cases", "--lang", lang)
    golden = GOLDEN / f"diff_successor.{lang}.txt"
    if os.environ.get("KHUNG_UPDATE"):
        golden.write_text(ran.out, encoding="utf-8")
    assert ran.out == golden.read_text(encoding="utf-8")
    assert ran.err == ""


def test_what_only_follows_the_new_document_is_counted_or_told_by_all(khung):
    pair = ("diff", str(BEFORE), str(BEFORE.parent / "lecturers_next"), "--cases", str(CASES))
    short, full = khung(*pair).out, khung(*pair, "--all").out
    assert "lecturer.caps.absent" not in short.partition("■ Trường hợp")[0]
    assert "lecturer.caps.absent: điều khoản: UR-7 4.1 → UR-8 4/1" in " ".join(full.split())
    assert "giữ nguyên, nay theo điều khoản của UR-8 (xem hết: --all)" in short
    assert "--all" not in full
    changes = khung(*pair, "--format", "json").json["changes"]
    assert {c["class"] for c in changes if c["path"] == "lecturer.caps.absent"} == {"citation"}


@pytest.mark.parametrize("width", [60, 100])
def test_no_line_is_wider_than_the_terminal(khung, after, width, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(width))
    lines = diff(khung, after).out.splitlines()
    assert max(map(columns, lines)) <= width


def test_as_data(khung, after):
    ran = diff(khung, after, "--format", "json", "--exit-code")
    assert ran.code == ExitCode.NO
    assert accepts("diff", ran.json)
    assert {change["class"] for change in ran.json["changes"]} == {
        "changes_outcomes",
        "does_not",
        "citation",
        "unknown",
    }
    assert ran.json["tried"] == 4
    assert ran.json["witnesses"] == []
    assert ran.json["matrix"] is None
    of_75 = [one for one in ran.json["cases"] if one["subject"] == "lecturer.of_75"]
    assert [(one["before"]["level"], one["after"]["level"]) for one in of_75] == [("good", "fair")]


def test_nothing_differs(khung):
    ran = khung("diff", str(BEFORE), str(BEFORE), "--exit-code")
    assert ran.code == ExitCode.DONE
    assert "Nội dung hai bên giống nhau" in ran.out
    assert "Đã chạy 4 trường hợp" in ran.out


def test_two_readings(khung):
    arguments = ("--reading", "part_year=left_out", "--format", "json", "--exit-code")
    ran = khung("diff", str(BEFORE), str(BEFORE), *arguments)
    assert ran.code == ExitCode.NO
    assert accepts("diff", ran.json)
    (change,) = ran.json["changes"]
    assert change["path"] == "readings.part_year"
    assert change["group"] == "yearly_value"
    assert ran.json["before"]["readings"] == {"part_year": "counted"}
    assert ran.json["after"]["readings"] == {"part_year": "left_out"}
    assert "[part_year=left_out]" in khung("diff", str(BEFORE), str(BEFORE), *arguments[:2]).out


def test_cases_are_found_beside_the_rulebooks(khung, after):
    cases = after.parents[1] / "cases" / "lecturers"
    cases.mkdir(parents=True)
    (cases / "more.yaml").write_text(
        "rulebook: lecturers\non: 2025-06-30\nsubjects: {lecturer: {an: {}}}\n", "utf-8"
    )
    ran = khung("diff", str(BEFORE), str(after), "--format", "json")
    assert ran.json["tried"] == 5


def test_there_need_be_no_cases(khung, after, tmp_path):
    ran = khung("diff", str(after), str(after))
    assert ran.code == ExitCode.DONE
    assert "Không có trường hợp nào để chạy thử" in ran.out


@pytest.mark.parametrize("form", ["text", "json"])
def test_an_invalid_rulebook(khung, tmp_path, form):
    broken = edited(tmp_path, ("lecturer", "score >= 75", "scoer >= 75"))
    ran = diff(khung, broken, "--format", form)
    assert ran.code == ExitCode.INVALID
    if form == "json":
        assert accepts("diff", ran.json)
        assert [d["code"] for d in ran.json["diagnostics"]] == ["K0201"]
    else:
        assert "K0201" in ran.err
        assert ran.out == ""


def test_both_rulebooks_are_looked_at(khung, tmp_path):
    first = edited(tmp_path / "a", ("lecturer", "score >= 75", "scoer >= 75"))
    second = edited(tmp_path / "b", ("lecturer", "hours = 0, to", "hous = 0, to"))
    ran = khung("diff", str(first), str(second), "--format", "json")
    assert len(ran.json["diagnostics"]) == 2


def test_a_rulebook_that_is_not_there(khung):
    ran = khung("diff", "2021", "nowhere")
    assert ran.code == ExitCode.INVALID
    assert "K0602" in ran.err


def test_an_unknown_reading(khung):
    ran = khung("diff", str(BEFORE), str(BEFORE), "--reading", "part_yaer=left_out")
    assert ran.code == ExitCode.INVALID
    assert "part_year" in ran.err


def test_a_folder_of_cases_that_is_not_there(khung, tmp_path):
    ran = diff(khung, BEFORE, cases=tmp_path / "nowhere")
    assert ran.code == ExitCode.USAGE
    assert "K0815" in ran.err


def test_a_case_that_does_not_run_is_told_apart(khung, tmp_path):
    gone = "  on_contract: {type: boolean, default: false}\n"
    guarded = "  contract_end: {type: date, applies_when: on_contract}\n"
    after = edited(tmp_path, ("lecturer", gone + guarded, ""))
    case = tmp_path / "case.yaml"
    case.write_text(
        "case: Hợp đồng\nrulebook: lecturers\non: 2025-06-30\n"
        "subjects: {lecturer: {an: {on_contract: true}}}\n",
        "utf-8",
    )
    ran = diff(khung, after, cases=case)
    assert ran.code == ExitCode.DONE
    assert "Không chạy được theo bên sau" in ran.out
    ran = diff(khung, after, "--format", "json", cases=case)
    assert accepts("diff", ran.json)
    (one,) = ran.json["not_run"]
    assert one["before"] is None
    assert one["after"]["code"] == "K0610"


def test_of_a_calendar_the_days_that_differ_are_told(khung, tmp_path):
    suppliers = BEFORE.parent / "suppliers"
    edit = ("rulebook", "2025-04-18: Good Friday", "2025-04-17: Maundy Thursday")
    after = edited(tmp_path, edit, of=suppliers)
    ran = khung("diff", str(suppliers), str(after), "--lang", "en")
    assert "holidays: 2025-04-18: Good Friday → 2025-04-17: Maundy Thursday" in ran.out
    assert "Easter" not in ran.out
    assert accepts("diff", khung("diff", str(suppliers), str(after), "--format", "json").json)
