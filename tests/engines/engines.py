"""The engines that can be tried beside the reference, by name."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tests.engines.by_tables import by_tables

if TYPE_CHECKING:
    from tests.engines.harness import Engine

NAMES = ("sql", "slow", "unfolded", "tables")
"""Compiled rules: as `eval` runs them; with every quota on the general way; compiled for any data.

`tables` is the reference, which reads the case from its tables.
"""


def engine_of(name: str) -> Engine:
    """Return an engine by its name."""
    if name == "tables":
        return by_tables
    from tests.engines.by_sql import by_sql  # noqa: PLC0415  # loads a database

    return partial(by_sql, slow=name == "slow", folded=name != "unfolded")
