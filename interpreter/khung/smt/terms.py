"""Terms of z3 that are plain Python where they are constant, and what is known of a value.

A truth, a level or a number is a `bool`, `int` or `Fraction` as long as it is constant, so that
z3 is given only what hangs on a case. What is made often is made by z3's own functions: its
Python operators first look at what they are given, which takes longer than to prove it.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import z3
from z3 import z3core

from khung.syntax.operators import CompareOp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

z3.z3.Z3_DEBUG = False  # z3 itself looks at what it is given; Python need not do so before it

_STEPS = 3_500_000  # of a solver in a second
_PATIENCE = 6  # times slower a machine may be

Term = Any
"""A constant of Python or an expression of z3."""


class Val(NamedTuple):
    """What is known of a value of a complete case.

    Attributes:
        lo: Its least; the same object as `hi` where it is known.
        hi: Its most.
        bad: Whether nothing is known of it: it was divided by nothing, no row of a table holds.
    """

    lo: Term
    hi: Term
    bad: Term = False


def one(term: Term, bad: Term = False) -> Val:  # noqa: FBT002  # a term
    """Return a value that is known, unless `bad`."""
    return Val(term, term, bad)


def is_one(value: Val) -> bool:
    """Whether both ends are the same."""
    return value.lo is value.hi


def as_z3(term: Term) -> z3.ExprRef:
    """Return an expression of z3 for any term."""
    match term:
        case bool():
            return z3.BoolVal(term)
        case int():
            return z3.IntVal(term)
        case Fraction():
            return z3.Q(term.numerator, term.denominator)
        case _:
            return term


def _truth(ast: Any) -> z3.BoolRef:
    return z3.BoolRef(ast, z3.main_ctx())


def _and(terms: list[Term]) -> z3.BoolRef:
    made = (z3.Ast * len(terms))(*(term.ast for term in terms))
    return _truth(z3core.Z3_mk_and(z3.main_ctx().ref(), len(terms), made))


def _or(terms: list[Term]) -> z3.BoolRef:
    made = (z3.Ast * len(terms))(*(term.ast for term in terms))
    return _truth(z3core.Z3_mk_or(z3.main_ctx().ref(), len(terms), made))


def land(terms: Iterable[Term]) -> Term:
    """Return a conjunction."""
    return _joined(terms, _and, ends=False)


def lor(terms: Iterable[Term]) -> Term:
    """Return a disjunction."""
    return _joined(terms, _or, ends=True)


def _joined(terms: Iterable[Term], join: Callable[[list[Term]], Term], *, ends: bool) -> Term:
    """Join truths, of which one that is `ends` says all, and others that are constant nothing."""
    kept: list[Term] = []
    for term in terms:
        if term is ends:
            return ends
        if not isinstance(term, bool):
            kept.append(term)
    if not kept:
        return not ends
    return kept[0] if len(kept) == 1 else join(kept)


def lnot(term: Term) -> Term:
    """Return a negation."""
    if isinstance(term, bool):
        return not term
    return term.arg(0) if z3.is_not(term) else _not(term)


def _not(term: z3.BoolRef) -> z3.BoolRef:
    return _truth(z3core.Z3_mk_not(z3.main_ctx().ref(), term.ast))


def ite(condition: Term, yes: Term, no: Term) -> Term:
    """Return one of two terms."""
    if isinstance(condition, bool):
        return yes if condition else no
    if yes is no or (not _is_z3(yes) and not _is_z3(no) and _same(yes, no)):
        return yes
    if isinstance(yes, bool) and isinstance(no, bool):
        return condition if yes else lnot(condition)
    a, b = even(as_z3(yes), as_z3(no))
    made = z3core.Z3_mk_ite(z3.main_ctx().ref(), condition.ast, a.ast, b.ast)
    return _truth(made) if isinstance(a, z3.BoolRef) else z3.ArithRef(made, z3.main_ctx())


def _same(left: Term, right: Term) -> bool:
    return type(left) is type(right) and bool(left == right)


def _is_z3(term: Term) -> bool:
    return isinstance(term, z3.ExprRef)


def even(left: z3.ExprRef, right: z3.ExprRef) -> tuple[z3.ExprRef, z3.ExprRef]:
    """Return two terms of one sort: a whole number beside a real one is made real."""
    if isinstance(left, z3.BoolRef) or isinstance(right, z3.BoolRef):
        return left, right
    whole = left.is_int(), right.is_int()
    if whole == (True, False):
        return z3.ToReal(left), right
    if whole == (False, True):
        return left, z3.ToReal(right)
    return left, right


_BY_OP: Final[dict[CompareOp, Callable[[Any, Any], Any]]] = {
    CompareOp.EQ: lambda a, b: a == b,
    CompareOp.NE: lambda a, b: a != b,
    CompareOp.LT: lambda a, b: a < b,
    CompareOp.LE: lambda a, b: a <= b,
    CompareOp.GT: lambda a, b: a > b,
    CompareOp.GE: lambda a, b: a >= b,
}

_MADE: Final[dict[CompareOp, Callable[[Any, Any, Any], Any]]] = {
    CompareOp.EQ: z3core.Z3_mk_eq,
    CompareOp.LT: z3core.Z3_mk_lt,
    CompareOp.LE: z3core.Z3_mk_le,
    CompareOp.GT: z3core.Z3_mk_gt,
    CompareOp.GE: z3core.Z3_mk_ge,
}


def compared(op: CompareOp, left: Term, right: Term) -> Term:
    """Return a comparison of two terms; of truths, false is less than true."""
    if not _is_z3(left) and not _is_z3(right):
        return bool(_BY_OP[op](left, right))
    a, b = as_z3(left), as_z3(right)
    if isinstance(a, z3.BoolRef):
        return _compared_truths(op, a, b)
    return _compared(op, *even(a, b))


def _compared(op: CompareOp, left: z3.ExprRef, right: z3.ExprRef) -> z3.BoolRef:
    if op is CompareOp.NE:
        return _not(_compared(CompareOp.EQ, left, right))
    return _truth(_MADE[op](z3.main_ctx().ref(), left.ast, right.ast))


def _compared_truths(op: CompareOp, left: Term, right: Term) -> Term:
    match op:
        case CompareOp.EQ | CompareOp.NE:
            return _compared(op, left, right)
        case CompareOp.LT:
            return land((lnot(left), right))
        case CompareOp.GT:
            return land((left, lnot(right)))
        case CompareOp.LE:
            return lor((lnot(left), right))
        case CompareOp.GE:
            return lor((left, lnot(right)))


def least(terms: Iterable[Term]) -> Term:
    """Return the lowest of some terms."""
    return _extreme(terms, CompareOp.LT)


def greatest(terms: Iterable[Term]) -> Term:
    """Return the highest of some terms."""
    return _extreme(terms, CompareOp.GT)


def _extreme(terms: Iterable[Term], op: CompareOp) -> Term:
    first, *others = terms
    found = first
    for term in others:
        found = ite(compared(op, term, found), term, found)
    return found


def total(terms: Iterable[Term]) -> Term:
    """Return a sum of whole or real terms."""
    constant: int | Fraction = 0
    kept: list[z3.ExprRef] = []
    for term in terms:
        if _is_z3(term):
            kept.append(term)
        else:
            constant += term
    if not kept:
        return constant
    if any(z3.is_real(term) for term in kept) or isinstance(constant, Fraction):
        kept = [z3.ToReal(term) if z3.is_int(term) else term for term in kept]
    parts = kept if constant == 0 else [*kept, as_z3(constant)]
    return parts[0] if len(parts) == 1 else z3.Sum(parts)


def known(value: Val) -> Term:
    """Return whether a value has one end only."""
    if is_one(value):
        return lnot(value.bad)
    return land((lnot(value.bad), compared(CompareOp.EQ, value.lo, value.hi)))


def settled(value: Val) -> Val:
    """Return a truth with one end where both are the same whatever a case says.

    A quotient beside its guard, `n > 0 and a / n < 50%`, is never open, though each part may be.
    """
    if is_one(value) or (isinstance(value.lo, bool) and isinstance(value.hi, bool)):
        return value
    solver = z3.Solver()
    limit(solver, 0.5)
    solver.add(as_z3(value.lo) != as_z3(value.hi))
    return one(value.lo) if solver.check() == z3.unsat else value


def limit(solver: z3.Solver, seconds: float) -> None:
    """Let a solver take some time over each answer.

    Counted are its steps, so that a busy or slow machine gives the same answer, only later; the
    clock ends what takes far longer.

    Args:
        solver: The solver.
        seconds: On a machine of some 3.5 million steps a second.
    """
    solver.set("rlimit", max(1, int(seconds * _STEPS)))
    solver.set("timeout", max(1, int(seconds * _PATIENCE * 1000)))
