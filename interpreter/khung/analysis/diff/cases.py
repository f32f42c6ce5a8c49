"""Which case files come out differently under two rulebooks, or two readings of one."""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING, NamedTuple

from khung.analysis.diff.results import Told, differences
from khung.analysis.diff.shift import months_to, moved_case
from khung.casefile.from_source import read_case
from khung.diagnostics.bag import Bag
from khung.diagnostics.codes import is_error
from khung.driver import evaluate_under
from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from khung.analysis.diff.results import Difference
    from khung.casefile.model import CaseFile
    from khung.diagnostics.model import Diagnostic
    from khung.driver import Evaluated, Ready, Shelf
    from khung.rulebook.model import Label


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: a rulebook on the shelf, under some readings."""

    folder: Path
    readings: Mapping[str, str]


class Months(NamedTuple):
    """By how many months a case is moved for each side; 0 for the one where it belongs."""

    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Tried:
    """A case that comes out differently, and what both sides make of it, told in one period."""

    case_file: CaseFile
    months: Months
    before: Told
    after: Told


@dataclass(frozen=True, slots=True)
class Compared:
    """A case under both sides.

    Attributes:
        differences: The subjects that differ, in the order of the case.
        refused: Why it does not run, by `before` and `after`; empty if it runs under both.
        tried: What is needed to run it once more, None where nothing differs.
    """

    path: Path
    title: Label | None
    differences: tuple[Difference, ...] = ()
    refused: Mapping[str, Diagnostic] = field(default_factory=dict)
    tried: Tried | None = None


def compare_outcomes(
    files: Iterable[Path], before: Side, after: Side, shelf: Shelf
) -> Iterator[Compared]:
    """Run cases under both sides, one after the other; the readings that a case asks for hold.

    Args:
        files: Case files.
        before: The one side.
        after: The other.
        shelf: Where rulebooks are kept.
    """
    for path in files:
        bag = Bag()
        case_file = read_case(path, bag)
        if case_file is None or bag.has_errors:
            first = _first(bag.diagnostics)
            title = case_file.title if case_file else None
            yield Compared(path, title, refused={"before": first, "after": first})
        else:
            yield _compared(path, case_file, (before, after), shelf)


def _compared(path: Path, case_file: CaseFile, sides: tuple[Side, Side], shelf: Shelf) -> Compared:
    bags = Bag(), Bag()
    before, after = (
        shelf.ready_for(case_file, side.folder, side.readings, bag, case_first=True)
        for side, bag in zip(sides, bags, strict=True)
    )
    months = _months(case_file, before, after)
    was = run_under(path, case_file, before, months.before, bags[0])
    alike = after is before
    now = was if alike else run_under(path, case_file, after, months.after, bags[1])
    if was.results is None or now.results is None:
        sides_of = zip(Months._fields, (was, now), strict=True)
        why = {side: _first(one.diagnostics) for side, one in sides_of if one.results is None}
        return Compared(path, case_file.title, refused=why)
    if alike:
        return Compared(path, case_file.title)
    tried = Tried(case_file, months, Told.of(was, months.after), Told.of(now, months.before))
    found = tuple(differences(tried.before, tried.after))
    return Compared(path, case_file.title, found, tried=tried if found else None)


def _months(case_file: CaseFile, before: Ready, after: Ready) -> Months:
    was, now = before.loaded.rulebook, after.loaded.rulebook
    if was is None or now is None:
        return Months(0, 0)
    return Months(months_to(case_file, now, was), months_to(case_file, was, now))


def run_under(path: Path, case_file: CaseFile, ready: Ready, months: int, bag: Bag) -> Evaluated:
    """Evaluate a case as if it were written for a rulebook, moved to its period.

    What it expects is no concern here; `bag` holds what was said of its readings.
    """
    if ready.program is None:
        return evaluate_under(path, case_file, ready, bag)
    ref = replace(case_file.rulebook, name=ready.program.rulebook)
    moved = replace(moved_case(case_file, months, ready.program), rulebook=ref, expect=None)
    return evaluate_under(path, moved, ready, bag)


def _first(diagnostics: Iterable[Diagnostic]) -> Diagnostic:
    return next(diagnostic for diagnostic in diagnostics if is_error(diagnostic))
