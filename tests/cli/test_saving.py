"""`--output`: what may stand in its place, and what of that stays."""

import os
import stat
from pathlib import Path
from threading import Thread

import pytest

from khung.cli.exit_codes import ExitCode

CASE = "cases/2021/dang_vien-010-nghi-om-4-thang.yaml"
JSON = ("eval", CASE, "--format", "json")

posix = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes and devices of POSIX")
root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can make a device"
)


@pytest.fixture
def answer(khung):
    """Return what the command prints."""
    return khung(*JSON).out.encode()


@posix
@root
def test_a_device_is_written_into(khung, tmp_path):
    null = tmp_path / "null"
    os.mknod(null, 0o666 | stat.S_IFCHR, os.makedev(1, 3))
    assert khung(*JSON, "--output", str(null)).code == ExitCode.DONE
    assert stat.S_ISCHR(null.stat().st_mode)


@posix
def test_what_the_system_calls_null_is_written_into_and_stays(khung):
    before = Path(os.devnull).stat()
    assert khung(*JSON, "--output", os.devnull).code == ExitCode.DONE
    assert os.path.samestat(before, Path(os.devnull).stat())


@posix
def test_a_pipe_is_written_into_where_somebody_reads(khung, tmp_path, answer):
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    while (code := khung(*JSON, "--output", str(pipe)).code) != ExitCode.DONE:
        assert code == ExitCode.USAGE  # the reader has not opened it yet
    reader.join(timeout=30)
    assert read == [answer]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@posix
def test_a_pipe_that_nobody_reads_is_not_waited_for(khung, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    ran = khung(*JSON, "--output", str(tmp_path / "pipe"), "--lang", "en")
    assert (ran.code, "K0813" in ran.err) == (ExitCode.USAGE, True)
    assert "no program reads" in ran.err


@posix
def test_links_go_on_leading_where_they_lead(khung, tmp_path, answer):
    target, link, missing = tmp_path / "a" / "real.json", tmp_path / "link", tmp_path / "dangling"
    target.parent.mkdir()
    target.write_text("old")
    link.symlink_to(target)
    missing.symlink_to(tmp_path / "a" / "new.json")
    for name in (link, missing):
        assert khung(*JSON, "--output", str(name)).code == ExitCode.DONE
        assert name.is_symlink()
        assert name.read_bytes() == answer
    assert sorted(path.name for path in target.parent.iterdir()) == ["new.json", "real.json"]


@posix
def test_other_names_of_a_file_name_the_new_one_too(khung, tmp_path, answer):
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text("old" * 100_000)
    other.hardlink_to(one)
    assert khung(*JSON, "--output", str(one)).code == ExitCode.DONE
    assert other.read_bytes() == answer
    assert one.samefile(other)


@posix
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_the_rights_of_a_file_stay(khung, tmp_path, mode):
    path = tmp_path / "a.json"
    path.write_text("old")
    path.chmod(mode)
    assert khung(*JSON, "--output", str(path)).code == ExitCode.DONE
    assert stat.S_IMODE(path.stat().st_mode) == mode


@posix
def test_a_new_file_is_for_whom_the_user_says(khung, tmp_path):
    before = os.umask(0o027)
    try:
        assert khung(*JSON, "--output", str(tmp_path / "a.json")).code == ExitCode.DONE
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.json").stat().st_mode) == 0o640


@posix
def test_standard_output_by_name_is_added_to(khung, tmp_path, monkeypatch, answer):
    path = tmp_path / "out"
    with path.open("w", encoding="utf-8") as stream:
        stream.write("before\n")
        stream.flush()
        monkeypatch.setattr("sys.stdout", stream)
        from khung.cli.main import run  # noqa: PLC0415  # after the stream is in its place

        assert run([*JSON, "--output", str(path)]) == ExitCode.DONE
        monkeypatch.undo()
    assert path.read_bytes() == b"before\n" + answer


def test_the_longest_name_that_there_can_be(khung, tmp_path, answer):
    path = tmp_path / ("n" * 250 + ".json")
    assert khung(*JSON, "--output", str(path)).code == ExitCode.DONE
    assert path.read_bytes() == answer


@pytest.mark.parametrize(
    ("where", "said"),
    [
        (".", "is a folder"),
        ("/", "is a folder"),
        (f"{CASE}/x.json", "the folder for it is not there"),
        ("no/such/folder/x.json", "the folder for it is not there"),
        ("n" * 300, "the name is too long"),
        ("a\0b", "K0813"),
    ],
)
@pytest.mark.parametrize("command", [JSON, ("show", "2021")])
def test_where_nothing_can_be_written(khung, command, where, said):
    ran = khung(*command, "--output", where, "--lang", "en")
    assert ran.code == ExitCode.USAGE
    assert "K0813" in ran.err
    assert said in " ".join(ran.err.split())


LONG = "n" * 300


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("eval", LONG), ExitCode.INVALID),
        (("test", LONG), ExitCode.INVALID),
        (("check", LONG), ExitCode.INVALID),
        (("show", LONG), ExitCode.INVALID),
        (("diff", LONG, "2021"), ExitCode.INVALID),
        (("diff", "2021", "2021", "--cases", LONG), ExitCode.USAGE),
        (("diff", "2021", "2021", "--cases", ""), ExitCode.USAGE),
        (("new", "case", LONG, "dang_vien"), ExitCode.INVALID),
        (("new", LONG, "--from", "2021"), ExitCode.USAGE),
        (("eval", CASE, "--rulebooks", LONG), ExitCode.INVALID),
        (("expr", "1", "--case", LONG), ExitCode.USAGE),
        (("test", ""), ExitCode.USAGE),
    ],
)
def test_names_that_no_file_can_have(khung, arguments, code):
    ran = khung(*arguments)
    assert ran.code == code, ran.err
    assert "K0000" not in ran.err
    assert "[K" in ran.err


@pytest.mark.parametrize("name", ["con", "NUL", "aux.yaml", "com1", "lpt9.a.b", "x."])
def test_a_year_is_not_called_what_windows_cannot_call_a_folder(khung, name):
    ran = khung("new", name, "--from", "2021", "--lang", "en")
    assert ran.code == ExitCode.USAGE
    assert "K0407" in ran.err
    assert "Windows" in ran.err


@pytest.mark.parametrize("name", ["console", "aux1", "com10", "2021.x"])
def test_names_that_only_begin_so_are_free(name):
    from khung.cli.saving import _NOT_ON_WINDOWS  # noqa: PLC0415  # no folder need be written

    assert not _NOT_ON_WINDOWS.fullmatch(name)
