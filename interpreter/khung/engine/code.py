"""Core nodes as Python source: for each the plain value, its least, its most.

One writer with three modes: `v` the value where all that it is made of is known, `l` its lower
end, `h` its upper end. The ends of most nodes are written like the value, of ends: that of a
conjunction is the conjunction of ends, that of a negation or of the greater side of a comparison
is of the other end. So `v` is `l` where both ends are one. A fourth, `t`, is whether what is read
applies: 0 not, 1 perhaps, 2 surely.

No text of a file stands in what is written: names become numbers, constants become `K7`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, assert_never

from khung.engine import calls, code_names, logic
from khung.engine.code_lists import Passes
from khung.engine.code_names import HIGH, LOW, OTHER, SIGNS, VALUE, beyond
from khung.engine.values import Elements, known
from khung.engine.worth import ends_of
from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.enums import GivenPart, ResultOf
from khung.ir.members import member_of
from khung.records import dataclass
from khung.rulebook.model import Hit
from khung.syntax.operators import ArithmeticOp, CompareOp

if TYPE_CHECKING:
    from khung.engine.code_names import Read
    from khung.ir.nodes import Node


_Level = n.Least | n.Greatest | n.Limit | n.Winner | n.Choice | n.Kept


@dataclass(slots=True)
class Writer(Passes):
    """Writes the source of one function."""

    # -- nodes --------------------------------------------------------------------------------

    def code(self, node: Node, mode: str) -> str:
        """Return the source of a node in a mode."""
        settled = self._settled(node)
        if settled is not None:
            return self.names.constant(settled)
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
            case n.AllOf() | n.AnyOf():
                return self._joined(node, mode)
            case n.Compare():
                return self._compare(node, mode)
            case n.Arithmetic():
                return self._reckon(node, mode)
            case n.If():
                return self._if(node, mode)
            case n.Fold() | n.Select() | n.Project():
                return self.passed(node, mode)
            case n.Build():
                return self._build(node, mode)
            case n.Call():
                return self._call(node, mode)
            case n.Rows():
                return self._rows(node, mode)
            case n.Ruled():
                return self.code(node.body, mode)
            case n.There():
                return self._three(self.there(node.body), mode)
            case n.Given():
                return self._given(node)
            case n.Least() | n.Greatest() | n.Limit() | n.Winner() | n.Choice() | n.Kept():
                return self._level(node, mode)
            case n.Broken():
                raise AssertionError(node)
            case _:
                assert_never(node)

    def _level(self, node: _Level, mode: str) -> str:
        """Return the source of what stands only among levels."""
        match node:
            case n.Least() | n.Greatest():
                parts = ", ".join(self.code(part, mode) for part in node.operands)
                return f"{'min' if isinstance(node, n.Least) else 'max'}({parts})"
            case n.Limit():
                return self._limit(node, mode)
            case n.Winner():
                return self._winner(node, mode)
            case n.Choice():
                return self._choice(node, mode)
            case n.Kept():
                return self._kept(node, mode)
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
        if self._is_self(node.object):
            return f"a0.t{number}"
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

    def _joined(self, node: n.AllOf | n.AnyOf, mode: str) -> str:
        word, none = (" and ", "True") if isinstance(node, n.AllOf) else (" or ", "False")
        return f"({word.join(self.test(part, mode) for part in node.operands) or none})"

    # -- reading ------------------------------------------------------------------------------

    def _read(self, node: Read, mode: str) -> str:
        target = self.code(node.object, VALUE if mode == VALUE else LOW)
        if isinstance(node, n.StateOf) and node.what is ResultOf.STATUS:
            return f"status({target})" if mode == VALUE else f"status_l({target})"
        if isinstance(node.object.ty, t.Context):
            name = self.names.constant(member_of(node))
            inputs, ty = self.code(node.object, LOW), self.names.constant(node.ty)
            return self._end(f"part({inputs}, {name}, {ty})", mode)
        attribute = f"{mode}{self.names.number(member_of(node))}"
        if mode == VALUE or self._is_self(node.object):
            return f"{target}.{attribute}"
        return f"via({target}, '{attribute}', {self._whole(node.ty, mode)})"

    def _is_self(self, node: Node) -> bool:
        """Whether it is the object itself; an element of a list may be one that is not known."""
        return isinstance(node, n.Variable) and node.slot == 0

    def _has(self, node: n.Has) -> str:
        number = self.names.number(member_of(node))
        if self._is_self(node.object):
            return f"a0.q{number}"
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
        if isinstance(node.right, n.Literal) and not isinstance(node.left.ty, t.List):
            match node.op, mode:
                case CompareOp.EQ, "h":
                    return f"({left} == {right} or {left} is UNKNOWN)"
                case CompareOp.NE, "l":
                    return f"({left} != {right} and {left} is not UNKNOWN)"
                case CompareOp.EQ | CompareOp.NE, _:
                    return f"({left} {SIGNS[node.op]} {right})"
                case _:
                    pass
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
            case t.Scale() | t.Number() | t.Ratio() | t.Months() | t.Seconds() | t.Date():
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

    # -- lists ------------------------------------------------------------------------------

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

    def _rows(self, node: n.Rows, mode: str) -> str:
        """Return the source of one output of a table."""
        if mode != VALUE:
            is_list = node.hit is Hit.COLLECT
            return self._collected(node) if is_list else self._in_env("rows", node, mode)
        rows = [(self.test(test, VALUE), self.code(value, VALUE)) for test, value in node.rows]
        match node.hit:
            case Hit.FIRST:
                return "".join(["(", *(f"{v} if {t} else " for t, v in rows), "unknown())"])
            case Hit.UNIQUE:
                ways = ", ".join(f"(lambda: {value}) if {test} else None" for test, value in rows)
                return f"one_of(({ways},))"
            case Hit.COLLECT:
                return f"({''.join(f'*(({value},) if {test} else ()), ' for test, value in rows)})"

    def _collected(self, node: n.Rows) -> str:
        """Return the source of the answers of all rows that may hold, where something is open."""
        items = []
        for test, value in node.rows:
            item = f"(*{self._item(value, node.ty)}, {self.test(test, LOW)}, 1, '')"
            items.append(f"*(({item},) if {self.test(test, HIGH)} else ())")
        return f"Open([{', '.join(items)}])"

    # -- what is worked out on values ----------------------------------------------------------

    def _pair(self, node: Node, mode: str) -> str:
        """Return the source of both ends; of a plain value that twice."""
        if mode == VALUE:
            return f"twice({self.code(node, mode)})"
        return f"({self.code(node, LOW)}, {self.code(node, HIGH)})"

    def _called(self, name: str, node: Node, parts: tuple[Node | None, ...], mode: str) -> str:
        given = "".join("None, " if p is None else f"{self._pair(p, mode)}, " for p in parts)
        return self._end(f"{name}({self.names.constant(node)}, {self._root}, ({given}))", mode)

    def _settled(self, node: Node | None) -> Any:
        """Return what is the same for all, as `period.from.year` is; None where that is not so."""
        match node:
            case n.Literal():
                return node.value
            case n.Arithmetic():
                left, right = self._settled(node.left), self._settled(node.right)
                return None if None in (left, right) else logic.exact(node.op, left, right, node.ty)
            case n.Call() if node.arguments and node.function not in code_names.CONVERSIONS:
                found = [self._settled(argument) for argument in node.arguments]
                if None in found:
                    return None
                run = self.names.globals["NOBODY"].run
                value = calls.call(node, [known(x) for x in found], run)
                return value.least if value.known and type(value.least) is not Elements else None
            case _:  # may hang on the subject: worked out for each
                return None

    def _reckon(self, node: n.Arithmetic, mode: str) -> str:
        if mode == VALUE:
            left, right = self.code(node.left, mode), self.code(node.right, mode)
            return f"reckoned({self.names.constant(node)}, {left}, {right})"
        if code_names.has_ends_of_ends(node):
            of_right = mode if node.op is ArithmeticOp.ADD else OTHER[mode]
            ends = f"{self.code(node.left, mode)}, {self.code(node.right, of_right)}"
            whole = self._whole(node.ty, mode)
            return f"reckoned_end({self.names.constant(node)}, {ends}, {whole})"
        return self._called("reckon", node, (node.left, node.right), mode)

    def _call(self, node: n.Call, mode: str) -> str:
        given = [argument for argument in node.arguments if argument is not None]
        if node.function in code_names.CONVERSIONS:
            return f"{code_names.CONVERSIONS[node.function]}({self.code(given[0], mode)})"
        if node.function == "on":
            return f"{self._root}.run.on"
        if mode == VALUE and node.function == "months between":
            return f"months({self.code(given[0], mode)}, {self.code(given[1], mode)})"
        if mode == VALUE and node.function == "ballots for":
            return f"{self.code(given[0], mode)}[{self.code(given[1], mode)}]"
        if node.function == "count":
            return self._count(node, given[0], mode)
        return self._called("call", node, node.arguments, mode)

    def _count(self, node: n.Call, source: Node, mode: str) -> str:
        if mode == VALUE:
            return f"len({self.code(source, mode)})"
        whole = self.names.constant(ends_of(node.ty, self.names.values))
        return self._end(f"counted({self.code(source, LOW)}, {whole})", mode)

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

    def _winner(self, node: n.Winner, mode: str) -> str:
        if mode != VALUE:
            return self._in_env("winner", node, mode)
        base = "None" if node.base is None else self.code(node.base, mode)
        settings = (node.counting, node.above_ceiling, node.ceiling)
        given = (self.code(node.ballots, mode), base, *(self.code(x, mode) for x in settings))
        return f"won({self.names.constant(node.wins)}, {', '.join(given)})"

    def _choice(self, node: n.Choice, mode: str) -> str:
        if node.among is not None:
            return self._in_env("choice", node, mode)
        ceiling, lowest, highest = self.code(node.ceiling, mode), node.ranks[0], node.ranks[-1]
        match mode:
            case "l":
                return f"min({lowest}, {ceiling})"
            case "h":
                return f"min({highest}, {ceiling})"
            case _:
                return f"only((min({lowest}, {ceiling}), min({highest}, {ceiling})))"

    def _kept(self, node: n.Kept, mode: str) -> str:
        given = f"{self.names.constant(node)}, a0, {self._pair(node.before, mode)}"
        return self._end(f"kept({given})", mode)
