"""`--out`: a folder of results, whole or not at all, and never in the place of anything else."""

import csv
import errno
import json
import os
from pathlib import Path

import pytest
from tests.unit.report.forms import support

from khung.cli import results as saved
from khung.cli.exit_codes import ExitCode
from khung.cli.problems import UsageProblem

CASE = "cases/2021/dang_vien-090-han-muc-tot-tro-len.yaml"
TABLES = ("decisions", "groups", "summary", "waiting", "results/dang_vien", "results/to_chuc_dang")


@pytest.fixture
def evaluated(khung):
    """Write the results of the case into a folder, without forms."""
    return lambda out, *more: khung("eval", CASE, "--out", str(out), "--no-forms", *more)


def written(folder):
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def test_every_table_is_there_as_csv_and_parquet(evaluated, tmp_path):
    out = tmp_path / "out"
    ran = evaluated(out, "--lang", "en")
    assert ran.code == ExitCode.DONE
    named = {f"{name}.{ending}" for name in TABLES for ending in ("csv", "parquet")}
    assert {"run.json", *named} <= set(written(out))
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert "Party member: 25 (4 Completed with excellence, 16 Completed well" in ran.out


def test_the_folder_says_what_was_run(evaluated, tmp_path):
    evaluated(tmp_path / "out")
    run = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert (run["rulebook"]["id"], run["on"], run["engine"]) == ("2021", "2021-12-15", "reference")
    assert run["counts"]["dang_vien"] == {"ranked": 25}
    assert (tmp_path / "out" / run["case"]["path"]).resolve() == Path(CASE).resolve()
    assert set(run["files"]) | {"run.json"} == set(written(tmp_path / "out"))


def test_an_answer_in_words_can_be_had_beside_it(evaluated, tmp_path):
    ran = evaluated(tmp_path / "out", "--format", "json")
    document, end = json.JSONDecoder().raw_decode(ran.out)
    assert len(document["results"]["dang_vien"]) == 25
    assert str(tmp_path / "out") in ran.out[end:]


def test_a_case_with_mistakes_leaves_nothing(khung, tmp_path):
    (tmp_path / "a.yaml").write_text("rulebook: '2021'\non: 2021-12-15\nsubjects: {nobody: {}}\n")
    ran = khung("eval", str(tmp_path / "a.yaml"), "--out", str(tmp_path / "out"))
    assert (ran.code, (tmp_path / "out").exists()) == (ExitCode.INVALID, False)


def test_an_empty_folder_is_taken(evaluated, tmp_path):
    (tmp_path / "out").mkdir()
    assert evaluated(tmp_path / "out").code == ExitCode.DONE


@pytest.mark.parametrize("force", [(), ("--force",)])
def test_what_is_no_folder_of_results_is_never_replaced(evaluated, tmp_path, force):
    (tmp_path / "file").write_text("mine")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "mine.txt").write_text("mine")
    for name in ("file", "folder"):
        ran = evaluated(tmp_path / name, "--lang", "en", *force)
        assert (ran.code, "K0850" in ran.err) == (ExitCode.USAGE, True)
    assert written(tmp_path) == ["file", "folder/mine.txt"]


def test_earlier_results_are_replaced_only_if_that_is_asked_for(evaluated, tmp_path):
    out = str(tmp_path / "out")
    evaluated(out)
    refused = evaluated(out, "--lang", "en")
    assert (refused.code, "--force" in refused.err) == (ExitCode.USAGE, True)
    assert evaluated(out, "--force").code == ExitCode.DONE
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_somebody_changed_or_added_is_not_lost(evaluated, tmp_path):
    out = tmp_path / "out"
    evaluated(out)
    with (out / "decisions.csv").open("a", encoding="utf-8") as file:
        file.write('"dang_vien","x1"\n')
    (out / "note.txt").write_text("mine")
    ran = evaluated(out, "--force", "--lang", "en")
    assert ran.code == ExitCode.USAGE
    assert "decisions.csv" in ran.err
    assert "note.txt" in ran.err
    assert "x1" in (out / "decisions.csv").read_text(encoding="utf-8")


def test_nothing_is_written_into_a_rulebook(evaluated, tmp_path):
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "rulebook.yaml").write_text("khung: 1\n")
    ran = evaluated(tmp_path / "rules" / "below", "--lang", "en")
    assert (ran.code, "K0832" in ran.err) == (ExitCode.USAGE, True)
    assert written(tmp_path) == ["rules/rulebook.yaml"]


def test_a_place_without_a_folder_to_hold_it_is_told_before_anything_is_worked_out(
    evaluated, tmp_path
):
    ran = evaluated(tmp_path / "no" / "out", "--lang", "en")
    assert (ran.code, "K0813" in ran.err) == (ExitCode.USAGE, True)


# -- what goes wrong while it is written ----------------------------------------------------------


def test_a_full_disk_leaves_nothing_and_is_told(tmp_path):
    def write(folder):
        (folder / "half").write_text("half")
        raise OSError(errno.ENOSPC, "no room")

    with pytest.raises(UsageProblem) as told:
        saved.save_results(write, tmp_path / "out", force=False)
    assert (told.value.diagnostic.code, told.value.diagnostic.help) == ("K0813", "full")
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_is_stopped_leaves_nothing(tmp_path):
    def write(folder):
        (folder / "half").write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        saved.save_results(write, tmp_path / "out", force=False)
    assert list(tmp_path.iterdir()) == []


def test_of_two_runs_into_one_folder_the_later_is_refused(tmp_path):
    def write(folder):
        (folder / "run.json").write_text("{}")
        if folder.parent == tmp_path and not (tmp_path / "out").exists():
            saved.save_results(write_first, tmp_path / "out", force=False)
        return ""

    def write_first(folder):
        (folder / "first").write_text("first")
        return ""

    with pytest.raises(UsageProblem) as told:
        saved.save_results(write, tmp_path / "out", force=False)
    assert (told.value.diagnostic.code, told.value.diagnostic.help) == ("K0850", "meanwhile")
    assert written(tmp_path) == ["out/first"]


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere"
)
def test_a_folder_that_is_closed_is_told(evaluated, tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    ran = evaluated(closed / "out", "--lang", "en")
    assert (ran.code, "K0813" in ran.err) == (ExitCode.USAGE, True)


def test_a_disk_that_fills_up_under_arrow_is_told(evaluated, tmp_path, monkeypatch):
    """What Arrow writes fails as all else does: the error of the file comes through."""
    opened = Path.open

    def full(path, mode="r", *args, **how):
        if mode == "wb" and path.suffix == ".parquet":
            return opened(Path("/dev/full"), mode, *args, **how)
        return opened(path, mode, *args, **how)

    if not Path("/dev/full").exists():
        pytest.skip("a device of Linux")
    monkeypatch.setattr(Path, "open", full)
    ran = evaluated(tmp_path / "out", "--lang", "en")
    assert (ran.code, "K0813" in ran.err) == (ExitCode.USAGE, True)
    assert "the disk is full" in ran.err
    assert list(tmp_path.iterdir()) == []


def test_tables_are_utf_8_with_a_mark_by_which_excel_knows_it(evaluated, tmp_path):
    evaluated(tmp_path / "out")
    data = (tmp_path / "out" / "results" / "dang_vien.csv").read_bytes()
    assert data[:3] == b"\xef\xbb\xbf"
    rows = list(csv.DictReader(data.decode("utf-8-sig").splitlines()))
    assert [row["level"] for row in rows[:5]] == ["hoan_thanh_xuat_sac"] * 4 + ["hoan_thanh_tot"]


# -- forms ----------------------------------------------------------------------------------------

FORMS = """\
list: {label: A list, template: forms/list.docx, for: choir}
sheet: {label: A sheet, template: forms/sheet.docx, for: choir}
"""


@pytest.fixture
def choirs(tmp_path):
    """The path of a case of a rulebook that has two forms, each for two choirs."""
    folder = support.rulebook(tmp_path, FORMS)
    for name in ("list", "sheet"):
        support.word(folder / "forms" / f"{name}.docx", "{{ choir.name }}")
    (tmp_path / "case.yaml").write_text(support.CASE, encoding="utf-8")
    return str(tmp_path / "case.yaml")


def forms_in(folder):
    return [name for name in written(folder) if name.startswith("forms/")]


def test_forms_stand_beside_the_tables(khung, tmp_path, choirs):
    ran = khung("eval", choirs, "--out", str(tmp_path / "out"), "--lang", "en")
    made = ["list/north.docx", "list/south.docx", "sheet/north.docx", "sheet/south.docx"]
    assert forms_in(tmp_path / "out") == [f"forms/{name}" for name in made]
    assert "Forms: 4" in ran.out


def test_only_some_forms_or_none_can_be_asked_for(khung, tmp_path, choirs):
    khung("eval", choirs, "--out", str(tmp_path / "some"), "--forms", "list")
    khung("eval", choirs, "--out", str(tmp_path / "none"), "--no-forms")
    assert forms_in(tmp_path / "some") == ["forms/list/north.docx", "forms/list/south.docx"]
    assert forms_in(tmp_path / "none") == []


def test_a_form_that_there_is_not_is_told_with_the_nearest(khung, tmp_path, choirs):
    ran = khung("eval", choirs, "--out", str(tmp_path / "out"), "--forms", "lst", "--lang", "en")
    assert (ran.code, "`list`" in ran.err) == (ExitCode.USAGE, True)
    assert not (tmp_path / "out").exists()


def test_a_template_that_asks_for_what_is_not_there_leaves_nothing(khung, tmp_path, choirs):
    path = tmp_path / "rulebooks" / "choirs" / "forms" / "list.docx"
    support.word(path, "{{ choir.nothing }}")
    ran = khung("eval", choirs, "--out", str(tmp_path / "out"))
    assert (ran.code, (tmp_path / "out").exists()) == (ExitCode.INVALID, False)


@pytest.mark.parametrize("option", [("--force",), ("--no-forms",), ("--forms", "list")])
def test_what_says_how_the_folder_is_written_needs_one(khung, option):
    ran = khung("eval", CASE, *option, "--lang", "en")
    assert (ran.code, "K0852" in ran.err) == (ExitCode.USAGE, True)


def test_units_that_are_not_ranked_are_called_by_their_names(khung, tmp_path, choirs):
    khung("eval", choirs, "--out", str(tmp_path / "out"))
    with (tmp_path / "out" / "summary.csv").open(encoding="utf-8-sig", newline="") as file:
        names = {row["key"]: row["name"] for row in csv.DictReader(file) if row["by"] == "choir"}
    assert names == {"north": "Choir of the North", "south": "'=Choir <&> South"}
