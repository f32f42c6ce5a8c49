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


@dataclass(frozen=True, slots=True)
class TablePlace:
    """Where a table was written.

    Attributes:
        file: The file, as the user named it; `<frames>` for frames handed over.
        sheet: The sheet of a workbook; empty elsewhere.
        columns: The number of each column, from 1, by key.
        rows: The number of each row, from 1; None where they follow each other from `first`.
        first: The number of the first row; 1 where a file has no header.
    """

    file: str
    sheet: str = ""
    columns: Mapping[str, int] = field(default_factory=dict)
    rows: Sequence[int] | None = None
    first: int = 1

    def row(self, index: int) -> int:
        """Return the number of a row of the frame, which counts from 0."""
        return self.first + index if self.rows is None else self.rows[index]


@dataclass(frozen=True, slots=True)
class Frames:
    """The tables of a case.

    Attributes:
        head: Rulebook, day, readings, what is whole, overlays, expectations; no subjects.
        tables: By key of the table, `SUBJECT` or `SUBJECT.LIST`. One that is not there has no rows.
        places: By the same keys.
        parquet: Files in typed form that were left on disk, being large; not in `tables`.
    """

    head: CaseFile
    tables: Mapping[str, pa.Table]
    places: Mapping[str, TablePlace]
    parquet: Mapping[str, Path] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """How many rows there are in the tables that were read."""
        return sum(table.num_rows for table in self.tables.values())
