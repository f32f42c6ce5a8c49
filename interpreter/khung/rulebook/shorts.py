"""Entries on one line: a rule that is only an expression, a row of a table as its cells.

In: a node that stands for a whole entry, or the rows of a table as they were read. Out: the entry
as it is read in full.

Reports: K0485 (a row with more or fewer cells than its table has) and those of `parts`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from khung.rulebook import model as m
from khung.rulebook.by_reading import is_by_reading
from khung.rulebook.parts import Reader, cell, expression
from khung.source.nodes import Entry, Mapping, Scalar, Sequence
from khung.source.values import as_sequence, under

if TYPE_CHECKING:
    from collections.abc import Callable

    from khung.rulebook.parts import Context
    from khung.source.nodes import Node

Short = tuple["Callable[[Node], bool]", Reader]
"""Which nodes stand for an entry, and how they are read."""


def only(made: Callable[..., Any], attribute: str) -> Short:
    """Return how an entry is read that has one attribute, an expression, and no other."""

    def read(entry: Entry, ctx: Context, at: str) -> Any:
        found, head = expression(entry, ctx, at), m.Head(entry.key, span=entry.key_span, at=at)
        return None if found is None else made(head, **{attribute: found})

    return _is_expression, read


def _under_condition(head: m.Head, when: Any) -> m.ScopeRule[m.Head]:
    return m.ScopeRule(replace(head, when=when))


def _is_expression(node: Node) -> bool:
    return isinstance(node, Scalar) or is_by_reading(node)


ONLY: dict[type, Short] = {
    m.Check: only(m.Check, "require"),
    m.Definition: only(m.Definition, "value"),
    m.Requirement: only(m.Requirement, "that"),
    m.ScopeRule: only(_under_condition, "when"),
    m.Start: only(m.Start, "at_least"),
}
"""How entries are read that are only an expression, by class."""


# -- rows on one line -------------------------------------------------------------------------


def cells(entry: Entry, ctx: Context, at: str) -> tuple[Node, ...] | None:
    """Return the cells of a row as they are: what each of them is, only its table knows."""
    node = as_sequence(entry.value, ctx.bag, at)
    return None if node is None else node.items


def _row_of_cells(entry: Entry, ctx: Context, at: str) -> m.Row | None:
    found = cells(entry, ctx, at)
    head = m.Head(entry.key, span=entry.key_span, at=at)
    return None if found is None else m.Row(head, (), (), found)


ROW: Short = (lambda node: isinstance(node, Sequence)), _row_of_cells


def with_cells(
    row: m.Row, inputs: tuple[m.Ref, ...], outputs: tuple[m.Ref, ...], ctx: Context
) -> m.Row | None:
    """Return a row whose cells are tests of the inputs, then values of the outputs.

    None where one of them cannot be read, or where there are more or fewer.
    """
    if row.cells is None:
        return row
    columns, given = (*inputs, *outputs), row.cells
    if len(given) != len(columns):
        place = given[0].span.to(given[-1].span) if given else row.head.span
        names = tuple(one.name for one in columns)
        found, count = len(given), len(columns)
        ctx.bag.add("K0485", place, at=row.head.at, found=found, count=count, columns=names)
        return None
    read = [*[cell] * len(inputs), *[expression] * len(outputs)]
    made: list[Any] = [
        each(Entry("", node, node.span), ctx, under(row.head.at, i))
        for i, (each, node) in enumerate(zip(read, given, strict=True))
    ]
    if None in made:
        return None
    named = tuple(
        (m.Ref(one.name, n.span), x) for one, n, x in zip(columns, given, made, strict=True)
    )
    return replace(row, tests=named[: len(inputs)], then=named[len(inputs) :], cells=None)


# -- the same in full, as nodes ---------------------------------------------------------------

_KEYS = {
    re.compile(r"[^.]+\.ladder\.levels\.[^.]+\.require\.[^.]+"): "that",
    re.compile(r"(records\.)?[^.]+\.definitions\.[^.]+"): "is",
    re.compile(r"[^.]+\.ladder\.from\.[^.]+"): "at_least",
    re.compile(r"[^.]+\.ladder\.bands\.[^.]+"): "is",
    re.compile(r"[^.]+\.checks\.[^.]+"): "require",
    re.compile(r"[^.]+\.(not_ranked|pending)\.[^.]+"): "when",
    re.compile(r"[^.]+\.tables\.[^.]+\.rows\.[^.]+"): "row",
}
"""The only key of an entry on one line, by the path of the entry."""


def in_full(node: Node, path: str) -> Node:
    """Return an entry on one line as the mapping that it stands for; anything else as it is."""
    key = next((key for form, key in _KEYS.items() if form.fullmatch(path)), None)
    if key is None or isinstance(node, Mapping) or isinstance(node, Sequence) is (key != "row"):
        return node
    return Mapping((Entry(key, node, node.span),), node.span)
