"""The proofs of a comparison: asked of the solver if there is one, and tried by the reference."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from khung.analysis.diff.cases import Side, comparing
from khung.analysis.diff.comparison import Proofs
from khung.analysis.diff.shift import months_between
from khung.analysis.proof.differences import Pair, Witness, prove, prove_subject, subjects_of
from khung.analysis.proof.solver import Budget, is_long
from khung.analysis.proof.told import as_data, proof_of
from khung.casefile.from_source import parse_case
from khung.diagnostics.bag import Bag
from khung.driver import Shelf
from khung.processes import Sharing, processors
from khung.records import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from khung.analysis.diff.claims import Proof
    from khung.analysis.proof.differences import Runner
    from khung.driver import Ready
    from khung.ir.program import Program
    from khung.processes import Doing

SECONDS = 60.0
"""How long the proofs of a comparison may take altogether."""


def proofs_of(
    pair: tuple[Ready, Ready],
    readings: Mapping[str, str],
    shelf: Shelf,
    seen: Callable[[Proof], None] = lambda _: None,
    seconds: float = SECONDS,
) -> Proofs:
    """Return what holds for every case under two sound rulebooks, with the cases found.

    Whoever breaks off in between gets what was found until then.

    Args:
        pair: The rulebooks.
        readings: Options that the later one follows instead of its own.
        shelf: Where they are kept.
        seen: Is told each answer as it comes.
        seconds: How long it may take; what it does not reach is not proved.
    """
    return Proving(pair, readings, shelf, seconds).proofs(seen)


class Proving:
    """Proofs of a comparison, begun in another process while this one does something else.

    Args:
        pair: The rulebooks.
        readings: Options that the later one follows instead of its own.
        shelf: Where they are kept.
        seconds: How long it may take; what it does not reach is not proved.
    """

    def __init__(
        self,
        pair: tuple[Ready, Ready],
        readings: Mapping[str, str],
        shelf: Shelf,
        seconds: float = SECONDS,
    ) -> None:
        self.pair, self.readings, self.shelf = pair, dict(readings), shelf
        self.programs, self.seconds = _pair_of(pair), seconds
        tasks = list(subjects_of(self.programs))
        self.sharing = Sharing(tasks, _doing(pair, readings, shelf, seconds))
        self.sharing.lost = set(range(len(tasks)))

    def begin(self) -> None:
        """Begin in another process, if there are enough processors and it takes long."""
        if processors() > 1 and is_long(self.programs.after):
            before, after = (str(ready.loaded.folder) for ready in self.pair)
            said = {"before": before, "after": after, "readings": self.readings}
            self.sharing.lost = set()
            self.sharing.start(_open, {**said, "seconds": self.seconds}, 1)

    def proofs(self, seen: Callable[[Proof], None] = lambda _: None) -> Proofs:
        """Return what was found; `seen` is told each answer as it comes."""
        run = _runner(self.pair, self.readings, self.shelf)
        proofs: list[Proof] = []
        shown: dict[str, Witness] = {}
        try:
            for told, case in self.sharing.results():
                proof = proof_of(told)
                if case is not None:
                    shown[case["name"]] = _witness(case, run)
                proofs.append(proof)
                seen(proof)
        except KeyboardInterrupt:
            return _made(proofs, shown, stopped=True)
        finally:
            self.sharing.stop()
        return _made(proofs, shown, stopped=False)


def _pair_of(pair: tuple[Ready, Ready]) -> Pair:
    before, after = pair
    assert before.program is not None  # noqa: S101  # they are sound
    assert after.program is not None  # noqa: S101  # as above
    was, now = (ready.loaded.rulebook for ready in pair)
    months = months_between(was, now) if was is not None and now is not None else 0
    return Pair(before.program, after.program, months)


def _runner(pair: tuple[Ready, Ready], readings: Mapping[str, str], shelf: Shelf) -> Runner:
    before, after = (ready.loaded.folder for ready in pair)
    return comparing(Side(before, {}), Side(after, readings), shelf)


def _open(said: dict[str, Any]) -> Doing:
    """Return what proves of subjects, in a process of its own."""
    shelf, readings = Shelf(), said["readings"]
    before = shelf.ready(Path(said["before"]), {})
    after = shelf.ready(Path(said["after"]), readings)
    return _doing((before, after), readings, shelf, said["seconds"])


def _doing(
    pair: tuple[Ready, Ready], readings: Mapping[str, str], shelf: Shelf, seconds: float
) -> Doing:
    """Return what proves of a type of subjects; its time begins with the first of them."""
    begun: list[Budget] = []

    def doing(name: str) -> Iterator[list[Any]]:
        from khung.smt.apart import apart  # noqa: PLC0415  # needs the solver

        budget = begun[0] if begun else Budget.of(seconds)
        begun[:] = [budget]
        run = _runner(pair, readings, shelf)
        for proof, case in apart(prove_subject(_pair_of(pair), run, budget, name)):
            yield [as_data(proof), case and _told(case)]

    return doing


def _told(case: Witness) -> dict[str, Any]:
    """Return a case that was found as data; what comes of it is found again from its text."""
    about = case.compared.about
    return {"name": case.name, "text": case.text, "about": about, "matters": case.matters}


def _witness(told: Mapping[str, Any], run: Runner) -> Witness:
    """Return a case that was found, with what the reference makes of it."""
    path, bag = Path(f"{told['name']}.yaml"), Bag()
    case_file = parse_case(told["text"].encode(), path.name, bag)
    assert case_file is not None  # noqa: S101  # who found it has run it
    compared = replace(run(path, replace(case_file, for_both=True)), about=told["about"])
    return Witness(told["name"], told["text"], compared, tuple(told["matters"]))


def seeking(
    pair: tuple[Ready, Ready], readings: Mapping[str, str], shelf: Shelf, budget: Budget
) -> Callable[[Program, Program], Witness | None]:
    """Return what finds a case for one change: otherwise with it, and under both rulebooks.

    Args:
        pair: The rulebooks.
        readings: Options that the later one follows instead of its own.
        shelf: Where they are kept.
        budget: How long it may take for all changes.
    """
    run = _runner(pair, readings, shelf)

    def seek(without: Program, with_it: Program) -> Witness | None:
        from khung.smt.apart import apart  # noqa: PLC0415  # needs the solver

        found = (witness for _, witness in prove(Pair(without, with_it, 0), run, budget))
        return next(filter(None, apart(found)), None) if budget.left else None

    return seek


def _made(proofs: list[Proof], shown: dict[str, Witness], *, stopped: bool) -> Proofs:
    return Proofs(
        tuple(proofs),
        {name: one.compared for name, one in shown.items()},
        {name: one.text for name, one in shown.items()},
        {name: one.matters for name, one in shown.items()},
        _first_of_each(shown),
        stopped,
    )


def _first_of_each(shown: Mapping[str, Witness]) -> dict[str, str]:
    """Return, for each case, the first that comes out so by the same rules."""
    found: dict[tuple[object, ...], str] = {}
    alike: dict[str, str] = {}
    for name, one in shown.items():
        asked = [d for d in one.compared.differences if d.id == one.compared.about]
        sides = [s for d in asked for s in (d.before, d.after) if s is not None]
        key = (
            *((d.type, d.facets) for d in asked),
            *((s.rules, s.result.status, s.result.level) for s in sides),
        )
        alike[name] = found.setdefault(key, name)
    return alike
