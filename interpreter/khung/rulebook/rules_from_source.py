"""The rules that give a level, and those that only watch: scope, ladder, caps, checks.

In: their YAML mappings. Out: `ScopeRule`, `Ladder`, `Cap`, `Check`. Names in them are not looked
up; whether the levels follow the scale is asked by `ir`.

Reports: K0417, K0422 and those of `reader`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.rulebook.model import Cap, Check, Knockout, Ladder, Level, Requirement, ScopeRule
from khung.rulebook.names import OF_SUBJECTS, check_reserved
from khung.rulebook.reader import (
    RULE,
    binder,
    entries,
    exactly_one,
    expression,
    fields_of,
    filled_entries,
    head,
    only_true,
    ref,
)

if TYPE_CHECKING:
    from khung.rulebook.reader import Context
    from khung.source.nodes import Entry
    from khung.source.shape import Fields

SEVERITIES = ("error", "warning", "info")
"""How grave it is that a check is violated; the first is the default."""

_LADDER = ("scale", "as", "cumulative", "levels", "knockouts")


def scope_rule(entry: Entry, ctx: Context, at: str) -> ScopeRule | None:
    """Read a rule of `not_ranked` or `pending`."""
    fields = fields_of(entry.value, RULE, ctx, at)
    if fields is None:
        return None
    fields.require("when")
    common = head(entry, fields, ctx)
    return None if common.when is None else ScopeRule(common)


def ladder(fields: Fields, ctx: Context) -> Ladder | None:
    """Read the levels of a subject and what each asks for."""
    node = fields.mapping("ladder")
    inner = None if node is None else fields_of(node, _LADDER, ctx, fields.path("ladder"))
    if inner is None:
        return None
    inner.require("scale", "levels")
    scale, alias = ref(inner, "scale"), inner.name("as") or ""
    check_reserved(alias, inner.span("as"), ctx.bag, inner.path("as"), OF_SUBJECTS)
    cumulative = expression(inner, "cumulative", ctx)
    levels = filled_entries(inner, "levels", _level, ctx)
    knockouts = entries(inner, "knockouts", _knockout, ctx)
    _check_otherwise(levels, ctx)
    if scale is None:
        return None
    span = fields.key_span("ladder")
    return Ladder(scale, levels, knockouts, alias, cumulative, span=span)


def _check_otherwise(levels: tuple[Level, ...], ctx: Context) -> None:
    for level in levels[:-1]:
        if level.otherwise:
            ctx.bag.add("K0417", level.head.span, at=level.head.at, name=level.head.id)
    for level in levels[-1:]:
        if not level.otherwise:
            ctx.bag.add("K0422", level.head.span, at=level.head.at, name=level.head.id)


def _level(entry: Entry, ctx: Context, at: str) -> Level | None:
    fields = fields_of(entry.value, (*RULE, "require", "otherwise"), ctx, at)
    if fields is None:
        return None
    exactly_one(fields, ("require", "otherwise"), ctx)
    common, otherwise = head(entry, fields, ctx), only_true(fields, "otherwise", ctx)
    return Level(common, filled_entries(fields, "require", _requirement, ctx), otherwise)


def _requirement(entry: Entry, ctx: Context, at: str) -> Requirement | None:
    fields = fields_of(entry.value, (*RULE, "that"), ctx, at)
    if fields is None:
        return None
    fields.require("that")
    common, that = head(entry, fields, ctx), expression(fields, "that", ctx)
    return None if that is None else Requirement(common, that)


def _knockout(entry: Entry, ctx: Context, at: str) -> Knockout | None:
    fields = fields_of(entry.value, (*RULE, "to"), ctx, at)
    if fields is None:
        return None
    fields.require("when", "to")
    common, to = head(entry, fields, ctx), expression(fields, "to", ctx)
    return None if common.when is None or to is None else Knockout(common, to)


def cap(entry: Entry, ctx: Context, at: str) -> Cap | None:
    """Read a cap."""
    fields = fields_of(entry.value, (*RULE, "at_most", "each", "where", "last"), ctx, at)
    if fields is None:
        return None
    fields.require("at_most", *(("each",) if "where" in fields else ()))
    common, at_most = head(entry, fields, ctx), expression(fields, "at_most", ctx)
    each, where = binder(fields, "each", ctx), expression(fields, "where", ctx)
    last = only_true(fields, "last", ctx)
    if at_most is None or (each is None and "each" in fields):
        return None
    return Cap(common, at_most, each, where, last)


def check(entry: Entry, ctx: Context, at: str) -> Check | None:
    """Read a check."""
    fields = fields_of(entry.value, (*RULE, "require", "severity"), ctx, at)
    if fields is None:
        return None
    fields.require("require")
    common, require = head(entry, fields, ctx), expression(fields, "require", ctx)
    severity = fields.choice("severity", SEVERITIES) or SEVERITIES[0]
    return None if require is None else Check(common, require, severity)
