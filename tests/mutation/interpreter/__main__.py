"""`python -m tests.mutation.interpreter`: whether the tests notice a change of the interpreter."""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tests.mutation.interpreter.changes import changes_of
from tests.mutation.interpreter.trial import PACKAGE, ROOT, Copy, Fate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.mutation.interpreter.changes import Change
    from tests.mutation.interpreter.lines import Reach
    from tests.mutation.interpreter.trial import Verdict

FOLDERS = ("engine", "ir", "report")


def main(arguments: Sequence[str] | None = None) -> int:
    """Try changes.

    Returns:
        0, however many survive: most of those change nothing that could be noticed.
    """
    args = _parser().parse_args(arguments)
    found = changes(args.only or FOLDERS)
    wanted = random.Random(args.seed).sample(found, min(args.limit, len(found)))  # noqa: S311
    with TemporaryDirectory(prefix="khung-mutation-") as name:
        folder = Path(name)
        copies = [Copy.made(folder / str(number)) for number in range(args.jobs)]
        _tell(f"{len(wanted)} of {len(found)} changes; which lines the tests run …")
        reach = copies[0].record(folder / "lines", args.tests, args.jobs)
        for path in sorted(reach.failed):
            _tell(f"left out, it fails as things are: {path}")
        verdicts = list(_judged(wanted, copies, reach, args.budget))
    print(as_json(verdicts) if args.format == "json" else as_text(verdicts))
    return 0


def changes(folders: Sequence[str]) -> list[Change]:
    """Return the changes of all modules in some folders of the package."""
    package = ROOT / PACKAGE
    paths = [path for folder in folders for path in sorted((package / folder).rglob("*.py"))]
    return [change for path in paths for change in changes_of(path, package)]


def _judged(
    wanted: Sequence[Change], copies: Sequence[Copy], reach: Reach, budget: float
) -> Iterator[Verdict]:
    free: SimpleQueue[Copy] = SimpleQueue()
    for copy in copies:
        free.put(copy)

    def judge(change: Change) -> Verdict:
        copy = free.get()
        try:
            return copy.judge(change, reach, budget)
        finally:
            free.put(copy)

    with ThreadPoolExecutor(len(copies)) as pool:
        for number, verdict in enumerate(pool.map(judge, wanted), 1):
            said = f"{verdict.fate.value}: {verdict.change.name}  {verdict.by}"
            _tell(f"{number}/{len(wanted)} {verdict.seconds:.0f} s  {said}")
            yield verdict


def as_text(verdicts: Sequence[Verdict]) -> str:
    """Return what survived, and how many of each folder did not."""
    lines = [f"{v.fate.value}: {v.change.name}" for v in verdicts if v.fate is not Fate.KILLED]
    for folder in sorted({v.change.file.partition("/")[0] for v in verdicts}):
        of_folder = [v for v in verdicts if v.change.file.startswith(f"{folder}/")]
        lines.append(f"{folder}: {_counted(of_folder)}")
    minutes = sum(os.times()[2:4]) / 60
    return "\n".join([*lines, f"all: {_counted(verdicts)}, {minutes:.0f} min of processor time"])


def _counted(verdicts: Sequence[Verdict]) -> str:
    counts = Counter(verdict.fate for verdict in verdicts)
    killed = counts[Fate.KILLED]
    said = ", ".join(f"{counts[fate]} {fate.value}" for fate in Fate)
    return f"{len(verdicts)} changes, {said} ({killed / max(len(verdicts), 1):.1%} killed)"


def as_json(verdicts: Sequence[Verdict]) -> str:
    """Return all verdicts."""
    said = [
        {"name": v.change.name, "fate": v.fate.value, "by": v.by, "seconds": round(v.seconds, 1)}
        for v in verdicts
    ]
    return json.dumps(said, ensure_ascii=False, indent=1)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation.interpreter")
    parser.add_argument("--only", action="append", help="a folder of the interpreter, or several")
    parser.add_argument("--limit", type=int, default=300, help="how many changes are drawn")
    parser.add_argument("--seed", type=int, default=0, help="which are drawn")
    parser.add_argument("--budget", type=float, default=60, help="seconds of tests for a change")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--tests", nargs="*", default=[], help="tests to run; else all")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    return parser


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
