"""`khung show --page`: the page of a rulebook, printed or in a file."""

import shutil
from pathlib import Path

import pytest

from khung.cli.exit_codes import ExitCode

LECTURERS = ("show", "lecturers", "--rulebooks", "tests/rulebooks")


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_markdown_is_the_form_of_a_page(khung, lang):
    ran = khung(*LECTURERS, "--page", "--lang", lang)
    assert (ran.code, ran.err) == (ExitCode.DONE, "")
    assert ran.out.startswith("# ")
    assert ran.out == khung(*LECTURERS, "--format", "markdown", "--lang", lang).out


def test_a_page_for_the_browser(khung):
    ran = khung(*LECTURERS, "--page", "--format", "html")
    assert (ran.code, ran.err) == (ExitCode.DONE, "")
    assert ran.out.startswith("<!DOCTYPE html>")
    assert '<html lang="vi">' in ran.out


@pytest.mark.parametrize("how", [("--page",), ("--format", "html"), ("--flat",), ()])
def test_a_file_holds_what_would_be_printed(khung, tmp_path, how):
    path = tmp_path / "trang.out"
    printed = khung(*LECTURERS, *how).out
    ran = khung(*LECTURERS, *how, "--output", str(path))
    assert (ran.code, ran.out, ran.err) == (ExitCode.DONE, "", "")
    assert path.read_bytes() == printed.encode()


@pytest.mark.parametrize("name", ["rulebook.yaml", "lecturer.yaml", "new.yaml", "OLD.YAML"])
@pytest.mark.parametrize("command", [("show", "--flat"), ("eval",)])
def test_nothing_is_written_into_a_rulebook(khung, tmp_path, command, name):
    folder = Path(shutil.copytree("tests/rulebooks/lecturers", tmp_path / "lecturers"))
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    ran = khung(command[0], "nobody", *command[1:], "--output", str(folder / name))
    assert ran.code == ExitCode.USAGE
    assert "K0832" in ran.err
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_page_may_stand_beside_the_rules(khung, tmp_path):
    folder = Path(shutil.copytree("tests/rulebooks/lecturers", tmp_path / "lecturers"))
    ran = khung(
        "show", str(folder), "--page", "--format", "html", "--output", str(folder / "a.html")
    )
    assert (ran.code, (folder / "a.html").is_file()) == (ExitCode.DONE, True)
