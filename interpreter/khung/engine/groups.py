"""Which subjects share a quota: groups by equal keys, each settled once.

A subject whose key is unknown is a possible member of every group of the rule, and is itself
settled as a member of each in turn; one surely not ranked is in none.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, NamedTuple, Protocol

from khung.engine import logic, quotas
from khung.engine.conditions import holds
from khung.engine.errors import is_error
from khung.engine.standings import Member
from khung.engine.values import ERROR, MAYBE, MISSING, Value, known
from khung.engine.voting import Step
from khung.engine.worth import as_value
from khung.ir import nodes as n
from khung.ir.rewrite import walk
from khung.ir.stages import names
from khung.ir.stages.quota import supposing
from khung.records import dataclass
from khung.rulebook.model.rules import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from khung.engine.facts import Entity
    from khung.engine.quotas import GroupResult
    from khung.engine.solver import Held, Solver
    from khung.engine.worth import Ends
    from khung.ir.hanging import Hanging
    from khung.ir.nodes import Node
    from khung.ir.program import Program, Quota

Key = tuple["Hashable", ...]

STRANGERS = 40
"""Beyond so many others of unknown group, one such subject is not placed in each group in turn."""


class Ranking(Protocol):
    """What is asked of one evaluation of all stages."""

    program: Program
    opaque: bool
    hanging: Hanging

    @property
    def evaluator(self) -> Solver:
        """What finds values."""

    def is_opaque(self, entity: Entity) -> bool:
        """Whether nothing is known to others of what the rules make of a subject."""

    def any_level(self, entity: Entity) -> Value:
        """Return what is known of a level if nothing is."""


@dataclass(frozen=True, slots=True)
class Part:
    """An expression asked of each subject, with what works it out on a row."""

    node: Node
    applies: Callable[[Held], int]
    ends: Callable[[Held], Ends]

    def value(self, row: Held) -> Value | None:
        """Return what is known of it; None where it does not apply."""
        return as_value(*self.ends(row), self.node.ty) if self.applies(row) else None

    def placing(self, row: Held, by: Solver) -> Value:
        """Return an order key; what cannot be worked out, or does not apply, is an error."""
        found = self.value(row)
        if found is None:
            return Value(None, None, ERROR)
        if found.why and is_error(self.node, by.env(row), by):
            return found._replace(why=ERROR)
        return found


class Asked(NamedTuple):
    """What a quota asks of each subject.

    `counts` says of a supposed level whether it is in the base; `counts_whom` whether it asks
    anything else of the subject.
    """

    when: Callable[[Held], bool | None] | None
    per: tuple[Part, ...]
    order: tuple[Part, ...]
    counts: Node
    counts_whom: bool

    @classmethod
    def of(cls, run: Ranking, quota: Quota, entities: Sequence[Entity]) -> Asked:
        """Return what a quota asks of subjects, all of one type."""
        key, counted = id(quota.counts), run.hanging.counted
        if key not in counted:
            counted[key] = supposing(quota.counts, run.program)
        counts = counted[key]
        whom = any(isinstance(part, n.Variable) and part.slot == 0 for part in walk(counts))
        if not entities:
            return cls(None, (), (), counts, whom)
        layout = run.evaluator.row(entities[0]).layout

        def part(node: Node) -> Part:
            return Part(node, layout.applier(node), layout.reader(node))

        when = None if quota.head.when is None else layout.tester(quota.head.when)
        per, order = map(part, quota.per), (part(key.value) for key in quota.order)
        return cls(when, tuple(per), tuple(order), counts, whom)


@dataclass(slots=True)
class Groups:
    """The groups of one quota. `before` names the definition of the level before it."""

    run: Ranking
    quota: Quota
    before: str
    entities: list[Entity]
    members: dict[Key, list[tuple[Entity, bool]]] = field(default_factory=dict)
    keyless: list[tuple[Entity, bool]] = field(default_factory=list)
    keys: dict[int, tuple[Value, ...]] = field(default_factory=dict)
    settled: dict[Key, tuple[GroupResult, dict[int, Step]]] = field(default_factory=dict)
    placed: dict[int, Step | None] = field(default_factory=dict)
    counted: dict[tuple[int, Value], Value] = field(default_factory=dict)
    asked: Asked = field(init=False)

    def __post_init__(self) -> None:
        self.asked = Asked.of(self.run, self.quota, self.entities)
        for entity in self.entities:
            belongs = self._belongs(entity)
            if not belongs.most:
                continue
            key = self._key(entity)
            self.keys[id(entity)] = key
            if any(v.why == MISSING for v in key):
                self.keyless.append((entity, bool(belongs.least)))
            else:
                plain = tuple(v.least for v in key)
                self.members.setdefault(plain, []).append((entity, bool(belongs.least)))

    def _belongs(self, entity: Entity) -> Value:
        evaluator, when = self.run.evaluator, self.asked.when
        ranked = evaluator.worth(entity, names.RANKED)
        if when is None or not ranked.most:
            return ranked
        holds = when(evaluator.row(entity))
        return logic.both((ranked, MAYBE if holds is None else known(holds)))

    def _key(self, entity: Entity) -> tuple[Value, ...]:
        row = self.run.evaluator.row(entity)
        return tuple([part.value(row) or Value(None, None) for part in self.asked.per])

    def step(self, entity: Entity) -> Step | None:
        """Return what the quota makes of a subject; None where it does not touch it."""
        key = self.keys.get(id(entity))
        if key is None:
            return None
        if self.is_opaque(entity):
            return self._either(entity)
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

    def is_opaque(self, entity: Entity) -> bool:
        """Whether no group may ask what the rules make of a subject: its place is not known."""
        keyless = any(v.why == MISSING for v in self.keys[id(entity)])
        return self.run.opaque and (keyless or self.run.is_opaque(entity))

    def hangs_on(self, entity: Entity) -> bool:
        """Whether what is not known of a subject leaves open where it belongs, stands or counts."""
        evaluator = self.run.evaluator
        env = evaluator.env(entity)
        member = self._member(entity, sure=True)
        own = (*self.keys[id(entity)], *member.order, holds(self.quota.head.when, env, evaluator))
        ranks = range(member.level.least, member.level.most + 1)
        counted = (self._counts(member, known(rank)) for rank in ranks)
        return any(value.why == MISSING for value in (*own, *counted))

    def rivals(self, entity: Entity) -> tuple[tuple[Entity, bool], ...]:
        """Return those of the group that a subject is in, and whether surely; none if unknown."""
        key = self.keys.get(id(entity))
        if key is None or any(v.why == MISSING for v in key):
            return ()
        return (*self.members[tuple(v.least for v in key)], *self.keyless)

    def result(self, key: Key) -> tuple[GroupResult, dict[int, Step]]:
        """Return a group, settled."""
        if key not in self.settled:
            own = [self._member(e, sure=sure) for e, sure in self.members[key]]
            owner = self.members[key][0][0]
            values = self.keys[id(owner)]
            guests = [self._member(e, sure=False) for e, _ in self.keyless if self._fits(e, values)]
            self.settled[key] = self._settle(values, owner, [*own, *guests])
        return self.settled[key]

    def _keyless_step(self, entity: Entity) -> Step | None:
        """Return the hull of what each group, and one of its own, would make of the subject."""
        own_key = self.keys[id(entity)]
        fitting = [g for g in self.members.values() if self._fits(entity, self.keys[id(g[0][0])])]
        strangers = [e for e, _ in self.keyless if e is not entity and self._fits(e, own_key)]
        if len(strangers) > STRANGERS:
            return self._either(entity)
        found: list[Step | None] = []
        for group in (*fitting, []):
            others = [self._member(e, sure=sure) for e, sure in group if e is not entity]
            guests = [self._member(e, sure=False) for e in strangers]
            own = self._member(entity, sure=True)
            owner = group[0][0] if group else entity
            found.append(self._settle((), owner, [own, *others, *guests])[1].get(id(entity)))
        steps = [s for s in found if s is not None]
        if not steps:
            return None
        level = steps[0].level
        for step in steps[1:]:
            level = logic.hull(level, step.level, MISSING, ordered=True)
        return Step(level, ran=True)

    def _either(self, entity: Entity) -> Step | None:
        """Return the hull of being kept and being cut: sound, whoever the others are."""
        level = self.level_before(entity)
        limit = self.run.evaluator.evaluate(self.quota.level, ())
        if level.most < limit.least:
            return None
        others = self.run.evaluator.evaluate(self.quota.others, ())
        return Step(logic.hull(level, others, MISSING, ordered=True), ran=True)

    def _fits(self, entity: Entity, key: tuple[Value, ...]) -> bool:
        """Whether the known parts of a subject's key are those of another."""
        pairs = zip(self.keys[id(entity)], key, strict=True)
        return all(own.why or other.why or own.least == other.least for own, other in pairs)

    def _settle(
        self, values: tuple[Value, ...], owner: Entity, members: list[Member]
    ) -> tuple[GroupResult, dict[int, Step]]:
        counts, evaluator = self._counts, self.run.evaluator
        return quotas.settle(self.quota, values, owner, members, counts, evaluator)

    def _member(self, entity: Entity, *, sure: bool) -> Member:
        fixed = entity.given is not None and entity.given.after is Stage.QUOTA
        opaque = not fixed and self.is_opaque(entity)
        level = self.run.any_level(entity) if opaque else self.level_before(entity)
        return Member(entity, level, self._order(entity), sure, fixed)

    def _order(self, entity: Entity) -> tuple[Value, ...]:
        """Return the order keys; one that cannot be worked out is none at all."""
        evaluator = self.run.evaluator
        row = evaluator.row(entity)
        return tuple([part.placing(row, evaluator) for part in self.asked.order])

    def _counts(self, member: Member, level: Value) -> Value:
        counts = self.asked.counts
        key = (id(member.entity) if self.asked.counts_whom else 0, level)
        found = self.counted.get(key)
        if found is None:
            env = self.run.evaluator.env(member.entity).inner(level)
            found = self.counted[key] = self.run.evaluator.truth(counts, env)
        return found
