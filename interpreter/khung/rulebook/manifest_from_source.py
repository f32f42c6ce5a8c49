"""`rulebook.yaml`: what the rulebook is, and what all its subjects share.

In: the mapping of the file. Out: a `Rulebook` without subjects, clauses and digest. What a
broken manifest does not say is filled in with something harmless, so that the other files can
still be checked; the diagnostics keep such a rulebook from being used.

Reports: K0401, K0402, K0406-K0408, K0423 and those of `reader`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from khung.diagnostics.suggest import nearest
from khung.rulebook.calendars_from_source import calendar
from khung.rulebook.members_from_source import definition, field, record_link
from khung.rulebook.model import (
    Basis,
    Document,
    Enumeration,
    Fact,
    Head,
    Label,
    Link,
    Named,
    Option,
    Parameter,
    Reading,
    Record,
    Ref,
    Rulebook,
    Scale,
)
from khung.rulebook.names import (
    OF_LEVELS,
    OF_TYPES,
    check_name,
    check_unique,
    heads,
)
from khung.rulebook.reader import (
    HEAD,
    Context,
    basis,
    basis_said,
    check_document,
    entries,
    expression,
    fields_of,
    filled_entries,
    head,
    is_label,
    label,
    label_of,
    ref,
    sources,
    sub_fields,
)
from khung.rulebook.versions_from_source import OF_VERSIONS
from khung.source.nodes import Mapping
from khung.source.values import as_name, as_sequence, under

if TYPE_CHECKING:
    from collections.abc import Mapping as MappingOf

    from khung.diagnostics.bag import Bag
    from khung.rulebook.names import Declared
    from khung.source.nodes import Entry
    from khung.source.shape import Fields

LANGUAGE = 1
"""The version of the language that is read: the value of `khung`."""

UNREAD_PERIOD = (date.min, date.max)
"""The period of a rulebook that does not say any."""

_ABOUT = ("khung", "id", "title", "period", "document", "documents", "basis")
_SHARED = ("scales", "enumerations", "records", "parameters", "readings", "calendars")
_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_DOCUMENT_ID = re.compile(r"[^\s#,;]+")


def manifest(
    node: Mapping, bag: Bag, folder: str, sure: MappingOf[str, Basis] | None = None
) -> tuple[Rulebook, Context]:
    """Read a manifest.

    Args:
        node: The mapping of the file.
        bag: Where to report.
        folder: The name of the folder, which stands in for an id that cannot be read.
        sure: How sure entries taken over are, by the file that cites their source.

    Returns:
        The rulebook as far as the manifest tells it, and the context for its other files.
    """
    ctx = Context(bag, _document_ids(node), sure=sure or {})
    fields = fields_of(node, (*_ABOUT, *_SHARED, *OF_VERSIONS), ctx, "")
    assert fields is not None  # noqa: S101  # a mapping has fields
    ctx = replace(ctx, basis=basis_said(fields) or Basis.TEXT)
    fields.require("khung", "id", "title", "period")
    _check_language(fields, ctx)
    document = fields.text("document") or ""
    check_document(document, fields.span("document"), ctx, "document")
    read = Rulebook(
        _id(fields, ctx) or folder,
        label(fields, "title", ctx) or Label(folder),
        _period(fields, ctx) or UNREAD_PERIOD,
        document,
        digest="",
        documents=_documents(fields, ctx),
        scales=entries(fields, "scales", _scale, ctx),
        enumerations=entries(fields, "enumerations", _enumeration, ctx),
        records=entries(fields, "records", _record, ctx),
        parameters=entries(fields, "parameters", _parameter, ctx),
        readings=entries(fields, "readings", _reading, ctx),
        calendars=entries(fields, "calendars", calendar, ctx),
        span=node.entries[0].key_span if node.entries else node.span,
    )
    return read, ctx


def _check_language(fields: Fields, ctx: Context) -> None:
    version = fields.integer("khung")
    if version is not None and version != LANGUAGE:
        span, known = fields.span("khung"), str(LANGUAGE)
        ctx.bag.add("K0406", span, at="khung", version=str(version), known=known)


def _id(fields: Fields, ctx: Context) -> str | None:
    text = fields.text("id")
    if text is None or _ID.fullmatch(text):
        return text
    ctx.bag.add("K0407", fields.span("id"), at="id", id=text)
    return None


def _period(fields: Fields, ctx: Context) -> tuple[date, date] | None:
    inner = sub_fields(fields, "period", ("from", "to"), ctx)
    if inner is None or not inner.require("from", "to"):
        return None
    first, last = inner.date("from"), inner.date("to")
    if first is None or last is None:
        return None
    if first > last:
        ctx.bag.add("K0408", inner.span("to"), at="period", first=str(first), last=str(last))
    return first, last


# -- documents ------------------------------------------------------------------------------


def _document_ids(node: Mapping) -> frozenset[str] | None:
    documents = node.get("documents")
    if documents is None:
        return frozenset()
    if not isinstance(documents, Mapping):
        return None
    return frozenset(entry.key for entry in documents.entries)


def _documents(fields: Fields, ctx: Context) -> tuple[Document, ...]:
    node = fields.mapping("documents")
    if node is None:
        return ()
    read = (_document(e, ctx, under("documents", e.key)) for e in node.entries)
    return tuple(document for document in read if document is not None)


def _document(entry: Entry, ctx: Context, at: str) -> Document | None:
    # ids of documents carry hyphens and slashes, so they are no names
    if not _DOCUMENT_ID.fullmatch(entry.key):
        ctx.bag.add("K0407", entry.key_span, help="document", at=at, id=entry.key)
    fields = fields_of(entry.value, (*HEAD, "number", "date", "issued_by"), ctx, at)
    if fields is None:
        return None
    number, issued_by = fields.text("number") or "", fields.text("issued_by") or ""
    return Document(head(entry, fields, ctx), number, fields.date("date"), issued_by)


# -- scales and enumerations ----------------------------------------------------------------


def _scale(entry: Entry, ctx: Context, at: str) -> Scale | None:
    read = _values(entry, ctx, at)
    return None if read is None else Scale(*read)


def _enumeration(entry: Entry, ctx: Context, at: str) -> Enumeration | None:
    read = _values(entry, ctx, at)
    return None if read is None else Enumeration(*read)


def _values(entry: Entry, ctx: Context, at: str) -> tuple[Head, tuple[Named, ...]] | None:
    check_name(entry, ctx.bag, at, OF_TYPES)
    fields = fields_of(entry.value, (*HEAD, "values"), ctx, at)
    if fields is None:
        return None
    fields.require("values")
    return head(entry, fields, ctx), filled_entries(fields, "values", _value, ctx)


def _value(entry: Entry, ctx: Context, at: str) -> Named | None:
    check_name(entry, ctx.bag, at, OF_LEVELS)
    if is_label(entry.value):
        said = label_of(entry.value, ctx, at)
        return Named(Head(entry.key, said, span=entry.key_span, at=at))
    fields = fields_of(entry.value, HEAD, ctx, at)
    return None if fields is None else Named(head(entry, fields, ctx))


# -- records --------------------------------------------------------------------------------


def _record(entry: Entry, ctx: Context, at: str) -> Record | None:
    check_name(entry, ctx.bag, at, OF_TYPES)
    fields = fields_of(entry.value, (*HEAD, "fields", "definitions", "held_by"), ctx, at)
    if fields is None:
        return None
    fields.require("fields")
    members: tuple[Fact | Link, ...] = filled_entries(fields, "fields", _member, ctx)
    read = Record(
        head(entry, fields, ctx),
        tuple(member for member in members if isinstance(member, Fact)),
        tuple(member for member in members if isinstance(member, Link)),
        entries(fields, "definitions", definition, ctx),
        _held_by(fields, ctx),
    )
    declared = heads("field", (member.head for member in members))
    check_unique(declared + heads("definition", (d.head for d in read.definitions)), ctx.bag)
    return read


def _member(entry: Entry, ctx: Context, at: str) -> Fact | Link | None:
    """Read a field of a record: a fact with a `type`, or a link `to` a subject."""
    check_name(entry, ctx.bag, at)
    if isinstance(entry.value, Mapping) and entry.value.get("to") is not None:
        return record_link(entry, ctx, at)
    return field(entry, ctx, at)


def _held_by(fields: Fields, ctx: Context) -> tuple[Ref, ...]:
    node = fields.node_at("held_by")
    sequence = None if node is None else as_sequence(node, ctx.bag, fields.path("held_by"))
    if sequence is None:
        return ()
    at = fields.path("held_by")
    names = ((n, as_name(n, ctx.bag, under(at, i))) for i, n in enumerate(sequence.items))
    return tuple(Ref(name, n.span) for n, name in names if name is not None)


# -- parameters and readings ----------------------------------------------------------------


def _parameter(entry: Entry, ctx: Context, at: str) -> Parameter | None:
    check_name(entry, ctx.bag, at)
    fields = fields_of(entry.value, (*HEAD, "value"), ctx, at)
    if fields is None:
        return None
    fields.require("value")
    common, value = head(entry, fields, ctx), expression(fields, "value", ctx)
    return None if value is None else Parameter(common, value)


def _reading(entry: Entry, ctx: Context, at: str) -> Reading | None:
    check_name(entry, ctx.bag, at)
    keys = (*HEAD, "question", "sources", "options", "chosen")
    fields = fields_of(entry.value, keys, ctx, at)
    if fields is None:
        return None
    fields.require("question", "options", "chosen")
    common, question = head(entry, fields, ctx), label(fields, "question", ctx)
    cited = (*common.sources, *sources(fields, "sources", ctx))
    options, chosen = filled_entries(fields, "options", _option, ctx), ref(fields, "chosen")
    _check_chosen(chosen, options, ctx, fields.path("chosen"))
    if question is None or chosen is None:
        return None
    about = replace(common, sources=cited, basis=basis(fields, cited, ctx))
    return Reading(about, question, options, chosen)


def _option(entry: Entry, ctx: Context, at: str) -> Option | None:
    check_name(entry, ctx.bag, at)
    fields = fields_of(entry.value, (*HEAD, "because"), ctx, at)
    if fields is None:
        return None
    return Option(head(entry, fields, ctx), label(fields, "because", ctx))


def _check_chosen(chosen: Ref | None, options: tuple[Option, ...], ctx: Context, at: str) -> None:
    names = tuple(option.head.id for option in options)
    if chosen is None or not names or chosen.name in names:
        return
    near = nearest(chosen.name, names)
    advice, name = "near" if near else "", chosen.name
    ctx.bag.add("K0423", chosen.span, help=advice, at=at, name=name, options=names, near=near or "")


def declared_types(read: Rulebook) -> list[Declared]:
    """Return the names of all types: scales, enumerations, records, subjects."""
    return [
        *heads("scale", (one.head for one in read.scales)),
        *heads("enumeration", (one.head for one in read.enumerations)),
        *heads("record", (one.head for one in read.records)),
        *heads("subject", (one.head for one in read.subjects)),
    ]
