"""What the parts of the engine ask of one evaluation, so that none need import what runs it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from khung.engine.facts import Entity
from khung.engine.values import MISSING, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from khung.engine.code_names import Names
    from khung.engine.facts import Case
    from khung.engine.rings import Working
    from khung.engine.worth import Ends
    from khung.ir.nodes import Node
    from khung.ir.program import ObjectType, Values
    from khung.ir.types import Type
    from khung.rulebook.model.rules import Stage

PLAIN = frozenset({bool, int, Decimal, str, date})
"""Types of values that are the same inside and outside of generated code."""


class Env(tuple[Value, ...]):
    """The value of each variable by its slot, `self` first, in one evaluation.

    Attributes:
        run: The evaluation.
        ends: Both ends of each as generated code has them; None unless all are plainly known.
        found: What was found on these values, by `id` of the node.
        kept: What else who explains them remembers.
        steps: What bodies gave on these values, by `id` of the node.
    """

    run: Solver
    ends: list[Any] | None
    found: dict[int, Value]
    kept: Any = None
    steps: dict[int, Any]

    @classmethod
    def of(cls, run: Solver, values: tuple[Value, ...]) -> Env:
        """Return an environment of some values."""
        env = cls(values)
        env.run, env.found, env.steps = run, {}, {}
        env.ends = [] if all(is_plain(value, run) for value in values) else None
        if env.ends is not None:
            for value in values:
                env.ends += (value.least, value.least)
        return env

    def inner(self, value: Value) -> Env:
        """Return this environment with one variable more."""
        env = Env((*self, value))
        env.run, env.found, env.steps = self.run, {}, {}
        plain = self.ends if is_plain(value, self.run) else None
        env.ends = None if plain is None else [*plain, value.least, value.least]
        return env


def is_plain(value: Value, run: Solver) -> bool:
    """Whether generated code has a value as it is: an object only as the evaluation holds it."""
    found = value.least
    if value.why:
        return False
    return type(found) in PLAIN or (isinstance(found, Held) and found.run is run)


class Functions(Protocol):
    """The functions of a program, each written when it is first asked for."""

    values: Mapping[str, Values]
    names: Names

    def function(self, node: Node, mode: str, slots: Mapping[int, Type]) -> Any:
        """Return what gives a node's value, an end of it, or whether it applies."""

    def test(self, node: Node, mode: str, slots: Mapping[int, Type]) -> Any:
        """Return what tells whether a condition holds, surely or perhaps."""


class Solver(Protocol):
    """What was found of the values of a case, and what is found of any further node."""

    values: Mapping[str, Values]
    objects: Mapping[str, ObjectType]
    case: Case | None
    on: date | None
    opened: Mapping[int, Collection[str]]

    def whole(self, ty: Type, why: str = MISSING) -> Value:
        """Return what is known when only the type is."""

    def env(self, entity: Entity) -> Env:
        """Return the environment in which an object is asked about itself."""

    def evaluate(self, node: Node, env: tuple[Value, ...]) -> Value:
        """Return what is known of a value."""

    def truth(self, node: Node, env: tuple[Value, ...]) -> Value:
        """Return what is known of a condition."""

    def read(self, node: Node, env: tuple[Value, ...]) -> tuple[Value, bool] | None:
        """Return a value and whether it surely applies; None where it does not."""

    def definition(self, entity: Entity, name: str) -> tuple[Value, bool] | None:
        """Return a definition of an object, and whether it surely applies."""

    def worth(self, entity: Entity, name: str) -> Value:
        """Return what is known of a definition of an object, whether or not it applies."""

    def led(self, value: Value) -> Value:
        """Return a value with what this evaluation holds in place of the objects of the case."""

    def row(self, entity: Entity) -> Held:
        """Return an object of the case as this evaluation holds it."""

    def stranger(self, name: str) -> Held:
        """Return an object of a type of which nothing is known."""

    def ends(self, row: Any, name: str) -> Ends:
        """Return both ends of a definition of an object that it holds."""

    def kept(self, entity: Entity, place: int) -> Value | None:
        """Return the level that a quota leaves; None where it does not touch the subject."""

    def is_scope_hidden(self, entity: Entity) -> bool:
        """Whether others know nothing of the scope of a subject."""

    def is_level_hidden(self, entity: Entity, stage: Stage) -> bool:
        """Whether others know nothing of the level of a subject after a stage."""

    @property
    def code(self) -> Functions:
        """The functions of the program."""

    @property
    def rows(self) -> dict[int, Any]:
        """The objects that it holds, by `id` of those of the case."""

    @property
    def working(self) -> Working:
        """What is being worked out, so that a ring is seen."""


class Layout(Protocol):
    """What makes functions over the objects of a type."""

    @property
    def compiled(self) -> Functions:
        """The functions of the program."""

    @property
    def declared(self) -> ObjectType:
        """The type."""

    @property
    def slots(self) -> dict[int, Type]:
        """The variables in scope of what is asked of such an object."""

    def tester(self, node: Node) -> Callable[[Held], bool | None]:
        """Return what tells whether a condition holds; None where that is open."""

    def tester_of(self, node: Node | None) -> Callable[[Held], bool | None]:
        """Return the tester of a condition, made once; one that is not written always holds."""

    def most_of(self, node: Node) -> Callable[[Held], Any]:
        """Return what gives the upper end of an expression, made once."""

    def reader(self, node: Node) -> Callable[[Held], Ends]:
        """Return what gives both ends of an expression."""

    def reader_of(self, node: Node) -> Callable[[Held], Ends]:
        """Return the reader of an expression, made once."""

    def applier(self, node: Node) -> Callable[[Held], int]:
        """Return what tells whether something read applies: 0 not, 1 perhaps, 2 surely."""


class Held(Entity):
    """An object of a case as one evaluation, `run`, holds it."""

    run: Solver
    layout: Layout
