"""The surfaces of the expression language: the same grammar in the words of one language each.

`LANG.json` holds the words of a surface, as data: of each keyword of the grammar how it is
written and, after that, how it may be written too; of builtins the names that differ from those
by which they are known; what else a writer may have meant. A file of a rulebook is in one surface.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

ENGLISH: Final = "en"
"""The surface of files that name none: that in which documents and messages are written."""

SURFACES: Final = (ENGLISH, "vi")

_OF_TYPES: Final = ("list of", "ballots of")
"""What stands in types of facts, which are no expressions."""

_YAML: Final = ("true", "false", "null")
"""Words of YAML, which are read in every surface."""

_CODE: Final = re.compile(r"`[^`]*`")


@dataclass(frozen=True, slots=True)
class Surface:
    """The words of one surface; words of several parts have one blank between them.

    Attributes:
        keywords: Word → terminal of the grammar.
        words: Terminal → the word that is written for it.
        pairs: The first parts of keywords of two.
        empty: What stands before the colon in `(empty: 0%)`.
        functions: Own name of a builtin → the name by which it is known.
        names: The other way.
        phrases: What is written for forms of YAML that are no expressions.
        also_meant: Other words that somebody may write, such as those without accents → terminal.
        forms: Terminal → an example of what it begins.
    """

    keywords: Mapping[str, str]
    words: Mapping[str, str]
    pairs: frozenset[str]
    empty: str
    functions: Mapping[str, str]
    names: Mapping[str, str]
    phrases: Mapping[str, str]
    also_meant: Mapping[str, str]
    forms: Mapping[str, str]

    def function(self, name: str) -> str:
        """Return how a builtin is called here."""
        return self.names.get(name, name)


@cache
def surface(name: str) -> Surface:
    """Return the surface `name`, one of `SURFACES`."""
    data = json.loads(Path(__file__).with_name(f"{name}.json").read_text(encoding="utf-8"))
    written: Mapping[str, list[str]] = data["keywords"]
    keywords = {word: terminal for terminal, words in written.items() for word in words}
    return Surface(
        keywords=keywords,
        words={terminal: words[0] for terminal, words in written.items()},
        pairs=frozenset(word.split()[0] for word in keywords if " " in word),
        empty=data["empty"],
        functions={own: name for name, own in data["functions"].items()},
        names=data["functions"],
        phrases=data["phrases"],
        also_meant=data["also_meant"],
        forms=data["forms"],
    )


def others(name: str) -> tuple[Surface, ...]:
    """Return the surfaces that are not `name`."""
    return tuple(surface(other) for other in SURFACES if other != name)


def meant(word: str, name: str) -> str:
    """Return the terminal that a word stands for that surface `name` does not have; or nothing."""
    own = surface(name)
    if word in own.keywords:
        return ""
    for other in others(name):
        if found := other.keywords.get(word) or other.also_meant.get(word):
            return found
    return own.also_meant.get(word, "")


def in_words_of(sentence: str, name: str) -> str:
    """Return a sentence of khung's own, the expressions in its back-ticks in a surface's words."""
    if name == ENGLISH:
        return sentence
    table = _translations(name)
    pattern = _pattern(name)
    return _CODE.sub(lambda code: pattern.sub(lambda word: table[word[0]], code[0]), sentence)


@cache
def _translations(name: str) -> Mapping[str, str]:
    own, english = surface(name), surface(ENGLISH)
    words = {word: own.words[kind] for word, kind in english.keywords.items() if word not in _YAML}
    words["each"] = own.phrases["each"]
    calls = {f"{function}(": f"{said}(" for function, said in own.names.items()}
    kept = {form: form for form in _OF_TYPES}
    return {**words, **calls, **kept, f"{english.empty}:": f"{own.empty}:"}


@cache
def _pattern(name: str) -> re.Pattern[str]:
    """Return what finds the words of English, the longest first, but none in braces."""
    words = sorted(_translations(name), key=len, reverse=True)
    each = "|".join(re.escape(word) + (r"\b" if word[-1].isalpha() else "") for word in words)
    return re.compile(rf"(?<![\w{{.])(?:{each})")
