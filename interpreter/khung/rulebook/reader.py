"""What all decoders of a rulebook share: entries with a head, expressions, labels, sources.

In: nodes with places. Out: parts of `rulebook.model`, or None after a diagnostic. Each reader
goes on after an error, so that one run reports all of them; an entry that lacks what it cannot do
without is left out of the model.

Reports: K0409, K0410, K0413, K0415, K0416, K0426 and those of `source.shape`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from khung.diagnostics.suggest import nearest
from khung.rulebook.model import Basis, Citation, Head, Label, Ref
from khung.source.nodes import Mapping, Scalar, Sequence
from khung.source.shape import Fields, named_entries
from khung.source.values import as_placed, as_sequence, as_text, head_of, under
from khung.syntax.ast import Binder, ListLiteral, Membership, Name, UnaryTest
from khung.syntax.from_text import parse_expression

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from collections.abc import Mapping as MappingOf

    from khung.diagnostics.bag import Bag
    from khung.source.nodes import Entry, Node
    from khung.syntax.ast import Expr
    from khung.text import PlacedText, Span

T = TypeVar("T")

HEAD = ("label", "source", "basis")
"""The keys that every named entry may have."""

RULE = (*HEAD, "when")
"""The keys of an entry that may exist under a condition only."""

_SOURCE = re.compile(r"(?:([^\s#,;]+)\s+)?([^\s#,;]+)(?:#([^\s#,;]+))?")


@dataclass(frozen=True, slots=True)
class Context:
    """What a decoder needs beside the node.

    Attributes:
        bag: Where diagnostics go.
        documents: The ids that a source may name; None where the manifest cannot tell.
        basis: How sure an entry with a source is that does not say so itself.
        sure: The same of entries taken over, by the file that cites the source.
    """

    bag: Bag
    documents: frozenset[str] | None = None
    basis: Basis = Basis.TEXT
    sure: MappingOf[str, Basis] = field(default_factory=dict)


# -- mappings and entries -------------------------------------------------------------------


def fields_of(node: Node, allowed: Iterable[str], ctx: Context, at: str) -> Fields | None:
    """Return the fields of a mapping, or None after a diagnostic."""
    return Fields.of(node, allowed, ctx.bag, at)


def sub_fields(fields: Fields, key: str, allowed: Iterable[str], ctx: Context) -> Fields | None:
    """Return the fields of the mapping under `key`, or None."""
    node = fields.mapping(key)
    return None if node is None else fields_of(node, allowed, ctx, fields.path(key))


def entries(
    fields: Fields, key: str, read: Callable[[Entry, Context, str], T | None], ctx: Context
) -> tuple[T, ...]:
    """Read each entry of the mapping under `key`; () where the key is not there."""
    node = fields.mapping(key)
    return () if node is None else entries_of(node, read, ctx, fields.path(key))


def entries_of(
    node: Mapping, read: Callable[[Entry, Context, str], T | None], ctx: Context, at: str
) -> tuple[T, ...]:
    """Read each entry of a mapping from names to things."""
    found = (read(e, ctx, under(at, e.key)) for e in named_entries(node, ctx.bag, at))
    return tuple(thing for thing in found if thing is not None)


def filled_entries(
    fields: Fields, key: str, read: Callable[[Entry, Context, str], T | None], ctx: Context
) -> tuple[T, ...]:
    """Read each entry of the mapping under `key`, which must have one at least."""
    node = fields.mapping(key)
    if node is None:
        return ()
    if not node.entries:
        ctx.bag.add("K0425", node.span, at=fields.path(key), key=key)
    return entries_of(node, read, ctx, fields.path(key))


def head(entry: Entry, fields: Fields, ctx: Context) -> Head:
    """Return what `entry` has in common with all others."""
    when = expression(fields, "when", ctx)
    cited = sources(fields, "source", ctx)
    return Head(
        entry.key,
        label(fields, "label", ctx),
        cited,
        when,
        basis(fields, cited, ctx),
        span=entry.key_span,
        at=fields.at,
    )


def basis(fields: Fields, cited: tuple[Citation, ...], ctx: Context) -> Basis:
    """Return how sure an entry is: as it says, else, if it cites, as the rulebook that cites."""
    word = basis_said(fields)
    if word is not None or not cited:
        return word or Basis.TEXT
    return ctx.sure.get(cited[0].span.file.name, ctx.basis)


def basis_said(fields: Fields) -> Basis | None:
    """Return what stands under `basis`; None where nothing does."""
    word = fields.choice("basis", tuple(b.value for b in Basis))
    return None if word is None else Basis(word)


def exactly_one(fields: Fields, keys: tuple[str, ...], ctx: Context) -> str | None:
    """Return which one of `keys` is there, or None after a diagnostic."""
    present = [key for key in keys if key in fields]
    if len(present) == 1:
        return present[0]
    if present:
        span = fields.key_span(present[1])
        ctx.bag.add("K0416", span, at=fields.at, keys=tuple(present))
    elif fields.mistyped.isdisjoint(keys):
        ctx.bag.add("K0415", head_of(fields.node), at=fields.at, keys=keys)
    return None


def only_true(fields: Fields, key: str, ctx: Context) -> bool:
    """Return whether a key that can only be `true` is there."""
    value = fields.boolean(key)
    if value is False:
        ctx.bag.add("K0426", fields.span(key), at=fields.path(key), key=key)
    return value is True


def ref(fields: Fields, key: str) -> Ref | None:
    """Return a name of something declared elsewhere."""
    name = fields.name(key)
    return None if name is None else Ref(name, fields.span(key))


# -- texts for people -----------------------------------------------------------------------


def label(fields: Fields, key: str, ctx: Context) -> Label | None:
    """Return a text, or `{vi: …, en: …}`."""
    node = fields.node_at(key)
    return None if node is None else label_of(node, ctx, fields.path(key))


def label_of(node: Node, ctx: Context, at: str) -> Label | None:
    """Return a label: a plain text is Vietnamese."""
    if not isinstance(node, Mapping):
        text = as_text(node, ctx.bag, at)
        return None if text is None else Label(text)
    fields = Fields(node, ("vi", "en"), ctx.bag, at)
    fields.require("vi")
    vi, en = fields.text("vi"), fields.text("en")
    return None if vi is None else Label(vi, en or "")


def is_label(node: Node) -> bool:
    """Say whether a node is a label, not a mapping that holds one."""
    return isinstance(node, Scalar) or (isinstance(node, Mapping) and node.get("vi") is not None)


# -- sources --------------------------------------------------------------------------------


def sources(fields: Fields, key: str, ctx: Context) -> tuple[Citation, ...]:
    """Return the addresses under `key`: one or a list."""
    at = fields.path(key)
    read = (_citation(text, ctx, at) for text in fields.texts(key))
    return tuple(citation for citation in read if citation is not None)


def _citation(text: PlacedText, ctx: Context, at: str) -> Citation | None:
    span = text.span(0, len(text.text))
    match = _SOURCE.fullmatch(text.text)
    if match is None:
        ctx.bag.add("K0409", span, at=at, source=text.text)
        return None
    document = match[1] or ""
    check_document(document, span, ctx, at)
    return Citation(document, match[2], match[3] or "", span)


def check_document(document: str, span: Span, ctx: Context, at: str) -> None:
    """Report a document that the manifest does not declare."""
    if not document or ctx.documents is None or document in ctx.documents:
        return
    near = nearest(document, ctx.documents)
    ctx.bag.add("K0410", span, help="near" if near else "", at=at, name=document, near=near or "")


# -- expressions ----------------------------------------------------------------------------


def expression(fields: Fields, key: str, ctx: Context) -> Expr | None:
    """Return the expression under `key`; a YAML number or boolean is its text."""
    text = fields.placed(key)
    return None if text is None else parse_expression(text, ctx.bag)


def expression_of(node: Node, ctx: Context, at: str) -> Expr | None:
    """Return the expression that a scalar holds."""
    text = as_placed(node, ctx.bag, at)
    return None if text is None else parse_expression(text, ctx.bag)


def expressions_of(node: Node, ctx: Context, at: str) -> tuple[Expr, ...] | None:
    """Return the expressions of a list, or None if one of them is broken."""
    sequence = as_sequence(node, ctx.bag, at)
    if sequence is None:
        return None
    read = [expression_of(n, ctx, under(at, i)) for i, n in enumerate(sequence.items)]
    found = tuple(expr for expr in read if expr is not None)
    return found if len(found) == len(read) else None


def list_or_expression(fields: Fields, key: str, ctx: Context) -> Expr | None:
    """Return an expression, where a YAML list of expressions is one too, such as `default: []`."""
    node = fields.node_at(key)
    if not isinstance(node, Sequence):
        return expression(fields, key, ctx)
    items = expressions_of(node, ctx, fields.path(key))
    return None if items is None else ListLiteral(items, node.span)


def binder(fields: Fields, key: str, ctx: Context) -> Binder | None:
    """Return `name in list`, which the language reads as a membership test."""
    expr = expression(fields, key, ctx)
    match expr:
        case None:
            return None
        case Membership(value=Name() as name, tests=(each,)) if not isinstance(each, UnaryTest):
            return Binder(name.name, each, expr.span, name.span)
        case _:
            ctx.bag.add("K0414", fields.span(key), at=fields.path(key))
            return None
