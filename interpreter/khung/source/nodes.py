"""A YAML document as nodes with places. Strict YAML 1.2: no anchors, aliases, tags, merge keys."""

from __future__ import annotations

from dataclasses import field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from khung.records import dataclass

if TYPE_CHECKING:
    from khung.text import PlacedText, Span

Plain = str | bool | int | Decimal | None
"""A scalar's value: text, `true` or `false`, a whole number, an exact decimal, or `null`."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """A scalar. `text` is its decoded text, whatever the type of `value`, for expressions.

    `quoted` is true for every style but plain: a quoted `"12"` is a text, a plain 12 a number.
    """

    value: Plain
    text: PlacedText = field(compare=False)
    span: Span = field(compare=False, repr=False)
    quoted: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Entry:
    """A key of a mapping with its value. Keys are texts, as written, in NFC."""

    key: str
    value: Node
    key_span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping in the order of the file; its keys differ."""

    entries: tuple[Entry, ...]
    span: Span = field(compare=False, repr=False)

    def get(self, key: str) -> Node | None:
        """Return the value of `key`, or None where it is not there."""
        for entry in self.entries:
            if entry.key == key:
                return entry.value
        return None


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple[Node, ...]
    span: Span = field(compare=False, repr=False)


Node = Scalar | Mapping | Sequence


def to_plain(node: Node) -> Plain | list[Any] | dict[str, Any]:
    """Return a node tree as dicts, lists and scalar values; numbers stay exact."""
    match node:
        case Scalar():
            return node.value
        case Sequence():
            return [to_plain(item) for item in node.items]
        case Mapping():
            return {entry.key: to_plain(entry.value) for entry in node.entries}
