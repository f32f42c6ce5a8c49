"""The command line itself: help, languages, mistakes."""

import os
import signal
from threading import Timer

import duckdb
import pytest

from khung.cli.command import COMMANDS
from khung.cli.exit_codes import ExitCode
from khung.locale import languages, table

CASE = "cases/2021/dang_vien-010-nghi-om-4-thang.yaml"


@pytest.mark.parametrize("lang", languages)
def test_khung_alone_shows_what_there_is(khung, lang):
    ran = khung("--lang", lang)
    assert ran.code == ExitCode.DONE
    assert ran.err == ""
    for name in COMMANDS:
        assert table(lang, "cli")[f"cli.{name}.short"] in ran.out


@pytest.mark.parametrize("lang", languages)
@pytest.mark.parametrize("name", COMMANDS)
def test_help_is_in_the_readers_language(khung, name, lang):
    ran = khung(name, "--help", "--lang", lang)
    if "--lang" not in ran.out:  # help ends the parsing where it stands
        pytest.fail(ran.out)
    phrases = table(lang, "cli")
    assert ran.code == ExitCode.DONE
    assert phrases[f"cli.{name}.long"].split() == _between(ran.out, name)
    assert phrases["cli.option.help"] in ran.out
    for foreign in ("Usage:", "Options:", "Show this message"):
        assert (foreign in ran.out) == (lang == "en" and foreign != "Show this message")


def _between(shown, name):
    """Return the words of a help between its first line and its options."""
    return shown.split("\n\n", 1)[1].rpartition("\n\n")[0].split()


@pytest.mark.parametrize("columns", [70, 100])
@pytest.mark.parametrize("command", [(), *((name,) for name in COMMANDS)])
@pytest.mark.parametrize("lang", languages)
def test_help_fits_the_terminal(khung, monkeypatch, command, columns, lang):
    monkeypatch.setenv("COLUMNS", str(columns))
    shown = khung(*command, "--help", "--lang", lang).out.splitlines()
    assert [line for line in shown if len(line) > columns and not line.startswith("  khung ")] == []
    examples = [line for line in shown if line.startswith("  khung ")]
    phrases = table(lang, "cli").get(f"cli.{command[0]}.long", "") if command else ""
    assert all(line in phrases.split("\n") for line in examples)


def test_version(khung):
    ran = khung("--version")
    assert (ran.code, ran.err) == (ExitCode.DONE, "")
    assert ran.out.startswith("khung 0.")


def test_languages(khung, monkeypatch):
    assert "Cách dùng" in khung().out
    assert "Usage" in khung("--lang=en").out
    monkeypatch.setenv("KHUNG_LANG", "en_GB.UTF-8")
    assert "Usage" in khung().out
    assert "Cách dùng" in khung("--lang", "vi").out
    monkeypatch.setenv("KHUNG_LANG", "fr")
    assert "Cách dùng" in khung().out


MISTAKES = [
    (("evl", CASE), "K0801", "khung eval"),
    (("xyzzy",), "K0801", "eval"),
    (("eval", CASE, "--langue", "en"), "K0802", "--lang"),
    (("eval",), "K0803", "TRƯỜNG_HỢP"),
    (("new", "case", "2021"), "K0803", "ĐỐI_TƯỢNG"),
    (("eval", CASE, "--reading"), "K0804", "--reading"),
    (("eval", CASE, "--strict=yes"), "K0804", "--strict"),
    (("eval", CASE, "--format", "jsn"), "K0805", "`json`"),
    (("eval", CASE, "--lang", "fr"), "K0805", "`vi`"),
    (("new", "facts", "2021", "x"), "K0805", "case"),
    (("eval", CASE, "more", "words"), "K0806", "`more`"),
    (("eval", CASE, "--reading", "lam_tron"), "K0808", "TÊN=PHƯƠNG_ÁN"),
    (("eval", CASE, "--reading", "=len"), "K0808", "TÊN=PHƯƠNG_ÁN"),
    (("explain", "K9999"), "K0809", "K9999"),
    (("explain", "unknown-nam"), "K0809", "unknown-name"),
    (("schema", "cases"), "K0810", "case"),
    (("test", "rulebooks/README.md/no"), "K0101", ""),
    (("show", "2021", "--facts", "--flat"), "K0812", "--flat"),
    (("show", "2021", "--page", "--flat"), "K0812", "--page"),
    (("show", "2021", "--page", "--format", "json"), "K0812", "--format json"),
]


@pytest.mark.parametrize("lang", languages)
@pytest.mark.parametrize(("arguments", "code", "said"), MISTAKES)
def test_mistakes_are_said_with_what_to_do(khung, arguments, code, said, lang):
    ran = khung(*(arguments if lang == "vi" else ("--lang", lang, *arguments)))
    assert ran.code == (ExitCode.INVALID if code == "K0101" else ExitCode.USAGE)
    assert code in ran.err
    assert lang == "en" or said in ran.err
    assert "Traceback" not in ran.err


def test_no_cases_at_a_place(khung, tmp_path):
    ran = khung("test", str(tmp_path))
    assert ran.code == ExitCode.USAGE
    assert "K0811" in ran.err


def test_options_work_before_and_after_the_command(khung):
    before = khung("--lang", "en", "--format", "json", "--rulebooks", "rulebooks", "eval", CASE)
    after = khung("eval", "--rulebooks", "rulebooks", CASE, "--format", "json", "--lang", "en")
    assert before.code == after.code == ExitCode.DONE
    assert before.out == after.out


def test_what_is_said_after_the_command_wins(khung):
    ran = khung(
        "--lang", "en", "--format", "json", "eval", CASE, "--format", "text", "--lang", "vi"
    )
    assert "Đảng viên" in ran.out


def test_a_defect_is_said_without_a_traceback(khung, monkeypatch):
    def broken(*_: object) -> None:
        raise ValueError("something\nodd")

    monkeypatch.setattr("khung.driver.read_any", broken)
    monkeypatch.delenv("KHUNG_DEBUG", raising=False)
    ran = khung("eval", CASE, "--format", "json")
    assert ran.code == ExitCode.DEFECT
    assert "K0000" in ran.err
    assert "Traceback" not in ran.err
    assert [d["code"] for d in ran.json["diagnostics"]] == ["K0000"]
    monkeypatch.setenv("KHUNG_DEBUG", "1")
    with pytest.raises(ValueError, match="odd"):
        khung("eval", CASE)


@pytest.mark.parametrize("error", [RecursionError, MemoryError])
def test_what_is_too_big_is_said_too(khung, monkeypatch, error):
    def broken(*_: object) -> None:
        raise error

    monkeypatch.setattr("khung.driver.read_any", broken)
    assert khung("eval", CASE).code == ExitCode.DEFECT


def test_being_stopped_is_no_defect(khung, monkeypatch):
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("khung.driver.read_any", stopped)
    ran = khung("eval", CASE)
    assert ran.code == ExitCode.INTERRUPTED
    assert "Traceback" not in ran.err


def test_being_stopped_while_the_database_works_is_no_defect(khung, monkeypatch):
    def stopped(*_: object) -> None:
        Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
        duckdb.execute("SELECT sum(a.range * b.range) FROM range(99999) a, range(99999) b")

    monkeypatch.setattr("khung.driver.read_any", stopped)
    ran = khung("eval", CASE)
    assert (ran.code, ran.err) == (ExitCode.INTERRUPTED, "")
