"""The words of khung's own that cells may hold: yes and no, totals; and texts as they are meant."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from khung.locale import languages, phrase
from khung.text import nfc

if TYPE_CHECKING:
    from collections.abc import Mapping

_UNSEEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))
"""What takes no room, and comes along when cells are copied."""


def clean(text: str) -> str:
    """Return a text in NFC without blanks around it, those included that do not break lines."""
    if not text.isascii():
        text = nfc(text.translate(_UNSEEN))
    return text.strip()


def folded(text: str) -> str:
    """Return a text as labels are compared: no matter how letters and blanks are written."""
    return " ".join(clean(text).casefold().split())


@cache
def truths() -> Mapping[str, bool]:
    """Return the words for yes and no in all languages."""
    return {
        word: key == "yes"
        for key in ("no", "yes")
        for lang in languages
        for word in phrase(lang, f"tables.{key}").split("|")
    }


def says_total(text: str) -> bool:
    """Whether a text begins a row that sums others up."""
    return folded(text).rstrip(":. ") in _totals()


@cache
def _totals() -> frozenset[str]:
    said = (phrase(lang, "tables.total").split("|") for lang in languages)
    return frozenset(word for words in said for word in words)
