"""What is found of each subject: status, level, stages, and the rules behind them.

Nothing here is in words: a rule, its stage, what it read. `report` says it in a language.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from khung.engine.account import Account, blame_all, note_all, note_checks, note_outputs
from khung.engine.bindings import Failure, bindings
from khung.engine.checks import checked, violations
from khung.engine.findings import findings_of
from khung.engine.stages import CircularRulesError, Run, Status
from khung.engine.tables import Answer, answers
from khung.engine.values import Value, known
from khung.ir.enums import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from khung.engine.checks import Checked
    from khung.engine.facts import Case, Entity
    from khung.engine.quotas import GroupResult
    from khung.engine.voting import Decision, Finding
    from khung.ir.program import Program, Rule
    from khung.ir.types import Type


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule that binds the result, and where: a `Stage`, or `scope` or `pending` before them."""

    rule: Rule
    stage: str


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
        missing: Paths of unknown facts, or of subjects, on which an open result hangs; what a
            check does not know is not among them.
        checks: What came of every check, in the order of the rulebook.
        tables: What each table answers that the subject has.
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
    checks: tuple[Checked, ...] = ()
    tables: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class Results:
    """The results of a case, by subject type and id, in the order of the case."""

    program: Program
    case: Case
    run: Run
    by_type: Mapping[str, Mapping[str, Result]]
    groups: tuple[GroupResult, ...]


def evaluate_case(program: Program, case: Case) -> Results:
    """Return the result of every subject that has a ladder.

    Where work runs in a ring, it is done again with those opaque that have no place in its order.
    """
    try:
        return _results(Run(program, case))
    except CircularRulesError:
        return _results(Run(program, case, opaque=True))


def _results(run: Run) -> Results:
    program, case = run.program, run.case
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


def result_of(run: Run, entity: Entity) -> Result:
    """Return what is found of one subject, with the rules behind it."""
    status = run.status(entity)
    scope = run.scope(entity)
    final = run.step(entity, Stage.QUOTA)
    account = Account(run, entity, (known(entity),))
    best = None if status is Status.NOT_RANKED else final.level.most
    worst = None if status is Status.NOT_RANKED else final.level.least
    binding = list(bindings(account, status, best))
    decision = final.decision if status is Status.NEEDS_DECISION else None
    if decision is not None and all(b.rule is not decision.rule for b in binding):
        stage = decision.kind.stage
        binding.append(Failure(decision.rule, stage, reads=(), records=()))
    top = entity.type.ladder.levels[0].rank if entity.type.ladder else 0
    note_all(account)
    if status is Status.UNDETERMINED:
        blame_all(account)
    outputs = _outputs(account)
    note_outputs(account)
    checks = checked(entity.type.checks, account.env, account.evaluator)
    note_checks(account, checks)
    return Result(
        entity=entity,
        status=status,
        scope="out" if scope.out.least else "open" if scope.out.most else "in",
        level=final.level.least if status is Status.RANKED else None,
        at_best=best,
        at_worst=worst,
        stages=_stages(run, entity, status),
        reasons=tuple(Reason(b.rule, b.stage) for b in binding),
        next_level=None if best is None or best >= top else best + 1,
        failed=tuple(b for b in binding if best is not None and best < top),
        readings=tuple(sorted(account.readings)),
        decision=decision,
        missing=tuple(account.all.missing),
        assumed=tuple(account.all.assumed),
        outputs=outputs,
        findings=(*findings_of(run, entity, status), *violations(checks)),
        checks=checks,
        tables=answers(run.evaluator, entity),
    )


def _stages(run: Run, entity: Entity, status: Status) -> dict[str, Value]:
    if status is Status.NOT_RANKED:
        return {}
    stages: dict[str, Value] = {
        name: run.step(entity, name).level for name in (Stage.STANDARD, Stage.CAP)
    }
    vote = run.step(entity, Stage.VOTE)
    if vote.ran:
        stages[Stage.VOTE] = vote.level
    if entity.type.defer and run.step(entity, Stage.DEFER).rules != vote.rules:
        stages[Stage.DEFER] = run.step(entity, Stage.DEFER).level
    final = run.step(entity, Stage.QUOTA).level
    if id(entity) in run.limited or final != run.step(entity, Stage.DEFER).level:
        stages[Stage.QUOTA] = final
    return stages


# -- outputs ----------------------------------------------------------------------------------


def _outputs(account: Account) -> tuple[Output, ...]:
    found: list[Output] = []
    for definition in account.entity.type.definitions.values():
        if definition.output:
            read = account.evaluator.definition(account.entity, definition.name)
            if read is not None:
                found.append(Output(definition.name, read[0], definition.ty, definition.sources))
    return tuple(found)
