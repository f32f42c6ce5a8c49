"""The stages of each subject: scope, standard, cap, vote, deferral, quota.

Each stage of each subject is worked out once. What a later stage reads of another subject is
asked here, so that one subject's open level is another's bounds.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING

from khung.engine import ladder, logic, voting
from khung.engine.evaluate import Evaluator
from khung.engine.groups import Groups
from khung.engine.values import FALSE, MAYBE, MISSING, TRUE, Value, known, within
from khung.engine.voting import Decision, Step
from khung.ir.enums import ResultOf, Stage
from khung.ir.hanging import hanging_of
from khung.ir.program import ladder_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.engine.facts import Case, Entity, Given
    from khung.ir.hanging import Hanging
    from khung.ir.program import Ladder, ObjectType, Program


class Status(Enum):
    """What can be said of a subject."""

    RANKED = "ranked"
    NOT_RANKED = "not_ranked"
    PENDING = "pending"
    UNDETERMINED = "undetermined"
    NEEDS_DECISION = "needs_decision"


class CircularRulesError(Exception):
    """The level of a subject hangs on itself. `path` names the stages in a ring."""

    def __init__(self, path: tuple[str, ...]) -> None:
        super().__init__(" → ".join(path))
        self.path = path


@dataclass(frozen=True, slots=True)
class Scope:
    """Whether a subject is outside the ranking, and whether a step of it is missing."""

    out: Value
    pending: Value


@dataclass(slots=True)
class Run:
    """One evaluation of one case: what is worked out so far.

    Attributes:
        scopes: By `id(entity)`.
        steps: By `id(entity)` and stage; between quotas by `quota N`, N of them done.
        groups: By subject type and place of the quota in it.
        opaque: Whether others know nothing of the results of a subject of unknown kind, nor the
            groups of a quota of one of unknown key. Kind and key give a subject its place in the
            order of work, and without them work may run in a ring: only then is this asked for.
        limited: `id(entity)` of each subject that some quota touches.
        open: The stages being worked out, outermost first, as a ring would name them.
    """

    program: Program
    case: Case
    opaque: bool = False
    evaluator: Evaluator = field(init=False)
    scopes: dict[int, Scope] = field(default_factory=dict)
    steps: dict[tuple[int, str], Step] = field(default_factory=dict)
    groups: dict[tuple[str, int], Groups] = field(default_factory=dict)
    limited: set[int] = field(default_factory=set)
    open: dict[tuple[int, str], str] = field(default_factory=dict)
    hanging: Hanging = field(init=False)

    def __post_init__(self) -> None:
        self.hanging = hanging_of(self.program)
        self.evaluator = Evaluator(
            self.program.values, self.program.objects, self.case, self, self.case.on
        )

    # -- what other subjects ask ---------------------------------------------------------------

    def level(self, entity: Entity, stage: Stage) -> Value:
        """Return the level after a stage, as if in scope. Ranks; open ones as their bounds."""
        if self.is_opaque(entity) and self._given_level(entity, stage) is None:
            return self.any_level(entity)
        return self.step(entity, stage).level

    def is_opaque(self, entity: Entity) -> bool:
        """Whether nothing is known to others of what the rules make of a subject."""
        kind = entity.facts.get(entity.type.kind_field)
        known_kind = isinstance(kind, Value) and kind.known
        return self.opaque and entity.type.kinds is not None and not known_kind

    def any_level(self, entity: Entity) -> Value:
        """Return what is known of a level if nothing is."""
        levels = ladder_of(entity.type).levels
        return within(levels[-1].rank, levels[0].rank)

    def state(self, entity: Entity, what: ResultOf) -> Value:
        """Return whether the subject is ranked or pending, or its status."""
        if what is ResultOf.STATUS:
            return known(self.status(entity).value)
        if self.is_opaque(entity) and self.given(entity) is None and self._scope_reads(entity):
            return MAYBE
        scope = self.scope(entity)
        match what:
            case ResultOf.RANKED:
                return logic.negated(scope.out)
            case ResultOf.PENDING:
                return logic.both((scope.pending, logic.negated(scope.out)))

    def _scope_reads(self, entity: Entity) -> bool:
        """Whether the rules of scope read results of others."""
        rules = (*entity.type.not_ranked, *entity.type.pending)
        return any(r.when is not None and self.hanging.hangs(r.when).results for r in rules)

    def kept(self, entity: Entity, place: int) -> Value | None:
        """Return the level that a quota leaves; None where it does not touch the subject."""
        step = self.groups_of(entity.type, place).step(entity)
        return None if step is None else step.level

    def status(self, entity: Entity) -> Status:
        """Return the status of a subject that has a ladder, by the order of precedence."""
        scope = self.scope(entity)
        if scope.out.least:
            return Status.NOT_RANKED
        if scope.pending.least:
            return Status.PENDING
        final = self.step(entity, Stage.QUOTA)
        if scope.out.most or scope.pending.most:
            return Status.UNDETERMINED
        if final.may_leave:
            return Status.UNDETERMINED
        if final.decision is not None:
            return Status.NEEDS_DECISION
        return Status.RANKED if final.level.known else Status.UNDETERMINED

    def given(self, entity: Entity) -> Given | None:
        """Return the decision that stands for what the rules say of a subject, if there is one."""
        return entity.given

    # -- stages ---------------------------------------------------------------------------------

    def scope(self, entity: Entity) -> Scope:
        """Return the scope of a subject; a decision given puts it in the ranking."""
        key = id(entity)
        if key not in self.scopes:
            with self._at_work(entity, "scope"):
                self.scopes[key] = self._scope(entity)
        return self.scopes[key]

    @contextmanager
    def _at_work(self, entity: Entity, stage: str) -> Iterator[None]:
        """Note that a stage is being worked out; raise an error that names the ring if it is."""
        key, name = (id(entity), stage), f"{entity.path}: {stage}"
        if key in self.open:
            raise CircularRulesError((*self.open.values(), name))
        self.open[key] = name
        yield
        del self.open[key]

    def _scope(self, entity: Entity) -> Scope:
        given = self.given(entity)
        if given is not None:
            status = given.status
            return Scope(known(status == "not_ranked"), known(status == "pending"))
        env = (known(entity),)
        out = logic.either(
            ladder.holds(r.when, env, self.evaluator) for r in entity.type.not_ranked
        )
        if out.least:
            return Scope(TRUE, FALSE)
        pending = logic.either(
            ladder.holds(r.when, env, self.evaluator) for r in entity.type.pending
        )
        return Scope(out, pending)

    def step(self, entity: Entity, stage: Stage) -> Step:
        """Return what a stage gives for a subject that has a ladder."""
        key = (id(entity), stage)
        found = self.steps.get(key)
        if found is None:
            with self._at_work(entity, stage):
                found = self.steps[key] = self._given_or_step(entity, stage)
        return found

    def _given_or_step(self, entity: Entity, stage: Stage) -> Step:
        level = self._given_level(entity, stage)
        return self._step(entity, stage) if level is None else Step(known(level))

    def _given_level(self, entity: Entity, stage: Stage) -> int | None:
        """Return the level that a decision stands for at a stage, if one does."""
        given = self.given(entity)
        return None if given is None or given.is_before(stage) else given.level

    def _step(self, entity: Entity, stage: Stage) -> Step:
        declared = ladder_of(entity.type)
        match stage:
            case Stage.STANDARD:
                return self._standard(entity, declared)
            case Stage.CAP:
                before = self.step(entity, Stage.STANDARD).level
                env = (known(entity),)
                return Step(ladder.capped(before, entity.type.caps, env, self.evaluator))
            case Stage.VOTE:
                return self._vote(entity, self.step(entity, Stage.CAP).level)
            case Stage.DEFER:
                voted = self.step(entity, Stage.VOTE)
                return self._defer(entity, voted, self.step(entity, Stage.CAP).level)
            case Stage.QUOTA:
                return self._last(entity, self._after_quotas(entity, len(entity.type.quotas)))

    def _standard(self, entity: Entity, declared: Ladder) -> Step:
        value = ladder.standard(declared, (known(entity),), self.evaluator)
        if self.scope(entity).pending.most:
            value = within(declared.levels[-1].rank, value.most)
        return Step(value)

    def under(self, entity: Entity, stage: Stage, ceiling: Value) -> Step:
        """Return what a vote or deferral would give if the rules before it allowed `ceiling`."""
        if stage is Stage.VOTE:
            return self._vote(entity, ceiling)
        return self._defer(entity, Step(ceiling), ceiling)

    def _vote(self, entity: Entity, ceiling: Value) -> Step:
        pending = self.scope(entity).pending
        if pending.least:
            return Step(ceiling)
        lowest = ladder_of(entity.type).levels[-1].rank
        step = voting.voted(entity.type.votes, ceiling, lowest, (known(entity),), self.evaluator)
        return self._with_and_without(step, ceiling) if pending.most else step

    def _defer(self, entity: Entity, before: Step, ceiling: Value) -> Step:
        scope = self.scope(entity)
        if scope.pending.least or not entity.type.defer:
            return before
        ranks = sorted(level.rank for level in ladder_of(entity.type).levels)
        env = (known(entity),)
        step = voting.deferred(entity.type.defer, before, ceiling, ranks, env, self.evaluator)
        return self._with_and_without(step, before.level) if scope.pending.most else step

    def but_for_quotas(self, entity: Entity) -> Step:
        """Return the step that all rules give but the quotas, which compare with others."""
        return self._last(entity, self.step(entity, Stage.DEFER))

    def _last(self, entity: Entity, before: Step) -> Step:
        """Return the step under the caps that are set after the quotas."""
        env = (known(entity),)
        level = ladder.capped(before.level, entity.type.caps, env, self.evaluator, last=True)
        return before if level == before.level else _following(before, Step(level, ran=True))

    def _after_quotas(self, entity: Entity, count: int) -> Step:
        """Return the step after the first `count` quotas of the subject's type."""
        if count == 0:
            return self.step(entity, Stage.DEFER)
        key = (id(entity), f"quota {count}")
        if key not in self.steps:
            before = self._before_quota(entity, count - 1)
            groups = self.groups_of(entity.type, count - 1)
            after = groups.step(entity)
            if after is not None:
                self.limited.add(id(entity))
                by_others = self._is_own_choice(entity, before) and not groups.hangs_on(entity)
                after = _following(before, after, by_others=by_others)
            self.steps[key] = before if after is None else after
        return self.steps[key]

    def _is_own_choice(self, entity: Entity, before: Step) -> bool:
        """Whether what is open of a subject before a quota is a choice left to a body, and no more.

        Those who wait for each other behind their own choices would else never be asked.
        """
        alone = self.step(entity, Stage.DEFER)
        chosen = alone.level.known or alone.decision is not None
        return before.decision is not None and chosen

    def _before_quota(self, entity: Entity, index: int) -> Step:
        given = self.given(entity)
        if given is not None and given.level is not None and given.after is Stage.QUOTA:
            return Step(known(given.level))
        return self._after_quotas(entity, index)

    def groups_of(self, declared: ObjectType, index: int) -> Groups:
        """Return the groups of a subject type's quota."""
        key = (declared.name, index)
        if key not in self.groups:
            self.groups[key] = Groups(
                self,
                declared.quotas[index],
                lambda entity: self._before_quota(entity, index),
                list(self.case.entities.get(declared.name, {}).values()),
            )
        return self.groups[key]

    def _with_and_without(self, step: Step, without: Value) -> Step:
        level = logic.hull(step.level, without, MISSING, ordered=True)
        return replace(step, level=level, decision=None)


def _following(before: Step, after: Step, *, by_others: bool = False) -> Step:
    """Return the later step with what the earlier one found, or that if nothing changed.

    A choice left open before stays open, among the options that the later step leaves.

    Args:
        before: The earlier step.
        after: What the later one makes of its level.
        by_others: Whether a choice stays whatever the later step leaves open, as only others, and
            the choice itself, leave it open.
    """
    if after.level == before.level and after.decision is None:
        return before
    decision = after.decision or _left(before.decision, after.level, by_others=by_others)
    found = (*before.findings, *after.findings)
    return replace(after, decision=decision, findings=found, may_leave=before.may_leave)


def _left(decision: Decision | None, level: Value, *, by_others: bool) -> Decision | None:
    """Return a decision with the options up to a level; None where more than those is open."""
    if decision is None or (level.known and not decision.may_leave):
        return None
    options = tuple(sorted({min(rank, level.most) for rank in decision.options}))
    ends = (options[0], options[-1]) if options else None
    whole = by_others or ends == (level.least, level.most)
    return replace(decision, options=options) if whole else None
