"""What the parts of an entry are: expressions, labels, citations, types.

In: an entry of a mapping, or an item of a list as an entry without a key. Out: a part of
`rulebook.model`, or None after a diagnostic. `reader` puts them together as the schemas say.

Reports: K0409-K0411, K0414-K0416, K0426 and those of `source.values` and `source.shape`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from typing import TYPE_CHECKING, Any, TypeVar

from khung.diagnostics.suggest import nearest
from khung.patterns import pattern
from khung.records import dataclass
from khung.rulebook.by_reading import choice, choices, is_by_reading
from khung.rulebook.model import (
    Absent,
    Basis,
    Citation,
    Head,
    Label,
    Length,
    TypeForm,
    TypeRef,
)
from khung.rulebook.model.parts import ABSENT
from khung.source.meant import type_said
from khung.source.nodes import Entry, Mapping, Scalar, Sequence
from khung.source.shape import Fields
from khung.source.values import (
    as_boolean,
    as_choice,
    as_date,
    as_integer,
    as_placed,
    as_sequence,
    as_text,
    as_texts,
    head_of,
    is_name,
    under,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping as MappingOf
    from datetime import date

    from khung.diagnostics.bag import Bag
    from khung.rulebook.by_reading import Options
    from khung.rulebook.placeholders import Placeholders
    from khung.rulebook.translations import Translations
    from khung.source.nodes import Node
    from khung.syntax.ast import Binder, Cell, Expr
    from khung.text import PlacedText, Span

_BASES = tuple(b.value for b in Basis)
_SOURCE = pattern(r"(?:([^\s#,;]+)\s+)?([^\s#,;]+)(?:#([^\s#,;]+))?")
_TYPE = pattern(r"(?:(list|ballots)\s+of\s+)?(\S+)")


Parsed = dict[int, "tuple[PlacedText, Expr]"]
"""Expressions by the identity of their texts."""


Cells = list["tuple[PlacedText, Cell]"]


@dataclass(frozen=True, slots=True)
class Context:
    """What a reader needs beside the node.

    Attributes:
        bag: Where diagnostics go.
        documents: The ids that a source may name; None where the manifest cannot tell.
        basis: How sure an entry with a source is that does not say so itself.
        sure: The same of entries taken over, by the file that cites the source.
        parsed: What expressions taken over were read as, by the identity of their texts.
        cells: The cells of tables that were read, each with its text.
        placeholders: What may stand in braces in a text; None where braces are text.
        translations: What plain texts say in the other language.
        readings: The options of each reading; None if nobody can tell.
        clauses: How sure what cites a clause of its own document is, by address.
    """

    bag: Bag
    documents: frozenset[str] | None = None
    basis: Basis = Basis.TEXT
    sure: MappingOf[str, Basis] = field(default_factory=dict)
    parsed: Parsed = field(default_factory=dict)
    cells: Cells = field(default_factory=list)
    placeholders: Placeholders | None = None
    translations: Translations | None = None
    readings: Options | None = None
    clauses: MappingOf[str, Basis] = field(default_factory=dict)


T = TypeVar("T")
Reader = Callable[[Entry, Context, str], Any]
"""Reads an entry whose path is the last argument; None if it cannot be read."""


def items(read: Reader) -> Reader:
    """Return a reader of a list, which leaves out the items that cannot be read."""

    def read_all(entry: Entry, ctx: Context, at: str) -> tuple[Any, ...] | None:
        node = as_sequence(entry.value, ctx.bag, at)
        return (
            None if node is None else tuple(x for x in each(node, read, ctx, at) if x is not None)
        )

    return read_all


def each(node: Sequence, read: Reader, ctx: Context, at: str) -> list[Any]:
    """Return what each item is read as."""
    return [read(Entry("", n, n.span), ctx, under(at, i)) for i, n in enumerate(node.items)]


# -- what all entries have ------------------------------------------------------------------


def plain_head(entry: Entry, fields: Fields, ctx: Context) -> Head:
    """Return what `entry` has in common with all others."""
    return head_with(entry, fields, None, ctx)


def head_with(entry: Entry, fields: Fields, when: Expr | None, ctx: Context) -> Head:
    """Return what `entry` has in common with others, under the condition that was read."""
    cited = at_key(fields, "source", sources, ctx) or ()
    said, sure = at_key(fields, "label", label, ctx), basis(fields, cited, ctx)
    return Head(entry.key, said, cited, when, sure, span=entry.key_span, at=fields.at)


def at_key(
    fields: Fields, key: str, read: Callable[[Entry, Context, str], T], ctx: Context
) -> T | None:
    """Return what stands under a key; None where nothing does, or it cannot be read."""
    entry = fields.entry(key)
    return None if entry is None else read(entry, ctx, fields.path(key))


def basis(fields: Fields, cited: tuple[Citation, ...], ctx: Context) -> Basis:
    """Return how sure an entry is: as it says, else, if it cites, as the clause or the rulebook."""
    word = basis_said(fields)
    if word is not None or not cited:
        return word or Basis.TEXT
    known = "" if cited[0].document else cited[0].address
    return ctx.clauses.get(known) or ctx.sure.get(cited[0].span.file.name, ctx.basis)


def basis_said(fields: Fields) -> Basis | None:
    """Return what stands under `basis`; None where nothing does."""
    word = fields.choice("basis", _BASES) if "basis" in fields else None
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


def only_true(entry: Entry, ctx: Context, at: str) -> bool:
    """Return whether a key that can only be `true` says so."""
    if isinstance(entry.value, Scalar) and entry.value.value is False:
        ctx.bag.add("K0426", entry.value.span, at=at, key=entry.key)
        return False
    return as_boolean(entry.value, ctx.bag, at) is True


# -- texts for people -----------------------------------------------------------------------


def label(entry: Entry, ctx: Context, at: str) -> Label | None:
    """Return a text, or `{vi: …, en: …}`."""
    return label_of(entry.value, ctx, at)


def label_of(node: Node, ctx: Context, at: str) -> Label | None:
    """Return a label; of a plain text the translation is looked up."""
    if not isinstance(node, Mapping):
        text = as_text(node, ctx.bag, at)
        if text is None or ctx.translations is None or not isinstance(node, Scalar):
            return None if text is None else _filled(Label(text), (node,), ctx, at)
        said, nodes = ctx.translations.label(node)
        if ctx.placeholders is not None:
            ctx.placeholders.check_alike(tuple(one.text for one in nodes), ctx.bag, at)
        return _filled(said, nodes, ctx, at)
    fields = Fields(node, ("vi", "en"), ctx.bag, at)
    fields.require("vi")
    vi, en = fields.text("vi"), fields.text("en")
    if vi is None:
        return None
    return _filled(Label(vi, en or ""), (fields.node_at("vi"), fields.node_at("en")), ctx, at)


def _filled(label: Label, nodes: Iterable[Node | None], ctx: Context, at: str) -> Label:
    """Return a label with values for its placeholders."""
    if ctx.placeholders is None or "{" not in label.vi + label.en:
        return label
    texts = tuple(node.text for node in nodes if isinstance(node, Scalar))
    return ctx.placeholders.fill(label, texts, ctx.bag, at)


def is_label(node: Node) -> bool:
    """Say whether a node is a label, not a mapping that holds one."""
    return isinstance(node, Scalar) or (isinstance(node, Mapping) and node.get("vi") is not None)


# -- sources --------------------------------------------------------------------------------


def sources(entry: Entry, ctx: Context, at: str) -> tuple[Citation, ...]:
    """Return the addresses that an entry cites: one or a list."""
    read = (_citation(text, ctx, at) for text in as_texts(entry.value, ctx.bag, at) or ())
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


def expression(entry: Entry, ctx: Context, at: str) -> Expr | None:
    """Return an expression; a YAML number or boolean is its text, a choice by reading an `if`."""
    from khung.syntax.from_text import parse_expression  # noqa: PLC0415  # cases have none

    if is_by_reading(entry.value):
        return choice(entry.value, ctx, at, list_or_expression)
    text = as_placed(entry.value, ctx.bag, at)
    if text is None:
        return None
    known = ctx.parsed.get(id(text))
    found = parse_expression(text, ctx.bag) if known is None else known[1]
    if found is not None:
        ctx.parsed[id(text)] = text, found  # the text is kept, so that no other gets its identity
    return found


def expressions(entry: Entry, ctx: Context, at: str) -> tuple[Expr, ...] | None:
    """Return the expressions of a list, or the only one that stands without a list."""
    if is_by_reading(entry.value):
        return choices(entry.value, ctx, at, expressions)
    if isinstance(entry.value, Sequence):
        found = each(entry.value, expression, ctx, at)
        return None if None in found else tuple(found)
    one = expression(entry, ctx, at)
    return None if one is None else (one,)


def list_or_expression(entry: Entry, ctx: Context, at: str) -> Expr | None:
    """Return an expression, where a YAML list of expressions is one too, such as `default: []`."""
    from khung.syntax.ast import ListLiteral  # noqa: PLC0415  # as above

    if not isinstance(entry.value, Sequence):
        return expression(entry, ctx, at)
    found = expressions(entry, ctx, at)
    return None if found is None else ListLiteral(found, entry.value.span)


def default(entry: Entry, ctx: Context, at: str) -> Expr | Absent | None:
    """Return a default: an expression, or `-`, that there is none."""
    node = entry.value
    if isinstance(node, Scalar) and node.value == ABSENT:
        return Absent(node.span)
    return list_or_expression(entry, ctx, at)


def absent(entry: Entry, ctx: Context, at: str) -> Absent | None:
    """Return the default of a link, which can only be `-`."""
    said = as_choice(entry.value, (ABSENT,), ctx.bag, at)
    return None if said is None else Absent(entry.value.span)


def binder(entry: Entry, ctx: Context, at: str) -> Binder | None:
    """Return `name in list`, which the language reads as a membership test."""
    from khung.syntax import ast  # noqa: PLC0415  # as above

    expr = expression(entry, ctx, at)
    match expr:
        case None:
            return None
        case ast.Membership(value=ast.Name() as name, tests=(each,)) if not isinstance(
            each, ast.UnaryTest
        ):
            return ast.Binder(name.name, each, expr.span, name.span)
        case _:
            ctx.bag.add("K0414", entry.value.span, at=at)
            return None


def cell(entry: Entry, ctx: Context, at: str) -> Cell | None:
    """Return a cell of a decision table."""
    from khung.syntax.from_text import parse_cell  # noqa: PLC0415  # as above

    text = as_placed(entry.value, ctx.bag, at)
    found = None if text is None else parse_cell(text, ctx.bag)
    if text and found:
        ctx.cells.append((text, found))
    return found


# -- types and ranges -----------------------------------------------------------------------


def type_ref(entry: Entry, ctx: Context, at: str) -> TypeRef | None:
    """Return the type that a text names, such as `list of visit`."""
    node = entry.value
    text = as_text(node, ctx.bag, at)
    if text is None:
        return None
    match = _TYPE.fullmatch(text.strip())
    if match is None or not is_name(match[2]):
        near = type_said(text)
        ctx.bag.add("K0411", node.span, help="near" if near else "", at=at, type=text, near=near)
        return None
    form = TypeForm(match[1]) if match[1] else TypeForm.ONE
    return TypeRef(form, match[2], node.span)


def length(entry: Entry, ctx: Context, at: str) -> Length | None:
    """Return how many elements a list has."""
    number, span = as_integer(entry.value, ctx.bag, at), entry.value.span
    if number is not None and number < 1:
        ctx.bag.add("K0494", span, at=at, value=str(number))
        return None
    return None if number is None else Length(number, span)


def day(entry: Entry, ctx: Context, at: str) -> date | None:
    """Return a date written year-month-day."""
    return as_date(entry.value, ctx.bag, at)
