"""Passes over lists: quantifiers, counts, shares and aggregates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import z3

from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.enums import AGGREGATES, FoldOp
from khung.rulebook.model import Hit
from khung.smt.lists import Item, Listed
from khung.smt.operators import unknown_of
from khung.smt.space import LeftOutError, Obj
from khung.smt.terms import Val, as_z3, compared, is_one, ite, land, lnot, one, settled
from khung.syntax.operators import CompareOp

if TYPE_CHECKING:
    from collections.abc import Callable

    from khung.ir.nodes import Node
    from khung.smt.lists import Element, Part, Test
    from khung.smt.terms import Term
    from khung.smt.writing import Env, Writer


# -- what stands in a list ------------------------------------------------------------------------


def listed(w: Writer, node: Node, env: Env) -> Listed:
    """Return what stands in a list.

    Raises:
        LeftOutError: It has no form here.
    """
    match node:
        case n.Field():
            assert isinstance(node.ty, t.List)  # noqa: S101  # the caller asks for a list
            return _guarded(w, w.objects(node.object, env), node.name, node.ty.element)
        case n.Defined():
            ways = w.objects(node.object, env)
            parts = [
                part
                for when, obj in ways
                for part in _under(
                    listed(w, w.type_of(obj.type).definition(node.name).value, {0: obj}), when
                ).parts
            ]
            return Listed(w.lists, tuple(parts))
        case n.CriteriaSet():
            return _criteria(w, node, env)
        case n.Select():
            found = listed(w, node.list, env)
            if node.where is None:
                return found
            return found.kept(_sure(_tester(w, node.where, node.variable, env)))
        case n.Project():
            return _projected(w, node, env)
        case n.Build() if not node.bounds:
            items = (Item(True, w.value(item, env)) for item in node.items)
            return Listed(w.lists, tuple(items))
        case n.Rows() if node.hit is Hit.COLLECT:
            rows = ((w.value(test, env), value) for test, value in node.rows)
            return Listed(w.lists, tuple(Item(when.lo, w.value(x, env)) for when, x in rows))
        case n.Call(function="concatenate"):
            lists = [listed(w, part, env) for part in node.arguments if part is not None]
            return Listed(w.lists, tuple(part for one_list in lists for part in one_list.parts))
        case n.Call(function="distinct values"):
            return _strange(w, node, env)
        case _:  # nothing else is a list
            raise LeftOutError(node.function if isinstance(node, n.Call) else type(node).__name__)


def _guarded(w: Writer, ways: tuple[tuple[Term, Obj], ...], name: str, ty: t.Type) -> Listed:
    parts: list[Item | Part] = []
    for when, obj in ways:
        parts += _under(Listed(w.lists, (w.own_list(obj, name, ty),)), when).parts
    return Listed(w.lists, tuple(parts))


def _under(found: Listed, when: Term) -> Listed:
    return found if when is True else found.kept(lambda _: when)


def _strange(w: Writer, node: n.Call, env: Env) -> Listed:
    """Return a list of which nothing is known but that it is the same wherever it stands."""
    own = env.get(0)
    if not isinstance(own, Obj) or not isinstance(node.ty, t.List) or len(env) > 1:
        raise LeftOutError(node.function)
    w.space.left[node.function] = None
    name = w.space.named(node)
    w.space.opaque[f"{own.path}.{name}"] = node
    part = w.own_list(own, name, node.ty.element)
    w.lists.keep_empty(part.source)
    return Listed(w.lists, (part,))


def _criteria(w: Writer, node: n.CriteriaSet, env: Env) -> Listed:
    items: list[Item | Part] = []
    for when, obj in w.objects(node.object, env):
        declared, inner = w.type_of(obj.type), dict[int, Obj | Val]({0: obj})
        for name, member_when in declared.sets[node.name].members:
            criterion = declared.criteria[name]
            conditions = (member_when, criterion.applies)
            there = land((when, *(w.test(c, inner).lo for c in conditions if c is not None)))
            if there is not False:
                items.append(Item(there, w.fact(obj, f"criteria.{name}", criterion.ty)))
    return Listed(w.lists, tuple(items))


def _projected(w: Writer, node: n.Project, env: Env) -> Listed:
    found, slot, body = listed(w, node.list, env), node.variable.slot, node.body

    def there(element: Element) -> Term:
        return w.there(body, {**env, slot: element})

    def made(element: Element) -> Element:
        inner = {**env, slot: element}
        if isinstance(body.ty, t.Object):
            ways = w.objects(body, inner)
            if len(ways) == 1:
                return ways[0][1]
        return w.value(body, inner)

    return found.kept(there).each(made)


def _tester(
    w: Writer, node: Node | None, variable: n.Variable, env: Env
) -> Callable[[Element], Val]:
    return lambda element: w.test(node, {**env, variable.slot: element})


def _sure(test: Callable[[Element], Val]) -> Test:
    """Return a test of elements that is never open.

    Raises:
        LeftOutError: It is, of some element.
    """

    def sure(element: Element) -> Term:
        found = settled(test(element))
        if not is_one(found):
            raise LeftOutError("where")
        return found.lo

    return sure


# -- passes ---------------------------------------------------------------------------------------


def fold(w: Writer, node: n.Fold, env: Env) -> Val:
    """Return what a pass over a list comes to."""
    where = _tester(w, node.where, node.variable, env)
    body = _tester(w, node.body, node.variable, env)
    found = listed(w, node.list, env)
    match node.op:
        case FoldOp.SOME:
            return _some(found, where, body)
        case FoldOp.EVERY:
            some = _some(found, where, lambda element: _negated(body(element)))
            return _negated(some)
        case FoldOp.COUNT:
            counted = found.count(_sure(lambda e: _both(where(e), body(e))))
            return one(_real(counted))
        case FoldOp.SHARE:
            return _ratio(w, node, env)
        case FoldOp.SUM | FoldOp.AVERAGE | FoldOp.LOWEST | FoldOp.HIGHEST:
            kept = found if node.where is None else found.kept(_sure(where))
            return aggregate(w, node, kept, lambda e: w.value(node.body, _with(env, node, e)), env)


def _with(env: Env, node: n.Fold, element: Element) -> Env:
    return {**env, node.variable.slot: element}


def _some(found: Listed, where: Callable[[Element], Val], body: Callable[[Element], Val]) -> Val:
    opens: list[bool] = []

    def end(*, high: bool) -> Test:
        def test(element: Element) -> Term:
            both = _both(where(element), body(element))
            opens.append(not is_one(both))
            return both.hi if high else both.lo

        return test

    low = found.any(end(high=False))
    return Val(low, found.any(end(high=True))) if any(opens) else one(low)


def _both(left: Val, right: Val) -> Val:
    low = land((left.lo, right.lo))
    same = is_one(left) and is_one(right)
    return one(low) if same else Val(low, land((left.hi, right.hi)))


def _negated(value: Val) -> Val:
    return one(lnot(value.lo)) if is_one(value) else Val(lnot(value.hi), lnot(value.lo))


def _real(term: Term) -> Term:
    return z3.ToReal(term) if isinstance(term, z3.ExprRef) and z3.is_int(term) else term


def share(w: Writer, node: n.Fold, env: Env) -> tuple[Term, Term]:
    """Return how many elements there are for which something holds, and how many in all."""
    if node.op is not FoldOp.SHARE:
        raise LeftOutError(node.op.value)
    where = _tester(w, node.where, node.variable, env)
    body = _tester(w, node.body, node.variable, env)
    found = listed(w, node.list, env)
    part = found.count(_sure(lambda e: _both(where(e), body(e))))
    whole = found.count(_sure(where))
    if env.get(0) is w.space.root and len(env) == 1:
        w.space.counted[str(whole)] = whole
    return part, whole


def _ratio(w: Writer, node: n.Fold, env: Env) -> Val:
    """Return a share as a number, over nothing what it says."""
    part, of = share(w, node, env)
    if node.empty is None:
        raise LeftOutError("share")
    empty = w.value(node.empty, env)
    nothing = compared(CompareOp.EQ, of, 0)
    return one(ite(nothing, _real(empty.lo), unknown_of(w, "/", (part, of))), empty.bad)


def aggregate(
    w: Writer, node: n.Fold | n.Call, found: Listed, value: Callable[[Element], Val], env: Env
) -> Val:
    """Return a sum, an average or an extreme of a value of each element."""
    op = node.op if isinstance(node, n.Fold) else AGGREGATES[node.function]
    if op in (FoldOp.LOWEST, FoldOp.HIGHEST) and isinstance(node.ty, t.Scale):
        return _extreme_level(w, node, found, value, env)
    sort = z3.IntSort() if isinstance(node.ty, t.Date | t.Months) else z3.RealSort()

    def plain(element: Element) -> Term:
        got = value(element)
        if not is_one(got) or got.bad is not False:
            raise LeftOutError(op.value)
        return got.lo if sort == z3.IntSort() else _real(got.lo)

    for part in found.parts:  # what has no form is told before the lists are finished
        plain(part.element if isinstance(part, Item) else part.made(part.source.any))
    some = found.any(lambda _: True)
    if op is FoldOp.AVERAGE:
        added = found.reckoned("sum", plain, sort)
        return one(unknown_of(w, "/", (added, found.count(lambda _: True))), lnot(some))
    made = found.reckoned(op.value, plain, sort)
    if op is FoldOp.SUM:
        return one(made)
    empty = node.empty if isinstance(node, n.Fold) else None
    if empty is None:
        return one(made, lnot(some))
    return one(ite(some, as_z3(made), w.value(empty, env).lo))


def _extreme_level(
    w: Writer, node: n.Fold | n.Call, found: Listed, value: Callable[[Element], Val], env: Env
) -> Val:
    """Return the lowest or highest level: found rank by rank, so that no element stands alone."""
    assert isinstance(node.ty, t.Scale)  # noqa: S101  # the caller has looked
    op = node.op if isinstance(node, n.Fold) else AGGREGATES[node.function]
    ranks = range(len(w.program.values[node.ty.name].values))
    lowest = op is FoldOp.LOWEST
    opens: list[bool] = []

    def at(rank: int, *, high: bool) -> Test:
        def test(element: Element) -> Term:
            got = value(element)
            opens.append(not is_one(got))
            return compared(CompareOp.EQ, got.hi if high else got.lo, rank)

        return test

    empty = node.empty if isinstance(node, n.Fold) else None
    none = w.unknown(node.ty) if empty is None else w.value(empty, env)
    ends: list[Term] = []
    for high in (False, True):
        end: Term = none.hi if high else none.lo
        for rank in reversed(ranks) if lowest else ranks:
            end = ite(found.any(at(rank, high=high)), rank, end)
        ends.append(end)
    return Val(*ends) if any(opens) or not is_one(none) else one(ends[0])
