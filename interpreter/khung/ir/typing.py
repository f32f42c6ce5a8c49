"""Expressions resolved and typed: from the surface tree to core nodes.

In: a surface tree and the scope it stands in. Out: a node whose type is known; what was wrong is
reported once and becomes `Broken`, of which nothing more is said. Sugar goes here: `between`,
`in (…)`, a sign, a percentage. What is deliberately not done: no value is worked out, but for
literals such as `date("2021-12-15")`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from khung.ir import at_level, calls, lists, names, operators
from khung.ir import types as t
from khung.ir.nodes import (
    AllOf,
    AnyOf,
    Broken,
    Build,
    If,
    Node,
    Unknown,
)
from khung.ir.operators import type_word
from khung.records import replace
from khung.syntax import ast
from khung.syntax.operators import CompareOp

if TYPE_CHECKING:
    from khung.ir.scope import Scope
    from khung.text import Span


def lower(expr: ast.Expr, scope: Scope, want: t.Type = t.ANYTHING) -> Node:
    """Return the node of an expression whose value must fit `want`.

    Where `want` is a scale or an enumeration, a bare name that is one of its values is that value.

    Reports: K0201 (unknown name), K0320 (wrong type), and what the parts report.
    """
    node = _lower(expr, scope, want)
    return expect(node, scope, want)


def expect(node: Node, scope: Scope, want: t.Type) -> Node:
    """Return the node if its value fits `want`; report it and return `Broken` otherwise."""
    node = operators.rounded(node) if want == t.NUMBER else node
    if t.fits(node.ty, want):
        return node
    if isinstance(node, If):
        yes, no = expect(node.yes, scope, want), expect(node.no, scope, want)
        return If(node.condition, yes, no, want, node.span)
    advice = "level" if isinstance(want, t.Scale) else "fraction" if node.ty == t.FRACTION else ""
    scope.bag.add(
        "K0320",
        node.span,
        help=advice,
        text=node.span.text,
        found=type_word(node.ty),
        wanted=type_word(want),
        known=names.values_of(want, scope),
    )
    return Broken(want, node.span)


def _lower(expr: ast.Expr, scope: Scope, want: t.Type) -> Node:
    match expr:
        case ast.Number() | ast.Percent() | ast.String() | ast.Boolean() | ast.Temporal():
            return calls.literal(expr, scope)
        case ast.Null():
            return _null(expr, scope, want)
        case ast.Name():
            return names.lower_name(expr, scope, want)
        case ast.Path():
            return names.lower_path(expr, scope, want)
        case ast.And():
            return _and(expr, scope)
        case ast.Or():
            return _or(expr, scope)
        case ast.If():
            return _if(expr, scope, want)
        case ast.Compare():
            return _compare(expr, scope)
        case ast.Between():
            return _between(expr, scope)
        case ast.Membership():
            return _membership(expr, scope)
        case ast.Arithmetic():
            left, right = lower(expr.left, scope), lower(expr.right, scope)
            return operators.arithmetic(expr.op, left, right, scope, expr.span)
        case ast.Negate():
            return operators.negate(lower(expr.operand, scope), scope, expr.span)
        case ast.Call():
            return calls.lower_call(expr, scope, want)
        case ast.Quantifier():
            return lists.lower_quantifier(expr, scope)
        case ast.Tally():
            return lists.lower_tally(expr, scope)
        case ast.Aggregate():
            return lists.lower_aggregate(expr, scope)
        case ast.AtLevel():
            said = at_level.in_length(expr, scope)
            return said if isinstance(said, Broken) else _lower(said, scope, want)
        case ast.Each():
            return lists.lower_each(expr, scope)
        case ast.Filter():
            return lists.lower_filter(expr, scope)
        case ast.ListLiteral():
            return _list(expr, scope, want)
        case ast.RangeLiteral():
            return _range(expr, scope, want)
        case ast.ContextLiteral():
            scope.bag.add("K0332", expr.span)
            return Broken(t.BAD, expr.span)
        case _:
            assert_never(expr)


def _null(expr: ast.Null, scope: Scope, want: t.Type) -> Node:
    if not scope.lax:
        scope.bag.add("K0329", expr.span)
        return Broken(t.BAD, expr.span)
    return Unknown(want, expr.span)


def _and(expr: ast.And, scope: Scope) -> Node:
    operands: list[Node] = []
    inner = scope
    for operand in expr.operands:
        node = lower(operand, inner, t.BOOLEAN)
        operands.append(node)
        inner = inner.knowing(node)
    return AllOf(tuple(operands), expr.span)


def _or(expr: ast.Or, scope: Scope) -> Node:
    operands: list[Node] = []
    inner = scope
    for operand in expr.operands:
        node = lower(operand, inner, t.BOOLEAN)
        operands.append(node)
        inner = inner.denying(node)
    return AnyOf(tuple(operands), expr.span)


def _if(expr: ast.If, scope: Scope, want: t.Type) -> Node:
    condition = lower(expr.condition, scope, t.BOOLEAN)
    yes = _lower(expr.yes, scope.knowing(condition), want)
    no = _lower(expr.no, scope.denying(condition), yes.ty if want == t.ANYTHING else want)
    yes, no = operators.alike(yes, no)
    ty = t.join(yes.ty, no.ty)
    if ty is None:
        scope.bag.add(
            "K0325", no.span, related=(yes.span,), yes=type_word(yes.ty), no=type_word(no.ty)
        )
        return Broken(t.BAD, expr.span)
    return If(condition, yes, no, ty, expr.span)


def _compare(expr: ast.Compare, scope: Scope) -> Node:
    if isinstance(expr.left, ast.Null) or isinstance(expr.right, ast.Null):
        return calls.known_test(expr, scope)
    left = lower(expr.left, scope)
    if left.ty == t.BAD and isinstance(expr.right, ast.Name):
        return Broken(t.BOOLEAN, expr.span)  # what the name means hangs on the left side
    right = _lower(expr.right, scope, left.ty)
    return operators.compare(expr.op, left, right, scope, expr.span)


def _between(expr: ast.Between, scope: Scope) -> Node:
    value = lower(expr.value, scope)
    low = _lower(expr.low, scope, value.ty)
    high = _lower(expr.high, scope, value.ty)
    least = operators.compare(CompareOp.GE, value, low, scope, expr.span)
    most = operators.compare(CompareOp.LE, value, high, scope, expr.span)
    return AllOf((least, most), expr.span)


def _membership(expr: ast.Membership, scope: Scope) -> Node:
    value = lower(expr.value, scope)
    if value.ty == t.BAD:
        return Broken(t.BOOLEAN, expr.span)
    found = tuple(_test(test, value, scope, value.span) for test in expr.tests)
    return found[0] if len(found) == 1 else AnyOf(found, expr.span)


def lower_tests(
    tests: tuple[ast.UnaryTest | ast.Expr, ...], value: Node, scope: Scope, span: Span
) -> Node:
    """Return the node that is true where a value, written elsewhere, meets one of the tests."""
    found = tuple(_test(test, value, scope, test.span) for test in tests)
    return found[0] if len(found) == 1 else AnyOf(found, span)


def _test(test: ast.UnaryTest | ast.Expr, value: Node, scope: Scope, start: Span) -> Node:
    span = start.to(test.span)
    match test:
        case ast.UnaryTest():
            operand = _lower(test.operand, scope, value.ty)
            return operators.compare(test.op, value, operand, scope, span)
        case ast.RangeLiteral():
            bounds = _lower(test, scope, t.Range(value.ty))
            return operators.in_range(value, bounds, scope, span)
        case ast.ListLiteral() if not isinstance(value.ty, t.List):
            tests = tuple(_test(item, value, scope, start) for item in test.items)
            return AnyOf(tests, span)
        case _:
            hint = t.ANYTHING if isinstance(test, ast.ListLiteral) else value.ty
            return operators.membership(value, _lower(test, scope, hint), scope, span)


def _list(expr: ast.ListLiteral, scope: Scope, want: t.Type) -> Node:
    element = want.element if isinstance(want, t.List) else t.ANYTHING
    items: list[Node] = []
    for item in expr.items:
        node = _lower(item, scope, element) if want == t.ANYTHING else lower(item, scope, element)
        node = operators.rounded(node)
        joined = t.join(element, node.ty)
        if joined is None:
            scope.bag.add("K0326", node.span, found=type_word(node.ty), wanted=type_word(element))
            return Broken(t.BAD, expr.span)
        element = joined
        items.append(node)
    typed = (replace(i, ty=element) if isinstance(i, Unknown) else i for i in items)
    return Build(tuple(typed), t.List(element), expr.span)


def _range(expr: ast.RangeLiteral, scope: Scope, want: t.Type) -> Node:
    element = want.element if isinstance(want, t.Range) else t.ANYTHING
    low = _lower(expr.low, scope, element)
    high = _lower(expr.high, scope, low.ty if element == t.ANYTHING else element)
    joined = t.join(low.ty, high.ty)
    if joined is None or not operators.has_order(joined):
        scope.bag.add("K0321", expr.span, op="..", left=type_word(low.ty), right=type_word(high.ty))
        return Broken(t.BAD, expr.span)
    bounds = ("[" if expr.low_closed else "(") + ("]" if expr.high_closed else ")")
    return Build((low, high), t.Range(joined), expr.span, bounds)
