"""What the rules of one subject read, and what leaves them open."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from khung.engine import ladder
from khung.engine.blame import Blamer
from khung.engine.checks import CheckState
from khung.engine.sufficing import NONE
from khung.engine.trace import Trace, Tracer
from khung.engine.values import known
from khung.ir.enums import Stage
from khung.ir.program import ladder_of
from khung.ir.program_tables import member_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from khung.engine.checks import Checked
    from khung.engine.evaluate import Env, Evaluator
    from khung.engine.facts import Entity
    from khung.engine.stages import Run
    from khung.engine.values import Element, Value
    from khung.ir.nodes import Node
    from khung.ir.program import Cap, ObjectType, Quota


@dataclass(slots=True)
class Account:
    """Gathers what one subject's rules read, and the readings on which its result rests."""

    run: Run
    entity: Entity
    env: Env
    all: Trace = field(default_factory=Trace)
    readings: frozenset[str] = NONE

    @property
    def evaluator(self) -> Evaluator:
        """The evaluator of the case."""
        return self.run.evaluator

    def note(self, *nodes: Node | None) -> Trace:
        """Look again at the conditions of one rule, and remember what they read."""
        tracer = Tracer(self.evaluator)
        for node in nodes:
            if node is not None:
                tracer.visit(node, self.env)
                self.readings |= self.run.rests.grounds.of(node, self.env)
        return tracer.trace

    def blame(self, *nodes: Node | None) -> None:
        """Remember what leaves the conditions of a rule open."""
        blamer = Blamer(self.evaluator, self.all)
        for node in nodes:
            if node is not None:
                blamer.blame(node, self.env)


def _each_rule(declared: ObjectType, act: Callable[..., object]) -> None:
    for rule in (*declared.not_ranked, *declared.pending):
        act(rule.when)
    if declared.ladder is not None:
        for level in declared.ladder.levels:
            for requirement in level.require:
                act(requirement.rule.when, requirement.that)
        for knockout in declared.ladder.knockouts:
            act(knockout.rule.when)
    for cap in declared.caps:
        act(cap.rule.when)
    for vote in declared.votes:
        act(vote.rule.when)
    for deferral in declared.defer:
        act(deferral.rule.when)


def note_all(account: Account) -> None:
    """Note the readings behind the outcome, and the defaults behind every rule looked at."""
    account.readings |= account.run.rests.outcome(account.entity)
    if account.entity.given is not None and account.entity.given.after is Stage.QUOTA:
        return

    def note(when: Node | None, *asked: Node) -> None:
        if when is not None:
            _assume(account, when)
        if asked and ladder.holds(when, account.env, account.evaluator).most:
            for node in asked:
                _assume(account, node)

    _each_rule(account.entity.type, note)


def note_outputs(account: Account) -> None:
    """Note the readings behind what is told beside the level: outputs, and what tables answer."""
    told = account.entity.type
    answers = {
        member_name(name, out) for name, table in told.tables.items() for out in table.outputs
    }
    for definition in told.definitions.values():
        if definition.output or definition.name in answers:
            account.readings |= account.run.rests.grounds.of(definition.applies, account.env)
            if ladder.holds(definition.applies, account.env, account.evaluator).most:
                account.readings |= account.run.rests.grounds.of(definition.value, account.env)


def note_checks(account: Account, checks: Iterable[Checked]) -> None:
    """Note the readings and defaults behind every check that is decided."""
    for check, state in checks:
        if state is not CheckState.UNKNOWN and check.rule.when is not None:
            _note(account, check.rule.when)
        if state in (CheckState.MET, CheckState.VIOLATED):
            _note(account, check.require)


def _note(account: Account, node: Node) -> None:
    account.readings |= account.run.rests.grounds.of(node, account.env)
    _assume(account, node)


def _assume(account: Account, node: Node) -> None:
    for name in account.run.mentioned.defaults(node):
        if name not in account.entity.facts and _applies(account, name):
            account.all.assumed[f"{account.entity.path}.{name}"] = None


def _applies(account: Account, name: str) -> bool:
    condition = account.entity.type.facts[name].applies
    return condition is None or bool(account.evaluator.truth(condition, account.env).most)


def blame_all(account: Account) -> None:
    """Note what is unknown in the rules that still leave the result open."""
    run, entity = account.run, account.entity
    declared = entity.type
    scope = run.scope(entity)
    for rules, state in ((declared.not_ranked, scope.out), (declared.pending, scope.pending)):
        if state.why:
            account.blame(*(rule.when for rule in rules))
    step = run.step(entity, Stage.QUOTA)
    final = step.level
    if step.may_leave:
        _blame_deferrals(account)
    if final.known:
        return
    _blame_standard(account, final)
    for cap in declared.caps:
        for limit, item in ladder.cap_limits(cap, account.env, run.evaluator):
            if limit.why and limit.least < final.most:
                _blame_cap(account, cap, item)
    _blame_votes(account)
    _blame_quotas(account)


def _blame_standard(account: Account, final: Value) -> None:
    declared = ladder_of(account.entity.type)
    evaluator, env = account.evaluator, account.env
    cumulative = ladder.is_cumulative(declared, env, evaluator)
    for level, state in ladder.levels_met(declared, env, evaluator):
        relevant = final.least < level.rank <= final.most
        if not state.why or not (relevant or (cumulative and level.rank <= final.most)):
            continue
        for requirement in level.require:
            if ladder.met(requirement, env, evaluator).why:
                account.blame(requirement.rule.when, requirement.that)
    for knockout in declared.knockouts:
        limit = ladder.knocked_to(knockout, env, evaluator)
        if limit is not None and limit.why and limit.least < final.most:
            account.blame(knockout.rule.when, knockout.to)


def _blame_cap(account: Account, cap: Cap, item: Element | None) -> None:
    account.blame(cap.rule.when)
    if cap.list is None:
        account.blame(cap.at_most)
        return
    account.blame(cap.list)
    if item is None:  # the list itself is unknown
        return
    blamer, env = Blamer(account.evaluator, account.all), (*account.env, item.value)
    if cap.where is not None:
        blamer.blame(cap.where, env)
    blamer.blame(cap.at_most, env)


def _blame_votes(account: Account) -> None:
    evaluator, env = account.evaluator, account.env
    ceiling = account.run.step(account.entity, Stage.CAP).level
    step = account.run.step(account.entity, Stage.VOTE)
    if step.ran and (step.level.why and step.level != ceiling):
        for vote in account.entity.type.votes:
            applies = ladder.holds(vote.rule.when, env, evaluator)
            if applies.most and evaluator.evaluate(vote.binding, env).most:
                account.blame(vote.rule.when, vote.ballots, vote.base)
    _blame_deferrals(account)


def _blame_deferrals(account: Account) -> None:
    for rule in account.entity.type.defer:
        if ladder.holds(rule.rule.when, account.env, account.evaluator).most:
            account.blame(rule.rule.when, rule.among)


def _blame_quotas(account: Account) -> None:
    """Where a quota leaves a level open that is known, or of which nothing else is missing.

    Then it hangs on its keys, on others' levels, or on what else is not known of others.
    """
    run, entity = account.run, account.entity
    before = run.step(entity, Stage.DEFER).level
    if id(entity) not in run.limited or not (before.known or not account.all.missing):
        return
    for index, quota in enumerate(entity.type.quotas):
        groups = run.groups_of(entity.type, index)
        limits = (quota.at_most, quota.places)
        account.blame(*quota.per, *limits, *(key.value for key in quota.order))
        rivals = [one for one in groups.rivals(entity) if one[0] is not entity]
        for rival, sure in rivals:
            if groups.before(rival).level.why or not sure:
                account.all.miss(rival.path)
        if not account.all.missing:
            for rival, _ in rivals:
                _blame_rival(account, rival, quota)


def _blame_rival(account: Account, rival: Entity, quota: Quota) -> None:
    """Note what is not known of where another subject belongs, stands and counts."""
    blamer, env = Blamer(account.evaluator, account.all), (known(rival),)
    for node in (*quota.per, *(key.value for key in quota.order), quota.counts):
        blamer.blame(node, env)
