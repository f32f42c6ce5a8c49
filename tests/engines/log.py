"""A long run in parts: a line for each rulebook that was tried; the next part goes on there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from tests.engines.trials import Tally

_NUMBERS = ("drawn", "valid", "cases", "subjects", "compared")
_COUNTS = ("refused", "left", "beside", "used", "statuses")


def resumed(tally: Tally, path: Path, start: int) -> tuple[int, list[str]]:
    """Add what stands in a log to a tally.

    Args:
        tally: What was tried.
        path: The log; there need not be one.
        start: The first seed of the run.

    Returns:
        The first seed that has not been drawn, and a line for each disagreement.
    """
    said: list[str] = []
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    for line in map(json.loads, lines):
        start = max(start, line["seed"] + 1)
        for name in _NUMBERS:
            setattr(tally, name, getattr(tally, name) + line[name])
        for name in _COUNTS:
            getattr(tally, name).update(line[name])
        said += line["found"]
    return start, said


class Log:
    """Writes what each rulebook adds to a tally."""

    def __init__(self, path: Path, tally: Tally) -> None:
        """Write to a file what is added to what stands in a tally by now."""
        self.path = path
        self.before = _state(tally)

    def note(self, seed: int, tally: Tally) -> None:
        """Write a line of what a rulebook has added."""
        now = _state(tally)
        line: dict[str, Any] = {"seed": seed}
        line |= {name: now[name] - self.before[name] for name in _NUMBERS}
        line |= {name: dict(now[name] - self.before[name]) for name in _COUNTS}
        line["found"] = [
            f"{one.seed}: {one.said[0]}" for one in tally.found[self.before["found"] :]
        ]
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"{json.dumps(line, ensure_ascii=False)}\n")
        self.before = now


def _state(tally: Tally) -> dict[str, Any]:
    numbers = {name: getattr(tally, name) for name in _NUMBERS}
    counts = {name: getattr(tally, name).copy() for name in _COUNTS}
    return numbers | counts | {"found": len(tally.found)}
