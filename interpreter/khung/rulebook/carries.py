"""The addresses under `carries`: which clauses of an earlier document a clause repeats."""

from __future__ import annotations

from decimal import Decimal

from khung.rulebook.model import Fate
from khung.source.nodes import Node, Scalar, Sequence
from khung.source.values import looks_boolean


def items_of(node: Node | None) -> tuple[Node, ...]:
    """Return the items of a list, or the only one that stands without a list; () if none does."""
    return node.items if isinstance(node, Sequence) else () if node is None else (node,)


def carried_address(item: Node, address: str) -> str | None:
    """Return the address that `carries` names: `true` is the clause's own; None if it is none."""
    if not isinstance(item, Scalar) or item.value in (None, False, "") or is_number(item):
        return None
    if item.value is True or is_open(item):
        return address
    text = item.text.text
    is_word = text in {fate.value for fate in Fate} or (len(text) > 1 and looks_boolean(text))
    return None if is_word else text


def is_number(item: Node) -> bool:
    """Say whether an item is a number: an address wants quotes then, as others read it so."""
    return (
        isinstance(item, Scalar)
        and isinstance(item.value, int | Decimal)
        and not isinstance(item.value, bool)
    )


def is_open(item: Node) -> bool:
    """Say whether something waits for an answer."""
    return isinstance(item, Scalar) and item.value == Fate.OPEN.value
