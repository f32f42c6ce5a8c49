"""The keys of a file as an outline: sections, entries in them, and what entries hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from khung.diagnostics.bag import Bag
from khung.editor.protocol import span
from khung.source.from_text import parse_yaml
from khung.source.nodes import Mapping, Node, Scalar
from khung.text import SourceFile

if TYPE_CHECKING:
    from khung.editor.texts import Text

_DEEPEST = 4


def symbols_of(text: Text) -> list[lsp.DocumentSymbol]:
    """Return the outline of a file; nothing of one that cannot be read."""
    node = parse_yaml(SourceFile("", text.text), Bag())
    return [] if node is None else _inside(node, text, 1)


def _inside(node: Node, text: Text, depth: int) -> list[lsp.DocumentSymbol]:
    if not isinstance(node, Mapping) or depth > _DEEPEST:
        return []
    found = []
    for entry in node.entries:
        key, end = entry.key_span, max(entry.key_span.end, entry.value.span.end)
        inner = _inside(entry.value, text, depth + 1)
        kind = lsp.SymbolKind.Namespace if depth == 1 else lsp.SymbolKind.Field
        found.append(
            lsp.DocumentSymbol(
                entry.key or "?",
                kind,
                span(text, key.start, end),
                span(text, key.start, key.end),
                detail=_label(entry.value),
                children=inner or None,
            )
        )
    return found


def _label(node: Node) -> str | None:
    """Return what a symbol shows beside its name: its label, or its value."""
    if isinstance(node, Mapping):
        label = node.get("label")
        inner = label.get("vi") if isinstance(label, Mapping) else label
        return _label(inner) if isinstance(inner, Scalar) else None
    return node.text.text if isinstance(node, Scalar) else None
