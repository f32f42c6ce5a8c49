"""Paths from an object to what is read of others, and how columns of several tables are read as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir import nodes as n
from khung.sql.ends import Ends, State, same
from khung.sql.text import FALSE, SPLIT, TRUE, pair, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from khung.ir.nodes import Node
    from khung.sql.table import Column


def merged(columns: Sequence[Column], alias: str) -> tuple[Ends, State]:
    """Return how a column that stands in several tables is read of all of them together."""
    first = columns[0]
    if len(columns) == 1:
        return first.read(alias)
    single = all(c.ends.single for c in columns)
    name = first.stem
    loose = any(c.ends.loose for c in columns)
    surely, may = (
        _state([c.state[at] for c in columns], f"{alias}.{quoted(name + suffix)}")
        for at, suffix in enumerate((".s", ".m"))
    )
    state = State(surely, surely if all(c.state.surely == c.state.may for c in columns) else may)
    is_ratio = any(SPLIT in c.ends.low for c in columns)

    def read(end: str) -> str:
        if is_ratio:
            return pair(*(f"{alias}.{quoted(name + end + part)}" for part in (".n", ".d")))
        return f"{alias}.{quoted(name + end)}"

    if single:
        return same(read(""), loose=loose), state
    return Ends(read(".l"), read(".h"), loose), state


def _state(texts: list[str], column: str) -> str:
    return texts[0] if set(texts) in ({TRUE}, {FALSE}) else column


def first_step(node: Node) -> Node:
    """Return the first object that a path leads to from the object itself."""
    while isinstance(node, n.Field | n.Defined) and not is_self(node.object):
        node = node.object
    return node


def self_of(node: Node) -> Node:
    """Return the object itself in the place of what leads to it."""
    return n.Variable("self", 0, node.ty, node.span)


def is_self(node: Node) -> bool:
    """Whether a node is the object itself."""
    return isinstance(node, n.Variable) and node.slot == 0
