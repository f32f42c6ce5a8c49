"""A case with other answers, evaluated as if nothing else in it changed but who is asked about.

To see what comes of one member of a group of hundreds, all others would be worked out again for
each answer. Here they are taken into its group as they are now. That is right but where an answer
changes others, too, so what is found is told only once the whole case was evaluated.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from khung.engine.groups import Groups
from khung.engine.stages import Run
from khung.ir.stages import names
from khung.ir.stages.quota import is_joint
from khung.records import dataclass, replace
from khung.rulebook.model.rules import Stage

if TYPE_CHECKING:
    from khung.engine.cut import Cut
    from khung.engine.facts import Entity
    from khung.engine.standings import Member
    from khung.engine.values import Value
    from khung.ir.program import ObjectType


@dataclass(slots=True)
class Now:
    """What groups know of the subjects of a case as it is, once it was asked.

    Attributes:
        run: The evaluation of that case.
        members: By type, place of the quota, id, and whether surely ranked.
        belong: Whether the quota is for a subject, by type, place of the quota and id.
    """

    run: Run
    members: dict[tuple[str, int, str, bool], Member] = field(default_factory=dict)
    belong: dict[tuple[str, int, str], Value] = field(default_factory=dict)

    def groups(self, type_name: str, place: int) -> Groups:
        """Return the groups of a quota of one grouping."""
        found = self.run.groups_of(self.run.program.objects[type_name], place)
        assert isinstance(found, Groups)  # noqa: S101  # asked of no other
        return found

    def row(self, entity: Entity) -> Entity:
        """Return a subject of another case as it is in this one."""
        return self.run.case.entities[entity.type.name][entity.id]

    def member(self, entity: Entity, place: int, *, sure: bool) -> Member:
        """Return what a group knows of a subject of another case, as it is in this one."""
        key = (entity.type.name, place, entity.id, sure)
        found = self.members.get(key)
        if found is None:
            groups = self.groups(entity.type.name, place)
            found = self.members[key] = groups.member(self.row(entity), sure=sure)
        return replace(found, entity=entity)

    def belongs(self, entity: Entity, place: int) -> Value:
        """Return whether a quota is for a subject of another case, as it is in this one."""
        key = (entity.type.name, place, entity.id)
        if key not in self.belong:
            groups = self.groups(entity.type.name, place)
            self.belong[key] = groups.belongs(self.row(entity))
        return self.belong[key]


@dataclass(slots=True)
class _Groups(Groups):
    """The groups of a quota, in which all but a few are as they are `now`."""

    place: int = 0
    now: Now = field(kw_only=True)
    asked_about: frozenset[str] = frozenset()

    def belongs(self, entity: Entity) -> Value:
        """Return whether the quota is for a subject, and that is in the ranking."""
        if entity.path in self.asked_about:
            return Groups.belongs(self, entity)
        return self.now.belongs(entity, self.place)

    def member(self, entity: Entity, *, sure: bool) -> Member:
        """Return what a group has to know of a subject."""
        if entity.path in self.asked_about:
            return Groups.member(self, entity, sure=sure)
        return self.now.member(entity, self.place, sure=sure)


@dataclass(slots=True)
class Supposed(Run):
    """An evaluation of a changed case in which all but a few are in their groups as they are now.

    Attributes:
        now: What is known of them.
        asked_about: The paths of those few.
    """

    now: Now = field(kw_only=True)
    asked_about: frozenset[str] = frozenset()

    def groups_of(self, declared: ObjectType, index: int) -> Cut:
        """Return the groups of a subject type's quota."""
        quota = declared.quotas[index]
        if is_joint(quota):
            return Run.groups_of(self, declared, index)
        key = (declared.name, index)
        if key not in self.groups:
            before = names.of_quota(index - 1) if index else names.of_stage(Stage.DEFER)
            every = list(self.case.entities.get(declared.name, {}).values())
            made = _Groups(
                self,
                declared,
                quota,
                quota.groupings[0],
                before,
                every,
                place=index,
                now=self.now,
                asked_about=self.asked_about,
            )
            self.groups[key] = made
        return self.groups[key]
