"""The command line as a whole process, from its start to its end, beside bare Python.

Each command is measured with its cache of rulebooks warm, with an empty one, and with none.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ROOT = Path(__file__).parents[1]
BARE = (sys.executable, "-c", "pass")
IMPORTS = (sys.executable, "-c", "import click, yaml, json, decimal")
CACHE = "KHUNG_CACHE"
"""The variable that names the folder of the cache, or says `off`."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command as it is typed, and how many pairs with bare Python are measured."""

    arguments: tuple[str, ...]
    rounds: int

    @property
    def name(self) -> str:
        return " ".join(("khung", *(Path(each).stem for each in self.arguments)))


COMMANDS = (
    Command(("eval", "cases/2021/dang_vien-010-nghi-om-4-thang.yaml"), 11),
    Command(("check", "2021"), 5),
    Command(("diff", "2020", "2021"), 1),
)


@dataclass(frozen=True, slots=True)
class Finished:
    """One run: seconds by the clock, seconds of the processor, exit code."""

    wall: float
    busy: float
    code: int


def report() -> None:
    """Measure each command in pairs with bare Python, and print a table."""
    print("\nWhole processes, median of pairs, each command in turn with bare Python;")
    print("ms by the clock, ms of the processor, and the ratio of the latter.\n")
    print(
        "| command | cache | pairs | clock | processor | bare Python, clock | processor | ratio |"
    )
    print("|---|---|--:|--:|--:|--:|--:|--:|")
    imports = _row(lambda: _run(IMPORTS), 11)
    print(f"| `python -c 'import click, yaml, json, decimal'` | | 11 | {imports} |")
    for command in COMMANDS:
        whole = (sys.executable, "-m", "khung", *command.arguments)
        for state, run in _states(whole):
            row = _row(run, command.rounds)
            print(f"| `{command.name}` | {state} | {command.rounds} | {row} |", flush=True)


def _states(whole: tuple[str, ...]) -> Iterator[tuple[str, Callable[[], Finished]]]:
    """Yield what runs a command, by the state of its cache."""
    with TemporaryDirectory() as folder:
        yield "warm", lambda: _run(whole, folder)
    yield "empty", lambda: _run_with_empty(whole)
    yield "off", lambda: _run(whole, "off")


def _run_with_empty(whole: tuple[str, ...]) -> Finished:
    with TemporaryDirectory() as folder:
        return _run(whole, folder)


def _row(run: Callable[[], Finished], rounds: int) -> str:
    code = run().code  # the first run fills caches and is not counted
    if code != 0:
        return f"ended with {code}, not measured | | | |"
    pairs = [(run(), _run(BARE)) for _ in range(rounds)]
    ours, bare = (tuple(side) for side in zip(*pairs, strict=True))
    ratio = median(mine.busy / theirs.busy for mine, theirs in pairs)
    return f"{_middle(ours)} | {_middle(bare)} | {ratio:.1f}"


def _middle(runs: Sequence[Finished]) -> str:
    wall, busy = median(run.wall for run in runs), median(run.busy for run in runs)
    return f"{wall * 1000:.0f} | {busy * 1000:.0f}"


def _run(command: tuple[str, ...], cache: str = "off") -> Finished:
    environment = {**os.environ, CACHE: cache}
    before, start = _processor(), perf_counter()
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    return Finished(perf_counter() - start, _processor() - before, done.returncode)


def _processor() -> float:
    """Return the processor's seconds of all children so far; other work does not count here."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
