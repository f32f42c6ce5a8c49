"""An expression in the words of one surface → the same in those of another.

Only keywords and names of builtins are exchanged, each at its place: whatever else was written,
comments, brackets and blanks among it, stays as it is. So nothing is lost either way.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from khung.surfaces import ENGLISH, SURFACES, others, surface
from khung.syntax.ast import Each
from khung.syntax.keywords import KEYWORD_KINDS
from khung.syntax.parser import Token, tokenize
from khung.text import nfc

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from khung.syntax.ast import Cell, Expr
    from khung.text import PlacedText

_WORD: Final = re.compile(r"\w+")


class Respelling(NamedTuple):
    """What is written instead of the characters `start` to `end` of a text."""

    start: int
    end: int
    word: str


def respelled(text: str, source: str, target: str) -> str:
    """Return an expression of the surface `source` as `target` has it."""
    return text if source == target else edited(text, respellings(text, source, target))


def edited(text: str, changes: Iterable[Respelling]) -> str:
    """Return a text with what is written instead of parts of it."""
    for start, end, word in sorted(changes, reverse=True):
        text = text[:start] + word + text[end:]
    return text


def respellings(text: str, source: str, target: str) -> Iterator[Respelling]:
    """Yield what changes in an expression, in order of place."""
    own = surface(target)
    for token in tokenize(text, source):
        if token.kind in KEYWORD_KINDS:
            yield Respelling(token.start, token.end, own.words[token.kind])
        elif token.kind == "FUNCTION":
            yield Respelling(token.start, token.end, own.function(token.text))
        elif token.kind == "EMPTY" and (word := _WORD.search(text, token.start)):
            yield Respelling(word.start(), word.end(), own.empty)


def changes_of(text: PlacedText, tree: Expr | Cell, target: str) -> list[Respelling]:
    """Return what changes in the text of a tree."""
    change = each_respellings if isinstance(tree, Each) else respellings
    return list(change(text.text, text.file.surface, target))


def each_as_sum(text: str, name: str) -> tuple[str, int]:
    """Return `each x in list of E`, of which groups are formed, as a sum, which has the same parts.

    Also by how many characters all behind its first word has moved.
    """
    every, added = surface(name).phrases["each"], surface(name).words["SUM"]
    end = text.index(every) + len(every)
    return added + text[end:], end - len(added)


def each_respellings(text: str, source: str, target: str) -> Iterator[Respelling]:
    """Yield what changes in `each x in list of E`."""
    every = surface(source).phrases["each"]
    start = text.index(every)
    yield Respelling(start, start + len(every), surface(target).phrases["each"])
    as_sum, moved = each_as_sum(text, source)
    for at, stop, word in [*respellings(as_sum, source, target)][1:]:
        yield Respelling(at + moved, stop + moved, word)


def surface_in(text: str) -> str:
    """Return the surface of a text that stands in no file: that of which alone it has words."""
    has = [name for name in SURFACES if _own_words(text, name)]
    return has[0] if len(has) == 1 else ENGLISH


def _own_words(text: str, name: str) -> bool:
    """Say whether a text has words of a surface that the others do not have."""
    text = nfc(text)
    common = {word for other in others(name) for word in (*other.keywords, *other.functions)}
    return any(
        (token.kind in KEYWORD_KINDS and token.text not in common)
        or (
            token.kind == "FUNCTION"
            and " ".join(text[token.start : token.end].split()) in surface(name).functions
        )
        for token in tokenize(text, name)
    )


def clashes(text: str, source: str, target: str) -> Iterator[Token]:
    """Yield the names in an expression that would be keywords in another surface."""
    keywords = surface(target).keywords
    for token in tokenize(text, source):
        if token.kind == "NAME" and token.text in keywords:
            yield token
