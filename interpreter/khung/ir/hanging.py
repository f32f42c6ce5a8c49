"""What a part of the rules may hang on through all that it reads, found once a program."""

from __future__ import annotations

import weakref
from dataclasses import field
from typing import TYPE_CHECKING, Any, NamedTuple

from khung.ir import nodes as n
from khung.ir.program import variants_of
from khung.ir.rewrite import children
from khung.ir.types import Object, first_of, names_of
from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from khung.ir.nodes import Node
    from khung.ir.program import ObjectType, Part, Program
    from khung.rulebook.model.rules import Asks, Stage


class Hangs(NamedTuple):
    """The readings and own defaults that any part may rest on; whether one reads a result."""

    bits: int
    results: bool


_RESULTS = n.LevelOf | n.StateOf | n.Winner | n.Choice | n.Kept
ALWAYS = -1
_ON_NOTHING = Hangs(0, results=False)


@dataclass(slots=True)
class Hanging:
    """Looks parts up, each once. A set of readings and own defaults is a number, one bit each.

    The readings come first, so that `readings` masks them; then, by subject type, the facts that
    have a default. What explanations ask of a program besides is kept here, too: nodes that it does
    not hold (`free`, `criteria`, `supposed`, `spoken`, `counted`), where rules may bind (`probes`),
    each made once: what is written of a node is kept as long as the program. What is of a type is
    known by the `id` of that: with overlays there are several of one name (`parts`).
    """

    objects: Mapping[str, ObjectType]
    parts: Mapping[str, Part]
    readings: int
    bits: dict[str, int]
    defaults: dict[str, dict[str, int]] = field(default_factory=dict)
    settings: dict[int, int] = field(default_factory=dict)
    found: dict[int, Hangs] = field(default_factory=dict)
    nodes: list[Node] = field(default_factory=list)
    lives: dict[int, int] = field(default_factory=dict)
    free: dict[int, n.Winner] = field(default_factory=dict)
    criteria: dict[tuple[int, int], tuple[n.Field, ...]] = field(default_factory=dict)
    supposed: dict[tuple[int, Stage, int], Node] = field(default_factory=dict)
    spoken: dict[tuple[int, str], Node] = field(default_factory=dict)
    counted: dict[int, Node] = field(default_factory=dict)
    probes: dict[tuple[int, int], tuple[Any, ...]] = field(default_factory=dict)
    kept: Callable[[Node], Hangs | None] = field(default=lambda _: None)

    def asked(self, asks: Asks, *settings: str) -> int:
        """Return the readings that some of the settings of a rule ask for."""
        return sum({self.bits[reading] for setting, reading in asks if setting in settings})

    def defaults_of(self, name: str) -> dict[str, int]:
        """Return the bit of each fact or link of a type that has a default; of a record none."""
        found = self.defaults.get(name)
        if found is None:
            declared = self.objects.get(name)
            found = {} if declared is None or declared.is_record else self._numbered(declared)
            self.defaults[name] = found
        return found

    def _numbered(self, declared: ObjectType) -> dict[str, int]:
        facts = (fact.name for fact in declared.facts.values() if fact.has_default)
        own = (*facts, *(link.name for link in declared.links.values() if link.has_default))
        start = self.readings.bit_length()
        return {name: 1 << start + place for place, name in enumerate(own)}

    def of_literal(self, node: n.Literal) -> int:
        """Return the readings that a constant comes from, or that a setting of it asks for."""
        chosen = self.bits[node.reading] if node.reading else 0
        return chosen | self.settings.get(id(node), 0)

    def names(self, found: int) -> Iterator[str]:
        """Yield the readings of a set, in the order of their names."""
        return (name for name in sorted(self.bits) if found & self.bits[name])

    def note_settings(self, declared: ObjectType) -> None:
        """Note what settings ask for: their constants are worked out and no longer say it."""
        for vote in declared.votes:
            self._note(vote.asks, "binding", (vote.binding,))
        if declared.ladder is not None:
            self._note(declared.ladder.asks, "cumulative", (declared.ladder.cumulative,))

    def _note(self, asks: Asks, setting: str, nodes: Iterable[Node]) -> None:
        for node in nodes:
            asked = self.settings.get(id(node), 0)
            self.settings[id(node)] = asked | self.asked(asks, setting)

    def hangs(self, node: Node) -> Hangs:
        """Return what an expression may hang on."""
        key = id(node)
        found = self.found.get(key)
        if found is None:
            self.found[key] = _ON_NOTHING  # stands while a ring is looked through
            found = self.found[key] = self.kept(node) or self._hangs(node)
            self.nodes.append(node)
        return found

    def live(self, node: Node) -> int:
        """Return the defaults without which an expression rests on nothing.

        Returns:
            `ALWAYS` where it may rest on a reading, too, or on what it reads of a result; 0 where
            it rests on nothing whatever is stated.
        """
        bits, results = self.hangs(node)
        return ALWAYS if results or bits & self.readings else bits

    def _hangs(self, node: Node) -> Hangs:
        if isinstance(node, n.Literal):
            return Hangs(self.of_literal(node), results=False)
        parts, beneath = self._all(children(node)), self._all(self._beneath(node))
        own = beneath.bits | self._default(node) if _of_self(node) else beneath.bits & self.readings
        results = isinstance(node, _RESULTS) or parts.results or beneath.results
        return Hangs(parts.bits | own, results)

    def _all(self, nodes: Iterable[Node]) -> Hangs:
        found, results = 0, False
        for node in nodes:
            part = self.hangs(node)
            found, results = found | part.bits, results or part.results
        return Hangs(found, results)

    def _default(self, node: Node) -> int:
        """Return the bits of a fact or link of the subject itself, and of what counts a list."""
        if not isinstance(node, n.Field | n.Has) or not isinstance(node.object.ty, Object):
            return 0
        owner = first_of(node.object.ty.name)
        bits, declared = self.defaults_of(owner), self.objects[owner]
        one = declared.facts.get(node.name) or declared.back_lists.get(node.name)
        return bits.get(node.name, 0) | (bits.get(one.complete, 0) if one else 0)

    def _beneath(self, node: Node) -> Iterator[Node]:
        """Yield what a member that is read is made of, and what says whether it applies."""
        if not isinstance(node, n.Defined | n.CriteriaSet | n.Field | n.Has):
            return
        if not isinstance(node.object.ty, Object):
            return
        for owner in names_of(node.object.ty.name):
            for declared in variants_of(self.objects, self.parts, owner):
                yield from self._of_type(node, declared)

    def _of_type(
        self, node: n.Defined | n.CriteriaSet | n.Field | n.Has, declared: ObjectType
    ) -> Iterator[Node]:
        match node:
            case n.Defined() if declared.has(node.name):
                definition = declared.definition(node.name)
                yield from _there(definition.applies, definition.value)
            case n.Defined():
                return  # a stage that only others have
            case n.CriteriaSet():
                for name, when in declared.sets[node.name].members:
                    yield from _there(when, declared.criteria[name].applies)
            case n.Field() | n.Has():
                yield from self._member(declared, node.name)

    def _member(self, declared: ObjectType, name: str) -> Iterator[Node]:
        if name in declared.facts:
            yield from _there(declared.facts[name].applies, declared.facts[name].default)
            yield from self._member(declared, declared.facts[name].complete)
        elif name in declared.links:
            yield from _there(declared.links[name].applies)
        elif name in declared.back_lists:
            found = declared.back_lists[name]
            yield from _there(self.objects[found.holder].links[found.link].applies)
            yield from self._member(declared, found.below or found.complete)
        elif name.startswith("criteria."):
            yield from _there(declared.criteria[name.removeprefix("criteria.")].applies)


_MADE: dict[int, Hanging] = {}
"""By the `id` of a program, as long as there is one."""


def hanging_of(program: Program) -> Hanging:
    """Return what is looked up of a program: the same for all its evaluations."""
    found = _MADE.get(id(program))
    if found is None:
        found = _MADE[id(program)] = _hanging(program)
        weakref.finalize(program, _MADE.pop, id(program), None)
    return found


def _hanging(program: Program) -> Hanging:
    bits = {name: 1 << place for place, name in enumerate(program.readings)}
    start = len(bits)
    found = Hanging(program.objects, program.parts, (1 << start) - 1, bits)
    for name in program.objects:
        for declared in program.variants(name):
            found.note_settings(declared)
    return found


def _of_self(node: Node) -> bool:
    """Whether a member is read of the subject itself."""
    held = getattr(node, "object", None)
    return isinstance(held, n.Variable) and held.slot == 0


def _there(*nodes: Node | None) -> Iterator[Node]:
    yield from (node for node in nodes if node is not None)
