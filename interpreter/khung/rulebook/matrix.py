"""A matrix of thresholds as it is written: rows of cells under the levels of a ladder.

In: the mapping under `thresholds`. Out: `Thresholds`. A row has a cell for each column, and its
clauses and labels are one for the row or one for each column.

Reports: K0480 (a row with more or fewer than there are columns) and those of `parts`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from khung.resources import schema
from khung.rulebook import model as m
from khung.rulebook.conditions import condition
from khung.rulebook.names import names_of
from khung.rulebook.parts import at_key, basis, each, expression, label, sources
from khung.source.nodes import Entry, Mapping, Scalar, Sequence
from khung.source.shape import Fields
from khung.source.values import as_boolean, as_mapping, as_name, as_sequence, under

if TYPE_CHECKING:
    from khung.rulebook.parts import Context, Reader
    from khung.source.nodes import Node

COLUMNS = "columns"
"""The key of a matrix that is no row."""

NO = "-"
"""How a cell is written that asks for nothing."""


def thresholds(entry: Entry, ctx: Context, at: str) -> m.Thresholds | None:
    """Read a matrix; None without columns. A row that cannot be read is left out."""
    node = as_mapping(entry.value, ctx.bag, at)
    if node is None:
        return None
    fields = Fields(node, (one.key for one in node.entries), ctx.bag, at)
    columns = at_key(fields, COLUMNS, _columns, ctx) if fields.require(COLUMNS) else None
    rest = Mapping(tuple(one for one in node.entries if one.key != COLUMNS), node.span)
    rows = names_of(rest, frozenset(), ctx.bag, at)
    if columns is None:
        return None
    read = (_row(row, columns, ctx, under(at, row.key)) for row in rows)
    return m.Thresholds(columns, tuple(row for row in read if row is not None), entry.key_span)


def _columns(entry: Entry, ctx: Context, at: str) -> tuple[m.Ref, ...] | None:
    node = as_sequence(entry.value, ctx.bag, at)
    if node is None:
        return None
    read = each(node, _column, ctx, at)
    return None if None in read else tuple(read)


def _column(entry: Entry, ctx: Context, at: str) -> m.Ref | None:
    name = as_name(entry.value, ctx.bag, at)
    return None if name is None else m.Ref(name, entry.value.span)


def _row(entry: Entry, columns: tuple[m.Ref, ...], ctx: Context, at: str) -> m.Threshold | None:
    keys = schema("subject")["$defs"]["threshold"]["properties"]
    fields = Fields.of(entry.value, keys, ctx.bag, at)
    if fields is None or not fields.require("at_least"):
        return None
    is_list = fields.sequence("at_least") is not None
    cells = _cells(fields, "at_least", expression, columns, ctx) if is_list else None
    cited = _cells(fields, "source", sources, columns, ctx)
    labels = _cells(fields, "label", label, columns, ctx)
    when, of = at_key(fields, "when", condition, ctx), at_key(fields, "of", expression, ctx)
    if cells is None or ("of" in fields and of is None) or ("when" in fields and when is None):
        return None
    found = tuple(one or () for one in cited or (None,) * len(columns))
    sure = basis(fields, next((one for one in found if one), ()), ctx)
    names = labels or (None,) * len(columns)
    local = at_key(fields, "local", _flag, ctx) is True
    return m.Threshold(entry.key, cells, found, names, of, when, sure, local, span=entry.key_span)


def _flag(entry: Entry, ctx: Context, at: str) -> bool | None:
    """Return whether a key is true or false."""
    return as_boolean(entry.value, ctx.bag, at)


def _cells(
    fields: Fields, key: str, read: Reader, columns: tuple[m.Ref, ...], ctx: Context
) -> tuple[Any, ...] | None:
    """Return what stands under a key for each column: one for all, or a list of them."""
    entry, at = fields.entry(key), fields.path(key)
    if entry is None:
        return None
    if not isinstance(entry.value, Sequence):
        return (read(entry, ctx, at),) * len(columns)
    items = entry.value.items
    if len(items) != len(columns):
        names, found = tuple(one.name for one in columns), len(items)
        ctx.bag.add(
            "K0480",
            entry.value.span,
            at=at,
            key=key,
            found=found,
            count=len(names),
            columns=names,
        )
        return None
    cells = [
        None if _is_no(node) else read(Entry("", node, node.span), ctx, under(at, i))
        for i, node in enumerate(items)
    ]
    broken = any(one is None and not _is_no(n) for one, n in zip(cells, items, strict=True))
    return None if broken else tuple(cells)


def _is_no(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value == NO
