"""One subject under other facts: whether it surely reaches a level, or may reach it.

This is all that the search asks of the engine.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from khung.engine.conditions import is_broken
from khung.engine.rings import CircularRulesError
from khung.engine.stages import Run
from khung.engine.values import OPEN
from khung.records import dataclass
from khung.rulebook.model.rules import Stage
from khung.why.changed_case import Leading, changed_case
from khung.why.result import result_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from khung.engine.facts import Case, Entity
    from khung.engine.values import Value
    from khung.ir.program import Program
    from khung.why.budget import Budget
    from khung.why.result import Result

    Question = Callable[[Run, Entity, int], bool]

Changed = dict[str, "Value"]


@dataclass(frozen=True, slots=True)
class Trials:
    """Evaluates a case with facts of one subject changed.

    Attributes:
        case: As it is.
        opaque: Whether it was evaluated so, see `Run`.
        entity: The subject, of that case.
        wanted: The rank to be reached, or a better one.
        leading: Of the case, see `leading_of`.
        budget: What the trials may still cost.
        bound: The types of which a `must` reads what others state, so also what is changed.
        known: Whether the rank may be reached, by what was asked.
    """

    program: Program
    case: Case
    opaque: bool
    entity: Entity
    wanted: int
    leading: Leading
    budget: Budget
    bound: tuple[str, ...] = ()
    known: dict[tuple[object, ...], bool] = field(default_factory=dict)

    def reaches(self, changed: Mapping[str, Value]) -> bool:
        """Whether the subject, with facts changed, is surely in scope and at the rank or above."""
        return self._asked(changed, _is_reached, in_ring=False)

    def may_reach(self, changed: Mapping[str, Value], open_: frozenset[str]) -> bool:
        """Whether the subject may be at the rank for some value of the facts that are left open.

        As no value of a fact gives more than its being unknown leaves possible, a No holds for all
        values at once.
        """
        key = (open_, *((name, id(value)) for name, value in changed.items()))
        if key not in self.known:
            self.known[key] = self._asked(
                {**changed, **dict.fromkeys(open_, OPEN)}, _may_be_reached, in_ring=True
            )
        return self.known[key]

    def _asked(self, changed: Mapping[str, Value], question: Question, *, in_ring: bool) -> bool:
        """Return what a question says of the subject with facts changed, if these may be so.

        Where work runs in a ring it is done again, with those opaque that have no place in it.
        Where it still does, `in_ring` is what is said.
        """
        for opaque in (self.opaque, True):
            run, entity = self._run(changed, opaque=opaque)
            try:
                return question(run, entity, self.wanted) and self._may_be_so(run, entity)
            except CircularRulesError:
                continue
            finally:
                self.budget.spend(looked_at(run))
        return in_ring

    def _may_be_so(self, run: Run, entity: Entity) -> bool:
        """Whether a file may say so: nothing is surely other than it must be."""
        others = _of_types(run.case, self.bound)
        return _may_be(run, entity) and all(_may_be(run, other) for other in others)

    def result(self, changed: Mapping[str, Value]) -> Result:
        """Return the result of the subject with facts changed."""
        return result_of(*self._run(changed, opaque=self.opaque))

    def missing(self, changed: Mapping[str, Value]) -> frozenset[str]:
        """Return the own facts that leave the result open."""
        try:
            found = self.result(changed)
        except CircularRulesError:
            return frozenset()
        own = f"{found.entity.path}."
        return frozenset(path.removeprefix(own) for path in found.missing if path.startswith(own))

    def _run(self, changed: Mapping[str, Value], *, opaque: bool) -> tuple[Run, Entity]:
        case, entity = changed_case(self.case, self.entity, changed, self.leading)
        return Run(self.program, case, opaque), entity


def _is_reached(run: Run, entity: Entity, wanted: int) -> bool:
    """Whether a subject is surely in scope and at a rank or above.

    No quota lifts a level, so the group is looked at only where all before it reaches the rank.
    """
    scope = run.scope(entity)
    if scope.out.most or scope.pending.most:
        return False
    if run.step(entity, Stage.DEFER).level.least < wanted:
        return False
    final = run.step(entity, Stage.QUOTA)
    return bool(final.level.least >= wanted) and not final.may_leave


def _may_be_reached(run: Run, entity: Entity, wanted: int) -> bool:
    scope = run.scope(entity)
    if scope.out.least or scope.pending.least:
        return False
    if run.step(entity, Stage.DEFER).level.most < wanted:
        return False
    return bool(run.step(entity, Stage.QUOTA).level.most >= wanted)


def _may_be(run: Run, entity: Entity) -> bool:
    """Whether no fact of an object is surely other than it must be."""
    facts = entity.type.facts.values()
    return not any(is_broken(fact, entity, run.evaluator) for fact in facts)


def _of_types(case: Case, names: Collection[str]) -> Iterator[Entity]:
    for name in names:
        yield from case.entities.get(name, {}).values()
    yield from (record for record in case.records if record.type.name in names)


def looked_at(run: Run) -> int:
    """Return on how many objects a run has worked something out."""
    return run.evaluator.worked_on()
