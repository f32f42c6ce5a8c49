"""The conditions that rules are made of, and the same rules with one of them the other way round.

A rule asks a condition, which is joined of single ones by `and`, `or`, `not` and choices; the
definitions of the subject itself are looked into. Each single one is to matter both ways: there is
to be a case where it holds, and one where it does not, in which the outcome would be another if it
alone were otherwise.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.rewrite import bottom_up, fold, walk
from khung.records import dataclass, replace
from khung.rulebook.model.rules import Stage
from khung.syntax.operators import CompareOp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from khung.ir.nodes import Node, Rule
    from khung.ir.program import ObjectType, Program

_DEPTH = 3  # definitions inside one another that are looked into
_BY_BODIES = (Stage.VOTE, Stage.DEFER, Stage.QUOTA)


class Sort(StrEnum):
    """What a body counts."""

    MAJORITY = "majority"
    """Whether a level has just enough votes."""
    PLACES = "places"
    """Whether a group is just large enough for a further place."""
    TIE = "tie"
    """Whether several are level with each other at the last place."""


class Edge(NamedTuple):
    """Where what a body decides turns by one vote, or by one in a group.

    Attributes:
        name: What tells it from others of its rule.
        place: Of a quota its place in the subject.
        rank: Of a majority that of the level.
        base: Of a quota how many in the group give the further place.
        places: How many places there are then.
    """

    sort: Sort
    name: str
    place: int = 0
    rank: int = 0
    base: int = 0
    places: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Condition:
    """A single condition of a rule.

    Attributes:
        subject: The type of subject whose rule it is.
        rule: The rule.
        place: Its place among the single conditions of the rule, from 0.
        node: What it asks.
        whole: What the rule asks altogether.
        edge: What a body counts in its place; both nodes then say nothing.
    """

    subject: str
    rule: Rule
    place: int
    node: Node
    whole: Node
    edge: Edge | None = None

    @property
    def is_compared(self) -> bool:
        """Whether it compares numbers or days, so that there is an edge."""
        node = self.node
        number = (t.Number, t.Date, t.Months, t.Ratio, t.Fraction)
        return isinstance(node, n.Compare) and isinstance(node.left.ty, number)


_WITH_EQUALITY = (CompareOp.EQ, CompareOp.LE, CompareOp.GE)


class Target(NamedTuple):
    """A condition that is to matter where it holds, or where it does not."""

    condition: Condition
    holds: bool

    @property
    def is_equal(self) -> bool:
        """Whether two compared values are to be equal: the edge is on this side of it."""
        node = self.condition.node
        return isinstance(node, n.Compare) and (node.op in _WITH_EQUALITY) is self.holds

    @property
    def name(self) -> str:
        """What tells it from others: the rule, the place of the condition, and which way."""
        one, way = self.condition, "true" if self.holds else "false"
        return f"{one.rule.id}.{one.edge.name if one.edge else one.place + 1}.{way}"


def conditions_of(program: Program, declared: ObjectType) -> Iterator[Condition]:
    """Yield the single conditions of the rules of a subject; of bodies where they decide."""
    known: set[str] = set()
    for definition in declared.stages.values():
        for part in walk(definition.value):
            asked = _asked_of(part)
            if asked is not None and asked[0].id not in known:
                rule, whole = asked
                known.add(rule.id)
                for place, leaf in enumerate(leaves(whole, program, declared)):
                    yield Condition(declared.name, rule, place, leaf, whole)


def _asked_of(part: Node) -> tuple[Rule, Node] | None:
    """Return a rule and what it asks, if a part is what marks it; of a body whether it decides."""
    if isinstance(part, n.Ruled) and _asks(part):
        return part.rule, asked_by(part)
    body = _by_body(part)
    return None if body is None or body.when is None else (body, fold(body.when))


def _by_body(part: Node) -> Rule | None:
    """Return the rule that hands a choice to a body, of what says where it does."""
    if not isinstance(part, n.If) or not isinstance(part.yes, n.Ruled):
        return None
    return part.yes.rule if part.yes.stage in (Stage.VOTE, Stage.DEFER) else None


def _asks(part: n.Ruled) -> bool:
    """Whether a rule asks a condition; levels come of those of ballots and choices otherwise."""
    is_condition = isinstance(part.ty, t.Boolean)
    return part.stage not in _BY_BODIES and (is_condition or _limit(part.body) is not None)


def asked_by(part: n.Ruled) -> Node:
    """Return the condition of what a rule says: of a limit, where it limits; folded."""
    limit = _limit(part.body)
    return fold(part.body if limit is None else limit.condition)


def _limit(body: Node) -> n.If | None:
    is_limit = isinstance(body, n.If) and not isinstance(body.ty, t.Boolean)
    return body if is_limit and isinstance(body, n.If) else None


def leaves(node: Node, program: Program, declared: ObjectType) -> Iterator[Node]:
    """Yield the single conditions of a condition, in the order in which they are written."""
    found: list[Node] = []

    def note(_: int, leaf: Node) -> Node:
        found.append(leaf)
        return leaf

    _Rebuilt(program, declared, note).of(node)
    yield from found


def other_way(one: Condition, program: Program, declared: ObjectType) -> Node:
    """Return what a rule asks if one of its conditions were the other way round."""

    def turn(place: int, leaf: Node) -> Node:
        return n.Not(leaf, leaf.span) if place == one.place else leaf

    return _Rebuilt(program, declared, turn).of(one.whole)


class _Rebuilt:
    """Builds a condition anew of its single ones, each changed by its place."""

    def __init__(
        self, program: Program, declared: ObjectType, change: Callable[[int, Node], Node]
    ) -> None:
        self.program, self.declared, self.change = program, declared, change
        self.place = 0

    def of(self, node: Node, depth: int = 0) -> Node:
        match node:
            case n.Literal():
                return node
            case n.Not():
                return replace(node, operand=self.of(node.operand, depth))
            case n.AllOf() | n.AnyOf():
                return replace(node, operands=tuple(self.of(x, depth) for x in node.operands))
            case n.If():
                parts = (node.condition, node.yes, node.no)
                condition, yes, no = (self.of(part, depth) for part in parts)
                return replace(node, condition=condition, yes=yes, no=no)
            case n.Defined() if depth < _DEPTH and (inside := self._inside(node)) is not None:
                return self.of(fold(inside), depth + 1)
            case _:  # a single condition
                self.place += 1
                return self.change(self.place - 1, node)

    def _inside(self, node: n.Defined) -> Node | None:
        """Return what a definition of the subject itself says, if it is joined of others."""
        own = isinstance(node.object, n.Variable) and node.object.slot == 0
        found = self.declared.definitions.get(node.name) if own else None
        if found is None or found.applies is not None:
            return None
        joined = n.Not | n.AllOf | n.AnyOf | n.If | n.Defined | n.Compare
        return found.value if isinstance(found.value, joined) else None


# -- programs ---------------------------------------------------------------------------------


def replaced(declared: ObjectType, one: Condition, condition: Node) -> Mapping[int, Node]:
    """Return, by `id` of each mark of a rule, what it says with another condition."""
    found: dict[int, Node] = {}
    for definition in declared.stages.values():
        for part in walk(definition.value):
            if isinstance(part, n.Ruled) and part.rule.id == one.rule.id and _asks(part):
                found[id(part)] = _body(part, condition)
    return found


def _body(part: n.Ruled, condition: Node) -> Node:
    """Return what a rule says with another condition; a cap asks it of its limit once more."""
    limit = _limit(part.body)
    if limit is None:
        return condition
    yes = limit.yes
    if isinstance(yes, n.If) and yes.condition == limit.condition:
        yes = replace(yes, condition=condition)
    return replace(limit, condition=condition, yes=yes)


def _put(node: Node, part: Node | None, other: Node) -> Node:
    """Return a condition with another in the place of one that it is joined of."""
    if node == part:
        return other
    if isinstance(node, n.AllOf):
        return replace(node, operands=tuple(_put(x, part, other) for x in node.operands))
    return node


def with_rule(program: Program, one: Condition, condition: Node) -> Program:
    """Return a program in which a rule asks another condition."""
    declared = program.objects[one.subject]

    def change(node: Node) -> Node:
        if isinstance(node, n.Ruled) and node.rule.id == one.rule.id and _asks(node):
            return replace(node, body=_body(node, condition))
        body = _by_body(node)
        if body is not None and body.id == one.rule.id and isinstance(node, n.If):
            return replace(node, condition=_put(node.condition, body.when, condition))
        return node

    stages = {
        name: replace(definition, value=bottom_up(definition.value, change))
        for name, definition in declared.stages.items()
    }
    changed = replace(declared, stages=stages)
    return replace(program, objects={**program.objects, one.subject: changed})
