"""Words that are not those of the surface: of another one, without accents, in capitals, misspelt.

Each rule answers None where it does not know the mistake, as those of `mistakes` do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.diagnostics.suggest import nearest
from khung.surfaces import ENGLISH, meant, others
from khung.syntax.keywords import functions_of
from khung.syntax.parser import RESERVED, Token, joined
from khung.syntax.stop import Finding, Stop

if TYPE_CHECKING:
    from collections.abc import Iterator


def translated(stop: Stop) -> Finding | None:
    """A word of another surface, or one without its accents."""
    for first, last, word in _last_words(stop):
        if kind := meant(word, stop.surface):
            return _in_other_words(stop, first, last, word, stop.words.words[kind])
    return None


def empty(stop: Stop) -> Finding | None:
    """`(empty: 0%)` in the word of another surface."""
    label = stop.tokens[stop.at + 1] if stop.token.kind == "LPAR" else stop.token
    if label.kind == "LABEL" and label.text in {other.empty for other in others(stop.surface)}:
        return _in_other_words(stop, label, label, label.text, stop.words.empty)
    return None


def _in_other_words(stop: Stop, first: Token, last: Token, found: str, word: str) -> Finding:
    advice = "translated" if stop.surface == ENGLISH else "translated_vi"
    return Finding("K0303", first, last, advice, {"found": found, "word": word})


def capitals(stop: Stop) -> Finding | None:
    """`AND`, `If`."""
    for first, last, word in _last_words(stop):
        if word not in stop.words.keywords and word.lower() in stop.words.keywords:
            args = {"found": word, "near": word.lower()}
            return Finding("K0303", first, last, "near", args)
    return None


def _last_words(stop: Stop) -> Iterator[tuple[Token, Token, str]]:
    """Yield the two names before and at the stop as one, then each of them."""
    last = (token for token in (stop.before, stop.token) if token)
    names = [token for token in last if token.kind in {"NAME", RESERVED}]
    if len(names) > 1:
        yield names[0], names[1], joined(names)
    for each in names:
        yield each, each, each.text


def unknown_function(stop: Stop) -> Finding | None:
    """Words before a bracket: `foo(1)`, `foo bar(1)`, `month between(a, b)`."""
    first = last = _after_between(stop) or stop.at
    while first and stop.tokens[first - 1].kind == "NAME":
        first -= 1
    while stop.tokens[last].kind in {"NAME", "OF", "BETWEEN", "FUNCTION"}:
        last += 1
    if first in {stop.at, last} or stop.tokens[last].kind != "LPAR":
        return None
    words = stop.tokens[first:last]
    name = joined(list(words))
    near = _function_near(name, stop)
    args = {"name": name, "near": near or ""}
    return Finding("K0316", words[0], words[-1], "near" if near else "", args)


def _function_near(name: str, stop: Stop) -> str | None:
    """Return what a builtin is called that another surface calls so, or that is spelt nearly so."""
    for other in others(stop.surface):
        if name in other.functions:
            return stop.words.function(other.functions[name])
    return nearest(name, sorted(functions_of(stop.surface)))


def _after_between(stop: Stop) -> int | None:
    """Return the number of a `between` with a bracket that holds commas, as a call does."""
    if stop.token.kind != "COMMA" or not stop.open_brackets:
        return None
    before = stop.tokens.index(stop.open_brackets[-1]) - 1
    return before if stop.tokens[before].kind == "BETWEEN" else None
