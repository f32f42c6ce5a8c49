"""What a shell is told when Tab is pressed, asked as the shells ask it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from khung.cli.completion import SHELLS
from khung.cli.exit_codes import ExitCode

CASE = "cases/2021/dang_vien-010-nghi-om-4-thang.yaml"


@pytest.fixture
def offered(khung, monkeypatch):
    """Return what is offered at the end of a command line, asked as a shell asks it."""

    def ask(line, shell="fish"):
        words = line.split()
        begun = "" if line.endswith(" ") else words[-1]
        at = len(words) - (1 if begun else 0)
        monkeypatch.setenv("_KHUNG_COMPLETE", f"{shell}_complete")
        monkeypatch.setenv("COMP_WORDS", line)
        monkeypatch.setenv("COMP_CWORD", str(at) if shell in ("bash", "zsh") else begun)
        with pytest.raises(SystemExit):
            khung()
        told = khung.capsys.readouterr()
        assert told.err == ""
        found = [one.partition("\t")[0].partition(",") for one in told.out.splitlines() if one]
        return {value or f"<{kind}>" for kind, _, value in found}

    return ask


@pytest.fixture
def khung(khung, capsys):
    """Run one command line, and let what it wrote be read where it ends the process."""
    khung.capsys = capsys
    return khung


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("khung ", {"eval", "check", "new", "completion"}),
        ("khung ch", {"check"}),
        ("khung check ", {"2020", "2021", "2021-xa-a"}),
        ("khung diff 2020 ", {"2020", "2021", "2021-xa-a"}),
        ("khung new case 2021 ", {"dang_vien", "to_chuc_dang", "tap_the", "can_bo"}),
        ("khung new case 2021 dang_vien tap", {"tap_the"}),
        ("khung explain K020", {"K0201", "K0202"}),
        ("khung explain II.B.6/8", {"II.B.6/8"}),
        ("khung explain so_thang_nghi", {"so_thang_nghi_om"}),
        ("khung check 2021 --reading co_so", {"co_so_tinh_20="}),
        ("khung check 2021 --reading co_so_tinh_20=chi", {"co_so_tinh_20=chi_tot"}),
        ("khung diff 2020 2021 --reading co_so", {"co_so_tinh_20="}),
        (f"khung eval {CASE} --reading co_so", {"co_so_tinh_20="}),
        (f"khung eval {CASE} --format ", {"text", "json", "html"}),
        ("khung eval ", {"<file>"}),
        ("khung eval x.yaml --out ", {"<dir>"}),
        ("khung schema res", {"result"}),
        ("khung completion ", set(SHELLS)),
        ("khung verify 2021 --rea", {"--reading"}),
    ],
)
def test_what_is_offered(offered, line, names):
    begun = "" if line.endswith(" ") else line.split()[-1]
    found = offered(line)
    assert names <= found
    assert all(one.startswith((begun, "<")) for one in found)


@pytest.mark.parametrize(
    "line",
    [
        "khung nonsense ",
        "khung check nowhere --reading ",
        "khung eval nowhere.yaml --reading ",
        "khung check 2021 --reading nonsense=",
        "khung new case nowhere ",
        "khung explain nonsense",
    ],
)
def test_what_is_not_known_is_not_offered_and_nothing_is_said(offered, line):
    assert offered(line) <= {"<dir>"}


def test_rulebooks_of_the_folder_that_is_named(offered, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "rulebook.yaml").write_text("khung: 1\n", "utf-8")
    assert offered(f"khung check --rulebooks {tmp_path} ") == {"mine"}
    assert offered(f"khung --rulebooks {tmp_path} check ") == {"mine"}


def test_powershell_keeps_backslashes_and_blanks(khung, monkeypatch, tmp_path, capsys):
    (tmp_path / "của tôi").mkdir()
    shutil.copy(CASE, tmp_path / "của tôi" / "a.yaml")
    monkeypatch.setenv("_KHUNG_COMPLETE", "powershell_complete")
    line = f"khung eval '{tmp_path / 'của tôi' / 'a.yaml'}' --reading co_so"
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", "co_so")
    with pytest.raises(SystemExit):
        khung()
    assert "plain,co_so_tinh_20=" in capsys.readouterr().out.splitlines()
    monkeypatch.setenv("COMP_WORDS", r"khung eval .\cases\a.yaml --for")
    monkeypatch.setenv("COMP_CWORD", "--for")
    with pytest.raises(SystemExit):
        khung()
    assert "plain,--format" in capsys.readouterr().out.splitlines()


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_has_a_script(khung, shell):
    ran = khung("completion", shell)
    assert (ran.code, ran.err) == (ExitCode.DONE, "")
    assert f"{shell}_complete" in ran.out


def test_another_shell_is_refused(khung):
    ran = khung("completion", "cmd")
    assert ran.code == ExitCode.USAGE
    assert "K0805" in ran.err


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
@pytest.mark.parametrize(
    ("words", "at", "found"),
    [
        (["khung", "che"], 1, "check"),
        (["khung", "check", "2021", "--reading", "co_so_tinh_20", "=", "chi"], 6, "chi_tot"),
        (["khung", "check", "2021", "--reading", "co_so_tinh_20", "="], 5, "chi_tot"),
    ],
)
def test_bash_itself_takes_it(tmp_path, khung, words, at, found):
    """Bash tears a word at `=`, and puts what it is given behind the sign."""
    (tmp_path / "complete.bash").write_text(khung("completion", "bash").out, "utf-8")
    command = tmp_path / "khung"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m khung "$@"\n', "utf-8")
    command.chmod(0o755)
    said = " ".join(f"'{word}'" for word in words)
    asked = (
        f"source complete.bash; COMP_WORDS=({said}); COMP_CWORD={at}; "
        'cd "$0"; _khung_completion khung; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    env = {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    env["PYTHONPATH"] = os.pathsep.join(sys.path)
    here = os.getcwd()  # noqa: PTH109  # the checkout, as the fixture has it
    told = subprocess.run(
        ["bash", "-c", asked, here], cwd=tmp_path, env=env, capture_output=True, check=False
    )
    assert told.stderr == b""
    assert found in told.stdout.decode().split()
