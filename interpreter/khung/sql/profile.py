"""What the data of a run leave open, by column: what is plain there needs one column instead of two.

Of data of which nothing is known everything may be open; `Profile()` is that.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """What stands in the cells of a column.

    Attributes:
        given: Whether any cell has a value.
        missing: Whether any has none and no mark.
        unknown: Whether any says that it is not known.
        absent: Whether any says that there is none.
    """

    given: bool = True
    missing: bool = True
    unknown: bool = True
    absent: bool = True


ANY = ColumnProfile()
EMPTY = ColumnProfile(given=False, unknown=False, absent=False)
NOBODY = ColumnProfile(given=False, missing=False, unknown=False, absent=False)


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of the data before any rule is run.

    Attributes:
        columns: By table and column; of a table that is named a column that is not is empty.
        whole: By subject and back list: whether all of them are whole, or None where some are.
        all_there: By subject: whether all of them stand in every case, or None where in some.
        below: By subject, tree link and kind of the upper one: the kinds that stand below.
        depth: By subject and tree link: how many steps down it goes at most.
        bare: Whether defaults count for nothing.
        given: The subjects of which any has a decision.
        nobody: The tables without a row.
        streamed: The tables whose columns are worked out again wherever they are read, but for
            those that other tables read.
        kindless: The subjects of which it is not stated of all what kind they are.
    """

    columns: Mapping[str, Mapping[str, ColumnProfile]] = field(default_factory=dict)
    whole: Mapping[tuple[str, str], bool] = field(default_factory=dict)
    all_there: Mapping[str, bool | None] = field(default_factory=dict)
    below: Mapping[tuple[str, str, str], frozenset[str]] = field(default_factory=dict)
    depth: Mapping[tuple[str, str], int] = field(default_factory=dict)
    bare: bool = False
    given: frozenset[str] | None = None
    nobody: frozenset[str] = frozenset()
    streamed: frozenset[str] = frozenset()
    kindless: frozenset[str] = frozenset()

    def column(self, table: str, name: str) -> ColumnProfile:
        """Return what stands in a column."""
        if table in self.nobody:
            return NOBODY
        found = self.columns.get(table)
        return ANY if found is None else found.get(name, EMPTY)

    def is_decided(self, subject: str) -> bool:
        """Whether any subject of a type may have a decision."""
        return self.given is None or subject in self.given
