"""What rules compare a fact with, themselves or by what they work out of it: a point by name."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from khung.ir import nodes as n
from khung.ir.rewrite import walk
from khung.ir.types import first_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from khung.ir.nodes import Node
    from khung.ir.program import ObjectType, Program

Point = Decimal | date

DEPTH = 6
"""How many definitions may stand between a rule and a fact that it reads."""


def points_of(program: Program) -> Mapping[str, frozenset[Point]]:
    """Return the constants that stand beside each fact in a comparison, by its name.

    Shares and numbers of months or days are among them as numbers.
    """
    found: dict[str, set[Point]] = {}
    for declared in program.objects.values():
        for root in _said(declared):
            for node in walk(root):
                if isinstance(node, n.Compare):
                    _note(node, program, found)
    return {name: frozenset(points) for name, points in found.items()}


def _said(declared: ObjectType) -> Iterator[Node]:
    for definition in (*declared.definitions.values(), *declared.stages.values()):
        yield definition.value
        if definition.applies is not None:
            yield definition.applies
    conditions = [fact.applies for fact in declared.facts.values()]
    conditions += [criterion.applies for criterion in declared.criteria.values()]
    yield from (condition for condition in conditions if condition is not None)


def _note(node: n.Compare, program: Program, found: dict[str, set[Point]]) -> None:
    sides = (node.left, node.right)
    points = {point for side in sides for part in walk(side) for point in _points(part)}
    if points:
        for name in {name for side in sides for name in names_read(side, program)}:
            found.setdefault(name, set()).update(points)


def _points(node: Node) -> Iterator[Point]:
    value = node.value if isinstance(node, n.Literal) else None
    match value:
        case bool() | str():
            return
        case int():
            yield Decimal(value)
        case Decimal() | date():
            yield value
        case Fraction():
            yield Decimal(value.numerator) / Decimal(value.denominator)
        case _:  # of no order
            return


def names_read(node: Node, program: Program, depth: int = DEPTH) -> frozenset[str]:
    """Return the names of the facts that an expression reads, be it through definitions.

    Args:
        node: The expression.
        program: The rulebook.
        depth: Through how many definitions it is followed.
    """
    return frozenset(_names(node, program, depth))


def _names(node: Node, program: Program, depth: int) -> Iterator[str]:
    """Yield the facts that an expression reads, be it through definitions."""
    for part in walk(node):
        if isinstance(part, n.Field):
            yield part.name
        elif isinstance(part, n.Defined) and depth:
            declared = program.objects[first_of(part.owner)]
            if part.name in declared.definitions:
                yield from _names(declared.definitions[part.name].value, program, depth - 1)
