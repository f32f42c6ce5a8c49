"""Quantifiers, counts, shares, aggregates and filters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.enums import FoldOp
from khung.ir.operators import (
    as_ratio,
    as_threshold,
    has_order,
    is_broken,
    report_out_of_range,
    rounded,
    type_word,
)
from khung.ir.rewrite import bottom_up, fold, walk

if TYPE_CHECKING:
    from khung.ir.scope import Scope
    from khung.syntax import ast

_AGGREGATES = {op.value: op for op in FoldOp}


def lower_quantifier(expr: ast.Quantifier, scope: Scope) -> n.Node:
    """Return the node of `some` or `every`; several binders become one inside the other."""
    op = FoldOp.EVERY if expr.every else FoldOp.SOME
    return _nested(op, expr.binders, expr, scope)


def _nested(
    op: FoldOp, binders: tuple[ast.Binder, ...], expr: ast.Quantifier, scope: Scope
) -> n.Node:
    binder, *rest = binders
    bound = _bind(binder, scope)
    if bound is None:
        return n.Broken(t.BOOLEAN, expr.span)
    source, inner, variable = bound
    if rest:
        body = _nested(op, tuple(rest), expr, inner)
        return n.Fold(op, variable, source, None, body, t.BOOLEAN, expr.span)
    where, body = _parts(expr.where, expr.body, inner, t.BOOLEAN)
    _lint_conjuncts(body, expr, inner)
    return n.Fold(op, variable, source, where, body, t.BOOLEAN, expr.span)


def lower_tally(expr: ast.Tally, scope: Scope) -> n.Node:
    """Return the node of `count` or `share`.

    Reports: K0327, K0328 (what a share is over nothing, that is no fixed ratio from 0 to 1).
    """
    ty: t.Type = t.FRACTION if expr.share else t.NUMBER
    empty = None if expr.empty is None else _over_nothing(expr.empty, scope)
    if empty is not None:
        ty = t.RATIO
    op = FoldOp.SHARE if expr.share else FoldOp.COUNT
    bound = _bind(expr.binder, scope)
    if bound is None:
        return n.Broken(ty, expr.span)
    source, inner, variable = bound
    where, body = _parts(expr.where, expr.body, inner, t.BOOLEAN)
    return n.Fold(op, variable, source, where, body, ty, expr.span, empty)


def _over_nothing(expr: ast.Expr, scope: Scope) -> n.Node:
    found = scope.lower(expr)
    limit = as_threshold(fold(found))
    if not isinstance(limit, n.Literal) or not isinstance(limit.value, tuple):
        if not is_broken(found):
            scope.bag.add("K0327", expr.span)
        return n.Broken(t.BAD, expr.span)
    numerator, denominator = limit.value
    if not 0 <= numerator <= denominator:
        report_out_of_range(expr.span, scope)
    return as_ratio(found) or found


def lower_aggregate(expr: ast.Aggregate, scope: Scope) -> n.Node:
    """Return the node of `sum`, `average`, `lowest` or `highest`. Reports K0323."""
    op = _AGGREGATES[expr.op.value]
    bound = _bind(expr.binder, scope)
    if bound is None:
        return n.Broken(t.BAD, expr.span)
    source, inner, variable = bound
    where, body = _parts(expr.where, expr.body, inner, t.ANYTHING)
    body = rounded(body)
    adds = op in (FoldOp.SUM, FoldOp.AVERAGE)
    ty = t.NUMBER if adds and body.ty == t.ANYTHING else body.ty
    fine = ty in (t.NUMBER, t.MONTHS, t.SECONDS) if adds else has_order(ty)
    if is_broken(body):
        return n.Broken(t.BAD, expr.span)
    if not fine or body.ty == t.STRING:
        scope.bag.add("K0323", body.span, op=expr.op.value, found=type_word(body.ty))
        return n.Broken(t.BAD, expr.span)
    return n.Fold(op, variable, source, where, body, ty, expr.span)


def lower_each(expr: ast.Each, scope: Scope) -> n.Node:
    """Return the list of one value of each element that `where` keeps."""
    bound = _bind(expr.binder, scope)
    if bound is None:
        return n.Broken(t.BAD, expr.span)
    source, inner, variable = bound
    where, body = _parts(expr.where, expr.body, inner, t.ANYTHING)
    if is_broken(body):
        return n.Broken(t.BAD, expr.span)
    kept = source if where is None else n.Select(variable, source, where, source.ty, expr.span)
    return n.Project(variable, kept, body, t.List(body.ty), expr.span)


def _bind(binder: ast.Binder, scope: Scope) -> tuple[n.Node, Scope, n.Variable] | None:
    source = scope.lower(binder.list)
    if source.ty == t.ANYTHING:
        source = n.Unknown(t.List(t.ANYTHING), source.span)
    if not isinstance(source.ty, t.List):
        if not is_broken(source):
            scope.bag.add("K0338", binder.list.span, text=binder.list.span.text)
        return None
    if any(v.name == binder.name for v in scope.variables):
        scope.bag.add("K0203", binder.name_span, name=binder.name)
    _report_shadowing(binder, scope)
    inner, variable = scope.bind(binder.name, source.ty.element, binder.name_span)
    return source, inner.knowing(_selected_by(source, variable, scope)), variable


def _selected_by(source: n.Node, variable: n.Variable, scope: Scope) -> n.Node | None:
    """Return what holds of every element of a selection: the `where` that it was made with."""
    if not isinstance(source, n.Defined):
        return None
    definition = scope.definitions.definition(source.owner, source.name)
    selection = definition.value if definition else None
    if not isinstance(selection, n.Select) or selection.where is None:
        return None
    slots: dict[int, n.Node] = {0: source.object, selection.variable.slot: variable}

    def change(node: n.Node) -> n.Node:
        return slots.get(node.slot, node) if isinstance(node, n.Variable) else node

    return bottom_up(selection.where, change)


def _report_shadowing(binder: ast.Binder, scope: Scope) -> None:
    own = scope.self.ty if scope.self is not None else None
    if isinstance(own, t.Object) and scope.declared.member(own.name, binder.name):
        scope.bag.add("K0203", binder.name_span, name=binder.name)


def _parts(
    where: ast.Expr | None, body: ast.Expr, scope: Scope, want: t.Type
) -> tuple[n.Node | None, n.Node]:
    kept = None if where is None else scope.lower(where, t.BOOLEAN)
    return kept, scope.knowing(kept).lower(body, want)


def _lint_conjuncts(body: n.Node, expr: ast.Quantifier, scope: Scope) -> None:
    """Warn of a conjunct that says nothing of the elements: it was meant outside."""
    bound = {v.slot for v in scope.variables[-len(expr.binders) :]}
    parts = body.operands if isinstance(body, n.AllOf) else (body,)
    for part in parts:
        used = {node.slot for node in walk(part) if isinstance(node, n.Variable)}
        if not used & bound and not isinstance(part, n.Broken | n.Literal):
            scope.bag.add("K0701", part.span, text=part.span.text, name=expr.binders[-1].name)


def lower_filter(expr: ast.Filter, scope: Scope) -> n.Node:
    """Return the node of `list[condition]` or of `list[number]`.

    Reports: K0334 (the condition may be unknown: `where` keeps such elements as possible ones).
    """
    source = scope.lower(expr.list)
    if source.ty == t.ANYTHING:
        return n.Unknown(t.ANYTHING, expr.span)
    if not isinstance(source.ty, t.List):
        if not is_broken(source):
            scope.bag.add("K0338", expr.list.span, text=expr.list.span.text)
        return n.Broken(t.BAD, expr.span)
    inner, variable = scope.bind("item", source.ty.element, expr.span, item=True)
    condition = inner.lower(expr.condition)
    if condition.ty == t.NUMBER:
        index = scope.lower(expr.condition, t.NUMBER)
        return n.Call("element", (source, index), source.ty.element, expr.span)
    if not t.fits(condition.ty, t.BOOLEAN):
        scope.bag.add("K0339", condition.span, found=type_word(condition.ty))
        return n.Broken(t.BAD, expr.span)
    if not scope.lax and _may_be_unknown(condition):
        scope.bag.add("K0334", condition.span, text=condition.span.text)
    return n.Select(variable, source, condition, source.ty, expr.span)


def _may_be_unknown(condition: n.Node) -> bool:
    return any(isinstance(node, n.Field | n.LevelOf | n.StateOf) for node in walk(condition))
