"""What a manifest says of the rulebook that it extends: `extends` and `carried`.

In: the mapping of the manifest as its author wrote it. Out: `Extends`, `Carried`.

Reports: K0533, K0544, K0545 and those of `reader`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.diagnostics.model import Word
from khung.diagnostics.suggest import nearest
from khung.rulebook.model import Answer, AppliesTo, Carried, Extends, Fate, Group, Manner, Ref
from khung.rulebook.reader import entries, fields_of, label, sources
from khung.source.nodes import Mapping, Scalar, Sequence
from khung.source.shape import Fields, named_entries
from khung.source.values import as_text, head_of, looks_boolean, under

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from khung.rulebook.reader import Context
    from khung.source.nodes import Entry, Node

YEARLY = {"parameters": "parameter", "readings": "reading", "calendars": "calendar"}
"""The sections of a manifest that hold what is set for one period, each with its word for one."""

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
    answers = {s: dict(_answers(fields.named(s), s, ctx)) for s in YEARLY}
    return Carried(answers, entries(fields, "groups", _group, ctx))


def _answers(found: Iterable[Entry], section: str, ctx: Context) -> Iterator[tuple[str, Answer]]:
    for entry in found:
        word = entry.value.text.text if isinstance(entry.value, Scalar) else ""
        fate = next((fate for fate in Fate if fate.value == word), None)
        if fate is None:
            _report_answer(entry, word, section, ctx)
        yield entry.key, Answer(fate, entry.key_span)


def _report_answer(entry: Entry, word: str, section: str, ctx: Context) -> None:
    near = nearest(word, (fate.value for fate in Fate))
    ctx.bag.add(
        "K0544",
        head_of(entry.value) if word else entry.key_span,
        help="near" if near else "" if word else "value",
        at=f"carried.{section}.{entry.key}",
        value=word or entry.value.span.text.strip(),
        kind=Word(YEARLY[section]),
        name=entry.key,
        near=near or "",
        section=section,
    )


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
    """Read the addresses under `carries`; report what is none (K0545)."""
    read = [(item, carried_address(item, address)) for item in items_of(node)]
    for item, found in read:
        if found is None:
            ctx.bag.add("K0545", item.span, at=at, value=item.span.text.strip())
    return tuple(found for _, found in read if found is not None)


def items_of(node: Node | None) -> tuple[Node, ...]:
    """Return the items of a list, or the only one that stands without a list; () if none does."""
    return node.items if isinstance(node, Sequence) else () if node is None else (node,)


def carried_address(item: Node, address: str) -> str | None:
    """Return the address that `carries` names: `true` is the clause's own; None if it is none."""
    if not isinstance(item, Scalar) or item.value in (None, False):
        return None
    if item.value is True or is_open(item):
        return address
    text = item.text.text
    is_word = text in {fate.value for fate in Fate} or (len(text) > 1 and looks_boolean(text))
    return None if is_word else text


def is_open(item: Node) -> bool:
    """Say whether something waits for an answer."""
    return isinstance(item, Scalar) and item.value == Fate.OPEN.value
