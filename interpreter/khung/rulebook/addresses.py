"""Ids and addresses that read as numbers, as the texts that they are: `1.10` is not `1.1`.

Nodes in, nodes out, file by file and before anything is compared: numbers are equal by value.
"""

from __future__ import annotations

from khung.records import replace
from khung.source.nodes import Entry, Mapping, Node, Scalar, Sequence
from khung.source.values import is_number

_KEYS = frozenset({"carries", "document", "id", "rulebook", "source", "sources"})
"""The keys under which an id, an address or a list of addresses stands."""


def with_addresses(node: Mapping) -> Mapping:
    """Return a mapping in which numbers that stand for ids and addresses are texts."""
    entries = tuple(_entry(entry) for entry in node.entries)
    is_same = all(a is b for a, b in zip(entries, node.entries, strict=True))
    return node if is_same else Mapping(entries, node.span)


def _entry(entry: Entry) -> Entry:
    value: Node = entry.value
    if isinstance(value, Mapping):
        value = with_addresses(value)
    elif entry.key in _KEYS:
        value = _texts(value)
    return entry if value is entry.value else Entry(entry.key, value, entry.key_span)


def _texts(node: Node) -> Node:
    match node:
        case Scalar() if is_number(node):
            return replace(node, value=node.text.text, quoted=True)
        case Sequence() if any(map(is_number, node.items)):
            return Sequence(tuple(_texts(item) for item in node.items), node.span)
        case _:
            return node
