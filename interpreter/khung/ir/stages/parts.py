"""What the stages are made of: the subject, its ladder, marks of rules, definitions."""

from __future__ import annotations

from dataclasses import field
from importlib import import_module
from typing import TYPE_CHECKING

from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.enums import GivenPart
from khung.ir.program import Definition, ladder_of
from khung.ir.stages import names
from khung.records import dataclass
from khung.rulebook.model.rules import Stage

if TYPE_CHECKING:
    from khung.ir.nodes import Node, Rule
    from khung.ir.program import Ladder, ObjectType
    from khung.text import Span


@dataclass(frozen=True, slots=True)
class Parts:
    """Makes the nodes of one subject type's stages, and gathers their definitions in order."""

    declared: ObjectType
    span: Span
    found: dict[str, Definition] = field(default_factory=dict)

    @property
    def ladder(self) -> Ladder:
        """The ladder of the type."""
        return ladder_of(self.declared)

    @property
    def scale(self) -> t.Scale:
        """The type of its levels."""
        return t.Scale(self.ladder.scale.name)

    @property
    def best(self) -> int:
        """The rank of the best level."""
        return self.ladder.levels[0].rank

    @property
    def lowest(self) -> int:
        """The rank of the lowest level."""
        return self.ladder.levels[-1].rank

    def define(self, name: str, value: Node) -> Node:
        """Add a definition; return it as the subject itself reads it."""
        self.found[name] = Definition(name, value.ty, value, None, ())
        return self.own(name)

    def own(self, name: str) -> Node:
        """Return a definition of the subject itself."""
        ty = self.found[name].ty
        return n.Defined(self.subject, self.declared.name, name, ty, self.span)

    @property
    def subject(self) -> Node:
        """The subject under evaluation."""
        return n.Variable("self", 0, t.Object(self.declared.name), self.span)

    def stage(self, stage: Stage, computed: Node) -> Node:
        """Add the level after a stage: what is computed, unless a decision stands for it."""
        alone = self.define(names.of_stage(stage) + names.COMPUTED, computed)
        stands = n.Given(GivenPart.STANDS, t.BOOLEAN, self.span, stage)
        given = n.Given(GivenPart.LEVEL, self.scale, self.span)
        return self.define(names.of_stage(stage), self.choose(stands, given, alone))

    def after(self, stage: Stage) -> Node:
        """Return the level after a stage that is defined already."""
        return self.own(names.of_stage(stage))

    def before(self, stage: Stage) -> Node:
        """Return the level before a stage: after the last one that is defined already."""
        earlier = tuple(Stage)[: tuple(Stage).index(stage)]
        return self.after(next(s for s in reversed(earlier) if names.of_stage(s) in self.found))

    def level(self, rank: int) -> Node:
        """Return a level."""
        return n.Literal(rank, self.scale, self.span)

    @property
    def true(self) -> Node:
        """What always holds."""
        return n.Literal(value=True, ty=t.BOOLEAN, span=self.span)

    @property
    def maybe(self) -> Node:
        """What may hold or not, whatever is known."""
        return n.Unknown(t.BOOLEAN, self.span)

    def choose(self, condition: Node, yes: Node, no: Node) -> Node:
        """Return one of two levels."""
        return n.If(condition, yes, no, self.scale, self.span)

    def limited(self, when: Node | None, limit: Node) -> Node:
        """Return a limit where a condition holds, and none elsewhere."""
        return limit if when is None else self.choose(when, limit, self.level(self.best))

    def least(self, *operands: Node) -> Node:
        """Return the lowest of levels."""
        return operands[0] if len(operands) == 1 else n.Least(operands, self.scale, self.span)

    def greatest(self, *operands: Node) -> Node:
        """Return the highest of levels."""
        return n.Greatest(operands, self.scale, self.span)

    def ruled(self, rule: Rule, stage: str, body: Node) -> Node:
        """Return what a rule says, marked as such."""
        return n.Ruled(rule, stage, body, body.ty, rule.span or self.span)


def lower_stages(declared: ObjectType, span: Span) -> dict[str, Definition]:
    """Return the definitions that the stages of a type become; none where it is not ranked.

    What a stage becomes says the module of its name, in `lower`.
    """
    if declared.ladder is None or not declared.ladder.levels:
        return {}
    parts = Parts(declared, span)
    for stage in ("scope", *Stage):
        import_module(f"{__package__}.{stage}").lower(parts)
    return parts.found
