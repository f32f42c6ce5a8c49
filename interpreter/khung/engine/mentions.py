"""What the rules of a subject mention, found once a program: own defaults, and readings.

A default is assumed where a rule mentions the fact and the fact applies. A reading is mentioned
where any part of a rule, through definitions too, states its choice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from khung.ir.nodes import CriteriaSet, Defined, Field, Literal, Node, Variable
from khung.ir.rewrite import children
from khung.ir.types import Object

if TYPE_CHECKING:
    from khung.ir.program import Program


class Mentions(NamedTuple):
    """Own facts that have a default, in order of mention, and whether a reading is looked at."""

    defaults: tuple[str, ...]
    readings: bool


@dataclass(slots=True)
class Mentioned:
    """Looks expressions up, each once. `own` tells whether slot 0 is the subject itself."""

    program: Program
    found: dict[tuple[int, bool], Mentions] = field(default_factory=dict)

    def of(self, node: Node, *, own: bool = True) -> Mentions:
        """Return what an expression over a subject mentions."""
        key = (id(node), own)
        if key not in self.found:
            self.found[key] = Mentions((), readings=False)
            self.found[key] = self._look(node, own=own)
        return self.found[key]

    def _look(self, node: Node, *, own: bool) -> Mentions:
        parts = [self.of(child, own=own) for child in children(node)]
        name = ""
        match node:
            case Literal():
                return Mentions((), bool(node.reading))
            case Field() if isinstance(node.object.ty, Object):
                name, beneath = self._fact(node, own=own and _is_self(node.object))
                parts += beneath
            case Defined():
                inner = own and _is_self(node.object)
                owner = self.program.objects[node.owner.partition("|")[0]]
                parts.append(self.of(owner.definitions[node.name].value, own=inner))
            case CriteriaSet():
                parts += self._criteria(node, own=own and _is_self(node.object))
            case _:
                pass
        return _joined(parts, name)

    def _fact(self, node: Field, *, own: bool) -> tuple[str, list[Mentions]]:
        assert isinstance(node.object.ty, Object)  # noqa: S101  # the caller has looked
        declared = self.program.objects[node.object.ty.name.partition("|")[0]]
        fact = declared.facts.get(node.name)
        if fact is None:
            return "", []
        inner = [] if fact.applies is None else [self.of(fact.applies, own=own)]
        return (fact.name if own and fact.default is not None else ""), inner

    def _criteria(self, node: CriteriaSet, *, own: bool) -> list[Mentions]:
        declared = self.program.objects[node.owner]
        members = declared.sets[node.name].members
        conditions = [when for _, when in members if when is not None]
        applies = (declared.criteria[name].applies for name, _ in members)
        conditions += [condition for condition in applies if condition is not None]
        return [self.of(condition, own=own) for condition in conditions]


def _is_self(node: Node) -> bool:
    return isinstance(node, Variable) and node.slot == 0


def _joined(parts: list[Mentions], name: str) -> Mentions:
    names = [n for part in parts for n in part.defaults]
    if name:
        names.append(name)
    return Mentions(tuple(dict.fromkeys(names)), any(part.readings for part in parts))
