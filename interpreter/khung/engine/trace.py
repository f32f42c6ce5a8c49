"""What a condition read: values, defaults, the elements that decided.

A second look at an expression that was evaluated, in the same order and no further than it went,
so that evaluation itself stays free of book-keeping.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from khung.engine.facts import Entity
from khung.engine.folds import kept
from khung.engine.tables import reached
from khung.ir.enums import FoldOp
from khung.ir.nodes import (
    AllOf,
    AnyOf,
    Compare,
    CriteriaSet,
    Defined,
    Field,
    Fold,
    Has,
    If,
    LevelOf,
    Node,
    Project,
    Rows,
    Select,
    StateOf,
)
from khung.ir.rewrite import children
from khung.rulebook.model import Hit
from khung.syntax.ast import CompareOp

if TYPE_CHECKING:
    from khung.engine.evaluate import Env, Evaluator
    from khung.engine.values import Element, Value
    from khung.ir.types import Type


class Read(NamedTuple):
    """A value that was read: of whom, its name, what is known of it, and its type."""

    entity: Entity
    name: str
    value: Value
    ty: Type


@dataclass(slots=True)
class Trace:
    """What was seen, in the order of reading.

    Attributes:
        reads: Facts, criteria and definitions by path.
        assumed: Paths of facts left to their default, which `account` finds.
        records: Elements that decided a quantifier, a count or a share.
        missing: What is unknown, by path, in open parts only.
        named: How often something was found to be missing, once or again.
    """

    reads: dict[str, Read] = field(default_factory=dict)
    assumed: dict[str, None] = field(default_factory=dict)
    records: dict[str, Element] = field(default_factory=dict)
    missing: dict[str, None] = field(default_factory=dict)
    named: int = 0

    def miss(self, path: str) -> None:
        """Note that something is missing."""
        self.missing[path] = None
        self.named += 1


@dataclass(slots=True)
class Tracer:
    """Looks again at expressions of one evaluation and notes what they read in `trace`."""

    evaluator: Evaluator
    trace: Trace = field(default_factory=Trace)
    seen: set[tuple[int, str]] = field(default_factory=set)

    def visit(self, node: Node, env: Env) -> None:
        """Note everything that the value of an expression was made from."""
        match node:
            case AllOf() | AnyOf():
                self._until(node.operands, env, stop=isinstance(node, AnyOf))
            case If():
                self._branches(node, env)
            case Compare() if isinstance(node.left, Fold):
                self._counted(node, node.left, env)
            case Fold():
                self._fold(node, env, wanted=_decider(node.op))
            case Select() | Project():
                self._pass(node, env)
            case Rows():
                self._rows(node, env)
            case CriteriaSet():
                self._criteria(node, env)
            case Field() | Defined() | LevelOf() | StateOf() | Has():
                self.visit(node.object, env)
                self._member(node, env)
            case _:
                for child in children(node):
                    self.visit(child, env)

    def _until(self, operands: tuple[Node, ...], env: Env, *, stop: bool) -> None:
        """Visit operands up to the one that settled the whole; only that one if there is one."""
        for operand in operands:
            value = self.evaluator.truth(operand, env)
            if value.known and value.least is stop:
                self.visit(operand, env)
                return
        for operand in operands:
            self.visit(operand, env)

    def _branches(self, node: If, env: Env) -> None:
        self.visit(node.condition, env)
        condition = self.evaluator.truth(node.condition, env)
        if condition.most:
            self.visit(node.yes, env)
        if not condition.least:
            self.visit(node.no, env)

    def _counted(self, node: Compare, fold: Fold, env: Env) -> None:
        """Visit a comparison of a share or count: what speaks for its outcome decides it."""
        self.visit(node.right, env)
        outcome, wanted = self.evaluator.truth(node, env), _decider(fold.op)
        if fold.op in (FoldOp.SHARE, FoldOp.COUNT) and outcome.known:
            wanted = outcome.least is (node.op not in (CompareOp.LT, CompareOp.LE))
        self._fold(fold, env, wanted=wanted)

    def _fold(self, node: Fold, env: Env, *, wanted: bool | None) -> None:
        """Visit the elements whose body has the value that decides, or may have it."""
        self.visit(node.list, env)
        source = self.evaluator.evaluate(node.list, env)
        if source.why:
            return
        for item, _ in kept(source.least, node.where, env, self.evaluator):
            inner = (*env, item.value)
            if wanted is not None:
                value = self.evaluator.truth(node.body, inner)
                if value.known and value.least is not wanted:
                    continue
            self._note_element(item)
            if node.where is not None:
                self.visit(node.where, inner)
            self.visit(node.body, inner)

    def _pass(self, node: Select | Project, env: Env) -> None:
        """Visit a list, and what is read of each element."""
        self.visit(node.list, env)
        source = self.evaluator.evaluate(node.list, env)
        if source.why:
            return
        body = node.where if isinstance(node, Select) else node.body
        for item in source.least.items:
            if body is not None:
                self.visit(body, (*env, item.value))

    def _rows(self, node: Rows, env: Env) -> None:
        """Visit the tests of a table up to the row that settled it, and the rows that may answer.

        Of `unique` the row that surely holds says all; of the others every row that was asked.
        """
        found = list(reached(node.hit, (test for test, _ in node.rows), env, self.evaluator))
        answering = {row.place for row in found}
        sure = [row.place for row in found if row.holds.least]
        asked = range(len(node.rows))
        if node.hit is Hit.UNIQUE and sure:
            asked = range(sure[0], sure[0] + 1)
        elif node.hit is Hit.FIRST and sure:
            asked = range(sure[0] + 1)
        for index in asked:
            test, value = node.rows[index]
            self.visit(test, env)
            if index in answering:
                self.visit(value, env)

    def _note_element(self, item: Element) -> None:
        if item.name:
            self.trace.records[item.name] = item
        elif isinstance(item.value.least, Entity) and not item.value.least.stranger:
            self.trace.records[item.value.least.path] = item

    def _criteria(self, node: CriteriaSet, env: Env) -> None:
        self.visit(node.object, env)
        target = self.evaluator.evaluate(node.object, env)
        if target.why:
            return
        entity: Entity = target.least
        own = (target,)
        for name, when in entity.type.sets[node.name].members:
            if when is not None:
                self.visit(when, own)
            criterion = entity.type.criteria[name]
            if criterion.applies is not None:
                self.visit(criterion.applies, own)

    def _member(self, node: Field | Defined | LevelOf | StateOf | Has, env: Env) -> None:
        target = self.evaluator.evaluate(node.object, env)
        if target.why or not isinstance(target.least, Entity) or target.least.stranger:
            return
        entity = target.least
        match node:
            case Field():
                self._fact(entity, node, env)
            case Defined():
                self._definition(entity, node, env)
            case _:
                return

    def _fact(self, entity: Entity, node: Field, env: Env) -> None:
        fact = entity.type.facts.get(node.name)
        path = f"{entity.path}.{node.name}"
        if (id(entity), node.name) not in self.seen:
            self.seen.add((id(entity), node.name))
            if fact is not None and fact.applies is not None:
                self.visit(fact.applies, (self.evaluator.evaluate(node.object, env),))
        self.trace.reads.setdefault(
            path, Read(entity, node.name, self.evaluator.evaluate(node, env), node.ty)
        )

    def _definition(self, entity: Entity, node: Defined, env: Env) -> None:
        value = self.evaluator.evaluate(node, env)
        path = f"{entity.path}.{node.name}"
        declared = entity.type.definitions[node.name]
        if declared.label is not None:
            self.trace.reads.setdefault(path, Read(entity, node.name, value, node.ty))
        if (id(entity), node.name) not in self.seen:
            self.seen.add((id(entity), node.name))
            self.visit(declared.value, (self.evaluator.evaluate(node.object, env),))


def _decider(op: FoldOp) -> bool | None:
    """Return the value of the body that decides a pass; None where all elements do."""
    match op:
        case FoldOp.EVERY | FoldOp.SHARE:
            return False
        case FoldOp.SOME | FoldOp.COUNT:
            return True
        case _:
            return None
