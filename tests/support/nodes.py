"""Nodes made of plain values, without a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from khung.source.nodes import Entry, Mapping, Scalar, Sequence
from khung.text import PlacedText, SourceFile, Span

if TYPE_CHECKING:
    from khung.source.nodes import Node


def node_of(value: Any) -> Node:
    """Return plain values as nodes, each standing in a text of its own."""
    text = str(value).lower() if isinstance(value, bool | None) else str(value)
    file = SourceFile("mutant", text)
    span = Span(file, 0, len(text))
    match value:
        case dict():
            entries = (Entry(key, node_of(v), span) for key, v in value.items())
            return Mapping(tuple(entries), span)
        case list():
            return Sequence(tuple(node_of(v) for v in value), span)
        case _:
            return Scalar(value, PlacedText(text, file, 0), span)
