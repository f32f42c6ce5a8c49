"""The forms of a case among its results: `--forms`, `--no-forms`, and templates that are wrong."""

import shutil
from pathlib import Path

import pytest
from docx import Document

from khung.cli.exit_codes import ExitCode
from khung.report.forms import write

CASE = "cases/2021/dang_vien-099-bang-phieu.yaml"
TABLES = "cases/2021/xa-mau"


def made(out):
    return sorted(p.relative_to(out / "forms").as_posix() for p in (out / "forms").rglob("*.*"))


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


@pytest.fixture
def rulebooks(tmp_path):
    """Return a folder of rulebooks of which the forms can be changed."""
    folder = tmp_path / "rulebooks"
    for name in ("2020", "2021"):
        shutil.copytree(Path("rulebooks") / name, folder / name)
    return folder


def test_only_the_forms_named_are_made(khung, out):
    ran = khung("eval", CASE, "--out", str(out), "--forms", "to_trinh", "--forms", "mau_02")
    assert ran.code == ExitCode.DONE
    members = [f"mau_02/{name}.docx" for name in ("x1", "x2", "x3")]
    assert set(members) <= set(made(out))
    assert {path.partition("/")[0] for path in made(out)} == {"mau_02", "to_trinh"}


def test_very_many_are_made_only_when_asked_for(khung, out, monkeypatch):
    monkeypatch.setattr(write, "MOST_UNASKED", 3)
    ran = khung("eval", CASE, "--out", str(out))
    assert (ran.code, (out / "forms").exists()) == (ExitCode.DONE, False)
    assert "--forms all" in ran.out
    khung("eval", CASE, "--out", str(out), "--force", "--forms", "all")
    assert len(made(out)) > 3


def test_a_form_that_is_not_there_is_told(khung, out):
    ran = khung("eval", CASE, "--out", str(out), "--forms", "mau_2")
    assert (ran.code, out.exists()) == (ExitCode.USAGE, False)
    assert "K0851" in ran.err
    assert "`mau_02`" in ran.err


def test_a_wrong_template_leaves_nothing_and_is_found_by_check(khung, out, rulebooks):
    document = Document()
    document.add_paragraph("{{ to_chuc_dang.ten_goi }}")
    document.save(str(rulebooks / "2021/forms/to-trinh.docx"))
    how = ("--rulebooks", str(rulebooks))
    ran = khung("eval", CASE, "--out", str(out), *how)
    assert (ran.code, out.exists()) == (ExitCode.INVALID, False)
    checked = khung("check", "2021", *how)
    assert checked.code == ExitCode.INVALID
    for said in (ran.err, checked.err):
        assert "K0594" in said
        assert "to_chuc_dang.ten_goi" in said
    assert khung("eval", CASE, "--out", str(out), "--no-forms", *how).code == ExitCode.DONE


def test_a_successor_takes_over_the_forms_and_may_have_its_own(khung, out, rulebooks):
    (rulebooks / "2021b/forms").mkdir(parents=True)
    document = Document()
    document.add_paragraph("Own: {{ to_chuc_dang.name }}")
    document.save(str(rulebooks / "2021b/forms/own.docx"))
    (rulebooks / "2021b/rulebook.yaml").write_text(
        "khung: 1\nid: 2021b\ntitle: B\nextends: {rulebook: '2021', as: amendment, "
        "from: 2021-09-01}\nperiod: {from: 2021-01-01, to: 2021-12-31}\ndocument: KH-23\n"
        "forms:\n  to_trinh: {template: forms/own.docx}\n  mau_02: {remove: true}\n",
        "utf-8",
    )
    ran = khung("eval", CASE, "--out", str(out), "--rulebooks", str(rulebooks))
    assert ran.code == ExitCode.DONE, ran.err
    text = [p.text for p in Document(str(out / "forms/to_trinh/xa_a.docx")).paragraphs]
    assert text == ["Own: xa_a"]
    assert "bieu_tong_hop/xa_a.xlsx" in made(out)
    assert not (out / "forms/mau_02").exists()


@pytest.mark.parametrize(("asked", "said"), [((), True), (("--no-forms",), False)])
def test_compiled_rules_make_none_and_say_so(khung, out, asked, said):
    ran = khung("eval", TABLES, "--out", str(out), "--engine", "duckdb", *asked)
    assert (ran.code, (out / "forms").exists()) == (ExitCode.DONE, False)
    assert ("--forms all" in ran.out) is said
