"""What stands between the scalars of a file: blanks, line breaks, comments, indicators.

A `#` there always begins a comment, as everything that could hold another one is a scalar.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, assert_never

from khung.source.nodes import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

_COMMENT: Final = re.compile(r"#[^\n]*")
_BLANK_LINES: Final = re.compile(r"\n(?:[ \t]*\n){2,}")
_TRAILING: Final = re.compile(r"[ \t]+(?=\n)")

Range = tuple[int, int]
"""Offsets in a text, the last one excluded."""


def scalars(node: Node, text: str) -> Iterator[Range]:
    """Yield the places of all keys and scalars, in order, without line breaks behind them."""
    match node:
        case Scalar():
            yield node.span.start, end_of(node, text)
        case Sequence():
            for item in node.items:
                yield from scalars(item, text)
        case Mapping():
            for entry in node.entries:
                yield entry.key_span.start, entry.key_span.end
                yield from scalars(entry.value, text)
        case _:
            assert_never(node)


def end_of(node: Node, text: str) -> int:
    """Return where a node ends; one in block style without the line breaks behind it."""
    start, end = node.span.start, node.span.end
    if isinstance(node, Scalar) and is_block(node, text):
        header = text[start:end].partition("\n")[0]
        if "+" in header:  # there the line breaks at its end are part of it
            return end
        return start + len(text[start:end].rstrip())
    return end


def is_block(node: Scalar, text: str) -> bool:
    """Say whether a scalar is a block, `|` or `>`."""
    return node.quoted and text[node.span.start : node.span.start + 1] in ("|", ">")


def gaps(text: str, node: Node) -> Iterator[Range]:
    """Yield what is between the scalars of a document, and around them."""
    at = 0
    for start, end in scalars(node, text):
        yield at, start
        at = end
    yield at, len(text)


def comments(text: str, node: Node) -> list[str]:
    """Return the comments of a document, in order."""
    found = (match[0].rstrip() for a, b in gaps(text, node) for match in _find(text, a, b))
    return list(found)


def comments_at(text: str, node: Node) -> Iterator[int]:
    """Yield where the comments of a document begin, or those in a part of it."""
    for start, end in gaps(text, node):
        yield from (match.start() for match in _find(text, start, end))


def has_comment(text: str, start: int, end: int) -> bool:
    """Say whether there is a comment in a gap."""
    return _COMMENT.search(text, start, end) is not None


def _find(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    return _COMMENT.finditer(text, start, end)


def tidied(text: str, node: Node) -> str:
    """Return a document without blanks at the ends of lines, and without several blank lines."""
    parts, at = [], 0
    for start, end in gaps(text, node):
        parts += [text[at:start], _tidy(text[start:end], is_first=start == 0)]
        at = end
    whole = "".join(parts)
    keeps = any(end == len(text) for _, end in scalars(node, text))
    return whole if keeps and whole.endswith("\n") else whole.rstrip("\n") + "\n"


def _tidy(gap: str, *, is_first: bool) -> str:
    gap = _BLANK_LINES.sub("\n\n", _TRAILING.sub("", gap))
    return gap.lstrip("\n") if is_first else gap
