"""What the rules of a subject mention, found once a program: own defaults, and readings.

A default is assumed where a rule mentions the fact and the fact applies; parts that the chosen
readings rule out mention nothing. A reading is mentioned where any part of a rule, through
definitions too, states its choice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from khung.ir.nodes import CriteriaSet, Defined, Field, Literal, Node, Variable
from khung.ir.rewrite import fold, walk
from khung.ir.types import Object, first_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.ir.program import Program


class Mentions(NamedTuple):
    """Own facts that have a default, in order of mention, and whether a reading is looked at."""

    defaults: tuple[str, ...]
    readings: bool


@dataclass(slots=True)
class Mentioned:
    """Looks expressions over a subject up, each once."""

    program: Program
    found: dict[int, Mentions] = field(default_factory=dict)

    def of(self, node: Node) -> Mentions:
        """Return what an expression over a subject mentions."""
        key = id(node)
        if key not in self.found:
            self.found[key] = Mentions((), readings=False)
            names = dict.fromkeys(self._defaults(fold(node)))
            self.found[key] = Mentions(tuple(names), self._reads_reading(node))
        return self.found[key]

    def _defaults(self, folded: Node) -> Iterator[str]:
        for part in walk(folded):
            match part:
                case Field() if _is_self(part.object):
                    yield from self._fact(part)
                case Defined() | CriteriaSet() if _is_self(part.object):
                    for inner in self._beneath(part):
                        yield from self.of(inner).defaults
                case _:
                    continue

    def _fact(self, node: Field) -> Iterator[str]:
        assert isinstance(node.object.ty, Object)  # noqa: S101  # `self` is an object
        declared = self.program.objects[first_of(node.object.ty.name)]
        fact = declared.facts.get(node.name)
        if fact is None:
            return
        if fact.applies is not None:
            yield from self.of(fact.applies).defaults
        if fact.default is not None:
            yield fact.name

    def _reads_reading(self, node: Node) -> bool:
        for part in walk(node):
            if isinstance(part, Literal) and part.reading:
                return True
            if isinstance(part, Defined | CriteriaSet) and any(
                self.of(inner).readings for inner in self._beneath(part)
            ):
                return True
        return False

    def _beneath(self, node: Defined | CriteriaSet) -> Iterator[Node]:
        """Yield what a definition or a set of criteria is made of."""
        declared = self.program.objects[first_of(node.owner)]
        if isinstance(node, Defined):
            yield declared.definitions[node.name].value
            return
        for name, when in declared.sets[node.name].members:
            applies = declared.criteria[name].applies
            yield from (condition for condition in (when, applies) if condition is not None)


def _is_self(node: Node) -> bool:
    return isinstance(node, Variable) and node.slot == 0 and isinstance(node.ty, Object)
