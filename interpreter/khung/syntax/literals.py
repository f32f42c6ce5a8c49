"""What string and number literals stand for."""

from __future__ import annotations

import re
import sys
from decimal import Decimal, InvalidOperation
from typing import Final

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
