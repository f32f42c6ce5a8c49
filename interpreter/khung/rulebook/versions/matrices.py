"""Matrices of thresholds while versions are merged: rows cite column by column, and say rules.

In and out: nodes. What is merged are rows as they are written; what a successor changed of them is
told of the requirements that their cells are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.rulebook.folder import text_at, without
from khung.rulebook.matrix import COLUMNS, NO
from khung.source.nodes import Entry, Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Callable

_MATRIX = "thresholds"
_BY_CELL = ("at_least", "source", "label")


def cells_of_row(node: Mapping) -> int | None:
    """Return how many cells a row of a matrix has; None of what is no such row."""
    cells = node.get("at_least")
    return len(cells.items) if isinstance(cells, Sequence) else None


def each_cell(node: Node, count: int, turned: Callable[[Node], Node]) -> Node:
    """Return what stands under a key of a row, turned cell by cell; one for all stays one."""
    if isinstance(node, Sequence):
        items = tuple(n if text_at(n) == NO else turned(n) for n in node.items)
        return Sequence(items, node.span)
    found = turned(node)
    return found if isinstance(found, Scalar) else Sequence((found,) * count, node.span)


def in_length(subjects: Mapping) -> Mapping:
    """Return subjects whose matrices are requirements of their levels, to be compared."""
    return Mapping(tuple(map(_subject, subjects.entries)), subjects.span)


def _subject(entry: Entry) -> Entry:
    subject, ladder = entry.value, _at(entry.value, "ladder")
    matrix = _at(ladder, _MATRIX)
    if matrix is None or ladder is None:
        return entry
    assert isinstance(subject, Mapping)  # noqa: S101  # a ladder stands in it
    levels = _levels(matrix, _at(ladder, "levels"))
    rest = without(ladder, "levels", _MATRIX)
    whole = Mapping((*rest.entries, Entry("levels", levels, ladder.span)), ladder.span)
    found = tuple(
        Entry(e.key, whole, e.key_span) if e.key == "ladder" else e for e in subject.entries
    )
    return Entry(entry.key, Mapping(found, subject.span), entry.key_span)


def _levels(matrix: Mapping, levels: Mapping | None) -> Mapping:
    columns = matrix.get(COLUMNS)
    names = [text_at(n) for n in columns.items] if isinstance(columns, Sequence) else []
    known = {e.key: e for e in levels.entries} if levels else {}
    for number, name in enumerate(names):
        old = known.get(name)
        own = old.value if old and isinstance(old.value, Mapping) else Mapping((), matrix.span)
        inside = _at(own, "require") or Mapping((), matrix.span)
        rows = without(matrix, COLUMNS).entries
        made = tuple(cell for row in rows if (cell := _cell(row, number)))
        asked = Mapping((*made, *inside.entries), inside.span)
        rest = without(own, "require").entries
        whole = Mapping((*rest, Entry("require", asked, own.span)), own.span)
        known[name] = Entry(name, whole, matrix.span)
    return Mapping(tuple(known.values()), matrix.span)


def _cell(row: Entry, number: int) -> Entry | None:
    """Return the requirement of one cell, as a mapping; None where it asks for nothing."""
    if (
        not isinstance(row.value, Mapping)
        or text_at(_of_column(row.value, "at_least", number)) == NO
    ):
        return None
    own = tuple(
        Entry(e.key, _of_column(row.value, e.key, number) or e.value, e.key_span)
        for e in row.value.entries
    )
    return Entry(row.key, Mapping(own, row.value.span), row.key_span)


def _of_column(row: Mapping, key: str, number: int) -> Node | None:
    node = row.get(key)
    if key not in _BY_CELL or not isinstance(node, Sequence):
        return node
    return node.items[number] if number < len(node.items) else None


def _at(node: Node | None, key: str) -> Mapping | None:
    found = node.get(key) if isinstance(node, Mapping) else None
    return found if isinstance(found, Mapping) else None
