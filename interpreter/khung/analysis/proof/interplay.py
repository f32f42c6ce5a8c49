"""How rules bear on each other: which cover one that never decides, which take an exception back.

Also which level is left where one requirement is not met.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import z3

from khung.analysis.proof.asked import Found
from khung.analysis.proof.properties import Status
from khung.ir.stages import names
from khung.records import dataclass
from khung.rulebook.model.rules import Stage
from khung.smt.parts import parts_of
from khung.smt.question import Answer, question
from khung.smt.smallest import Smallest
from khung.smt.terms import as_z3, compared, land, lnot
from khung.smt.variants import differ, put
from khung.syntax.operators import CompareOp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.analysis.proof.asked import Asked
    from khung.smt.parts import Parts
    from khung.smt.question import Question
    from khung.smt.terms import Term


_SECONDS = 2.0
"""How long one of many small questions may take."""


def covering(asked: Asked, rule: str) -> str | None:
    """Return a rule that decides wherever one that never decides would; None if there is none.

    In some case neither of the two makes a difference alone, and both together do.
    """
    made = asked.question(follows=False)
    switches = asked.switches[id(made)]
    others = {name: s for name, s in switches.by_rule.items() if name != rule}
    if not others or rule not in switches.by_rule:
        return None

    def with_rule(on: bool) -> Any:  # noqa: FBT001  # on or off
        pair = switches.by_rule[rule], z3.BoolVal(on)
        return put(switches.outcome, lambda x: z3.simplify(z3.substitute(as_z3(x), pair)))

    all_on = switches.without(frozenset())
    off = [z3.Not(switch) for switch in others.values()]
    asked_for = (
        z3.AtMost(*off, 1),
        differ(all_on, with_rule(on=False)),
        lnot(differ(all_on, with_rule(on=True))),
    )
    answer, model = made.check(*asked_for, seconds=min(_SECONDS, asked.budget.left))
    if answer is not Answer.REFUTED:
        return None
    return next((name for name, s in others.items() if z3.is_false(model.eval(s))), None)


@dataclass(frozen=True, slots=True, eq=False)
class TakenBack:
    """A requirement from which something excuses, and the knock-out that holds it against it."""

    rules: tuple[str, str]
    excused: Any
    asked: Question


def taken_back(asked: Asked, owner: str, name: str) -> TakenBack | None:
    """Return what takes back an exception; None if nothing does, or if it is none.

    Args:
        asked: What is asked of one type of subject.
        owner: That type, or the type of its records that hold the exception.
        name: The truth that is the exception.
    """
    made, pairs = _excuses(asked, owner, name, follows=False)
    for rule, excused in pairs:
        seconds = min(_SECONDS, asked.budget.left)
        if made.check(excused, seconds=seconds)[0] is not Answer.REFUTED:
            continue
        for knockout, holds in _parts(asked, made).knocked.items():
            if made.check(excused, lnot(holds), seconds=seconds)[0] is Answer.HOLDS:
                return TakenBack((rule, knockout), excused, made)
    return None


def taken_back_found(asked: Asked, owner: str, name: str) -> Found:
    """Return whether nothing takes an exception back, with a case in which something does."""
    found = taken_back(asked, owner, name)
    if found is None:
        return Found(Status.HOLDS)
    made, pairs = _excuses(asked, owner, name, follows=True)
    term = dict(pairs).get(found.rules[0])
    model = None if term is None else Smallest(made).find([term], True)
    return Found(Status.REFUTED if model is not None else Status.UNKNOWN, model, made)


def _parts(asked: Asked, made: Question) -> Parts:
    return asked.parts[id(made)]


def _excuses(
    asked: Asked, owner: str, name: str, *, follows: bool
) -> tuple[Question, list[tuple[str, Term]]]:
    """Return, of each requirement, that it is met and would not be without the exception."""
    if owner == asked.subject:
        made = asked.question(follows=follows)
        return made, [*_own(_parts(asked, made), made, name)]
    programs = (asked.program, asked.program)
    made = question(asked.subject, programs, follows=follows, fixed={(owner, name): False})
    with_it, without_it = map(parts_of, made.sides)
    made.finish()
    asked.parts[id(made)] = with_it
    asked.kept.append(made)
    unmet = [(rule, x, without_it.unmet.get(rule, x)) for rule, x in with_it.unmet.items()]
    inside = made.outcomes[0].inside
    return made, [(rule, land((inside, lnot(x), y))) for rule, x, y in unmet if x is not y]


def _own(parts: Parts, made: Question, name: str) -> Iterator[tuple[str, Term]]:
    var = made.space.facts.get(("", name))
    if var is None or not z3.is_bool(var.term):
        return
    for rule, unmet in parts.unmet.items():
        without = z3.substitute(as_z3(unmet), (var.term, z3.BoolVal(False)))
        if not without.eq(as_z3(unmet)):
            yield rule, land((made.outcomes[0].inside, var.term, lnot(unmet), without))


def best_left(asked: Asked, rule: str) -> str | None:
    """Return the best level by the standard where a requirement is not met; None of one that is."""
    for level in asked.levels:
        made = asked.question(follows=True)
        seconds = min(_SECONDS, asked.budget.left)
        found = made.check(_left(asked, made, rule, level), seconds=seconds)[0]
        if found is Answer.REFUTED:
            return level
    return None


def left(asked: Asked, rule: str, level: str) -> Found:
    """Return the smallest case with that level in which a requirement is not met."""
    made = asked.question(follows=True)
    term = _left(asked, made, rule, level)
    model = asked.small[True].find([term], True)
    return Found(Status.HOLDS if model is not None else Status.UNKNOWN, model, made)


def _left(asked: Asked, made: Question, rule: str, level: str) -> Term:
    unmet = _parts(asked, made).unmet.get(rule, False)
    found = made.sides[0].defined(made.space.root, names.of_stage(Stage.STANDARD))
    here = compared(CompareOp.EQ, found.lo, made.rank(level))
    return land((made.outcomes[0].inside, lnot(found.bad), unmet, here))
