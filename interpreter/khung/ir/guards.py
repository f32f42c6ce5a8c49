"""Whether what is known at a place proves that a value applies there.

A condition is proved if each of its conjuncts is known, or tests only a kind and holds for every
kind that is left. Before the comparison definitions are expanded, chosen readings folded in, and
an `if` or a disjunction is taken to say what all its branches say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir.nodes import (
    AllOf,
    AnyOf,
    Attribute,
    Compare,
    Defined,
    Field,
    If,
    Literal,
    Node,
    Not,
)
from khung.ir.rewrite import fold, substitute
from khung.ir.types import Enumeration

if TYPE_CHECKING:
    from collections.abc import Iterable

    from khung.ir.scope import Typed

EXPANSION_DEPTH = 8
"""How deep definitions are expanded; deeper ones are compared by name."""


def proves(known: Iterable[Node], condition: Node, definitions: Typed) -> bool:
    """Whether the conditions that hold prove another one."""
    said = frozenset[Node]().union(*(_said(node, definitions) for node in known))
    if any(isinstance(part, Literal) and part.value is False for part in said):
        return True
    wanted = _says_all(normal(condition, definitions))
    return all(part in said or _by_kind(part, said, definitions) for part in wanted)


def _said(node: Node, definitions: Typed) -> frozenset[Node]:
    """Return all that a condition says; a scope asks for it at every name that it reads."""
    kept = definitions.said.get(id(node))
    if kept is None:
        kept = definitions.said[id(node)] = (node, _says(normal(node, definitions)))
    return kept[1]


def normal(node: Node, definitions: Typed, depth: int = 0) -> Node:
    """Return a node with definitions expanded and constants folded."""

    def expand(inner: Node) -> Node:
        if isinstance(inner, Defined) and depth < EXPANSION_DEPTH:
            known = definitions.known.get((inner.owner, inner.name))
            if known is not None:
                key = (inner.owner, inner.name, inner.object, depth)
                found = definitions.expanded.get(key)
                if found is None:
                    body = substitute(known.value, inner.object)
                    found = definitions.expanded[key] = normal(body, definitions, depth + 1)
                return found
        return inner

    return fold(node, expand)


def _says_all(node: Node) -> tuple[Node, ...]:
    match node:
        case AllOf():
            return tuple(part for operand in node.operands for part in _says_all(operand))
        case Literal() if node.value is True:
            return ()
        case _:  # one condition, to be found among those that are known
            return (node,)


def _says(node: Node) -> frozenset[Node]:
    match node:
        case AllOf():
            return frozenset().union(*map(_says, node.operands))
        case AnyOf():
            shared = frozenset.intersection(*map(_says, node.operands))
            return shared | {node}
        case If():
            return (_says(node.yes) & _says(node.no)) | {node}
        case _:  # one condition, which says itself
            return frozenset({node})


def _by_kind(part: Node, said: frozenset[Node], definitions: Typed) -> bool:
    """Whether a test of one kind field holds for every kind that is left."""
    kind = kind_field(part)
    if kind is None or not isinstance(kind.ty, Enumeration):
        return False
    tests = [node for node in said if kind_field(node) == kind]
    for value in definitions.declared.values[kind.ty.name].values:
        left = all(_under(test, kind, value) is not False for test in tests)
        if left and _under(part, kind, value) is not True:
            return False
    return True


def kind_field(node: Node) -> Field | None:
    """Return the one kind field that a test reads, if it reads nothing else."""
    found: set[Field] = set()
    return next(iter(found)) if _only_kinds(node, found) and len(found) == 1 else None


def _only_kinds(node: Node, found: set[Field]) -> bool:
    match node:
        case Field() if isinstance(node.ty, Enumeration) and "." in node.ty.name:
            found.add(node)
            return True
        case Literal():
            return True
        case Compare():
            return _only_kinds(node.left, found) and _only_kinds(node.right, found)
        case Not():
            return _only_kinds(node.operand, found)
        case AllOf() | AnyOf():
            return all(_only_kinds(operand, found) for operand in node.operands)
        case If():
            return all(_only_kinds(n, found) for n in (node.condition, node.yes, node.no))
        case Attribute():
            return _only_kinds(node.kind, found)
        case _:  # proves nothing: a guard must be written out
            return False


def _under(test: Node, kind: Field, value: str) -> bool | None:
    """Return what a test gives where the kind is `value`; None where that does not settle it."""
    literal = Literal(value, kind.ty, kind.span)
    result = fold(test, lambda node: literal if node == kind else node)
    return result.value if isinstance(result, Literal) and isinstance(result.value, bool) else None
