"""Scope: whether a subject is outside the ranking, and whether a step of it is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.enums import GivenPart
from khung.ir.stages import names

if TYPE_CHECKING:
    from khung.ir.nodes import Node
    from khung.ir.program import ScopeRule
    from khung.ir.stages.parts import Parts


def lower(parts: Parts) -> None:
    """Add whether the subject is out, pending, ranked; a decision given stands for the rules."""
    declared = parts.declared
    out = parts.define(
        names.OUT, _unless_given(parts, GivenPart.OUT, _any(parts, declared.not_ranked, "scope"))
    )
    inside = n.Not(out, parts.span)
    missing = _unless_given(parts, GivenPart.PENDING, _any(parts, declared.pending, "pending"))
    pending = parts.define(names.PENDING, missing)
    parts.define(names.WAITING, n.AllOf((inside, pending), parts.span))
    parts.define(names.RANKED, inside)


def _any(parts: Parts, rules: tuple[ScopeRule, ...], stage: str) -> Node:
    holds = (parts.ruled(rule.head, stage, rule.head.when or parts.true) for rule in rules)
    return n.AnyOf(tuple(holds), parts.span)


def _unless_given(parts: Parts, part: GivenPart, computed: Node) -> Node:
    there = n.Given(GivenPart.THERE, t.BOOLEAN, parts.span)
    said = n.Given(part, t.BOOLEAN, parts.span)
    return n.If(there, said, computed, t.BOOLEAN, parts.span)
