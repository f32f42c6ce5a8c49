"""An expression in the words of one surface → the same in those of another.

Only keywords and names of builtins are exchanged, each at its place: whatever else was written,
comments, brackets and blanks among it, stays as it is. So nothing is lost either way.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from khung.diagnostics.model import Text
from khung.locale import languages
from khung.surfaces import ENGLISH, SURFACES, others, surface
from khung.syntax.ast import Each
from khung.syntax.keywords import KEYWORD_KINDS
from khung.syntax.parser import Token, tokenize
from khung.text import nfc

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from khung.syntax.ast import Cell, Expr
    from khung.text import PlacedText, Span

_WORD: Final = re.compile(r"\w+")
_QUOTE: Final = re.compile(r'(?<!\\)"')
_ESCAPED: Final = re.compile(r'\\(["\\])')


class Respelling(NamedTuple):
    """What is written instead of the characters `start` to `end` of a text."""

    start: int
    end: int
    word: str


def respelled(text: str, source: str, target: str) -> str:
    """Return an expression of the surface `source` as `target` has it."""
    return text if source == target else edited(text, respellings(text, source, target))


def as_read(text: str, written: str, lang: str) -> str:
    """Return an expression as it is shown to whoever reads `lang`, whatever surface it is of.

    A file is written in the words of its surface, and read in those of the language of the page.
    """
    if lang not in SURFACES or lang == written:
        return text
    begins = re.match(rf"{surface(written).phrases['each']}\s", text) is not None
    change = each_respellings if begins else respellings
    return edited(text, change(text, written, lang))


def shown(span: Span, lang: str) -> str:
    """Return the expression under a span in one line, as it is shown to whoever reads `lang`."""
    return as_read(as_written(span), span.file.surface, lang)


def in_each(span: Span) -> Text:
    """Return the expression under a span for a message, as each language shows it."""
    return Text(*(shown(span, lang) for lang in languages))


def as_written(span: Span) -> str:
    """Return the expression under a span as its author wrote it, in one line."""
    return " ".join(_decoded(span.text).split())


def _decoded(text: str) -> str:
    """Return a piece of a file without the backslashes that YAML wants in double quotes.

    There every quote of an expression has one; elsewhere those around its texts have none.
    """
    if '\\"' not in text or _QUOTE.search(text):
        return text
    return _ESCAPED.sub(r"\1", text)


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
