"""The whole process: consoles of all kinds, pipes, colours."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.schemas import ROOT

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
    [{"PYTHONIOENCODING": "cp1252"}, {"LC_ALL": "C", "PYTHONUTF8": "0"}, {"PYTHONUTF8": "1"}],
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
