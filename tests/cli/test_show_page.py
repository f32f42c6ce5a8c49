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


def test_the_rulebook_itself_is_not_written_over(khung, tmp_path):
    folder = shutil.copytree("tests/rulebooks/lecturers", tmp_path / "lecturers")
    file = Path(folder) / "rulebook.yaml"
    before = file.read_bytes()
    ran = khung("show", str(folder), "--page", "--output", str(file))
    assert ran.code == ExitCode.USAGE
    assert "K0814" in ran.err
    assert file.read_bytes() == before
