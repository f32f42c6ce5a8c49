"""Characters that have no place in a YAML file of khung, found before YAML reads it.

They come from word processors and web pages, cannot be seen, and would make two names that look
the same differ, or a line end where no editor shows one.

Reports: K0108, K0109, K0119, K0136.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import islice
from typing import TYPE_CHECKING

from khung.patterns import pattern
from khung.text import SourceFile, Span

if TYPE_CHECKING:
    from khung.diagnostics.bag import Bag
    from khung.text import PlacedText

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
