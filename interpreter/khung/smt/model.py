"""What a model of z3 says of the variables of a question, as a case file says values."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import z3

from khung.ir import nodes as n
from khung.ir import types as t
from khung.records import dataclass
from khung.smt import days
from khung.smt.space import LeftOutError, Obj
from khung.smt.terms import as_z3

if TYPE_CHECKING:
    from datetime import date

    from khung.ir.nodes import Node
    from khung.ir.program import Fact, Link, ObjectType
    from khung.smt.question import Question
    from khung.smt.side import Side
    from khung.smt.space import Var


class NotSayableError(Exception):
    """A model that no case file can say."""


@dataclass(slots=True, eq=False)
class Model:
    """Reads a model."""

    question: Question
    model: Any

    def period_end(self) -> date:
        """Return the last day of the period."""
        return self.side.program.period[1]

    @property
    def side(self) -> Side:
        """The first side, by which values are said."""
        return self.question.sides[0]

    def declared(self, kind: str) -> list[tuple[Side, ObjectType]]:
        """Return what each side says of a type."""
        sides = self.question.sides
        return [(s, s.program.objects[kind]) for s in sides if kind in s.program.objects]

    def eval(self, term: Any) -> Any:
        """Return the value of a term."""
        return self.model.eval(as_z3(term), model_completion=True)

    def holds(self, term: Any) -> bool:
        """Whether a condition holds."""
        return bool(z3.is_true(self.eval(term)))

    def number(self, term: Any) -> int:
        """Return a whole number."""
        return int(self.eval(term).as_long())

    def day(self, var: Var) -> date:
        """Return a day."""
        return days.day_of(self.number(var.term))

    def plain(self, var: Var) -> Any:
        """Return the value of a variable as a file says it."""
        match var.ty:
            case t.Boolean():
                return self.holds(var.term)
            case t.Number() | t.Ratio():
                return _decimal(self.eval(var.term).as_fraction())
            case t.Date():
                return self.day(var)
            case t.Scale():
                values = self.side.program.values[var.ty.name].values
                return values[min(self.number(var.term), len(values) - 1)]
            case t.Enumeration():
                values = self.side.program.values[var.ty.name].values
                found = self.question.space.text_of(self.number(var.term))
                return found if found in values else values[0]
            case t.String():
                number = self.number(var.term)
                return self.question.space.text_of(number) or f"t{number}"
            case _:  # a file says no other
                raise NotSayableError(var.name)

    def some_value(self, fact: Fact) -> Any:
        """Return a value of which nothing is asked."""
        values = self.side.program.values
        match fact.ty:
            case t.Boolean():
                return False
            case t.Number():
                return fact.low if fact.low is not None else 0
            case t.Date():
                return self.period_end()
            case t.Scale() | t.Enumeration():
                return values[fact.ty.name].values[0]
            case t.Ballots():
                return {}
            case _:  # a file says no other
                return "t"

    def applies(self, condition: Any, obj: Obj, side: Side) -> bool:
        """Whether what has a condition of application applies to an object."""
        if condition is None:
            return True
        try:
            return self.holds(side.value(condition, {0: obj}).lo)
        except LeftOutError:
            return True

    def is_there(self, obj: Obj, held: Fact | Link, side: Side) -> bool:
        """Whether a fact or link applies to an object and is there."""
        if not self.applies(held.applies, obj, side):
            return False
        has = self.question.space.facts.get((obj.path, f"has {held.name}"))
        return has is None or self.holds(has.term)


def _decimal(number: Fraction) -> int | Decimal:
    if number.denominator == 1:
        return int(number)
    digits = Decimal(number.numerator) / Decimal(number.denominator)
    if Fraction(digits) != number:
        raise NotSayableError(str(number))
    return digits


def is_default(fact: Fact, value: Any, side: Side) -> bool:
    """Whether a value is what a case is taken to say where it says nothing."""
    default = constant_of(fact.default)
    if default is None:
        return False
    if isinstance(fact.ty, t.Scale) and isinstance(default, int):
        return bool(side.program.values[fact.ty.name].values[default] == value)
    return bool(default == value)


def constant_of(node: Node | None) -> Any:
    """Return a default that is the same for all; None of any other."""
    match node:
        case n.Literal():
            return node.value
        case n.Build(items=()):
            return ()
        case _:  # a file says no other
            return None
