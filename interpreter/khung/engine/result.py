"""What is found of each subject: status, level, stages, and the rules behind them.

Nothing here is in words: a rule, its stage, what it read. `report` says it in a language.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from khung.engine import ladder
from khung.engine.findings import findings_of
from khung.engine.stages import Run, Status
from khung.engine.trace import Read, Trace, Tracer
from khung.engine.values import Value, known

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from khung.engine.evaluate import Env
    from khung.engine.facts import Case, Entity
    from khung.engine.quotas import GroupResult
    from khung.engine.values import Element
    from khung.engine.voting import Decision, Finding
    from khung.ir.nodes import Node
    from khung.ir.program import Cap, ObjectType, Program, Rule
    from khung.ir.types import Type


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule that binds the result, and the stage at which it does."""

    rule: Rule
    stage: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A rule that keeps the next level away, with what it read. `met` tells whether it is open."""

    rule: Rule
    stage: str
    open: bool
    reads: tuple[Read, ...]
    records: tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class Output:
    """A definition that is reported, what is known of it, and its type."""

    name: str
    value: Value
    ty: Type
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """All that is found of one subject.

    Attributes:
        scope: `in`, `out` or `open`, of `not_ranked` alone.
        level: The rank, or None unless ranked; `at_best`, `at_worst` are None if not ranked.
        stages: The level after each stage that was run.
        next_level: The rank above, None at the best level.
        missing: Paths of unknown facts, or of subjects, on which an open result hangs.
    """

    entity: Entity
    status: Status
    scope: str
    level: int | None
    at_best: int | None
    at_worst: int | None
    stages: Mapping[str, Value]
    reasons: tuple[Reason, ...]
    next_level: int | None
    failed: tuple[Failure, ...]
    readings: tuple[str, ...]
    decision: Decision | None
    missing: tuple[str, ...]
    assumed: tuple[str, ...]
    outputs: tuple[Output, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """The results of a case, by subject type and id, in the order of the case."""

    program: Program
    case: Case
    run: Run
    by_type: Mapping[str, Mapping[str, Result]]
    groups: tuple[GroupResult, ...]


def evaluate_case(program: Program, case: Case) -> Results:
    """Return the result of every subject that has a ladder."""
    run = Run(program, case)
    by_type = {
        name: {e.id: result_of(run, e) for e in entities.values()}
        for name, entities in case.entities.items()
        if program.objects[name].ladder is not None
    }
    return Results(program, case, run, by_type, tuple(_groups(run)))


def _groups(run: Run) -> Iterator[GroupResult]:
    """Yield the groups of every quota, in the order of the rulebook and the case."""
    for declared in run.program.subjects:
        for index in range(len(declared.quotas)):
            groups = run.groups_of(declared, index)
            for key in groups.members:
                yield groups.result(key)[0]


@dataclass(slots=True)
class _Account:
    """Gathers what one subject's rules read."""

    run: Run
    entity: Entity
    env: Env
    all: Trace = field(default_factory=Trace)

    def tracer(self) -> Tracer:
        return Tracer(self.run.run)

    def note(self, *nodes: Node | None) -> Trace:
        """Look again at the conditions of one rule, and remember what they read."""
        tracer = self.tracer()
        for node in nodes:
            if node is not None:
                tracer.visit(node, self.env)
        self.all.readings.update(tracer.trace.readings)
        self.all.assumed.update(tracer.trace.assumed)
        return tracer.trace

    def blame(self, *nodes: Node | None) -> None:
        """Remember what leaves the conditions of a rule open."""
        tracer = Tracer(self.run.run, self.all)
        for node in nodes:
            if node is not None:
                tracer.blame(node, self.env)


def result_of(run: Run, entity: Entity) -> Result:
    """Return what is found of one subject, with the rules behind it."""
    status = run.status(entity)
    scope = run.scope(entity)
    final = run.step(entity, "quota")
    account = _Account(run, entity, (known(entity),))
    best = None if status is Status.NOT_RANKED else final.level.most
    worst = None if status is Status.NOT_RANKED else final.level.least
    bindings = list(_bindings(account, status, best))
    if status is Status.NEEDS_DECISION and final.decision is not None:
        stage = _stage_of(final.decision.kind)
        bindings.append(Failure(final.decision.rule, stage, open=True, reads=(), records=()))
    top = entity.type.ladder.levels[0].rank if entity.type.ladder else 0
    _note_all(account)
    if status is Status.UNDETERMINED:
        _blame_all(account)
    outputs = _outputs(account)
    return Result(
        entity=entity,
        status=status,
        scope="out" if scope.out.least else "open" if scope.out.most else "in",
        level=final.level.least if status is Status.RANKED else None,
        at_best=best,
        at_worst=worst,
        stages=_stages(run, entity, status),
        reasons=tuple(Reason(b.rule, b.stage) for b in bindings),
        next_level=None if best is None or best >= top else best + 1,
        failed=tuple(b for b in bindings if best is not None and best < top),
        readings=tuple(sorted(account.all.readings)),
        decision=final.decision if status is Status.NEEDS_DECISION else None,
        missing=tuple(account.all.missing),
        assumed=tuple(account.all.assumed),
        outputs=outputs,
        findings=tuple(findings_of(run, entity, status)),
    )


def _stage_of(kind: str) -> str:
    return {"no_majority": "vote", "deferred": "defer"}.get(kind, "quota")


def _stages(run: Run, entity: Entity, status: Status) -> dict[str, Value]:
    if status is Status.NOT_RANKED:
        return {}
    stages = {name: run.step(entity, name).level for name in ("standard", "cap")}
    vote = run.step(entity, "vote")
    if vote.ran:
        stages["vote"] = vote.level
    if entity.type.defer and run.step(entity, "defer").rules != vote.rules:
        stages["defer"] = run.step(entity, "defer").level
    if id(entity) in run.limited:
        stages["quota"] = run.step(entity, "quota").level
    return stages


# -- which rules bind ---------------------------------------------------------------------------


def _bindings(account: _Account, status: Status, best: int | None) -> Iterator[Failure]:
    """Yield the rules that keep the result from being one level higher; at the best, those met."""
    declared = account.entity.type
    if status is Status.NOT_RANKED:
        yield from _scope_rules(account, declared.not_ranked, "scope")
    elif status is Status.PENDING:
        yield from _scope_rules(account, declared.pending, "pending")
    elif best is not None and account.entity.given is None:
        assert declared.ladder is not None  # noqa: S101  # only ranked types have results
        if best >= declared.ladder.levels[0].rank:
            yield from _met(account)
        else:
            yield from _keeping_below(account, best + 1)


def _scope_rules(account: _Account, rules: tuple[Rule, ...], stage: str) -> Iterator[Failure]:
    for rule in rules:
        if ladder.holds(rule.when, account.env, account.run.run).least:
            yield _failure(account, rule, stage, rule.when)


def _failure(
    account: _Account, rule: Rule, stage: str, *nodes: Node | None, open_: bool = False
) -> Failure:
    trace = account.note(*nodes)
    return Failure(rule, stage, open_, tuple(trace.reads.values()), tuple(trace.records.values()))


def _met(account: _Account) -> Iterator[Failure]:
    declared = account.entity.type.ladder
    assert declared is not None  # noqa: S101  # only ranked types have results
    for requirement in declared.levels[0].require:
        if ladder.holds(requirement.rule.when, account.env, account.run.run).most:
            yield _failure(account, requirement.rule, "standard", requirement.that)


def _keeping_below(account: _Account, rank: int) -> Iterator[Failure]:
    """Yield the rules that, at their stage, surely keep a subject below a rank."""
    yield from _failed_requirements(account, rank)
    yield from _knockouts_below(account, rank)
    yield from _caps_below(account, rank)
    yield from _votes_below(account, rank)
    yield from _quotas_below(account, rank)


def _failed_requirements(account: _Account, rank: int) -> Iterator[Failure]:
    declared = account.entity.type.ladder
    assert declared is not None  # noqa: S101  # only ranked types have results
    run = account.run.run
    cumulative = ladder.is_cumulative(declared, account.env, run)
    failed = False
    for level in declared.levels:
        if level.rank > rank or (level.rank < rank and not cumulative):
            continue
        for requirement in level.require:
            if not ladder.met(requirement, account.env, run).most:
                failed = True
                yield _failure(
                    account, requirement.rule, "standard", requirement.rule.when, requirement.that
                )
    last = declared.levels[-1]
    if failed and last.otherwise and rank == last.rank + 1:
        yield Failure(last.rule, "standard", open=False, reads=(), records=())


def _knockouts_below(account: _Account, rank: int) -> Iterator[Failure]:
    declared = account.entity.type.ladder
    assert declared is not None  # noqa: S101  # only ranked types have results
    for knockout in declared.knockouts:
        limit = ladder.knocked_to(knockout, account.env, account.run.run)
        if limit is not None and limit.most < rank:
            yield _failure(account, knockout.rule, "standard", knockout.rule.when)


def _caps_below(account: _Account, rank: int) -> Iterator[Failure]:
    run = account.run.run
    for cap in account.entity.type.caps:
        limits = ladder.cap_limits(cap, account.env, run)
        if any(limit.most < rank for limit, _ in limits):
            yield _failure(account, cap.rule, "cap", cap.rule.when)


def _votes_below(account: _Account, rank: int) -> Iterator[Failure]:
    before = account.run.step(account.entity, "cap").level
    for stage in ("vote", "defer"):
        step = account.run.step(account.entity, stage)
        if step.rules and step.level.most < rank <= before.most:
            for rule in step.rules:
                yield _failure(account, rule, stage, rule.when, *_ballots(account, rule))
        before = step.level


def _ballots(account: _Account, rule: Rule) -> tuple[Node | None, ...]:
    """Return what a vote reads besides its condition."""
    votes = (v for v in account.entity.type.votes if v.rule is rule)
    return next(((v.ballots, v.base) for v in votes), ())


def _quotas_below(account: _Account, rank: int) -> Iterator[Failure]:
    run, entity = account.run, account.entity
    if id(entity) not in run.limited:
        return
    before = run.step(entity, "defer").level
    for index, quota in enumerate(entity.type.quotas):
        step = run.groups_of(entity.type, index).step(entity)
        after = before if step is None else step.level
        if after.most < rank <= before.most:
            yield Failure(quota.rule, "quota", open=False, reads=(), records=())
        before = after


# -- what was read, what is missing ---------------------------------------------------------------


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


def _note_all(account: _Account) -> None:
    """Note the readings and defaults behind every rule that was looked at."""
    if account.entity.given is not None and account.entity.given.after == "quota":
        return
    _each_rule(account.entity.type, account.note)


def _blame_all(account: _Account) -> None:
    """Note what is unknown in the rules that still leave the result open."""
    run, entity = account.run, account.entity
    declared = entity.type
    scope = run.scope(entity)
    for rules, state in ((declared.not_ranked, scope.out), (declared.pending, scope.pending)):
        if state.why:
            account.blame(*(rule.when for rule in rules))
    final = run.step(entity, "quota").level
    if final.known:
        return
    _blame_standard(account, final)
    for cap in declared.caps:
        for limit, item in ladder.cap_limits(cap, account.env, run.run):
            if limit.why and limit.least < final.most:
                _blame_cap(account, cap, item)
    _blame_votes(account)
    _blame_quotas(account)


def _blame_standard(account: _Account, final: Value) -> None:
    declared = account.entity.type.ladder
    assert declared is not None  # noqa: S101  # only ranked types have results
    run, env = account.run.run, account.env
    cumulative = ladder.is_cumulative(declared, env, run)
    for level, state in ladder.levels_met(declared, env, run):
        relevant = final.least < level.rank <= final.most
        if not state.why or not (relevant or (cumulative and level.rank <= final.most)):
            continue
        for requirement in level.require:
            if ladder.met(requirement, env, run).why:
                account.blame(requirement.rule.when, requirement.that)
    for knockout in declared.knockouts:
        limit = ladder.knocked_to(knockout, env, run)
        if limit is not None and limit.why and limit.least < final.most:
            account.blame(knockout.rule.when, knockout.to)


def _blame_cap(account: _Account, cap: Cap, item: Element | None) -> None:
    account.blame(cap.rule.when)
    if cap.list is not None:
        account.blame(cap.list)
    env = account.env if item is None else (*account.env, item.value)
    tracer = Tracer(account.run.run, account.all)
    if cap.where is not None and item is not None:
        tracer.blame(cap.where, env)
    tracer.blame(cap.at_most, env)


def _blame_votes(account: _Account) -> None:
    run, env = account.run.run, account.env
    ceiling = account.run.step(account.entity, "cap").level
    step = account.run.step(account.entity, "vote")
    if step.ran and (step.level.why and step.level != ceiling):
        for vote in account.entity.type.votes:
            applies = ladder.holds(vote.rule.when, env, run)
            if applies.most and run.evaluate(vote.binding, env).most:
                account.blame(vote.rule.when, vote.ballots, vote.base)
    for rule in account.entity.type.defer:
        if ladder.holds(rule.rule.when, env, run).why:
            account.blame(rule.rule.when, rule.among)


def _blame_quotas(account: _Account) -> None:
    """Where a quota leaves a known level open, it hangs on its keys or on others' levels."""
    run, entity = account.run, account.entity
    before = run.step(entity, "defer").level
    if id(entity) not in run.limited or not before.known:
        return
    for index, quota in enumerate(entity.type.quotas):
        groups = run.groups_of(entity.type, index)
        account.blame(*quota.per, *(key.value for key in quota.order))
        key = groups.keys.get(id(entity), ())
        if any(v.why for v in key):
            continue
        rivals = (*groups.members[tuple(v.least for v in key)], *groups.keyless)
        for rival, sure in rivals:
            is_open = groups.before(rival).level.why or not sure
            if rival is not entity and is_open:
                account.all.missing[rival.path] = None


# -- outputs ----------------------------------------------------------------------------------


def _outputs(account: _Account) -> tuple[Output, ...]:
    found: list[Output] = []
    for definition in account.entity.type.definitions.values():
        if definition.output:
            read = account.run.run.definition(account.entity, definition.name)
            if read is not None:
                found.append(Output(definition.name, read[0], definition.ty, definition.sources))
    return tuple(found)
