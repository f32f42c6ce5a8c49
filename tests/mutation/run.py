"""All mutants of a rulebook against its cases, in several processes."""

from __future__ import annotations

import gc
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from tests.mutation.trial import Bench, UnsoundError, bench, reaching

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from tests.mutation.mutants import Mutant
    from tests.mutation.trial import Trace, Verdict


@dataclass(frozen=True)
class Run:
    """The mutants of a rulebook, and what became of those that were tried."""

    rulebook: str
    mutants: tuple[Mutant, ...]
    verdicts: tuple[Verdict, ...]
    seconds: float


_HELD: list[Bench] = []
"""What a process works with, once it is set up."""


def _set_up(folder: Path, cases: Path) -> None:
    _HELD[:] = [bench(folder, cases)]
    gc.freeze()


def _traced(case: int) -> Trace:
    return _HELD[0].trace(case)


def _judged(task: Sequence[tuple[int, tuple[int, ...]]]) -> list[Verdict]:
    return [_HELD[0].judge(number, cases) for number, cases in task]


def run(
    folder: Path,
    cases: Path,
    wanted: Callable[[Mutant], bool],
    *,
    jobs: int,
    limit: int | None = None,
) -> Run:
    """Try mutants.

    Args:
        folder: The rulebook.
        cases: A folder of case files, all of which pass.
        wanted: Which mutants to try.
        jobs: How many processes to take.
        limit: How many to try at most, spread over all.

    Raises:
        UnsoundError: The rulebook or a case cannot be read, or a case fails.
    """
    start = time.monotonic()
    made = bench(folder, cases)
    chosen = _spread([n for n, mutant in enumerate(made.mutants) if wanted(mutant)], limit)
    with ProcessPoolExecutor(jobs, initializer=_set_up, initargs=(folder, cases)) as pool:
        traces = list(pool.map(_traced, range(len(made.cases)), chunksize=8))
        failed = [made.cases[t.case].path.name for t in traces if not t.passed]
        if failed:
            raise UnsoundError(", ".join(failed))
        by_path = reaching(made, traces)
        futures = [
            pool.submit(_judged, [(n, by_path[made.mutants[n].entry.path]) for n in task])
            for task in _tasks(chosen, made)
        ]
        done = _collected((f.result() for f in as_completed(futures)), len(chosen), start)
    verdicts = tuple(sorted(done, key=lambda v: v.mutant))
    return Run(made.rulebook.id, made.mutants, verdicts, time.monotonic() - start)


def _spread(numbers: list[int], limit: int | None) -> list[int]:
    if limit is None or limit >= len(numbers):
        return numbers
    return [numbers[i * len(numbers) // limit] for i in range(limit)]


def _tasks(numbers: Iterable[int], made: Bench) -> Iterator[list[int]]:
    """Yield the mutants of one rule together, so that the case that told one is tried on all."""
    for _, group in groupby(numbers, key=lambda n: made.mutants[n].entry.path):
        yield list(group)


def _collected(found: Iterable[list[Verdict]], total: int, start: float) -> list[Verdict]:
    done: list[Verdict] = []
    told = 0.0
    for verdicts in found:
        done += verdicts
        if time.monotonic() - told > 5 or len(done) == total:
            told = time.monotonic()
            print(f"{len(done)}/{total} mutants, {told - start:.0f} s", file=sys.stderr, flush=True)
    return done
