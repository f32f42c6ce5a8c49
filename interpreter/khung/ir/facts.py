"""A fact of a subject, or a field of a record, with its default, its range and what it must be.

Reports: K0201 (a list's key that is no field), K0492, K0493, K0495 and those of `defaults`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.diagnostics.suggest import unknown
from khung.ir import types as t
from khung.ir.declare import cited
from khung.ir.defaults import check_marks, is_absent
from khung.ir.definitions import is_optional
from khung.ir.musts import lower_must
from khung.ir.program import Fact
from khung.rulebook import model as m
from khung.syntax.ast import ListLiteral

if TYPE_CHECKING:
    from khung.ir.declare import Declarations, Declared
    from khung.ir.definitions import Definitions
    from khung.ir.scope import Scope


def lower_fact(owner: Declared, model: m.Fact, scope: Scope, definitions: Definitions) -> Fact:
    """Return a fact of an object type; `scope` is that of an expression over such an object."""
    head, declared = model.head, definitions.declared
    member = owner.members[head.id]
    applies = definitions.applies(owner.name, member)
    optional = is_optional(applies, head.id)
    absent, default = is_absent(model, declared.bag, optional=optional), None
    if model.default is not None and not isinstance(model.default, m.Absent):
        default = scope.knowing(applies).lower(model.default, member.ty)
    _check_key(model, member.ty, declared)
    _check_length(model, member.ty, declared)
    check_marks(model, declared.bag)
    low, high = (model.range.low, model.range.high) if model.range else (None, None)
    return Fact(
        head.id,
        member.ty,
        head.label,
        cited(declared, head.sources),
        model.unit,
        low,
        high,
        default,
        applies,
        optional,
        model.key.name if model.key else "",
        model.absence,
        model.provisional,
        model.complete.name if model.complete else "",
        model.fixed,
        absent,
        lower_must(model.must, scope.knowing(applies)),
        model.range is not None and "%" in model.range.span.text,
        model.length.number if model.length else None,
    )


def _check_key(model: m.Fact, ty: t.Type, declared: Declarations) -> None:
    if model.key is None or not isinstance(ty, t.List) or not isinstance(ty.element, t.Object):
        return
    record = declared.objects[ty.element.name]
    if declared.member(record.name, model.key.name) is None:
        unknown(declared.bag, "field", model.key.name, model.key.span, record.members)


def _check_length(model: m.Fact, ty: t.Type, declared: Declarations) -> None:
    """Report a length of what is no list, or beside a fact that counts the list already."""
    if model.length is None or ty == t.BAD:
        return
    if not isinstance(ty, t.List) or _is_record(ty.element, declared):
        advice = "records" if isinstance(ty, t.List) else ""
        declared.bag.add("K0492", model.length.span, help=advice, name=model.head.id)
    elif model.complete is not None:
        related, count = (model.complete.span,), model.complete.name
        span, name = model.length.span, model.head.id
        declared.bag.add("K0493", span, related=related, name=name, count=count)
    elif isinstance(model.default, ListLiteral):
        listed, length = len(model.default.items), model.length.number
        if listed != length:
            span, name = model.default.span, model.head.id
            declared.bag.add("K0495", span, name=name, length=length, listed=listed)


def _is_record(ty: t.Type, declared: Declarations) -> bool:
    return isinstance(ty, t.Object) and declared.objects[ty.name].subject is None
