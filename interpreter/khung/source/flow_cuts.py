"""A plain text inside `{…}` or `[…]` that YAML cut at a comma, put together again.

In `{when: a in (1, 2), to: x}` YAML reads the value `a in (1` and a key `2)` without a value. The
text is reported once, and read as it was meant, so that nothing else is reported about it.

Reports: K0117, K0118.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from khung.patterns import pattern
from khung.source.nodes import Entry, Node, Scalar
from khung.text import PlacedText, Span

if TYPE_CHECKING:
    from collections.abc import Sequence as Items

    from khung.diagnostics.bag import Bag


_PLACEHOLDER = pattern(r"\{\s*\w+\.\w+\s*\}")  # what holds the place of a value in a text
_IN_LINE, _IN_BRACKETS = pattern(r"[^\n]*[^\s]"), pattern(r"(?:[ \t]*[^\s,\]}]+)*")

_DECIMALS = pattern(r"[0-9]{1,9},[0-9]{1,9}%?")
_MOST_PIECES = 40  # of one text: keeps a list of open brackets from taking quadratic time


def mend_entries(entries: list[Entry], bag: Bag) -> list[Entry]:
    """Return the entries of a flow mapping with cut values put together."""
    mended: list[Entry] = []
    at = 0
    while at < len(entries):
        entry = entries[at]
        last = _last_piece(entry.value, entries, at + 1) or _loose(entry.value, entries, at + 1)
        if last:
            end = _end(entries[at + last])
            entry = Entry(entry.key, _whole(_from(entry.value, end), bag), entry.key_span)
        at += last + 1
        if _is_glued(entry):
            bag.add("K0118", entry.key_span, help="space", text=entry.key)
        else:
            mended.append(entry)
    return mended


def _loose(first: Node, entries: list[Entry], start: int) -> int:
    """Return how many entries from `start` on are no entries but what follows a comma in a text."""
    if not isinstance(first, Scalar) or first.quoted or not first.span.text:
        return 0
    count = 0
    while start + count < len(entries) and _is_loose(entries[start + count]):
        count += 1
    return count


def _is_loose(entry: Entry) -> bool:
    """Say whether an entry has neither a value nor a colon: `here` in `{a: north, here}`."""
    if not _is_alone(entry) or _is_glued(entry):
        return False
    end = entry.key_span.end
    return not entry.key_span.file.text[end : end + 80].lstrip().startswith(":")


def _is_alone(entry: Entry) -> bool:
    value = entry.value
    return isinstance(value, Scalar) and value.value is None and not value.span.text


def _is_glued(entry: Entry) -> bool:
    """Say whether an entry is `key:value` without a blank, which YAML takes for a key alone."""
    written = entry.key_span.text
    return _is_alone(entry) and ":" in written.strip(":") and written[0] not in "\"'"


def as_placeholder(entries: list[Entry], span: Span, bag: Bag, *, in_flow: bool) -> Scalar | None:
    """Return the text that a flow mapping is the beginning of: `{parameters.share} of all`.

    Args:
        entries: What the mapping holds.
        span: Where it stands.
        bag: Where to report.
        in_flow: Whether it stands in another bracket.
    """
    if len(entries) != 1 or not _is_alone(entries[0]) or not _PLACEHOLDER.fullmatch(span.text):
        return None
    rest = _IN_BRACKETS if in_flow else _IN_LINE
    found = rest.match(span.file.text, span.end)
    end = found.end() if found else span.end
    return _whole(Span(span.file, span.start, end), bag, "brace")


def mend_items(items: list[Node], bag: Bag) -> list[Node]:
    """Return the items of a flow sequence with cut texts put together."""
    mended: list[Node] = []
    at = 0
    while at < len(items):
        last = _last_piece(items[at], items, at + 1)
        end = items[at + last].span.end
        mended.append(_whole(_from(items[at], end), bag) if last else items[at])
        at += last + 1
    return mended


def _last_piece(first: Node, pieces: Items[Entry | Node], start: int) -> int:
    """Return how many pieces from `start` on belong to the text that begins with `first`."""
    if not isinstance(first, Scalar) or first.quoted or not _open(first.text.text):
        return 0
    end = first.span.end
    for count, piece in enumerate(pieces[start : start + _MOST_PIECES], start=1):
        end = max(end, _end(piece))
        if not _open(first.span.file.text[first.span.start : end]):
            return count
    return 0


def _end(piece: Entry | Node) -> int:
    return (
        max(piece.key_span.end, piece.value.span.end)
        if isinstance(piece, Entry)
        else piece.span.end
    )


def _open(text: str) -> bool:
    """Say whether a round bracket or a double quote is still open at the end of `text`."""
    if "(" not in text and '"' not in text:
        return False
    depth, in_quotes = 0, False
    for character in text:
        if character == '"':
            in_quotes = not in_quotes
        elif not in_quotes:
            depth += (character == "(") - (character == ")")
    return in_quotes or depth > 0


def _from(first: Node, end: int) -> Span:
    return Span(first.span.file, first.span.start, end)


def _whole(span: Span, bag: Bag, advice: str = "") -> Scalar:
    if _DECIMALS.fullmatch(span.text):
        return _number(span, bag)
    bag.add("K0117", span, help=advice, quoted=quoted(span.text))
    return Scalar(span.text, PlacedText(span.text, span.file, span.start), span, quoted=True)


def _number(span: Span, bag: Bag) -> Scalar:
    """Return the number that a comma cut, which is read with a point."""
    instead = span.text.replace(",", ".")
    value = instead if instead.endswith("%") else Decimal(instead)
    share = as_percentage(value) if isinstance(value, Decimal) else ""
    advice = "share" if share else "number"
    bag.add("K0117", span, help=advice, instead=instead, percent=share)
    return Scalar(value, PlacedText(instead, span.file, span.start), span)


def as_percentage(value: Decimal) -> str:
    """Return a number below 1 as a percentage, `25%` of `0.25`; nothing for another."""
    return f"{(value * 100).normalize():f}%" if 0 < value < 1 else ""


def quoted(text: str) -> str:
    """Return a text as a YAML scalar in quotes, in one line."""
    line = " ".join(text.split())
    if '"' in line or "\\" in line:
        return "'" + line.replace("'", "''") + "'"
    return f'"{line}"'
