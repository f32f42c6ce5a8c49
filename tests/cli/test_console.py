"""The whole process: consoles of all kinds, pipes, colours."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.schemas import ROOT

from khung.cli.exit_codes import ExitCode

CASE = "cases/2021/dang_vien-010-nghi-om-4-thang.yaml"


def process(*arguments, **environment):
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("KHUNG", "PYTHON", "LC_"))}
    return subprocess.run(
        [sys.executable, "-m", "khung", *arguments],
        cwd=ROOT,
        env={**kept, **environment},
        capture_output=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONIOENCODING": "cp1252"},
        {"PYTHONIOENCODING": "cp1258", "PYTHONUTF8": "0"},
        {"LC_ALL": "C", "PYTHONUTF8": "0"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONUTF8": "1"},
    ],
)
def test_output_is_utf8_whatever_the_console(environment):
    ran = process("eval", CASE, **environment)
    assert ran.returncode == 0
    assert "Hoàn thành nhiệm vụ" in ran.stdout.decode("utf-8")
    ran = process("eval", "không có.yaml", **environment)
    assert ran.returncode == 3
    ran.stderr.decode("utf-8")
    ran = process("eval", CASE, "--format", "json", **environment)
    json.loads(ran.stdout.decode("utf-8"))


def test_names_that_are_no_unicode():
    ran = process("eval", b"\xff\xfe.yaml".decode("utf-8", "surrogateescape"))
    assert ran.returncode == 3
    assert b"K0101" in ran.stderr


def test_a_pipe_that_closes_early_is_no_error():
    with subprocess.Popen(
        [sys.executable, "-m", "khung", "show", "2021", "--flat"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        running.stdout.read(10)
        running.stdout.close()
        assert running.stderr.read() == b""
        assert running.wait(60) == 0


WAITS = """
import sys, time
from pathlib import Path
import khung.driver
from khung.cli.folders import new_folder
from khung.__main__ import main

def waits(*_):
    with new_folder(Path(sys.argv[-1])):
        print("ready", flush=True)
        time.sleep(60)

khung.driver.read_any = waits
sys.argv[1:] = ["eval", "cases/2021/dang_vien-010-nghi-om-4-thang.yaml", *sys.argv[1:]]
main()
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows ends processes without asking them")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_whoever_ends_it_leaves_nothing_half_written(tmp_path, name):
    with subprocess.Popen(
        [sys.executable, "-c", WAITS, "--out", str(tmp_path / "out")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.stdout.readline() == b"ready\n"
        assert [path.suffix for path in tmp_path.iterdir()] == [".part"]
        running.send_signal(getattr(signal, name))
        said = running.stderr.read().strip()
        assert (said, running.wait(60)) == (b"", ExitCode.INTERRUPTED)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("command", [["expr", "1"], ["check", "2021"], ["eval", "--help"]])
def test_a_full_disk_is_told_of_as_such(command):
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "khung", *command],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    assert ran.returncode not in (0, 1)
    said = ran.stderr.decode("utf-8")
    assert "K0820" in said
    assert "đã đầy" in said
    assert "stdout" not in said
    assert "--help" not in said


def test_no_colours_outside_a_terminal():
    assert b"\x1b" not in process("eval", "nowhere.yaml").stderr


def test_the_case_decides_where_rulebooks_are_looked_for(tmp_path):
    kept = {k: v for k, v in os.environ.items() if not k.startswith("KHUNG")}
    ran = subprocess.run(
        [sys.executable, "-m", "khung", "eval", str(ROOT / CASE)],
        cwd=tmp_path,
        env=kept,
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 0
    assert str(ROOT / "rulebooks" / "2021") in ran.stdout.decode("utf-8").replace("\n", "")


# -- Windows, as far as it shows elsewhere --------------------------------------------------------

COMMANDS = [
    ("init", "mới"),
    ("new", "case", "2021", "dang_vien", "--output", "mẫu.yaml"),
    ("new", "2022", "--from", "2021"),
    ("eval", "cases/2021/xa-mau/xa-mau.xlsx", "--out", "kết quả"),
    ("explain", "II.B.6/8", "--rulebook", "2021"),
]


def test_no_file_is_read_or_written_in_the_encoding_of_the_machine(tmp_path):
    """Python warns where a file is opened without one: cp1252 or cp1258 on Windows."""
    first = ["-X", "warn_default_encoding", "-W", "always::EncodingWarning", "-m", "khung"]
    where = tmp_path
    for command in COMMANDS:
        ran = subprocess.run(
            [sys.executable, *first, *command],
            cwd=where,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "KHUNG_LANG": "vi"},
            capture_output=True,
            timeout=120,
            check=False,
        )
        said = ran.stderr.decode("utf-8")
        assert ran.returncode == 0, said
        own = [line for line in said.splitlines() if "EncodingWarning" in line]
        assert [line for line in own if f"{os.sep}khung{os.sep}" in line.split(":")[0]] == []
        where = tmp_path / "mới"


@pytest.mark.parametrize("mark", ["utf-16-le", "utf-16-be"])
def test_what_powershell_writes_is_read(tmp_path, mark):
    """PowerShell 5.1 writes UTF-16 with its mark, and ends lines as Windows does."""
    text = "\ufeff" + (ROOT / CASE).read_text("utf-8").replace("\n", "\r\n")
    (tmp_path / "nghỉ ốm.yaml").write_bytes(text.encode(mark))
    ran = process("eval", str(tmp_path / "nghỉ ốm.yaml"), "--format", "json")
    assert ran.returncode == 0
    assert json.loads(ran.stdout)["results"]["dang_vien"]["an"]["level"] == "hoan_thanh"


@pytest.mark.parametrize("name", ["con.yaml", "NUL", "aux.html", "com1.yaml", "lpt9", "a.yaml. "])
def test_a_name_that_no_file_has_on_windows(khung, tmp_path, name):
    ran = khung("new", "case", "2021", "dang_vien", "--output", str(tmp_path / name))
    assert ran.code == 2
    assert "K0813" in ran.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name", ["console.yaml", "nulls", "con-so.yaml", "a.b.yaml", "của tôi.yaml"]
)
def test_names_like_those_are_fine(khung, tmp_path, name):
    ran = khung("new", "case", "2021", "dang_vien", "--output", str(tmp_path / name))
    assert (ran.code, ran.err) == (0, "")
    assert khung("eval", str(tmp_path / name)).code == 0


def test_a_backslash_in_a_name_is_no_way_into_a_folder_here(khung, tmp_path):
    shutil.copy(ROOT / CASE, tmp_path / "a\\b.yaml")
    ran = khung("eval", str(tmp_path / "a\\b.yaml"), "--format", "json")
    assert ran.code == 0
    assert ran.json["diagnostics"] == []
