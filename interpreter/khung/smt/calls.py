"""Builtin functions: those that counts and comparisons say, and for all others a function."""

from __future__ import annotations

from typing import TYPE_CHECKING

import z3

from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.enums import AGGREGATES, FoldOp
from khung.smt import choices, days, folds
from khung.smt.operators import truth, unknown_of
from khung.smt.space import LeftOutError, Obj
from khung.smt.terms import Val, as_z3, compared, greatest, is_one, least, lnot, one
from khung.syntax.operators import CompareOp

if TYPE_CHECKING:
    from khung.ir.nodes import Node
    from khung.smt.lists import Element
    from khung.smt.terms import Term
    from khung.smt.writing import Env, Writer


def call(w: Writer, node: n.Call, env: Env) -> Val:
    """Return what a builtin gives."""
    given = [argument for argument in node.arguments if argument is not None]
    match node.function:
        case "on":
            return w.fact(w.space.root, "on", t.DATE)
        case "months between":
            first, last = (w.value(x, env) for x in given)
            return one(days.months_between(first.lo, last.lo), _bad(first, last))
        case "count" if isinstance(given[0].ty, t.List):
            return one(_real(folds.listed(w, given[0], env).count(lambda _: True)))
        case "list contains":
            return _contains(w, given[0], given[1], env)
        case "lower" | "higher":
            return _moved(w, node, given, env)
        case "ballots for" if isinstance(given[0], n.Field):
            votes = choices.votes_of(w, given[0], env)
            return one(_ballots(votes, w.value(given[1], env)), lnot(w.there(given[0], env)))
        case "abs":
            value = w.value(given[0], env)
            negative = compared(CompareOp.LT, value.lo, 0)
            return one(z3.If(negative, -as_z3(value.lo), value.lo), value.bad)
        case name if name in AGGREGATES and isinstance(given[0].ty, t.List):
            return _aggregate(w, node, given[0], env)
        case _:  # any other function: equals give equals
            return _unknown(w, node, given, env)


def _ballots(votes: list[Term], rank: Val) -> Term:
    if not isinstance(rank.lo, int):
        raise LeftOutError("ballots for")
    return _real(votes[rank.lo])


def _bad(*values: Val) -> Term:
    if not all(map(is_one, values)):
        raise LeftOutError("open")
    wrong = [value.bad for value in values if value.bad is not False]
    return z3.Or(wrong) if wrong else False


def _real(term: Term) -> Term:
    return z3.ToReal(term) if isinstance(term, z3.ExprRef) and z3.is_int(term) else term


def _contains(w: Writer, source: Node, value: Node, env: Env) -> Val:
    found, wanted = folds.listed(w, source, env), w.value(value, env)
    if not is_one(wanted):
        raise LeftOutError("list contains")

    def equal(element: Element) -> Term:
        term = _term(w, element)
        return compared(CompareOp.EQ, term, wanted.lo)

    return truth(found.any(equal), wanted.bad)


def _term(w: Writer, element: Element) -> Term:
    if isinstance(element, Obj):
        return w.value(n.Variable("", 0, t.Object(element.type), None), {0: element}).lo  # type: ignore[arg-type]  # no place
    if not is_one(element):
        raise LeftOutError("list contains")
    return element.lo


def _moved(w: Writer, node: n.Call, given: list[Node], env: Env) -> Val:
    """Return a level some steps lower or higher, stopped at the ends."""
    assert isinstance(node.ty, t.Scale)  # noqa: S101  # levels alone are moved
    level, steps = w.value(given[0], env), w.value(given[1], env)
    top = len(w.program.values[node.ty.name].values) - 1
    if isinstance(steps.lo, z3.ExprRef) or steps.lo != int(steps.lo):
        raise LeftOutError(node.function)
    by = int(steps.lo) if node.function == "higher" else -int(steps.lo)

    def moved(end: Term) -> Term:
        return least((greatest((end + by, 0)), top))

    low = moved(level.lo)
    return Val(low, low if is_one(level) else moved(level.hi), level.bad)


def _aggregate(w: Writer, node: n.Call, source: Node, env: Env) -> Val:
    found = folds.listed(w, source, env)
    match AGGREGATES[node.function]:
        case FoldOp.EVERY | FoldOp.SOME as op:
            some = found.any(lambda e: _truth(e) if op is FoldOp.SOME else lnot(_truth(e)))
            return one(some if op is FoldOp.SOME else lnot(some))
        case _:  # any other function: equals give equals
            return folds.aggregate(w, node, found, _value, env)


def _value(element: Element) -> Val:
    if isinstance(element, Obj):
        raise LeftOutError(element.type)
    return element


def _truth(element: Element) -> Term:
    value = _value(element)
    if not is_one(value):
        raise LeftOutError("open")
    return value.lo


_SORTS = {t.Boolean: z3.BoolSort, t.Number: z3.RealSort, t.Ratio: z3.RealSort}


def _unknown(w: Writer, node: n.Call, given: list[Node], env: Env) -> Val:
    """Return a function of which nothing is known but that equals give equals."""
    sort = _SORTS.get(type(node.ty))
    if sort is None:
        raise LeftOutError(node.function)
    name, values = node.function, []
    for argument in given:
        if isinstance(argument, n.Literal) and isinstance(argument.ty, t.Calendar):
            name = f"{name} {argument.value!r}"
        elif isinstance(argument.ty, t.List | t.Range | t.Ballots | t.Object | t.Fraction):
            raise LeftOutError(node.function)
        else:
            values.append(w.value(argument, env))
    bad = _bad(*values)
    w.space.left[node.function] = None
    return one(unknown_of(w, name, tuple(v.lo for v in values), sort()), bad)
