"""A question beside itself: the same cases with a rule that says nothing, or a fact changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import z3

from khung.ir import nodes as n
from khung.ir.rewrite import walk
from khung.records import dataclass
from khung.rulebook.model.rules import Stage
from khung.smt.question import Outcome, outcome_of
from khung.smt.side import Side
from khung.smt.terms import Val, as_z3, compared, land, lor
from khung.syntax.operators import CompareOp

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from khung.ir.nodes import Rule
    from khung.ir.program import ObjectType
    from khung.smt.question import Question
    from khung.smt.terms import Term

_BY_BODIES = (Stage.VOTE, Stage.DEFER)


def rules_of(declared: ObjectType) -> Iterator[Rule]:
    """Yield the rules of a subject that may say nothing: not what bodies and quotas decide."""
    known: set[str] = set()
    for definition in declared.stages.values():
        for part in walk(definition.value):
            if isinstance(part, n.Ruled) and part.rule.id not in known and _may_idle(part):
                known.add(part.rule.id)
                yield part.rule


def _may_idle(part: n.Ruled) -> bool:
    body = part.body
    if part.stage in _BY_BODIES or isinstance(body, n.Kept | n.Winner | n.Choice):
        return False
    return not isinstance(body, n.Literal)  # the level that is left for all others


def without(question: Question, rules: frozenset[str]) -> Outcome:
    """Return what comes of the subject if some rules say nothing."""
    side = question.sides[0]
    found = Side(side.program, side.space, side.lists, without=rules)
    found.known |= {key: v for key, v in side.known.items() if not key[2].startswith("stages.")}
    return outcome_of(found)


def differ(one: Outcome, other: Outcome) -> Term:
    """Return whether two outcomes differ."""
    inside = land((one.inside, other.inside))
    levels = lor((_unlike(one.before, other.before), _unlike(one.final, other.final)))
    return lor((_ne(one.out, other.out), _ne(one.pending, other.pending), land((inside, levels))))


def _unlike(one: Val, other: Val) -> Term:
    return lor((_ne(one.lo, other.lo), _ne(one.hi, other.hi), _ne(one.bad, other.bad)))


def _ne(left: Term, right: Term) -> Term:
    return compared(CompareOp.NE, left, right)


@dataclass(frozen=True, slots=True, eq=False)
class Changed:
    """What comes of a case in which some variables have other values.

    Attributes:
        outcome: The outcome then.
        limits: What holds of such a case.
    """

    outcome: Outcome
    limits: Any


def changed(question: Question, values: Mapping[Any, Any]) -> Changed | None:
    """Return what comes of a case with some variables changed.

    None if the elements of some list depend on them: then the kinds of these are no longer known.
    """
    names = {term.decl().name() for term in values}
    pairs = [(term, as_z3(value)) for term, value in values.items()]
    limits = []
    for limit in question.space.limits:
        if limit.names & names and not limit.is_of_any:
            if any(name.startswith(("#", "$")) for name in limit.names):
                return None
            limits.append(z3.substitute(limit.term, *pairs))
    old = question.outcomes[0]

    def put(term: Term) -> Term:
        return z3.substitute(as_z3(term), *pairs)

    before, final = (Val(put(v.lo), put(v.hi), put(v.bad)) for v in (old.before, old.final))
    then = Outcome(put(old.out), put(old.pending), before, final, put(old.open))
    return Changed(then, land(limits))
