"""An expression in the words of one surface → the same in those of another.

Only keywords and names of builtins are exchanged, each at its place: whatever else was written,
comments, brackets and blanks among it, stays as it is. So nothing is lost either way.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from khung.surfaces import ENGLISH, SURFACES, others, surface
from khung.syntax.keywords import KEYWORD_KINDS
from khung.syntax.parser import Token, tokenize
from khung.text import nfc

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORD: Final = re.compile(r"\w+")


class Respelling(NamedTuple):
    """What is written instead of the characters `start` to `end` of a text."""

    start: int
    end: int
    word: str


def respelled(text: str, source: str, target: str) -> str:
    """Return an expression of the surface `source` as `target` has it."""
    if source == target:
        return text
    for start, end, word in reversed(list(respellings(text, source, target))):
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
