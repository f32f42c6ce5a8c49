"""Core nodes as Python source: for each the plain value, its least, its most.

One writer with three modes: `v` the value where all that it is made of is known, `l` its lower
end, `h` its upper end. The ends of most nodes are written like the value, of ends: that of a
conjunction is the conjunction of ends, that of a negation or of the greater side of a comparison
is of the other end. So `v` is `l` where both ends are one. A fourth, `t`, is whether what is read
applies: 0 not, 1 perhaps, 2 surely.

No text of a file stands in what is written: names become numbers, constants become `K7`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, assert_never

from khung.engine.code_names import HIGH, LOW, OTHER, SIGNS, VALUE, asks, beyond, member_of
from khung.engine.values import INFINITY
from khung.engine.worth import ends_of
from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.enums import FoldOp, GivenPart, ResultOf
from khung.syntax.ast import CompareOp

if TYPE_CHECKING:
    from khung.engine.code_names import Names, Read
    from khung.ir.nodes import Node


@dataclass(slots=True)
class Writer:
    """Writes the source of one function. `slots` are the variables in scope, with their types."""

    names: Names
    slots: dict[int, t.Type] = field(default_factory=dict)

    # -- nodes --------------------------------------------------------------------------------

    def code(self, node: Node, mode: str) -> str:
        """Return the source of a node in a mode."""
        match node:
            case n.Literal():
                return self.names.constant(node.value)
            case n.Unknown():
                return "unknown()" if mode == VALUE else self._whole(node.ty, mode)
            case n.Variable():
                return self._variable(node, mode)
            case n.Field() | n.Defined() | n.LevelOf() | n.StateOf() | n.CriteriaSet():
                return self._read(node, mode)
            case n.Attribute():
                values = self.names.constant(dict(node.values))
                return f"attribute({values}, {self.code(node.kind, mode)})"
            case n.Has():
                return self._three(self._has(node), mode)
            case n.Not():
                return f"(not {self.test(node.operand, OTHER[mode])})"
            case n.AllOf():
                return self._joined(node.operands, " and ", "True", mode)
            case n.AnyOf():
                return self._joined(node.operands, " or ", "False", mode)
            case n.Compare():
                return self._compare(node, mode)
            case n.Arithmetic():
                return self._reckon(node, mode)
            case n.If():
                return self._if(node, mode)
            case n.Fold():
                return self._fold(node, mode)
            case n.Select():
                return self._select(node, mode)
            case n.Project():
                return self._project(node, mode)
            case n.Build():
                return self._build(node, mode)
            case n.Call():
                return self._call(node, mode)
            case n.Rows():
                return self._in_env("rows", node, mode)
            case n.Ruled():
                return self.code(node.body, mode)
            case n.Least():
                return f"min({', '.join(self.code(part, mode) for part in node.operands)})"
            case n.Limit():
                return self._limit(node, mode)
            case n.There():
                return self._three(self.there(node.body), mode)
            case n.Given():
                return self._given(node)
            case n.Winner():
                return self._in_env("winner", node, mode)
            case n.Choice():
                return self._in_env("choice", node, mode)
            case n.Kept():
                return self._kept(node, mode)
            case n.Broken():
                raise AssertionError(node)
            case _:
                assert_never(node)

    def test(self, node: Node, mode: str) -> str:
        """Return the source of a condition; a `null` of no type is an open one."""
        if isinstance(node.ty, t.Boolean):
            return self.code(node, mode)
        if isinstance(node, n.Unknown):
            return {VALUE: "unknown()", LOW: "False", HIGH: "True"}[mode]
        return f"truth_{mode}({self.code(node, mode)})"

    def there(self, node: Node) -> str:
        """Return the source of whether what is read applies: 0, 1 or 2."""
        if not isinstance(node, n.Field | n.Defined | n.LevelOf):
            return "2"
        if isinstance(node.object.ty, t.Context):
            return "2"
        number = self.names.number(member_of(node))
        if isinstance(node.object, n.Variable):
            return f"{self._variable(node.object, LOW)}.t{number}"
        through = self.there(node.object)
        return f"there({through}, {self.code(node.object, LOW)}, 't{number}')"

    def _whole(self, ty: t.Type, mode: str) -> str:
        return self.names.constant(ends_of(ty, self.names.values)[mode == HIGH])

    def _three(self, state: str, mode: str) -> str:
        """Return the source of a truth from that of a state of 0, 1 or 2."""
        return {VALUE: f"sure({state})", LOW: f"({state} == 2)", HIGH: f"({state} > 0)"}[mode]

    def _variable(self, node: n.Variable, mode: str) -> str:
        is_object = isinstance(node.ty, t.Object | t.Context)
        return f"b{node.slot}" if mode == HIGH and not is_object else f"a{node.slot}"

    def _joined(self, parts: tuple[Node, ...], word: str, none: str, mode: str) -> str:
        return f"({word.join(self.test(part, mode) for part in parts)})" if parts else none

    # -- reading ------------------------------------------------------------------------------

    def _read(self, node: Read, mode: str) -> str:
        if isinstance(node, n.StateOf) and node.what is ResultOf.STATUS:
            return f"status({self.code(node.object, VALUE if mode == VALUE else LOW)})"
        if isinstance(node.object.ty, t.Context):
            name = self.names.constant(member_of(node))
            inputs, ty = self.code(node.object, LOW), self.names.constant(node.ty)
            return self._end(f"part({inputs}, {name}, {ty})", mode)
        attribute = f"{mode}{self.names.number(member_of(node))}"
        if isinstance(node.object, n.Variable):
            return f"{self._variable(node.object, mode)}.{attribute}"
        target = self.code(node.object, VALUE if mode == VALUE else LOW)
        if mode == VALUE:
            return f"{target}.{attribute}"
        return f"via({target}, '{attribute}', {self._whole(node.ty, mode)})"

    def _has(self, node: n.Has) -> str:
        number = self.names.number(member_of(node))
        if isinstance(node.object, n.Variable):
            return f"{self._variable(node.object, LOW)}.q{number}"
        through = self.there(node.object)
        return f"has({through}, {self.code(node.object, LOW)}, 'q{number}')"

    def _given(self, node: n.Given) -> str:
        part = node.stage if node.part is GivenPart.STANDS else node.part.value
        return f"a0.given_{part}"

    def _limit(self, node: n.Limit, mode: str) -> str:
        """A level that may not apply bounds only the least."""
        body, top = self.code(node.body, mode), self.code(node.top, mode)
        state = self.there(node.body)
        if state == "2":
            return body
        holds = {VALUE: f"sure({state})", LOW: state, HIGH: f"{state} == 2"}[mode]
        return f"({body} if {holds} else {top})"

    # -- comparing and choosing ---------------------------------------------------------------

    def _compare(self, node: n.Compare, mode: str) -> str:
        ty = node.right.ty if isinstance(node.left.ty, t.Anything) else node.left.ty
        if isinstance(ty, t.Fraction):
            return self._compare_shares(node, mode)
        if mode == VALUE:
            left, right = self.code(node.left, mode), self.code(node.right, mode)
            return f"({left} {SIGNS[node.op]} {right})"
        if not t.is_ordered(ty):
            return self._compare_unordered(node, mode)
        return self._compare_ends(node, mode)

    def _compare_ends(self, node: n.Compare, mode: str) -> str:
        op, sign, other = node.op, SIGNS[node.op], OTHER[mode]
        match op:
            case CompareOp.GT | CompareOp.GE:
                left, right = self._side(node.left, node, mode), self._side(node.right, node, other)
                return f"({left} {sign} {right})"
            case CompareOp.LT | CompareOp.LE:
                left, right = self._side(node.left, node, other), self._side(node.right, node, mode)
                return f"({left} {sign} {right})"
            case CompareOp.EQ | CompareOp.NE:
                sides = (node.left, node.right)
                ends = [self._side(side, node, m) for side in sides for m in (LOW, HIGH)]
                end = mode if op is CompareOp.EQ else OTHER[mode]
                found = self._end(f"equal({', '.join(ends)})", end)
                return found if op is CompareOp.EQ else f"(not {found})"

    def _side(self, node: Node, of: n.Compare, mode: str) -> str:
        """Return the source of one side; of no type it has the ends of what it is compared with."""
        if not isinstance(node.ty, t.Anything):
            return self.code(node, mode)
        other = of.right if node is of.left else of.left
        return f"or_else({self.code(node, mode)}, {self._whole(other.ty, mode)})"

    def _compare_unordered(self, node: n.Compare, mode: str) -> str:
        left, right = self.code(node.left, LOW), self.code(node.right, LOW)
        return self._end(f"unordered({self.names.constant(node.op)}, {left}, {right})", mode)

    def _compare_shares(self, node: n.Compare, mode: str) -> str:
        share, limit = self._pair(node.left, mode), self.code(node.right, VALUE)
        return self._end(f"meets({self.names.constant(node.op)}, {share}, {limit})", mode)

    def _if(self, node: n.If, mode: str) -> str:
        if isinstance(node.condition, n.Literal):
            return self.code(node.yes if node.condition.value else node.no, mode)
        yes, no = self.code(node.yes, mode), self.code(node.no, mode)
        if mode == VALUE:
            return f"({yes} if {self.test(node.condition, mode)} else {no})"
        surely, perhaps = self.test(node.condition, LOW), self.test(node.condition, HIGH)
        match node.ty:
            case t.Boolean() if mode == LOW:
                return f"((not {perhaps} or {yes}) and ({surely} or {no}))"
            case t.Boolean():
                return f"(({perhaps} and {yes}) or (not {surely} and {no}))"
            case t.Scale() | t.Number() | t.Months() | t.Seconds() | t.Date():
                worst = self.names.constant(beyond(node.ty, mode))
                pick = "min" if mode == LOW else "max"
                ways = f"{yes} if {perhaps} else {worst}, {no} if not {surely} else {worst}"
                return f"{pick}({ways})"
            case _:
                return self._either(node, f"({surely}, {perhaps})", mode)

    def _either(self, node: n.If, condition: str, mode: str) -> str:
        """Of a choice between values without order, or of shares, nothing is known but that."""
        yes, no = (f"lambda: {self._pair(way, mode)}" for way in (node.yes, node.no))
        whole = self.names.constant(ends_of(node.ty, self.names.values))
        return self._end(f"either({condition}, {yes}, {no}, {whole})", mode)

    # -- lists --------------------------------------------------------------------------------

    def _within(self, node: n.Fold | n.Select | n.Project) -> Writer:
        """Return the writer of what is asked of each element."""
        return replace(self, slots={**self.slots, node.variable.slot: node.variable.ty})

    def _over(self, node: n.Fold | n.Select | n.Project, mode: str) -> str:
        """Return the head of a pass over a list: `for … in …`."""
        slot, source = node.variable.slot, self.code(node.list, mode)
        if mode == VALUE:
            return f"for a{slot} in {source}"
        return f"for a{slot}, b{slot}, s{slot}, n{slot}, m{slot} in opened({source})"

    def _fold(self, node: n.Fold, mode: str) -> str:
        if mode != VALUE:
            return self._fold_open(node, mode)
        over, inner = self._over(node, mode), self._within(node)
        test = "" if node.where is None else inner.test(node.where, mode)
        where = f" if {test}" if test else ""
        body = inner.test(node.body, mode) if asks(node) else inner.code(node.body, mode)
        match node.op:
            case FoldOp.EVERY:
                return f"all({body} {over}{where})"
            case FoldOp.SOME:
                return f"any({body} {over}{where})"
            case FoldOp.COUNT:
                return f"sum([1 {over} if {test and test + ' and '}{body}])"
            case FoldOp.SHARE:
                return f"share_of([{body} {over}{where}])"
            case FoldOp.SUM | FoldOp.AVERAGE | FoldOp.LOWEST | FoldOp.HIGHEST:
                if node.empty is not None:
                    return f"min([{self.code(node.empty, mode)}, *[{body} {over}{where}]])"
                found = f"each_known([{body} {over}{where}])"
                return f"only(aggregate({self.names.constant(node)}, {self._root}, {found}))"

    def _fold_open(self, node: n.Fold, mode: str) -> str:
        inner, over, slot = self._within(node), self._over(node, mode), node.variable.slot
        source = self.code(node.list, LOW)
        surely = "" if node.where is None else f" and {inner.test(node.where, LOW)}"
        perhaps = "" if node.where is None else f"{inner.test(node.where, HIGH)}"
        kept, taken = f"{over} if s{slot}{surely}", f"{over}{perhaps and f' if {perhaps}'}"
        say = inner.test if asks(node) else inner.code
        low, high = say(node.body, LOW), say(node.body, HIGH)
        match node.op, mode:
            case FoldOp.EVERY, "l":
                return f"({source} is not UNKNOWN and all({low} {taken}))"
            case FoldOp.EVERY, _:
                return f"({source} is UNKNOWN or all({high} {kept}))"
            case FoldOp.SOME, "l":
                return f"({source} is not UNKNOWN and any({low} {kept}))"
            case FoldOp.SOME, _:
                return f"({source} is UNKNOWN or any({high} {taken}))"
            case FoldOp.COUNT, "l":
                return f"(0 if {source} is UNKNOWN else sum([1 {kept} and {low}]))"
            case FoldOp.COUNT, _:
                many, joint = self.names.constant(INFINITY), perhaps and f"{perhaps} and "
                return (
                    f"({many} if {source} is UNKNOWN else sum([n{slot} {over} if {joint}{high}]))"
                )
            case _ if node.empty is not None:
                top = self.code(node.empty, mode)
                found = f"{low} {taken}" if mode == LOW else f"{high} {kept}"
                nothing = "0" if mode == LOW else top
                return f"({nothing} if {source} is UNKNOWN else min([{top}, *[{found}]]))"
            case _:
                seen = f"[({low}, {high}, s{slot}{surely}, n{slot}) {taken}]"
                seen = f"None if {source} is UNKNOWN else {seen}"
                found = f"aggregate({self.names.constant(node)}, {self._root}, {seen})"
                return self._end(found, mode)

    def _select(self, node: n.Select, mode: str) -> str:
        inner, over, slot = self._within(node), self._over(node, mode), node.variable.slot
        if mode == VALUE:
            where = "" if node.where is None else f" if {inner.test(node.where, mode)}"
            return f"tuple([a{slot} {over}{where}])"
        source = self.code(node.list, LOW)
        surely = "" if node.where is None else f" and {inner.test(node.where, LOW)}"
        perhaps = "" if node.where is None else f" if {inner.test(node.where, HIGH)}"
        item = f"(a{slot}, b{slot}, s{slot}{surely}, n{slot}, m{slot})"
        return f"(UNKNOWN if {source} is UNKNOWN else Open([{item} {over}{perhaps}]))"

    def _project(self, node: n.Project, mode: str) -> str:
        inner, over, slot = self._within(node), self._over(node, mode), node.variable.slot
        state = inner.there(node.body)
        if mode == VALUE:
            where = "" if state == "2" else f" if sure({state})"
            return f"tuple([{inner.code(node.body, mode)} {over}{where}])"
        source = self.code(node.list, LOW)
        ends = f"{inner.code(node.body, LOW)}, {inner.code(node.body, HIGH)}"
        sure = f"s{slot}" if state == "2" else f"s{slot} and {state} == 2"
        where = "" if state == "2" else f" if {state}"
        item = f"({ends}, {sure}, n{slot}, '')"
        return f"(UNKNOWN if {source} is UNKNOWN else Open([{item} {over}{where}]))"

    def _build(self, node: n.Build, mode: str) -> str:
        if node.bounds:
            low, high = (self._pair(item, mode) for item in node.items)
            return f"interval({self.names.constant(node)}, {low}, {high})"
        if mode == VALUE:
            return f"({''.join(f'{self.code(item, mode)}, ' for item in node.items)})"
        items = ", ".join(f"(*{self._item(item, node.ty)}, True, 1, '')" for item in node.items)
        return f"Open([{items}])"

    def _item(self, node: Node, ty: t.Type) -> str:
        """Return the source of both ends of an element; of a `null` those that the list has."""
        if isinstance(node, n.Unknown) and isinstance(ty, t.List):
            return self.names.constant(ends_of(ty.element, self.names.values))
        return self._pair(node, LOW)

    # -- what is worked out on values ----------------------------------------------------------

    def _pair(self, node: Node, mode: str) -> str:
        """Return the source of both ends; of a plain value that twice."""
        if mode == VALUE:
            return f"twice({self.code(node, mode)})"
        return f"({self.code(node, LOW)}, {self.code(node, HIGH)})"

    def _end(self, pair: str, mode: str) -> str:
        """Return the source of one of two ends, or of the only one."""
        return {VALUE: f"only({pair})", LOW: f"{pair}[0]", HIGH: f"{pair}[1]"}[mode]

    def _called(self, name: str, node: Node, parts: tuple[Node | None, ...], mode: str) -> str:
        given = "".join("None, " if p is None else f"{self._pair(p, mode)}, " for p in parts)
        return self._end(f"{name}({self.names.constant(node)}, {self._root}, ({given}))", mode)

    def _reckon(self, node: n.Arithmetic, mode: str) -> str:
        if mode == VALUE:
            left, right = self.code(node.left, mode), self.code(node.right, mode)
            return f"reckoned({self.names.constant(node)}, {left}, {right})"
        return self._called("reckon", node, (node.left, node.right), mode)

    def _call(self, node: n.Call, mode: str) -> str:
        given = [argument for argument in node.arguments if argument is not None]
        if mode == VALUE and node.function == "months between":
            return f"months({self.code(given[0], mode)}, {self.code(given[1], mode)})"
        if mode == VALUE and node.function == "ballots for":
            return f"{self.code(given[0], mode)}[{self.code(given[1], mode)}]"
        return self._called("call", node, node.arguments, mode)

    def _in_env(self, name: str, node: Node, mode: str) -> str:
        """Return a call that looks at the node itself, with all variables in scope."""
        last = max(self.slots, default=-1)
        slots = "".join(f"{self._slot(slot, mode)}, " for slot in range(last + 1))
        return self._end(f"{name}({self.names.constant(node)}, {self._root}, ({slots}))", mode)

    def _slot(self, slot: int, mode: str) -> str:
        ty = self.slots.get(slot)
        if ty is None:
            return "None"
        single = mode == VALUE or isinstance(ty, t.Object | t.Context)
        return f"(a{slot}, {'a' if single else 'b'}{slot}, {self.names.constant(ty)})"

    def _kept(self, node: n.Kept, mode: str) -> str:
        given = f"{self.names.constant(node)}, a0, {self._pair(node.before, mode)}"
        return self._end(f"kept({given})", mode)

    @property
    def _root(self) -> str:
        return "a0" if 0 in self.slots else "(a0 or NOBODY)"
