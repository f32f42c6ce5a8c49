"""The functions of one program, each written and compiled when it is first asked for."""

from __future__ import annotations

import weakref
from dataclasses import field
from typing import TYPE_CHECKING, Any, Protocol

from khung.engine.code_names import HIGH, LOW, THERE, VALUE, Names
from khung.engine.runtime import HELPERS
from khung.engine.values import Value
from khung.engine.worth import known_as
from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.rewrite import walk
from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from khung.engine.code import Writer
    from khung.ir.nodes import Node
    from khung.ir.program import ObjectType, Part, Program, Values


@dataclass(slots=True)
class Prepared:
    """A node with what gives its value and its ends on the variables in scope.

    Attributes:
        width: How many variables there may be, by the greatest slot.
        known: What makes a `Value` of a plain value.
        constant: The value of a literal.
    """

    node: Node
    width: int
    is_ordered: bool
    plain: Any
    known: Callable[[Any, t.Type], Value]
    constant: Value | None = None
    low: Any = None
    high: Any = None

    @property
    def slots(self) -> dict[int, t.Type]:
        """The variables of the node, with their types."""
        return slots_of(self.node)


class Ahead(Protocol):
    """Functions that were made before; `added` counts those that are made besides."""

    added: int

    def function(self, node: Node, mode: str, known: dict[str, Any]) -> Any:
        """Return the function of a node in a mode; None if there is none."""

    def of_source(self, source: str, known: dict[str, Any]) -> Any:
        """Return the function of a source; None if there is none."""


@dataclass(slots=True)
class Compiled:
    """The functions of one program by node and mode; `layouts` is for the rows (`engine.rows`)."""

    values: Mapping[str, Values]
    objects: Mapping[str, ObjectType]
    parts: Mapping[str, Part] = field(default_factory=dict)
    names: Names = field(init=False)
    layouts: dict[str, list[Any]] = field(default_factory=dict)
    functions: dict[tuple[int, str], tuple[Node, Any]] = field(default_factory=dict)
    known: dict[int, Prepared] = field(default_factory=dict)
    by_source: dict[str, Any] = field(default_factory=dict)
    ahead: Ahead | None = None

    def __post_init__(self) -> None:
        self.names = Names(self.values)
        self.names.globals.update(HELPERS)

    def member(self, number: int) -> str:
        """Return the name of a member."""
        return list(self.names.numbers)[number]

    def function(self, node: Node, mode: str, slots: Mapping[int, t.Type] | None = None) -> Any:
        """Return what gives a node's value, an end of it, or whether it applies.

        Args:
            node: A checked expression.
            mode: Which of them, as in `engine.code`.
            slots: The types of the variables in scope; those of the node itself if None.
        """
        key = (id(node), mode)
        found = self.functions.get(key)
        if found is None:
            made = (
                None if self.ahead is None else self.ahead.function(node, mode, self.names.globals)
            )
            if made is None:
                slots = slots_of(node) if slots is None else slots
                made = self._made(self.source(node, mode, slots), slots)
            found = self.functions[key] = (node, made)
        return found[1]

    def prepared(self, node: Node) -> Prepared:
        """Return a node made ready to be asked again and again."""
        found = self.known.get(id(node))
        if found is None:
            plain = self.function(node, VALUE)
            width = plain.__code__.co_argcount // 2
            constant = Value(node.value, node.value) if isinstance(node, n.Literal) else None
            ordered = t.is_ordered(node.ty)
            found = Prepared(node, width, ordered, plain, known_as(node.ty), constant)
            self.known[id(node)] = found
        return found

    def ends(self, prepared: Prepared, given: list[Any]) -> tuple[Any, Any]:
        """Return both ends of a prepared node, given two for each variable."""
        if prepared.low is None:
            node = prepared.node
            prepared.low = self.function(node, LOW)
            prepared.high = self.function(node, HIGH) if prepared.is_ordered else None
        low = prepared.low(*given)
        return low, low if prepared.high is None else prepared.high(*given)

    def test(self, node: Node, mode: str, slots: Mapping[int, t.Type]) -> Any:
        """Return what tells whether a condition holds, surely or perhaps."""
        if isinstance(node.ty, t.Boolean):
            return self.function(node, mode, slots)
        return self._made(self._writer(slots).test(node, mode), slots)

    def source(self, node: Node, mode: str, slots: Mapping[int, t.Type]) -> str:
        """Return the source of the function that `function` gives."""
        writer = self._writer(slots)
        return writer.there(node) if mode == THERE else writer.code(node, mode)

    def _writer(self, slots: Mapping[int, t.Type]) -> Writer:
        from khung.engine.code import Writer  # noqa: PLC0415  # not where all is made ahead

        return Writer(self.names, dict(slots))

    def _made(self, source: str, slots: Mapping[int, t.Type]) -> Any:
        width = max(slots, default=0) + 1
        bound = ", ".join(f"a{slot}=None, b{slot}=None" for slot in range(width))
        text = f"lambda {bound}: {source}"
        found = self.by_source.get(text)
        if found is None:
            if self.ahead is not None:
                found = self.ahead.of_source(text, self.names.globals)
                self.ahead.added += found is None
            if found is None:
                found = eval(text, self.names.globals)  # noqa: S307  # written by `code`, no text of a file
            self.by_source[text] = found
        return found


def slots_of(node: Node) -> dict[int, t.Type]:
    """Return the variables of a node, with their types."""
    return {v.slot: v.ty for v in walk(node) if isinstance(v, n.Variable)}


_COMPILED: dict[int, Compiled] = {}
"""By the `id` of a program, as long as there is one."""


def compiled(program: Program) -> Compiled:
    """Return the functions of a program, the same each time."""
    found = _COMPILED.get(id(program))
    if found is None:
        found = _COMPILED[id(program)] = Compiled(program.values, program.objects, program.parts)
        weakref.finalize(program, _COMPILED.pop, id(program), None)
    return found


def share(program: Program, base: Program) -> None:
    """Let a program have the functions of another for all nodes and types that both hold."""
    if _scales(program) == _scales(base):
        own, other = compiled(program), compiled(base)
        own.names, own.functions, own.known = other.names, other.functions, other.known
        own.by_source, own.layouts, own.ahead = other.by_source, other.layouts, other.ahead


def _scales(program: Program) -> dict[str, tuple[str, ...]]:
    """Return the scales; of other values functions know no more than what nodes say of them."""
    return {name: found.values for name, found in program.values.items() if found.ordered}
