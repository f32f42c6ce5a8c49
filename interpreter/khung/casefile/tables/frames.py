"""Tables as read: the head of the case, a frame a table, and where each cell was written.

All that makes a case of tables, or loads them elsewhere, reads `Frames`. A frame has the columns
of its `layout.Sheet` in typed form:

| column of | Arrow |
|---|---|
| `id`, `name`, `of`, texts, links (the id) | `string` |
| levels, options, kinds (the name) | `dictionary<int32, string>` or `string` |
| booleans | `bool` |
| dates | `date32` |
| numbers; counts of ballots | `int64` if all are whole, else `decimal128(38, s)` |
| `KEY?` | `string`: `?` unknown, `-` none; it is there where some row needs it |

A null is what nobody stated. A column that nobody filled may be missing.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa  # type: ignore[import-untyped]  # comes without types

    from khung.casefile.model import CaseFile
    from khung.text import Grid, Span


@dataclass(frozen=True, slots=True)
class TablePlace:
    """Where a table was written.

    Attributes:
        grid: Its file and sheet, in which a cell is a place for diagnostics.
        columns: The number of each column, from 1, by key.
        rows: The number of each row, from 1.
    """

    grid: Grid
    columns: Mapping[str, int]
    rows: Sequence[int]

    def span(self, row: int, key: str, text: str) -> Span:
        """Return the place of a cell: `row` is that of the frame, from 0, `text` its value."""
        return self.grid.span(self.rows[row], self.columns.get(key, 1), text)


@dataclass(frozen=True, slots=True)
class Frames:
    """The tables of a case.

    Attributes:
        head: Rulebook, day, readings, what is whole, overlays, expectations; no subjects.
        tables: By key of the table, `SUBJECT` or `SUBJECT.LIST`. One that is not there has no rows.
        places: By the same keys.
        parquet: Files in typed form that were left on disk, being large; not in `tables`.
        decided: By subject type, what was decided beside the case: rows with `id` and all columns
            `given.…`, which stand in place of what the row of that id says.
        lost: The tables that are there and could not be read, by key.
    """

    head: CaseFile
    tables: Mapping[str, pa.Table]
    places: Mapping[str, TablePlace]
    parquet: Mapping[str, Path] = field(default_factory=dict)
    decided: Mapping[str, pa.Table] = field(default_factory=dict)
    lost: frozenset[str] = frozenset()

    @property
    def rows(self) -> int:
        """How many rows there are in the tables that were read."""
        return sum(table.num_rows for table in self.tables.values())
