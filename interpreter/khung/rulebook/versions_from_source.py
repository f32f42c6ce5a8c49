"""What a manifest says of the rulebook that it extends: `extends` and `carried`.

In: the mapping of the manifest as its author wrote it. Out: `Extends`, `Carried`.

Reports: K0533 and those of `reader`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.rulebook.model import Answer, AppliesTo, Carried, Extends, Fate, Group, Manner, Ref
from khung.rulebook.reader import entries, fields_of, label, sources
from khung.source.nodes import Mapping, Scalar, Sequence
from khung.source.shape import Fields, named_entries
from khung.source.values import as_text, as_word, under

if TYPE_CHECKING:
    from khung.rulebook.reader import Context
    from khung.source.nodes import Entry, Node

YEARLY = ("parameters", "readings", "calendars")
"""The sections of a manifest that hold what is set for one period."""

OF_VERSIONS = ("extends", "carried", "applies_to")
"""The keys of a manifest that say how it extends another."""


def extends(manifest: Mapping, ctx: Context) -> Extends | None:
    """Read which rulebook is extended, and how; None where nothing is, or it cannot be read."""
    node = manifest.get("extends")
    fields = None if node is None else fields_of(node, ("rulebook", "as"), ctx, "extends")
    if fields is None:
        return None
    fields.require("rulebook", "as")
    name = fields.text("rulebook")
    word = fields.choice("as", tuple(manner.value for manner in Manner))
    if name is None or word is None:
        return None
    return Extends(Ref(name, fields.span("rulebook")), Manner(word))


def refuse_without_base(manifest: Mapping, ctx: Context) -> None:
    """Report what only a rulebook that extends another may say."""
    for entry in manifest.entries:
        if entry.key in OF_VERSIONS and manifest.get("extends") is None:
            ctx.bag.add("K0533", entry.key_span, at=entry.key, key=entry.key)


def applies_to(manifest: Mapping, ctx: Context) -> tuple[AppliesTo, ...]:
    """Read for which subjects an overlay is made: ids by type."""
    node = manifest.get("applies_to")
    fields = None if node is None else Fields.of(node, _keys(node), ctx.bag, "applies_to")
    if fields is None:
        return ()
    read = (
        AppliesTo(Ref(entry.key, entry.key_span), _paths(ids, ctx, under("applies_to", entry.key)))
        for entry in named_entries(fields.node, ctx.bag, "applies_to")
        if (ids := fields.sequence(entry.key)) is not None
    )
    return tuple(read)


def _keys(node: Node) -> tuple[str, ...]:
    return tuple(entry.key for entry in node.entries) if isinstance(node, Mapping) else ()


def refuse_other_manner(manifest: Mapping, manner: Manner, ctx: Context) -> None:
    """Report `carried` in an overlay, `applies_to` in a successor, an overlay without that."""
    other = "carried" if manner is Manner.OVERLAY else "applies_to"
    for entry in manifest.entries:
        if entry.key == other:
            ctx.bag.add("K0533", entry.key_span, help=other, at=other, key=other)
    if manner is Manner.OVERLAY and manifest.get("applies_to") is None:
        ctx.bag.add("K0121", manifest.entries[0].key_span, at="", key="applies_to")


# -- carried ----------------------------------------------------------------------------------


def carried(manifest: Mapping, ctx: Context) -> Carried:
    """Read the answers of a successor, and the groups of its changes."""
    node = manifest.get("carried")
    fields = None if node is None else fields_of(node, (*YEARLY, "groups"), ctx, "carried")
    if fields is None:
        return Carried()
    answers = {section: _answers(fields, section, ctx) for section in YEARLY}
    return Carried(answers, entries(fields, "groups", _group, ctx))


def _answers(fields: Fields, section: str, ctx: Context) -> dict[str, Answer]:
    found = fields.named(section)
    if not found:
        return {}
    node = Mapping(found, found[0].key_span)
    inner = Fields(node, (entry.key for entry in found), ctx.bag, fields.path(section))
    words = tuple(fate.value for fate in Fate)
    read = {entry.key: (inner.choice(entry.key, words), entry.key_span) for entry in found}
    return {key: Answer(Fate(word) if word else None, span) for key, (word, span) in read.items()}


def _group(entry: Entry, ctx: Context, at: str) -> Group | None:
    fields = fields_of(entry.value, ("label", "source", "entries"), ctx, at)
    if fields is None:
        return None
    fields.require("entries")
    node = fields.sequence("entries")
    said, cited = label(fields, "label", ctx), sources(fields, "source", ctx)
    paths = () if node is None else _paths(node, ctx, fields.path("entries"))
    return Group(entry.key, said, cited, paths, entry.key_span)


def _paths(node: Sequence, ctx: Context, at: str) -> tuple[Ref, ...]:
    read = ((n, as_text(n, ctx.bag, under(at, i))) for i, n in enumerate(node.items))
    return tuple(Ref(text, n.span) for n, text in read if text is not None)


def carries(node: Node | None, address: str, ctx: Context, at: str) -> tuple[str, ...]:
    """Return the addresses under `carries`: `true` is the clause's own."""
    if node is None:
        return ()
    items = node.items if isinstance(node, Sequence) else (node,)
    read = (address if _is_own(item) else as_word(item, ctx.bag, at) for item in items)
    return tuple(text for text in read if text is not None)


def _is_own(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value in (True, "open")
