"""Lists and mappings whose entries stand on lines of their own: where they and their values begin.

Works by edits of the text, so that what no edit touches stays as it was written.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING, Final

from khung.source.layout.flow import HANGING, WIDTH, filled, is_flow, key, words
from khung.source.layout.gaps import comments_at, end_of, has_comment, is_block
from khung.source.nodes import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from khung.source.nodes import Entry

STEP: Final = 2
"""How many columns a block stands further in than what holds it."""

_SKIP: Final = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_INDENT: Final = re.compile(r"(?m)^[ \t]*(?=\S)")


class Blocks:
    """Lays out one document."""

    def __init__(self, text: str, root: Node) -> None:
        self._text = text
        self._root = root
        self._edits: dict[tuple[int, int], str] = {}
        self._columns: list[tuple[int, int, int]] = []  # of lines: start, old and new column
        self._kept: list[tuple[int, int]] = []  # values that keep their lines
        self._comments = list(comments_at(text, root))

    def laid_out(self) -> str:
        """Return the text with all lines where they belong."""
        self._block(self._root, 0, is_inline=False)
        self._place_comments()
        text, end = [], len(self._text)
        for (start, stop), new in sorted(self._edits.items(), reverse=True):
            text += [self._text[stop:end], new]
            end = start
        return "".join(reversed([*text, self._text[:end]]))

    # -- blocks ---------------------------------------------------------------------------------

    def _block(self, node: Node, column: int, *, is_inline: bool) -> None:
        """Lay out a node that begins a line, or that stands behind a dash."""
        match node:
            case Mapping() if not is_flow(node, self._text):
                for at, entry in enumerate(node.entries):
                    if at or not is_inline:
                        self._begin_line(entry.key_span.start, column)
                    self._entry(entry, column)
            case Sequence() if not is_flow(node, self._text):
                self._items(node, column, is_inline=is_inline)
            case _:
                if not is_inline:
                    self._begin_line(node.span.start, column)
                self._value(node, column, column, node.span.start)

    def _items(self, node: Sequence, column: int, *, is_inline: bool) -> None:
        at = node.span.start
        for number, item in enumerate(node.items):
            dash = self._skip(at)
            if number or not is_inline:
                self._begin_line(dash, column)
            gap = self._text[dash + 1 : item.span.start]
            is_beside = "\n" not in gap
            if is_beside and gap != " " and item.span.text:
                self._edits[dash + 1, item.span.start] = " "
            self._block(item, column + STEP, is_inline=is_beside)
            at = max(end_of(item, self._text), dash + 1)

    def _entry(self, entry: Entry, column: int) -> None:
        span, value = entry.key_span, entry.value
        name = key(entry, in_flow=False) or span.text
        if name != span.text:
            self._edits[span.start, span.end] = name
        if isinstance(value, Scalar) or is_flow(value, self._text):
            self._beside(entry, column, len(name) + 1)
            return
        first = value.entries[0].key_span.start if isinstance(value, Mapping) else value.span.start
        if "\n" in self._text[span.end : first]:
            self._block(value, column + STEP, is_inline=False)

    def _beside(self, entry: Entry, column: int, head: int) -> None:
        """Lay out a scalar or what stands in brackets, with the gap between it and its key."""
        value, start = entry.value, entry.key_span.end
        if not value.span.text:
            return
        gap = self._text[start : value.span.start]
        if has_comment(self._text, start, value.span.start) or ":" not in gap:
            if "\n" in gap:
                self._block(value, column + STEP, is_inline=False)
            else:
                self._shift(value, column)
            return
        if not self._value(value, column, column + head + 1, start):
            self._keep(value, column, start, gap)

    def _keep(self, value: Node, column: int, start: int, gap: str) -> None:
        """Leave the lines of a value as they are."""
        if "\n" in gap:
            self._block(value, column + STEP, is_inline=False)
            return
        self._edits[start, value.span.start] = ": "
        self._shift(value, column)

    # -- values ---------------------------------------------------------------------------------

    def _value(self, node: Node, column: int, head: int, start: int) -> bool:
        """Write a value behind what takes `head` columns; say whether that was done.

        Args:
            node: A scalar, or what stands in brackets.
            column: That of the entry.
            head: How many columns are taken before it.
            start: Where its key ends; where it begins itself if it has none.
        """
        stop = end_of(node, self._text)
        is_keyed = start < node.span.start
        pieces = None
        if not self._holds_comment(node):
            pieces = words(node, self._text, in_flow=not isinstance(node, Scalar))
        if pieces is None:
            if not is_keyed:
                self._shift(node, column)
            return False
        before, tail = (": " if is_keyed else ""), self._tail(stop)
        one_line = " ".join(pieces)
        if head + len(one_line) + tail <= WIDTH:
            self._edits[start, stop] = before + one_line
            return True
        said = None
        if isinstance(node, Scalar):
            said = self._long(node, one_line, column, tail, is_keyed=is_keyed)
        elif "\n" not in node.span.text:
            found = filled(pieces, head, column + HANGING, tail)
            said = None if found is None else before + found
        if said is not None:
            self._edits[start, stop] = said
        elif not is_keyed:
            self._shift(node, column)
        return said is not None

    def _long(
        self, node: Scalar, line: str, column: int, tail: int, *, is_keyed: bool
    ) -> str | None:
        """Return a scalar below its key, in one line or folded; None if it stays as it is."""
        margin = " " * (column + STEP)
        if not is_keyed or "\n" in node.span.text:
            return None
        if len(margin) + len(line) + tail <= WIDTH:
            return f":\n{margin}{line}"
        said = node.text.text
        can_fold = said == " ".join(said.split()) and said.isprintable() and not tail
        lines = filled(said.split(" "), len(margin), len(margin)) if can_fold else None
        return None if lines is None else f": >-\n{margin}{lines}"

    def _tail(self, at: int) -> int:
        """Return how many columns follow in a line, a comment at its end among them."""
        end = self._text.find("\n", at)
        return len(self._text[at : end if end >= 0 else None].rstrip())

    def _holds_comment(self, node: Node) -> bool:
        at = bisect_left(self._comments, node.span.start)
        return at < len(self._comments) and self._comments[at] < end_of(node, self._text)

    # -- lines ----------------------------------------------------------------------------------

    def _begin_line(self, at: int, column: int) -> None:
        """Move what begins a line to a column."""
        start = self._text.rfind("\n", 0, at) + 1
        self._columns.append((start, at - start, column))
        if self._text[start:at] != " " * column:
            self._edits[start, at] = " " * column

    def _shift(self, node: Node, column: int) -> None:
        """Move the further lines of a value along with its first one."""
        start, stop = node.span.start, end_of(node, self._text)
        self._kept.append((start, stop))
        found = [m for m in _INDENT.finditer(self._text, start + 1, stop) if m.start() > start]
        if not found:
            return
        margins = [len(match[0]) for match in found]
        if isinstance(node, Scalar) and is_block(node, self._text):
            header = self._text[start:stop].partition("\n")[0]
            by = self._moved(start) if re.search(r"\d", header) else column + STEP - min(margins)
        else:
            by = self._moved(start)
        for match, margin in zip(found, margins, strict=True):
            new = " " * max(margin + by, 0)
            if by:
                self._edits[match.start(), match.end()] = new

    def _moved(self, at: int) -> int:
        """Return by how many columns the line of an offset is moved."""
        start = self._text.rfind("\n", 0, at) + 1
        moved = [new - old for line, old, new in self._columns if line == start]
        return moved[-1] if moved else 0

    def _skip(self, at: int) -> int:
        found = _SKIP.match(self._text, at)
        return found.end() if found else at

    # -- comments -------------------------------------------------------------------------------

    def _place_comments(self) -> None:
        """Move comments on lines of their own along with the entries that they stand before."""
        self._columns.sort()
        starts = [line for line, _, _ in self._columns]
        for at in self._comments:
            start = self._text.rfind("\n", 0, at) + 1
            if self._text[start:at].strip() or self._inside_value(start):
                continue
            column = self._column_of_comment(at - start, bisect_left(starts, start))
            if self._text[start:at] != " " * column:
                self._edits[start, at] = " " * column

    def _inside_value(self, start: int) -> bool:
        return any(first < start < last for first, last in self._kept)

    def _column_of_comment(self, column: int, following: int) -> int:
        """Return where a comment goes: to the block that it stands in, or to what follows."""
        after = self._columns[following] if following < len(self._columns) else (0, -1, 0)
        best = after[1:]
        seen = WIDTH * WIDTH
        for _, old, new in reversed(self._columns[:following]):
            if old >= seen:
                continue
            seen = old
            if after[1] < old <= column and old > best[0]:
                best = (old, new)
        return max(best[1], 0)
