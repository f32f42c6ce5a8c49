"""Random expressions of the language by type, over what a scope offers."""

from __future__ import annotations

from tests.engines.conditions import Conditions
from tests.engines.values import Values


class Writer(Conditions, Values):
    """Writes expressions at one place; `atoms` and `items` are what may be read there."""
