"""Lists and mappings in brackets: in one line, or filled over several."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from khung.source.layout.gaps import is_block
from khung.source.layout.scalar_text import fits_plain, written
from khung.source.nodes import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from khung.source.nodes import Entry

WIDTH = 120
"""How many columns a line has."""

_TOGETHER = 60  # columns of brackets that do not break where what they stand in has to

HANGING = 4
"""How many columns further in the lines stand that a list is filled over."""


def is_flow(node: Node, text: str) -> bool:
    """Say whether a list or mapping stands in brackets."""
    opening = "{" if isinstance(node, Mapping) else "["
    return not isinstance(node, Scalar) and text.startswith(opening, node.span.start)


def words(node: Node, text: str, *, in_flow: bool = True) -> list[str] | None:
    """Return the pieces of a scalar, or of what stands in brackets, between which lines may break.

    A blank goes between two of them that stand in one line. None if it has to stay as it is: what
    holds an empty value, a text of several lines, or a pair without braces.
    """
    match node:
        case Scalar():
            one = scalar(node, text, in_flow=in_flow)
            return None if one is None else [one]
        case Sequence():
            each = [words(item, text) for item in node.items]
            return _bracketed("[", each, "]") if is_flow(node, text) else None
        case Mapping():
            each = [_entry(entry, text) for entry in node.entries]
            return _bracketed("{", each, "}") if is_flow(node, text) else None
        case _:
            assert_never(node)


def scalar(node: Scalar, text: str, *, in_flow: bool) -> str | None:
    """Return a scalar in one line; None if it has to stay as it is."""
    source = node.span.text
    if is_block(node, text):
        return _unfolded(node, source)
    if not source:
        return None
    style = source[0] if node.quoted else ""
    return written(node.text.text, style, source, in_flow=in_flow)


def _unfolded(node: Scalar, source: str) -> str | None:
    """Return a folded text in one line, where it needs neither quotes nor its line breaks."""
    said = node.text.text
    is_one = source.startswith(">-\n") and said == " ".join(said.split())
    return said if is_one and fits_plain(said, in_flow=False) else None


def key(entry: Entry, *, in_flow: bool) -> str | None:
    """Return a key; None if it has to stay as it is."""
    source = entry.key_span.text
    style = source[0] if source[:1] in ("'", '"') else ""
    return written(entry.key, style, source, in_flow=in_flow)


def _entry(entry: Entry, text: str) -> list[str] | None:
    own, value = key(entry, in_flow=True), words(entry.value, text)
    return None if own is None or value is None else [f"{own}: {value[0]}", *value[1:]]


def _bracketed(opening: str, each: list[list[str] | None], closing: str) -> list[str] | None:
    if None in each:
        return None
    found = [one for one in each if one is not None]
    pieces = [
        piece + ("," if last and at < len(found) - 1 else "")
        for at, one in enumerate(found)
        for piece, last in _with_last(one)
    ]
    if not pieces:
        return [opening + closing]
    pieces[0] = opening + pieces[0]
    pieces[-1] += closing
    whole = " ".join(pieces)
    return [whole] if len(whole) <= _TOGETHER else pieces


def _with_last(pieces: list[str]) -> Iterable[tuple[str, bool]]:
    return ((piece, at == len(pieces) - 1) for at, piece in enumerate(pieces))


def filled(pieces: list[str], head: int, indent: int, tail: int = 0) -> str | None:
    """Return pieces in as few lines as hold them; None if one of them is too long for a line.

    Args:
        pieces: What must not be broken.
        head: How many columns are taken in the first line.
        indent: Where the other lines begin.
        tail: How many columns follow the last piece.
    """
    lines, width = [""], head
    for at, piece in enumerate(pieces):
        rest = tail if at == len(pieces) - 1 else 0
        wanted = width + len(piece) + rest + (1 if lines[-1] else 0)
        if wanted > WIDTH and lines[-1]:
            lines.append(piece)
            width = indent + len(piece)
        elif wanted > WIDTH:  # the first piece: its bracket stays, the rest begins a line
            lines = [piece[0], piece[1:]] if piece[0] in "[{" and len(piece) > 1 else [piece]
            width = (indent if len(lines) > 1 else head) + len(lines[-1])
        else:
            lines[-1] += f" {piece}" if lines[-1] else piece
            width = wanted - rest
        if width + rest > WIDTH:
            return None
    return ("\n" + " " * indent).join(lines)
