"""The files of a rulebook: the manifest, subjects, lists of clauses.

In: the mapping of a file. Out: a `Rulebook` without subjects, clauses and digest; `Subject`s;
`Clause`s. Names in them are not looked up. What a broken manifest does not say is filled in with
something harmless, so that the other files can still be checked; the diagnostics keep such a
rulebook from being used.

Reports: K0401, K0402, K0406, K0407, K0410, K0533 and those of `reader`.
"""

from __future__ import annotations

import re
from dataclasses import field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from khung.diagnostics.suggest import nearest
from khung.records import dataclass
from khung.resources import schema
from khung.rulebook import model as m
from khung.rulebook.by_reading import options_of
from khung.rulebook.folder import text_at, without
from khung.rulebook.forms import read_fields
from khung.rulebook.keeping import enter
from khung.rulebook.names import check_unique, declared_in_subject
from khung.rulebook.parts import Context, at_key, basis_said, check_document
from khung.rulebook.placeholders import Placeholders
from khung.rulebook.reader import form_of, reader_of
from khung.rulebook.special import answer
from khung.source.nodes import Entry, Mapping
from khung.source.shape import Fields

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping as MappingOf

    from khung.diagnostics.bag import Bag
    from khung.rulebook.parts import Cells, Parsed
    from khung.rulebook.translations import Translations

LANGUAGE = 1
"""The version of the language that is read: the value of `khung`."""

UNREAD_PERIOD = (date.min, date.max)
"""The period of a rulebook that does not say any."""

OF_VERSIONS = ("extends", "carried", "applies_to")
"""The keys of a manifest that say how it extends another."""


# -- the manifest ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Beside:
    """What of a rulebook is known beside its manifest.

    Attributes:
        sure: How sure entries taken over are, by the file that cites their source.
        parsed: Expressions that were read before.
        cells: Takes the cells of tables that are read.
        translations: What plain texts say in the other language.
        lists: The lists of clauses, which say how sure what cites them is.
    """

    sure: MappingOf[str, m.Basis] = field(default_factory=dict)
    parsed: Parsed = field(default_factory=dict)
    cells: Cells = field(default_factory=list)
    translations: Translations | None = None
    lists: tuple[Mapping, ...] = ()


def manifest(
    node: Mapping, bag: Bag, folder: str, beside: Beside | None = None
) -> tuple[m.Rulebook, Context]:
    """Read a manifest.

    Args:
        node: The mapping of the file.
        bag: Where to report.
        folder: The name of the folder, which stands in for an id that cannot be read.
        beside: What is known beside it.

    Returns:
        The rulebook as far as the manifest tells it, and the context for its other files.
    """
    beside = Beside() if beside is None else beside
    form, ctx = (
        form_of(m.Rulebook, schema("rulebook")),
        Context(
            bag,
            _documents(node),
            sure=beside.sure,
            parsed=beside.parsed,
            cells=beside.cells,
            placeholders=Placeholders(node),
            translations=beside.translations,
            readings=options_of(node),
            clauses=_sure_by_clause(beside.lists),
        ),
    )
    fields = Fields(node, form.keys, bag, place_of=form.place_of)
    ctx = replace(ctx, basis=basis_said(fields) or m.Basis.TEXT)
    enter(ctx)
    _check_language(fields, ctx)
    document = fields.written("document") or ""
    check_document(document, fields.span("document"), ctx, "document")
    start = {"title": m.Label(folder), "period": UNREAD_PERIOD, "document": "", "digest": ""}
    found = {**start, **read_fields(form, _entry(node), fields, ctx)}
    return m.Rulebook(**found, id=_id(fields, ctx) or folder), ctx


def _sure_by_clause(lists: tuple[Mapping, ...]) -> dict[str, m.Basis]:
    """Return how sure what cites each clause is, where the clause says so."""
    listed = (inner for one in lists if isinstance(inner := one.get("clauses"), Mapping))
    said = (
        (entry.key, text_at(entry.value.get("basis")))
        for inner in listed
        for entry in inner.entries
        if isinstance(entry.value, Mapping)
    )
    known = {basis.value: basis for basis in m.Basis}
    return {address: known[word] for address, word in said if word in known}


def _entry(node: Mapping) -> Entry:
    """Return a file as an entry without a name; its first key stands for its place."""
    return Entry("", node, node.entries[0].key_span if node.entries else node.span)


def _documents(node: Mapping) -> frozenset[str] | None:
    documents = node.get("documents")
    if documents is None:
        return frozenset()
    if not isinstance(documents, Mapping):
        return None
    return frozenset(entry.key for entry in documents.entries)


def _check_language(fields: Fields, ctx: Context) -> None:
    version = fields.integer("khung")
    if version is not None and version != LANGUAGE:
        span, known = fields.span("khung"), str(LANGUAGE)
        ctx.bag.add("K0406", span, at="khung", version=str(version), known=known)


def _id(fields: Fields, ctx: Context) -> str | None:
    text = fields.written("id")
    if text is None or re.search(schema("rulebook")["properties"]["id"]["pattern"], text):
        return text
    ctx.bag.add("K0407", fields.span("id"), at="id", id=text)
    return None


# -- what a manifest says of the rulebook that it extends -----------------------------------


def extends(node: Mapping, ctx: Context) -> m.Extends | None:
    """Read which rulebook is extended, and how; None where nothing is, or it cannot be read."""
    found: m.Extends | None = _said("extends", "Extends", node, ctx)
    said = node.get("extends")
    if found is not None and isinstance(said, Mapping):
        _check_first_day(said, found, ctx)
    return found


def _check_first_day(said: Mapping, found: m.Extends, ctx: Context) -> None:
    """Report an amendment that does not say from when, and whatever else does."""
    day = next((entry for entry in said.entries if entry.key == "from"), None)
    if found.manner is m.Manner.AMENDMENT and day is None:
        ctx.bag.add("K0121", said.entries[0].key_span, at="extends", key="from")
    elif found.manner is not m.Manner.AMENDMENT and day is not None:
        ctx.bag.add("K0533", day.key_span, help="from", at="extends.from", key="from")


def carried(node: Mapping, ctx: Context) -> m.Carried:
    """Read the answers of a successor, and the groups of its changes."""
    said, flat = _without_flat(node)
    found = _said("carried", "Carried", said, ctx) or m.Carried()
    return replace(found, flat={entry.key: answer(entry, "", ctx) for entry in flat})


def _without_flat(node: Mapping) -> tuple[Mapping, list[Entry]]:
    """Return a manifest without the answers that stand under no section, and those."""
    said = node.get("carried")
    if not isinstance(said, Mapping):
        return node, []
    keys = schema("rulebook")["properties"]["carried"]["properties"]
    flat = [e for e in said.entries if e.key not in keys and not _is_misspelt(e, keys)]
    rest = without(said, *(entry.key for entry in flat))
    entries = (replace(e, value=rest) if e.key == "carried" else e for e in node.entries)
    return Mapping(tuple(entries), node.span), flat


def _is_misspelt(entry: Entry, keys: Iterable[str]) -> bool:
    return isinstance(entry.value, Mapping) and nearest(entry.key, keys) is not None


def applies_to(node: Mapping, ctx: Context) -> tuple[m.AppliesTo, ...]:
    """Read for which subjects an overlay is made: ids by type."""
    found = _said("applies_to", "tuple[tuple[Ref, tuple[Ref, ...]], ...]", node, ctx) or ()
    return tuple(m.AppliesTo(subject, ids) for subject, ids in found)


def _said(key: str, hint: str, node: Mapping, ctx: Context) -> Any:
    root, entry = schema("rulebook"), next((e for e in node.entries if e.key == key), None)
    return (
        None if entry is None else reader_of(hint, root["properties"][key], root)(entry, ctx, key)
    )


def refuse_without_base(node: Mapping, ctx: Context) -> None:
    """Report what only a rulebook that extends another may say."""
    for entry in node.entries:
        if entry.key in OF_VERSIONS and node.get("extends") is None:
            ctx.bag.add("K0533", entry.key_span, at=entry.key, key=entry.key)


def refuse_other_manner(node: Mapping, manner: m.Manner, ctx: Context) -> None:
    """Report `carried` in an overlay, `applies_to` in anything else, an overlay without that."""
    other = "carried" if manner is m.Manner.OVERLAY else "applies_to"
    for entry in node.entries:
        if entry.key == other:
            ctx.bag.add("K0533", entry.key_span, help=other, at=other, key=other)
    if manner is m.Manner.OVERLAY and node.get("applies_to") is None:
        ctx.bag.add("K0121", node.entries[0].key_span, at="", key="applies_to")


# -- subjects and clauses -------------------------------------------------------------------


def subject(node: Mapping, ctx: Context) -> m.Subject | None:
    """Read the mapping of a subject's file; None if it has no name."""
    root = schema("subject")
    form = form_of(m.Subject, root)
    fields = Fields(node, form.keys, ctx.bag, place_of=form.place_of)
    found = read_fields(form, Entry("", node, node.span), fields, ctx)
    name = at_key(fields, "subject", reader_of("str", root["properties"]["subject"], root), ctx)
    span = fields.span("subject")
    head = replace(found.pop("head"), id=name or "", span=span, at="subject")
    read = m.Subject(head=head, **found)
    check_unique(declared_in_subject(read), ctx.bag)
    return None if name is None else read


def clauses(node: Mapping, ctx: Context) -> tuple[tuple[m.Heading, ...], tuple[m.Clause, ...]]:
    """Read the list of clauses of a file, and what the document calls the parts of itself."""
    root = schema("clauses")
    fields = Fields(node, root["properties"], ctx.bag)
    fields.require(*root["required"])
    parts = {"headings": "tuple[Heading, ...]", "clauses": "tuple[Clause, ...]"}
    readers = {key: reader_of(hint, root["properties"][key], root) for key, hint in parts.items()}
    named, listed = (at_key(fields, key, read, ctx) or () for key, read in readers.items())
    return named, listed
