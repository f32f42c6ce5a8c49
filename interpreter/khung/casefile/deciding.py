"""What a level may hang on: the facts and links that stages read, themselves or by what they read.

The others are asked for checks and outputs alone.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, get_args

from khung.ir import nodes as n
from khung.ir.rewrite import walk
from khung.ir.types import Object, names_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.ir.program import ObjectType, Program

Member = tuple[str, str]
"""A type and the name of a fact, link, criterion or definition that its objects have."""


def deciding(program: Program) -> frozenset[Member]:
    """Return all members on which the level of some subject of a rulebook may hang."""
    found: set[Member] = set()
    waiting = [node for declared in program.subjects for node in _stages(declared)]
    while waiting:
        for node in walk(waiting.pop()):
            for member in _members(node):
                if member not in found:
                    found.add(member)
                    waiting += _behind(program, program.objects[member[0]], member[1], found)
    return frozenset(found)


def _stages(declared: ObjectType) -> Iterator[n.Node]:
    """Yield all that the stages of a subject ask, its criteria included."""
    for definition in declared.stages.values():
        yield definition.value
    yield from _nodes(declared.quotas)
    for item in declared.criteria.values():
        yield from _nodes(item.applies)


def _nodes(value: Any) -> Iterator[n.Node]:
    """Yield the nodes that a rule holds, wherever in it."""
    if isinstance(value, _NODES):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _nodes(item)
    elif is_dataclass(value) and not isinstance(value, type):
        for part in fields(value):
            yield from _nodes(getattr(value, part.name))


_NODES = get_args(n.Node)


def _members(node: n.Node) -> Iterator[Member]:
    """Yield what a node reads of objects."""
    match node:
        case n.Defined():
            yield from ((owner, node.name) for owner in names_of(node.owner))
        case n.Field() | n.Has() if isinstance(node.object.ty, Object):
            yield from ((owner, node.name) for owner in names_of(node.object.ty.name))
        case _:  # reads nothing of its own: what is below it is walked, too
            pass


def _behind(
    program: Program, declared: ObjectType, name: str, found: set[Member]
) -> Iterator[n.Node]:
    """Yield what a member is worked out from; a list brings the link and the count behind it."""
    back = declared.back_lists.get(name)
    if back is not None:
        found.add((back.holder, back.link))
        found.add((declared.name, back.complete))
        link = program.objects[back.holder].links[back.link]
        yield from _nodes(link.applies)
    definition = declared.definitions.get(name) or declared.stages.get(name)
    if definition is not None:
        yield from _nodes((definition.value, definition.applies))
    fact = declared.facts.get(name)
    if fact is not None:
        found.add((declared.name, fact.complete))
        yield from _nodes((fact.default, fact.applies))
    there = declared.links.get(name)
    if there is not None:
        yield from _nodes(there.applies)
