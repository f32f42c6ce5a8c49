"""Which subjects share a quota: groups by equal keys, each settled once.

A group is whole if the case says that all subjects of the type stand in it, or if the number of
them that the rule gives the group is met; else there may be others of whom nothing is known. A
subject whose key is unknown is one of those, and where all are there a possible member of every
group that is not full. It is itself settled as a member of each in turn, and of one of which nobody
is known. Who is surely not ranked is in none, but one of the number all the same.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import field
from typing import TYPE_CHECKING

from khung.engine import logic, quotas
from khung.engine.asked import PERHAPS, Asked
from khung.engine.bases import ENDLESS
from khung.engine.conditions import holds
from khung.engine.quotas import Group, Unseen
from khung.engine.standings import Member
from khung.engine.values import MAYBE, MISSING, OPEN, TRUE, Value, known
from khung.engine.voting import Step
from khung.ir import nodes as n
from khung.ir.rewrite import walk
from khung.ir.stages import names
from khung.records import dataclass, replace
from khung.rulebook.model.rules import Stage

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from khung.engine.asked import Ranking
    from khung.engine.facts import Entity
    from khung.engine.quotas import GroupResult
    from khung.engine.solver import Env
    from khung.ir.nodes import Node
    from khung.ir.program import Grouping, ObjectType, Quota

Key = tuple["Hashable", ...]

STRANGERS = 40
"""Beyond so many others of unknown group, one such subject is not placed in each group in turn."""


@dataclass(slots=True)
class Groups:
    """The groups of one grouping of a quota. `before` names the definition of the level before.

    Attributes:
        members: Who has which key, and whether surely.
        keyless: Whose key is not known, and whether each surely is in the ranking.
        keys: What is known of the key of each that the quota may touch.
    """

    run: Ranking
    declared: ObjectType
    quota: Quota
    grouping: Grouping
    before: str
    entities: list[Entity]
    members: dict[Key, list[tuple[Entity, bool]]] = field(default_factory=dict)
    keyless: list[tuple[Entity, bool]] = field(default_factory=list)
    keys: dict[int, tuple[Value, ...]] = field(default_factory=dict)
    settled: dict[Key, tuple[GroupResult, dict[int, Step]]] = field(default_factory=dict)
    placed: dict[int, Step | None] = field(default_factory=dict)
    rooms: dict[Key, int] = field(default_factory=dict)
    counted: dict[tuple[int, Value], Value] = field(default_factory=dict)
    asked: Asked = field(init=False)
    outside: Counter[Key] | None = None

    def __post_init__(self) -> None:
        self.asked = Asked.of(self.run, self.quota, self.grouping, self.entities)
        for entity in self.entities:
            belongs = self.belongs(entity)
            if belongs.most:
                self._place(entity, bool(belongs.least))

    def _place(self, entity: Entity, sure: bool) -> None:  # noqa: FBT001  # whether it is ranked
        """Put a subject into its group; one of `within` is in none if its key does not apply."""
        key = self._key(entity)
        if self.grouping.name:
            applies = min(part.applies(self.run.evaluator.row(entity)) for part in self.asked.keys)
            if not applies:
                return
            if applies == PERHAPS:
                key = tuple(OPEN for _ in key)
        self.keys[id(entity)] = key
        if any(v.why == MISSING for v in key):
            self.keyless.append((entity, sure))
        else:
            self.members.setdefault(tuple(v.least for v in key), []).append((entity, sure))

    def belongs(self, entity: Entity) -> Value:
        """Return whether the quota is for a subject, and that is in the ranking."""
        evaluator, when = self.run.evaluator, self.asked.when
        ranked = evaluator.worth(entity, names.RANKED)
        if when is None or not ranked.most:
            return ranked
        holds = when(evaluator.row(entity))
        return logic.both((ranked, MAYBE if holds is None else known(holds)))

    def _key(self, entity: Entity) -> tuple[Value, ...]:
        row = self.run.evaluator.row(entity)
        return tuple([part.value(row) or Value(None, None) for part in self.asked.keys])

    def step(self, entity: Entity) -> Step | None:
        """Return what the quota makes of a subject; None where it does not touch it."""
        key = self.keys.get(id(entity))
        if key is None or not self.competes(entity).most:
            return None
        if self.is_opaque(entity):
            return self.either(entity)
        if any(v.why == MISSING for v in key):
            if id(entity) not in self.placed:
                self.placed[id(entity)] = self._keyless_step(entity)
            return self.placed[id(entity)]
        return self.result(tuple(v.least for v in key))[1].get(id(entity))

    def level_before(self, entity: Entity) -> Value:
        """Return the level of a subject before the quota, or the one given after it."""
        given = entity.given
        if given is not None and given.level is not None and given.after is Stage.QUOTA:
            return known(given.level)
        return self.run.evaluator.worth(entity, self.before)

    def competes(self, entity: Entity) -> Value:
        """Return whether the quota touches a subject."""
        if self.asked.competes is None:
            return TRUE
        if self.run.opaque and self.is_opaque(entity):
            return MAYBE
        holds = self.asked.competes(self.run.evaluator.row(entity))
        return MAYBE if holds is None else known(holds)

    def is_opaque(self, entity: Entity) -> bool:
        """Whether no group may ask what the rules make of a subject: its place is not known."""
        keyless = any(v.why == MISSING for v in self.keys[id(entity)])
        return self.run.opaque and (keyless or self.run.is_opaque(entity))

    def hangs_on(self, entity: Entity) -> bool:
        """Whether what is not known of a subject leaves open where it belongs, stands or counts."""
        evaluator = self.run.evaluator
        env = evaluator.env(entity)
        member = self.member(entity, sure=True)
        when = holds(self.quota.head.when, env, evaluator)
        own = (*self.keys[id(entity)], *member.order, when, member.competes)
        ranks = range(member.level.least, member.level.most + 1)
        counted = (self.counts(member, known(rank)) for rank in ranks)
        return any(value.why == MISSING for value in (*own, *counted))

    def rivals(self, entity: Entity) -> tuple[tuple[Entity, bool], ...]:
        """Return those of the group that a subject is in, and whether surely; none if unknown."""
        key = self.keys.get(id(entity))
        if key is None or any(v.why == MISSING for v in key):
            return ()
        plain = tuple(v.least for v in key)
        return (*self.members[plain], *(self.keyless if self.room(plain) else ()))

    @property
    def parts(self) -> tuple[Groups, ...]:
        """The groups of each grouping: these."""
        return (self,)

    def results(self) -> Iterator[GroupResult]:
        """Yield all groups, settled."""
        return (self.result(key)[0] for key in self.members)

    def keys_of(self, entity: Entity) -> dict[Key, bool]:
        """Return the known keys of a subject, and whether it surely has each if it is ranked."""
        key = self.keys.get(id(entity))
        if key is None or any(v.why == MISSING for v in key):
            return {}
        return {tuple(v.least for v in key): True}

    def awaits(self, entity: Entity) -> tuple[Entity, ...]:
        """Return those on whom it hangs who stays, where a subject is not asked itself.

        In one group that is so where the places hang on who of the candidates is kept.
        """
        step = self.step(entity)
        if step is None or step.decision is not None or step.level.known:
            return ()
        return tuple(rival for rival, _ in self.rivals(entity) if rival is not entity)

    # -- who else may be there ------------------------------------------------------------------

    @property
    def all_stand_here(self) -> bool:
        """Whether the case says that every subject of the type stands in it."""
        return self.run.case.whole.has_all(self.declared.name)

    def is_open(self, entity: Entity) -> bool:
        """Whether others may be in the group of a subject of whom the case says nothing."""
        key = self.keys.get(id(entity))
        if key is None or self.all_stand_here:
            return False
        return any(v.why == MISSING for v in key) or self.room(tuple(v.least for v in key)) > 0

    def room(self, key: Key) -> int:
        """Return how many more than those listed a group may have; `ENDLESS` if nothing says."""
        found = self.rooms.get(key)
        if found is None:
            size = self.size(key)
            found = ENDLESS if size is None else max(0, size - self.listed(key))
            self.rooms[key] = found
        return found

    def size(self, key: Key) -> int | None:
        """Return how many subjects have a key at most; None if nothing says."""
        sizes = (self.size_by(entity, key) for entity, _ in self.members[key])
        return next((size for size in sizes if size is not None), None)

    def size_by(self, entity: Entity, key: Key | None = None) -> int | None:
        """Return how many subjects share the key of one, as the rule reads it there."""
        node, evaluator = self.grouping.size, self.run.evaluator
        found = None if node is None else evaluator.read(node, self.env(entity, key))
        most = None if found is None else found[0].most
        return int(most) if most is not None and most.is_finite() else None

    def values(self, key: Key) -> tuple[Value, ...]:
        """Return what is known of a key that some have."""
        return self.keys[id(self.members[key][0][0])]

    def env(self, entity: Entity, key: Key | None = None) -> Env:  # noqa: ARG002  # of one key
        """Return where the limits of a group of a subject are read."""
        return self.run.evaluator.env(entity)

    def limits(self, entity: Entity) -> Iterator[tuple[Node, Env]]:
        """Yield what the groups of a subject may have, with where it is read."""
        limits = self.grouping.at_most, self.grouping.places
        yield from ((node, self.env(entity)) for node in limits if node is not None)

    def size_at(self, entity: Entity) -> tuple[Node | None, Env]:
        """Return how many the group of a subject has, and where that is read."""
        return self.grouping.size, self.env(entity)

    def listed(self, key: Key) -> int:
        """Return how many of the case surely have a key, in the ranking or not."""
        if self.outside is None:
            others = (self._key(e) for e in self.entities if id(e) not in self.keys)
            known = (key for key in others if not any(v.why == MISSING for v in key))
            self.outside = Counter(tuple(v.least for v in key) for key in known)
        return len(self.members[key]) + self.outside[key]

    def unseen(self, room: int) -> Unseen | None:
        """Return those of whom nothing is known, where a group has room for so many."""
        if self.all_stand_here or not room:
            return None
        other = self.run.evaluator.stranger(self.declared.name)
        level = self.run.any_level(other)
        competes = self.quota.competes
        by = self.run.evaluator
        touched = TRUE if competes is None else by.truth(competes, by.env(other))
        return Unseen(min(room, ENDLESS), Member(other, level, (), False, False, touched))

    def guests(self, values: tuple[Value, ...], room: int, but: Entity | None) -> list[Member]:
        """Return those of unknown key who may be in a group: where some are unseen, among them."""
        if not room or not self.all_stand_here:
            return []
        fitting = (e for e, _ in self.keyless if e is not but and self.fits(e, values))
        return [self.member(e, sure=False) for e in fitting]

    # -- settling -------------------------------------------------------------------------------

    def result(self, key: Key) -> tuple[GroupResult, dict[int, Step]]:
        """Return a group, settled."""
        if key not in self.settled:
            own = [self.member(e, sure=sure) for e, sure in self.members[key]]
            owner, may_grow = self.members[key][0][0], self.keyless or not self.all_stand_here
            room = self.room(key) if may_grow else 0
            found, steps = self._settle(self.keys[id(owner)], owner, own, room)
            self.settled[key] = self._with_guests(found), steps
        return self.settled[key]

    def _with_guests(self, found: GroupResult) -> GroupResult:
        """Return a group with those among the open who may be some of the unseen."""
        if found.is_whole:
            return found
        fitting = (e for e, _ in self.keyless if self.fits(e, found.key))
        guests = [e for e in fitting if self.either(e) is not None]
        return replace(found, open=(*found.open, *guests)) if guests else found

    def _keyless_step(self, entity: Entity) -> Step | None:
        """Return the hull of what each group, and one of its own, would make of the subject."""
        either = self.either(entity)
        if either is None or len(self.keyless) > STRANGERS:
            return either
        level = self.level_before(entity) if self.may_lack_a_key(entity) else None
        own = self.member(entity, sure=bool(self.belongs(entity).least))
        for group, room in self._possible(entity):
            others = [self.member(e, sure=sure) for e, sure in group]
            owner = group[0][0] if group else entity
            values = self.keys[id(owner)]
            _, steps = self._settle(values, owner, [own, *others], room, but=entity)
            step = steps.get(id(entity))
            if step is not None:
                level = _hull(level, step.level)
            if level == either.level:
                break
        return None if level is None else Step(level, ran=True)

    def _possible(self, entity: Entity) -> Iterator[tuple[list[tuple[Entity, bool]], int]]:
        """Yield the groups that a subject of unknown key may be in, with the room beside it."""
        size = self.size_by(entity)
        yield [], ENDLESS if size is None else max(0, size - 1)
        for key, group in self.members.items():
            if self.fits(entity, self.keys[id(group[0][0])]) and self.room(key):
                yield group, self.room(key) - 1

    def either(self, entity: Entity) -> Step | None:
        """Return the hull of being kept and being cut: sound, whoever the others are."""
        level = self.level_before(entity)
        limit = self.run.evaluator.evaluate(self.quota.level, ())
        if level.most < limit.least or not self.competes(entity).most:
            return None
        others = self.run.evaluator.evaluate(self.quota.others, ())
        return Step(logic.hull(level, others, MISSING, ordered=True), ran=True)

    def may_lack_a_key(self, entity: Entity) -> bool:
        """Whether a subject may be in no group at all."""
        row = self.run.evaluator.row(entity)
        return bool(self.grouping.name) and any(
            part.applies(row) == PERHAPS for part in self.asked.keys
        )

    def telling(self, owner: Entity, members: list[Member], key: Key | None = None) -> Entity:
        """Return the member that tells most of what the group may have: all must tell the same."""
        limits = [one for one in (self.grouping.at_most, self.grouping.places) if one is not None]
        if not any(is_of_subjects(limit) for limit in limits):
            return owner
        sure = [member.entity for member in members if member.sure]
        by = self.run.evaluator
        is_told = (e for e in sure if all(by.evaluate(n, self.env(e, key)).known for n in limits))
        return next(is_told, owner)

    def fits(self, entity: Entity, key: tuple[Value, ...]) -> bool:
        """Whether the known parts of a subject's key are those of another."""
        pairs = zip(self.keys[id(entity)], key, strict=True)
        return all(own.why or other.why or own.least == other.least for own, other in pairs)

    def _settle(
        self,
        values: tuple[Value, ...],
        owner: Entity,
        members: list[Member],
        room: int,
        but: Entity | None = None,
    ) -> tuple[GroupResult, dict[int, Step]]:
        """Return what becomes of members, with who else there is room for but one subject."""
        everyone = [*members, *self.guests(values, room, but)]
        env = self.env(self.telling(owner, members))
        group = Group(self.grouping, values, env, everyone, self.unseen(room))
        quota = quotas.worded(self.quota, owner)
        return quotas.settle(quota, group, self.counts, self.run.evaluator)

    def member(self, entity: Entity, *, sure: bool) -> Member:
        """Return what a group has to know of a subject; `sure` if it surely is in the ranking."""
        given = entity.given
        fixed = given is not None and given.stands_for(Stage.QUOTA)
        opaque = not fixed and self.is_opaque(entity)
        level = self.run.any_level(entity) if opaque else self.level_before(entity)
        return Member(entity, level, self.order(entity), sure, fixed, self.competes(entity))

    def order(self, entity: Entity) -> tuple[Value, ...]:
        """Return the order keys; one that cannot be worked out is none at all."""
        evaluator = self.run.evaluator
        row = evaluator.row(entity)
        return tuple([part.placing(row, evaluator) for part in self.asked.order])

    def counts(self, member: Member, level: Value) -> Value:
        """Return whether a member with a level is in the base."""
        counts = self.asked.counts
        key = (id(member.entity) if self.asked.counts_whom else 0, level)
        found = self.counted.get(key)
        if found is None:
            env = self.run.evaluator.env(member.entity).inner(level)
            found = self.counted[key] = self.run.evaluator.truth(counts, env)
        return found


def is_of_subjects(node: Node) -> bool:
    """Whether a limit reads a fact of subjects, or of what they lead to."""
    return any(isinstance(part, n.Variable) and part.slot == 0 for part in walk(node))


def _hull(one: Value | None, other: Value) -> Value:
    return other if one is None else logic.hull(one, other, MISSING, ordered=True)
