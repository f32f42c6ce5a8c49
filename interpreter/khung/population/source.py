"""The tables of cases in a database."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from khung.ir import types as t
from khung.records import dataclass
from khung.sql.text import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import duckdb

    from khung.ir.program import ObjectType, Program
    from khung.sql.profile import ColumnProfile


MORE = "@more"
"""A column of a list of which marks were changed: whether a row said before that there may be more."""


@dataclass(slots=True)
class Source:
    """The tables of cases in a database.

    Attributes:
        there: The columns of each table.
        on: The day of the ranking, of every case.
        whole: What each case says is whole: by its number, everything, types and lists.
        streamed: The tables of so many rows that they are read again whenever they are asked for,
            instead of being held.
        numbered: The tables in which the number of a row stands as `rid`, all those among them.
        unread: The tables whose texts nobody has looked at.
        keeps: Whether rules compiled for such data are kept, and found again.
        at_once: How many statements may run at once.
    """

    base: duckdb.DuckDBPyConnection
    program: Program
    on: date
    there: Mapping[str, tuple[str, ...]]
    whole: Mapping[int, Any]
    bare: bool = False
    streamed: frozenset[str] = frozenset()
    numbered: frozenset[str] = frozenset()
    unread: frozenset[str] = frozenset()
    keeps: bool = False
    at_once: int = 1
    profiles: dict[str, dict[str, ColumnProfile]] = field(default_factory=dict)

    def all(self, text: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        return self.base.execute(text).fetchall()

    def names(self) -> list[str]:
        """Return all tables that the program may ask for."""
        found: list[str] = []
        for declared in self.program.subjects:
            found.append(declared.name)
            found += self._lists(declared.name, declared)
        return found

    def declared(self, key: str) -> ObjectType | None:
        """Return what the rows of a table are; None of plain values."""
        first, *lists = key.split(".")
        found = self.program.objects[first]
        for name in lists:
            ty = found.facts[name].ty
            element = ty.element if isinstance(ty, t.List) else ty
            if not isinstance(element, t.Object):
                return None
            found = self.program.objects[element.name]
        return found

    def _lists(self, key: str, declared: ObjectType) -> list[str]:
        found = []
        for fact in declared.facts.values():
            if isinstance(fact.ty, t.List):
                name = f"{key}.{fact.name}"
                found.append(name)
                element = fact.ty.element
                if isinstance(element, t.Object) and self.program.objects[element.name].is_record:
                    found += self._lists(name, self.program.objects[element.name])
        return found


def says_more(there: tuple[str, ...]) -> str:
    """Return whether a row of a list says that there may be more: all that it states is unknown."""
    if MORE in there:
        return quoted(MORE)
    own = [c for c in there if c not in ("cs", "of") and not c.startswith(("of.", "@"))]
    marks = [c for c in own if c.endswith("?")]
    if not marks:
        return "FALSE"
    values = [f"{quoted(c)} IS NULL" for c in own if not c.endswith("?")]
    said = [f"coalesce({quoted(c)}, '?') = '?'" for c in marks]
    some = " OR ".join(f"{quoted(c)} IS NOT NULL" for c in marks)
    return f"({' AND '.join([*values, *said, f'({some})'])})"
