"""What leaves an expression open: unknown facts, open subjects, what cannot be worked out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from khung.engine import members
from khung.engine.facts import Entity
from khung.engine.folds import kept
from khung.engine.tables import reached
from khung.engine.trace import Trace
from khung.engine.values import Elements
from khung.ir.nodes import (
    Arithmetic,
    Call,
    CriteriaSet,
    Defined,
    Field,
    Fold,
    Has,
    LevelOf,
    Node,
    Project,
    Rows,
    Select,
    StateOf,
)
from khung.ir.rewrite import children

if TYPE_CHECKING:
    from khung.engine.evaluate import Env, Evaluator
    from khung.engine.values import Element, Value

_OfObject = Field | Defined | LevelOf | StateOf | Has | CriteriaSet


@dataclass(slots=True)
class Blamer:
    """Notes what is missing in expressions of one evaluation, in `trace`.

    `within` has the paths of the definitions that are looked at, innermost last.
    """

    evaluator: Evaluator
    trace: Trace = field(default_factory=Trace)
    within: list[str] = field(default_factory=list)

    def blame(self, node: Node, env: Env) -> None:
        """Note the unknown facts and open subjects that leave an expression open.

        What is open where nothing that it reads is, cannot be worked out: then that is noted.
        """
        if self._is_settled(node, env):
            return
        named = self.trace.named
        self._blame(node, env)
        is_own = self.trace.named == named and isinstance(node, Arithmetic | Call | Fold)
        if is_own and all(self._is_settled(part, env) for part in _operands(node)):
            self._blame_operands(node, env)

    def _blame(self, node: Node, env: Env) -> None:
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

    def _blame_operands(self, node: Node, env: Env) -> None:
        """Note what cannot be worked out: the list without such an entry, else the definition."""
        if self.within and not (isinstance(node, Call) and node.function == "entry"):
            self.trace.miss(self.within[-1])
            return
        for part in _operands(node):
            self._name(part, env)

    def _name(self, node: Node, env: Env) -> None:
        """Note the values that an expression reads, known as they are; what is none is no value."""
        if self.evaluator.read(node, env) is None:
            return
        match node:
            case Field() | Defined() | Has():
                entity = self._target(node, env)
                if entity is not None:
                    self.trace.miss(f"{entity.path}.{node.name}")
            case LevelOf() | StateOf() | CriteriaSet():
                self._blame_subject(node, env)
            case _:
                for part in _operands(node):
                    self._name(part, env)

    def _is_settled(self, node: Node, env: Env) -> bool:
        found = self.evaluator.read(node, env)
        if found is None:
            return True
        value, sure = found
        return value.known and sure and _is_whole(value)

    def _target(self, node: _OfObject, env: Env) -> Entity | None:
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
            self._blame_stated(entity, node, env)

    def _blame_stated(self, entity: Entity, node: Field, env: Env) -> None:
        """Note a fact; of a list in which some elements are not known, those."""
        found = self.evaluator.evaluate(node, env)
        path, items = f"{entity.path}.{node.name}", getattr(found.least, "items", ())
        for place, item in enumerate(items, 1):
            if item.value.why:
                self.trace.miss(f"{path}[{place}]")
        if found.why or not items:
            self.trace.miss(path)

    def _blame_back_list(self, entity: Entity, name: str) -> None:
        declared = entity.type.back_lists[name]
        for item in members.pointing(self.evaluator, entity, name):
            if not item.sure and isinstance(item.value.least, Entity):
                self.trace.miss(f"{item.value.least.path}.{declared.link}")
        if declared.complete and self.evaluator.back_list(entity, name).unseen != 0:
            self.trace.miss(f"{entity.path}.{declared.complete}")
        for owner, fact in members.open_lists(self.evaluator, declared.holder):
            self.trace.miss(f"{owner.path}.{fact.name}")

    def _blame_definition(self, node: Defined, env: Env) -> None:
        entity = self._target(node, env)
        if entity is None:
            return
        own = (self.evaluator.evaluate(node.object, env),)
        declared = entity.type.definitions[node.name]
        if declared.applies is not None and not self.evaluator.truth(declared.applies, own).known:
            self.blame(declared.applies, own)
        else:
            self.within.append(f"{entity.path}.{node.name}")
            self.blame(declared.value, own)
            self.within.pop()

    def _blame_subject(self, node: LevelOf | StateOf | CriteriaSet, env: Env) -> None:
        entity = self._target(node, env)
        if entity is not None:
            self.trace.miss(entity.path)

    def _blame_has(self, node: Has, env: Env) -> None:
        entity = self._target(node, env)
        if entity is not None:
            self.trace.miss(f"{entity.path}.{node.name}")

    def _blame_fold(self, node: Fold, env: Env) -> None:
        source = self.evaluator.evaluate(node.list, env)
        if source.why or not _is_whole(source):
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
        if source.why or not _is_whole(source):
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
                self.trace.miss(f"{entity.path}.criteria.{item.name}")

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


def _operands(node: Node) -> tuple[Node, ...]:
    """Return what an expression reads by itself: of a pass over a list, the list."""
    return (node.list,) if isinstance(node, Fold | Select | Project) else tuple(children(node))


def _is_whole(value: Value) -> bool:
    """Whether, of a list, it is known which elements there are and what they are."""
    found = value.least
    if not isinstance(found, Elements):
        return True
    return found.settled and all(item.value.known for item in found.items)


def _default(fact: object) -> Node | None:
    return getattr(fact, "default", None)
