"""What the values inside a condition are called: by their labels, with whose they are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from khung.engine.facts import Entity
from khung.ir import types as t
from khung.ir.enums import FoldOp
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
    StateOf,
    Variable,
)
from khung.report.words.written import as_written, unit_of

if TYPE_CHECKING:
    from khung.engine.evaluate import Env, Evaluator
    from khung.engine.values import Element
    from khung.report.words.labels import Words


@dataclass(frozen=True, slots=True)
class Namer:
    """Names the values that the conditions of one object read.

    Attributes:
        own: The object whose facts are called by their label alone.
        slots: What the elements that loops stand at are called, by slot.
        called: What other objects are called together with those alike, by path.
    """

    words: Words
    evaluator: Evaluator
    own: Entity
    slots: dict[int, str] = field(default_factory=dict)
    called: dict[str, str] = field(default_factory=dict)

    def name(self, node: Node, env: Env) -> str:
        """Return what a value is called."""
        match node:
            case Field() | Defined() | Has():
                target = self.evaluator.evaluate(node.object, env).least
                return self._member(target, node) if isinstance(target, Entity) else _quoted(node)
            case LevelOf():
                return self._of(node.object, env, self._level_name(node))
            case StateOf():
                return self._of(node.object, env, self.words.say(f"state.{node.what.value}"))
            case Variable():
                return self.slots.get(node.slot) or node.name
            case Fold() if node.op in (FoldOp.SHARE, FoldOp.COUNT):
                return self.words.say("counted")
            case Call() if node.function == "months between":
                first, last = (self._operand(a, env) for a in node.arguments if a is not None)
                return self.words.say("months", first=first, last=last)
            case Call(function="default", arguments=(asked, *_)) if asked is not None:
                return self.name(asked, env)
            case Arithmetic():
                left, right = self._operand(node.left, env), self._operand(node.right, env)
                return f"{left} {node.op.value} {right}"
            case _:
                return _quoted(node)

    def element(self, item: Element, node: Fold) -> str:
        """Return what an element of a list is called: a criterion, a record, a subject."""
        if item.name:
            source, declared = node.list, self.own.type
            if isinstance(source, CriteriaSet):
                declared = self.words.program.objects[source.owner]
            return self.words.member(declared, f"criteria.{item.name}")
        target = item.value.least
        return self.entity(target) if isinstance(target, Entity) else ""

    def entity(self, entity: Entity) -> str:
        """Return what an object is called."""
        known = self.called.get(entity.path)
        return self.words.entity(entity, self.own) if known is None else known

    def unit(self, node: Node) -> str:
        """Return the unit of a value, empty where its form does not tell."""
        return unit_of(node, self.words.program)

    def _member(self, target: Entity, node: Field | Defined | Has) -> str:
        what = self.words.member(target.type, node.name)
        if target is self.own:
            return what
        return self.words.say("of", what=what, whom=self.entity(target))

    def _operand(self, node: Node, env: Env) -> str:
        """Return a value inside a computed one: what it is called, if it has a name, and itself."""
        value = self.words.value(self.evaluator.evaluate(node, env), node.ty, self.unit(node))
        if isinstance(node, Field | Defined):
            return self.words.say("operand", what=self.name(node, env), value=value)
        return value

    def _of(self, node: Node, env: Env, what: str) -> str:
        """Return what is read of a subject, with whose it is unless that is `own`."""
        target = self.evaluator.evaluate(node, env).least
        if target is self.own:
            return what
        whom = self.entity(target) if isinstance(target, Entity) else as_written(node)
        return self.words.say("of", what=what, whom=whom)

    def _level_name(self, node: LevelOf) -> str:
        scale = node.ty.name if isinstance(node.ty, t.Scale) else ""
        values = self.words.program.values.get(scale)
        return self.words.label(values.label if values else None, scale)


def _quoted(node: Node) -> str:
    return f"`{as_written(node)}`"
