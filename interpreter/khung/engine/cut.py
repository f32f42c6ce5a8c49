"""What is asked of a quota, whether a candidate is in one group of it or in several."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from khung.engine.groups import Groups
from khung.ir.stages.quota import is_joint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.engine.asked import Ranking
    from khung.engine.facts import Entity
    from khung.engine.quotas import GroupResult
    from khung.engine.values import Value
    from khung.engine.voting import Step
    from khung.ir.program import ObjectType


class Cut(Protocol):
    """What one quota makes of the subjects of a type."""

    entities: list[Entity]

    @property
    def parts(self) -> tuple[Groups, ...]:
        """The groups of each grouping."""

    def step(self, entity: Entity) -> Step | None:
        """Return what the quota makes of a subject; None where it does not touch it."""

    def level_before(self, entity: Entity) -> Value:
        """Return the level of a subject before the quota, or the one given after it."""

    def is_opaque(self, entity: Entity) -> bool:
        """Whether no group may ask what the rules make of a subject: its place is not known."""

    def hangs_on(self, entity: Entity) -> bool:
        """Whether what is not known of a subject leaves open where it belongs, stands or counts."""

    def rivals(self, entity: Entity) -> tuple[tuple[Entity, bool], ...]:
        """Return those of the groups that a subject is in, and whether surely."""

    def awaits(self, entity: Entity) -> tuple[Entity, ...]:
        """Return those on whom it hangs who stays, where a subject is not asked itself."""

    def is_open(self, entity: Entity) -> bool:
        """Whether others may be in a group of a subject of whom the case says nothing."""

    def results(self) -> Iterator[GroupResult]:
        """Yield all groups, settled."""


def cut_of(
    run: Ranking, declared: ObjectType, place: int, before: str, entities: list[Entity]
) -> Cut:
    """Return what the quota at a place of a subject type makes of its subjects.

    Args:
        run: The evaluation.
        declared: The type.
        place: Which of its quotas.
        before: The definition of the level before it.
        entities: All subjects of the type.
    """
    quota = declared.quotas[place]
    if is_joint(quota):
        from khung.engine.joint import joint_of  # noqa: PLC0415  # most quotas are of one grouping

        return joint_of(run, declared, quota, before, entities)
    return Groups(run, declared, quota, quota.groupings[0], before, entities)
