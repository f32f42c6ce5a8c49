"""What stands among levels: limits, ballots, choices left to a body, quotas; and tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import z3

from khung.ir import nodes as n
from khung.ir import types as t
from khung.rulebook.model import Hit
from khung.smt import folds
from khung.smt.operators import truth
from khung.smt.space import LeftOutError, Obj
from khung.smt.terms import (
    Val,
    as_z3,
    compared,
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
from khung.syntax.operators import CompareOp

if TYPE_CHECKING:
    from khung.ir.enums import Majority
    from khung.smt.lists import Element
    from khung.smt.terms import Term
    from khung.smt.writing import Env, Writer

PLACE = "place "
"""Begins the name of the variable that says whether the subject has a place in a quota."""


def extreme(w: Writer, node: n.Least | n.Greatest, env: Env) -> Val:
    """Return the lowest or the highest of several levels."""
    is_least = isinstance(node, n.Least)
    values = [(w.value if is_least else w.lifting)(part, env) for part in node.operands]
    pick = least if is_least else greatest
    low, bad = pick(v.lo for v in values), lor(v.bad for v in values)
    if all(map(is_one, values)):
        return one(low, bad)
    return Val(low, pick(v.hi for v in values), bad)


def limit(w: Writer, node: n.Limit, env: Env) -> Val:
    """Return a level as a limit; where it does not apply there is none."""
    there, body, top = w.there(node.body, env), w.value(node.body, env), w.value(node.top, env)
    low = ite(there, body.lo, top.lo)
    return one(low) if is_one(body) else Val(low, ite(there, body.hi, top.hi))


def rows(w: Writer, node: n.Rows, env: Env) -> Val:
    """Return one output of a table; where no row holds, or two of which one is due, nothing."""
    if node.hit is Hit.COLLECT:
        raise LeftOutError("collect")
    tests = [w.value(test, env) for test, _ in node.rows]
    values = [w.value(value, env) for _, value in node.rows]
    if not all(map(is_one, (*tests, *values))):
        raise LeftOutError("rows")
    found: Term = values[-1].lo
    for test, value in reversed([*zip(tests, values, strict=True)][:-1]):
        found = ite(test.lo, value.lo, found)
    none = lnot(lor(test.lo for test in tests))
    bad = [none, *(land((t_.lo, v.bad)) for t_, v in zip(tests, values, strict=True))]
    if node.hit is Hit.UNIQUE:
        counted = total(ite(test.lo, 1, 0) for test in tests)
        bad.append(compared(CompareOp.GT, counted, 1))
    return truth(found, *bad) if isinstance(node.ty, t.Boolean) else one(found, lor(bad))


# -- bodies ---------------------------------------------------------------------------------------


def votes_of(w: Writer, node: n.Field, env: Env) -> list[Term]:
    """Return the votes for each rank, lowest first."""
    ways = w.objects(node.object, env)
    if len(ways) > 1 or not isinstance(node.ty, t.Ballots):
        raise LeftOutError(node.name)
    obj, levels = ways[0][1], w.program.values[node.ty.scale].values
    found = []
    for level in levels:
        term = w.space.var(obj, f"{node.name}.{level}", t.MONTHS).term
        if w.space.first(("votes", obj.path, node.name, level)):
            w.space.limit(term >= 0, obj.path)
        found.append(term)
    return found


def winner(w: Writer, node: n.Winner, env: Env) -> Val:
    """Return the level that a ballot gives; where none wins, all up to the ceiling are open."""
    if not isinstance(node.ballots, n.Field):
        raise LeftOutError("ballots")
    ceiling, there = w.value(node.ceiling, env), w.there(node.ballots, env)
    votes = votes_of(w, node.ballots, env)
    cast = total(votes)
    base = one(cast) if node.base is None else w.value(node.base, env)
    if not is_one(base):
        raise LeftOutError("base")
    if w.space.first(("base", node.ballots.name, id(node))):
        within = compared(CompareOp.LE, cast, base.lo)
        w.space.limit(lor((lnot(there), base.bad, within)), w.space.root.path)
    settings = (w.value(node.counting, env).lo, w.value(node.above_ceiling, env).lo)
    if any(isinstance(one_setting, z3.ExprRef) for one_setting in settings):
        raise LeftOutError("counting")
    cumulative, stands = (
        setting == w.space.code(word)
        for setting, word in zip(settings, ("cumulative", "wins"), strict=True)
    )
    counts = [total(votes[r:]) for r in range(len(votes))] if cumulative else votes
    ends = [
        tuple(_won(node, counts, base, end, low=low, stands=stands) for low in (True, False))
        for end in (ceiling[:1] if is_one(ceiling) else ceiling[:2])
    ]
    low = ite(there, ends[0][0], ceiling.lo)
    high = ite(there, ends[-1][1], ceiling.hi)
    return Val(low, high, ceiling.bad)


def _won(
    node: n.Winner, counts: list[Term], base: Val, ceiling: Term, *, low: bool, stands: bool
) -> Term:
    """Return one end of the level: that of the best rank that wins, else the end of the choice."""
    top = len(node.wins) - 1 if stands else ceiling
    found: Term = node.lowest if low else top
    for rank, count in enumerate(counts):
        won = land((lnot(base.bad), _wins(count, node.wins[rank], base.lo)))
        found = ite(won, rank if stands else least((rank, ceiling)), found)
    return found


def _wins(votes: Term, majority: Majority, base: Term) -> Term:
    left, right = votes * majority.denominator, base * majority.numerator
    op = CompareOp.GT if majority.strict else CompareOp.GE
    return land((compared(CompareOp.GT, votes, 0), compared(op, left, right)))


def at_edge(w: Writer, node: n.Winner, env: Env, rank: int, *, holds: bool) -> Term:
    """Return that a level has just enough votes and comes of them, or lacks one with which it does.

    Of its votes one more is one that was cast for another level, where the votes cast are the base.
    """
    votes, ceiling = votes_of(w, node.ballots, env), w.value(node.ceiling, env)  # type: ignore[arg-type]  # the caller has looked
    base = one(total(votes)) if node.base is None else w.value(node.base, env)
    cumulative = w.value(node.counting, env).lo == w.space.code("cumulative")
    counts = [total(votes[r:]) for r in range(len(votes))] if cumulative else votes

    def wins(place: int, more: int = 0) -> Term:
        return _wins(total((counts[place], more)), node.wins[place], base.lo)

    better = lor(wins(place) for place in range(rank + 1, len(counts)))
    edge = (wins(rank), lnot(wins(rank, -1))) if holds else (lnot(wins(rank)), wins(rank, 1))
    open_ = compared(CompareOp.GE, ceiling.lo, rank)
    return land((*edge, lnot(better), open_, lnot(base.bad), lnot(ceiling.bad)))


def choice(w: Writer, node: n.Choice, env: Env) -> Val:
    """Return the levels that a body may choose; a choice above the ceiling is the ceiling."""
    ceiling = w.value(node.ceiling, env)
    first: Term = node.ranks[0]
    last: Term = node.ranks[-1]
    if node.among is not None:
        found = folds.listed(w, node.among, env)
        for rank in reversed(node.ranks):
            first = ite(found.any(_is(rank)), rank, first)
        first = ite(found.any(lambda _: True), first, node.ranks[0])
        for rank in node.ranks:
            last = ite(found.any(_is(rank)), rank, last)
    return Val(least((first, ceiling.lo)), least((last, ceiling.hi)), ceiling.bad)


def _is(rank: int):  # type: ignore[no-untyped-def]  # a test of elements
    def test(element: Element) -> Term:
        if isinstance(element, Obj) or not is_one(element):
            raise LeftOutError("among")
        return compared(CompareOp.EQ, element.lo, rank)

    return test


def kept(w: Writer, node: n.Kept, env: Env) -> Val:
    """Return what a quota leaves: whether the subject has a place in it is free."""
    before, root = w.value(node.before, env), w.space.root
    declared = w.type_of(root.type)
    quota = declared.quotas[node.place]
    level, others = w.value(quota.level, env), w.value(quota.others, env)
    place = w.space.var(root, f"{PLACE}{quota.head.name}", t.BOOLEAN).term
    ends = []
    for end in before[:1] if is_one(before) else before[:2]:
        reaches = compared(CompareOp.GE, end, level.lo)
        ends.append(ite(land((reaches, z3.Not(place))), as_z3(others.lo), end))
    return Val(ends[0], ends[-1], before.bad) if len(ends) > 1 else one(ends[0], before.bad)
