"""A district under the real rulebook of 2021: how many subjects are solved a second.

What is solved is every stage, every bound and every group of a quota. Checks, tables, outputs and
the whole JSON are timed beside it, each once, with what is solved already at hand.
"""

from __future__ import annotations

import gc
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING

from benchmarks.district import MEMBERS, written
from khung.casefile.from_source import case_of, parse_case
from khung.casefile.to_facts import build_case
from khung.diagnostics.bag import Bag
from khung.driver import Evaluated, Shelf
from khung.report.encode import dumps
from khung.report.result.json import evaluated_json
from khung.resources import data_dir
from khung.source import limits
from khung.source.from_text import parse_yaml
from khung.text import SourceFile
from khung.why.result import evaluate_case

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from khung.casefile.model import CaseFile
    from khung.driver import Ready
    from khung.engine.facts import Case
    from khung.why.result import Result, Results

GROWN = 50_000
"""Members of the large district, which is more than a case file may hold: only solved."""


@dataclass(frozen=True, slots=True)
class District:
    """A district that was read, with the seconds that each step took."""

    ready: Ready
    case_file: CaseFile
    case: Case
    steps: tuple[tuple[str, float], ...]

    @property
    def subjects(self) -> int:
        return sum(map(len, self.case.entities.values()))


def read(ready: Ready, members: int, *, some_open: bool) -> District:
    """Return a district, read as a case file is read but for the limit of its size."""
    assert ready.program is not None, ready.diagnostics
    text, bag = written(members, some_open=some_open), Bag()
    case_file, reading = timed(lambda: _case_file(text, bag))
    case, typing = timed(lambda: build_case(case_file, ready.program, bag))
    assert case is not None, bag.diagnostics[:3]
    steps = (("case file read", reading), ("facts typed, links followed", typing))
    return District(ready, case_file, case, steps)


def _case_file(text: str, bag: Bag) -> CaseFile | None:
    """Return a case as it is read from a file, also one that is too large for a file."""
    data = text.encode()
    if len(data) <= limits.CASE_FILE_BYTES:
        return parse_case(data, "district.yaml", bag)
    node = parse_yaml(SourceFile("district.yaml", text), bag)
    return None if node is None else case_of(node, bag)


_levels = attrgetter("status", "level", "at_best", "at_worst", "stages")
"""What is found by solving, nothing of which needs an account."""


def solve(district: District) -> Results:
    """Return the results with every status, stage and bound found, and nothing told."""
    assert district.ready.program is not None
    results = evaluate_case(district.ready.program, district.case)
    for result in _all(results):
        _levels(result)
    return results


def measured(ready: Ready, members: int, *, some_open: bool, tells: bool) -> Iterator[Row]:
    """Yield the steps of one district with their seconds of processor time."""
    district = read(ready, members, some_open=some_open)
    if tells:
        yield from (Row(name, district.subjects, seconds) for name, seconds in district.steps)
    results, seconds = timed(lambda: solve(district))
    yield Row("solved: stages, bounds, quota groups", district.subjects, seconds)
    if tells:
        for name, part in BESIDE.items():
            _, seconds = timed(lambda part=part: [part(result) for result in _all(results)])
            yield Row(name, district.subjects, seconds)
        _, seconds = timed(lambda: _json(district, results))
        yield Row("all accounts as JSON", district.subjects, seconds)


@dataclass(frozen=True, slots=True)
class Row:
    """A step with the subjects that it worked on and the seconds that it took."""

    step: str
    subjects: int
    seconds: float


BESIDE: dict[str, Callable[[Result], Any]] = {
    "checks": lambda result: result.checks,
    "tables": lambda result: result.tables,
    "outputs": lambda result: result.outputs,
}
"""What a result holds besides its level."""


def _all(results: Results) -> Iterator[Result]:
    for by_id in results.by_type.values():
        yield from by_id.values()


def _json(district: District, results: Results) -> str:
    path = Path("district.yaml")
    found = Evaluated(path, district.case_file, district.ready, results, ())
    return dumps(evaluated_json(found, "vi", with_next=False))


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """Return what work gives, and its seconds of processor time; what stood before is frozen."""
    gc.collect()
    gc.freeze()
    start = process_time()
    done = work()
    return done, process_time() - start


def report(members: int = MEMBERS, grown: int = GROWN) -> None:
    """Measure, and print tables."""
    ready = Shelf().ready(data_dir("rulebooks") / "2021", {})
    for some_open in (False, True):
        what = "one fact in ten unknown" if some_open else "all facts known"
        print(f"\nA district of {members:,} members, {what}; seconds of the processor, one run.\n")
        rows = list(measured(ready, members, some_open=some_open, tells=True))
        rows += _grown(ready, grown, some_open=some_open)
        _print_table(rows)


def _grown(ready: Ready, members: int, *, some_open: bool) -> Iterator[Row]:
    for row in measured(ready, members, some_open=some_open, tells=False):
        yield Row(f"{row.step}, of {members:,} members", row.subjects, row.seconds)


def _print_table(rows: list[Row]) -> None:
    print("| step | subjects | seconds | subjects a second |")
    print("|---|--:|--:|--:|")
    for row in rows:
        rate = row.subjects / row.seconds
        print(f"| {row.step} | {row.subjects:,} | {row.seconds:.2f} | {rate:,.0f} |", flush=True)
