"""`khung format PATH…`: what is written, what is told, and what is left as it is."""

from __future__ import annotations

import shutil

import pytest
from tests.support.schemas import ROOT

from khung.cli import saving
from khung.cli.exit_codes import ExitCode
from khung.cli.problems import UsageProblem

UGLY = "case:   x\nsubjects:\n    one: {a: 1,b: 2}   # giữ\n"
NEAT = "case: x\nsubjects:\n  one: {a: 1, b: 2}   # giữ\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "ugly.yaml").write_text(UGLY, "utf-8")
    (tmp_path / "neat.yaml").write_text(NEAT, "utf-8")
    return tmp_path


def texts(folder):
    return {path.name: path.read_text("utf-8") for path in folder.iterdir()}


def test_files_are_laid_out_and_named(khung, folder):
    ran = khung("format", str(folder), "--lang", "en")
    assert ran.code == ExitCode.DONE
    assert ran.out.splitlines() == [
        f"laid out {folder / 'ugly.yaml'}",
        "1 files laid out, 1 were so already.",
    ]
    assert texts(folder) == {"ugly.yaml": NEAT, "neat.yaml": NEAT}
    assert khung("format", str(folder), "--check").code == ExitCode.DONE


def test_check_and_diff_write_nothing(khung, folder):
    ran = khung("format", str(folder), "--check")
    assert ran.code == ExitCode.NO
    assert str(folder / "ugly.yaml") in ran.out
    ran = khung("format", str(folder), "--diff")
    assert ran.code == ExitCode.DONE
    assert [line for line in ran.out.splitlines() if line.startswith("+c")] == ["+case: x"]
    assert texts(folder)["ugly.yaml"] == UGLY


def test_a_broken_file_is_told_and_left_and_the_others_are_laid_out(khung, folder):
    (folder / "broken.yaml").write_text("case: [\n", "utf-8")
    ran = khung("format", *(str(folder / name) for name in ("broken.yaml", "ugly.yaml")))
    assert ran.code == ExitCode.INVALID
    assert "K0113" in ran.err
    assert texts(folder) == {"broken.yaml": "case: [\n", "ugly.yaml": NEAT, "neat.yaml": NEAT}


def test_files_that_are_not_khungs_are_left_alone(khung, folder):
    other = "services:   {}\n"
    (folder / "compose.yaml").write_text(other, "utf-8")
    (folder / ".cache").mkdir()
    (folder / ".cache" / "x.yaml").write_text(UGLY, "utf-8")
    assert khung("format", str(folder)).code == ExitCode.DONE
    assert (folder / "compose.yaml").read_text("utf-8") == other
    assert (folder / ".cache" / "x.yaml").read_text("utf-8") == UGLY


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["absent.yaml"], "K0101"),
        (["empty"], "K0846"),
        (["neat.yaml", "--surface", "vi"], "K0845"),
        (["neat.yaml", "--surface", "fr"], "K0805"),
        ([], "K0803"),
    ],
)
def test_mistakes_are_told(khung, folder, monkeypatch, words, code):
    monkeypatch.chdir(folder)
    (folder / "empty").mkdir()
    ran = khung("format", *words)
    assert ran.code != ExitCode.DONE
    assert f"[{code}]" in ran.err


def test_a_rulebook_is_turned_as_a_whole_or_not_at_all(khung, tmp_path, monkeypatch):
    target = tmp_path / "apprentices"
    shutil.copytree(ROOT / "tests" / "rulebooks" / "apprentices", target)
    before = texts(target)
    true_save, saved = saving.save, []

    def save(content, path):
        if len(saved) == 1:
            saved.append(path)
            raise UsageProblem("K0813", path=str(path))
        saved.append(path)
        true_save(content, path)

    monkeypatch.setattr(saving, "save", save)
    assert khung("format", str(target), "--surface", "vi").code == ExitCode.USAGE
    assert len(saved) == 3  # written, refused, put back
    assert texts(target) == before
    monkeypatch.setattr(saving, "save", true_save)
    assert khung("format", str(target), "--surface", "vi").code == ExitCode.DONE
    assert "surface: vi\n" in texts(target)["rulebook.yaml"]
    assert khung("check", str(target)).code == ExitCode.DONE
    made = khung("new", "next", "--from", str(target), "--output", str(tmp_path / "next"))
    assert made.code == ExitCode.DONE
    assert "surface: vi\n" in (tmp_path / "next" / "rulebook.yaml").read_text("utf-8")
    page = khung("show", str(target), "--page", "--format", "markdown", "--lang", "vi").out
    assert " and " not in page


def test_shipped_files_are_laid_out(khung, monkeypatch):
    monkeypatch.chdir(ROOT)
    assert khung("format", "rulebooks", "cases", "--check").code == ExitCode.DONE
