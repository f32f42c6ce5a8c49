"""Which rules bind a result: what keeps it from being one level higher."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from khung.engine import ladder
from khung.engine.stages import Status
from khung.engine.values import known
from khung.ir.enums import Stage
from khung.ir.program import ladder_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.engine.account import Account
    from khung.engine.facts import Given
    from khung.engine.trace import Read
    from khung.engine.values import Element
    from khung.ir.nodes import Node
    from khung.ir.program import Cap, Rule


@dataclass(frozen=True, slots=True)
class Failure:
    """A rule that keeps the next level away, with what it read.

    `stage` is a `Stage`, or `scope` or `pending` for what comes before all of them.
    """

    rule: Rule
    stage: str
    reads: tuple[Read, ...]
    records: tuple[Element, ...]


def bindings(account: Account, status: Status, best: int | None) -> Iterator[Failure]:
    """Yield the rules that keep the result from being one level higher; at the best, those met."""
    declared = account.entity.type
    if status is Status.NOT_RANKED:
        yield from _scope_rules(account, declared.not_ranked, "scope")
    elif status is Status.PENDING:
        yield from _scope_rules(account, declared.pending, "pending")
    elif best is not None and account.entity.given is not None:
        yield from _after_given(account, account.entity.given, best + 1)
    elif best is not None:
        if best < ladder_of(declared).levels[0].rank:
            yield from _keeping_below(account, best + 1)
        elif status is Status.RANKED:
            yield from _met(account)


def _after_given(account: Account, given: Given, rank: int) -> Iterator[Failure]:
    """Yield what lowers a given level: rules of the stages after the one that it stands for."""
    for stage, below in (
        (Stage.CAP, _caps_below),
        (Stage.VOTE, _votes_below),
        (Stage.QUOTA, _quotas_below),
        (Stage.QUOTA, _last_caps_below),
    ):
        if given.is_before(stage):
            yield from below(account, rank)


def _scope_rules(account: Account, rules: tuple[Rule, ...], stage: str) -> Iterator[Failure]:
    for rule in rules:
        if ladder.holds(rule.when, account.env, account.evaluator).least:
            yield _failure(account, rule, stage, rule.when)


def _failure(account: Account, rule: Rule, stage: str, *nodes: Node | None) -> Failure:
    trace = account.note(*nodes)
    return Failure(rule, stage, tuple(trace.reads.values()), tuple(trace.records.values()))


def _met(account: Account) -> Iterator[Failure]:
    declared = ladder_of(account.entity.type)
    for requirement in declared.levels[0].require:
        if ladder.holds(requirement.rule.when, account.env, account.evaluator).most:
            yield _failure(account, requirement.rule, Stage.STANDARD, requirement.that)


def _keeping_below(account: Account, rank: int) -> Iterator[Failure]:
    """Yield the rules that, at their stage, surely keep a subject below a rank."""
    yield from _failed_requirements(account, rank)
    yield from _knockouts_below(account, rank)
    yield from _caps_below(account, rank)
    yield from _votes_below(account, rank)
    yield from _quotas_below(account, rank)
    yield from _last_caps_below(account, rank)


def _failed_requirements(account: Account, rank: int) -> Iterator[Failure]:
    declared = ladder_of(account.entity.type)
    evaluator = account.evaluator
    cumulative = ladder.is_cumulative(declared, account.env, evaluator)
    failed = False
    for level in declared.levels:
        if level.rank > rank or (level.rank < rank and not cumulative):
            continue
        for requirement in level.require:
            if not ladder.met(requirement, account.env, evaluator).most:
                failed = True
                yield _failure(
                    account,
                    requirement.rule,
                    Stage.STANDARD,
                    requirement.rule.when,
                    requirement.that,
                )
    last = declared.levels[-1]
    if failed and last.otherwise and rank == last.rank + 1:
        yield Failure(last.rule, Stage.STANDARD, reads=(), records=())


def _knockouts_below(account: Account, rank: int) -> Iterator[Failure]:
    declared = ladder_of(account.entity.type)
    for knockout in declared.knockouts:
        limit = ladder.knocked_to(knockout, account.env, account.evaluator)
        if limit is not None and limit.most < rank:
            yield _failure(account, knockout.rule, Stage.STANDARD, knockout.rule.when)


def _caps_below(account: Account, rank: int) -> Iterator[Failure]:
    for cap in account.entity.type.caps:
        if not cap.last and _is_below(account, cap, rank):
            yield _failure(account, cap.rule, Stage.CAP, cap.rule.when)


def _last_caps_below(account: Account, rank: int) -> Iterator[Failure]:
    for cap in account.entity.type.caps:
        if cap.last and _is_below(account, cap, rank):
            yield _failure(account, cap.rule, Stage.QUOTA, cap.rule.when)


def _is_below(account: Account, cap: Cap, rank: int) -> bool:
    limits = ladder.cap_limits(cap, account.env, account.evaluator)
    return any(limit.most < rank for limit, _ in limits)


def _votes_below(account: Account, rank: int) -> Iterator[Failure]:
    """Yield the votes and deferrals that bind even if the rules before them allowed the rank."""
    for stage in (Stage.VOTE, Stage.DEFER):
        step = account.run.under(account.entity, stage, known(rank))
        if step.rules and step.level.most < rank:
            for rule in step.rules:
                yield _failure(account, rule, stage, rule.when, *_ballots(account, rule))


def _ballots(account: Account, rule: Rule) -> tuple[Node | None, ...]:
    """Return what a vote reads besides its condition."""
    votes = (v for v in account.entity.type.votes if v.rule is rule)
    return next(((v.ballots, v.base) for v in votes), ())


def _quotas_below(account: Account, rank: int) -> Iterator[Failure]:
    run, entity = account.run, account.entity
    if id(entity) not in run.limited:
        return
    before = run.step(entity, Stage.DEFER).level
    for index, quota in enumerate(entity.type.quotas):
        step = run.groups_of(entity.type, index).step(entity)
        after = before if step is None else step.level
        if after.most < rank <= before.most:
            yield Failure(quota.rule, Stage.QUOTA, reads=(), records=())
        before = after
