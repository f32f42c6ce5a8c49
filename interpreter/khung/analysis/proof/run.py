"""The proofs of a comparison: asked of the solver if there is one, and tried by the reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.analysis.diff.cases import Side, comparing
from khung.analysis.diff.comparison import Proofs
from khung.analysis.diff.shift import months_between
from khung.analysis.proof.differences import Pair, prove
from khung.analysis.proof.solver import Budget

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from khung.analysis.diff.claims import Proof
    from khung.analysis.proof.differences import Witness
    from khung.driver import Ready, Shelf
    from khung.ir.program import Program

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
    before, after = pair
    assert before.program is not None  # noqa: S101  # they are sound
    assert after.program is not None  # noqa: S101  # as above
    was, now = (ready.loaded.rulebook for ready in pair)
    months = months_between(was, now) if was is not None and now is not None else 0
    run = comparing(Side(before.loaded.folder, {}), Side(after.loaded.folder, readings), shelf)
    proofs: list[Proof] = []
    shown: dict[str, Witness] = {}
    asking = prove(Pair(before.program, after.program, months), run, Budget.of(seconds))
    try:
        for proof, witness in asking:
            proofs.append(proof)
            seen(proof)
            if witness is not None:
                shown[witness.name] = witness
    except KeyboardInterrupt:
        return _made(proofs, shown, stopped=True)
    return _made(proofs, shown, stopped=False)


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
    before, after = pair
    run = comparing(Side(before.loaded.folder, {}), Side(after.loaded.folder, readings), shelf)

    def seek(without: Program, with_it: Program) -> Witness | None:
        found = (witness for _, witness in prove(Pair(without, with_it, 0), run, budget))
        return next(filter(None, found), None) if budget.left else None

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
