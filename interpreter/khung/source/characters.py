"""Characters that have no place in a YAML file of khung, found before YAML reads it.

They come from word processors and web pages, cannot be seen, and would make two names that look
the same differ, or a line end where no editor shows one.

Reports: K0108, K0109, K0136.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import islice
from typing import TYPE_CHECKING

from khung.text import SourceFile, Span

if TYPE_CHECKING:
    from khung.diagnostics.bag import Bag

# Control characters, line ends other than LF and CR LF, what changes the direction of writing,
# blanks without width, the byte order mark, and what is no character at all.
_FORBIDDEN = re.compile(
    r"[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069"
    r"\ufeff\ufffe\uffff\ud800-\udfff]|\r(?!\n)"
)
_HARD_BLANK = re.compile(r"(?m)^[ \t]*[\xa0\u3000]|(?<=[:,\-])[\xa0\u3000]|[\xa0\u3000](?=#)")
_DIRECTIVE = re.compile(r"(?:[ \t]*(?:#.*)?\r?\n)*(%[^\r\n]*)")
_MOST = 20  # of one kind in one file: the twenty-first adds nothing


def characters_fit(file: SourceFile, bag: Bag) -> bool:
    """Report what the text of a YAML file must not hold; return whether there is nothing."""
    forbidden = _some(_FORBIDDEN, file.text)
    hard = _some(_HARD_BLANK, file.text)
    ends = [match for match in forbidden if match.group() == "\r"]
    for match in forbidden:
        if match not in ends[1:]:  # of line ends the first stands for all
            span, advice = Span(file, *match.span()), "line_end" if match in ends else ""
            bag.add("K0108", span, help=advice, character=_described(match.group()))
    for match in hard:
        bag.add("K0109", Span(file, match.end() - 1, match.end()))
    return not (forbidden or hard or _has_directive(file, bag))


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
