"""What is found of each subject: status, level, stages, and the rules behind them.

Evaluation only finds the values; the rest of a result is worked out when it is first asked for.
Nothing here is in words: a rule, its stage, what it read. `report` says it in a language.
"""

from __future__ import annotations

import sys
from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from khung.collector import collector_at_rest
from khung.engine.checks import checked, violations
from khung.engine.findings import findings_of
from khung.engine.progress import Phase, advancing
from khung.engine.rings import CircularRulesError
from khung.engine.stages import Run, Status
from khung.engine.tables import answers
from khung.engine.values import Elements
from khung.ir.entries import stages_of
from khung.ir.nodes import Choice, Winner
from khung.ir.program import ladder_of
from khung.records import dataclass
from khung.rulebook.model.rules import Stage
from khung.why.explanation import Explanation, Failure

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from khung.engine.checks import Checked
    from khung.engine.facts import Case, Entity
    from khung.engine.quotas import GroupResult
    from khung.engine.stages import Known
    from khung.engine.tables import Answer
    from khung.engine.values import Value
    from khung.engine.voting import Decision, Finding
    from khung.ir.nodes import Rule
    from khung.ir.program import Program
    from khung.ir.types import Type
    from khung.why.awaited import Awaited

    Wanted = Mapping[str, Mapping[str, Collection[str]]]
    """By subject type and attribute of a result, the ids of whom it is wanted."""

DEPTH = 20_000
"""How deep an explanation may go: along those who wait for each other in a large case."""


class Reason(NamedTuple):
    """A rule that binds the result, and where: a `Stage`, or `scope` or `pending` before them."""

    rule: Rule
    stage: str


@dataclass(frozen=True, slots=True)
class Output:
    """A definition that is reported, what is known of it, and its type.

    One that is final and known `awaits` what leaves it open as long as steps to come are.
    """

    name: str
    value: Value
    ty: Type
    sources: tuple[str, ...]
    awaits: tuple[str, ...] = ()


class Result:
    """All that is found of one subject, each part when it is asked for."""

    def __init__(self, explanation: Explanation, entity: Entity) -> None:
        """Tell of a subject of a case, as its evaluation left it."""
        self.explanation = explanation
        self.entity = entity
        self._run = explanation.run

    # -- values -----------------------------------------------------------------------------------

    @cached_property
    def status(self) -> Status:
        """What can be said of the subject."""
        return self._run.status(self.entity)

    @cached_property
    def scope(self) -> str:
        """`in`, `out` or `open`, of `not_ranked` alone."""
        out = self._run.scope(self.entity).out
        return "out" if out.least else "open" if out.most else "in"

    @property
    def _final(self) -> Value:
        return self._run.level(self.entity, Stage.QUOTA)

    @cached_property
    def level(self) -> int | None:
        """The rank, or None unless ranked."""
        return self._final.least if self.status is Status.RANKED else None

    @cached_property
    def at_best(self) -> int | None:
        """The highest rank that is left; None if not ranked."""
        return None if self.status is Status.NOT_RANKED else self._final.most

    @cached_property
    def at_worst(self) -> int | None:
        """The lowest rank that is left; None if not ranked."""
        return None if self.status is Status.NOT_RANKED else self._final.least

    @cached_property
    def stages(self) -> Mapping[str, Value]:
        """The level after each stage that was run."""
        return {} if self.status is Status.NOT_RANKED else dict(_stages(self._run, self.entity))

    @cached_property
    def next_level(self) -> int | None:
        """The rank above, None at the best level."""
        best = self.at_best
        return None if best is None or best >= self._top else best + 1

    @property
    def _top(self) -> int:
        return ladder_of(self.entity.type).levels[0].rank

    @cached_property
    def decision(self) -> Decision | None:
        """The choice that is left to a body."""
        return (
            self._run.step(self.entity, Stage.QUOTA).decision
            if self.status is Status.NEEDS_DECISION
            else None
        )

    @cached_property
    def outputs(self) -> tuple[Output, ...]:
        """The definitions that are reported, where they apply."""
        return tuple(_outputs(self._run, self.entity, self.explanation.awaited, None))

    def outputs_named(self, names: frozenset[str] | None) -> tuple[Output, ...]:
        """Return those of the outputs that are named; all for None."""
        if names is None:
            return self.outputs
        return tuple(_outputs(self._run, self.entity, self.explanation.awaited, names))

    @cached_property
    def tables(self) -> tuple[Answer, ...]:
        """What each table answers that the subject has."""
        return answers(self._run.evaluator, self.entity)

    @cached_property
    def checks(self) -> tuple[Checked, ...]:
        """What came of every check, in the order of the rulebook."""
        return checked(self._run.evaluator.row(self.entity))

    def checks_named(self, names: frozenset[str] | None) -> tuple[Checked, ...]:
        """Return what came of the checks that are named; of every check for None."""
        if names is None:
            return self.checks
        return checked(self._run.evaluator.row(self.entity), names)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What a person must see beside the result."""
        found = findings_of(self._run, self.entity, self.status)
        return (*found, *violations(self.checks))

    # -- why --------------------------------------------------------------------------------------

    @cached_property
    def binding(self) -> tuple[Failure, ...]:
        """The rules that bind the result, with what they read when that is asked for."""
        return tuple(self.explanation.binding(self))

    @cached_property
    def reasons(self) -> tuple[Reason, ...]:
        """The rules that bind the result from above, then those that hold it up, and where."""
        return (*(Reason(one.rule, one.stage) for one in self.binding), *self.lifting)

    @cached_property
    def lifting(self) -> tuple[Reason, ...]:
        """The rules without which the level would be lower than it is."""
        found = self.explanation.lifting(self)
        return tuple(Reason(one.rule, one.stage) for one in found)

    @cached_property
    def failed(self) -> tuple[Failure, ...]:
        """The rules that keep the next level away."""
        best = self.at_best
        return self.binding if best is not None and best < self._top else ()

    @cached_property
    def readings(self) -> tuple[str, ...]:
        """The readings on which the outcome, and what is told beside it, rests."""
        return self.explanation.readings(self)

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """Paths of unknown facts, or of subjects, on which an open result hangs.

        What a check does not know is not among them.
        """
        return self.explanation.missing(self)

    @cached_property
    def is_provisional(self) -> bool:
        """Whether a known level awaits anything."""
        return self.status is Status.RANKED and self.explanation.awaited.any_of(self.entity)

    @cached_property
    def provisional(self) -> tuple[str, ...]:
        """What a known level awaits: votes by the id of the rule, facts and subjects by path."""
        return self.explanation.awaited.of(self.entity) if self.is_provisional else ()

    @cached_property
    def assumed(self) -> tuple[str, ...]:
        """Paths of the subject's own facts that were left to their default, and matter."""
        return self.explanation.assumed(self)


@dataclass(frozen=True, slots=True)
class Results:
    """The results of a case, by subject type and id, in the order of the case."""

    program: Program
    case: Case
    run: Run
    by_type: Mapping[str, Mapping[str, Result]]
    groups: tuple[GroupResult, ...] = field(default=())


def evaluate_case(program: Program, case: Case) -> Results:
    """Return the result of every subject that has a ladder.

    Where work runs in a ring, it is done again with those opaque that have no place in its order.
    """
    sys.setrecursionlimit(max(sys.getrecursionlimit(), DEPTH))
    try:
        return _results(Run(program, case))
    except CircularRulesError:
        return _results(Run(program, case, opaque=True))


def evaluate_some(
    program: Program,
    case: Case,
    types: Collection[str],
    wanted: Wanted | None = None,
    known: Known | None = None,
) -> Results:
    """Return the results of a case, of which only those of some types are worked out.

    Groups are those of their quotas. Of others no more is worked out than is `wanted`, and nothing
    that is `known`.
    """
    sys.setrecursionlimit(max(sys.getrecursionlimit(), DEPTH))
    try:
        run = Run(program, case)
        run.begin_with(known or {})
        return _some(run, types, wanted or {})
    except CircularRulesError:
        return _some(Run(program, case, opaque=True), types, wanted or {})


def _some(run: Run, types: Collection[str], wanted: Wanted) -> Results:
    by_type = _by_type(run)
    rows = [
        (by_type[subject][one], name)
        for subject, columns in wanted.items()
        for name, ids in columns.items()
        for one in ids
    ]
    for result, name in advancing(rows, len(rows), Phase.TELLING):
        getattr(result, name)
    for result in (one for name in types for one in by_type.get(name, {}).values()):
        run.status(result.entity)
        _ = result.outputs, result.tables, result.checks
    return Results(run.program, run.case, run, by_type, tuple(_groups(run, types)))


def _by_type(run: Run) -> dict[str, dict[str, Result]]:
    explanation = Explanation(run)
    return {
        name: {e.id: Result(explanation, e) for e in entities.values()}
        for name, entities in run.case.entities.items()
        if run.program.objects[name].ladder is not None
    }


def _results(run: Run) -> Results:
    program, case, by_type = run.program, run.case, _by_type(run)
    with collector_at_rest():
        run.solve()
        for by_id in by_type.values():
            for result in by_id.values():
                run.status(result.entity)
        types = [declared.name for declared in program.subjects]
        return Results(program, case, run, by_type, tuple(_groups(run, types)))


def _groups(run: Run, types: Collection[str]) -> Iterator[GroupResult]:
    """Yield the groups of every quota of some types, in the order of the rulebook and the case."""
    for declared in (one for one in run.program.subjects if one.name in types):
        for index in range(len(declared.quotas)):
            yield from run.groups_of(declared, index).results()


def result_of(run: Run, entity: Entity) -> Result:
    """Return what is found of one subject, with the rules behind it."""
    return Result(Explanation(run), entity)


def _stages(run: Run, entity: Entity) -> Iterator[tuple[str, Value]]:
    stages, steps = stages_of(entity.type), run.steps
    for stage in stages[: stages.index(Stage.VOTE)]:
        yield stage, run.level(entity, stage)
    if entity.type.votes and steps.comes_to(entity, Stage.VOTE, Winner):
        yield Stage.VOTE, run.level(entity, Stage.VOTE)
    before, final = run.level(entity, Stage.DEFER), run.level(entity, Stage.QUOTA)
    if entity.type.defer and steps.comes_to(entity, Stage.DEFER, Choice):
        yield Stage.DEFER, before
    if run.is_limited(entity) or final != before:
        yield Stage.QUOTA, final


def _outputs(
    run: Run, entity: Entity, awaited: Awaited, names: frozenset[str] | None
) -> Iterator[Output]:
    for definition in entity.type.definitions.values():
        if not definition.output or (names is not None and definition.name not in names):
            continue
        read = run.evaluator.definition(entity, definition.name)
        if read is None:
            continue
        value, name = read[0], definition.name
        surely = awaited.output(entity, name) if definition.final else None
        waits = surely is not None and surely != value and _is_known(value)
        awaits = awaited.of_output(entity, name) if waits else ()
        yield Output(name, surely or value, definition.ty, definition.sources, awaits)


def _is_known(value: Value) -> bool:
    """Whether a value is told: of a list, whether it is known which elements there are."""
    settled = value.least.settled if isinstance(value.least, Elements) else True
    return value.known and settled
