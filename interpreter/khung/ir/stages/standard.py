"""The standard: the best level whose requirements hold, and what knocks out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.stages import names
from khung.rulebook.model.rules import Stage

if TYPE_CHECKING:
    from khung.ir.nodes import Node
    from khung.ir.program import Knockout, Level, Requirement
    from khung.ir.stages.parts import Parts


def lower(parts: Parts) -> None:
    """Add whether each level is met, then the standard; while pending its least is the lowest."""
    below: Node | None = None
    best: Node = parts.level(parts.lowest)
    worse: Level | None = None
    for level in reversed(parts.ladder.levels):
        if worse is not None and worse.hole is not None:
            best = parts.choose(worse.hole, _between(parts, level, worse), best)
        worse = level
        below = parts.define(names.met(level.head.name), _met(parts, level, below))
        here = parts.level(level.rank)
        if level.otherwise:
            best = parts.ruled(level.head, Stage.STANDARD, here)
        else:
            best = parts.choose(below, here, best)
    value = parts.least(best, *knocked(parts))
    parts.stage(Stage.STANDARD, held_while_pending(parts, value))


def _between(parts: Parts, level: Level, worse: Level) -> Node:
    """Return the choice between a level and the next, for points that neither has."""
    span = level.head.span or parts.span
    ceiling, ranks = parts.level(parts.best), (worse.rank, level.rank)
    choice = n.Choice(level.head, None, False, ranks, ceiling, parts.scale, span)
    return parts.ruled(level.head, Stage.STANDARD, choice)


def held_while_pending(parts: Parts, value: Node) -> Node:
    """Return a level whose least is the lowest while a step of the procedure may be missing."""
    if not (parts.declared.pending or parts.declared.not_ranked):
        return value
    held = n.AllOf((parts.own(names.PENDING), parts.maybe), parts.span)
    return parts.choose(held, parts.level(parts.lowest), value)


def knocked(parts: Parts) -> tuple[Node, ...]:
    """Return the limit that each knock-out sets where it holds."""
    return tuple(_knocked(parts, knockout) for knockout in parts.ladder.knockouts)


def _met(parts: Parts, level: Level, below: Node | None) -> Node:
    """Return whether a level's own requirements hold, and of a cumulative ladder those below."""
    asked = [_required(parts, requirement) for requirement in level.require]
    if below is not None:
        cumulative = parts.ladder.cumulative
        asked.append(n.If(cumulative, below, parts.true, t.BOOLEAN, parts.span))
    return n.AllOf(tuple(asked), parts.span)


def _required(parts: Parts, requirement: Requirement) -> Node:
    when, that = requirement.head.when, requirement.that
    if when is not None:
        that = n.AnyOf((n.Not(when, when.span), that), that.span)
    return parts.ruled(requirement.head, Stage.STANDARD, that)


def _knocked(parts: Parts, knockout: Knockout) -> Node:
    limited = parts.limited(knockout.head.when, knockout.to)
    return parts.ruled(knockout.head, Stage.STANDARD, limited)
