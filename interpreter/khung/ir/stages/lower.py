"""All stages of a subject type, in order: each reads the one before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir.stages.cap import cap
from khung.ir.stages.defer import defer
from khung.ir.stages.floor import floor
from khung.ir.stages.parts import Parts
from khung.ir.stages.quota import quota
from khung.ir.stages.scope import scope
from khung.ir.stages.standard import standard
from khung.ir.stages.vote import vote

if TYPE_CHECKING:
    from khung.ir.program import Definition, ObjectType
    from khung.text import Span

IN_ORDER = (scope, standard, floor, cap, vote, defer, quota)
"""A new stage is a file here and its place in this row."""


def lower_stages(declared: ObjectType, span: Span) -> dict[str, Definition]:
    """Return the definitions that the stages of a type become; none where it is not ranked."""
    if declared.ladder is None or not declared.ladder.levels:
        return {}
    parts = Parts(declared, span)
    for stage in IN_ORDER:
        stage(parts)
    return parts.found
