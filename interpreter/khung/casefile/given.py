"""A decision as a case or a table states it to what the engine reads.

Reports: K0201, K0614, K0622.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.casefile.names import unknown_value
from khung.diagnostics.suggest import unknown
from khung.engine.facts import Given
from khung.ir.entries import stages_of
from khung.rulebook.model.rules import Stage
from khung.source.values import under

if TYPE_CHECKING:
    from khung.casefile.model import Decision
    from khung.diagnostics.bag import Bag
    from khung.ir.program import ObjectType, Program


def given_of(
    decision: Decision, declared: ObjectType, program: Program, at: str, bag: Bag
) -> Given | None:
    """Return what a decision gives a subject of a type; None after a diagnostic."""
    path = under(at, "given")
    if declared.ladder is None:
        bag.add("K0622", decision.span, at=path, type=declared.name)
        return None
    stages = stages_of(declared)
    if decision.after not in stages:
        unknown(bag, "stage", decision.after, decision.span, stages, at=f"{path}.after")
        return None
    if decision.level is None:
        return Given(None, decision.status, Stage(decision.after), decision.said)
    scale = program.values[declared.ladder.scale.name]
    if decision.level.name not in scale.values:
        ref = decision.level
        unknown_value(ref.name, scale, ref.span, under(path, "level"), program, bag)
        return None
    level = scale.rank(decision.level.name)
    return Given(level, "", Stage(decision.after), decision.said)
