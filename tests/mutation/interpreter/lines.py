"""Which lines of the interpreter each file of tests runs, and how long: a plugin of pytest.

`pytest -p tests.mutation.interpreter.lines --lines FOLDER`; each process writes its own files
there, and `Reach.read` puts them together.
"""

from __future__ import annotations

import json
import os
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import coverage

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pytest
    from tests.mutation.interpreter.changes import Change

DATA, TIMES = "lines", "times-*.json"


@dataclass
class Reach:
    """What the files of tests run.

    Attributes:
        lines: By module, as `Change.file` names it, and line: the files of tests.
        seconds: By file of tests: processor time under this plugin, more than it takes alone.
        failed: Files of tests that fail as things are.
    """

    lines: Mapping[str, Mapping[int, set[str]]]
    seconds: Counter[str] = field(default_factory=Counter)
    failed: set[str] = field(default_factory=set)

    @classmethod
    def read(cls, folder: Path, package: Path) -> Reach:
        """Read what processes have written of a package."""
        found = cls(defaultdict(lambda: defaultdict(set)))
        for path in folder.glob(f"{DATA}.*"):
            data = coverage.CoverageData(str(path))
            data.read()
            for file in data.measured_files():
                lines = found.lines[Path(file).relative_to(package).as_posix()]
                for line, tests in data.contexts_by_lineno(file).items():
                    lines[line] |= set(filter(None, tests))
        for path in folder.glob(TIMES):
            written = json.loads(path.read_text("utf-8"))
            found.seconds += Counter(written["seconds"])
            found.failed |= set(written["failed"])
        return found

    def tests_of(self, change: Change, budget: float) -> list[str]:
        """Return files of tests that may notice a change, the likeliest and cheapest first.

        Those that run its lines come before those that run something else of the module, as what
        one file has put into a store another does not run again. All of them together take no
        more than `budget` seconds.
        """
        lines = self.lines.get(change.file, {})
        whole = set().union(*lines.values())
        around = range(change.line, change.last + 1) if change.inside else ()
        near = set().union(*(lines.get(line, ()) for line in around))
        found, spent = [], 0.0
        for name in sorted(whole - self.failed, key=lambda n: (n not in near, self.seconds[n], n)):
            if spent + self.seconds[name] <= budget:
                found.append(name)
                spent += self.seconds[name]
        return found


# -- the plugin -------------------------------------------------------------------------------


class Recorder:
    """Writes down one process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.seconds: Counter[str] = Counter()
        self.failed: set[str] = set()
        self.coverage = coverage.Coverage(
            data_file=str(folder / DATA),
            data_suffix=True,
            config_file=False,
            source=[str(Path.cwd() / "interpreter" / "khung")],
        )
        self.coverage.start()
        self.last = _spent()

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Write down what follows under the file of the test."""
        self.coverage.switch_context(nodeid.partition("::")[0])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count the time; in the process that only hands out tests, it is next to nothing."""
        name, now = report.nodeid.partition("::")[0], _spent()
        self.seconds[name] += now - self.last
        self.last = now
        if report.failed:
            self.failed.add(name)

    def pytest_unconfigure(self) -> None:
        """Write."""
        self.coverage.stop()
        self.coverage.save()
        written = {"seconds": self.seconds, "failed": sorted(self.failed)}
        path = self.folder / TIMES.replace("*", str(os.getpid()))
        path.write_text(json.dumps(written), encoding="utf-8")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer the option."""
    parser.addoption("--lines", metavar="FOLDER", help="write which lines tests run")


def pytest_configure(config: pytest.Config) -> None:
    """Begin, where it is asked for."""
    if config.getoption("lines"):
        config.pluginmanager.register(Recorder(Path(config.getoption("lines"))))


def _spent() -> float:
    return sum(os.times()[:4])
