"""Caps: the level is no higher than a limit, or than one of each element of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir import nodes as n
from khung.ir.enums import FoldOp
from khung.rulebook.model.rules import Stage

if TYPE_CHECKING:
    from khung.ir.nodes import Node
    from khung.ir.program import Cap
    from khung.ir.stages.parts import Parts


def lower(parts: Parts) -> None:
    """Add the level under the caps that bind before the vote."""
    before = parts.before(Stage.CAP)
    parts.stage(Stage.CAP, parts.least(before, *limits(parts, Stage.CAP)))


def limits(parts: Parts, stage: Stage) -> list[Node]:
    """Return the limits of the caps of a stage: those set last stand with the quotas."""
    last = stage is Stage.QUOTA
    caps = (cap for cap in parts.declared.caps if cap.last is last)
    return [
        parts.ruled(cap.head, stage, parts.limited(cap.head.when, _limit(parts, cap)))
        for cap in caps
    ]


def _limit(parts: Parts, cap: Cap) -> Node:
    """Return the level of a cap; one that does not apply is no limit."""
    top = parts.level(parts.best)
    level = n.Limit(cap.at_most, top, parts.scale, cap.at_most.span)
    if cap.each is None:
        return parts.limited(cap.head.when, level)
    each, source = cap.each.variable, cap.each.list
    lowest = n.Fold(FoldOp.LOWEST, each, source, cap.where, level, parts.scale, source.span, top)
    return parts.limited(cap.head.when, lowest)
