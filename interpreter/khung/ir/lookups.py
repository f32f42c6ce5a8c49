"""What is meant by a path to a table's answer, and by the name of a calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard

from khung.diagnostics.suggest import unknown
from khung.ir import types as t
from khung.ir.dates import WorkingDays
from khung.ir.nodes import Broken, Field, Literal, Node
from khung.ir.operators import type_word
from khung.ir.program import TABLES, member_name
from khung.syntax import ast

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Protocol

    from khung.ir.scope import Scope
    from khung.rulebook import model as m
    from khung.text import Span

if TYPE_CHECKING:

    class Read(Protocol):
        """Reads a member of a value, as `names.read` does; None where it has no such member."""

        def __call__(
            self, target: Node, name: str, scope: Scope, span: Span, *, name_span: Span | None
        ) -> Node | None:
            """Return the node that reads it."""


def lower_output(expr: ast.Path, scope: Scope, read: Read) -> Node | None:
    """Return what a path to an output means, read with `names.read`; None of any other path.

    Bare expressions, which belong to no rulebook, read no tables: there it is an input.

    Reports: K0201, K0205, K0456 (a table where a value is due).
    """
    if scope.declared.rulebook is None:
        return None
    head = _head_of(expr)
    if head is None:
        return Broken(t.BAD, expr.span) if _report_whole(expr, scope) else None
    of = head.object
    target = scope.lower(of.object) if isinstance(of, ast.Path) else scope.self
    found = None
    if target is not None and isinstance(target.ty, t.Object):
        name = member_name(head.name, expr.name)
        found = read(target, name, scope, expr.span, name_span=expr.span)
    if found is None:
        _report(target, head, expr, scope)
        return Broken(t.BAD, expr.span)
    return found


def _head_of(expr: ast.Path) -> ast.Path | None:
    """Return `tables.T` or `x.tables.T` of a path to an output; None of any other path."""
    head = expr.object
    return head if isinstance(head, ast.Path) and _is_tables(head.object) else None


def _is_tables(expr: ast.Expr) -> bool:
    return isinstance(expr, ast.Name | ast.Path) and expr.name == TABLES


def _report(target: Node | None, head: ast.Path, expr: ast.Path, scope: Scope) -> None:
    """Report a path to an output that there is not.

    Reports: K0201 (no such table or output), K0205 (no object that could have tables).
    """
    ty = t.ANYTHING if target is None else target.ty
    if not isinstance(ty, t.Object):
        if ty != t.BAD:
            scope.bag.add("K0205", head.name_span, name=TABLES, type=type_word(ty))
        return
    tables = _tables_of(ty, scope)
    if head.name not in tables:
        unknown(scope.bag, "table", head.name, head.name_span, tables)
        return
    outputs = [one.ref.name for one in tables[head.name].outputs]
    if expr.name not in outputs:
        unknown(scope.bag, "output", expr.name, expr.name_span, outputs)


def _report_whole(expr: ast.Path, scope: Scope) -> bool:
    """Report `tables.T` where a value is due: K0456, or K0201 if there is no such table."""
    own = scope.self.ty if scope.self is not None else None
    if not (_is_tables(expr.object) and isinstance(expr.object, ast.Name)):
        return False
    if not isinstance(own, t.Object):
        return False
    tables = _tables_of(own, scope)
    if expr.name not in tables:
        unknown(scope.bag, "table", expr.name, expr.name_span, tables)
        return True
    output = next((one.ref.name for one in tables[expr.name].outputs), "")
    scope.bag.add("K0456", expr.span, name=expr.name, output=output)
    return True


def _tables_of(ty: t.Object, scope: Scope) -> dict[str, m.Table]:
    declared = scope.declared.objects[t.first_of(ty.name)].subject
    return {table.head.id: table for table in declared.tables} if declared else {}


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
    scope.declared.uses.note("calendar", "", expr.name, expr.name_span)
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
                scope.declared.tracer.note_dates((owner, node.name), by)
