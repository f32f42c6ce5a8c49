"""Quotas: what each group leaves of the level, one quota after the other; then the last caps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir import nodes as n
from khung.ir.stages import names
from khung.ir.stages.cap import limits
from khung.rulebook.model.rules import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.ir.nodes import Node
    from khung.ir.program import Quota
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
    limits = (quota.head.when, quota.at_most, quota.places)
    yield from (node for node in limits if node is not None)
    yield from (*quota.per, *(key.value for key in quota.order))
