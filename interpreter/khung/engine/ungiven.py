"""One subject as the rules alone leave it, without the decision that was given."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from khung.engine.stages import Run, Scope

if TYPE_CHECKING:
    from khung.engine.facts import Entity, Given
    from khung.engine.voting import Step
    from khung.ir.enums import Stage


@dataclass(slots=True)
class Ungiven(Run):
    """An evaluation in which `subject` has no decision; all others are as `base` finds them.

    So a decision is not asked anew of those on whom the subject hangs, nor of those who hang on it.
    """

    base: Run = field(kw_only=True)
    subject: Entity = field(kw_only=True)

    def given(self, entity: Entity) -> Given | None:
        """Return the decision on another subject."""
        return None if entity is self.subject else entity.given

    def scope(self, entity: Entity) -> Scope:
        """Return the scope of a subject."""
        return Run.scope(self, entity) if entity is self.subject else self.base.scope(entity)

    def step(self, entity: Entity, stage: Stage) -> Step:
        """Return what a stage gives for a subject."""
        if entity is self.subject:
            return Run.step(self, entity, stage)
        return self.base.step(entity, stage)


def ungiven(run: Run, entity: Entity) -> Ungiven:
    """Return the evaluation that leaves out the decision on a subject."""
    return Ungiven(run.program, run.case, run.opaque, base=run, subject=entity)
