"""Rebuilding nodes: over all children, with a variable replaced, with constants folded."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, assert_never

from khung.ir import nodes as n
from khung.ir.types import BOOLEAN
from khung.records import replace
from khung.syntax.operators import CompareOp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def children(node: n.Node) -> tuple[n.Node, ...]:
    """Return the nodes right below, in the order of evaluation."""
    match node:  # what there is most of comes first: many are asked
        case n.Variable() | n.Literal():
            return ()
        case n.Field() | n.Defined():
            return (node.object,)
        case n.Compare():
            return (node.left, node.right)
        case n.AllOf() | n.AnyOf():
            return node.operands
        case n.Not():
            return (node.operand,)
        case n.If():
            return (node.condition, node.yes, node.no)
        case n.Call():
            return tuple(a for a in node.arguments if a is not None)
        case n.Has() | n.CriteriaSet() | n.LevelOf() | n.StateOf():
            return (node.object,)
        case n.Fold():
            parts = (node.list, node.where, node.body, node.empty)
            return tuple(part for part in parts if part is not None)
        case n.Select():
            return (node.list, node.where) if node.where is not None else (node.list,)
        case n.Project():
            return (node.list, node.body)
        case n.Build():
            return node.items
        case n.Arithmetic():
            return (node.left, node.right)
        case n.Attribute():
            return (node.kind,)
        case n.Rows():
            return tuple(part for row in node.rows for part in row)
        case n.Unknown() | n.Given() | n.Broken():
            return ()
        case n.Ruled() | n.There():
            return (node.body,)
        case n.Least() | n.Greatest():
            return node.operands
        case n.Limit():
            return (node.body, node.top)
        case n.Winner():
            base = () if node.base is None else (node.base,)
            return (node.ballots, *base, node.counting, node.above_ceiling, node.ceiling)
        case n.Choice():
            return (node.ceiling,) if node.among is None else (node.among, node.ceiling)
        case n.Kept():
            return (node.before,)
        case _:
            assert_never(node)


def bottom_up(node: n.Node, change: Callable[[n.Node], n.Node]) -> n.Node:
    """Return the node with `change` applied to every node, children first.

    What has no changed child is not built anew.
    """
    old = children(node)
    if not old:
        return change(node)
    new = tuple([bottom_up(child, change) for child in old])
    same = all(map(operator.is_, old, new))
    return change(node if same else _with_children(node, new))


def _with_children(node: n.Node, new: tuple[n.Node, ...]) -> n.Node:
    """Return the node with other children, in the order of `children`."""
    match node:
        case n.Literal() | n.Unknown() | n.Variable() | n.Given() | n.Broken():
            return node
        case n.Ruled() | n.There():
            return replace(node, body=new[0])
        case n.Limit():
            return replace(node, body=new[0], top=new[1])
        case n.Winner():
            counting, above, ceiling = new[-3:]
            base = None if node.base is None else new[1]
            changed = replace(node, ballots=new[0], base=base, counting=counting)
            return replace(changed, above_ceiling=above, ceiling=ceiling)
        case n.Choice():
            return replace(node, among=None if node.among is None else new[0], ceiling=new[-1])
        case n.Kept():
            return replace(node, before=new[0])
        case n.Field() | n.Defined() | n.LevelOf() | n.StateOf() | n.CriteriaSet() | n.Has():
            return replace(node, object=new[0])
        case n.Attribute():
            return replace(node, kind=new[0])
        case n.Not():
            return replace(node, operand=new[0])
        case n.AllOf() | n.AnyOf() | n.Least() | n.Greatest():
            return replace(node, operands=new)
        case n.Compare() | n.Arithmetic():
            return replace(node, left=new[0], right=new[1])
        case n.If():
            return replace(node, condition=new[0], yes=new[1], no=new[2])
        case n.Fold():
            rest = iter(new[1:])
            where = None if node.where is None else next(rest)
            body = next(rest)
            empty = None if node.empty is None else next(rest)
            return replace(node, list=new[0], where=where, body=body, empty=empty)
        case n.Select():
            return replace(node, list=new[0], where=None if node.where is None else new[1])
        case n.Project():
            return replace(node, list=new[0], body=new[1])
        case n.Build():
            return replace(node, items=new)
        case n.Rows():
            return replace(node, rows=tuple(zip(new[::2], new[1::2], strict=True)))
        case n.Call():
            given = iter(new)
            arguments = tuple(None if a is None else next(given) for a in node.arguments)
            return replace(node, arguments=arguments)
        case _:
            assert_never(node)


def walk(node: n.Node) -> Iterator[n.Node]:
    """Yield a node and all below it, parents first."""
    left = [node]
    while left:
        node = left.pop()
        yield node
        left += reversed(children(node))


def substitute(node: n.Node, self_node: n.Node) -> n.Node:
    """Return the body of a definition with `self` replaced by the object it is read on."""

    def change(inner: n.Node) -> n.Node:
        return self_node if isinstance(inner, n.Variable) and inner.slot == 0 else inner

    return bottom_up(node, change)


def fold(node: n.Node, change: Callable[[n.Node], n.Node] | None = None) -> n.Node:
    """Return a node in which boolean constants are worked out and negations pushed inwards.

    Args:
        node: The node.
        change: What is made of each node before, children first; that is folded already.
    """
    return bottom_up(node, _folded if change is None else lambda inner: _folded(change(inner)))


def _folded(node: n.Node) -> n.Node:
    match node:
        case n.Variable() | n.Literal() | n.Field():
            return node
        case n.Not():
            return _negated(node)
        case n.AllOf():
            return _joined(node, neutral=True)
        case n.AnyOf():
            return _joined(node, neutral=False)
        case n.If() if isinstance(node.condition, n.Literal):
            return node.yes if node.condition.value else node.no
        case n.Compare():
            return _compared(node)
        case n.Rows():
            return _without_dead_rows(node)
        case n.Attribute() if isinstance(node.kind, n.Literal):
            found = dict(node.values).get(str(node.kind.value))
            return node if found is None else n.Literal(found, node.ty, node.span)
        case _:  # stays as it is, which is always right
            return node


def _without_dead_rows(node: n.Rows) -> n.Rows:
    """Return the rows of a table without those that hold for no object."""
    rows = tuple(row for row in node.rows if not _is_false(row[0]))
    return node if len(rows) == len(node.rows) else replace(node, rows=rows)


def _is_false(node: n.Node) -> bool:
    return isinstance(node, n.Literal) and node.value is False


def _negated(node: n.Not) -> n.Node:
    inner = node.operand
    match inner:
        case n.Literal() if isinstance(inner.value, bool):
            return n.Literal(not inner.value, BOOLEAN, node.span, inner.reading)
        case n.Not():
            return inner.operand
        case n.AllOf():
            return _joined(n.AnyOf(tuple(map(_not, inner.operands)), node.span), neutral=False)
        case n.AnyOf():
            return _joined(n.AllOf(tuple(map(_not, inner.operands)), node.span), neutral=True)
        case n.Compare() if inner.op is CompareOp.EQ:
            return replace(inner, op=CompareOp.NE)
        case n.Compare() if inner.op is CompareOp.NE:
            return replace(inner, op=CompareOp.EQ)
        case _:  # stays as it is, which is always right
            return node


def _not(node: n.Node) -> n.Node:
    return _negated(n.Not(node, node.span))


def _joined(node: n.AllOf | n.AnyOf, *, neutral: bool) -> n.Node:
    parts: list[n.Node] = []
    for operand in node.operands:
        flat = operand.operands if isinstance(operand, type(node)) else (operand,)
        for part in flat:
            if not isinstance(part, n.Literal):
                parts.append(part)
            elif part.value is not neutral:
                return part
    if not parts:
        return n.Literal(neutral, BOOLEAN, node.span)
    if len(parts) == 1:
        return parts[0]
    unchanged = len(parts) == len(node.operands) and all(map(operator.is_, parts, node.operands))
    return node if unchanged else replace(node, operands=tuple(parts))


def _compared(node: n.Compare) -> n.Node:
    left, right = node.left, node.right
    if isinstance(left, n.Literal) and isinstance(right, n.Literal) and left.ty == right.ty:
        equal = left.value == right.value
        reading = left.reading or right.reading
        if node.op is CompareOp.EQ:
            return n.Literal(equal, BOOLEAN, node.span, reading)
        if node.op is CompareOp.NE:
            return n.Literal(not equal, BOOLEAN, node.span, reading)
    return node
