"""What a schema cannot say enough of clauses and headings.

Reports: K0122-K0124, K0424, K0545.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.rulebook import model as m
from khung.rulebook.entries import carried_address, items_of
from khung.rulebook.names import names_of
from khung.rulebook.parts import each, label
from khung.source.nodes import Mapping, Scalar
from khung.source.scalars import was_refused
from khung.source.values import as_name, as_sequence, under

if TYPE_CHECKING:
    from khung.rulebook.forms import Found
    from khung.rulebook.parts import Context
    from khung.source.nodes import Entry, Node
    from khung.source.shape import Fields

_Parts = tuple[tuple[str, ...], tuple[tuple[m.Ref, m.Label], ...]]
"""The names of parts, and the texts of those that have one."""


def finish(found: Found, fields: Fields, ctx: Context) -> None:
    """Read what a clause carries and its parts; report `kind` without `because`, or the reverse."""
    entry = fields.entry("parts")
    found["parts"], found["texts"] = _parts(entry, ctx, fields.path("parts")) if entry else ((), ())
    node, at = fields.node_at("carries"), fields.path("carries")
    found["carries"] = _carries(node, found["address"], ctx, at)
    if ("kind" in fields) != ("because" in fields):
        present, absent = ("kind", "because") if "kind" in fields else ("because", "kind")
        span = fields.key_span(present)
        ctx.bag.add("K0424", span, at=fields.at, present=present, absent=absent)


def heading(entry: Entry, ctx: Context, at: str) -> m.Heading | None:
    """Read what a part of the document is called."""
    said = label(entry, ctx, at)
    return None if said is None else m.Heading(entry.key, said, span=entry.key_span)


def _carries(node: Node | None, address: str, ctx: Context, at: str) -> tuple[str, ...]:
    """Read the addresses under `carries`; report what is none (K0545)."""
    read = [(item, carried_address(item, address)) for item in items_of(node)]
    for item, found in read:
        if found is None and not (isinstance(item, Scalar) and was_refused(item)):
            ctx.bag.add("K0545", item.span, at=at, value=item.span.text.strip())
    return tuple(found for _, found in read if found is not None)


def _parts(entry: Entry, ctx: Context, at: str) -> _Parts:
    """Read the parts of a clause: a list of names, or names with what each says."""
    if not isinstance(entry.value, Mapping):
        node = as_sequence(entry.value, ctx.bag, at)
        found = [] if node is None else each(node, _part, ctx, at)
        return tuple(name for name in found if name is not None), ()
    named = names_of(entry.value, frozenset(), ctx.bag, at)
    said = [(m.Ref(e.key, e.key_span), label(e, ctx, under(at, e.key))) for e in named if _says(e)]
    return (
        tuple(e.key for e in named),
        tuple((ref, text) for ref, text in said if text is not None),
    )


def _part(entry: Entry, ctx: Context, at: str) -> str | None:
    return as_name(entry.value, ctx.bag, at)


def _says(entry: Entry) -> bool:
    """Say whether a part has a text: `{}` has none."""
    return not isinstance(entry.value, Mapping) or bool(entry.value.entries)
