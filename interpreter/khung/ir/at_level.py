"""A list of subjects that are at a level: written by the names that their own result has."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.declare import Sort
from khung.ir.operators import is_broken, type_word
from khung.syntax import ast
from khung.syntax.operators import CompareOp

if TYPE_CHECKING:
    from khung.ir.scope import Scope


def in_length(expr: ast.AtLevel, scope: Scope) -> ast.Quantifier | ast.Tally | n.Broken:
    """Return what is said in short: that each element is ranked, and at the level at least.

    Reports: K0338 (no list), K0483 (a list of what has no result).
    """
    source = scope.lower(expr.list)
    element = source.ty.element if isinstance(source.ty, t.List) else None
    result = _result(element, scope)
    if result is None:
        _report(expr, source, element, scope)
        return n.Broken(t.FRACTION if expr.share else t.BOOLEAN, expr.span)
    span, name = expr.span, _unused(scope)
    one = ast.Name(name, span)
    ranked, level = ast.Path(one, "ranked", span, span), ast.Path(one, result, span, span)
    least = ast.Compare(CompareOp.GE, level, expr.at_least, span)
    binder, body = ast.Binder(name, expr.list, expr.list.span, span), ast.And((ranked, least), span)
    if expr.share:
        return ast.Tally(share=True, binder=binder, where=None, body=body, span=span)
    return ast.Quantifier(every=True, binders=(binder,), where=None, body=body, span=span)


def _result(element: t.Type | None, scope: Scope) -> str | None:
    """Return what the level of a subject is called; None of what is not ranked."""
    if not isinstance(element, t.Object):
        return None
    members = scope.declared.objects[element.name].members.values()
    return next((one.name for one in members if one.sort is Sort.LEVEL), None)


def _report(expr: ast.AtLevel, source: n.Node, element: t.Type | None, scope: Scope) -> None:
    text, span = expr.list.span.text, expr.list.span
    if element is None and not is_broken(source):
        scope.bag.add("K0338", span, text=text)
    elif element not in (None, t.BAD):
        scope.bag.add("K0483", span, text=text, type=type_word(element))


def _unused(scope: Scope) -> str:
    """Return a name for an element that means nothing yet where the list stands."""
    own = scope.self.ty if scope.self is not None else None
    owner, used = own.name if isinstance(own, t.Object) else "", {v.name for v in scope.variables}
    names = (f"t{i or ''}" for i in count())
    return next(x for x in names if x not in used and not scope.declared.member(owner, x))
