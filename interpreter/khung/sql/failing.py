"""Values that are open although all that they take is known, as `1 / 0` is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.enums import FoldOp
from khung.ir.rewrite import children, walk
from khung.sql.ends import UnsupportedError, known_of
from khung.sql.table import FAILED
from khung.sql.text import FALSE, NULL, TRUE, both, either, negated
from khung.syntax.operators import ArithmeticOp

if TYPE_CHECKING:
    from collections.abc import Iterable

    from khung.ir.nodes import Node
    from khung.sql.build import Build
    from khung.sql.ends import Ends
    from khung.sql.writing import Writer

_OF_SOME = (FoldOp.LOWEST, FoldOp.HIGHEST, FoldOp.AVERAGE)
"""What comes to nothing over nothing."""

_NEVER = frozenset(
    {"on", "months between", "lower", "higher", "in range", "list contains", "ballots for", "abs"}
    | {"floor", "ceiling", "contains", "starts with", "ends with", ".year", ".month", ".day"}
    | {"count", "sum", "all", "any", "concatenate", "distinct values"}
)
"""Builtins that have a value whatever they are given."""


def error_of(w: Writer, node: Node) -> str:
    """Return whether a value is open although all that it takes is known, as `1 / 0` is.

    What does not apply is such a value, too.

    Raises:
        UnsupportedError: It hangs on elements that may themselves be open so.
    """
    nothing, is_open = negated(w.there(node).may), negated(_known(w, node))
    return nothing if is_open == FALSE else either((nothing, both((is_open, _failed(w, node)))))


def _failed(w: Writer, node: Node) -> str:
    """Return the same of a value that is open."""
    match node:
        case n.Defined():
            return _definition_failed(w, node)
        case (n.Literal() | n.Unknown() | n.Variable() | n.Given()) | (
            n.Field() | n.LevelOf() | n.StateOf() | n.CriteriaSet() | n.Has()
        ):
            return FALSE
        case n.If():
            condition = w.test(node.condition)
            yes = both((condition.high, error_of(w, node.yes)))
            no = both((negated(condition.low), error_of(w, node.no)))
            return either((error_of(w, node.condition), yes, no))
        case n.Call(function="ballots for"):
            assert node.arguments[0] is not None  # noqa: S101  # it has two
            return error_of(w, node.arguments[0])
        case n.Fold():
            return _nothing_in(w, node)
        case _:  # of anything else, if its parts are, or all of them are known
            parts = children(node)
            known = both(_known(w, part) for part in parts)
            if any(isinstance(part.ty, t.List) for part in parts):
                known = FALSE
                _refuse_failing(w.build, (node,))
            return either((known, *(error_of(w, part) for part in parts)))


def _definition_failed(w: Writer, node: n.Defined) -> str:
    """Return whether what an object defines is open so; of one that is not known it is not."""
    if isinstance(node.object, n.Variable) and node.object.slot == 0:
        assert w.table.declared is not None  # noqa: S101  # it has definitions
        return error_of(w, w.table.declared.definition(node.name).value)
    there = n.Field(node.object, f"{FAILED}={node.name}", t.BOOLEAN, node.span)
    return w.ends(there).low


def _known(w: Writer, node: Node) -> str:
    match node.ty:
        case t.List() | t.Ballots() | t.Calendar():
            return TRUE
        case t.Range():
            return both(_known(w, part) for part in children(node))
        case _:
            return known_of(w.ends(node))


def _nothing_in(w: Writer, node: n.Fold) -> str:
    """Return whether a pass goes over nothing that it would come to something by.

    That is known only where it is which elements there are.
    """
    _refuse_failing(w.build, children(node))
    if node.op not in _OF_SOME or node.empty is not None:
        return FALSE
    any_one = n.Literal(value=True, ty=t.BOOLEAN, span=node.span)
    everyone = _number(w, node, any_one)
    if node.where is None:
        return _is_none(everyone.high)
    settled = f"coalesce({everyone.low} = {everyone.high}, FALSE)"
    return both((settled, _is_none(_number(w, node, node.where).high)))


def _number(w: Writer, node: n.Fold, asked: Node) -> Ends:
    """Return of how many elements of the list of a pass something holds."""
    return w.ends(n.Fold(FoldOp.COUNT, node.variable, node.list, None, asked, t.NUMBER, node.span))


def _is_none(number: str) -> str:
    """Return whether a number is nought; null is any number."""
    if number.startswith((NULL, f"CAST({NULL}")):
        return FALSE
    return f"coalesce({number} = 0, FALSE)"


def _refuse_failing(build: Build, parts: Iterable[Node]) -> None:
    if any(_may_fail(build, part, frozenset()) for part in parts):
        raise UnsupportedError("an order by what may have no value of an element")


def _may_fail(build: Build, node: Node, seen: frozenset[tuple[str, str]]) -> bool:
    """Whether a node may have no value although all is known."""
    for part in walk(node):
        match part:
            case n.Arithmetic(op=ArithmeticOp.DIVIDE | ArithmeticOp.POWER):
                return True
            case n.Fold(op=op) if op in _OF_SOME:
                return True
            case n.Call(function=name) if name not in _NEVER:
                return True
            case n.Defined() if _definition_may_fail(build, part, seen):
                return True
            case _:  # nothing else fails by itself
                pass
    return False


def _definition_may_fail(build: Build, node: n.Defined, seen: frozenset[tuple[str, str]]) -> bool:
    declared = build.program.objects[t.first_of(node.owner)]
    key = (declared.name, node.name)
    if key in seen or not declared.has(node.name):
        return False
    return _may_fail(build, declared.definition(node.name).value, seen | {key})
