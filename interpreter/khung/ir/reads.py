"""What a node reads of objects, itself and through definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir import nodes as n
from khung.ir.rewrite import walk
from khung.ir.types import Object, first_of

if TYPE_CHECKING:
    from khung.ir.nodes import Node
    from khung.ir.program import Program


def read_of(node: Node) -> set[tuple[str, str]]:
    """Return the types and names of what a node itself reads of objects."""
    found = set[tuple[str, str]]()
    for part in walk(node):
        if isinstance(part, n.Field | n.Defined) and isinstance(part.object.ty, Object):
            found.add((first_of(part.object.ty.name), part.name))
    return found


def all_read_of(node: Node, program: Program) -> set[tuple[str, str]]:
    """Return the types and names of what a node reads, be it through definitions."""
    todo, found = [node], set[tuple[str, str]]()
    while todo:
        new = read_of(todo.pop()) - found
        found |= new
        for owner, name in new:
            declared = program.objects.get(owner)
            if declared is not None and declared.has(name):
                definition = declared.definition(name)
                todo += [x for x in (definition.value, definition.applies) if x is not None]
    return found
