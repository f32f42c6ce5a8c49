"""Processor time of the tests, a plugin of pytest: `pytest -p tests.support.seconds`.

Wall time says little where several workers share a machine. Counted are the user and system time
of the worker and of the processes that it waited for, in seconds: what a file's tests take with
their fixtures. `--seconds FILE` writes a line a test too, `seconds<TAB>test`.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

SHOWN = 30
"""How many files and tests the summary names."""

_PROPERTY = "processor seconds"
_tests: Counter[str] = Counter()
_last = 0.0


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer the option."""
    parser.addoption("--seconds", metavar="FILE", help="write the processor time of each test")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_logstart(nodeid: str) -> Generator[None, object, object]:
    """Begin to count a test, before its fixtures."""
    global _last  # noqa: PLW0603  # one clock a process
    _last = _spent()
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Put into a report what was spent since the last one; a worker sends it on."""
    global _last  # noqa: PLW0603  # one clock a process
    report = yield
    now = _spent()
    report.user_properties = [(_PROPERTY, str(now - _last))]
    _last = now
    return report


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add up."""
    _tests[report.nodeid] += sum(
        float(s) for name, s in report.user_properties if name == _PROPERTY
    )


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Name the files and tests that take most."""
    files: Counter[str] = Counter()
    for name, seconds in _tests.items():
        files[name.partition("::")[0]] += seconds
    terminalreporter.section(f"processor time: {sum(files.values()):.0f} s")
    for title, found in ("files", files), ("tests", _tests):
        terminalreporter.write_line(title)
        for line in _lines(found.most_common(SHOWN)):
            terminalreporter.write_line(line)
    if config.getoption("seconds"):
        text = "\n".join(_lines(_tests.most_common()))
        Path(config.getoption("seconds")).write_text(text + "\n", encoding="utf-8")


def _lines(found: Iterable[tuple[str, float]]) -> list[str]:
    return [f"{seconds:8.2f}\t{name}" for name, seconds in found]


def _spent() -> float:
    return sum(os.times()[:4])
