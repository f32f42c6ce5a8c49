"""The proofs of a comparison on mutants of a rulebook: what a case notices is never proved away."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.mutation.sameness import same
from tests.mutation.trial import bench, reaching

from khung.analysis.diff.cases import Compared
from khung.analysis.diff.claims import State
from khung.analysis.diff.results import Told, differences
from khung.analysis.proof.differences import Pair, prove
from khung.analysis.proof.solver import Budget
from khung.analysis.proof.unchanged import same_everywhere
from khung.diagnostics.bag import Bag
from khung.driver import evaluate_under, ready_of
from khung.ir.from_rulebook import lower_rulebook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.mutation.trial import Bench, CaseAsRead

    from khung.casefile.model import CaseFile
    from khung.driver import Evaluated
    from khung.ir.program import Program

SECONDS = 20.0
"""How long the proofs of one mutant may take; what they do not reach is not proved."""


@dataclass(frozen=True)
class Wrong:
    """A mutant of which a proof says what a case refutes."""

    name: str
    why: str


@dataclass
class Tally:
    """What came of mutants: how often each answer was given, and what is wrong."""

    said: Counter[str] = field(default_factory=Counter)
    wrong: list[Wrong] = field(default_factory=list)


def judged(folder: Path, cases: Path, limit: int | None, only: str = "") -> Iterator[Tally]:
    """Yield how it stands after each mutant that some complete case notices.

    Args:
        folder: The rulebook.
        cases: Its cases; only those that are complete count, as only of such cases proofs speak.
        limit: How many mutants to take, spread over all.
        only: How the paths of their entries begin.
    """
    made = bench(folder, cases)
    reach = reaching(made, [made.trace(number) for number in range(len(made.cases))])
    chosen = [n for n, one in enumerate(made.mutants) if one.entry.path.startswith(only)]
    step = max(1, len(chosen) // limit) if limit else 1
    tally = Tally()
    for number in chosen[::step]:
        if _judge(made, number, reach[number], tally):
            yield tally


def _judge(made: Bench, number: int, reach: tuple[int, ...], tally: Tally) -> bool:
    """Ask for proofs of a mutant; return whether a case notices it."""
    mutant = made.mutants[number]
    program = lower_rulebook(mutant.of(made.rulebook), {}, Bag())
    if program is None or same(made.program, program):
        return False
    noticed = _noticed(made, program, reach)
    if noticed is None:
        return False
    budget = Budget.of(SECONDS)
    if same_everywhere(made.program, program, budget):
        tally.wrong.append(Wrong(mutant.name, f"proved to do nothing, not so in {noticed}"))
    shown, states = False, set[State]()
    for proof, witness in prove(Pair(made.program, program, 0), _runner(made, program), budget):
        states.add(proof.state)
        shown = witness is not None
        if shown:
            break
    if states == {State.SAME}:
        tally.wrong.append(Wrong(mutant.name, f"proved the same, not so in {noticed}"))
    tally.said["a case" if shown else "not proved"] += 1
    return True


def _noticed(made: Bench, program: Program, reach: tuple[int, ...]) -> str | None:
    """Return the file of a complete case in which somebody has another level or status."""
    for case in (made.cases[place] for place in reach):
        if case.readings or case.file.complete is not True or case.file.overlays:
            continue
        was, now = _standings(made, made.program, case), _standings(made, program, case)
        if any(was[one] != now[one] for one in was.keys() & now.keys()):
            return case.path.name
    return None


def _standings(made: Bench, program: Program, case: CaseAsRead) -> dict[str, Any]:
    """Return the status and level of each subject of which nothing is missing."""
    results = _run(made, program, case.path, case.file).results
    return {
        result.entity.path: (result.status, result.at_worst, result.at_best)
        for by_id in (results.by_type.values() if results is not None else ())
        for result in by_id.values()
        if not result.missing
    }


def _run(made: Bench, program: Program, path: Path, case_file: CaseFile) -> Evaluated:
    return evaluate_under(path, case_file, ready_of(made.loaded, program, ()), Bag())


def _runner(made: Bench, program: Program) -> Any:
    """Return what runs a case under the rulebook and a mutant of it."""

    def run(path: Path, case_file: CaseFile) -> Compared:
        found = [_run(made, one, path, case_file) for one in (made.program, program)]
        if any(one.results is None for one in found):
            return Compared(path, case_file.title)
        told = (Told.of(found[0], 0), Told.of(found[1], 0))
        return Compared(path, case_file.title, tuple(differences(*told, None, brief=True)))

    return run
