"""`calendars.NAME`: where it may stand, and which facts are counted by it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard

from khung.diagnostics.suggest import unknown
from khung.ir import types as t
from khung.ir.calendars import WorkingDays
from khung.ir.nodes import Broken, Field, Literal, Node
from khung.syntax import ast

if TYPE_CHECKING:
    from collections.abc import Iterable

    from khung.ir.scope import Scope

_HEAD = "calendars"


def is_one(expr: ast.Expr, scope: Scope) -> TypeGuard[ast.Path]:
    """Say whether an expression names a calendar; inputs of bare expressions come first."""
    if not isinstance(expr, ast.Path) or not isinstance(expr.object, ast.Name):
        return False
    return expr.object.name == _HEAD and not _is_input(scope)


def _is_input(scope: Scope) -> bool:
    own = scope.self.ty if scope.self else None
    return isinstance(own, t.Context) and _HEAD in dict(own.fields)


def lower_calendar(expr: ast.Path, scope: Scope) -> Node:
    """Return the literal of a calendar that stands as an argument.

    Reports: K0201 (no such calendar), K0361 (there is no rulebook to look in).
    """
    if scope.declared.rulebook is None:
        scope.bag.add("K0361", expr.span)
        return Broken(t.BAD, expr.span)
    found = scope.declared.calendars.get(expr.name)
    if found is None:
        unknown(scope.bag, "calendar", expr.name, expr.name_span, scope.declared.calendars)
        return Broken(t.BAD, expr.span)
    return Literal(found, t.CALENDAR, expr.span)


def misplaced(expr: ast.Path, scope: Scope) -> Node | None:
    """Refuse a calendar anywhere else; None where the name is an input.

    Reports: K0360 and those of `lower_calendar`.
    """
    if not is_one(expr, scope):
        return None
    if not isinstance(lower_calendar(expr, scope), Broken):
        scope.bag.add("K0360", expr.span, name=expr.name)
    return Broken(t.BAD, expr.span)


def note_dates(arguments: Iterable[Node | None], scope: Scope) -> None:
    """Note the facts that stand as arguments beside a calendar."""
    given = tuple(arguments)
    by = {a.value for a in given if isinstance(a, Literal) and isinstance(a.value, WorkingDays)}
    for node in given:
        if isinstance(node, Field) and node.ty == t.DATE and isinstance(node.object.ty, t.Object):
            for owner in t.names_of(node.object.ty.name):
                scope.declared.dates.setdefault((owner, node.name), set()).update(by)
