"""The values inside a condition: what they are called, with whose they are, and whose is asked."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from khung.engine.facts import Entity
from khung.ir import nodes as n
from khung.ir.enums import FoldOp
from khung.ir.rewrite import children
from khung.records import dataclass
from khung.report.words.nodes import unit_of
from khung.report.words.sentences import Sayer, sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.engine.solver import Env, Solver
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
    evaluator: Solver
    own: Entity
    slots: dict[int, str] = field(default_factory=dict)
    called: dict[str, str] = field(default_factory=dict)

    def name(self, node: n.Node, env: Env) -> str:
        """Return what a value is called."""
        match node:
            case n.Field() | n.Defined() | n.Has():
                target = self.evaluator.evaluate(node.object, env).least
                if not isinstance(target, Entity):
                    return self.say(node)
                return self._whose(target, self.words.member(target.type, node.name))
            case n.LevelOf() | n.StateOf():
                what = (
                    self.words.scale(node.ty)
                    if isinstance(node, n.LevelOf)
                    else self.words.say(f"state.{node.what.value}")
                )
                target = self.evaluator.evaluate(node.object, env).least
                whom = target if isinstance(target, Entity) else self.say(node.object)
                return self._whose(whom, what)
            case n.Variable():
                return self.slots.get(node.slot) or self.say(node)
            case n.Fold() if node.op in (FoldOp.SHARE, FoldOp.COUNT):
                noun, said = self.counted(node)
                nouns = self.words.plural(noun)
                return self.words.say(f"{node.op.value}_of", what=nouns, said=said)
            case n.Call(function="months between"):
                first, last = (self._operand(a, env) for a in node.arguments if a is not None)
                return self.words.say("months", first=first, last=last)
            case n.Call(function="default", arguments=(asked, *_)) if asked is not None:
                return self.name(asked, env)
            case n.Arithmetic():
                left, right = self._operand(node.left, env), self._operand(node.right, env)
                return f"{left} {node.op.value} {right}"
            case _:  # called by its words
                return self.say(node)

    def value(self, node: n.Node, env: Env, unit: str | None = None) -> str:
        """Return what a value is, in a unit if it is not to be its own."""
        found = self.evaluator.evaluate(node, env)
        return self.words.value(found, node.ty, self.unit(node) if unit is None else unit)

    def found(self, node: n.Node, env: Env, unit: str | None = None) -> str:
        """Return what a value is, with its name before it."""
        value = self.value(node, env, unit)
        return self.words.say("found", what=self.name(node, env), value=value)

    def element(self, item: Element, node: n.Fold) -> str:
        """Return what an element of a list is called: a criterion, a record, a subject, a value."""
        if item.name:
            source, declared = node.list, self.own.type
            if isinstance(source, n.CriteriaSet):
                declared = self.words.program.objects[source.owner]
            return self.words.member(declared, f"criteria.{item.name}")
        target = item.value.least
        if isinstance(target, Entity):
            return self.entity(target)
        return sentence(self.words.scale(node.variable.ty) or self.words.say("element"))

    def entity(self, entity: Entity) -> str:
        """Return what an object is called."""
        known = self.called.get(entity.path)
        return self.words.entity(entity, self.own) if known is None else known

    def say(self, node: n.Node) -> str:
        """Return what a value without a name is, begun as a label is."""
        return sentence(self._sayer().say(node))

    def counted(self, node: n.Fold) -> tuple[str, str]:
        """Return what one of the elements that are counted is called, and what is asked of each."""
        sayer = self._sayer()
        return sayer.noun(node), sayer.asked(node)

    def _sayer(self) -> Sayer:
        called = {slot: name for slot, name in self.slots.items() if name}
        return Sayer(self.words, called=called)

    def unit(self, node: n.Node) -> str:
        """Return the unit of a value, empty where its form does not tell."""
        return unit_of(node, self.words.program)

    def _operand(self, node: n.Node, env: Env) -> str:
        """Return a value inside a computed one: what it is called, if it has a name, and itself."""
        value = self.value(node, env)
        if isinstance(node, n.Field | n.Defined):
            return self.words.say("operand", what=self.name(node, env), value=value)
        return value

    def _whose(self, whom: Entity | str, what: str) -> str:
        """Return what is read of an object, with whose it is unless that is `own`."""
        if whom is self.own:
            return what
        said = self.entity(whom) if isinstance(whom, Entity) else whom
        return self.words.say("of", what=what, whom=said)


def bodies(node: n.Node, env: Env, evaluator: Solver) -> Iterator[Entity]:
    """Yield the subjects whose level or status an expression asks for, without those in lists.

    Args:
        node: An expression.
        env: The value of each slot.
        evaluator: Of the case.
    """
    match node:
        case n.LevelOf() | n.StateOf():
            target = evaluator.evaluate(node.object, env).least
            if isinstance(target, Entity) and not target.stranger:
                yield target
        case n.If():
            holds = evaluator.truth(node.condition, env)
            if holds.known:
                yield from bodies(node.yes if holds.least else node.no, env, evaluator)
        case n.Defined():
            target = evaluator.evaluate(node.object, env).least
            if isinstance(target, Entity) and node.name in target.type.stages:
                yield target
            elif isinstance(target, Entity) and target is not env[0].least:
                inside = target.type.definition(node.name).value
                yield from bodies(inside, evaluator.env(target), evaluator)
        case n.Fold() | n.Select() | n.Project():
            return
        case _:
            for child in children(node):
                yield from bodies(child, env, evaluator)
