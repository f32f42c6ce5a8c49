"""All mutants of a rulebook against its cases, in several processes."""

from __future__ import annotations

import contextlib
import gc
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, TypeVar

from tests.mutation.trial import Bench, Fate, UnsoundError, bench, reaching

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from tests.mutation.mutants import Mutant
    from tests.mutation.trial import Trace, Verdict


T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class Run:
    """The mutants of a rulebook, and what became of those that were tried."""

    rulebook: str
    mutants: tuple[Mutant, ...]
    verdicts: tuple[Verdict, ...]
    seconds: float


EVERY = 5
"""Seconds between two messages of how far it is."""

_HELD: list[Bench] = []
"""What a process works with, once it is set up."""


def _set_up(folder: Path, cases: Path) -> None:
    _HELD[:] = [bench(folder, cases)]
    gc.freeze()  # what is kept throughout need not be looked through again and again


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
    with _pool(folder, cases, made, jobs) as pool:
        traces = list(pool.in_order(_traced, range(len(made.cases))))
        failed = [made.cases[t.case].path.name for t in traces if not t.passed]
        if failed:
            raise UnsoundError(", ".join(failed))
        cases_of = reaching(made, traces)
        tasks = [[(n, cases_of[n]) for n in task] for task in _tasks(chosen, made)]
        done = _collected(pool.as_done(_judged, tasks), len(chosen), made)
    verdicts = tuple(sorted(done, key=lambda v: v.mutant))
    return Run(made.rulebook.id, made.mutants, verdicts, time.monotonic() - start)


@contextlib.contextmanager
def _pool(folder: Path, cases: Path, made: Bench, jobs: int) -> Iterator[_Here | _Apart]:
    """Give something that does tasks: this process if one is enough, else others."""
    if jobs == 1:
        _HELD[:] = [made]
        yield _Here()
        return
    with ProcessPoolExecutor(jobs, initializer=_set_up, initargs=(folder, cases)) as pool:
        yield _Apart(pool)


class _Here:
    """Does tasks one after the other."""

    def in_order(self, do: Callable[[T], R], tasks: Iterable[T]) -> Iterator[R]:
        return map(do, tasks)

    as_done = in_order


@dataclass(frozen=True)
class _Apart:
    """Does tasks in other processes."""

    pool: ProcessPoolExecutor

    def in_order(self, do: Callable[[T], R], tasks: Iterable[T]) -> Iterator[R]:
        return self.pool.map(do, tasks, chunksize=8)

    def as_done(self, do: Callable[[T], R], tasks: Iterable[T]) -> Iterator[R]:
        futures = [self.pool.submit(do, task) for task in tasks]
        return (future.result() for future in as_completed(futures))


def _spread(numbers: list[int], limit: int | None) -> list[int]:
    if limit is None or limit >= len(numbers):
        return numbers
    return [numbers[i * len(numbers) // limit] for i in range(limit)]


def _tasks(numbers: Iterable[int], made: Bench) -> Iterator[list[int]]:
    """Yield the mutants of one rule together, so that the case that told one is tried on all."""
    for _, group in groupby(numbers, key=lambda n: made.mutants[n].entry.path):
        yield list(group)


def _collected(found: Iterable[list[Verdict]], total: int, made: Bench) -> list[Verdict]:
    """Return all verdicts, telling meanwhile how far it is, and what survived."""
    done: list[Verdict] = []
    told = 0.0
    for verdicts in found:
        done += verdicts
        survived = [v.mutant for v in verdicts if v.fate is Fate.SURVIVED]
        lines = [f"survived: {made.mutants[number].name}" for number in survived]
        if time.monotonic() - told > EVERY or len(done) == total:
            told = time.monotonic()
            lines.append(f"{len(done)}/{total} mutants")
        for line in lines:
            print(line, file=sys.stderr, flush=True)
    return done
