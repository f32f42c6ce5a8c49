"""The criteria of a subject: groups of items that get grades or points, and sets of them.

In: the mapping under `criteria`. Out: `Criteria`. Names in it are not looked up.

Reports: K0401, K0402, K0418-K0421 and those of `reader`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.rulebook.members_from_source import range_of
from khung.rulebook.model import (
    Criteria,
    Criterion,
    CriterionGroup,
    CriterionSet,
    Everything,
    Except,
    Head,
    Ref,
    Take,
    Takes,
)
from khung.rulebook.names import OF_LEVELS, check_name, check_unique, heads
from khung.rulebook.reader import (
    HEAD,
    RULE,
    entries,
    exactly_one,
    expression,
    fields_of,
    filled_entries,
    head,
    only_true,
    ref,
)
from khung.source.nodes import Mapping, Scalar, Sequence
from khung.source.values import head_of, is_name, under

if TYPE_CHECKING:
    from khung.rulebook.model import Range
    from khung.rulebook.names import Declared
    from khung.rulebook.reader import Context
    from khung.source.nodes import Entry, Node
    from khung.source.shape import Fields

Members = Everything | Except | Takes


def criteria(fields: Fields, ctx: Context) -> Criteria | None:
    """Read the criteria of a subject."""
    node = fields.mapping("criteria")
    if node is None:
        return None
    keys = ("scale", "points", "groups", "sets")
    inner = fields_of(node, keys, ctx, fields.path("criteria"))
    if inner is None:
        return None
    exactly_one(inner, ("scale", "points"), ctx)
    inner.require("groups")
    points, scale = only_true(inner, "points", ctx), ref(inner, "scale")
    groups = filled_entries(inner, "groups", _group, ctx)
    read = Criteria(scale, groups, entries(inner, "sets", _set, ctx))
    check_unique(_declared(read), ctx.bag)
    _check_ranges(read, ctx, points=points)
    return read


def _declared(read: Criteria) -> list[Declared]:
    groups = heads("group", (group.head for group in read.groups))
    items = heads("criterion", (item.head for group in read.groups for item in group.items))
    return groups + items + heads("set", (one.head for one in read.sets))


def _check_ranges(read: Criteria, ctx: Context, *, points: bool) -> None:
    if points == (read.scale is not None):
        return  # both or neither: said already
    for item in (item for group in read.groups for item in group.items):
        if points and not _closed(item.range):
            ctx.bag.add("K0419", item.head.span, at=item.head.at, name=item.head.id)
        elif not points and item.range is not None:
            ctx.bag.add("K0420", item.range.span, at=item.head.at, name=item.head.id)


def _closed(found: Range | None) -> bool:
    return found is not None and found.low is not None and found.high is not None


def _group(entry: Entry, ctx: Context, at: str) -> CriterionGroup | None:
    check_name(entry, ctx.bag, at, OF_LEVELS)
    fields = fields_of(entry.value, (*RULE, "applies_when", "items"), ctx, at)
    if fields is None:
        return None
    fields.require("items")
    common, applies_when = head(entry, fields, ctx), expression(fields, "applies_when", ctx)
    return CriterionGroup(common, filled_entries(fields, "items", _item, ctx), applies_when)


def _item(entry: Entry, ctx: Context, at: str) -> Criterion | None:
    check_name(entry, ctx.bag, at)
    fields = fields_of(entry.value, (*RULE, "applies_when", "range"), ctx, at)
    if fields is None:
        return None
    common, applies_when = head(entry, fields, ctx), expression(fields, "applies_when", ctx)
    return Criterion(common, applies_when, range_of(fields, "range", ctx))


def _set(entry: Entry, ctx: Context, at: str) -> CriterionSet | None:
    """Read a set: `all`, `{except: SET}`, a list of takes, or `{members: …}` with a head."""
    check_name(entry, ctx.bag, at, OF_LEVELS)
    if not isinstance(entry.value, Mapping):
        members = _members(entry.value, ctx, at)
        plain = Head(entry.key, span=entry.key_span, at=at)
        return None if members is None else CriterionSet(plain, members)
    fields = fields_of(entry.value, (*HEAD, "except", "members", "local"), ctx, at)
    if fields is None or exactly_one(fields, ("except", "members"), ctx) is None:
        return None
    common, local = head(entry, fields, ctx), fields.boolean("local") or False
    node, other = fields.node_at("members"), ref(fields, "except")
    if node is not None:
        members = _members(node, ctx, fields.path("members"))
    else:
        members = None if other is None else Except(other, fields.node.span)
    return None if members is None else CriterionSet(common, members, local)


def _members(node: Node, ctx: Context, at: str) -> Members | None:
    if isinstance(node, Scalar) and node.value == "all":
        return Everything(node.span)
    if not isinstance(node, Sequence) or not node.items:
        ctx.bag.add("K0421", head_of(node), at=at)
        return None
    read = (_take(item, ctx, under(at, i)) for i, item in enumerate(node.items))
    return Takes(tuple(take for take in read if take is not None), node.span)


def _take(node: Node, ctx: Context, at: str) -> Take | None:
    fields = fields_of(node, ("take", "when"), ctx, at)
    if fields is None or not fields.require("take"):
        return None
    when, text = expression(fields, "when", ctx), fields.text("take")
    if text is None:
        return None
    group, point, item = text.partition(".")
    if not is_name(group) or (point and not is_name(item)):
        ctx.bag.add("K0418", fields.span("take"), at=fields.path("take"), take=text)
        return None
    span = fields.span("take")
    return Take(Ref(group, span), Ref(item, span) if item else None, when)
