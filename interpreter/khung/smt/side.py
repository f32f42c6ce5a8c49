"""A program as terms: each definition of each object once, over the variables of a space."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any, assert_never

from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.enums import GivenPart
from khung.ir.program import ladder_of
from khung.records import dataclass
from khung.rulebook.model.rules import Stage
from khung.smt import calls, choices, folds, operators
from khung.smt.reading import Reading
from khung.smt.space import ASSUMED, IDENTITY, LeftOutError, Obj, plain
from khung.smt.terms import Val, is_one, ite, land, lnot, lor, one, settled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from khung.ir.nodes import Node
    from khung.smt.alike import Alike
    from khung.smt.lists import Listed
    from khung.smt.terms import Term
    from khung.smt.writing import Env, Ways


_Level = n.Least | n.Greatest | n.Limit | n.Winner | n.Choice | n.Kept
_Member = n.Field | n.Defined | n.LevelOf | n.StateOf | n.Has


@dataclass(slots=True, eq=False)
class Side(Reading):
    """One program over a space.

    Attributes:
        label: What tells it from the other side.
        alike: What both programs of the space say alike: if that has no form here, it is one
            unknown.
        switches: By the ids of rules, whether what they say counts; of others it does.
        other: The side that was written before: what is alike is taken from there.
        instead: What marks of rules say instead, by their `id`.
    """

    label: str = ""
    alike: Alike | None = None
    switches: Mapping[str, Any] = field(default_factory=dict)
    other: Side | None = None
    instead: Mapping[int, Node] = field(default_factory=dict)
    known: dict[tuple[str, str, str], Val] = field(default_factory=dict)

    # -- values -------------------------------------------------------------------------------

    def test(self, node: Node | None, env: Env) -> Val:
        """Return whether a condition holds; one that is not written always does."""
        return one(True) if node is None else self.value(node, env)

    def value(self, node: Node, env: Env) -> Val:
        """Return a value.

        Raises:
            LeftOutError: It has no form here, and is no value that could be anything.
        """
        try:
            return self._value(node, env)
        except LeftOutError as left:
            if not isinstance(node, n.Fold | n.Compare | n.Call | n.Rows):
                raise
            return self._any(node, env, str(left))

    def _any(self, node: Node, env: Env, why: str) -> Val:
        """Return a value of which nothing is known, the same wherever the same is asked."""
        if not isinstance(node.ty, t.Boolean | t.Number | t.Scale) or not env:
            raise LeftOutError(why)
        objects = [env[slot] for slot in sorted(env)]
        if not all(isinstance(obj, Obj) for obj in objects):
            raise LeftOutError(why)
        self.space.left[why] = None
        alike = self.alike is None or self.alike.is_read_alike(node)
        said = self.alike.as_said(node, moved=self.label == "b") if self.alike else node
        places = " ".join(obj.path for obj in objects[:-1] if isinstance(obj, Obj))
        name = f"{self.space.named(said)} {places}{'' if alike else f' {self.label}'}"
        holder = objects[-1]
        assert isinstance(holder, Obj)  # noqa: S101  # all are
        term = self.space.var(holder, name, node.ty).term
        self.space.opaque[term.decl().name()] = node
        if isinstance(node.ty, t.Scale):
            top = len(self.program.values[node.ty.name].values)
            self.space.limit(term < top, holder.path)
        return one(term)

    def _value(self, node: Node, env: Env) -> Val:
        match node:
            case n.Literal():
                return self.constant(node)
            case n.Variable():
                found = env[node.slot]
                if isinstance(found, Obj):
                    return one(self.identity(found))
                return found
            case n.Unknown():
                return self.unknown(node.ty)
            case n.Field() if isinstance(node.ty, t.Object):
                ways = self.objects(node, env)
                return one(_of_ways([(when, self.identity(obj)) for when, obj in ways]))
            case n.Field() | n.Defined() | n.LevelOf() | n.StateOf() | n.Has():
                return self.read(node.object, env, lambda obj: self._member(obj, node))
            case n.Attribute():
                return operators.attribute(self, node, env)
            case n.Not():
                return operators.negated(self.value(node.operand, env))
            case n.AllOf():
                return operators.joined([self.value(x, env) for x in node.operands], land)
            case n.AnyOf():
                return operators.joined([self.value(x, env) for x in node.operands], lor)
            case n.Compare():
                return operators.compare(self, node, env)
            case n.Arithmetic():
                return operators.arithmetic(self, node, env)
            case n.If():
                return operators.choose(self, node, env)
            case n.Fold():
                return folds.fold(self, node, env)
            case n.Call():
                return calls.call(self, node, env)
            case n.Rows():
                return choices.rows(self, node, env)
            case n.There():
                return one(self.there(node.body, env))
            case n.Given():
                return self.given(node)
            case n.Ruled():
                said = self.instead.get(id(node), node.body)
                return self.switched(node, self.value(said, env), None)
            case n.Least() | n.Greatest() | n.Limit() | n.Winner() | n.Choice() | n.Kept():
                return self._level(node, env)
            case n.CriteriaSet() | n.Select() | n.Project() | n.Build() | n.Broken():
                raise LeftOutError(type(node).__name__)  # it has no form here: told by name
            case _:
                assert_never(node)

    def _member(self, obj: Obj, node: _Member) -> Val:
        """Return what is read of an object."""
        match node:
            case n.Field():
                return self.fact(obj, node.name, node.ty)
            case n.Defined():
                return self.defined(obj, node.name)
            case n.LevelOf():
                return self.level(obj, node)
            case n.StateOf():
                return self.state(obj, node.what)
            case n.Has():
                return one(self.has(obj, node.name))
            case _:
                assert_never(node)

    def _level(self, node: _Level, env: Env) -> Val:
        """Return what stands only among levels."""
        match node:
            case n.Least() | n.Greatest():
                return choices.extreme(self, node, env)
            case n.Limit():
                return choices.limit(self, node, env)
            case n.Winner():
                return choices.winner(self, node, env)
            case n.Choice():
                return choices.choice(self, node, env)
            case n.Kept():
                return choices.kept(self, node, env)
            case _:
                assert_never(node)

    def idle(self, node: n.Ruled) -> Val:
        """Return what a rule that says nothing comes to: a limit that binds nobody, for one."""
        if isinstance(node.ty, t.Boolean):
            return one(node.stage == Stage.STANDARD)
        if isinstance(node.body, n.Kept):
            return self.value(node.body.before, {0: self.space.root})
        return one(ladder_of(self.type_of(self.space.root.type)).levels[0].rank)

    def lifting(self, node: Node, env: Env) -> Val:
        """Return an operand of a greatest level: a rule that says nothing lifts nobody."""
        if not isinstance(node, n.Ruled):
            return self.value(node, env)
        lowest = one(ladder_of(self.type_of(self.space.root.type)).levels[-1].rank)
        return self.switched(node, self.value(node.body, env), lowest)

    def switched(self, node: n.Ruled, value: Val, idle: Val | None) -> Val:
        """Return what a rule says, or what it comes to where that does not count."""
        switch = self.switches.get(node.rule.id)
        if switch is None:
            return value
        other = self.idle(node) if idle is None else idle
        low = ite(switch, value.lo, other.lo)
        bad = ite(switch, value.bad, other.bad)
        same = is_one(value) and is_one(other)
        return one(low, bad) if same else Val(low, ite(switch, value.hi, other.hi), bad)

    def constant(self, node: n.Literal) -> Val:
        """Return a constant; a day as the other side calls it."""
        return one(self.moved_day(plain(node.value, node.ty, self.space), node.ty))

    def unknown(self, ty: t.Type) -> Val:
        """Return what is known of a value of which nothing is."""
        match ty:
            case t.Boolean():
                return Val(False, True)
            case t.Scale():
                return Val(0, len(self.program.values[ty.name].values) - 1)
            case _:  # has no form here: told by name
                return one(0, bad=True)

    def given(self, node: n.Given) -> Val:
        """Return a part of the decision given: none is, of the subject asked."""
        if node.part is GivenPart.LEVEL:
            return one(0)
        return one(False)

    # -- what is taken where a case says nothing ----------------------------------------------

    def assumed(self, obj: Obj, name: str, ty: t.Type, stated: Term) -> Term:
        """Return a fact as it is stated; where both sides assume another value, this, if it is not.

        What both assume alike is as if it were stated.
        """
        if self.alike is None or not self.alike.is_assumed_apart(t.first_of(obj.type), name):
            return stated
        default = self.type_of(obj.type).facts[name].default
        assert default is not None  # noqa: S101  # both have one
        try:
            taken = self.value(default, {0: obj}).lo
        except LeftOutError as left:
            self.space.left[str(left)] = None
            taken = self.space.var(obj, f"={ASSUMED}{name} {self.label}", ty).term
        return ite(self.space.var(obj, f"{ASSUMED}{name}", t.BOOLEAN).term, taken, stated)

    # -- objects ------------------------------------------------------------------------------

    def objects(self, node: Node, env: Env) -> Ways:
        """Return the objects that a node may lead to."""
        match node:
            case n.Variable():
                found = env[node.slot]
                if isinstance(found, Obj):
                    return ((True, found),)
                raise LeftOutError(node.name)
            case n.Field():
                assert isinstance(node.ty, t.Object)  # noqa: S101  # it leads to one
                return tuple(
                    (when, self.through(obj, node)) for when, obj in self.objects(node.object, env)
                )
            case n.If():
                condition = self.value(node.condition, env).lo
                yes, no = self.objects(node.yes, env), self.objects(node.no, env)
                return (
                    *((land((condition, when)), obj) for when, obj in yes),
                    *((land((lnot(condition), when)), obj) for when, obj in no),
                )
            case n.Defined():
                return tuple(
                    (land((when, inner)), found)
                    for when, obj in self.objects(node.object, env)
                    for inner, found in self.objects(
                        self.type_of(obj.type).definition(node.name).value, {0: obj}
                    )
                )
            case n.Ruled():
                return self.objects(node.body, env)
            case _:  # has no form here: told by name
                raise LeftOutError(_name_of(node))

    def through(self, obj: Obj, node: n.Field) -> Obj:
        """Return the object to which a link leads."""
        link = self.type_of(obj.type).links.get(node.name)
        if link is not None and node.name != "owner":
            return self.lead(obj, link)
        return self.space.through(obj, node.name, self.led_to(obj, node))

    def led_to(self, obj: Obj, node: n.Field) -> str:
        """Return the type of the object that a link leads to."""
        assert isinstance(node.ty, t.Object)  # noqa: S101  # the caller has looked
        if node.name == "owner" and obj.owner is not None:
            return obj.owner.type
        return t.first_of(node.ty.name)

    def identity(self, obj: Obj) -> Term:
        """Return the number by which an object is told from others; the subject asked is 0."""
        if obj is self.space.root:
            return 0
        return self.space.var(obj, IDENTITY, t.Object(obj.type)).term

    def read(self, node: Node, env: Env, read: Callable[[Obj], Val]) -> Val:
        """Return what is read of an object, or of each that it may be."""
        ways = [(when, read(obj)) for when, obj in self.objects(node, env)]
        if len(ways) == 1:
            return ways[0][1]
        ends = [_of_ways([(w, v[end]) for w, v in ways]) for end in (0, 1)]
        same = all(v.lo is v.hi for _, v in ways)
        bad = lor(land((when, found.bad)) for when, found in ways)
        return Val(ends[0], ends[0] if same else ends[1], bad)

    # -- definitions --------------------------------------------------------------------------

    def defined(self, obj: Obj, name: str) -> Val:
        """Return a definition of an object; one that has no form here is an unknown value."""
        key = (obj.path, obj.type, name)
        if key not in self.known and self.other is not None and self.is_alike(obj.type, name):
            self.known[key] = self.other.defined(obj, name)
        if key not in self.known:
            definition = self.type_of(obj.type).definition(name)
            try:
                found = self.value(definition.value, {0: obj})
                is_truth = isinstance(definition.ty, t.Boolean)
                self.known[key] = settled(found) if is_truth else found
            except LeftOutError as left:
                self.known[key] = self.free(obj, name, definition.ty, str(left))
        return self.known[key]

    def free(self, obj: Obj, name: str, ty: t.Type, why: str) -> Val:
        """Return a value of which nothing is known, the same on both sides if they say it alike."""
        self.space.left[why] = None
        mark = "" if self.is_alike(obj.type, name) else f" {self.label}"
        if isinstance(ty, t.Fraction | t.List | t.Object | t.Ballots | t.Anything):
            raise LeftOutError(why)
        term = self.space.var(obj, f"={name}{mark}", ty).term
        self.space.opaque[term.decl().name()] = self.type_of(obj.type).definition(name).value
        if isinstance(ty, t.Scale):
            self.space.limit(term < len(self.program.values[ty.name].values), obj.path)
        return one(term)

    def is_alike(self, owner: str, name: str) -> bool:
        """Whether the other program defines something alike, with all that it reads."""
        return self.alike is None or self.alike.definition(t.first_of(owner), name)

    # -- lists --------------------------------------------------------------------------------

    def listed(self, node: Node, env: Env) -> Listed:
        """Return what stands in a list."""
        return folds.listed(self, node, env)

    def share(self, node: n.Fold, env: Env) -> tuple[Term, Term]:
        """Return how many elements there are for which something holds, and how many in all."""
        return folds.share(self, node, env)


def _of_ways(ways: list[tuple[Term, Term]]) -> Term:
    *others, (_, found) = ways
    for when, term in reversed(others):
        found = ite(when, term, found)
    return found


def _name_of(node: Node) -> str:
    return node.function if isinstance(node, n.Call) else type(node).__name__
