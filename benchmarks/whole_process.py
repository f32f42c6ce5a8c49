"""The command line as a whole process, from its start to its end, beside bare Python."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from statistics import median
from time import perf_counter

ROOT = Path(__file__).parents[1]
ROUNDS = 11
BARE = (sys.executable, "-c", "pass")
COMMANDS = {
    "khung eval, one member": ("eval", "cases/2021/dang_vien-010-nghi-om-4-thang.yaml"),
    "khung check 2021": ("check", "2021"),
}


def report() -> None:
    """Measure each command in pairs with bare Python, and print a table."""
    print(f"\nWhole processes, median of {ROUNDS} pairs, each command in turn with bare Python.\n")
    print("| command | ms | bare Python, ms | ratio | exit code |")
    print("|---|--:|--:|--:|--:|")
    for name, arguments in COMMANDS.items():
        _print_row(name, (sys.executable, "-m", "khung", *arguments))


def _print_row(name: str, command: tuple[str, ...]) -> None:
    code = _run(command)[1]
    pairs = [(_run(command)[0], _run(BARE)[0]) for _ in range(ROUNDS)]
    ours, bare = (median(times) * 1000 for times in zip(*pairs, strict=True))
    ratio = median(mine / theirs for mine, theirs in pairs)
    print(f"| `{name}` | {ours:.0f} | {bare:.1f} | {ratio:.1f} | {code} |")


def _run(command: tuple[str, ...]) -> tuple[float, int]:
    """Return the seconds that a command took and its exit code; the first run fills caches."""
    start = perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    return perf_counter() - start, done.returncode
