"""Comparison, choice and arithmetic."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import z3

from khung.ir import nodes as n
from khung.ir import types as t
from khung.smt.space import LeftOutError, plain, whole
from khung.smt.terms import (
    Val,
    as_z3,
    compared,
    even,
    greatest,
    is_one,
    ite,
    land,
    least,
    lnot,
    lor,
    one,
    total,
)
from khung.syntax.operators import ArithmeticOp, CompareOp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from khung.ir.nodes import Node
    from khung.smt.terms import Term
    from khung.smt.writing import Env, Writer


def negated(value: Val) -> Val:
    """Return a negation."""
    return one(lnot(value.lo)) if is_one(value) else Val(lnot(value.hi), lnot(value.lo))


def joined(values: list[Val], join: Callable[[Iterable[Term]], Term]) -> Val:
    """Return a conjunction or a disjunction of truths."""
    low = join(value.lo for value in values)
    same = all(map(is_one, values))
    return one(low) if same else Val(low, join(value.hi for value in values))


def truth(term: Term, *bad: Term) -> Val:
    """Return a truth that is open where nothing is known of what it is made of."""
    wrong = lor(bad)
    if wrong is False:
        return one(term)
    return Val(land((term, lnot(wrong))), lor((term, wrong)))


def choose(w: Writer, node: n.If, env: Env) -> Val:
    """Return one of two values; where the condition is open, all that is between them."""
    condition = w.value(node.condition, env)
    if isinstance(condition.lo, bool) and is_one(condition):
        return w.value(node.yes if condition.lo else node.no, env)
    yes, no = w.value(node.yes, env), w.value(node.no, env)
    if is_one(condition):
        low = ite(condition.lo, yes.lo, no.lo)
        bad = ite(condition.lo, yes.bad, no.bad)
        if is_one(yes) and is_one(no):
            return one(low, bad)
        return Val(low, ite(condition.lo, yes.hi, no.hi), bad)
    return _hull(condition, yes, no, node.ty)


def _hull(condition: Val, yes: Val, no: Val, ty: t.Type) -> Val:
    surely, perhaps = condition.lo, condition.hi
    bad = lor((land((perhaps, yes.bad)), land((lnot(surely), no.bad))))
    match ty:
        case t.Boolean():
            low = land((lor((lnot(perhaps), yes.lo)), lor((surely, no.lo))))
            return Val(low, lor((land((perhaps, yes.hi)), land((lnot(surely), no.hi)))))
        case t.Scale():
            low = ite(surely, yes.lo, ite(perhaps, least((yes.lo, no.lo)), no.lo))
            high = ite(surely, yes.hi, ite(perhaps, greatest((yes.hi, no.hi)), no.hi))
            return Val(low, high, bad)
        case _:  # between them, which is all that is asked of a number that is not known
            found = ite(perhaps, yes.lo, no.lo)
            differ = land((perhaps, lnot(surely), compared(CompareOp.NE, yes.lo, no.lo)))
            return one(found, lor((bad, differ)))


def attribute(w: Writer, node: n.Attribute, env: Env) -> Val:
    """Return an attribute of a kind."""
    kind = w.value(node.kind, env)
    found: Term = None
    for name, value in reversed(node.values):
        term = plain(value, node.ty, w.space)
        if found is None:
            found = term
        else:
            found = ite(compared(CompareOp.EQ, kind.lo, w.space.code(name)), term, found)
    return one(found, kind.bad)


# -- comparing -------------------------------------------------------------------------------------


def compare(w: Writer, node: n.Compare, env: Env) -> Val:
    """Return a comparison."""
    ty = node.right.ty if isinstance(node.left.ty, t.Anything) else node.left.ty
    if isinstance(ty, t.Fraction):
        return _compare_shares(w, node, env)
    if isinstance(ty, t.List | t.Range | t.Context | t.Ballots):
        raise LeftOutError(type(ty).__name__)
    quotient = _compare_quotient(w, node, env)
    if quotient is not None:
        return quotient
    left, right = w.value(node.left, env), w.value(node.right, env)
    for one_side, other in ((left.lo, right.lo), (right.lo, left.lo)):
        if isinstance(one_side, z3.ExprRef) and not isinstance(other, z3.ExprRef):
            w.space.note_edge(one_side, other)
    if isinstance(ty, t.Scale):
        top = len(w.program.values[ty.name].values) - 1
        left, right = _of_scale(left, top), _of_scale(right, top)
    if is_one(left) and is_one(right):
        return truth(compared(node.op, left.lo, right.lo), left.bad, right.bad)
    return _compare_ends(node.op, left, right)


def _of_scale(value: Val, top: int) -> Val:
    """Return a level of which nothing is known as any of its scale: it is the lowest or better."""
    if value.bad is False:
        return value
    return Val(ite(value.bad, 0, value.lo), ite(value.bad, top, value.hi))


def _compare_ends(op: CompareOp, left: Val, right: Val) -> Val:
    wrong = lor((left.bad, right.bad))
    match op:
        case CompareOp.GT | CompareOp.GE:
            low, high = compared(op, left.lo, right.hi), compared(op, left.hi, right.lo)
        case CompareOp.LT | CompareOp.LE:
            low, high = compared(op, left.hi, right.lo), compared(op, left.lo, right.hi)
        case CompareOp.EQ | CompareOp.NE:
            pairs = ((left.lo, left.hi), (right.lo, right.hi), (left.lo, right.lo))
            low = land(compared(CompareOp.EQ, a, b) for a, b in pairs)
            high = land(
                (
                    compared(CompareOp.LE, left.lo, right.hi),
                    compared(CompareOp.LE, right.lo, left.hi),
                )
            )
            if op is CompareOp.NE:
                low, high = lnot(high), lnot(low)
    if wrong is False:
        return Val(low, high)
    return Val(land((low, lnot(wrong))), lor((high, wrong)))


def _compare_shares(w: Writer, node: n.Compare, env: Env) -> Val:
    """Cross-multiply in whole numbers; nothing of nothing meets `>=`, `<=` and `=`."""
    part, of, bad = share_of(w, node.left, env)
    limit = node.right
    if not isinstance(limit, n.Literal) or not isinstance(limit.value, tuple):
        raise LeftOutError("share")
    numerator, denominator = limit.value
    met = compared(node.op, _times(part, denominator), _times(of, numerator))
    # over nothing both sides are 0, and 0 is not above, below or other than 0
    return truth(met, bad)


def share_of(w: Writer, node: Node, env: Env) -> tuple[Term, Term, Term]:
    """Return a share: the part, the whole, and whether nothing is known of it."""
    match node:
        case n.Fold():
            return (*w.share(node, env), False)
        case n.Ruled():
            return share_of(w, node.body, env)
        case n.If():
            condition = w.value(node.condition, env)
            if not is_one(condition):
                raise LeftOutError("share")
            yes, no = share_of(w, node.yes, env), share_of(w, node.no, env)
            p, o, b = (ite(condition.lo, x, y) for x, y in zip(yes, no, strict=True))
            return p, o, b
        case n.Defined():
            ways = w.objects(node.object, env)
            if len(ways) > 1:
                raise LeftOutError(node.name)
            obj = ways[0][1]
            return share_of(w, w.type_of(obj.type).definition(node.name).value, {0: obj})
        case _:  # neither is what is asked for
            raise LeftOutError("share")


def _times(term: Term, factor: int) -> Term:
    if isinstance(term, z3.ExprRef):
        return term if factor == 1 else term * factor
    return term * factor


def _compare_quotient(w: Writer, node: n.Compare, env: Env) -> Val | None:
    """Compare a quotient with a constant or another value by multiplying."""
    left = _quotient(w, node.left, env)
    if left is None:
        return None
    over, under = left
    right = w.value(node.right, env)
    if not is_one(right):
        return None
    op = node.op
    limit = _product(under.lo, right.lo)
    if limit is None:
        return None
    positive = compared(op, over.lo, limit)
    negative = compared(op, limit, over.lo)
    above = compared(CompareOp.GT, under.lo, 0)
    nothing = compared(CompareOp.EQ, under.lo, 0)
    return truth(ite(above, positive, negative), over.bad, under.bad, right.bad, nothing)


def _quotient(w: Writer, node: Node, env: Env) -> tuple[Val, Val] | None:
    """Return what is divided and by what; None of what is no quotient."""
    match node:
        case n.Arithmetic(op=ArithmeticOp.DIVIDE):
            sides = w.value(node.left, env), w.value(node.right, env)
            return sides if all(map(is_one, sides)) else None
        case n.Defined():
            ways = w.objects(node.object, env)
            obj = ways[0][1]
            if len(ways) > 1:
                return None
            return _quotient(w, w.type_of(obj.type).definition(node.name).value, {0: obj})
        case _:  # neither is what is asked for
            return None


def _product(left: Term, right: Term) -> Term | None:
    """Return a product of which one side is constant."""
    if isinstance(left, z3.ExprRef) and isinstance(right, z3.ExprRef):
        return None
    if isinstance(left, z3.ExprRef) or isinstance(right, z3.ExprRef):
        a, b = even(as_z3(left), as_z3(right))
        return a * b
    return left * right


# -- arithmetic ------------------------------------------------------------------------------------


def arithmetic(w: Writer, node: n.Arithmetic, env: Env) -> Val:
    """Return what is reckoned; of what is not a sum only that equals give equals is known."""
    if not isinstance(node.ty, t.Number | t.Ratio):
        raise LeftOutError(f"{type(node.ty).__name__} {node.op.value}")
    left, right = w.value(node.left, env), w.value(node.right, env)
    if not (is_one(left) and is_one(right)):
        raise LeftOutError(node.op.value)
    bad = lor((left.bad, right.bad))
    match node.op:
        case ArithmeticOp.ADD:
            return one(total((left.lo, right.lo)), bad)
        case ArithmeticOp.SUBTRACT:
            minus = _product(-1, right.lo)
            return one(total((left.lo, minus)), bad)
        case ArithmeticOp.MULTIPLY:
            found = _product(left.lo, right.lo)
            return one(unknown_of(w, "*", (left.lo, right.lo)) if found is None else found, bad)
        case ArithmeticOp.DIVIDE:
            return _divided(w, left.lo, right.lo, bad)
        case ArithmeticOp.POWER:
            return one(unknown_of(w, "**", (left.lo, right.lo)), bad)


def _divided(w: Writer, left: Term, right: Term, bad: Term) -> Val:
    if not isinstance(right, z3.ExprRef) and right != 0:
        found = _product(left, Fraction(1) / Fraction(right))
        return one(whole(found) if isinstance(found, Fraction) else found, bad)
    nothing = compared(CompareOp.EQ, right, 0)
    return one(unknown_of(w, "/", (left, right)), lor((bad, nothing)))


def unknown_of(w: Writer, name: str, terms: tuple[Term, ...], sort: Any = None) -> z3.ExprRef:
    """Return a function of terms of which nothing is known but that equals give equals."""
    w.space.left[name] = None
    given = []
    for term in terms:
        made = as_z3(term)
        given.append(z3.ToReal(made) if z3.is_int(made) else made)
    function = z3.Function(
        name, *(x.sort() for x in given), z3.RealSort() if sort is None else sort
    )
    return function(*given)
