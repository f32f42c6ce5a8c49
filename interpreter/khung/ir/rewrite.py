"""Rebuilding nodes: over all children, with a variable replaced, with constants folded."""

from __future__ import annotations

import operator
from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from khung.ir.nodes import (
    AllOf,
    AnyOf,
    Arithmetic,
    Attribute,
    Broken,
    Build,
    Call,
    Choice,
    Compare,
    CriteriaSet,
    Defined,
    Field,
    Fold,
    Given,
    Greatest,
    Has,
    If,
    Kept,
    Least,
    LevelOf,
    Limit,
    Literal,
    Node,
    Not,
    Project,
    Rows,
    Ruled,
    Select,
    StateOf,
    There,
    Unknown,
    Variable,
    Winner,
)
from khung.ir.types import BOOLEAN
from khung.syntax.operators import CompareOp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def children(node: Node) -> tuple[Node, ...]:
    """Return the nodes right below, in the order of evaluation."""
    match node:  # what there is most of comes first: many are asked
        case Variable() | Literal():
            return ()
        case Field() | Defined():
            return (node.object,)
        case Compare():
            return (node.left, node.right)
        case AllOf() | AnyOf():
            return node.operands
        case Not():
            return (node.operand,)
        case If():
            return (node.condition, node.yes, node.no)
        case Call():
            return tuple(a for a in node.arguments if a is not None)
        case Has() | CriteriaSet() | LevelOf() | StateOf():
            return (node.object,)
        case Fold():
            parts = (node.list, node.where, node.body, node.empty)
            return tuple(part for part in parts if part is not None)
        case Select():
            return (node.list, node.where) if node.where is not None else (node.list,)
        case Project():
            return (node.list, node.body)
        case Build():
            return node.items
        case Arithmetic():
            return (node.left, node.right)
        case Attribute():
            return (node.kind,)
        case Rows():
            return tuple(part for row in node.rows for part in row)
        case Unknown() | Given() | Broken():
            return ()
        case Ruled() | There():
            return (node.body,)
        case Least() | Greatest():
            return node.operands
        case Limit():
            return (node.body, node.top)
        case Winner():
            base = () if node.base is None else (node.base,)
            return (node.ballots, *base, node.counting, node.above_ceiling, node.ceiling)
        case Choice():
            return (node.ceiling,) if node.among is None else (node.among, node.ceiling)
        case Kept():
            return (node.before,)
        case _:
            assert_never(node)


def bottom_up(node: Node, change: Callable[[Node], Node]) -> Node:
    """Return the node with `change` applied to every node, children first.

    What has no changed child is not built anew.
    """
    old = children(node)
    if not old:
        return change(node)
    new = tuple([bottom_up(child, change) for child in old])
    same = all(map(operator.is_, old, new))
    return change(node if same else _with_children(node, new))


def _with_children(node: Node, new: tuple[Node, ...]) -> Node:
    """Return the node with other children, in the order of `children`."""
    match node:
        case Literal() | Unknown() | Variable() | Given() | Broken():
            return node
        case Ruled() | There():
            return replace(node, body=new[0])
        case Limit():
            return replace(node, body=new[0], top=new[1])
        case Winner():
            counting, above, ceiling = new[-3:]
            base = None if node.base is None else new[1]
            changed = replace(node, ballots=new[0], base=base, counting=counting)
            return replace(changed, above_ceiling=above, ceiling=ceiling)
        case Choice():
            return replace(node, among=None if node.among is None else new[0], ceiling=new[-1])
        case Kept():
            return replace(node, before=new[0])
        case Field() | Defined() | LevelOf() | StateOf() | CriteriaSet() | Has():
            return replace(node, object=new[0])
        case Attribute():
            return replace(node, kind=new[0])
        case Not():
            return replace(node, operand=new[0])
        case AllOf() | AnyOf() | Least() | Greatest():
            return replace(node, operands=new)
        case Compare() | Arithmetic():
            return replace(node, left=new[0], right=new[1])
        case If():
            return replace(node, condition=new[0], yes=new[1], no=new[2])
        case Fold():
            rest = iter(new[1:])
            where = None if node.where is None else next(rest)
            body = next(rest)
            empty = None if node.empty is None else next(rest)
            return replace(node, list=new[0], where=where, body=body, empty=empty)
        case Select():
            return replace(node, list=new[0], where=None if node.where is None else new[1])
        case Project():
            return replace(node, list=new[0], body=new[1])
        case Build():
            return replace(node, items=new)
        case Rows():
            return replace(node, rows=tuple(zip(new[::2], new[1::2], strict=True)))
        case Call():
            given = iter(new)
            arguments = tuple(None if a is None else next(given) for a in node.arguments)
            return replace(node, arguments=arguments)
        case _:
            assert_never(node)


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and all below it, parents first."""
    left = [node]
    while left:
        node = left.pop()
        yield node
        left += reversed(children(node))


def substitute(node: Node, self_node: Node) -> Node:
    """Return the body of a definition with `self` replaced by the object it is read on."""

    def change(inner: Node) -> Node:
        return self_node if isinstance(inner, Variable) and inner.slot == 0 else inner

    return bottom_up(node, change)


def fold(node: Node, change: Callable[[Node], Node] | None = None) -> Node:
    """Return a node in which boolean constants are worked out and negations pushed inwards.

    Args:
        node: The node.
        change: What is made of each node before, children first; that is folded already.
    """
    return bottom_up(node, _folded if change is None else lambda inner: _folded(change(inner)))


def _folded(node: Node) -> Node:
    match node:
        case Variable() | Literal() | Field():
            return node
        case Not():
            return _negated(node)
        case AllOf():
            return _joined(node, neutral=True)
        case AnyOf():
            return _joined(node, neutral=False)
        case If() if isinstance(node.condition, Literal):
            return node.yes if node.condition.value else node.no
        case Compare():
            return _compared(node)
        case Rows():
            return _without_dead_rows(node)
        case Attribute() if isinstance(node.kind, Literal):
            found = dict(node.values).get(str(node.kind.value))
            return node if found is None else Literal(found, node.ty, node.span)
        case _:  # stays as it is, which is always right
            return node


def _without_dead_rows(node: Rows) -> Rows:
    """Return the rows of a table without those that hold for no object."""
    rows = tuple(row for row in node.rows if not _is_false(row[0]))
    return node if len(rows) == len(node.rows) else replace(node, rows=rows)


def _is_false(node: Node) -> bool:
    return isinstance(node, Literal) and node.value is False


def _negated(node: Not) -> Node:
    inner = node.operand
    match inner:
        case Literal() if isinstance(inner.value, bool):
            return Literal(not inner.value, BOOLEAN, node.span, inner.reading)
        case Not():
            return inner.operand
        case AllOf():
            return _joined(AnyOf(tuple(map(_not, inner.operands)), node.span), neutral=False)
        case AnyOf():
            return _joined(AllOf(tuple(map(_not, inner.operands)), node.span), neutral=True)
        case Compare() if inner.op is CompareOp.EQ:
            return replace(inner, op=CompareOp.NE)
        case Compare() if inner.op is CompareOp.NE:
            return replace(inner, op=CompareOp.EQ)
        case _:  # stays as it is, which is always right
            return node


def _not(node: Node) -> Node:
    return _negated(Not(node, node.span))


def _joined(node: AllOf | AnyOf, *, neutral: bool) -> Node:
    parts: list[Node] = []
    for operand in node.operands:
        flat = operand.operands if isinstance(operand, type(node)) else (operand,)
        for part in flat:
            if not isinstance(part, Literal):
                parts.append(part)
            elif part.value is not neutral:
                return part
    if not parts:
        return Literal(neutral, BOOLEAN, node.span)
    if len(parts) == 1:
        return parts[0]
    unchanged = len(parts) == len(node.operands) and all(map(operator.is_, parts, node.operands))
    return node if unchanged else replace(node, operands=tuple(parts))


def _compared(node: Compare) -> Node:
    left, right = node.left, node.right
    if isinstance(left, Literal) and isinstance(right, Literal) and left.ty == right.ty:
        equal = left.value == right.value
        reading = left.reading or right.reading
        if node.op is CompareOp.EQ:
            return Literal(equal, BOOLEAN, node.span, reading)
        if node.op is CompareOp.NE:
            return Literal(not equal, BOOLEAN, node.span, reading)
    return node
