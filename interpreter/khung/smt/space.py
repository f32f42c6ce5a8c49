"""The cases that are looked at: what each subject of one may hold, one variable for each.

Both sides of a question share a space: a fact that both know is one variable, within what both
allow. A case is about one subject; what its rules read of others is free within its type.
"""

from __future__ import annotations

from dataclasses import field
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import z3
from z3 import z3core

from khung.ir import types as t
from khung.records import dataclass
from khung.smt import days
from khung.smt.terms import as_z3, land, lor

if TYPE_CHECKING:
    from collections.abc import Iterable

    from khung.ir.nodes import Node
    from khung.smt.terms import Term


class LeftOutError(Exception):
    """What has no form here; the message names it."""


@dataclass(frozen=True, slots=True, eq=False)
class Obj:
    """An object of a case.

    Attributes:
        path: How the subject asked leads to it; of that itself empty.
        type: Its declared type.
        owner: The object that holds a record; None of a subject.
        held: The fact, link or list by which it is reached, of the object before it.
        before: That object; None of the subject asked.
        back: Of an element of a back list the link that leads to that object.
    """

    path: str
    type: str
    owner: Obj | None = None
    held: str = ""
    before: Obj | None = None
    back: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Var:
    """What is free of an object: a fact, a criterion, whether something is there, a level.

    Attributes:
        holder: The object.
        name: The name under which it is held, as `ir.members` says it, or a place of ballots.
        term: Its value.
        ty: Its type.
    """

    holder: Obj
    name: str
    term: Any
    ty: t.Type


IDENTITY = "identity"
"""The name under which an object holds its number."""

ASSUMED = "assumed "
"""Begins the name of the variable that says whether a case leaves a fact to its defaults."""

ANY = "[any]"
"""Ends the path of an element that stands for all elements of its list."""


@dataclass(slots=True, eq=False)
class Limit:
    """What holds of every case.

    Attributes:
        below: The path of the element that stands for all of a list, of which it speaks; empty
            where it speaks of a case.
        sorts: Whether it says of which kinds the elements of a list are.
    """

    term: Any
    below: str
    sorts: bool = False

    def is_below(self, path: str) -> bool:
        """Whether it speaks of the element that stands for all of a list, or of one in that."""
        return f"{self.below}{ANY}".startswith(f"{path}{ANY}")


def names_in(term: Any) -> frozenset[str]:
    """Return the names of the variables in a term.

    The parts of a term are looked at as z3 numbers them: to make an expression of Python of each
    takes longer than all the rest.
    """
    ref = term.ctx.ref()
    todo, seen, found = [term.as_ast()], set[int](), set[str]()
    while todo:
        part = todo.pop()
        number = z3core.Z3_get_ast_id(ref, part)
        if number in seen:
            continue
        seen.add(number)
        arity = z3core.Z3_get_app_num_args(ref, part)
        todo += (z3core.Z3_get_app_arg(ref, part, place) for place in range(arity))
        if not arity:
            declared = z3core.Z3_get_app_decl(ref, part)
            if z3core.Z3_get_decl_kind(ref, declared) == z3.Z3_OP_UNINTERPRETED:
                symbol = z3core.Z3_get_decl_name(ref, declared)
                found.add(z3core.Z3_get_symbol_string(ref, symbol))
    return frozenset(found)


@dataclass(slots=True)
class Space:
    """All variables of a question, and what no case goes beyond.

    Attributes:
        root: The subject asked.
        facts: By path of the holder and name.
        limits: What holds of every case.
        left: What was left out, or followed to a number of elements only, named.
        counted: How many elements there are of which a rule of the subject asked takes a share.
        edges: By the name of a variable, the constants that it was compared with.
        opaque: By the name of a variable that stands for what has no form here, that.
    """

    root: Obj
    facts: dict[tuple[str, str], Var] = field(default_factory=dict)
    by_path: dict[str, set[str]] = field(default_factory=dict)
    objects: dict[str, Obj] = field(default_factory=dict)
    limits: list[Limit] = field(default_factory=list)
    left: dict[str, None] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)
    counted: dict[str, Any] = field(default_factory=dict)
    parts: dict[Any, int] = field(default_factory=dict)
    edges: dict[str, set[Any]] = field(default_factory=dict)
    bounded: set[str] = field(default_factory=set)
    once: set[Any] = field(default_factory=set)
    opaque: dict[str, Node] = field(default_factory=dict)

    def limit(self, term: Term, at: str, *, sorts: bool = False) -> None:
        """Add what holds of every case, of the object or list at a path."""
        if term is not True:
            self.limits.append(Limit(as_z3(term), at.rpartition(ANY)[0], sorts))

    def limits_of(self, path: str) -> list[Any]:
        """Return the limits of the element that stands for all of a list, and of nothing else."""
        return [one.term for one in self.limits if one.is_below(path)]

    @property
    def real(self) -> list[Any]:
        """The limits of every case: of those who stand for any element there are none in it."""
        return [one.term for one in self.limits if not one.below]

    def first(self, key: Any) -> bool:
        """Whether something is asked for the first time."""
        found = key not in self.once
        self.once.add(key)
        return found

    def code(self, value: str) -> int:
        """Return the number of a text, a value of an enumeration or a kind."""
        return self.codes.setdefault(value, len(self.codes))

    def named(self, node: Any) -> str:
        """Return a name for a part of the core, the same for parts that are equal."""
        return f"={self.parts.setdefault(node, len(self.parts))}"

    def text_of(self, number: int) -> str | None:
        """Return the text that a number stands for; None of one that none was given."""
        return next((text for text, code in self.codes.items() if code == number), None)

    def object(self, path: str, kind: str, **how: Any) -> Obj:
        """Return an object by its path, the same each time."""
        if path not in self.objects:
            self.objects[path] = Obj(path, kind, **how)
        return self.objects[path]

    def through(self, before: Obj, name: str, kind: str) -> Obj:
        """Return the object to which a link or a field of another leads."""
        if name == "owner" and before.owner is not None:
            return before.owner
        if before.before is not None and before.back == name:
            return before.before
        return self.object(f"{before.path}.{name}", kind, held=name, before=before)

    def var(self, holder: Obj, name: str, ty: t.Type) -> Var:
        """Return a variable, made when it is first asked for."""
        key = (holder.path, name)
        if key not in self.facts:
            term, limit = self._fresh(f"{holder.path}.{name}", ty)
            self.facts[key] = Var(holder, name, term, ty)
            short = name.removeprefix("criteria.").removeprefix("has ").split(".")[0]
            self.held(holder).add(short)
            self.limit(limit, holder.path)
        found = self.facts[key]
        if found.ty != ty:
            raise LeftOutError(f"{holder.type}.{name}")
        return found

    def held(self, obj: Obj) -> set[str]:
        """Return the names of what is asked of an object; of criteria and ballots without more."""
        return self.by_path.setdefault(obj.path, set())

    def _fresh(self, name: str, ty: t.Type) -> tuple[Term, Term]:
        match ty:
            case t.Boolean():
                return z3.Bool(name), True
            case t.Number() | t.Ratio() | t.Seconds():
                return z3.Real(name), True
            case t.Date():
                return days.fresh(name)
            case t.Scale() | t.Enumeration() | t.String() | t.Months() | t.Object():
                term = z3.Int(name)
                return term, True if isinstance(ty, t.Months) else term >= 0
            case _:
                raise LeftOutError(name.lstrip("."))

    def note_edge(self, term: Term, constant: Any) -> None:
        """Note that a variable is compared with a constant."""
        if z3.is_const(term) and term.num_args() == 0:
            self.edges.setdefault(term.decl().name(), set()).add(constant)


def plain(value: Any, ty: t.Type, space: Space) -> Term:
    """Return a constant of the core as a term.

    Raises:
        LeftOutError: It has no form here.
    """
    match value:
        case bool():
            return value
        case int() if isinstance(ty, t.Scale | t.Months):
            return value
        case int() | Decimal() | Fraction():
            return whole(Fraction(value))
        case str():
            return space.code(value)
        case _:
            if isinstance(ty, t.Date):
                return days.number_of(value)
            raise LeftOutError(str(value))


def whole(number: Fraction) -> int | Fraction:
    """Return a number as an `int` where it is one."""
    return number.numerator if number.denominator == 1 else number


def one_of(term: Term, values: Iterable[int]) -> Term:
    """Return that a term is one of some numbers."""
    if isinstance(term, int):
        return True
    return lor(term == value for value in values)


def within(term: Term, low: Any, high: Any) -> Term:
    """Return that a term is between two constants; None is no end."""
    ends = [] if low is None else [term >= as_z3(low)]
    return land(ends if high is None else [*ends, term <= as_z3(high)])
