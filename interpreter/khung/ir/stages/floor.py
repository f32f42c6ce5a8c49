"""Floors: the level is no lower than a limit, but no higher than a knock-out that holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir.scope import proves
from khung.ir.stages.standard import held_while_pending, knocked
from khung.rulebook.model.rules import Stage

if TYPE_CHECKING:
    from khung.ir.nodes import Node, Rule
    from khung.ir.program import Knockout, Ladder
    from khung.ir.scope import Scope
    from khung.ir.stages.parts import Parts
    from khung.rulebook import model as m


def lower(parts: Parts) -> None:
    """Add the level that floors lift; while pending its least is the lowest."""
    floors = parts.declared.floors
    if floors:
        before = parts.before(Stage.FLOOR)
        lifted = parts.greatest(before, *(_lifting(parts, each) for each in floors))
        parts.stage(Stage.FLOOR, held_while_pending(parts, lifted))


def _lifting(parts: Parts, floor: m.Floor[Rule, Node]) -> Node:
    """Return the level of a floor; of one that does not apply the lowest, which lifts nobody."""
    limits = () if floor.over_knockouts else knocked(parts)
    level = parts.least(floor.at_least, *limits)
    when, nothing = floor.head.when, parts.level(parts.lowest)
    body = level if when is None else parts.choose(when, level, nothing)
    return parts.ruled(floor.head, Stage.FLOOR, body)


def check(floors: tuple[m.Floor[Rule, Node], ...], ladder: Ladder, scope: Scope) -> None:
    """Warn of floors that lift nobody: wherever one applies, a knock-out holds below it (K0729)."""
    for floor in (one for one in floors if not one.over_knockouts):
        for knockout in ladder.knockouts:
            if _is_held(floor, knockout, scope):
                name, other, related = floor.head.name, knockout.head.name, (knockout.to.span,)
                scope.bag.add("K0729", floor.at_least.span, related=related, name=name, other=other)


def _is_held(floor: m.Floor[Rule, Node], knockout: Knockout, scope: Scope) -> bool:
    level, limit = (getattr(one, "value", None) for one in (floor.at_least, knockout.to))
    here, there = floor.head.when, knockout.head.when
    if not (isinstance(level, int) and isinstance(limit, int) and limit < level):
        return False
    return here is not None and there is not None and proves((here,), there, scope.definitions)
