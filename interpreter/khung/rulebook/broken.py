"""Which entries of a rulebook are broken: missing from the model, or there only in part.

In: a rulebook as nodes, and what was said of it. Out: the keys that lead to each error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.diagnostics.codes import is_error
from khung.source.nodes import Mapping, Scalar, Sequence
from khung.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from khung.diagnostics.model import Diagnostic
    from khung.rulebook.folder import Written
    from khung.source.nodes import Node

Places = dict[str, list[int]]
"""Where errors begin, by file."""


def broken_entries(written: Written, diagnostics: Iterable[Diagnostic]) -> frozenset[str]:
    """Return the keys on the ways to all errors: `parameters`, `least` and `value`, say."""
    places: Places = {}
    for diagnostic in diagnostics:
        if diagnostic.span is not None and is_error(diagnostic):
            places.setdefault(diagnostic.span.file.name, []).append(diagnostic.span.start)
    if not places:
        return frozenset()
    roots = (written.manifest, *written.subjects, *written.clauses)
    return frozenset(key for root in roots for key in _keys(root, places))


def _keys(node: Node, places: Places) -> Iterator[str]:
    """Yield the keys in a mapping under which an error is."""
    if isinstance(node, Mapping):
        for entry in node.entries:
            inside = set(_keys(entry.value, places))
            if inside or _holds(entry.key_span, places) or _has_error(entry.value, places):
                yield from (entry.key, *inside)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _keys(item, places)


def _has_error(node: Node, places: Places) -> bool:
    """Say whether an error is right in a value; those in its mappings have keys of their own."""
    match node:
        case Scalar():
            return _holds(node.span, places)
        case Sequence():
            whole = Span(node.span.file, node.span.start, node.span.start)
            return _holds(whole, places) or any(_has_error(item, places) for item in node.items)
        case Mapping():
            return not node.entries and _holds(node.span, places)


def _holds(span: Span, places: Places) -> bool:
    return any(span.start <= place <= span.end for place in places.get(span.file.name, ()))
