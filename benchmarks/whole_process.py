"""The command line as a whole process, from its start to its end, beside bare Python."""

from __future__ import annotations

import resource
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[1]
ROUNDS = 11
BARE = (sys.executable, "-c", "pass")
COMMANDS = {
    "khung eval, one member": ("eval", "cases/2021/dang_vien-010-nghi-om-4-thang.yaml"),
    "khung check 2021": ("check", "2021"),
}


@dataclass(frozen=True, slots=True)
class Finished:
    """One run: seconds by the clock, seconds of the processor, exit code."""

    wall: float
    busy: float
    code: int


def report() -> None:
    """Measure each command in pairs with bare Python, and print a table."""
    print(f"\nWhole processes, median of {ROUNDS} pairs, each command in turn with bare Python;")
    print("ms by the clock, ms of the processor, and the ratio of the latter.\n")
    print("| command | clock | processor | bare Python, clock | processor | ratio |")
    print("|---|--:|--:|--:|--:|--:|")
    for name, arguments in COMMANDS.items():
        print(f"| `{name}` | {_row((sys.executable, '-m', 'khung', *arguments))} |")


def _row(command: tuple[str, ...]) -> str:
    code = _run(command).code  # the first run fills caches and is not counted
    if code != 0:
        return f"ended with {code}, not measured | | | |"
    pairs = [(_run(command), _run(BARE)) for _ in range(ROUNDS)]
    ours, bare = (tuple(side) for side in zip(*pairs, strict=True))
    ratio = median(mine.busy / theirs.busy for mine, theirs in pairs)
    return f"{_middle(ours)} | {_middle(bare)} | {ratio:.1f}"


def _middle(runs: Sequence[Finished]) -> str:
    wall, busy = median(run.wall for run in runs), median(run.busy for run in runs)
    return f"{wall * 1000:.0f} | {busy * 1000:.0f}"


def _run(command: tuple[str, ...]) -> Finished:
    before, start = _processor(), perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    return Finished(perf_counter() - start, _processor() - before, done.returncode)


def _processor() -> float:
    """Return the processor's seconds of all children so far; other work does not count here."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
