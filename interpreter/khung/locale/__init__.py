"""The words that khung says itself, in each language.

`LANG/PREFIX.json` holds the phrases whose keys begin with `PREFIX.`; it is read when one of them
is first asked for. Every language has the same keys with the same placeholders.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

languages = ("vi", "en")
"""The languages, the default one first."""

default = languages[0]


def phrase(lang: str, key: str, /, **args: object) -> str:
    """Return the phrase `key`, such as `report.because`, filled with `args`.

    Raises:
        KeyError: No such phrase or argument: a defect.
    """
    return table(lang, key.partition(".")[0])[key].format_map(args)


def voice(lang: str, prefix: str) -> Callable[..., str]:
    """Return what says the phrases whose keys begin with `prefix.`, as `phrase` does."""

    def say(key: str, /, **args: object) -> str:
        return phrase(lang, f"{prefix}.{key}", **args)

    return say


def known(lang: str, key: str) -> str | None:
    """Return the phrase `key` unfilled; None where there is none."""
    return table(lang, key.partition(".")[0]).get(key)


@cache
def table(lang: str, prefix: str) -> dict[str, str]:
    """Return all phrases of one prefix in one language, unfilled."""
    path = Path(__file__).parent / lang / f"{prefix}.json"
    if not path.is_file():
        raise KeyError(prefix)
    phrases: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return phrases
