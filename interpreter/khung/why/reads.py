"""What a condition read: values in the order of reading, and the elements that decided it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from khung.engine.facts import Entity
from khung.ir import nodes as n
from khung.ir.enums import FoldOp
from khung.why.because import Because, End, is_known

if TYPE_CHECKING:
    from collections.abc import Iterable

    from khung.engine.solver import Env, Solver
    from khung.engine.values import Element, Value
    from khung.ir.nodes import Node
    from khung.ir.types import Type


class Read(NamedTuple):
    """A value that was read: of whom, its name, what is known of it, and its type."""

    entity: Entity
    name: str
    value: Value
    ty: Type


class Reads(Because[None]):
    """Notes what values read, as far as evaluation went: facts, criteria, definitions by path."""

    def __init__(self, solver: Solver) -> None:
        """Walk over what a solver found."""
        super().__init__(solver, None)
        self.reads: dict[str, Read] = {}
        self.records: dict[str, Element] = {}
        self.seen: set[tuple[int, str]] = set()

    # -- what is gathered -----------------------------------------------------------------------

    def of(self, node: Node, env: Env, end: End = End.BOTH, rank: int | None = None) -> None:
        """Note what a value was made from."""
        self.descend(node, env, end, rank)

    def together(self, parts: Iterable[None]) -> None:
        """Note all."""
        for _ in parts:
            pass

    def choose(self, ways: Iterable[None]) -> None:
        """Note the first: there evaluation stopped."""
        for _ in ways:
            return

    def literal(self, node: n.Literal) -> None:
        """Note nothing."""

    # -- objects --------------------------------------------------------------------------------

    def fact(self, node: n.Field | n.Has, entity: Entity, env: Env) -> None:
        """Note a fact, and once what says whether it applies."""
        if isinstance(node, n.Has) or entity.stranger:
            return
        fact = entity.type.facts.get(node.name)
        if fact is not None and fact.applies is not None and self._is_new(entity, node.name):
            self.of(fact.applies, self.solver.env(entity))
        self._note(node, entity, env)

    def definition(
        self, node: n.Defined, entity: Entity, env: Env, end: End, rank: int | None
    ) -> None:
        """Note a definition that has a label, and once what it read."""
        if entity.stranger:
            return
        declared = entity.type.definition(node.name)
        if declared.label is not None:
            self._note(node, entity, env)
        if self._is_new(entity, node.name):
            self.of(declared.value, self.solver.env(entity), end, rank)

    def _note(self, node: n.Field | n.Defined, entity: Entity, env: Env) -> None:
        path = f"{entity.path}.{node.name}"
        if path not in self.reads:
            self.reads[path] = Read(entity, node.name, self.solver.evaluate(node, env), node.ty)

    def _is_new(self, entity: Entity, name: str) -> bool:
        key = (id(entity), name)
        if key in self.seen:
            return False
        self.seen.add(key)
        return True

    def members(self, node: n.CriteriaSet, entity: Entity, own: Env) -> None:
        """Note what says who is in a set."""
        for name, when in entity.type.sets[node.name].members:
            self.of_each((when, entity.type.criteria[name].applies), own)

    def result(
        self, node: n.LevelOf | n.StateOf, entity: Entity, end: End, rank: int | None
    ) -> None:
        """Note nothing: other subjects are told with their own rules."""

    # -- lists ----------------------------------------------------------------------------------

    def fold(self, node: n.Fold, env: Env, end: End, rank: int | None) -> None:
        """Note the elements that have the value that decides, or may have it."""
        self.of(node.list, env)
        source = self.solver.evaluate(node.list, env)
        if source.why:
            return
        wanted = _decider(node.op, end)
        for item in self.taken(source.least, node.where, env):
            inner = env.inner(item.value)
            if wanted is not None and is_known(self.solver.truth(node.body, inner), not wanted):
                continue
            self._note_element(item)
            self.of_each((node.where, node.body), inner)

    def _note_element(self, item: Element) -> None:
        if item.name:
            self.records[item.name] = item
        elif isinstance(item.value.least, Entity) and not item.value.least.stranger:
            self.records[item.value.least.path] = item

    # -- bodies: what a vote or a choice reads is asked by itself ---------------------------------

    def winner(self, node: n.Winner, env: Env, end: End, rank: int | None) -> None:
        """Note the ballots and their base."""
        self.of_each((node.ballots, node.base), env)

    def choice(self, node: n.Choice, env: Env, end: End, rank: int | None) -> None:
        """Note nothing."""

    def kept(self, node: n.Kept, env: Env, end: End, rank: int | None) -> None:
        """Note nothing."""


def _decider(op: FoldOp, end: End) -> bool | None:
    """Return the value of the body that decides a pass; None where all elements do."""
    match op:
        case FoldOp.COUNT | FoldOp.SHARE if end is not End.BOTH:
            return end is End.LOW
        case FoldOp.EVERY | FoldOp.SHARE:
            return False
        case FoldOp.SOME | FoldOp.COUNT:
            return True
        case _:
            return None
