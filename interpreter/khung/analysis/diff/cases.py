"""Which case files come out differently under two rulebooks, or two readings of one."""

from __future__ import annotations

from collections import Counter
from dataclasses import field, replace
from typing import TYPE_CHECKING, NamedTuple

from khung.analysis.diff.asked import Ran, run_without
from khung.analysis.diff.moves import ANY_ENGINE, Home, moves_of
from khung.analysis.diff.results import Told, differences, moved_standings
from khung.analysis.diff.shift import months_between, months_to, moved_case
from khung.analysis.diff.tables import written_out
from khung.analysis.diff.touched import Likeness
from khung.casefile.tables.case import CaseOfTables, read_any
from khung.collector import collector_at_rest
from khung.diagnostics.bag import Bag
from khung.diagnostics.codes import is_error
from khung.driver import evaluate_under
from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from khung.analysis.diff.moves import Engine
    from khung.analysis.diff.results import Difference
    from khung.analysis.diff.touched import Touched
    from khung.casefile.model import CaseFile
    from khung.diagnostics.model import Diagnostic
    from khung.driver import Evaluated, Ready, Shelf
    from khung.rulebook.model import Label


_MOST_EXPLAINED = 1_000
"""Of more subjects than these nobody runs a case again without each change, to find the causes."""


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
    """A case that comes out differently, and what both sides make of it, told in one period.

    Attributes:
        months: By how much it is moved for each side.
        before: What the one side makes of it.
        after: What the other makes of it.
    """

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
        without: What a side does not ask, and the case was run without there, likewise.
        moves: How many subjects stand where before and where after: type, standing, standing.
        readings: The options that the case asks for.
        about: Of a case that was found the id of the subject that was asked about.
        tried: What is needed to run it once more; None where nothing differs, or in very many.
        counted: Whether it has so many subjects that only who moves was counted.
    """

    path: Path
    title: Label | None
    differences: tuple[Difference, ...] = ()
    refused: Mapping[str, Diagnostic] = field(default_factory=dict)
    without: Mapping[str, tuple[Diagnostic, ...]] = field(default_factory=dict)
    moves: Mapping[tuple[str, str, str], int] = field(default_factory=dict)
    readings: tuple[tuple[str, str], ...] = ()
    about: str = ""
    tried: Tried | None = None
    counted: bool = False


def compare_outcomes(
    files: Iterable[Path],
    before: Side,
    after: Side,
    shelf: Shelf,
    *,
    brief: bool = False,
    engine: Engine = ANY_ENGINE,
) -> Iterator[Compared]:
    """Run cases under both sides, one after the other; the readings that a case asks for hold.

    Args:
        files: Case files.
        before: The one side.
        after: The other.
        shelf: Where rulebooks are kept.
        brief: Whether to look at levels and what stands beside them, but not at what they await.
        engine: What works out cases of tables.
    """
    runner = _Runner((before, after), shelf, brief, engine)
    for path in files:
        bag = Bag()
        case_file = read_any(path, bag)
        if case_file is None or bag.has_errors:
            first = _first(bag.diagnostics)
            title = case_file.title if case_file else None
            yield Compared(path, title, refused={"before": first, "after": first})
        else:
            with collector_at_rest():
                found = runner.compared(path, case_file)
            yield found


def comparing(before: Side, after: Side, shelf: Shelf) -> Callable[[Path, CaseFile], Compared]:
    """Return what runs a case that was read under both sides, as `compare_outcomes` does.

    Args:
        before: The one side.
        after: The other.
        shelf: Where rulebooks are kept.
    """
    return _Runner((before, after), shelf, brief=True).compared


class _Taken(NamedTuple):
    """A case as one side takes it, and what that said; `without` of the overlays it has not."""

    file: CaseFile
    ready: Ready
    bag: Bag
    without: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class _Runner:
    """Runs cases under two sides; `twins` are those that state the same, each run once."""

    sides: tuple[Side, Side]
    shelf: Shelf
    brief: bool
    engine: Engine = ANY_ENGINE
    twins: dict[tuple[object, ...], Compared] = field(default_factory=dict)
    likeness: dict[int, Likeness] = field(default_factory=dict)
    looked: dict[tuple[int, int], Touched] = field(default_factory=dict)

    def compared(self, path: Path, case_file: CaseFile) -> Compared:
        """Return what comes of a case."""
        taken = self._taken(case_file)
        before, after = (one.ready for one in taken)
        months = _months(case_file, before, after)
        asked = tuple((reading.name, option.name) for reading, option in case_file.readings)
        made = Compared(path, case_file.title, readings=asked)
        if isinstance(case_file, CaseOfTables):
            return self._of_tables(made, case_file, taken, months)
        stated = (_stated(one.file, m, one.ready) for one, m in zip(taken, months, strict=True))
        key = (*stated, asked)
        if key in self.twins:
            return replace(self.twins[key], path=path, title=case_file.title)
        found = self._run(made, case_file, taken, months)
        if not found.refused and not found.without:
            self.twins[key] = found
        return found

    def _of_tables(
        self, made: Compared, case: CaseOfTables, taken: list[_Taken], months: Months
    ) -> Compared:
        """Return what comes of a case of tables: of many subjects, no more than who moves."""
        before, after = (one.ready.program for one in taken)
        if before is None or after is None or any(one.bag.has_errors for one in taken):
            return self._run(made, case, taken, months)
        place = 0 if months.after else 1
        home = Home((before, after), place, months[1 - place])
        bag = Bag()
        found = None if case.overlays else moves_of(case, home, self.engine, bag)
        if found is not None:
            return replace(made, moves=found.counts, without=found.without, counted=True)
        bag = Bag()
        written = written_out(case, home.own, bag)
        if bag.has_errors:
            first = _first(bag.diagnostics)
            return replace(made, refused={"before": first, "after": first})
        taken = [one._replace(file=written) for one in taken]
        return self._run(made, written, taken, months)

    def _taken(self, case_file: CaseFile) -> list[_Taken]:
        """Return what each side makes ready; where one alone has an overlay, the other without."""
        taken = [self._ready(case_file, side) for side in self.sides]
        lacking = [one.ready.program is None for one in taken]
        if case_file.overlays and lacking[0] != lacking[1]:
            place = lacking.index(True)
            bag = taken[place].bag
            wrong = {d.span: d for d in bag.diagnostics if is_error(d) and d.span}
            kept = tuple(ref for ref in case_file.overlays if ref.span not in wrong)
            gone = tuple(wrong[ref.span] for ref in case_file.overlays if ref.span in wrong)
            again = self._ready(replace(case_file, overlays=kept), self.sides[place])
            taken[place] = again._replace(without=gone)
        return taken

    def _ready(self, case_file: CaseFile, side: Side) -> _Taken:
        bag = Bag()
        ready = self.shelf.ready_for(case_file, side.folder, side.readings, bag, case_first=True)
        return _Taken(case_file, ready, bag)

    def _run(
        self, made: Compared, case_file: CaseFile, taken: list[_Taken], months: Months
    ) -> Compared:
        was, now = _both(made.path, taken, months)
        ran = {"before": was, "after": now}
        refused = {s: _first(r.found.diagnostics) for s, r in ran.items() if not r.found.results}
        if refused:
            return replace(made, refused=refused)
        ready = (taken[0].ready, taken[1].ready)
        unasked = (
            (side, (*one.without, *ran[side].without)) for side, one in zip(ran, taken, strict=True)
        )
        without = {side: said for side, said in unasked if said}
        asked = self._asked(ready, months)
        told = Told.of(was.found, months.after), Told.of(now.found, months.before)
        moves = Counter(moved_standings(*told))
        if ready[0] is ready[1]:
            return replace(made, without=without, moves=moves)
        found = tuple(differences(*told, asked, brief=self.brief))
        few = sum(len(group.entries) for group in case_file.subjects) <= _MOST_EXPLAINED
        again = bool(found) and few and not case_file.overlays  # of mixed rulebooks there are none
        tried = Tried(case_file, months, *told) if again else None
        return replace(made, differences=found, without=without, moves=moves, tried=tried)

    def _asked(self, ready: tuple[Ready, Ready], months: Months) -> Touched | None:
        """Return the outputs and checks that may differ; None, which is all, where none is known.

        So it is of a case that stays where it is though the periods are apart.
        """
        was, now = (one.loaded.rulebook for one in ready)
        before, after = (one.program for one in ready)
        if was is None or now is None or before is None or after is None:
            return None
        apart = months_between(was, now)
        if (apart and not any(months)) or before.parts or after.parts:
            return None
        key = (id(before), id(after))
        if key not in self.looked:
            likeness = self.likeness.setdefault(apart, Likeness(apart, self.brief))
            self.looked[key] = likeness.touched(before, after)
        return self.looked[key]


def _both(path: Path, taken: list[_Taken], months: Months) -> tuple[Ran, Ran]:
    """Run a case under both; where one alone refuses it, there without what it does not ask.

    Of one that was made for both each refuses what only the other asks.
    """
    files = [under(one.file, m, one.ready) for one, m in zip(taken, months, strict=True)]
    first, other = (one.ready for one in taken)
    was = evaluate_under(path, files[0], first, taken[0].bag)
    now = was if other is first else evaluate_under(path, files[1], other, taken[1].bag)
    if was.results is None and now.results is not None:
        return run_without(path, files[0], first, was, taken[0].bag), Ran(now)
    if now.results is None and was.results is not None:
        return Ran(was), run_without(path, files[1], other, now, taken[1].bag)
    if was.results is None and files[0].for_both:
        asked = zip(files, (first, other), (was, now), taken, strict=True)
        ran = [run_without(path, file, side, said, one.bag) for file, side, said, one in asked]
        return ran[0], ran[1]
    return Ran(was), Ran(now)


def _stated(case_file: CaseFile, months: int, ready: Ready) -> tuple[object, ...]:
    """Return all that a case states, as one rulebook reads it."""
    moved = under(case_file, months, ready)
    return moved.on, moved.subjects, moved.complete, moved.bare, moved.overlays


def _months(case_file: CaseFile, before: Ready, after: Ready) -> Months:
    was, now = before.loaded.rulebook, after.loaded.rulebook
    if was is None or now is None:
        return Months(0, 0)
    return Months(months_to(case_file, now, was), months_to(case_file, was, now))


def under(case_file: CaseFile, months: int, ready: Ready) -> CaseFile:
    """Return a case as if it were written for a rulebook, moved to its period.

    What it expects is no concern here.
    """
    if ready.program is None:
        return case_file
    ref = replace(case_file.rulebook, name=ready.program.rulebook)
    return replace(moved_case(case_file, months, ready.program), rulebook=ref, expect=None)


def run_under(path: Path, case_file: CaseFile, ready: Ready, months: int) -> Evaluated:
    """Evaluate a case that is right as if it were written for another rulebook.

    It runs without what that does not ask.
    """
    moved = under(case_file, months, ready)
    bag = Bag()
    ran = evaluate_under(path, moved, ready, bag)
    return ran if ran.results is not None else run_without(path, moved, ready, ran, bag).found


def _first(diagnostics: Iterable[Diagnostic]) -> Diagnostic:
    return next(diagnostic for diagnostic in diagnostics if is_error(diagnostic))
