"""What a node reads of objects, itself and through definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir import nodes as n
from khung.ir.rewrite import walk
from khung.ir.stages import names
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
        elif isinstance(part, n.LevelOf) and isinstance(part.object.ty, Object):
            found.add((first_of(part.object.ty.name), names.of_stage(part.stage)))
    return found


def criteria_of(node: Node, program: Program) -> set[tuple[str, str]]:
    """Return the criteria of the sets that stand in a node, under the names that they are held."""
    sets = (part for part in walk(node) if isinstance(part, n.CriteriaSet))
    return {
        (first_of(part.owner), f"criteria.{member}")
        for part in sets
        for member, _ in program.objects[first_of(part.owner)].sets[part.name].members
    }


def all_read_of(node: Node, program: Program) -> set[tuple[str, str]]:
    """Return the types and names of what a node reads, be it through definitions."""
    todo, found = [node], set[tuple[str, str]]()
    while todo:
        node = todo.pop()
        new = (read_of(node) | criteria_of(node, program)) - found
        found |= new
        for owner, name in new:
            declared = program.objects.get(owner)
            if declared is not None and declared.has(name):
                definition = declared.definition(name)
                todo += [x for x in (definition.value, definition.applies) if x is not None]
    return found
