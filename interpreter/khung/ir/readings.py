"""Readings in expressions: which option is chosen, and what that option says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.diagnostics.suggest import unknown
from khung.ir import nodes as n
from khung.ir import types as t
from khung.syntax import ast
from khung.syntax.operators import CompareOp

if TYPE_CHECKING:
    from khung.ir.scope import Scope
    from khung.rulebook import model as m
    from khung.text import Span

_READINGS, _VALUE = "readings", "value"


def lower_reading(expr: ast.Path, scope: Scope) -> n.Node:
    """Return which option of a reading is chosen. Reports K0201."""
    chosen = scope.declared.chosen
    if expr.name not in chosen:
        unknown(scope.bag, "reading", expr.name, expr.name_span, chosen)
        return n.Broken(t.BAD, expr.span)
    scope.declared.uses.note("reading", "", expr.name, expr.name_span)
    return _chosen(expr.name, scope, expr.span)


def _chosen(name: str, scope: Scope, span: Span) -> n.Literal:
    option, options = scope.declared.chosen[name], scope.declared.values[f"{_READINGS}.{name}"]
    scope.declared.tracer.note("reading", name, option, options.values)
    return n.Literal(option, t.Enumeration(options.name), span, name)


def lower_value(expr: ast.Path, scope: Scope, want: t.Type) -> n.Node | None:
    """Return what `readings.R.value` says: a choice by reading, each option as if written here.

    None for any other path. What is wrong with an option is told at its text, once, with the place
    where it is used.

    Reports: K0201 (no such reading), K0320 (an option of another type than the first), K0508 (a
    reading whose options have no values).
    """
    asked = expr.object
    if expr.name != _VALUE or not isinstance(asked, ast.Path):
        return None
    rulebook = scope.declared.rulebook
    if rulebook is None or not isinstance(asked.object, ast.Name) or asked.object.name != _READINGS:
        return None
    reading = next((one for one in rulebook.readings if one.head.id == asked.name), None)
    if reading is None:
        return lower_reading(asked, scope)
    scope.declared.tracer.note(_VALUE, asked.name, id(reading))
    scope.declared.uses.note("reading", "", asked.name, asked.name_span)
    if any(option.value is None for option in reading.options):
        _report_without(reading, expr, scope)
        return n.Broken(t.BAD, expr.span)
    return _by_option(reading.options, _chosen(asked.name, scope, asked.span), want, scope, expr)


def _report_without(reading: m.Reading, expr: ast.Path, scope: Scope) -> None:
    if all(option.value is None for option in reading.options):  # of some, it is said already
        name, related = reading.head.id, (reading.head.span,)
        scope.bag.add("K0508", expr.span, related=related, name=name)


def _by_option(
    options: tuple[m.Option, ...], chosen: n.Literal, want: t.Type, scope: Scope, used: ast.Path
) -> n.Node:
    option, *others = options
    tested = n.Literal(option.head.id, chosen.ty, option.head.span)
    holds = n.Compare(CompareOp.EQ, chosen, tested, option.head.span)
    if not others:
        return _option(option, want, scope, used.span)
    yes = _option(option, want, scope.knowing(holds), used.span)
    wanted = yes.ty if want == t.ANYTHING else want
    no = _by_option(tuple(others), chosen, wanted, scope.denying(holds), used)
    return n.If(holds, yes, no, t.join(yes.ty, no.ty) or t.BAD, used.span)


def _option(option: m.Option, want: t.Type, scope: Scope, used: Span) -> n.Node:
    assert option.value is not None  # noqa: S101  # the caller has looked
    before = len(scope.bag)
    node = scope.lower(option.value, want)
    scope.bag.relate_since(before, used)
    return node
