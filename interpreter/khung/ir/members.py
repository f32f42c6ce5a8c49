"""The names under which an object holds what is read of it, in whatever engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from khung.ir import nodes as n

if TYPE_CHECKING:
    from khung.ir.nodes import Member


def member_of(node: Member) -> str:
    """Return the name under which an object holds what is read of it."""
    match node:
        case n.Field():
            return node.name
        case n.Defined():
            return f"={node.name}"
        case n.LevelOf():
            return f"level {node.stage}"
        case n.StateOf():
            return f"state {node.what.value}"
        case n.CriteriaSet():
            return f"set {node.name}"
        case n.Has():
            return f"has {node.name}"
        case _:
            assert_never(node)
