"""What two programs make of every case of a subject, and whether they can differ.

In: a program or two, and a type of subject. Out: terms for what comes of it, and answers of z3
about them: that something holds for every case, a case where it does not, or neither in time.
"""

from __future__ import annotations

import re
from dataclasses import field
from enum import Enum
from typing import TYPE_CHECKING, Any

import z3

from khung.ir import types as t
from khung.ir.program import ladder_of
from khung.ir.reads import all_read_of
from khung.ir.stages import names
from khung.records import dataclass
from khung.rulebook.model.rules import Stage
from khung.smt import days
from khung.smt.alike import Alike
from khung.smt.identities import Identities
from khung.smt.lists import Lists
from khung.smt.side import Side
from khung.smt.space import ANY, Obj, Space, names_in, within
from khung.smt.terms import Val, as_z3, compared, land, limit, lnot, lor
from khung.syntax.operators import CompareOp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from collections.abc import Set as AbstractSet
    from datetime import date

    from khung.ir.program import Program
    from khung.smt.space import Limit
    from khung.smt.terms import Term

_YEAR = 12  # months

SECONDS = 5.0
"""How long one answer may take."""

_MOST_MODELS = 200
"""How many cases are kept, to be looked at before the solver looks for another."""


class Answer(Enum):
    """What is said of a claim."""

    HOLDS = "holds"
    REFUTED = "refuted"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What comes of the subject asked.

    Attributes:
        out: Whether it is outside the ranking.
        pending: Whether it is inside, and a step of the procedure is missing.
        before: Its level before the quotas.
        final: Its level in the end; who has a place in a quota is free.
        open: Whether something is open before any body has a choice: what is divided by nothing,
            or points that no level has.
    """

    out: Any
    pending: Any
    before: Val
    final: Val
    open: Any = False

    def reaches(self, rank: int) -> Term:
        """Return whether it surely has a level or a better one."""
        return land((self.inside, lnot(self.final.bad), _at_least(self.final.lo, rank)))

    def may_reach(self, rank: int) -> Term:
        """Return whether it may have a level or a better one."""
        return land((self.inside, lor((self.final.bad, _at_least(self.final.hi, rank)))))

    @property
    def inside(self) -> Term:
        """Whether it has a level, be it open."""
        return lnot(lor((self.out, self.pending)))

    @property
    def failed(self) -> Term:
        """Whether it is inside and something cannot be worked out."""
        return lor((self.open, land((self.inside, self.final.bad))))

    @property
    def chosen(self) -> Term:
        """Whether it is left to a body."""
        open_ = compared(CompareOp.NE, self.final.lo, self.final.hi)
        return land((self.inside, lnot(self.final.bad), open_))


def _at_least(level: Term, rank: int) -> Term:
    return compared(CompareOp.GE, level, rank)


@dataclass(slots=True, eq=False)
class Question:
    """The cases of a type of subject under one program, or two of them.

    Attributes:
        subject: The name of the type.
        sides: A side for each program.
        asked: Terms for what was asked, so that what is read of lists is known before they are
            finished.
        models: The cases that were found, the last first.
    """

    subject: str
    space: Space
    lists: Lists
    sides: tuple[Side, ...]
    outcomes: tuple[Outcome, ...]
    solver: Any = field(init=False, default=None)
    possible: dict[str, bool] = field(default_factory=dict)
    named: list[tuple[Limit, frozenset[str]]] = field(default_factory=list)
    read: AbstractSet[tuple[str, str]] = frozenset()
    unread: int = 0
    models: list[Any] = field(default_factory=list)

    def finish(self) -> None:
        """Finish the lists; after that nothing new can be asked of their elements."""
        self._settle()
        self.lists.finish()
        self._settle()
        Identities(self.space, self.lists, self.sides[0]).settle()
        if self.lists.follows:
            self._hold_days()
        self.solver = z3.Solver()
        self.solver.add(*self.space.real)

    def _hold_days(self) -> None:
        """Say that days are in the calendar, of the subject asked: cases are made of them."""
        for var in [*self.space.facts.values()]:
            if var.holder is self.space.root and isinstance(var.ty, t.Date):
                self.space.limit(days.is_day(var.term), var.holder.path)

    def _settle(self) -> None:
        """Ask of which kind each object is and what applies to it, as a case has to say it."""
        done = 0
        while done < len(self.space.facts) + len(self.space.objects):
            done = len(self.space.facts) + len(self.space.objects)
            for obj in [*self.space.objects.values()]:
                if ANY not in obj.path and obj.type:
                    for side in self.sides:
                        side.settle(obj)

    def touching(self, names: AbstractSet[str]) -> list[Limit]:
        """Return what holds of every case and speaks of one of some variables."""
        if not self.named:
            real = (limit for limit in self.space.limits if not limit.below)
            self.named = [(limit, names_in(limit.term)) for limit in real]
        return [limit for limit, own in self.named if names & own]

    @property
    def hidden(self) -> AbstractSet[tuple[str, str]]:
        """What is read by that of which nothing is known: the type and the name of each."""
        if self.unread != len(self.space.opaque):
            nodes = {id(node): node for node in self.space.opaque.values()}
            programs = [side.program for side in self.sides]
            read = (all_read_of(node, p) for node in nodes.values() for p in programs)
            self.unread, self.read = len(self.space.opaque), frozenset().union(*read)
        return self.read

    def kind(self, name: str) -> Term:
        """Return that the subject is of a kind; of no kind always."""
        declared = self.sides[0].type_of(self.subject)
        if not name:
            return True
        field_of = declared.kind_field
        ty = t.Enumeration(f"{declared.name}.{field_of}")
        term = self.sides[0].fact(self.space.root, field_of, ty).lo
        return compared(CompareOp.EQ, term, self.space.code(name))

    def is_possible(self, kind: str) -> bool:
        """Whether there is any case of a kind that all sides take: of none nothing is proved."""
        if kind not in self.possible:
            self.possible[kind] = self.found(self.kind(kind))[0] is Answer.REFUTED
        return self.possible[kind]

    def rank(self, level: str) -> int:
        """Return the rank of a level."""
        program = self.sides[0].program
        scale = ladder_of(program.objects[self.subject]).scale.name
        return program.values[scale].values.index(level)

    @property
    def left_out(self) -> tuple[str, ...]:
        """What is not known of here, or followed to some elements only, by its name."""
        bounded = (path.removeprefix(".").replace("record ", "") for path in self.space.bounded)
        kept = {re.sub(r"\[[^]]*\]", "", name) for name in (*self.space.left, *bounded)}
        names = {name.replace("record ", "") for name in kept}
        return tuple(sorted(name for name in names if not name.startswith("=")))

    def check(self, *terms: Term, seconds: float = SECONDS) -> tuple[Answer, Any]:
        """Look for a case in which all terms hold.

        Returns:
            REFUTED with a model of such a case, HOLDS if there is none, or UNKNOWN.
        """
        limit(self.solver, seconds)
        found = self.solver.check(*map(_literal, terms))
        if found == z3.sat:
            model = self.solver.model()
            self.models = [model, *self.models][:_MOST_MODELS]
            return Answer.REFUTED, model
        return (Answer.HOLDS if found == z3.unsat else Answer.UNKNOWN), None

    def found(self, *terms: Term, seconds: float = SECONDS) -> tuple[Answer, Any]:
        """Look for a case as `check` does, first among those that were found for other terms."""
        asked = [as_z3(term) for term in terms]
        for model in self.models:
            if all(z3.is_true(model.eval(term, model_completion=True)) for term in asked):
                return Answer.REFUTED, model
        return self.check(*asked, seconds=seconds)


def _literal(term: Term) -> z3.ExprRef:
    return as_z3(term)


def question(
    subject: str,
    programs: Iterable[Program],
    shift: int = 0,
    *,
    follows: bool = False,
    fixed: Mapping[tuple[str, str], Any] | None = None,
) -> Question:
    """Return the cases of a subject under one program or two.

    Args:
        subject: The name of the type, which all have.
        programs: Those programs.
        shift: By how many months the days of a case are moved for the second.
        follows: Whether lists that cannot be counted by kind are followed to some elements.
        fixed: Facts that have one value on the second side, whatever a case says.
    """
    given = tuple(programs)
    root = Obj("", subject)
    space = Space(root, objects={"": root})
    lists = Lists(space, follows)
    first = Side(given[0], space, lists, label="a")
    sides: tuple[Side, ...] = (first,)
    if len(given) > 1:
        first.alike = Alike(given[0], given[1], moved_back(shift), frozenset(fixed or ()))
        sides = (first, _beside(first, given[1], shift, fixed or {}))
    outcomes = tuple(map(outcome_of, sides))
    return Question(subject, space, lists, sides, outcomes)


def _beside(
    first: Side, program: Program, shift: int, fixed: Mapping[tuple[str, str], Any]
) -> Side:
    """Return the second side; what it says alike it takes from the first."""
    return Side(
        program,
        first.space,
        first.lists,
        shift=shift,
        fixed=fixed,
        label="b",
        alike=first.alike,
        other=first,
    )


def moved_back(shift: int) -> Callable[[date], date]:
    """Return what says a day of the second program as the first one does."""
    return lambda day: days.day_of(days.moved(days.number_of(day), -shift))


def outcome_of(side: Side) -> Outcome:
    """Return what one side makes of the subject asked."""
    root = side.space.root
    _limit_day(side)
    scope = [side.defined(root, name) for name in (names.OUT, names.PENDING)]
    out = scope[0].lo
    pending = land((lnot(out), scope[1].lo))
    under = side.defined(root, names.of_stage(Stage.CAP))
    inside = lnot(lor((out, pending)))
    unsure = land((inside, lor(_apart(value) for value in scope)))
    before = side.defined(root, names.of_stage(Stage.DEFER))
    final = side.defined(root, names.of_stage(Stage.QUOTA))
    open_ = lor((unsure, land((inside, _apart(under)))))
    return Outcome(out, pending, before, final, open_)


def _apart(value: Val) -> Term:
    return compared(CompareOp.NE, value.lo, value.hi)


def _limit_day(side: Side) -> None:
    """Say that a case is of the period of the first program, or of the year after its end."""
    if side.label != "a":
        return
    first, last = (days.number_of(day) for day in side.program.period)
    on = side.fact(side.space.root, "on", t.DATE).lo
    side.space.limit(within(on, first, days.moved(last, _YEAR)), side.space.root.path)


def levels_of(program: Program, subject: str) -> tuple[str, ...]:
    """Return the levels of a subject, the best first."""
    ladder = ladder_of(program.objects[subject])
    values = program.values[ladder.scale.name].values
    return tuple(values[level.rank] for level in ladder.levels)
