"""Runs the case files that say what to expect."""

from __future__ import annotations

import os
from dataclasses import replace
from enum import Enum
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from khung import paths
from khung.casefile.compare import compare, compare_diagnostics
from khung.driver import Evaluated, evaluate_file
from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from khung.analysis.coverage import Coverage
    from khung.casefile.compare import Difference
    from khung.casefile.model import Expect
    from khung.diagnostics.model import Diagnostic
    from khung.driver import Shelf
    from khung.rulebook.model import Label


class Outcome(Enum):
    """What became of a test case."""

    PASSED = "passed"
    FAILED = "failed"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class CaseRun:
    """One case that was run.

    Attributes:
        title: None where the file cannot be read.
        found: What came of it, if that differs from what is expected.
        seconds: How long it took, reading included.
    """

    path: Path
    title: Label | None
    outcome: Outcome
    differences: tuple[Difference, ...]
    found: Evaluated | None
    diagnostics: tuple[Diagnostic, ...]
    seconds: float = 0.0


class ClosedFolderError(Exception):
    """A folder of cases, or one below it, cannot be looked into: `path`."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.path = path


def case_files(named: Iterable[Path]) -> list[Path]:
    """Return the files of some paths: of a folder all `.yaml` files below it, by name.

    Raises:
        ClosedFolderError: Some of what is below a folder cannot be seen.
    """
    found: list[Path] = []
    for path in named:
        found += sorted(_below(path)) if paths.is_folder(path) else [path]
    return list(dict.fromkeys(found))


def _below(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder; links to other folders are not followed."""

    def closed(error: OSError) -> None:
        raise ClosedFolderError(Path(str(error.filename or folder))) from error

    for where, _, names in os.walk(folder, onerror=closed):
        yield from (Path(where, name) for name in names if name.endswith(".yaml"))


def run_cases(
    files: Sequence[Path],
    shelf: Shelf,
    readings: Mapping[str, str],
    rulebooks: Path | None,
    coverage: Coverage,
) -> Iterator[CaseRun | None]:
    """Run cases one after the other.

    Args:
        files: Case files.
        shelf: Where rulebooks are kept.
        readings: Options to follow, before those that the cases ask for.
        rulebooks: The folder of rulebooks that the user names, if any.
        coverage: Takes in what each case reaches.

    Yields:
        One run a file; None for a file that expects nothing.
    """
    for path in files:
        start = perf_counter()
        found = evaluate_file(path, shelf, readings, rulebooks)
        if found.case_file is not None and found.case_file.expect is None:
            yield None
            continue
        if found.results is not None:
            coverage.add(found.results)
        yield replace(judged(found), seconds=perf_counter() - start)


def judged(found: Evaluated, part: Expect | None = None) -> CaseRun:
    """Return how a case came out.

    Args:
        found: What came of its file.
        part: What to compare of what it expects; all of it, if not given.
    """
    case_file, results = found.case_file, found.results
    title = case_file.title if case_file else None
    if case_file is None:
        return CaseRun(found.path, title, Outcome.INVALID, (), None, found.diagnostics)
    asked = case_file if part is None else replace(case_file, expect=part)
    said = compare_diagnostics(asked, tuple(d.code for d in found.diagnostics))
    if results is None:
        is_meant = bool(asked.expect and asked.expect.diagnostics) and not said
        outcome = Outcome.PASSED if is_meant else Outcome.INVALID
        return CaseRun(found.path, title, outcome, (), None, found.diagnostics)
    differences = (*said, *compare(asked, results, results.groups))
    outcome, kept = (Outcome.FAILED, found) if differences else (Outcome.PASSED, None)
    return CaseRun(found.path, title, outcome, differences, kept, found.diagnostics)
