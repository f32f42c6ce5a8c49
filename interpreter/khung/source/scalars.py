"""What a plain YAML scalar means: a narrow reading of the core schema of YAML 1.2.

`null`, `~` and nothing are null; `true` and `false` are booleans; decimal digits are numbers, all
exact. Everything else is text, also `yes`, `no`, `on`, `off` and dates. What other readers take
for a number of another kind (`010`, `0x1F`, `.inf`) is an error, because people would differ too.

Reports: K0138-K0140.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING

from khung.patterns import pattern
from khung.source.limits import NUMBER_DIGITS
from khung.text import SourceFile, Span

if TYPE_CHECKING:
    from khung.diagnostics.bag import Bag
    from khung.source.nodes import Plain, Scalar
    from khung.text import PlacedText

_WORDS: dict[str, bool | None] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "false": False,
}
_MAY_BE_NUMBER = frozenset("0123456789+-.")
_WHOLE = pattern(r"[-+]?[0-9]+")
_DECIMAL = pattern(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_LEADING_ZERO = pattern(r"[-+]?0[0-9]+(?:\.[0-9]*)?")
_OTHER_BASE = pattern(r"0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+")
_NOT_FINITE = pattern(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_THOUSANDS = pattern(r"[-+]?[1-9][0-9]{0,2}\.[0-9]{2}0")
_EXPONENT = pattern(r"[eE][-+]?0*([0-9]*)$")


def resolve(text: str, span: Span, bag: Bag) -> Plain:
    """Return the value of a plain scalar.

    Args:
        text: The decoded text.
        span: Its place, for diagnostics.
        bag: Where to report.

    Returns:
        Null, a boolean, a number or the text. After an error, the text.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _MAY_BE_NUMBER:
        return text
    if _is_short_whole(text):
        return int(text)
    if _OTHER_BASE.fullmatch(text) or _NOT_FINITE.fullmatch(text):
        bag.add("K0138", span, help="base" if text[0] == "0" else "finite", text=text)
        return text
    if _LEADING_ZERO.fullmatch(text):
        bag.add("K0138", span, help="zero", text=text, shorter=_without_zeros(text))
        return text
    return _number(text, span, bag) if _DECIMAL.fullmatch(text) else text


def _is_short_whole(text: str) -> bool:
    """Say so of nearly all numbers, which need none of the other forms tried."""
    fits = len(text) <= NUMBER_DIGITS and (text[0] != "0" or text == "0")
    return fits and text.isascii() and text.isdigit()


def was_refused(node: Scalar) -> bool:
    """Say whether a scalar is the text that `resolve` left of a number after an error."""
    text = node.text.text
    forms = (_OTHER_BASE, _NOT_FINITE, _LEADING_ZERO, _DECIMAL)
    plain = isinstance(node.value, str) and not node.quoted
    return plain and any(form.fullmatch(text) for form in forms)


def _number(text: str, span: Span, bag: Bag) -> Plain:
    if _is_too_long(text):
        bag.add("K0139", span, digits=NUMBER_DIGITS)
        return text
    if _WHOLE.fullmatch(text):
        return int(text)
    if _THOUSANDS.fullmatch(text):
        shorter = text.rstrip("0").removesuffix(".")
        bag.add("K0140", span, text=text, whole=text.replace(".", ""), shorter=shorter)
    return Decimal(text)


def _is_too_long(text: str) -> bool:
    """Say so from the written form: making the number first is what must not happen."""
    exponent = _EXPONENT.search(text)
    mantissa = text[: exponent.start()] if exponent else text
    size = exponent.group(1) if exponent else ""
    digits = sum(c.isdecimal() for c in mantissa)
    return digits > NUMBER_DIGITS or len(size) > 2 or int(size or "0") > NUMBER_DIGITS  # noqa: PLR2004


def _without_zeros(text: str) -> str:
    sign = text[0] if text[0] in "+-" else ""
    digits = text.removeprefix(sign).lstrip("0")
    return sign + (digits if digits[:1].isdecimal() else "0" + digits)


# Control characters, line ends other than LF and CR LF, what changes the direction of writing,
# blanks without width, hyphens and tags that are not shown, the byte order mark, and what is no
# character at all.
_UNSEEN = (
    r"\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e"
    r"\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f"
)
_FORBIDDEN = pattern(rf"[{_UNSEEN}]|\r(?!\n)")
_FORBIDDEN_ESCAPED = pattern(rf"[{_UNSEEN}\r]")
_HARD = pattern(r"[\xa0\u3000]")
_HARD_BLANK = pattern(r"(?m)^[ \t]*[\xa0\u3000]|(?<=[:,\-])[\xa0\u3000]|[\xa0\u3000](?=#)")
_ESCAPE = pattern(r"\\(?:x..|u.{4}|U.{8}|[^\r\n])")
_HALVES = frozenset(map(chr, range(0xD800, 0xE000)))  # of characters, as JSON writes them
_DIRECTIVE = pattern(r"(?:[ \t]*(?:#.*)?\r?\n)*(%[^\r\n]*)")
_MOST = 20  # of one kind in one file: the twenty-first adds nothing


def characters_fit(file: SourceFile, bag: Bag) -> bool:
    """Report what the text of a YAML file must not hold; return whether there is nothing."""
    used = "".join(sorted(set(file.text)))  # so that most files are not searched at all
    forbidden = _some(_FORBIDDEN, file.text) if _FORBIDDEN.search(used) else []
    hard = _some(_HARD_BLANK, file.text) if _HARD.search(used) else []
    ends = [match for match in forbidden if match.group() == "\r"]
    for match in forbidden:
        if match not in ends[1:]:  # of line ends the first stands for all
            span, advice = Span(file, *match.span()), "line_end" if match in ends else ""
            bag.add("K0108", span, help=advice, character=_described(match.group()))
    for match in hard:
        bag.add("K0109", Span(file, match.end() - 1, match.end()))
    return not (forbidden or hard or _has_directive(file, bag))


def refuse_escaped(text: PlacedText, bag: Bag) -> None:
    """Report the same characters where a scalar in double quotes makes them with escapes."""
    for match in _some(_FORBIDDEN_ESCAPED, text.text):
        start = text.span(*match.span()).start
        span = Span(text.file, start, start + len(_written(text.file.text, start)))
        if match.group() in _HALVES:
            bag.add("K0119", span, escape=span.text)
        else:
            bag.add("K0108", span, help="escape", character=_described(match.group()))


def _written(text: str, start: int) -> str:
    """Return the escape at an offset; of what is no escape, the character."""
    found = _ESCAPE.match(text, start)
    return found[0] if found else text[start : start + 1]


def _some(pattern: re.Pattern[str], text: str) -> list[re.Match[str]]:
    return list(islice(pattern.finditer(text), _MOST))


def _described(character: str) -> str:
    name = unicodedata.name(character, "").lower()
    return f"U+{ord(character):04X}" + (f" ({name})" if name else "")


def _has_directive(file: SourceFile, bag: Bag) -> bool:
    directive = _DIRECTIVE.match(file.text)
    if directive is None or re.fullmatch(r"%YAML[ \t]+1\.2[ \t\r]*(#.*)?", directive.group(1)):
        return False
    start, end = directive.span(1)
    bag.add("K0136", Span(file, start, end), text=directive.group(1).strip())
    return True
