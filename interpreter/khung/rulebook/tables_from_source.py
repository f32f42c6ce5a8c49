"""The decision tables of a subject.

In: an entry of `tables`. Out: `Table`. Names in it are not looked up, and whether a row names
inputs and outputs that the table has is asked later, by `ir`.

Reports: K0402, K0411, K0425 and those of `reader` and of the parser of cells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.rulebook.members_from_source import declared_type, type_of
from khung.rulebook.model import Hit, Output, Ref, Row, Table
from khung.rulebook.names import check_name
from khung.rulebook.reader import (
    RULE,
    entries,
    expression_of,
    fields_of,
    filled_entries,
    head,
    label,
)
from khung.source.nodes import Mapping
from khung.source.values import as_placed
from khung.syntax.from_text import parse_cell

if TYPE_CHECKING:
    from khung.rulebook.reader import Context
    from khung.source.nodes import Entry
    from khung.syntax.ast import Cell, Expr

_TABLE = (*RULE, "hit", "inputs", "outputs", "rows")
_OUTPUT = ("label", "type", "unit")
_ROW = (*RULE, "if", "then")


def table(entry: Entry, ctx: Context, at: str) -> Table | None:
    """Read a decision table; rows that are broken are left out."""
    check_name(entry, ctx.bag, at)
    fields = fields_of(entry.value, _TABLE, ctx, at)
    if fields is None:
        return None
    whole = fields.require("inputs", "outputs", "rows")
    hit = fields.choice("hit", tuple(h.value for h in Hit))
    read = Table(
        head(entry, fields, ctx),
        Hit.UNIQUE if hit is None else Hit(hit),
        filled_entries(fields, "inputs", _input, ctx),
        filled_entries(fields, "outputs", _output, ctx),
        filled_entries(fields, "rows", _row, ctx),
    )
    return read if whole else None


def _input(entry: Entry, ctx: Context, at: str) -> tuple[Ref, Expr] | None:
    check_name(entry, ctx.bag, at)
    return _named(entry, ctx, at)


def _named(entry: Entry, ctx: Context, at: str) -> tuple[Ref, Expr] | None:
    value = expression_of(entry.value, ctx, at)
    return None if value is None else (_ref(entry), value)


def _output(entry: Entry, ctx: Context, at: str) -> Output | None:
    """Read an output: its type, or a mapping that says how it is told, too."""
    check_name(entry, ctx.bag, at)
    if not isinstance(entry.value, Mapping):
        ty = type_of(entry.value, ctx, at)
        return None if ty is None else Output(_ref(entry), ty)
    fields = fields_of(entry.value, _OUTPUT, ctx, at)
    if fields is None:
        return None
    fields.require("type")
    ty = declared_type(fields, ctx)
    told, unit = label(fields, "label", ctx), fields.text("unit") or ""
    return None if ty is None else Output(_ref(entry), ty, told, unit)


def _row(entry: Entry, ctx: Context, at: str) -> Row | None:
    fields = fields_of(entry.value, _ROW, ctx, at)
    if fields is None:
        return None
    fields.require("then")
    tests = entries(fields, "if", _cell, ctx)
    then = filled_entries(fields, "then", _named, ctx)
    common = head(entry, fields, ctx)
    return Row(common, tests, then) if then else None


def _cell(entry: Entry, ctx: Context, at: str) -> tuple[Ref, Cell] | None:
    text = as_placed(entry.value, ctx.bag, at)
    cell = None if text is None else parse_cell(text, ctx.bag)
    return None if cell is None else (_ref(entry), cell)


def _ref(entry: Entry) -> Ref:
    return Ref(entry.key, entry.key_span)
