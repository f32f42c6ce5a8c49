"""Texts that a spreadsheet would take for formulas, in files that have no types: CSV.

Such a text is written behind an apostrophe, and so is one that begins with an apostrophe; who reads
takes one away. So every text comes back as it was, and none is ever run.
"""

from __future__ import annotations

MARK = "'"
BEGINS = "=+-@\t\r" + MARK
"""How texts begin that are written behind a mark."""

_LAST = 0x1F
_KEPT = "\t\n\r"
_PICTURES = 0x2400

_VISIBLE = {code: _PICTURES + code for code in range(_LAST + 1) if chr(code) not in _KEPT}
_VISIBLE |= {0x7F: 0x2421, 0xFFFE: 0xFFFD, 0xFFFF: 0xFFFD}


def guarded(text: str) -> str:
    """Return a text as it is written where a spreadsheet might take it for a formula."""
    return MARK + text if text[:1] and text[0] in BEGINS else text


def unguarded(text: str) -> str:
    """Return a text as it was before `guarded`."""
    return text[1:] if text[:1] == MARK and text[1:2] and text[1] in BEGINS else text


def visible(text: str) -> str:
    """Return a text with pictures in the place of control characters that no file of texts holds.

    Tabs and ends of lines stay.
    """
    return text.translate(_VISIBLE)
