"""Defaults that read each other, as a ring of them would never come to a value; `-` as a default.

Reports: K0340, K0349, K0350.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir.nodes import Defined, Field, Node, Variable
from khung.ir.rewrite import walk
from khung.rulebook import model as m

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from khung.diagnostics.bag import Bag
    from khung.ir.program import ObjectType


def check_defaults(objects: Mapping[str, ObjectType], bag: Bag) -> None:
    """Report each fact whose default, or condition, leads back to itself, with the path."""
    for declared in objects.values():
        reads = {name: tuple(_reads(declared, name)) for name in declared.facts}
        done: set[str] = set()
        for name in reads:
            ring = _ring(name, reads, done, [])
            if ring:
                default = declared.facts[ring[0]].default
                path = " → ".join(f"{declared.name}.{fact}" for fact in ring)
                bag.add("K0340", default.span if default else None, path=path)


def is_absent(model: m.Fact | m.Link, bag: Bag, *, optional: bool) -> bool:
    """Return whether `-` is the default, reporting one of what is always there."""
    if not isinstance(model.default, m.Absent):
        return False
    if not optional:
        bag.add("K0349", model.default.span, name=model.head.id)
    return optional


def check_marks(model: m.Fact, bag: Bag) -> None:
    """Report a default that is said to be of both kinds."""
    if model.absence and model.provisional:
        bag.add("K0350", model.head.span)


def _reads(declared: ObjectType, name: str) -> Iterator[str]:
    fact = declared.facts[name]
    for node in (fact.default, fact.applies if not fact.optional else None):
        if node is not None:
            yield from _own_facts(declared, node, set())


def _own_facts(declared: ObjectType, node: Node, seen: set[str]) -> Iterator[str]:
    """Yield the facts of the object itself that an expression reads, through definitions too."""
    for part in walk(node):
        match part:
            case Field() if _is_self(part.object) and part.name in declared.facts:
                yield part.name
            case Defined() if _is_self(part.object) and part.name not in seen:
                seen.add(part.name)
                if part.name in declared.definitions:
                    yield from _own_facts(declared, declared.definitions[part.name].value, seen)
            case _:  # `walk` comes to all that is below it
                continue


def _is_self(node: Node) -> bool:
    return isinstance(node, Variable) and node.slot == 0


def _ring(
    name: str, reads: Mapping[str, tuple[str, ...]], done: set[str], path: list[str]
) -> list[str]:
    if name in path:
        return [*path[path.index(name) :], name]
    if name in done:
        return []
    for other in reads[name]:
        ring = _ring(other, reads, done, [*path, name])
        if ring:
            done.update(ring)
            return ring
    done.add(name)
    return []
