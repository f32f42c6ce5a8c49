"""Rings of work: a level that hangs on itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from khung.engine.facts import Entity

Working = list[tuple["Entity", str]]
"""What is being worked out, outermost first: an object and a stage of it."""


class CircularRulesError(Exception):
    """The level of a subject hangs on itself. `path` names the stages in a ring."""

    def __init__(self, path: tuple[str, ...]) -> None:
        super().__init__(" → ".join(path))
        self.path = path


def path_of(working: Working, entity: Entity, stage: str) -> tuple[str, ...]:
    """Return the way from what is being worked out back to a stage of an object."""
    return tuple(f"{one.path}: {name}" for one, name in (*working, (entity, stage)))
