"""The smallest case that shows something: as little as can be differs from a plain good one.

A plain case is one of the best level, with all that is taken where nothing is said. What is asked
for is then kept to that as far as it goes, by dropping what stands in the way; of numbers that
must differ the value nearest to what some rule compares them with is taken.
"""

from __future__ import annotations

from dataclasses import field
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import z3

from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.program import ladder_of
from khung.records import dataclass
from khung.smt import days
from khung.smt.space import ANY, IDENTITY, LeftOutError, plain
from khung.smt.terms import as_z3, limit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from khung.smt.question import Question
    from khung.smt.space import Obj, Var
    from khung.smt.terms import Term

_SECONDS = 3.0
_PLACES = 100
_MOST_VALUES = 6  # of a number, tried beside each other


@dataclass(slots=True, eq=False)
class Wish:
    """What a case should keep to, if it can: a variable that has a value.

    Attributes:
        mark: The variable under which it is asked for.
        kept: Whether it is kept to.
        value: The value; None where it need only be whole.
    """

    mark: Any
    term: Any
    value: Any
    kept: Any


@dataclass(slots=True, eq=False)
class Smallest:
    """Finds small cases of one question.

    Attributes:
        plain: What a plain case says, by what is asked of every case: of a kind, for one.
        last: What the first case said: another that shows the same is like it, if it can be.
        made: All wishes, by the number among terms of what they ask for.
        solver: What the last case was asked of.
    """

    question: Question
    plain: dict[str, list[Wish]] = field(default_factory=dict)
    last: list[Wish] = field(default_factory=list)
    held: dict[int, tuple[Obj, str]] = field(default_factory=dict)
    made: dict[int, Wish] = field(default_factory=dict)
    decimals: Any = None
    solver: Any = None

    def find(self, hard: Iterable[Term], about: Term) -> Any:
        """Return the model of a small case in which some terms hold.

        Args:
            hard: What has to hold.
            about: What holds of the plain case, too: the kind of the subject.
        """
        terms = [as_z3(about), *map(as_z3, hard)]
        found = self._find([*terms, self._sayable()], about)
        return found if found is not None else self._find(terms, about)

    def _sayable(self) -> Any:
        """Return that numbers have two decimals at most: a third cannot be written as one."""
        if self.decimals is None:
            numbers = [v.term for v in self._vars() if isinstance(v.ty, t.Number | t.Ratio)]
            whole = [z3.IsInt(term * _PLACES) for term in numbers if z3.is_real(term)]
            self.decimals = z3.And(z3.BoolVal(True), *whole)
        return self.decimals

    def _find(self, asked: list[Any], about: Term) -> Any:
        if self.last:
            model, _ = self._keep(asked, self.last)
            if model is not None:
                return model
        usual = self._plain_of(about)
        model, kept = self._keep(asked, usual)
        if model is None:
            return None
        found = self._near(asked, kept, usual, model)
        self.last = [self._wish(x, _value(found, x)) for x in self._terms()]
        return found

    def matters(self, model: Any, about: Term) -> list[tuple[Obj, str]]:
        """Return what a model says otherwise than the plain case: an object and a name in it."""
        found: list[tuple[Obj, str]] = []
        for wish in self._plain_of(about):
            if wish.value is None:  # a number that need only be whole
                continue
            value = model.eval(as_z3(wish.term), model_completion=True)
            held = self._held().get(wish.term.get_id())
            if held is not None and not value.eq(as_z3(wish.value)) and held not in found:
                found.append(held)
        return found

    def _held(self) -> dict[int, tuple[Obj, str]]:
        """Return what each variable is, by its number among terms."""
        if not self.held:
            for source in self.question.lists.found.values():
                for kind in source.kinds:
                    self.held[kind.number.get_id()] = source.holder, source.name
            for var in self._vars():
                self.held[var.term.get_id()] = var.holder, var.name
        return self.held

    # -- keeping to wishes --------------------------------------------------------------------

    def _check(self, asked: list[Any]) -> Any:
        limit(self.solver, _SECONDS)
        return self.solver.check(*asked)

    def _new(self, wishes: list[Wish]) -> Any:
        """Return a solver that knows what every case keeps to, and of some wishes."""
        self.solver = z3.Solver()
        self.solver.add(*self.question.space.real)
        self.solver.add(*(z3.Implies(wish.mark, wish.kept) for wish in wishes))
        return self.solver

    def _keep(self, asked: list[Any], wishes: list[Wish]) -> tuple[Any, list[Wish]]:
        """Return a model that keeps to as many wishes as it can, and those.

        It is asked of a solver of its own: what one has learned of other cases, and of wishes that
        are not asked for, leads it astray.
        """
        solver, left, dropped = self._new(wishes), list(wishes), list[Wish]()
        while (found := self._check([*asked, *(w.mark for w in left)])) == z3.unsat:
            core = {part.get_id() for part in solver.unsat_core()}
            against = [w for w in left if w.mark.get_id() in core]
            if not against:
                return None, []
            dropped += against
            left = [w for w in left if w.mark.get_id() not in core]
        if found != z3.sat:
            return None, []
        model = solver.model()
        for wish in dropped:
            if z3.is_true(_value(model, wish.kept)):
                left.append(wish)
            elif self._check([*asked, *(w.mark for w in left), wish.mark]) == z3.sat:
                left.append(wish)
                model = solver.model()
        return model, left

    def _near(self, asked: list[Any], kept: list[Wish], wishes: list[Wish], model: Any) -> Any:
        """Return a model in which numbers that differ from the plain case lie near an edge."""
        marks, ids = [w.mark for w in kept], {id(w) for w in kept}
        edges = self.question.space.edges
        for wish in wishes:
            if id(wish) in ids or not z3.is_arith(wish.term) or wish.value is None:
                continue
            name = wish.term.decl().name() if z3.is_const(wish.term) else ""
            for value in _candidates(edges.get(name, ()), wish.value):
                fixed = wish.term == as_z3(value)
                if self._check([*asked, *marks, fixed]) == z3.sat:
                    marks.append(fixed)
                    model = self.solver.model()
                    break
            else:
                whole = z3.IsInt(wish.term) if z3.is_real(wish.term) else None
                if whole is not None and self._check([*asked, *marks, whole]) == z3.sat:
                    marks.append(whole)
                    model = self.solver.model()
        return model

    # -- the plain case -----------------------------------------------------------------------

    def _plain_of(self, about: Term) -> list[Wish]:
        key = str(about)
        if key not in self.plain:
            self.plain[key] = self._plain(about)
        return self.plain[key]

    def _plain(self, about: Term) -> list[Wish]:
        """Return what a plain case says of every variable."""
        first = [self._wish(term, value) for term, value in self._usual()]
        first += [self._whole(var.term) for var in self._vars() if isinstance(var.ty, t.Number)]
        best = ladder_of(self.question.sides[0].type_of(self.question.subject)).levels[0].rank
        model = None
        for rank in range(best, -1, -1):
            good = [as_z3(o.reaches(rank)) for o in self.question.outcomes]
            model, _ = self._keep([as_z3(about), *good], first)
            if model is not None:
                break
        if model is None:
            return first
        wishes = []
        for term in self._terms():
            value = model.eval(as_z3(term), model_completion=True)
            wishes.append(self._wish(term, value))
        return wishes

    def _wish(self, term: Any, value: Any) -> Wish:
        return self._marked(term, value, term == as_z3(value))

    def _whole(self, term: Any) -> Wish:
        """Return the wish that a number is whole."""
        return self._marked(term, None, z3.IsInt(term))

    def _marked(self, term: Any, value: Any, kept: Any) -> Wish:
        """Return a wish, the same each time."""
        key = kept.get_id()
        if key not in self.made:
            self.made[key] = Wish(z3.Bool(f"?{len(self.made)}"), term, value, kept)
        return self.made[key]

    def _terms(self) -> list[Any]:
        return everything(self.question)

    def _vars(self) -> list[Var]:
        found = self.question.space.facts.values()
        return [var for var in found if ANY not in var.holder.path]

    def _usual(self) -> list[tuple[Any, Any]]:
        """Return what an office would write, as far as that can be told."""
        usual = [
            (kind.number, 0)
            for source in self.question.lists.found.values()
            if ANY not in source.path
            for kind in source.kinds
        ]
        for var in self._vars():
            value = self._usual_of(var)
            if value is not None:
                usual.append((var.term, value))
        return usual

    def _usual_of(self, var: Var) -> Any:
        side, name = self.question.sides[0], var.name
        declared = side.program.objects.get(var.holder.type)
        if name == "on":
            return days.number_of(side.program.period[1])
        if name == IDENTITY:  # all are others, unless it is asked for
            return 1 + [*side.space.objects].index(var.holder.path)
        if declared is None:
            return None
        if name.startswith(("place ", "state ")):
            return True
        if name.startswith("level "):
            return ladder_of(declared).levels[0].rank
        if name.startswith("has "):
            held = declared.facts.get(name[4:]) or declared.links.get(name[4:])
            return not (held is None or held.has_default or isinstance(held.ty, t.Ballots))
        fact = declared.facts.get(name)
        match fact and fact.default:
            case n.Literal() as default:
                try:
                    return plain(default.value, var.ty, side.space)
                except LeftOutError:
                    return None
            case _:  # no default that is the same for all
                return self._number(var)

    def _number(self, var: Var) -> Any:
        """Return a day two years before, the best grade, or nothing of anything else."""
        if isinstance(var.ty, t.Scale) and var.name.startswith("criteria."):
            return len(self.question.sides[0].program.values[var.ty.name].values) - 1
        if isinstance(var.ty, t.Date):
            first = self.question.sides[0].program.period[0]
            return days.moved(days.number_of(first), -24)
        return None


def _candidates(edges: Iterable[Any], usual: Any) -> list[Any]:
    """Return values to try: edges and one step beyond, the nearest to the usual value first."""
    base = _plain_number(usual)
    found = {value for edge in edges for value in (edge, edge - 1, edge + 1)}
    found |= {base - 1, base + 1} if base is not None else set()
    origin = base if base is not None else 0
    ordered = sorted((v for v in found if not isinstance(v, bool)), key=lambda v: abs(v - origin))
    return ordered[:_MOST_VALUES]


def _plain_number(value: Any) -> Any:
    if isinstance(value, int | Fraction | Decimal):
        return value
    if z3.is_int_value(value):
        return value.as_long()
    if z3.is_rational_value(value):
        found = value.as_fraction()
        return found.numerator if found.denominator == 1 else found
    return None


def _value(model: Any, term: Any) -> Any:
    return model.eval(as_z3(term), model_completion=True)


def everything(question: Question) -> list[Any]:
    """Return all that is free: numbers of elements first, as most hangs on them."""
    counts = [
        kind.number
        for source in question.lists.found.values()
        if ANY not in source.path
        for kind in source.kinds
    ]
    found = question.space.facts.values()
    return [*counts, *(var.term for var in found if ANY not in var.holder.path)]
