"""Votes: the binding one that applies gives the level, under the ceiling of the rules before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir import nodes as n
from khung.ir.enums import Majority
from khung.ir.stages import names
from khung.rulebook.model.rules import Stage

if TYPE_CHECKING:
    from khung.ir.nodes import Node
    from khung.ir.program import Vote
    from khung.ir.stages.parts import Parts
    from khung.rulebook.model import rules


def lower(parts: Parts) -> None:
    """Add what each vote and those after it give, then the level: that of the first."""
    ceiling = parts.after(Stage.CAP)
    found = ceiling
    for place, each in reversed([*enumerate(parts.declared.votes)]):
        found = parts.define(names.of_vote(place), _voted(parts, each, ceiling, found))
    if parts.declared.votes:
        found = parts.choose(parts.own(names.PENDING), ceiling, found)
    parts.stage(Stage.VOTE, found)


def _voted(parts: Parts, each: Vote, ceiling: Node, others: Node) -> Node:
    span = each.head.span or parts.span
    won = n.Winner(
        each.head,
        each.ballots,
        each.base,
        tuple(needed(majority) for _, majority in each.wins_at),
        each.counting,
        each.above_ceiling,
        ceiling,
        parts.lowest,
        parts.scale,
        span,
        each.asks,
    )
    when = () if each.head.when is None else (each.head.when,)
    applies = n.AllOf((each.binding, *when, n.There(each.ballots, span)), parts.span)
    return parts.choose(applies, parts.ruled(each.head, Stage.VOTE, won), others)


def needed(majority: rules.Majority[Node]) -> Majority:
    """Return a majority in numbers."""
    share = majority.share
    assert isinstance(share, n.Literal)  # noqa: S101  # it was looked at when it was lowered
    assert isinstance(share.value, tuple)  # noqa: S101
    numerator, denominator = share.value
    return Majority(numerator, denominator, majority.strict)
