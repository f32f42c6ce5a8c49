"""Which conditions matter in a case, by the reference: run as it is, and with one rule turned."""

from __future__ import annotations

from dataclasses import field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from khung.analysis.cover.conditions import Target, other_way, with_rule
from khung.analysis.cover.edges import shown as edges_shown
from khung.analysis.cover.edges import targets_of
from khung.casefile.tables.case import case_from
from khung.diagnostics.bag import Bag
from khung.engine.compiled import share
from khung.engine.rings import CircularRulesError
from khung.engine.stages import Run
from khung.ir import nodes as n
from khung.records import dataclass
from khung.why.result import result_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from khung.analysis.cover.conditions import Condition
    from khung.casefile.model import CaseFile
    from khung.engine.facts import Entity
    from khung.engine.solver import Env, Solver
    from khung.engine.values import Value
    from khung.ir.program import Program
    from khung.why.result import Result, Results

_MOST = 30
"""In how many cases a condition is looked at that decides in none of them."""


@dataclass(slots=True, eq=False)
class Showing:
    """Finds what cases show of one program.

    Attributes:
        conditions: By type of subject.
        turned: Programs in which a rule asks the opposite of what it does, by its id.
        tries: How often a target was looked at in vain.
    """

    program: Program
    conditions: dict[str, list[Condition]]
    turned: dict[str, Program] = field(default_factory=dict)
    tries: dict[str, int] = field(default_factory=dict)

    def targets(self, subject: str) -> list[Target]:
        """Return all that is to be shown of a type of subject."""
        return [target for one in self.conditions.get(subject, ()) for target in targets_of(one)]

    def shown(
        self, case_file: CaseFile, results: Results, wanted: Iterable[Target]
    ) -> Iterator[Target]:
        """Yield which of some targets a case shows."""
        asked = [*wanted]
        yield from edges_shown(results, [one for one in asked if one.condition.edge is not None])
        left = {target.name: target for target in asked if target.condition.edge is None}
        copies = {name for entry in _entries(case_file) for name in entry[1:]}
        for type_name, by_id in results.by_type.items():
            own = [target for target in left.values() if target.condition.subject == type_name]
            for result in by_id.values() if own else ():
                if result.entity.given is None and (type_name, result.entity.id) not in copies:
                    for target in self._of_subject(case_file, result, own):
                        if left.pop(target.name, None) is not None:
                            yield target
                    own = [target for target in own if target.name in left]

    def _of_subject(
        self, case_file: CaseFile, result: Result, wanted: Sequence[Target]
    ) -> Iterator[Target]:
        """Yield what a subject shows: the condition turns the rule, and that the outcome."""
        run, entity = result.explanation.run, result.entity
        by_rule: dict[str, list[Target]] = {}
        for target in wanted:
            by_rule.setdefault(target.condition.rule.id, []).append(target)
        for targets in by_rule.values():
            turning = [target for target in targets if self._turns(target, run, entity)]
            turning = [one for one in turning if self.tries.get(one.name, 0) < _MOST]
            if turning and self._decides(turning[0].condition, case_file, result):
                yield from turning
            elif turning:
                self.tries |= {one.name: self.tries.get(one.name, 0) + 1 for one in turning}

    def _turns(self, target: Target, run: Run, entity: Entity) -> bool:
        """Whether a condition is as wanted, at its edge, and turns what its rule asks."""
        one, evaluator = target.condition, run.evaluator
        ends = self._ends(target, run, entity)
        if ends is None or not (ends[0].known and ends[1].known and ends[0] != ends[1]):
            return False
        return not one.is_compared or is_near(target, evaluator, evaluator.env(entity))

    def is_guard(self, target: Target, run: Run, entity: Entity) -> bool:
        """Whether what a rule asks is open if the condition is the other way: it guards the rest.

        What follows it does not apply then, so it cannot be turned alone.
        """
        ends = self._ends(target, run, entity)
        return ends is not None and ends[0].known and not ends[1].known

    def _ends(self, target: Target, run: Run, entity: Entity) -> tuple[Value, Value] | None:
        """Return what a rule asks as it is, and with a condition turned; None if that is not so."""
        one, evaluator = target.condition, run.evaluator
        env = evaluator.env(entity)
        truth = evaluator.truth(one.node, env)
        if not truth.known or truth.least is not target.holds:
            return None
        declared = self.program.objects[one.subject]
        other = other_way(one, self.program, declared)
        return evaluator.truth(one.whole, env), evaluator.truth(other, env)

    def _decides(self, one: Condition, case_file: CaseFile, result: Result) -> bool:
        """Whether the outcome would be another if a rule asked the opposite."""
        program = self._turned(one)
        case = case_from(case_file, program, Bag())
        if case is None:
            return False
        entity = case.entities[one.subject][result.entity.id]
        try:
            found = result_of(Run(program, case), entity)
            return outcome(found) != outcome(result)
        except CircularRulesError:
            return False

    def _turned(self, one: Condition) -> Program:
        if one.rule.id not in self.turned:
            program = with_rule(self.program, one, n.Not(one.whole, one.whole.span))
            share(program, self.program)
            self.turned[one.rule.id] = program
        return self.turned[one.rule.id]


def outcome(result: Result) -> tuple[Any, ...]:
    """Return what is compared of a result."""
    return result.status, result.at_worst, result.at_best


def is_near(target: Target, evaluator: Solver, env: Env) -> bool:
    """Whether two compared values are equal, or one step apart, as the side of the edge asks."""
    node = target.condition.node
    assert isinstance(node, n.Compare)  # noqa: S101  # the caller has looked
    left, right = (evaluator.evaluate(side, env) for side in (node.left, node.right))
    if not (left.known and right.known):
        return False
    apart = _apart(left.least, right.least)
    return apart is None or (apart == 0 if target.is_equal else apart <= 1)


def _apart(left: Any, right: Any) -> Any:
    """Return how far two values are apart; None where that cannot be told."""
    if isinstance(left, date) and isinstance(right, date):
        return abs((left - right).days)
    numbers = (int, Decimal)
    return abs(left - right) if isinstance(left, numbers) and isinstance(right, numbers) else None


def _entries(case_file: CaseFile) -> Iterator[list[tuple[str, str]]]:
    for group in case_file.subjects:
        for entry in group.entries:
            yield [(group.type.name, name) for name in entry.ids]
