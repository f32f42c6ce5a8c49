"""Looks for a case in which a condition matters: by the solver, small, run by the reference."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import z3

from khung.analysis.cover.conditions import other_way, replaced, with_rule
from khung.analysis.cover.edge_search import Grouped, found_at
from khung.analysis.proof.placed import written
from khung.casefile.from_source import parse_case
from khung.diagnostics.bag import Bag
from khung.driver import evaluate_under
from khung.ir import nodes as n
from khung.records import dataclass, replace
from khung.smt.decode import shown
from khung.smt.model import NotSayableError
from khung.smt.question import Answer
from khung.smt.space import LeftOutError
from khung.smt.terms import as_z3, compared, land, lnot, lor
from khung.smt.variants import differ, turned
from khung.syntax.operators import CompareOp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from khung.analysis.cover.conditions import Target
    from khung.analysis.cover.shown import Showing
    from khung.analysis.proof.asked import Asked
    from khung.analysis.proof.placed import Written
    from khung.analysis.proof.solver import Budget
    from khung.driver import Evaluated, Ready
    from khung.smt.decode import Shown
    from khung.smt.question import Question
    from khung.smt.terms import Term
    from khung.smt.writing import Env


class Why(StrEnum):
    """Why no case was found."""

    NEVER = "never"
    """No case is one in which the condition matters this way, proved."""
    LISTS = "lists"
    """None with lists of a few elements; longer ones were not looked at."""
    GUARD = "guard"
    """It says whether the rest of the rule applies, so it cannot be turned alone."""
    TIME = "time"
    """The time was up."""
    NOT_RUN = "not_run"
    """The evaluation does not say what the solver does, or a file cannot say the case."""
    NO_FORM = "no_form"
    """The solver has no form for what it asks."""


@dataclass(frozen=True, slots=True)
class Case:
    """A case that was found: its text, and the target for which it was looked for."""

    target: Target
    text: str
    found: Evaluated


@dataclass(slots=True, eq=False)
class Search:
    """Looks for cases of one type of subject.

    Attributes:
        ready: The rulebook.
        readings: The options that it follows instead of its own.
        asked: Asks the solver of the type.
        showing: Says by the reference what a case shows.
        grouped: Asks of it with what its quotas group by.
        turned: By question, rule and place: that the outcome hangs on a condition.
    """

    ready: Ready
    readings: Mapping[str, str]
    asked: Asked
    showing: Showing
    budget: Budget
    grouped: Grouped
    turned: dict[tuple[int, str, int], Any] = field(default_factory=dict)

    def find(self, target: Target) -> Case | Why:
        """Return a case that shows a target, at an edge if it can be, or why there is none."""
        if target.condition.edge is not None:
            return self._at_edge(target)
        try:
            if target.condition.is_compared:
                found = self._found(target, near=True)
                if isinstance(found, Case):
                    return found
            return self._found(target, near=False)
        except LeftOutError:
            return Why.NO_FORM

    def _at_edge(self, target: Target) -> Case | Why:
        """Return a case at an edge of what a body decides."""
        if not self.budget.left:
            return Why.TIME
        try:
            made = found_at(target, self.grouped, self._told)
        except LeftOutError:
            return Why.NO_FORM
        return Why.NOT_RUN if made is None else Case(target, *made)

    def _found(self, target: Target, *, near: bool) -> Case | Why:
        """Return a case of some kind, or why there is none of any."""
        every = self.asked.question(follows=False)
        kinds = [kind for kind in self.asked.kinds if every.is_possible(kind)]
        if not kinds or not self.budget.left:
            return Why.TIME if kinds else Why.NO_FORM
        asked = self.asked.question(follows=True)
        wanted = self._wanted(asked, target, near=near)
        about = lor(asked.kind(kind) for kind in kinds)
        answer, model = asked.check(about, wanted, seconds=self.budget.left)
        if answer is Answer.HOLDS:
            return self._of_any_length(target, kinds, near=near)
        if answer is Answer.UNKNOWN:
            return Why.TIME
        first = next(k for k in kinds if z3.is_true(model.eval(as_z3(asked.kind(k)))))
        why = Why.NOT_RUN
        for kind in sorted(kinds, key=lambda kind: kind != first):
            found = self._small(target, asked, asked.kind(kind), wanted)
            if found is Why.GUARD or isinstance(found, Case):
                return found
            why = found if kind == first else why
        return why

    def _wanted(self, asked: Question, target: Target, *, near: bool) -> Term:
        """Return that a condition is as wanted, and that the outcome hangs on it."""
        one, key = target.condition, (id(asked), target.condition.rule.id, target.condition.place)
        if key not in self.turned:
            program = self.asked.program
            declared = program.objects[one.subject]
            other = other_way(one, program, declared)
            said = replaced(declared, one, other)
            changed = program if said else with_rule(program, one, other)  # where a body decides
            self.turned[key] = differ(asked.outcomes[0], turned(asked, said, changed))
        root: Env = {0: asked.space.root}
        truth = asked.sides[0].value(one.node, root)
        holds = truth.lo if target.holds else lnot(truth.hi)
        edge = _near(asked, target) if near else True
        return land((holds, edge, self.turned[key]))

    def _of_any_length(self, target: Target, kinds: list[str], *, near: bool) -> Why:
        """Return whether there is no case either if lists may have any number of elements."""
        asked = self.asked.question(follows=False)
        if not asked.space.bounded:
            return Why.NEVER
        about = lor(asked.kind(kind) for kind in kinds)
        wanted = self._wanted(asked, target, near=near)
        answer, _ = asked.check(about, wanted, seconds=self.budget.left)
        return Why.NEVER if answer is Answer.HOLDS else Why.LISTS

    def _small(self, target: Target, asked: Question, about: Term, wanted: Term) -> Case | Why:
        """Return a small case of a kind that shows a target, as the reference says."""
        model = self.asked.small[True].find([wanted], about)
        made = None if model is None else self._case(asked, model)
        if made is None:
            return Why.NOT_RUN
        (text, about), found = made
        assert found.results is not None  # noqa: S101  # it was run
        assert found.case_file is not None  # noqa: S101  # as above
        if [*self.showing.shown(found.case_file, found.results, [target])]:
            return Case(target, text, found)
        result = found.results.by_type[self.asked.subject][about]
        guards = self.showing.is_guard(target, found.results.run, result.entity)
        return Why.GUARD if guards else Why.NOT_RUN

    def _case(self, asked: Question, model: Any) -> tuple[Written, Evaluated] | None:
        """Return a model as a case that was run; None if khung does not take it."""
        try:
            return self._run(shown(asked, model))
        except NotSayableError:
            return None

    def _told(self, made: Shown) -> tuple[str, Evaluated] | None:
        ran = self._run(made)
        return None if ran is None else (ran[0].text, ran[1])

    def _run(self, made: Shown) -> tuple[Written, Evaluated] | None:
        case = written(made, self.asked.program, self.readings)
        bag = Bag()
        case_file = parse_case(case.text.encode(), "case.yaml", bag)
        if case_file is None or bag.has_errors:
            return None
        found = evaluate_under(Path("case.yaml"), case_file, self.ready, bag)
        return None if found.results is None else (case, found)


def _near(asked: Question, target: Target) -> Term:
    """Return that two compared values are equal, or one step apart, as the side of the edge asks.

    A share has no step: on the other side of its edge it may be anything.
    """
    node, side = target.condition.node, asked.sides[0]
    env: Env = {0: asked.space.root}
    assert isinstance(node, n.Compare)  # noqa: S101  # the caller has looked
    if target.is_equal:
        return side.value(replace(node, op=CompareOp.EQ), env).lo
    left, right = side.value(node.left, env), side.value(node.right, env)
    return lor(compared(CompareOp.EQ, left.lo, right.lo + step) for step in (1, -1))
