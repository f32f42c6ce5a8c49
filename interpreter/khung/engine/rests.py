"""The readings on which the outcome of a subject rests: its status, levels, choices left open.

As of an expression (`grounds`), those of parts of the rules that suffice for the outcome. That a
level is no higher than it is, one rule shows that limits it, or for every better level one
requirement that fails; that it is no lower, all that is asked for it and every rule that might
limit it further. A level on which another subject hangs brings its own grounds along. A setting of
a vote or quota counts with all readings that it asks for, if that stage touched the subject.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from khung.engine import ladder
from khung.engine.grounds import Grounds
from khung.engine.rests_of_quotas import QuotaRests
from khung.engine.sufficing import NONE, Readings, fewest, together
from khung.engine.values import known
from khung.ir.enums import ResultOf, Stage
from khung.ir.nodes import LevelOf
from khung.ir.program import asked, ladder_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from khung.engine.evaluate import Env, Evaluator
    from khung.engine.facts import Entity
    from khung.engine.stages import Run
    from khung.ir.nodes import Node
    from khung.ir.program import Cap, Level, Requirement, Rule, Vote

WINS = "wins"
"""The setting of `above_ceiling` under which a vote may lift a level."""

_BEFORE = {
    Stage.CAP: Stage.STANDARD,
    Stage.VOTE: Stage.CAP,
    Stage.DEFER: Stage.VOTE,
    Stage.QUOTA: Stage.DEFER,
}


@dataclass(slots=True)
class Rests:
    """Finds the grounds of outcomes in one evaluation, each once."""

    run: Run
    grounds: Grounds = field(init=False)
    bounds: dict[tuple[int, Stage, int, bool], Readings] = field(default_factory=dict)
    quotas: QuotaRests = field(init=False)

    def __post_init__(self) -> None:
        self.quotas = QuotaRests(self)
        self.grounds = Grounds(self.run.evaluator, self.run.mentioned, self)

    @property
    def _evaluator(self) -> Evaluator:
        return self.run.evaluator

    def outcome(self, entity: Entity) -> Readings:
        """Return the grounds of a subject's status, level and decision."""
        grounds, scope = self.state(entity, ResultOf.PENDING), self.run.scope(entity)
        if scope.out.least or scope.pending.least:
            return grounds
        return grounds | self._whole(entity, Stage.QUOTA)

    # -- what is read of a subject --------------------------------------------------------------

    def state(self, entity: Entity, what: ResultOf) -> Readings:
        """Return the grounds of a subject being ranked or pending, or of its status."""
        if what is ResultOf.STATUS:
            return self.outcome(entity)
        if entity.given is not None:
            return NONE
        scope = self.run.scope(entity)
        out = self._any(entity, entity.type.not_ranked, holds=scope.out.least)
        if what is ResultOf.RANKED or scope.out.least:
            return out
        return out | self._any(entity, entity.type.pending, holds=scope.pending.least)

    def _any(self, entity: Entity, rules: Iterable[Rule], *, holds: bool) -> Readings:
        """Return the grounds of some rule holding, or of none."""
        env = (known(entity),)
        if not holds:
            return together(self.grounds.of(rule.when, env) for rule in rules)
        sure = (r for r in rules if ladder.holds(r.when, env, self._evaluator).least)
        return fewest(self.grounds.of(rule.when, env) for rule in sure)

    def level(self, entity: Entity, stage: Stage) -> Readings:
        """Return the grounds of a level as it is read of another subject."""
        if self.run.is_opaque(entity):
            return NONE
        ranked = self.state(entity, ResultOf.RANKED)
        if self.run.scope(entity).out.least:
            return ranked
        return ranked | self._whole(entity, stage)

    def _is_given(self, entity: Entity, stage: Stage) -> bool:
        given = self.run.given(entity)
        return given is not None and given.level is not None and not given.is_before(stage)

    def _whole(self, entity: Entity, stage: Stage) -> Readings:
        """Return the grounds of all that a stage gives: of both ends, and of a choice left open."""
        if self._is_given(entity, stage):
            return NONE
        step = self.run.step(entity, stage)
        if step.level.known and step.decision is None and not step.may_leave:
            rank = step.level.least
            return self.at_most(entity, stage, rank) | self.at_least(entity, stage, rank)
        if stage is Stage.STANDARD:
            return self._all_of(entity, stage)
        return self._made_of(entity, stage)

    def _all_of(self, entity: Entity, stage: Stage) -> Readings:
        """Return the grounds of everything that a stage asks."""
        env, declared = (known(entity),), entity.type
        match stage:
            case Stage.STANDARD:
                return self._all_standards(entity)
            case Stage.CAP:
                caps = (cap for cap in declared.caps if not cap.last)
                return together(self._cap(cap, env, None) for cap in caps)
            case Stage.VOTE:
                return together(self._vote(vote, entity) for vote in declared.votes)
            case Stage.DEFER:
                nodes = (node for d in declared.defer for node in (d.rule.when, d.among))
                return together(self.grounds.of(node, env) for node in nodes)
            case Stage.QUOTA:
                quotas = (self.quotas.made_of(entity, i) for i in range(len(declared.quotas)))
                caps = (cap for cap in declared.caps if cap.last)
                return together((*quotas, *(self._cap(cap, env, None) for cap in caps)))

    # -- ends of a level ------------------------------------------------------------------------

    def at_most(self, entity: Entity, stage: Stage, rank: int) -> Readings:
        """Return the grounds of a level being no higher than a rank, which it is not."""
        if self._is_given(entity, stage) or rank >= ladder_of(entity.type).levels[0].rank:
            return NONE
        key = (id(entity), stage, rank, True)
        if key not in self.bounds:
            self.bounds[key] = fewest(self._limits(entity, stage, rank))
        return self.bounds[key]

    def _limits(self, entity: Entity, stage: Stage, rank: int) -> Iterator[Readings]:
        """Yield what each by itself keeps a level from being above a rank after a stage."""
        run = self.run
        if stage in _BEFORE and run.step(entity, _BEFORE[stage]).level.most <= rank:
            yield self._passed_on(entity, stage, rank)
        match stage:
            case Stage.STANDARD:
                yield from self._standards_below(entity, rank)
            case Stage.CAP:
                yield from self._caps_below(entity, rank, last=False)
            case Stage.VOTE | Stage.DEFER:
                top = known(ladder_of(entity.type).levels[0].rank)
                if run.under(entity, stage, top).level.most <= rank:
                    yield self._all_of(entity, stage)
                else:
                    yield self._made_of(entity, stage)
            case Stage.QUOTA:
                yield from self._caps_below(entity, rank, last=True)
                if run.step(entity, Stage.DEFER).level.most > rank and id(entity) in run.limited:
                    quotas = (
                        self.quotas.made_of(entity, i) for i in range(len(entity.type.quotas))
                    )
                    yield together(quotas)

    def _made_of(self, entity: Entity, stage: Stage) -> Readings:
        """Return the grounds of what a stage makes of the level before it, and of its ceiling."""
        below = self._whole(entity, _BEFORE[stage])
        if stage is Stage.DEFER:
            below |= self._whole(entity, Stage.CAP)
        return below | self._all_of(entity, stage)

    def _passed_on(self, entity: Entity, stage: Stage, rank: int) -> Readings:
        """Return the grounds of a stage not lifting what the one before it gave."""
        below = self.at_most(entity, _BEFORE[stage], rank)
        env, declared = (known(entity),), entity.type
        match stage:
            case Stage.VOTE:
                held = [v for v in declared.votes if self._evaluator.read(v.ballots, env)]
                if any(self._evaluator.evaluate(v.above_ceiling, env).least == WINS for v in held):
                    return below | self._all_of(entity, Stage.VOTE)
                return below.union(*(asked(vote.asks, "above_ceiling") for vote in held))
            case Stage.DEFER:
                return below | self._all_of(entity, Stage.DEFER)
            case _:
                return below

    def at_least(self, entity: Entity, stage: Stage, rank: int) -> Readings:
        """Return the grounds of a level being no lower than a rank, which it is not."""
        if self._is_given(entity, stage) or rank <= ladder_of(entity.type).levels[-1].rank:
            return NONE
        key = (id(entity), stage, rank, False)
        if key not in self.bounds:
            self.bounds[key] = self._kept_from_falling(entity, stage, rank)
        return self.bounds[key]

    def _kept_from_falling(self, entity: Entity, stage: Stage, rank: int) -> Readings:
        env, declared = (known(entity),), entity.type
        if stage is Stage.STANDARD:
            return self._standard_met(entity, rank)
        if self.run.step(entity, _BEFORE[stage]).level.least < rank:
            return self._made_of(entity, stage)
        before = self.at_least(entity, _BEFORE[stage], rank)
        match stage:
            case Stage.CAP | Stage.QUOTA:
                last = stage is Stage.QUOTA
                caps = (cap for cap in declared.caps if cap.last is last)
                found = together(self._cap(cap, env, rank) for cap in caps)
                return before | found | (self._not_cut(entity, rank) if last else NONE)
            case _:
                return before | self._all_of(entity, stage)

    # -- the standard ---------------------------------------------------------------------------

    def _all_standards(self, entity: Entity) -> Readings:
        env, declared = (known(entity),), ladder_of(entity.type)
        nodes: list[Node | None] = []
        for level in declared.levels:
            for requirement in level.require:
                asks = ladder.holds(requirement.rule.when, env, self._evaluator)
                nodes += [requirement.rule.when, *([requirement.that] if asks.most else [])]
        for knockout in declared.knockouts:
            nodes += [knockout.rule.when, knockout.to]
        pending = self.state(entity, ResultOf.PENDING)
        found = (self.grounds.of(node, env) for node in nodes)
        return pending.union(asked(declared.asks, "cumulative"), *found)

    def _standards_below(self, entity: Entity, rank: int) -> Iterator[Readings]:
        """Yield each knock-out that keeps below, then the failing requirements if those do."""
        env, declared = (known(entity),), ladder_of(entity.type)
        for knockout in declared.knockouts:
            limit = ladder.knocked_to(knockout, env, self._evaluator)
            if limit is not None and limit.most <= rank:
                yield self.grounds.of(knockout.rule.when, env) | self.grounds.of(knockout.to, env)
        above = [level for level in declared.levels if level.rank > rank]
        ways = [list(self._failing(entity, level)) for level in above]
        if all(ways):
            yield together(fewest(found) for found in ways)

    def _failing(self, entity: Entity, level: Level) -> Iterator[Readings]:
        """Yield the grounds of each requirement that keeps a level from being met."""
        env, declared = (known(entity),), ladder_of(entity.type)
        if level.otherwise:
            return
        cumulative = ladder.is_cumulative(declared, env, self._evaluator)
        for other in declared.levels:
            if other.rank > level.rank or (other is not level and not cumulative):
                continue
            asks = NONE if other is level else asked(declared.asks, "cumulative")
            for requirement in other.require:
                if not ladder.met(requirement, env, self._evaluator).most:
                    yield asks | self._met(requirement, env)

    def _met(self, requirement: Requirement, env: Env) -> Readings:
        """Return the grounds of a requirement being met, or not."""
        when, that = requirement.rule.when, requirement.that
        asks = ladder.holds(when, env, self._evaluator)
        if not asks.most:
            return self.grounds.of(when, env)
        if asks.known and self._evaluator.truth(that, env).least:
            return self.grounds.of(that, env)
        return self.grounds.of(when, env) | self.grounds.of(that, env)

    def _standard_met(self, entity: Entity, rank: int) -> Readings:
        """Return the grounds of some level at or above a rank being met, and of no knock-out."""
        env, declared = (known(entity),), ladder_of(entity.type)
        cumulative = ladder.is_cumulative(declared, env, self._evaluator)
        states = ladder.levels_met(declared, env, self._evaluator)
        met = (level for level, state in states if state.least and level.rank >= rank)
        ways = []
        for level in met:
            asks = [
                x for x in declared.levels if x is level or (cumulative and x.rank < level.rank)
            ]
            found = (self._met(r, env) for x in asks for r in x.require)
            ways.append(together(found))
        single = NONE if cumulative else asked(declared.asks, "cumulative")
        knockouts = (self._not_knocked(k.rule.when, k.to, env) for k in declared.knockouts)
        pending = self.state(entity, ResultOf.PENDING)
        return fewest(ways).union(single, pending, *knockouts)

    def _not_knocked(self, when: Node | None, to: Node, env: Env) -> Readings:
        """Return the grounds of a rule with a level not keeping below a rank."""
        holds = ladder.holds(when, env, self._evaluator)
        if not holds.most:
            return self.grounds.of(when, env)
        return self.grounds.of(to, env)

    # -- caps -----------------------------------------------------------------------------------

    def _caps_below(self, entity: Entity, rank: int, *, last: bool) -> Iterator[Readings]:
        """Yield the grounds of each cap, and element of one, that keeps below a rank."""
        env = (known(entity),)
        for cap in entity.type.caps:
            if cap.last is not last:
                continue
            when = self.grounds.of(cap.rule.when, env)
            for limit, item in ladder.cap_limits(cap, env, self._evaluator):
                if limit.most <= rank:
                    inner = env if item is None else (*env, item.value)
                    where = NONE if item is None else self.grounds.of(cap.where, inner)
                    level = self._level_at(cap.at_most, inner, rank, most=True)
                    yield when.union(self.grounds.of(cap.list, env), where, level)

    def _cap(self, cap: Cap, env: Env, rank: int | None) -> Readings:
        """Return the grounds of a cap not keeping below a rank; of all that it asks without one."""
        holds = ladder.holds(cap.rule.when, env, self._evaluator)
        when = self.grounds.of(cap.rule.when, env)
        if not holds.most:
            return when
        if cap.list is None:
            return self._limit(cap, env, rank, when)
        source = self._evaluator.evaluate(cap.list, env)
        found = self.grounds.of(cap.list, env)
        if source.why:
            return found | when
        for item in source.least.items:
            inner = (*env, item.value)
            where = self.grounds.of(cap.where, inner)
            taken = ladder.holds(cap.where, inner, self._evaluator)
            found |= self._limit(cap, inner, rank, when | where) if taken.most else where
        return found if rank is not None else found | when

    def _limit(self, cap: Cap, env: Env, rank: int | None, condition: Readings) -> Readings:
        if rank is None:
            return condition | self.grounds.of(cap.at_most, env)
        read = self._evaluator.read(cap.at_most, env)
        if read is not None and read[0].least < rank:
            return condition | self.grounds.of(cap.at_most, env)
        return self._level_at(cap.at_most, env, rank, most=False)

    def _level_at(self, node: Node, env: Env, rank: int, *, most: bool) -> Readings:
        """Return the grounds of a limit being at most, or at least, a rank."""
        target = self._evaluator.read(node.object, env) if isinstance(node, LevelOf) else None
        if not isinstance(node, LevelOf) or target is None or target[0].why:
            return self.grounds.of(node, env)
        entity: Entity = target[0].least
        if entity.stranger or self.run.scope(entity).out.least:
            return self.grounds.of(node, env)
        bound = self.at_most if most else self.at_least
        found = bound(entity, node.stage, rank)
        ranked = self.state(entity, ResultOf.RANKED) if most else NONE
        return self.grounds.of(node.object, env) | found | ranked

    # -- votes ----------------------------------------------------------------------------------

    def _vote(self, vote: Vote, entity: Entity) -> Readings:
        """Return the grounds of what a vote gives, or of its giving nothing."""
        env = (known(entity),)
        when, ballots = self.grounds.of(vote.rule.when, env), self.grounds.of(vote.ballots, env)
        binding = asked(vote.asks, "binding")
        ways = []
        if not ladder.holds(vote.rule.when, env, self._evaluator).most:
            ways.append(when)
        elif self._evaluator.read(vote.ballots, env) is None:
            ways.append(ballots)
        if not self._evaluator.truth(vote.binding, env).most:
            ways.append(binding)
        if ways:
            return fewest(ways)
        settings = asked(vote.asks, "counting", "wins")
        top = known(ladder_of(entity.type).levels[0].rank)
        if self.run.step(entity, Stage.CAP).level != top:
            settings |= asked(vote.asks, "above_ceiling")
        return when | ballots | binding | settings | self.grounds.of(vote.base, env)

    # -- quotas ---------------------------------------------------------------------------------

    def _not_cut(self, entity: Entity, rank: int) -> Readings:
        """Return the grounds of no quota keeping below a rank."""
        quotas = entity.type.quotas
        below = (
            index
            for index, quota in enumerate(quotas)
            if self._evaluator.evaluate(quota.others, ()).least < rank
        )
        return together(self.quotas.made_of(entity, index) for index in below)
