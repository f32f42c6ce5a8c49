"""The command: a port of this machine, an address, an end that loses nothing."""

import os
import re
import signal
import subprocess
import sys

import httpx2
import pytest
from tests.desk.conftest import CASE
from tests.support.schemas import ROOT

from khung.cli.main import run
from khung.desk.desk import Desk
from khung.desk.server import PortTakenError, bound, kept


def test_a_port_that_is_taken_is_told(capsys):
    taken = bound(0)
    port = taken.getsockname()[1]
    try:
        with pytest.raises(PortTakenError):
            bound(port)
        assert run(["serve", str(ROOT / "cases"), "--port", str(port), "--no-open"]) == 2
        assert "K0900" in capsys.readouterr().err
    finally:
        taken.close()


def test_only_this_machine_is_listened_to():
    with bound(0) as listening:
        assert listening.getsockname()[0] == "127.0.0.1"


@pytest.mark.parametrize("folder", ["nothing", "README.md"])
def test_what_is_no_folder_is_told(folder, capsys):
    assert run(["serve", str(ROOT / folder), "--no-open"]) == 2
    assert "K0900" in capsys.readouterr().err


def test_what_is_not_saved_at_the_end_is_kept_in_files_of_its_own(desk: Desk, folder):
    one = desk.drafts.new("rulebook: '2021'\n")
    assert kept(desk, "vi") == []  # nobody has typed anything
    one.put("rulebook: '2020'\n")
    assert [p.name for p in kept(desk, "vi")] == ["case-chua-luu.yaml"]
    assert [p.name for p in kept(desk, "en")] == ["case-unsaved.yaml"]
    assert (folder / "case-unsaved.yaml").read_text() == "rulebook: '2020'\n"


def test_the_desk_runs_and_ends(folder):
    env = os.environ | {"PYTHONPATH": str(ROOT / "interpreter"), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "khung", "serve", str(folder), "--no-open", "--lang", "en"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env, cwd=ROOT) as desk:
        try:
            lines = iter(desk.stdout.readline, "")
            url = next(m[0] for line in lines if (m := re.search(r"http://\S+", line)))
            assert re.fullmatch(r"http://127\.0\.0\.1:\d+/[\w-]{20,}/en/", url)
            assert CASE in httpx2.get(url, timeout=60).text
            assert httpx2.get(url.replace("/en/", "x/en/")).status_code == 403
        finally:
            desk.send_signal(signal.SIGINT)
            out, _ = desk.communicate(timeout=60)
        assert desk.returncode == 0
        assert "has stopped" in out
    assert [p.name for p in folder.iterdir()] == [CASE]
