"""What a name or a path means: variables, members of objects, values of scales, reserved names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.diagnostics.model import Word
from khung.diagnostics.suggest import nearest, unknown
from khung.ir import lookups, readings, unreadable
from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.builtins import PROPERTIES
from khung.ir.declare import Member, Sort
from khung.ir.entries import stages_of
from khung.ir.enums import ResultOf
from khung.ir.operators import type_word
from khung.ir.rewrite import substitute
from khung.ir.scope import proves
from khung.ir.subtrees import lower_below
from khung.records import replace
from khung.rulebook.model.rules import Stage
from khung.source.values import looks_boolean
from khung.syntax import ast
from khung.syntax.walk import names as free_names

if TYPE_CHECKING:
    from khung.ir.scope import Scope
    from khung.rulebook import model as m
    from khung.text import Span

USABLE = ("on", "period", "parameters", "readings", "calendars", "criteria")
"""The reserved names that advice may offer."""


def values_of(ty: t.Type, scope: Scope) -> tuple[str, ...]:
    """Return the values that a bare name may be where `ty` is due."""
    if isinstance(ty, t.Scale | t.Enumeration) and ty.name in scope.declared.values:
        return scope.declared.values[ty.name].values
    return ()


def value_literal(name: str, ty: t.Type, scope: Scope, span: Span, reading: str = "") -> n.Literal:
    """Return the literal of a value of a scale (its rank) or of an enumeration (its name)."""
    if isinstance(ty, t.Scale):
        return n.Literal(scope.declared.values[ty.name].rank(name), ty, span)
    return n.Literal(name, ty, span, reading)


def lower_name(expr: ast.Name, scope: Scope, want: t.Type) -> n.Node:
    """Return what a bare name means where `want` is due.

    Reports: K0201 (nothing has the name), K0204 (a level's name that is also a declared one of
    the same type), K0336 (a level of another scale), K0354 (a name that may not be read here).
    """
    named = _find(expr.name, scope, expr.span)
    if expr.name in values_of(want, scope):
        if named is not None and named.ty == want:
            scope.bag.add("K0204", expr.span, name=expr.name, type=type_word(want))
            return n.Broken(want, expr.span)
        if isinstance(want, t.Scale | t.Enumeration):
            scope.declared.uses.note("value", want.name, expr.name, expr.span)
        return value_literal(expr.name, want, scope, expr.span)
    if named is not None:
        return named
    _report_unknown(expr, scope, want)
    return n.Broken(t.BAD, expr.span)


def _report_unknown(expr: ast.Name, scope: Scope, want: t.Type) -> None:
    wanted = values_of(want, scope)
    others = [v.name for v in scope.declared.values.values() if expr.name in v.values and wanted]
    if others and isinstance(want, t.Scale | t.Enumeration):
        scope.bag.add(
            "K0336", expr.span, name=expr.name, scale=others[0], wanted=want.name, known=wanted
        )
        return
    if want == t.BOOLEAN and looks_boolean(expr.name):
        scope.bag.add("K0201", expr.span, help="boolean", kind=Word("name"), name=expr.name)
        return
    candidates = [*wanted, *_visible(scope)]
    if unreadable.report(expr.name, expr.span, scope, _visible(scope)):
        return
    kind = "level" if isinstance(want, t.Scale) else "value" if wanted else "name"
    unknown(scope.bag, kind, expr.name, expr.span, candidates)


def _visible(scope: Scope) -> list[str]:
    found = [v.name for v in scope.variables]
    for variable in (*scope.items, *((scope.self,) if scope.self else ())):
        found += _member_names(variable.ty, scope)
    usable = USABLE if scope.self is not None else ("period", "parameters", "readings")
    return found if scope.declared.rulebook is None else [*found, *usable]


def _member_names(ty: t.Type, scope: Scope) -> list[str]:
    if isinstance(ty, t.Context):
        return [name for name, _ in ty.fields]
    if isinstance(ty, t.Object) and ty.name in scope.declared.objects:
        return list(scope.declared.objects[ty.name].members)
    return []


def _find(name: str, scope: Scope, span: Span) -> n.Node | None:
    for variable in reversed(scope.variables):
        if variable.name == name:
            return n.Variable(name, variable.slot, variable.ty, span)
    for variable in reversed(scope.items):
        found = read(variable, name, scope, span)
        if found is not None:
            return found
    if scope.self is not None:
        found = read(scope.self, name, scope, span)
        if found is not None:
            return found
    if name == "self" and scope.self is not None:
        return scope.self
    if name == "on" and isinstance(scope.self and scope.self.ty, t.Object):
        return n.Call("on", (), t.DATE, span)
    return None


def read(
    target: n.Node, name: str, scope: Scope, span: Span, *, name_span: Span | None = None
) -> n.Node | None:
    """Return the node that reads a member of a value; None where it has no such member.

    Reports: K0333 where the value may not apply at this place.
    """
    ty = target.ty
    if isinstance(ty, t.Context):
        fields = dict(ty.fields)
        return n.Field(target, name, fields[name], span) if name in fields else None
    if isinstance(ty, t.Object):
        member = scope.declared.member(ty.name, name)
        if member is None:
            return None
        scope.declared.uses.note("member", ty.name, name, span)
        node = _member(target, ty.name, member, scope, span)
        _require_guard(node, target, member, scope, name_span or span)
        return node
    properties = PROPERTIES.get(ty)
    if properties and name in properties:
        return n.Call(f".{name}", (target,), properties[name], span)
    if isinstance(ty, t.Ballots) and name in scope.declared.values[ty.scale].values:
        rank = value_literal(name, t.Scale(ty.scale), scope, span)
        return n.Call("ballots for", (target, rank), t.NUMBER, span)
    if isinstance(ty, t.Enumeration):
        return _attribute(target, ty.name, name, scope, span)
    return None


def _member(target: n.Node, owner: str, member: Member, scope: Scope, span: Span) -> n.Node:
    match member.sort:
        case Sort.FACT | Sort.LINK | Sort.BACK:
            return n.Field(target, member.name, member.ty, span)
        case Sort.DEFINITION:
            ty = scope.definitions.type_of(owner, member.name)
            known = n.Defined(target, owner, member.name, ty, span) if ty else None
            return known or n.Broken(t.BAD, span)
        case Sort.SET:
            return n.CriteriaSet(target, owner, member.name, member.ty, span)
        case Sort.LEVEL:
            return n.LevelOf(target, Stage.QUOTA, member.ty, span)
        case Sort.STATE:
            return _state(target, member, scope, span)
        case Sort.STAGES:
            unreadable.report_alone(member.name, span, scope)
            return n.Broken(t.BAD, span)


def _state(target: n.Node, member: Member, scope: Scope, span: Span) -> n.Node:
    if member.name == "status" and not scope.lax:
        scope.bag.add("K0335", span)
    return n.StateOf(target, ResultOf(member.name), member.ty, span)


def _attribute(target: n.Node, kinds: str, name: str, scope: Scope, span: Span) -> n.Node | None:
    subject, _, field_name = kinds.partition(".")
    declared = scope.declared.objects.get(subject)
    model = declared.subject if declared else None
    if model is None or model.kinds is None or model.kinds.field != field_name:
        return None
    attribute = f"{kinds}.{name}"
    if attribute not in scope.declared.values:
        return None
    pairs = tuple(
        (kind.head.id, value.name)
        for kind in model.kinds.values
        for key, value in kind.attributes
        if key == name
    )
    return n.Attribute(target, name, pairs, t.Enumeration(attribute), span)


def _require_guard(node: n.Node, target: n.Node, member: Member, scope: Scope, span: Span) -> None:
    if scope.unguarded:
        return
    condition = condition_of(target, member, scope)
    if condition is None or proves(scope.known, condition, scope.definitions):
        return
    if isinstance(node, n.Field) and proves(scope.known, _there(node), scope.definitions):
        return
    scope.bag.add(
        "K0333",
        span,
        help="has" if isinstance(condition, n.Has) else "required" if scope.required else "",
        name=node.span.text,
        condition=_said(condition, target, member, scope),
    )


def _there(node: n.Field) -> n.Node:
    """Return the condition `has(…)` of what is read."""
    return n.Has(node.object, node.name, node.span)


def _said(condition: n.Node, target: n.Node, member: Member, scope: Scope) -> str:
    """Return a condition as it would be written here, on the object that is read."""
    path = "" if target == scope.self else f"{target.span.text}."
    if isinstance(condition, n.StateOf):
        return f"{path}ranked"
    if isinstance(condition, n.Has):
        return f"has({path}{condition.name})"
    if member.applies is None or not path or not isinstance(target.ty, t.Object):
        return condition.span.text
    text, start = member.applies.span.text, member.applies.span.start
    for name in reversed(free_names(member.applies)):
        if scope.declared.member(target.ty.name, name.name):
            at = name.span.start - start
            text = text[:at] + path + text[at:]
    return text


def condition_of(target: n.Node, member: Member, scope: Scope) -> n.Node | None:
    """Return the condition under which a member has a value on `target`; None where always."""
    if member.sort is Sort.LEVEL and isinstance(target.ty, t.Object):
        return n.StateOf(target, ResultOf.RANKED, t.BOOLEAN, target.span)
    if member.applies is None or not isinstance(target.ty, t.Object):
        return None
    condition = scope.definitions.applies(target.ty.name, member)
    return None if condition is None else substitute(condition, target)


def lower_path(expr: ast.Path, scope: Scope, want: t.Type = t.ANYTHING) -> n.Node:
    """Return what `object.name` means where `want` is due.

    Reports: K0201, K0202 (the value has nothing of that name), K0205 (nothing can be read of it).
    """
    reserved = readings.lower_value(expr, scope, want) or _reserved_path(expr, scope)
    if reserved is not None:
        return reserved
    of_table = lookups.lower_output(expr, scope, read)
    if of_table is not None:
        return of_table
    target = scope.lower(expr.object)
    if target.ty == t.BAD:
        return n.Broken(t.BAD, expr.span)
    if target.ty == t.ANYTHING:
        return n.Unknown(t.ANYTHING, expr.span)
    if isinstance(target.ty, t.List):
        below = lower_below(target, expr, scope)
        return below or _project(target, target.ty.element, expr, scope)
    found = read(target, expr.name, scope, expr.span, name_span=expr.span)
    if found is None:
        _report_member(target.ty, expr, scope)
        return n.Broken(t.BAD, expr.span)
    return found


def _project(target: n.Node, element: t.Type, expr: ast.Path, scope: Scope) -> n.Node:
    inner, variable = scope.bind("", element, expr.span)
    body = read(variable, expr.name, replace(inner, unguarded=True), expr.span)
    if body is None:
        _report_member(element, expr, scope)
        return n.Broken(t.BAD, expr.span)
    return n.Project(variable, target, body, t.List(body.ty), expr.span)


def _report_member(ty: t.Type, expr: ast.Path, scope: Scope) -> None:
    known = tuple(_member_names(ty, scope)) or tuple(PROPERTIES.get(ty, ()))
    near = nearest(expr.name, known)
    if not known:
        scope.bag.add("K0205", expr.name_span, name=expr.name, type=type_word(ty))
    elif near is not None:
        scope.bag.add(
            "K0202", expr.name_span, help="near", name=expr.name, type=type_word(ty), near=near
        )
    else:
        scope.bag.add(
            "K0202",
            expr.name_span,
            help="known",
            name=expr.name,
            type=type_word(ty),
            known=known[:8],
        )


def _reserved_path(expr: ast.Path, scope: Scope) -> n.Node | None:
    head, rulebook = expr.object, scope.declared.rulebook
    if isinstance(head, ast.Path) and head.name == "stages":
        return _stage(head, expr, scope)
    if not isinstance(head, ast.Name):
        return None
    if head.name == "calendars":
        return lookups.misplaced(expr, scope)
    if rulebook is None:
        return None
    match head.name:
        case "period":
            return _period(expr, rulebook, scope)
        case "parameters":
            return _parameter(expr, rulebook, scope)
        case "readings":
            return readings.lower_reading(expr, scope)
        case "criteria":
            return _criterion(expr, scope)
        case "stages":
            return _stage_of(scope.self, expr, scope) if scope.self else None
        case _:
            return None


def _period(expr: ast.Path, rulebook: m.Rulebook, scope: Scope) -> n.Node:
    start, end = rulebook.period
    if expr.name not in ("from", "to"):
        unknown(scope.bag, "name", expr.name, expr.name_span, ("from", "to"))
        return n.Broken(t.BAD, expr.span)
    return n.Literal(start if expr.name == "from" else end, t.DATE, expr.span)


def _parameter(expr: ast.Path, rulebook: m.Rulebook, scope: Scope) -> n.Node:
    parameters = {p.head.id: p for p in rulebook.parameters}
    if expr.name not in parameters:
        unknown(scope.bag, "parameter", expr.name, expr.name_span, parameters)
        return n.Broken(t.BAD, expr.span)
    scope.declared.uses.note("parameter", "", expr.name, expr.name_span)
    return scope.definitions.parameter(parameters[expr.name], expr.span)


def _criterion(expr: ast.Path, scope: Scope) -> n.Node:
    target = scope.self
    ty = None if target is None else target.ty
    declared = scope.declared.objects.get(ty.name) if isinstance(ty, t.Object) else None
    if target is None or declared is None or not declared.criteria:
        unreadable.report("criteria", expr.object.span, scope, _visible(scope))
        return n.Broken(t.BAD, expr.span)
    if expr.name not in declared.criteria:
        unknown(scope.bag, "criterion", expr.name, expr.name_span, declared.criteria)
        return n.Broken(t.BAD, expr.span)
    group, item = declared.criteria[expr.name]
    scope.declared.uses.note("criterion", declared.name, expr.name, expr.name_span)
    scope.declared.tracer.note("criterion", declared.name, expr.name, id(group), id(item))
    grades = declared.members[group.head.id].ty
    ty = grades.element if isinstance(grades, t.List) else t.BAD
    node = n.Field(target, f"criteria.{expr.name}", ty, expr.span)
    for applies in (group.applies_when, item.applies_when):
        member = Member(Sort.FACT, f"criteria.{expr.name}", ty, applies=applies)
        _require_guard(node, target, member, scope, expr.span)
    return node


def _stage(head: ast.Path, expr: ast.Path, scope: Scope) -> n.Node | None:
    return _stage_of(scope.lower(head.object), expr, scope)


def _stage_of(target: n.Node, expr: ast.Path, scope: Scope) -> n.Node | None:
    member = (
        scope.declared.member(target.ty.name, "stages") if isinstance(target.ty, t.Object) else None
    )
    if member is None:
        return None
    stages = _stages_before_the_last(target.ty, scope)
    if expr.name not in stages:
        unknown(scope.bag, "stage", expr.name, expr.name_span, stages)
        return n.Broken(t.BAD, expr.span)
    _require_guard(
        n.Field(target, "stages", member.ty, expr.span),
        target,
        Member(Sort.LEVEL, expr.name, member.ty),
        scope,
        expr.span,
    )
    return n.LevelOf(target, Stage(expr.name), member.ty, expr.span)


def _stages_before_the_last(ty: t.Type, scope: Scope) -> tuple[Stage, ...]:
    """Return after which stages an expression may read a level; the final one has its own name."""
    names = t.names_of(ty.name) if isinstance(ty, t.Object) else ()
    models = [scope.declared.objects[name].subject for name in names]
    found = [stages_of(model) for model in models if model is not None]
    return tuple(s for s in tuple(Stage)[:-1] if all(s in stages for stages in found))
