"""Passes over lists as Python source: quantifiers, counts, aggregates, selections, projections."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import field
from typing import TYPE_CHECKING, Self

from khung.engine.code_names import HIGH, LOW, VALUE, asks
from khung.engine.values import INFINITY
from khung.ir import nodes as n
from khung.ir.enums import FoldOp
from khung.records import dataclass, replace

if TYPE_CHECKING:
    from khung.engine.code_names import Names
    from khung.ir import types as t
    from khung.ir.nodes import Node


@dataclass(slots=True)
class Passes(ABC):
    """Writes passes over lists. `slots` are the variables in scope, with their types."""

    names: Names
    slots: dict[int, t.Type] = field(default_factory=dict)

    @abstractmethod
    def code(self, node: Node, mode: str) -> str:
        """Return the source of a node in a mode."""

    @abstractmethod
    def test(self, node: Node, mode: str) -> str:
        """Return the source of a condition; a `null` of no type is an open one."""

    @abstractmethod
    def there(self, node: Node) -> str:
        """Return the source of whether what is read applies: 0, 1 or 2."""

    def _end(self, pair: str, mode: str) -> str:
        """Return the source of one of two ends, or of the only one."""
        return {VALUE: f"only({pair})", LOW: f"{pair}[0]", HIGH: f"{pair}[1]"}[mode]

    @property
    def _root(self) -> str:
        return "a0" if 0 in self.slots else "(a0 or NOBODY)"

    def _within(self, node: n.Fold | n.Select | n.Project) -> Self:
        """Return the writer of what is asked of each element."""
        return replace(self, slots={**self.slots, node.variable.slot: node.variable.ty})

    def _over(self, node: n.Fold | n.Select | n.Project, mode: str) -> str:
        """Return the head of a pass over a list: `for … in …`."""
        slot, source = node.variable.slot, self.code(node.list, mode)
        if mode == VALUE:
            return f"for a{slot} in {source}"
        return f"for a{slot}, b{slot}, s{slot}, n{slot}, m{slot} in opened({source})"

    def passed(self, node: n.Fold | n.Select | n.Project, mode: str) -> str:
        """Return the source of a pass over a list."""
        match node:
            case n.Fold():
                return self._fold(node, mode)
            case n.Select():
                return self._select(node, mode)
            case n.Project():
                return self._project(node, mode)

    def _fold(self, node: n.Fold, mode: str) -> str:
        """Return the source of a quantifier, a count, a share or an aggregate."""
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
            case FoldOp.SHARE if node.empty is not None:
                nothing = self.code(node.empty, mode)
                return f"ratio_of([{body} {over}{where}], {nothing})"
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
            case FoldOp.SHARE, _ if node.empty is not None:
                seen = f"[({low}, {high}, s{slot}{surely}, n{slot}) {taken}]"
                seen = f"None if {source} is UNKNOWN else {seen}"
                return self._end(f"ratio_between({seen}, {self.code(node.empty, VALUE)})", mode)
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
        """Return the source of the elements that a condition keeps."""
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
        """Return the source of one value of each element."""
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
