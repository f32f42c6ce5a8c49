"""What a column reads, of all that was met while it was written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.records import replace
from khung.sql.lists.asked import alias_of
from khung.sql.table import SELF, Own, Passed, Quoted, Raw, Via, stem_of
from khung.sql.text import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from khung.sql.build import Build
    from khung.sql.table import Column, Dependency


def reading(build: Build, column: Column, met: Iterable[Dependency]) -> Column:
    """Return a column with those of what was met on the way that its texts read."""
    said = " ".join(column.parts.values())
    return replace(column, needs=tuple(need for need in met if _is_read(build, need, said)))


def _is_read(build: Build, need: Dependency, said: str) -> bool:
    match need:
        case Own():
            return _of_member(SELF, need.name, said)
        case Raw():
            return f"{SELF}.{quoted(need.name)}" in said
        case Via():
            return _of_member(need.alias, need.name, said)
        case Passed():
            aliases = (alias_of(need.source, build, among) for among in "ab")
            return any(f"{alias}.{quoted(need.name)}" in said for alias in aliases)
        case Quoted():
            return f"{quoted(need.name)}." in said


def _of_member(alias: str, name: str, said: str) -> bool:
    """Whether a column of a member stands in a text, or one of its ends."""
    begins = f"{alias}.{quoted(stem_of(name))[:-1]}"
    return f'{begins}"' in said or f"{begins}." in said
