"""Runs the case files that say what to expect."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from khung.analysis.evaluation import Evaluated, evaluate_file
from khung.casefile.compare import compare

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from khung.analysis.coverage import Coverage
    from khung.analysis.shelf import Shelf
    from khung.casefile.compare import Difference
    from khung.casefile.model import Expect
    from khung.diagnostics.model import Diagnostic
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
        missing: By subject that differs, the unknown facts on which its result hangs.
    """

    path: Path
    title: Label | None
    outcome: Outcome
    differences: tuple[Difference, ...]
    missing: Mapping[str, tuple[str, ...]]
    diagnostics: tuple[Diagnostic, ...]


def case_files(paths: Iterable[Path]) -> list[Path]:
    """Return the files of some paths: of a folder all `.yaml` files below it, by name."""
    found: list[Path] = []
    for path in paths:
        found += sorted(path.rglob("*.yaml")) if path.is_dir() else [path]
    return list(dict.fromkeys(found))


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
        found = evaluate_file(path, shelf, readings, rulebooks)
        if found.case_file is not None and found.case_file.expect is None:
            yield None
            continue
        if found.results is not None:
            coverage.add(found.results)
        yield judged(found)


def judged(found: Evaluated, part: Expect | None = None) -> CaseRun:
    """Return how a case came out.

    Args:
        found: What came of its file.
        part: What to compare of what it expects; all of it, if not given.
    """
    case_file, results = found.case_file, found.results
    title = case_file.title if case_file else None
    if case_file is None or results is None:
        return CaseRun(found.path, title, Outcome.INVALID, (), {}, found.diagnostics)
    asked = case_file if part is None else replace(case_file, expect=part)
    differences = compare(asked, results, results.groups)
    outcome = Outcome.FAILED if differences else Outcome.PASSED
    missing = _missing(found, differences)
    return CaseRun(found.path, title, outcome, differences, missing, found.diagnostics)


def _missing(found: Evaluated, differences: Iterable[Difference]) -> dict[str, tuple[str, ...]]:
    assert found.results is not None  # noqa: S101  # the caller has looked
    subjects = {difference.subject for difference in differences}
    results = (r for by_id in found.results.by_type.values() for r in by_id.values())
    return {r.entity.path: r.missing for r in results if r.entity.path in subjects and r.missing}
