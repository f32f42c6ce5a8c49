"""Deferrals: the first that holds hands the choice to a body, under the ceiling of the caps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir import nodes as n
from khung.ir.stages import names
from khung.rulebook.model.rules import Stage

if TYPE_CHECKING:
    from khung.ir.program import Defer
    from khung.ir.stages.parts import Parts


def lower(parts: Parts) -> None:
    """Add the level after the deferrals: a vote already held informs and does not bind."""
    before = found = parts.after(Stage.VOTE)
    for each in reversed(parts.declared.defer):
        chosen = parts.ruled(each.head, Stage.DEFER, _choice(parts, each))
        found = parts.choose(each.head.when or parts.true, chosen, found)
    if parts.declared.defer:
        found = parts.choose(parts.own(names.PENDING), before, found)
    parts.stage(Stage.DEFER, found)


def _choice(parts: Parts, each: Defer) -> n.Node:
    ranks = tuple(sorted(level.rank for level in parts.ladder.levels))
    ceiling, span = parts.after(Stage.CAP), each.head.span or parts.span
    return n.Choice(each.head, each.among, each.may_leave, ranks, ceiling, parts.scale, span)
