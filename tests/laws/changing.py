"""Changing nothing changes nothing: each subject of a case states the same facts anew, in turn.

`python -m tests.laws.changing [PATH…]` makes of each case as many as it has subjects, in each of
which one states again what it stated, and compares what `khung eval --format json` says of all with
what it said before. It takes minutes; `tests/unit/why` tries one subject of each case.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from khung.driver import Shelf, evaluate_file
from khung.report.result.json import results_json
from khung.why.changed_case import changed_case, leading_of
from khung.why.result import evaluate_case

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from khung.engine.facts import Entity
    from khung.why.result import Results

ROOT = Path(__file__).parents[2]
SHIPPED = (ROOT / "cases", ROOT / "tests" / "cases")


def case_files(folders: Iterable[Path] = SHIPPED) -> list[Path]:
    """Return the case files in some folders, or those named themselves."""
    return [
        path
        for folder in folders
        for path in (sorted(folder.rglob("*.yaml")) if folder.is_dir() else [folder])
    ]


def results_of(path: Path, shelf: Shelf) -> Results | None:
    """Return the results of a case file; None if it is refused."""
    books = ROOT / "tests" / "rulebooks"
    own = books if books.with_name("cases") in path.parents else None
    return evaluate_file(path, shelf, {}, own).results


def subjects_of(results: Results) -> list[Entity]:
    """Return the subjects of a case."""
    return [one for of_type in results.case.entities.values() for one in of_type.values()]


def altered(results: Results, subjects: Iterable[Entity]) -> Iterator[str]:
    """Yield the path of every subject that alters some result by stating what it stated."""
    leading, before = leading_of(results.case), results_json(results, "vi")
    for one in subjects:
        case, _ = changed_case(results.case, one, dict(one.facts), leading)
        if results_json(evaluate_case(results.program, case), "vi") != before:
            yield one.path


def main(arguments: list[str]) -> int:
    """Try all subjects of the cases named, or of all that are shipped."""
    shelf, tried, faults = Shelf(), 0, 0
    for path in case_files([Path(name) for name in arguments] or SHIPPED):
        results = results_of(path, shelf)
        if results is None:
            continue
        subjects = subjects_of(results)
        tried += len(subjects)
        for name in altered(results, subjects):
            faults += 1
            print(f"{path.name}: {name}")
    print(f"{tried} subjects, {faults} that altered something")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
