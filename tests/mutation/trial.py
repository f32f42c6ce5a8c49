"""One mutant against the case files: refused by the checker, the same, noticed, or survived."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from tests.mutation.mutants import Mutant, mutants
from tests.mutation.observers import observers
from tests.mutation.programs import Programs
from tests.mutation.reach import by_file, points_of, touched, watched
from tests.mutation.sameness import same

from khung.analysis.proof.solver import Budget
from khung.analysis.proof.unchanged import same_everywhere
from khung.analysis.tables import check_tables
from khung.analysis.testing import Outcome, case_files, judged
from khung.casefile.checks import choices_of, chosen_readings
from khung.casefile.from_source import read_case
from khung.diagnostics.bag import Bag
from khung.diagnostics.codes import is_error
from khung.driver import Ready, Shelf, evaluate_under, ready_of
from khung.ir.from_rulebook import lower_rulebook

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from tests.mutation.observers import Observers
    from tests.mutation.programs import Readings
    from tests.mutation.reach import Point

    from khung.casefile.model import CaseFile
    from khung.driver import Loaded
    from khung.ir.program import Program
    from khung.rulebook.model import Rulebook


SECONDS = 30.0
"""How long a proof may take that a mutant changes nothing."""


class Fate(Enum):
    """What became of a mutant; `failed` is that khung itself failed on it, which is a defect.

    One that is `proved` makes the same of every complete case, whatever cases there are.
    """

    REFUSED = "refused"
    SAME = "same"
    PROVED = "proved"
    NOTICED = "noticed"
    FAILED = "failed"
    SURVIVED = "survived"


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant, by number, and what told: a code, or the file of a case."""

    mutant: int
    fate: Fate
    by: str = ""


@dataclass(frozen=True)
class Trace:
    """How a case came out of the sound rulebook: what it reaches, and how long it took."""

    case: int
    passed: bool
    paths: frozenset[str]
    owners: frozenset[str]
    points: Mapping[str, tuple[int, ...]]
    seconds: float


@dataclass(frozen=True)
class CaseAsRead:
    """A case file, decoded, with the options that it asks for where these are not chosen."""

    path: Path
    file: CaseFile
    readings: Readings


@dataclass
class Bench:
    """A rulebook with its mutants and its cases, kept in memory by each process."""

    loaded: Loaded
    rulebook: Rulebook
    program: Program
    cases: tuple[CaseAsRead, ...]
    mutants: tuple[Mutant, ...]
    points: Mapping[Point, frozenset[str]]
    programs: Programs
    killers: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    # -- the sound rulebook ---------------------------------------------------------------------

    def trace(self, number: int) -> Trace:
        """Run a case on the rulebook as it is."""
        case = self.cases[number]
        ready = ready_of(self.loaded, self.programs.sound(case.readings), ())
        start = time.perf_counter()
        with watched() as seen:
            passed = _passes(case, ready)
        paths = frozenset(path for where in seen for path in self.points.get(where, ()))
        owners = frozenset(group.type.name for group in case.file.subjects)
        seconds = time.perf_counter() - start
        return Trace(number, passed, paths, owners, by_file(seen), seconds)

    # -- a mutant ---------------------------------------------------------------------------------

    def judge(self, number: int, reaching: Sequence[int]) -> Verdict:
        """Return what becomes of a mutant; `reaching` are the cases to try, the likeliest first."""
        try:
            return self._judge(number, reaching)
        except Exception as error:  # noqa: BLE001  # a defect of khung, to be told with its mutant
            return Verdict(number, Fate.FAILED, repr(error))

    def _judge(self, number: int, reaching: Sequence[int]) -> Verdict:
        mutant = self.mutants[number]
        changed, bag = mutant.of(self.rulebook), Bag()
        program = lower_rulebook(changed, {}, bag)
        if program is None:
            return Verdict(number, Fate.REFUSED, _first_error(bag))
        if same(self.program, program):
            return Verdict(number, Fate.SAME)
        if any(program.objects[n].tables != o.tables for n, o in self.program.objects.items()):
            check_tables(program, bag)
            if bag.has_errors:
                return Verdict(number, Fate.REFUSED, _first_error(bag))
        return self._tried(number, changed, {(): program}, self._in_order(mutant, reaching))

    def _in_order(self, mutant: Mutant, reaching: Sequence[int]) -> list[int]:
        """Put the cases first that told of another change of the same rule."""
        known = [case for case in self.killers[mutant.entry.path] if case in reaching]
        return list(dict.fromkeys((*known, *reaching)))

    def _tried(
        self,
        number: int,
        changed: Rulebook,
        programs: dict[Readings, Program | None],
        order: Iterable[int],
    ) -> Verdict:
        mutant = self.mutants[number]
        for place in order:
            case = self.cases[place]
            if case.readings not in programs:
                programs[case.readings] = self.programs.of(mutant, changed, case.readings)
            program = programs[case.readings]
            if program is None or not _passes(case, ready_of(self.loaded, program, ())):
                self.killers[mutant.entry.path].insert(0, place)
                return Verdict(number, Fate.NOTICED, case.path.name)
        bag, program = Bag(), programs[()]
        assert program is not None
        check_tables(program, bag)
        if bag.has_errors:
            return Verdict(number, Fate.REFUSED, _first_error(bag))
        return Verdict(number, Fate.PROVED if self._is_proved(program) else Fate.SURVIVED)

    def _is_proved(self, program: Program) -> bool:
        """Whether every complete case comes out the same; of votes more is told than levels."""
        same_votes = all(
            program.objects[n].votes == o.votes for n, o in self.program.objects.items()
        )
        budget = Budget.of(SECONDS, SECONDS)
        return same_votes and same_everywhere(self.program, program, budget)


def _passes(case: CaseAsRead, ready: Ready) -> bool:
    found = evaluate_under(case.path, case.file, ready, Bag())
    return judged(found).outcome is Outcome.PASSED


def _first_error(bag: Bag) -> str:
    return next((d.code for d in bag.diagnostics if is_error(d)), "")


# -- setting up -----------------------------------------------------------------------------------


class UnsoundError(Exception):
    """The rulebook or a case is not sound as it is, so that nothing can be said of mutants."""


def bench(folder: Path, cases: Path) -> Bench:
    """Read a rulebook and its cases, all but those that expect nothing or are tables.

    Raises:
        UnsoundError: One of them cannot be read.
    """
    ready = Shelf().ready(folder, {})
    rulebook = ready.loaded.rulebook
    if rulebook is None or ready.program is None:
        raise UnsoundError(str(folder))
    read = tuple(_read(case_files([cases]), rulebook))
    return Bench(
        ready.loaded,
        rulebook,
        ready.program,
        read,
        mutants(rulebook),
        points_of(rulebook),
        Programs(rulebook),
    )


def _read(files: Iterable[Path], rulebook: Rulebook) -> Iterator[CaseAsRead]:
    chosen = {r.head.id: r.chosen.name for r in rulebook.readings}
    for path in files:
        bag = Bag()
        file = read_case(path, bag)
        if file is None:
            raise UnsoundError(str(path))
        if file.expect is not None and file.subjects:  # the head of a case of tables has none
            asked = chosen_readings(file, choices_of(rulebook), bag)
            other = {name: option for name, option in asked.items() if chosen[name] != option}
            yield CaseAsRead(path, file, tuple(sorted(other.items())))


def reaching(made: Bench, traces: Iterable[Trace]) -> list[tuple[int, ...]]:
    """Return, by number of a mutant, the cases that may tell it: the cheapest first.

    A case tells it only if it looks at what the entry gives, and evaluates the expression around
    the change, or the entry. What no case is seen to evaluate may be read otherwise: of such an
    expression all that reach the entry are tried, of such an entry all that have its subject.
    """
    seen_by = observers(made.rulebook, [case.file for case in made.cases])
    ranked = sorted(traces, key=lambda t: (bool(made.cases[t.case].readings), t.seconds))
    by_entry: dict[str, list[Trace]] = {}
    for mutant in made.mutants:
        path = mutant.entry.path
        if path not in by_entry:
            by_entry[path] = _reaching_entry(mutant, ranked, seen_by)
    return [_reaching(mutant, by_entry[mutant.entry.path]) for mutant in made.mutants]


def _reaching_entry(mutant: Mutant, ranked: list[Trace], seen_by: Observers) -> list[Trace]:
    path, owner = mutant.entry.path, mutant.entry.owner
    seen = [t for t in ranked if path in t.paths]
    held = [t for t in ranked if owner in t.owners]
    looking = seen_by.of(path) if path in seen_by.entries else None
    return [t for t in seen or held or ranked if looking is None or t.case in looking]


def _reaching(mutant: Mutant, traces: list[Trace]) -> tuple[int, ...]:
    around = mutant.around
    near = [t for t in traces if around is not None and touched(around, t.points)]
    return tuple(t.case for t in near or traces)
