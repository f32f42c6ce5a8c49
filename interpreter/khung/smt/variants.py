"""A question beside itself: the same cases with a rule that says nothing, or a fact changed."""

from __future__ import annotations

from dataclasses import field
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
    from collections.abc import Callable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from khung.ir.nodes import Node, Rule
    from khung.ir.program import ObjectType, Program
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


@dataclass(slots=True, eq=False)
class Switches:
    """The outcome of a question, written once for all sets of rules that say nothing.

    Attributes:
        by_rule: By the id of a rule, the variable that says whether it counts.
        outcome: The outcome by those variables.
    """

    by_rule: dict[str, Any]
    outcome: Outcome
    made: dict[frozenset[str], Outcome] = field(default_factory=dict)

    def without(self, rules: frozenset[str]) -> Outcome:
        """Return what comes of the subject if some rules say nothing."""
        if rules not in self.made:
            pairs = [(s, z3.BoolVal(rule not in rules)) for rule, s in self.by_rule.items()]
            self.made[rules] = put(
                self.outcome, lambda term: z3.simplify(z3.substitute(as_z3(term), *pairs))
            )
        return self.made[rules]


def switches_of(question: Question) -> Switches:
    """Return the outcome with a switch for each rule, of a question that is not finished yet."""
    side = question.sides[0]
    by_rule = {r.id: z3.Bool(f"!{r.id}") for r in rules_of(side.type_of(question.subject))}
    found = Side(side.program, side.space, side.lists, switches=by_rule)
    return Switches(by_rule, _outcome_of(question, found))


def turned(question: Question, said: Mapping[int, Node], program: Program | None = None) -> Outcome:
    """Return what comes of the subject if marks of rules, by their `id`, say something else.

    That may ask nothing of the elements of lists that was not asked before.

    Args:
        question: The question.
        said: What the marks say instead.
        program: The program with stages that say something else, if they do.
    """
    side = question.sides[0]
    other = Side(program or side.program, side.space, side.lists, instead=said)
    return _outcome_of(question, other)


def _outcome_of(question: Question, found: Side) -> Outcome:
    """Return what a side finds that takes over all but the stages."""
    known = question.sides[0].known
    found.known |= {key: v for key, v in known.items() if not key[2].startswith("stages.")}
    return outcome_of(found)


def hidden(question: Question, names: AbstractSet[str]) -> bool:
    """Whether something of which nothing is known reads one of some variables of the subject."""
    own = {name.removeprefix(".") for name in names}
    held = {name.partition(".")[0] for name in own}  # of ballots for a level: the ballots
    return bool({(question.subject, name) for name in own | held} & question.hidden)


def put(outcome: Outcome, change: Callable[[Any], Any]) -> Outcome:
    """Return an outcome with each of its terms changed, what is the same once."""
    known: dict[Any, Any] = {}

    def once(term: Term) -> Term:
        key = term if isinstance(term, bool | int) else term.get_id()
        if (type(term), key) not in known:
            known[type(term), key] = change(term)
        return known[type(term), key]

    before, final = (Val(*map(once, level)) for level in (outcome.before, outcome.final))
    return Outcome(once(outcome.out), once(outcome.pending), before, final, once(outcome.open))


def differ(one: Outcome, other: Outcome) -> Term:
    """Return whether two outcomes differ."""
    inside = land((one.inside, other.inside))
    levels = lor((_unlike(one.before, other.before), _unlike(one.final, other.final)))
    scope = (getattr(one, key) for key in ("out", "pending", "open"))
    others = (getattr(other, key) for key in ("out", "pending", "open"))
    return lor((*map(_ne, scope, others), land((inside, levels))))


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
    None, too, if something of which nothing is known may hang on them.
    """
    if hidden(question, {term.decl().name() for term in values}):
        return None
    pairs = [(term, as_z3(value)) for term, value in values.items()]
    limits = []
    for limit in question.touching({term.decl().name() for term in values}):
        if limit.sorts:
            return None
        limits.append(z3.substitute(limit.term, *pairs))
    then = put(question.outcomes[0], lambda term: z3.substitute(as_z3(term), *pairs))
    return Changed(then, land(limits))
