"""Literals and calls of builtins: which signature fits, and what the result is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.diagnostics.suggest import nearest
from khung.ir import lookups, names, operators
from khung.ir import types as t
from khung.ir.builtins import (
    BY_CALENDAR,
    ITEM,
    LEVEL,
    NOT_MONOTONE,
    ORDERED,
    SIGNATURES,
    Parameter,
    Signature,
)
from khung.ir.dates import parse_date, parse_duration
from khung.ir.nodes import Broken, Build, Call, Field, Has, Literal, Node, Not, Unknown
from khung.records import replace
from khung.syntax import ast
from khung.syntax.operators import CompareOp

if TYPE_CHECKING:
    from khung.ir.scope import Scope
    from khung.text import Span


def literal(
    expr: ast.Number | ast.Percent | ast.String | ast.Boolean | ast.Temporal, scope: Scope
) -> Node:
    """Return the node of a literal. Reports K0337 for a date or duration that does not exist."""
    match expr:
        case ast.Number():
            return Literal(expr.value, t.NUMBER, expr.span)
        case ast.Percent():
            return Literal(expr.value / 100, t.NUMBER, expr.span)
        case ast.String():
            return Literal(expr.value, t.STRING, expr.span)
        case ast.Boolean():
            return Literal(expr.value, t.BOOLEAN, expr.span)
        case ast.Temporal():
            return _temporal(expr.value, scope, expr.span)


def _temporal(text: str, scope: Scope, span: Span) -> Node:
    day = parse_date(text)
    if day is not None:
        return Literal(day, t.DATE, span)
    duration = parse_duration(text)
    if duration is not None:
        return Literal(duration[0], duration[1], span)
    scope.bag.add("K0337", span, text=text)
    return Broken(t.BAD, span)


def known_test(expr: ast.Compare, scope: Scope) -> Node:
    """Return the node of `x = null`, which asks whether x is unknown. Reports K0329."""
    operand = expr.right if isinstance(expr.left, ast.Null) else expr.left
    if not scope.lax:
        scope.bag.add("K0329", expr.span)
        return Broken(t.BOOLEAN, expr.span)
    value = scope.lower(operand)
    if expr.op not in operators.EQUALITY:
        return Unknown(t.BOOLEAN, expr.span)
    known = Call("is known", (value,), t.BOOLEAN, expr.span)
    return known if expr.op is CompareOp.NE else Not(known, expr.span)


def lower_call(expr: ast.Call, scope: Scope, want: t.Type = t.ANYTHING) -> Node:
    """Return the node of a call of a builtin.

    Reports: K0206 (no such function), K0341 (not allowed here), K0342 (wrong arguments),
    K0337 (a literal argument that names nothing), K0343 (`has` of what is no fact or link).
    """
    if expr.function == "has":
        return _has(expr, scope)
    if expr.function not in SIGNATURES:
        near = nearest(expr.function, SIGNATURES)
        scope.bag.add(
            "K0206",
            expr.name_span,
            help="near" if near else "",
            name=expr.function,
            near=near or "",
        )
        return Broken(t.BAD, expr.span)
    if expr.function in NOT_MONOTONE and not scope.lax:
        scope.bag.add("K0341", expr.name_span, name=expr.function)
    arguments = _lowered_arguments(expr, scope, want)
    if operators.is_broken(*(node for _, node in arguments)):
        return Broken(t.BAD, expr.span)
    for signature in SIGNATURES[expr.function]:
        made = _matched(expr.function, signature, arguments, scope, expr.span)
        if made is not None:
            return _checked_literals(made, scope)
    _report_arguments(expr, arguments, scope)
    return Broken(t.BAD, expr.span)


def _lowered_arguments(expr: ast.Call, scope: Scope, want: t.Type) -> list[tuple[str, Node]]:
    """Type the arguments; bare values are of the first one's type, or of the result's.

    That of `entry` is of the type of the key of its list.
    """
    made: list[tuple[str, Node]] = []
    gives_item = any(s.result in (ITEM, LEVEL) for s in SIGNATURES[expr.function])
    hint = _hint(want) if gives_item else t.ANYTHING
    for argument in expr.arguments:
        if isinstance(argument.value, ast.Name):
            node = names.lower_name(argument.value, scope, hint)
        elif isinstance(argument.value, ast.Null) and scope.lax:
            node = Unknown(t.ANYTHING, argument.span)
        elif expr.function in BY_CALENDAR and lookups.is_one(argument.value, scope):
            node = lookups.lower_calendar(argument.value, scope)
        else:
            node = operators.rounded(scope.lower(argument.value))
        if expr.function == "entry" and not made:
            hint = _hint(_type_of_key(node, scope))
        hint = _hint(node.ty) if hint == t.ANYTHING else hint
        made.append((argument.name, node))
    return made


def _type_of_key(node: Node, scope: Scope) -> t.Type:
    """Return the type of what tells the records of a list apart, if the list is a fact."""
    if not isinstance(node, Field) or not isinstance(node.object.ty, t.Object):
        return t.ANYTHING
    ty, fact = node.ty, scope.declared.member(node.object.ty.name, node.name)
    if fact is None or not isinstance(ty, t.List) or not isinstance(ty.element, t.Object):
        return t.ANYTHING
    key = scope.declared.member(ty.element.name, fact.key)
    return t.ANYTHING if key is None else key.ty


def _hint(ty: t.Type) -> t.Type:
    inner = ty.element if isinstance(ty, t.List) else ty
    return inner if isinstance(inner, t.Scale | t.Enumeration) else t.ANYTHING


def _matched(
    function: str,
    signature: Signature,
    arguments: list[tuple[str, Node]],
    scope: Scope,
    span: Span,
) -> Node | None:
    ordered = _in_order(signature, arguments)
    if ordered is None:
        return None
    item: t.Type = t.ANYTHING
    for parameter, node in ordered:
        if node is None:
            continue
        bound = _bind_item(parameter.ty, node.ty, item, scope)
        if bound is None:
            return None
        item = bound
    result = _with_item(signature.result, item)
    nodes = tuple(_argument(p, node, item) for p, node in ordered)
    if signature.variadic and function != "concatenate":
        made = tuple(node for node in nodes if node is not None)
        return Call(function, (_as_list(made, item, signature, span),), result, span)
    if function == "not" and nodes[0] is not None:
        return Not(nodes[0], span)
    if function in BY_CALENDAR:
        lookups.note_dates(nodes, scope)
    return Call(function, nodes, result, span)


def _argument(parameter: Parameter, node: Node | None, item: t.Type) -> Node | None:
    """Give a `null` the type that its parameter asks for; for an optional one it is nothing."""
    if not isinstance(node, Unknown):
        return node
    return None if parameter.optional else replace(node, ty=_with_item(parameter.ty, item))


def _as_list(nodes: tuple[Node, ...], item: t.Type, signature: Signature, span: Span) -> Node:
    return Build(nodes, t.List(_with_item(signature.parameters[0].ty, item)), span)


def _in_order(
    signature: Signature, arguments: list[tuple[str, Node]]
) -> list[tuple[Parameter, Node | None]] | None:
    parameters = signature.parameters
    if signature.variadic:
        if not arguments or any(name for name, _ in arguments):
            return None
        return [(parameters[0], node) for _, node in arguments]
    if any(name for name, _ in arguments):
        given = dict(arguments)
        if len(given) != len(arguments) or not set(given) <= {p.name for p in parameters}:
            return None
        pairs = [(p, given.get(p.name)) for p in parameters]
    else:
        if len(arguments) > len(parameters):
            return None
        padded = [node for _, node in arguments]
        pairs = [(p, padded[i] if i < len(padded) else None) for i, p in enumerate(parameters)]
    if any(node is None and not p.optional for p, node in pairs):
        return None
    return pairs


def _bind_item(wanted: t.Type, given: t.Type, item: t.Type, scope: Scope) -> t.Type | None:
    """Return what the signature's free type is after this argument; None where it does not fit."""
    if isinstance(wanted, t.List):
        if isinstance(given, t.Anything):
            return item
        if not isinstance(given, t.List):
            return None
        return _bind_item(wanted.element, given.element, item, scope)
    if wanted not in (ITEM, ORDERED, LEVEL):
        return item if t.fits(given, wanted) else None
    if wanted == ORDERED and not operators.has_order(given):
        return None
    if wanted == LEVEL and not isinstance(given, t.Scale | t.Anything):
        return None
    return t.join(item, given)


def _with_item(ty: t.Type, item: t.Type) -> t.Type:
    if isinstance(ty, t.List):
        return t.List(_with_item(ty.element, item))
    return item if ty in (ITEM, ORDERED, LEVEL) else ty


def _report_arguments(expr: ast.Call, arguments: list[tuple[str, Node]], scope: Scope) -> None:
    forms = tuple(
        f"{expr.function}({', '.join(p.name or 'x' for p in s.parameters)})"
        for s in SIGNATURES[expr.function]
    )
    found = ", ".join(node.span.text for _, node in arguments) or "—"
    scope.bag.add("K0342", expr.span, name=expr.function, forms=forms, found=found)


def _checked_literals(node: Node, scope: Scope) -> Node:
    """Work out `date("…")` and `duration("…")` of a literal, and report what names nothing."""
    if not isinstance(node, Call) or node.function not in ("date", "duration"):
        return node
    first = node.arguments[0]
    if len(node.arguments) == 1 and isinstance(first, Literal) and isinstance(first.value, str):
        return _from_text(node, first.value, scope)
    return node


def _from_text(node: Call, text: str, scope: Scope) -> Node:
    if node.function == "date":
        day = parse_date(text)
        if day is not None:
            return Literal(day, t.DATE, node.span)
    else:
        duration = parse_duration(text)
        if duration is not None:
            return Literal(duration[0], duration[1], node.span)
    scope.bag.add("K0337", node.span, text=text)
    return Broken(t.BAD, node.span)


def _has(expr: ast.Call, scope: Scope) -> Node:
    if len(expr.arguments) != 1:
        scope.bag.add("K0342", expr.span, name="has", forms=("has(x)",), found="…")
        return Broken(t.BOOLEAN, expr.span)
    node = replace(scope, unguarded=True).lower(expr.arguments[0].value)
    if isinstance(node, Field) and isinstance(node.object.ty, t.Object):
        return Has(node.object, node.name, expr.span)
    if not operators.is_broken(node):
        scope.bag.add("K0343", expr.span, text=expr.arguments[0].span.text)
    return Broken(t.BOOLEAN, expr.span)
