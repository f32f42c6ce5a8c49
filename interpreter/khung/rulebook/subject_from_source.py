"""A file with `subject:`: what it is, what is known of it, and its rules.

In: the mapping of the file. Out: `Subject`. Names in it are not looked up.

Reports: K0401, K0402 and those of the readers of its parts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.rulebook.choices_from_source import defer, quota, vote
from khung.rulebook.criteria_from_source import criteria
from khung.rulebook.members_from_source import definition, fact, link
from khung.rulebook.model import Head, Kind, Kinds, Ref, Subject
from khung.rulebook.names import (
    OF_SUBJECTS,
    OF_TYPES,
    check_name,
    check_reserved,
    check_unique,
    heads,
    named,
)
from khung.rulebook.reader import (
    HEAD,
    basis,
    entries,
    entries_of,
    fields_of,
    filled_entries,
    head,
    is_label,
    label,
    label_of,
    sources,
    sub_fields,
)
from khung.rulebook.rules_from_source import cap, check, ladder, scope_rule
from khung.rulebook.tables_from_source import table
from khung.source.nodes import Mapping
from khung.source.values import as_name

if TYPE_CHECKING:
    from khung.rulebook.names import Declared
    from khung.rulebook.reader import Context
    from khung.source.nodes import Entry, Node
    from khung.source.shape import Fields

_PARTS = ("kinds", "links", "facts", "definitions", "criteria", "not_ranked", "pending")
_RULES = ("ladder", "caps", "votes", "defer", "quotas", "checks")
_SUBJECT = ("subject", *HEAD, *_PARTS, *_RULES, "tables")


def subject(node: Mapping, ctx: Context) -> Subject | None:
    """Read the mapping of a subject's file; None if it has no name."""
    fields = fields_of(node, _SUBJECT, ctx, "")
    if fields is None:
        return None
    fields.require("subject")
    common = _head(fields, ctx)
    read = Subject(
        common or Head("", span=node.span),
        kinds=_kinds(fields, ctx),
        links=entries(fields, "links", link, ctx),
        facts=entries(fields, "facts", fact, ctx),
        definitions=entries(fields, "definitions", definition, ctx),
        criteria=criteria(fields, ctx),
        not_ranked=entries(fields, "not_ranked", scope_rule, ctx),
        pending=entries(fields, "pending", scope_rule, ctx),
        ladder=ladder(fields, ctx),
        caps=entries(fields, "caps", cap, ctx),
        votes=entries(fields, "votes", vote, ctx),
        defer=entries(fields, "defer", defer, ctx),
        quotas=entries(fields, "quotas", quota, ctx),
        checks=entries(fields, "checks", check, ctx),
        tables=entries(fields, "tables", table, ctx),
    )
    check_unique(_declared(read), ctx.bag)
    return None if common is None else read


def _head(fields: Fields, ctx: Context) -> Head | None:
    name, span = fields.name("subject"), fields.span("subject")
    said, cited = label(fields, "label", ctx), sources(fields, "source", ctx)
    sure = basis(fields, cited, ctx)
    if name is None:
        return None
    check_reserved(name, span, ctx.bag, "subject", OF_TYPES)
    return Head(name, said, cited, None, sure, span=span, at="subject")


def _declared(read: Subject) -> list[Declared]:
    """Return every name that an expression of the subject may use bare."""
    found: list[Declared] = []
    if read.kinds is not None:
        found.append(("kind", read.kinds.field, read.kinds.span))
    found += heads("link", (one.head for one in read.links))
    found += heads("fact", (one.head for one in read.facts))
    found += heads("definition", (one.head for one in read.definitions))
    found += heads("table", (one.head for one in read.tables))
    if read.criteria is not None:
        found += heads("group", (one.head for one in read.criteria.groups))
        found += heads("set", (one.head for one in read.criteria.sets))
    return found + _result(read)


def _result(read: Subject) -> list[Declared]:
    if read.ladder is None:
        return []
    alias = read.ladder.alias
    return named("level", Ref(alias, read.ladder.span) if alias else read.ladder.scale)


# -- kinds ----------------------------------------------------------------------------------


def _kinds(fields: Fields, ctx: Context) -> Kinds | None:
    inner = sub_fields(fields, "kinds", ("field", "values"), ctx)
    if inner is None:
        return None
    inner.require("field", "values")
    field, values = inner.name("field"), filled_entries(inner, "values", _kind, ctx)
    if field is None:
        return None
    check_reserved(field, inner.span("field"), ctx.bag, inner.path("field"), OF_SUBJECTS)
    return Kinds(field, values, inner.span("field"))


def _kind(entry: Entry, ctx: Context, at: str) -> Kind | None:
    """Read a kind: a label, or a head whose further keys are the kind's attributes."""
    check_name(entry, ctx.bag, at)
    if is_label(entry.value):
        said = label_of(entry.value, ctx, at)
        return Kind(Head(entry.key, said, span=entry.key_span, at=at))
    own = _attributes(entry.value)
    fields = fields_of(entry.value, (*HEAD, *(e.key for e in own.entries)), ctx, at)
    if fields is None:
        return None
    return Kind(head(entry, fields, ctx), entries_of(own, _attribute, ctx, at))


def _attributes(node: Node) -> Mapping:
    given = node.entries if isinstance(node, Mapping) else ()
    return Mapping(tuple(e for e in given if e.key not in (*HEAD, "when")), node.span)


def _attribute(entry: Entry, ctx: Context, at: str) -> tuple[str, Ref] | None:
    check_name(entry, ctx.bag, at)
    value = as_name(entry.value, ctx.bag, at)
    return None if value is None else (entry.key, Ref(value, entry.value.span))
