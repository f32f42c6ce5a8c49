"""The nodes of a YAML file that changes, block by block: only what has changed is read anew.

A block is an entry of the outermost mapping with the lines below it or, in one that is long, an
entry of the mapping in it. Each is read as a file of its own, a `Piece`, which moves with its text;
what was read of it stays as it is. A text that cannot be cut for certain is left to `parse_yaml`.
"""

from __future__ import annotations

import re
from dataclasses import field
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from khung.diagnostics.bag import Bag
from khung.patterns import pattern
from khung.records import dataclass
from khung.source.from_text import parse_yaml
from khung.source.limits import COLLECTION_ITEMS
from khung.source.nodes import Entry, Mapping
from khung.source.scalars import characters_fit
from khung.text import Piece, Place, SourceFile, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from khung.diagnostics.model import Diagnostic

    Made = Callable[[Mapping], Mapping]

_LONG: Final = 30  # lines above which the entries of a block are blocks themselves

_HEAD = pattern(r"( *)([^\W\d][\w.-]*):(?:[ \t]+#[^\n]*|[ \t]*)\r?\n")
"""The first line of a block whose value stands in the lines below."""

_BETWEEN = pattern(r"(?: *(?:#[^\n]*)?\r?\n)*")
"""Lines that say nothing."""

_FIRST = pattern(r"( *)(?=[^ ])(?!-(?:[ \t\r\n]|$))")

_UNCERTAIN = pattern(r"[?:%{}\[\]&*!|>@`,]|---|\.\.\.")
"""What may stand where an entry begins, and says that more than one line has to be known."""


Cut = tuple[int, int]
"""Where a block begins, and where it ends."""


class _NotCutError(Exception):
    """A block is not one entry by itself, or there are two of one key."""


class _Block(NamedTuple):
    """An entry of a mapping: where its lines begin, what was read of them, the blocks inside."""

    start: int
    piece: Piece
    entry: Entry
    said: tuple[Diagnostic, ...]
    inside: tuple[_Block, ...]


@dataclass(slots=True)
class Blocks:
    """What was read of the blocks of one file, by their texts; two may be alike."""

    known: dict[str, list[_Block]] = field(default_factory=dict)

    def read(self, file: SourceFile, bag: Bag, made: Made) -> Mapping | None:
        """Return the mapping of a file; None if it has to be read as a whole.

        Args:
            file: The file.
            bag: Where to report, if it is read here.
            made: What is made of the mapping of a block before it is kept.
        """
        reader = _Reader(file, self.known, made)
        try:
            blocks = reader.blocks(file, _cuts(file.text, 0, 0), 0)
        except _NotCutError:
            return None
        self.known = {}
        for block, outer in _all(blocks, file):
            block.piece.place.outer, block.piece.place.start = outer, block.start
            self.known.setdefault(block.piece.text, []).append(block)
            bag.add_all(block.said)
        return _mapping(blocks, file)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one text; what is `known` is taken from there, and moved when all is read."""

    file: SourceFile
    known: dict[str, list[_Block]]
    made: Made
    taken: set[int] = field(default_factory=set)

    def blocks(self, outer: SourceFile, cuts: list[Cut], depth: int) -> tuple[_Block, ...]:
        """Return the blocks of a mapping, which begin and end at offsets in `outer`."""
        found = tuple(self._block(outer, start, end, depth) for start, end in cuts)
        if len({block.entry.key for block in found}) < len(found) or not found:
            raise _NotCutError
        return found

    def _block(self, outer: SourceFile, start: int, end: int, depth: int) -> _Block:
        text = outer.text[start:end]
        for known in self.known.get(text, ()):
            own = {id(one.piece) for one, _ in _all((known,), outer)}
            if own.isdisjoint(self.taken):
                self.taken.update(own)
                return known._replace(start=start)
        place = Place(outer, start)
        piece = Piece(self.file.name, text, surface=self.file.surface, place=place)
        return self._of_blocks(piece, depth) or self._read(piece, depth)

    def _of_blocks(self, piece: Piece, depth: int) -> _Block | None:
        """Return a block whose entries are blocks; None if it is short, or has no entries."""
        head = _HEAD.match(piece.text) if piece.text.count("\n") > _LONG else None
        indent = _indent_below(piece.text, head.end()) if head else 0
        if head is None or indent <= len(head[1]) or not _fits(head[0]):
            return None
        cuts = _cuts(piece.text, head.end(), indent)
        if not cuts:
            return None
        inside = self.blocks(piece, cuts, depth + 1)
        entry = Entry(head[2], _mapping(inside, piece), Span(piece, *head.span(2)))
        return _Block(piece.place.start, piece, entry, (), inside)

    def _read(self, piece: Piece, depth: int) -> _Block:
        """Return a block that is read as one."""
        bag = Bag()
        node = parse_yaml(piece, bag, depth=depth)
        if not isinstance(node, Mapping) or len(node.entries) != 1:
            raise _NotCutError
        return _Block(piece.place.start, piece, self.made(node).entries[0], bag.diagnostics, ())


def _all(blocks: tuple[_Block, ...], outer: SourceFile) -> Iterator[tuple[_Block, SourceFile]]:
    """Yield blocks, with all that are inside them, each with what it stands in."""
    for block in blocks:
        yield block, outer
        if block.inside:
            yield from _all(block.inside, block.piece)


def _mapping(blocks: tuple[_Block, ...], outer: SourceFile) -> Mapping:
    """Return the mapping of the entries of blocks that stand in `outer`."""
    first, last = blocks[0], blocks[-1]
    start = first.start + first.entry.key_span.start
    end = last.start + last.entry.value.span.end
    return Mapping(tuple(block.entry for block in blocks), Span(outer, start, end))


# -- where to cut -------------------------------------------------------------------------------


def _cuts(text: str, start: int, indent: int) -> list[Cut]:
    """Return where the entries of a mapping behind an offset begin and end; none if in doubt."""
    found = list(_begins(indent).finditer(text, start))
    begins = [one.start() for one in found]
    if not 0 < len(found) <= COLLECTION_ITEMS or not _says_nothing(text[start : begins[0]]):
        return []
    if any(one.end() - one.start() < indent or _UNCERTAIN.match(text, one.end()) for one in found):
        return []
    return list(zip(begins, [*begins[1:], len(text)], strict=True))


@cache
def _begins(indent: int) -> re.Pattern[str]:
    """Return what finds the lines that are indented so far, or less: there an entry begins.

    A list may be indented no further than the key that it belongs to.
    """
    return re.compile(rf"(?m)^ {{0,{indent}}}(?=[^ \t\r\n#])(?!-(?:[ \t\r\n]|$))")


def _indent_below(text: str, start: int) -> int:
    """Return how far the first entry is indented that stands behind an offset; 0 for a list."""
    between = _BETWEEN.match(text, start)
    first = _FIRST.match(text, between.end() if between else start)
    return len(first[1]) if first else 0


def _says_nothing(text: str) -> bool:
    """Say whether comments and empty lines are all there is."""
    return _BETWEEN.fullmatch(text) is not None and _fits(text)


def _fits(text: str) -> bool:
    return characters_fit(SourceFile("", text), Bag())
