"""What rules mention, found once a program: own defaults, readings, results of subjects.

A default is assumed where a rule mentions the fact and the fact applies; parts that the chosen
readings rule out mention nothing. Readings and results are found in any part, through definitions
and conditions of what is read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from khung.ir.nodes import (
    CriteriaSet,
    Defined,
    Field,
    Has,
    LevelOf,
    Literal,
    Node,
    StateOf,
    Variable,
)
from khung.ir.rewrite import children, fold, walk
from khung.ir.types import Object, first_of, names_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.ir.program import ObjectType, Program


class Hangs(NamedTuple):
    """The readings that any part of an expression asks for, and whether one reads a result."""

    readings: frozenset[str]
    results: bool


@dataclass(slots=True)
class Mentioned:
    """Looks expressions up, each once."""

    program: Program
    found: dict[int, tuple[str, ...]] = field(default_factory=dict)
    hanging: dict[int, Hangs] = field(default_factory=dict)

    def defaults(self, node: Node) -> tuple[str, ...]:
        """Return the own facts with a default of an expression over a subject, as mentioned."""
        key = id(node)
        if key not in self.found:
            self.found[key] = ()
            self.found[key] = tuple(dict.fromkeys(self._defaults(fold(node))))
        return self.found[key]

    def hangs(self, node: Node) -> Hangs:
        """Return what an expression may hang on, through all that it reads."""
        key = id(node)
        if key not in self.hanging:
            self.hanging[key] = Hangs(frozenset(), results=False)
            below = [self.hangs(part) for part in (*children(node), *self._beneath(node))]
            own = {node.reading} if isinstance(node, Literal) and node.reading else ()
            readings = frozenset(own).union(*(hangs.readings for hangs in below))
            results = isinstance(node, LevelOf | StateOf) or any(h.results for h in below)
            self.hanging[key] = Hangs(readings, results)
        return self.hanging[key]

    def _defaults(self, folded: Node) -> Iterator[str]:
        for part in walk(folded):
            match part:
                case Field() if _is_self(part.object):
                    yield from self._fact(part)
                case Defined() if _is_self(part.object):
                    declared = self.program.objects[first_of(part.owner)]
                    yield from self.defaults(declared.definitions[part.name].value)
                case CriteriaSet() if _is_self(part.object):
                    for inner in self._beneath(part):
                        yield from self.defaults(inner)
                case _:
                    continue

    def _fact(self, node: Field) -> Iterator[str]:
        assert isinstance(node.object.ty, Object)  # noqa: S101  # `self` is an object
        declared = self.program.objects[first_of(node.object.ty.name)]
        fact = declared.facts.get(node.name)
        if fact is None:
            return
        if fact.applies is not None:
            yield from self.defaults(fact.applies)
        if fact.default is not None:
            yield fact.name

    def _beneath(self, node: Node) -> Iterator[Node]:
        """Yield what a member that is read is made of, and what says whether it applies."""
        if not isinstance(node, Defined | CriteriaSet | Field | Has):
            return
        if not isinstance(node.object.ty, Object):
            return
        for owner in names_of(node.object.ty.name):
            yield from self._made_of(self.program.objects[owner], node)

    def _made_of(
        self, declared: ObjectType, node: Defined | CriteriaSet | Field | Has
    ) -> Iterator[Node]:
        match node:
            case Defined():
                yield from _there(declared.definitions[node.name].applies)
                yield declared.definitions[node.name].value
            case CriteriaSet():
                for name, when in declared.sets[node.name].members:
                    yield from _there(when, declared.criteria[name].applies)
            case Field() | Has():
                yield from self._member(declared, node.name)

    def _member(self, declared: ObjectType, name: str) -> Iterator[Node]:
        if name in declared.facts:
            yield from _there(declared.facts[name].applies, declared.facts[name].default)
        elif name in declared.links:
            yield from _there(declared.links[name].applies)
        elif name in declared.back_lists:
            found = declared.back_lists[name]
            yield from _there(self.program.objects[found.holder].links[found.link].applies)
            yield from self._member(declared, found.complete)
        elif name.startswith("criteria."):
            yield from _there(declared.criteria[name.removeprefix("criteria.")].applies)


def _there(*nodes: Node | None) -> Iterator[Node]:
    yield from (node for node in nodes if node is not None)


def _is_self(node: Node) -> bool:
    return isinstance(node, Variable) and node.slot == 0 and isinstance(node.ty, Object)
