"""The words of the language: keywords, in English, and the names of the builtins.

Other surfaces, in `khung.surfaces`, have other words for the same terminals of `expr.lark`.
"""

from __future__ import annotations

import re
import sys
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import TYPE_CHECKING, Final

from khung.surfaces import ENGLISH, surface

if TYPE_CHECKING:
    from collections.abc import Mapping

KEYWORDS: Final = surface(ENGLISH).keywords
"""Word → terminal of `expr.lark`. A keyword is never a name."""

KEYWORD_KINDS: Final = frozenset(KEYWORDS.values())
"""The terminals that are keywords, in whatever words."""

_OWN: Final = (
    "add working days",
    "default",
    "entry",
    "has",
    "higher",
    "is known",
    "lower",
    "months between",
    "working days between",
)
"""Builtins that FEEL does not have."""

_FEEL: Final = (
    # logic and conversion
    *("not", "all", "any", "number", "string", "is defined", "get value", "get entries", "context"),
    # text
    *("contains", "ends with", "lower case", "matches", "replace", "split", "starts with"),
    *("string join", "string length", "substring", "substring after", "substring before"),
    *("upper case",),
    # numbers
    *("abs", "ceiling", "decimal", "even", "exp", "floor", "log", "modulo", "odd", "sqrt"),
    *("round down", "round half down", "round half up", "round up"),
    # lists
    *("append", "concatenate", "count", "distinct values", "flatten", "index of"),
    *("insert before", "list contains", "list replace", "max", "mean", "median", "min", "mode"),
    *("product", "remove", "reverse", "sort", "stddev", "sublist", "sum", "union"),
    # dates and durations
    *("date", "date and time", "day of week", "day of year", "duration", "month of year", "now"),
    *("time", "today", "week of year", "years and months duration"),
    # ranges
    *("after", "before", "coincides", "during", "finished by", "finishes", "includes", "meets"),
    *("met by", "overlaps", "overlaps after", "overlaps before", "range", "started by", "starts"),
)
"""The builtins of FEEL that can be read. Which of them can be used, the checker says."""

FUNCTIONS: Final = frozenset(_OWN + _FEEL)
"""Every name that may stand before a bracket. Blanks in a name are written as one space."""


@cache
def functions_of(name: str) -> Mapping[str, str]:
    """Return every name that a surface has for a builtin → that by which it is known.

    Those of FEEL can be written in every surface.
    """
    return {**{known: known for known in FUNCTIONS}, **surface(name).functions}


@cache
def function_words(name: str) -> int:
    """Return how many words the longest name of a builtin has in a surface."""
    return max(known.count(" ") + 1 for known in functions_of(name))


PRECISION: Final = 34
"""How many significant digits a number may have: those of IEEE 754 decimal128, as in FEEL."""

MAX_EXPONENT: Final = 6144
"""The greatest decimal exponent of a number, either way: that of decimal128."""

_HEX: Final = "[0-9a-fA-F]"
_ESCAPE: Final = re.compile(
    r'\\(?:(?P<plain>["\\nt])'
    rf"|u(?P<high>[dD][89abAB]{_HEX}{{2}})\\u(?P<low>[dD][c-fC-F]{_HEX}{{2}})"
    rf"|u(?P<short>{_HEX}{{4}})|U(?P<long>{_HEX}{{6}})|(?P<bad>[\s\S]))"
)
_SURROGATES: Final = range(0xD800, 0xE000)
_PLAIN: Final = {'"': '"', "\\": "\\", "n": "\n", "t": "\t"}


def decimal(literal: str) -> Decimal | None:
    """Return the exact value of a number literal; None if it has too many digits or is too big."""
    try:
        value = Decimal(literal)
    except InvalidOperation:
        return None
    digits = "".join(map(str, value.as_tuple().digits)).strip("0")
    in_reach = value.is_finite() and abs(value.adjusted()) <= MAX_EXPONENT
    return value if in_reach and len(digits) <= PRECISION else None


def unescape(literal: str) -> tuple[str, list[tuple[int, int]]]:
    r"""Return the text of a string literal, and where in it escapes are that it cannot have.

    Known are `\"`, `\\`, `\n`, `\t`, `\uXXXX`, two of these as a surrogate pair, `\UXXXXXX`.

    Args:
        literal: With its quotes.
    """
    if "\\" not in literal:
        return literal[1:-1], []
    bad: list[tuple[int, int]] = []

    def character(match: re.Match[str]) -> str:
        found = _character(match)
        if not found:
            bad.append(match.span())
        return found

    return _ESCAPE.sub(character, literal[:-1])[1:], bad


def _character(match: re.Match[str]) -> str:
    """Return the character that an escape stands for; the empty text if there is none."""
    if plain := match["plain"]:
        return _PLAIN[plain]
    if high := match["high"]:
        units = bytes.fromhex(high + match["low"])
        return units.decode("utf-16-be")
    point = int(match["short"] or match["long"] or "-1", 16)
    exists = 0 <= point <= sys.maxunicode and point not in _SURROGATES
    return chr(point) if exists else ""
