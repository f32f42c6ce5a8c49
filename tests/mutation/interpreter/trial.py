"""A copy of the project in which the interpreter is changed, and the tests that run there."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from tests.mutation.interpreter.lines import Reach

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.mutation.interpreter.changes import Change

ROOT = Path(__file__).parents[3]
PACKAGE = Path("interpreter") / "khung"
LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "dist", "build")
SETTING_UP, SLOWER = 30, 4
"""Seconds to begin with, and how many times longer than expected tests may take; else they hang.

Counted is processor time; only for what waits for ever a clock runs, `PATIENCE` times as long.
"""
PATIENCE = 20
LIMITED = """
import pytest, resource, sys
resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[1]), int(sys.argv[1])))
sys.exit(pytest.main(sys.argv[2:]))
"""
"""Runs pytest in so many seconds and 4 GiB, as a change may fill a list for ever."""
LONG = 1 << 15
FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.M)
NO_TESTS = 5
KILLED_BY_TIME = {-signal.SIGXCPU, -signal.SIGKILL}


class Fate(Enum):
    """What became of a change: no test runs it, or all that do pass."""

    KILLED = "killed"
    SURVIVED = "survived"
    UNREACHED = "unreached"


@dataclass(frozen=True)
class Verdict:
    """What became of a change, which test told, and in how many seconds."""

    change: Change
    fate: Fate
    by: str
    seconds: float


@dataclass(frozen=True)
class Copy:
    """A copy of the project that may be changed."""

    root: Path

    @classmethod
    def made(cls, folder: Path) -> Copy:
        """Copy the project into a folder, with the data beside it."""
        shutil.copytree(ROOT, folder / "project", ignore=LEFT_OUT)
        beside = ROOT.parent / "shared"
        if beside.is_dir():
            (folder / "shared").symlink_to(beside.resolve())
        return cls(folder / "project")

    def record(self, folder: Path, tests: Sequence[str], jobs: int) -> Reach:
        """Run tests, and return which lines each of their files runs."""
        folder.mkdir()
        plugin = ("-p", "tests.mutation.interpreter.lines", "--lines", str(folder))
        self._pytest([*plugin, "-n", str(jobs), "--dist", "loadfile", *tests], LONG)
        return Reach.read(folder, self.root / PACKAGE)

    def judge(self, change: Change, reach: Reach, budget: float) -> Verdict:
        """Make a change, run the tests that may notice, and take it back."""
        tests = reach.tests_of(change, budget)
        if not tests:
            return Verdict(change, Fate.UNREACHED, "", 0)
        start, expected = time.monotonic(), sum(reach.seconds[test] for test in tests)
        path = self.root / PACKAGE / change.file
        source = path.read_bytes()
        try:
            _put(path, change.of(source))
            done = self._pytest(["-x", *tests], SETTING_UP + SLOWER * round(expected))
        finally:
            _put(path, source)
        seconds = time.monotonic() - start
        if done is None or done.returncode in KILLED_BY_TIME:
            return Verdict(change, Fate.KILLED, "took too long", seconds)
        if done.returncode in (0, NO_TESTS):
            return Verdict(change, Fate.SURVIVED, "", seconds)
        told = FAILED.search(done.stdout)
        return Verdict(change, Fate.KILLED, told[1] if told else "would not start", seconds)

    def _pytest(
        self, arguments: Sequence[str], limit: int
    ) -> subprocess.CompletedProcess[str] | None:
        """Run pytest here for at most `limit` seconds of processor time; None if it waits on."""
        command = (sys.executable, "-c", LIMITED, str(limit), "--quiet", "-p", "no:cacheprovider")
        environment = {**os.environ, "PYTHONPATH": str(self.root / PACKAGE.parent)}
        try:
            return subprocess.run(
                [*command, *arguments],
                cwd=self.root,
                env=environment,
                timeout=PATIENCE * limit,
                capture_output=True,
                encoding="utf-8",
                check=False,
            )
        except subprocess.TimeoutExpired:
            return None


def _put(path: Path, source: bytes) -> None:
    """Write a module; what is compiled of it goes, as it may be of the same second and size."""
    path.write_bytes(source)
    for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*"):
        compiled.unlink()
