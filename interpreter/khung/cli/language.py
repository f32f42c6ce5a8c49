"""Which language to speak, found before the command line is parsed: its help depends on it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from khung.locale import default, languages

if TYPE_CHECKING:
    from collections.abc import Sequence

VARIABLE = "KHUNG_LANG"
"""The environment variable that sets the language."""

OPTION = "--lang"


def language_of(arguments: Sequence[str]) -> str:
    """Return the language that the arguments ask for, else the environment, else the default.

    One that khung does not speak is passed over here; parsing the arguments reports it.
    """
    for said in (_asked(arguments), os.environ.get(VARIABLE, "")[:2].lower()):
        if said in languages:
            return said
    return default


def _asked(arguments: Sequence[str]) -> str:
    asked = ""
    for i, argument in enumerate(arguments):
        if argument == OPTION and i + 1 < len(arguments):
            asked = arguments[i + 1]
        elif argument.startswith(f"{OPTION}="):
            asked = argument.removeprefix(f"{OPTION}=")
    return asked
