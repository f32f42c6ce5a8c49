"""Why something is left to the reference evaluator, for who reads no SQL."""

from __future__ import annotations

import re

from khung.locale import table


def left_in_words(why: str, lang: str) -> str:
    """Return the reason of an `UnsupportedError` in a language.

    A reason may name what it is of before or after a colon; one without words is told in general.
    """
    words = table(lang, "left")
    for part in (why, *why.split(": ")):
        found = words.get(key_of(part))
        if found is not None:
            return found
    return words["left.other"]


def key_of(why: str) -> str:
    """Return the key of the words for a reason."""
    return f"left.{re.sub('[^a-z]+', '_', why.lower()).strip('_')}"
