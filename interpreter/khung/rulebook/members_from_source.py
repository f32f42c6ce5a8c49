"""The members of subjects and records: facts, links, definitions.

In: their YAML entries. Out: `Fact`, `Link`, `Definition`. Names in them are not looked up.

Reports: K0402, K0411, K0412, K0413 and those of `reader`.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from khung.rulebook.model import Definition, Fact, Link, Range, TypeForm, TypeRef
from khung.rulebook.names import OF_SUBJECTS, check_name, check_reserved
from khung.rulebook.reader import (
    RULE,
    binder,
    exactly_one,
    expression,
    fields_of,
    head,
    list_or_expression,
    ref,
)
from khung.source.values import as_text, is_name

if TYPE_CHECKING:
    from khung.rulebook.reader import Context
    from khung.source.nodes import Entry, Node
    from khung.source.shape import Fields

_FACT = (*RULE, "type", "unit", "range", "default", "applies_when", "key")
_LINK = (*RULE, "to", "back", "complete", "tree", "optional", "applies_when")
_DEFINITION = (*RULE, "is", "each", "where", "applies_when", "output")

_TYPE = re.compile(r"(?:(list|ballots)\s+of\s+)?(\S+)")
_END = re.compile(
    r"(?P<date>\d{4}-\d{2}-\d{2})|(?P<number>[+-]?(?:\d+(?:\.\d+)?|\.\d+))(?P<percent>%?)"
)


def fact(entry: Entry, ctx: Context, at: str) -> Fact | None:
    """Read a fact of a subject."""
    check_name(entry, ctx.bag, at, OF_SUBJECTS)
    return field(entry, ctx, at)


def field(entry: Entry, ctx: Context, at: str) -> Fact | None:
    """Read a fact, whoever has it."""
    fields = fields_of(entry.value, _FACT, ctx, at)
    if fields is None:
        return None
    fields.require("type")
    ty = declared_type(fields, ctx)
    read = Fact(
        head(entry, fields, ctx),
        ty or TypeRef(TypeForm.ONE, "", fields.span("type")),
        fields.text("unit") or "",
        range_of(fields, "range", ctx),
        list_or_expression(fields, "default", ctx),
        expression(fields, "applies_when", ctx),
        ref(fields, "key"),
    )
    return None if ty is None else read


def declared_type(fields: Fields, ctx: Context) -> TypeRef | None:
    """Return what stands under `type`."""
    node = fields.node_at("type")
    return None if node is None else type_of(node, ctx, fields.path("type"))


def type_of(node: Node, ctx: Context, at: str) -> TypeRef | None:
    """Return the type that a text names, such as `list of visit`."""
    text = as_text(node, ctx.bag, at)
    if text is None:
        return None
    match = _TYPE.fullmatch(text.strip())
    if match is None or not is_name(match[2]):
        ctx.bag.add("K0411", node.span, at=at, type=text)
        return None
    form = TypeForm(match[1]) if match[1] else TypeForm.ONE
    return TypeRef(form, match[2], node.span)


def range_of(fields: Fields, key: str, ctx: Context) -> Range | None:
    """Return `low..high`, numbers or dates, either end left out where it is open."""
    text = fields.text(key)
    if text is None:
        return None
    low, dots, high = (part.strip() for part in text.partition(".."))
    try:
        read = Range(_end(low), _end(high), fields.span(key))
    except ValueError:
        read = Range(None, None, fields.span(key))
    if not dots or (read.low is None and read.high is None) or not _same_kind(read):
        ctx.bag.add("K0412", fields.span(key), at=fields.path(key), range=text)
        return None
    if _reversed(read):
        ctx.bag.add("K0413", fields.span(key), at=fields.path(key), low=low, high=high)
        return None
    return read


def _end(text: str) -> Decimal | date | None:
    if not text:
        return None
    match = _END.fullmatch(text)
    if match is None:
        raise ValueError(text)
    if match["date"]:
        return date.fromisoformat(text)
    # no division: it would round to the digits of the context
    return Decimal(match["number"] + ("e-2" if match["percent"] else ""))


def _same_kind(read: Range) -> bool:
    return read.low is None or read.high is None or type(read.low) is type(read.high)


def _reversed(read: Range) -> bool:
    match read.low, read.high:
        case (Decimal() as low, Decimal() as high):
            return low > high
        case (date() as first, date() as last):
            return first > last
        case _:
            return False


def link(entry: Entry, ctx: Context, at: str) -> Link | None:
    """Read a link of a subject."""
    check_name(entry, ctx.bag, at, OF_SUBJECTS)
    return record_link(entry, ctx, at)


def record_link(entry: Entry, ctx: Context, at: str) -> Link | None:
    """Read a link, whoever has it."""
    fields = fields_of(entry.value, _LINK, ctx, at)
    if fields is None:
        return None
    fields.require("to")
    to, back = ref(fields, "to"), fields.name("back") or ""
    if back:
        check_reserved(back, fields.span("back"), ctx.bag, fields.path("back"), OF_SUBJECTS)
    common, applies_when = head(entry, fields, ctx), expression(fields, "applies_when", ctx)
    complete, tree = ref(fields, "complete"), fields.boolean("tree") or False
    optional = fields.boolean("optional") or False
    return None if to is None else Link(common, to, back, complete, tree, applies_when, optional)


def definition(entry: Entry, ctx: Context, at: str) -> Definition | None:
    """Read a definition: a value, or a selection of the elements of a list."""
    check_name(entry, ctx.bag, at, OF_SUBJECTS)
    fields = fields_of(entry.value, _DEFINITION, ctx, at)
    if fields is None:
        return None
    which = exactly_one(fields, ("is", "each"), ctx)
    if which == "is" and "where" in fields:
        ctx.bag.add("K0416", fields.key_span("where"), at=at, keys=("is", "where"))
    value, each = expression(fields, "is", ctx), binder(fields, "each", ctx)
    where, applies_when = expression(fields, "where", ctx), expression(fields, "applies_when", ctx)
    common, output = head(entry, fields, ctx), fields.boolean("output") or False
    if value is None and each is None:
        return None
    return Definition(common, value, each, where, applies_when, output)
