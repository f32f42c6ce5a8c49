"""What the parts of the engine ask of one evaluation, so that none need import what runs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from khung.engine.facts import Entity
from khung.engine.values import MISSING, Value

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager
    from datetime import date

    from khung.engine.facts import Case
    from khung.ir.enums import ResultOf, Stage
    from khung.ir.nodes import Node
    from khung.ir.program import ObjectType, Values
    from khung.ir.types import Type

Env = tuple[Value, ...]
"""The value of each variable by its slot, `self` first."""


class Solver(Protocol):
    """What was found of the values of a case, and what is found of any further node."""

    values: Mapping[str, Values]
    objects: Mapping[str, ObjectType]
    case: Case | None
    on: date | None

    def whole(self, ty: Type, why: str = MISSING) -> Value:
        """Return what is known when only the type is."""

    def evaluate(self, node: Node, env: Env) -> Value:
        """Return what is known of a value."""

    def truth(self, node: Node, env: Env) -> Value:
        """Return what is known of a condition."""

    def read(self, node: Node, env: Env) -> tuple[Value, bool] | None:
        """Return a value and whether it surely applies; None where it does not."""

    def definition(self, entity: Entity, name: str) -> tuple[Value, bool] | None:
        """Return a definition of an object, and whether it surely applies."""

    def worth(self, entity: Entity, name: str) -> Value:
        """Return what is known of a definition of an object, whether or not it applies."""

    def led(self, value: Value) -> Value:
        """Return a value with what this evaluation holds in place of the objects of the case."""

    def stranger(self, name: str) -> Entity:
        """Return an object of a type of which nothing is known."""

    def state(self, entity: Entity, what: ResultOf) -> Value:
        """Return whether a subject is ranked or pending, or its status."""

    def level(self, entity: Entity, stage: Stage) -> Value:
        """Return the level after a stage, as if in scope."""

    def kept(self, entity: Entity, place: int) -> Value | None:
        """Return the level that a quota leaves; None where it does not touch the subject."""

    def at_work(self, entity: Entity, stage: str) -> AbstractContextManager[None]:
        """Note that a stage is being worked out, so that a ring is seen."""


class Held(Entity):
    """An object of a case as one evaluation, `run`, holds it."""

    run: Solver
