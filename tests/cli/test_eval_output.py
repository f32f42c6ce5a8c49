"""`khung eval --format html` and `--output`: a page to print, and files written whole or not."""

import pytest

from khung.cli.exit_codes import ExitCode

CASE = "cases/2021/dang_vien-010-nghi-om-4-thang.yaml"


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_page_to_print(khung, lang):
    ran = khung("eval", CASE, "--format", "html", "--lang", lang)
    assert ran.code == ExitCode.DONE
    assert ran.err == ""
    assert ran.out.startswith("<!DOCTYPE html>")
    assert f'<html lang="{lang}">' in ran.out
    assert "(II.B.6/8)" in ran.out


@pytest.mark.parametrize("form", ["text", "json", "html"])
def test_a_file_holds_what_would_be_printed(khung, tmp_path, form):
    path = tmp_path / "đáp án.out"
    path.write_text("old", encoding="utf-8")
    printed = khung("eval", CASE, "--format", form).out
    ran = khung("eval", CASE, "--format", form, "--output", str(path))
    assert (ran.code, ran.out, ran.err) == (ExitCode.DONE, "", "")
    assert path.read_bytes() == printed.encode()
    assert list(tmp_path.iterdir()) == [path]


def test_the_case_itself_is_not_written_over(khung, tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("case: x\n", encoding="utf-8")
    ran = khung("eval", str(path), "--output", str(path))
    assert ran.code == ExitCode.USAGE
    assert "K0814" in ran.err
    assert path.read_text(encoding="utf-8") == "case: x\n"


def test_a_file_that_cannot_be_written(khung, tmp_path):
    ran = khung("eval", CASE, "--output", str(tmp_path / "no folder" / "a.html"))
    assert ran.code == ExitCode.USAGE
    assert "K0813" in ran.err
    assert "--help" not in ran.err
    assert list(tmp_path.iterdir()) == []
    ran = khung("eval", CASE, "--output", str(tmp_path))
    assert ran.code == ExitCode.USAGE
    assert not [p for p in tmp_path.parent.iterdir() if p.name.endswith(".part")]


def test_an_invalid_case_leaves_the_file_alone(khung, tmp_path):
    case, path = tmp_path / "bad.yaml", tmp_path / "a.html"
    case.write_text("case: [", encoding="utf-8")
    path.write_text("old", encoding="utf-8")
    ran = khung("eval", str(case), "--format", "html", "--output", str(path))
    assert ran.code == ExitCode.INVALID
    assert path.read_text(encoding="utf-8") == "old"
