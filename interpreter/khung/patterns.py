"""Regular expressions that are compiled when they are first used: a command uses few of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from re import compile as pattern
else:

    class pattern:  # noqa: N801  # stands for a function
        """A compiled expression; a method of it is looked up once."""

        def __init__(self, text: str) -> None:
            self._text = text

        def __getattr__(self, name: str) -> Any:
            found = getattr(re.compile(self._text), name)
            setattr(self, name, found)
            return found


__all__ = ["pattern"]
