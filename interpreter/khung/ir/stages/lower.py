"""All stages of a subject type, in order: each reads the one before it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from khung.ir.stages.parts import Parts
from khung.rulebook.model.rules import Stage

if TYPE_CHECKING:
    from khung.ir.program import Definition, ObjectType
    from khung.text import Span


def lower_stages(declared: ObjectType, span: Span) -> dict[str, Definition]:
    """Return the definitions that the stages of a type become; none where it is not ranked.

    What a stage becomes says the module of its name, in `lower`.
    """
    if declared.ladder is None or not declared.ladder.levels:
        return {}
    parts = Parts(declared, span)
    for stage in ("scope", *Stage):
        import_module(f"{__package__}.{stage}").lower(parts)
    return parts.found
