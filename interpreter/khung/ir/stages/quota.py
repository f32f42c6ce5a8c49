"""Quotas: what each group leaves of the level, one quota after the other; then the last caps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir import nodes as n
from khung.ir.rewrite import bottom_up, walk
from khung.ir.stages import names
from khung.ir.stages.cap import limits
from khung.ir.types import first_of
from khung.rulebook.model.rules import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.ir.nodes import Node
    from khung.ir.program import Program, Quota
    from khung.ir.stages.parts import Parts


def lower(parts: Parts) -> None:
    """Add the level after each quota, then the final one."""
    found = parts.after(Stage.DEFER)
    for place, each in enumerate(parts.declared.quotas):
        kept = n.Kept(place, found, parts.scale, each.head.span or parts.span)
        found = parts.define(names.of_quota(place), parts.ruled(each.head, Stage.QUOTA, kept))
    parts.stage(Stage.QUOTA, parts.least(found, *limits(parts, Stage.QUOTA)))


def read_of_members(quota: Quota) -> Iterator[Node]:
    """Yield what is read of the members of a group to settle it, besides their levels."""
    yield from (node for node in (quota.head.when, quota.competes) if node is not None)
    yield from (*keys_of(quota), *limits_of(quota), *(key.value for key in quota.order))


def keys_of(quota: Quota) -> tuple[Node, ...]:
    """Return the keys of all groupings."""
    return tuple(key for one in quota.groupings for key in one.keys)


def limits_of(quota: Quota) -> tuple[Node, ...]:
    """Return what the groups of each grouping may have, and how many they are."""
    limits = ((one.at_most, one.places, one.size) for one in quota.groupings)
    return tuple(node for own in limits for node in own if node is not None)


def is_joint(quota: Quota) -> bool:
    """Say whether a subject may be in several groups of a quota."""
    return len(quota.groupings) > 1 or quota.groupings[0].each


SUPPOSED = 1
"""The slot of the supposed level."""


def supposing(node: Node, program: Program) -> Node:
    """Return a condition with the subject's own final level as a variable, through definitions."""

    def change(part: Node) -> Node:
        match part:
            case n.LevelOf(stage=Stage.QUOTA) if _is_own(part.object):
                return n.Variable("level", SUPPOSED, part.ty, part.span)
            case n.Defined() if _is_own(part.object) and _hangs(part, program):
                return supposing(_made_of(part, program), program)
            case _:  # `bottom_up` has changed what is below it
                return part

    return bottom_up(node, change)


def _hangs(node: n.Defined, program: Program) -> bool:
    """Whether a definition of the subject reads its own final level."""
    for part in walk(_made_of(node, program)):
        if isinstance(part, n.LevelOf) and _is_own(part.object) and part.stage is Stage.QUOTA:
            return True
        if isinstance(part, n.Defined) and _is_own(part.object) and _hangs(part, program):
            return True
    return False


def _made_of(node: n.Defined, program: Program) -> Node:
    return program.objects[first_of(node.owner)].definition(node.name).value


def _is_own(node: Node) -> bool:
    return isinstance(node, n.Variable) and node.slot == 0
