"""Whatever call to the file system fails, a command ends with a diagnostic, and files are whole."""

import shutil
from itertools import count
from pathlib import Path

import pytest
from tests.support.faults import Faults, failing
from tests.support.schemas import ROOT

from khung.cli.exit_codes import ExitCode
from khung.cli.main import run

CASE = """\
case: a
rulebook: suppliers
on: 2026-06-30
subjects:
  supplier: {acme: {}}
expect:
  supplier: {acme: {}}
"""
COMMANDS = {
    "eval": ("eval", "cases/suppliers/a.yaml"),
    "eval json": ("eval", "cases/suppliers/a.yaml", "--format", "json", "--output", "old.txt"),
    "eval link": ("eval", "cases/suppliers/a.yaml", "--output", "link.txt"),
    "eval new": ("eval", "cases/suppliers/a.yaml", "--output", "new.txt"),
    "test": ("test", "cases"),
    "check": ("check", "rulebooks/suppliers"),
    "show": ("show", "suppliers", "--output", "old.txt"),
    "diff": ("diff", "suppliers", "suppliers"),
    "diff cases": ("diff", "suppliers", "suppliers", "--cases", "cases"),
    "new case": ("new", "case", "suppliers", "supplier"),
    "new year": ("new", "2027", "--from", "suppliers"),
}
ENDS = {ExitCode.DONE, ExitCode.NO, ExitCode.USAGE, ExitCode.INVALID}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a rulebook, a case and files to write over, which is the current one."""
    shutil.copytree(
        ROOT / "tests" / "rulebooks" / "suppliers", tmp_path / "rulebooks" / "suppliers"
    )
    (tmp_path / "cases" / "suppliers").mkdir(parents=True)
    (tmp_path / "cases" / "suppliers" / "a.yaml").write_text(CASE, encoding="utf-8")
    (tmp_path / "old.txt").write_text("old", encoding="utf-8")
    (tmp_path / "link.txt").symlink_to("old.txt")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("command", COMMANDS)
def test_every_call_may_fail(folder, capsys, command):
    whole = _whole(folder, COMMANDS[command], capsys)
    for number in count(1):
        before = _contents(folder)
        with failing(Faults(folder, number)) as faults:
            code = run(COMMANDS[command])
        said = capsys.readouterr().err
        assert code in ENDS, (faults.made[number - 1], said)
        if len(faults.made) < number:
            assert code == whole
            return
        left = {name for name in _contents(folder) if ".part" in name}
        assert not left or faults.made[number - 1].startswith(("unlink", "rmdir"))
        if code not in (ExitCode.DONE, ExitCode.NO):
            told = '"code": "K' in (folder / "old.txt").read_text("utf-8")  # the JSON answer
            assert told or "[K" in said, faults.made[number - 1]
            assert told or {**_contents(folder), **before} == _contents(folder)
        _tidy(folder)


def _whole(folder, command, capsys):
    code = run(command)
    assert code in (ExitCode.DONE, ExitCode.NO), capsys.readouterr().err
    _tidy(folder)
    return code


def _tidy(folder):
    """Put the folder back as it was."""
    (folder / "old.txt").write_text("old", encoding="utf-8")
    (folder / "new.txt").unlink(missing_ok=True)
    shutil.rmtree(folder / "rulebooks" / "2027", ignore_errors=True)
    for part in folder.rglob("*.part"):
        shutil.rmtree(part) if part.is_dir() else part.unlink()


def _contents(folder):
    return {
        str(path.relative_to(folder)): path.read_text("utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_full_disk_leaves_the_old_file(folder, monkeypatch, capsys):
    if not Path("/dev/full").exists():
        pytest.skip("a device of Linux")
    with open("/dev/full", "wb") as full:  # noqa: PTH123  # a stream of the test
        monkeypatch.setattr("os.fdopen", lambda *_, **__: full)
        assert run(["eval", "cases/suppliers/a.yaml", "--output", "old.txt"]) == ExitCode.USAGE
        monkeypatch.undo()
    assert "K0813" in capsys.readouterr().err
    assert (folder / "old.txt").read_text("utf-8") == "old"


@pytest.mark.parametrize("command", ["test", "diff cases"])
def test_a_closed_folder_is_named(folder, capsys, command):
    scanned = []
    with failing(Faults(folder)) as faults:
        run(COMMANDS[command])
    scanned += [n for n, call in enumerate(faults.made, 1) if call.startswith("scandir")]
    assert len(scanned) == 2  # the folder of cases, and the one below it
    capsys.readouterr()
    for number in scanned:
        with failing(Faults(folder, number)):
            assert run(COMMANDS[command]) == ExitCode.USAGE
        assert "K0816" in capsys.readouterr().err
