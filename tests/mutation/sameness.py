"""Whether two programs are the same to the engine, once constants are worked out.

Where a reading that is not chosen decides, a change folds away; so does a rule that never holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

from khung.ir.nodes import Literal, Node, Rule
from khung.ir.program import Row
from khung.ir.rewrite import fold
from khung.rulebook import model as m

if TYPE_CHECKING:
    from khung.ir.program import Program

_KEPT = {"span", "label", "labels", "ty", "sources"}


def same(one: Program, other: Program) -> bool:
    """Say whether no case can tell two programs apart that come of one rulebook."""
    return one == other or all(
        _alike(mine, other.objects[name]) for name, mine in one.objects.items()
    )


def _alike(one: Any, other: Any) -> bool:
    """Compare two parts of programs, folding only what differs as it stands."""
    if one == other:
        return True
    if isinstance(one, Node) and isinstance(other, Node):
        return _folded(one) == _folded(other)
    if isinstance(one, tuple) and isinstance(other, tuple):
        return _alike_lists(one, other)
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_alike(v, other[k]) for k, v in one.items())
    if is_dataclass(one) and type(one) is type(other):
        return all(_alike(getattr(one, f.name), getattr(other, f.name)) for f in _compared(one))
    return False


def _alike_lists(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    mine, theirs = ([item for item in side if not _idle(item)] for side in (one, other))
    return len(mine) == len(theirs) and all(map(_alike, mine, theirs))


def _compared(node: Any) -> Any:
    return (f for f in fields(node) if f.compare and f.name not in _KEPT)


def _folded(node: Node) -> Node:
    return fold(fold(node))


def _idle(item: Any) -> bool:
    """Say whether a rule never holds, or asks for nothing."""
    if isinstance(item, m.Requirement):
        return _is(item.head.when, value=False) or _is(item.that, value=True)
    if isinstance(item, Row):
        return _is(item.condition, value=False)
    rule = item if isinstance(item, Rule) else getattr(item, "head", None)
    return isinstance(rule, Rule) and _is(rule.when, value=False)


def _is(node: Node | None, *, value: bool) -> bool:
    if node is None:
        return False
    found = _folded(node)
    return isinstance(found, Literal) and found.value is value
