"""What a condition read: values, defaults, the elements that decided, and what is open.

A second look at an expression that was evaluated, in the same order and no further than it went,
so that evaluation itself stays free of book-keeping.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from khung.engine import members
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
    """

    reads: dict[str, Read] = field(default_factory=dict)
    assumed: dict[str, None] = field(default_factory=dict)
    records: dict[str, Element] = field(default_factory=dict)
    missing: dict[str, None] = field(default_factory=dict)


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

    # -- what is open ---------------------------------------------------------------------------

    def blame(self, node: Node, env: Env) -> None:
        """Note the unknown facts and open subjects that leave an expression open."""
        if self._is_settled(node, env):
            return
        match node:
            case Field():
                self._blame_field(node, env)
            case Defined():
                self._blame_definition(node, env)
            case LevelOf() | StateOf():
                self._blame_subject(node, env)
            case Has():
                self._blame_has(node, env)
            case Fold():
                self._blame_fold(node, env)
            case Select() | Project():
                self._blame_pass(node, env)
            case Rows():
                for row in reached(node.hit, (t for t, _ in node.rows), env, self.evaluator):
                    for part in node.rows[row.place]:
                        self.blame(part, env)
            case CriteriaSet():
                self._blame_set(node, env)
            case _:
                for child in children(node):
                    self.blame(child, env)

    def _is_settled(self, node: Node, env: Env) -> bool:
        found = self.evaluator.read(node, env)
        if found is None:
            return True
        value, sure = found
        lists = getattr(value.least, "settled", True)
        return value.known and sure and lists

    def _target(self, node: Field | Defined | LevelOf | StateOf | Has, env: Env) -> Entity | None:
        found = self.evaluator.read(node.object, env)
        if found is None:
            return None
        if found[0].why or not isinstance(found[0].least, Entity):
            self.blame(node.object, env)
            return None
        return None if found[0].least.stranger else found[0].least

    def _blame_field(self, node: Field, env: Env) -> None:
        entity = self._target(node, env)
        if entity is None:
            return
        own = (self.evaluator.evaluate(node.object, env),)
        fact = entity.type.facts.get(node.name) or entity.type.links.get(node.name)
        criterion = entity.type.criteria.get(node.name.removeprefix("criteria."))
        applies = fact.applies if fact else criterion.applies if criterion else None
        if applies is not None and not self.evaluator.truth(applies, own).known:
            self.blame(applies, own)
        elif node.name in entity.type.back_lists:
            self._blame_back_list(entity, node.name)
        elif fact is not None and node.name not in entity.facts and _default(fact) is not None:
            self.blame(_default(fact) or node, own)
        else:
            self.trace.missing[f"{entity.path}.{node.name}"] = None

    def _blame_back_list(self, entity: Entity, name: str) -> None:
        declared = entity.type.back_lists[name]
        for item in members.pointing(self.evaluator, entity, name):
            if not item.sure and isinstance(item.value.least, Entity):
                self.trace.missing[f"{item.value.least.path}.{declared.link}"] = None
        if declared.complete and self.evaluator.back_list(entity, name).unseen != 0:
            self.trace.missing[f"{entity.path}.{declared.complete}"] = None
        for owner, fact in members.open_lists(self.evaluator, declared.holder):
            self.trace.missing[f"{owner.path}.{fact.name}"] = None

    def _blame_definition(self, node: Defined, env: Env) -> None:
        entity = self._target(node, env)
        if entity is None:
            return
        own = (self.evaluator.evaluate(node.object, env),)
        declared = entity.type.definitions[node.name]
        if declared.applies is not None and not self.evaluator.truth(declared.applies, own).known:
            self.blame(declared.applies, own)
        else:
            self.blame(declared.value, own)

    def _blame_subject(self, node: LevelOf | StateOf, env: Env) -> None:
        entity = self._target(node, env)
        if entity is not None:
            self.trace.missing[entity.path] = None

    def _blame_has(self, node: Has, env: Env) -> None:
        entity = self._target(node, env)
        if entity is not None:
            self.trace.missing[f"{entity.path}.{node.name}"] = None

    def _blame_fold(self, node: Fold, env: Env) -> None:
        source = self.evaluator.evaluate(node.list, env)
        if source.why or not source.least.settled:
            self.blame(node.list, env)
        if source.why:
            return
        for item, _ in kept(source.least, node.where, env, self.evaluator):
            inner = (*env, item.value)
            if node.where is not None:
                self.blame(node.where, inner)
            if item.name and not self.evaluator.truth(node.body, inner).known:
                self._blame_criterion(node.list, item, env)
            else:
                self.blame(node.body, inner)

    def _blame_pass(self, node: Select | Project, env: Env) -> None:
        source = self.evaluator.evaluate(node.list, env)
        if source.why or not source.least.settled:
            self.blame(node.list, env)
        if source.why:
            return
        body = node.where if isinstance(node, Select) else node.body
        for item in source.least.items:
            if body is not None:
                self.blame(body, (*env, item.value))

    def _blame_criterion(self, source: Node, item: Element, env: Env) -> None:
        if isinstance(source, CriteriaSet) and item.value.why:
            target = self.evaluator.evaluate(source.object, env)
            entity: Entity = target.least
            applies = entity.type.criteria[item.name].applies
            if applies is not None and not self.evaluator.truth(applies, (target,)).known:
                self.blame(applies, (target,))
            else:
                self.trace.missing[f"{entity.path}.criteria.{item.name}"] = None

    def _blame_set(self, node: CriteriaSet, env: Env) -> None:
        target = self.evaluator.evaluate(node.object, env)
        if target.why:
            self.blame(node.object, env)
            return
        entity: Entity = target.least
        for name, when in entity.type.sets[node.name].members:
            applies = entity.type.criteria[name].applies
            for condition in (when, applies):
                if condition is not None:
                    self.blame(condition, (target,))


def _decider(op: FoldOp) -> bool | None:
    """Return the value of the body that decides a pass; None where all elements do."""
    match op:
        case FoldOp.EVERY | FoldOp.SHARE:
            return False
        case FoldOp.SOME | FoldOp.COUNT:
            return True
        case _:
            return None


def _default(fact: object) -> Node | None:
    return getattr(fact, "default", None)
