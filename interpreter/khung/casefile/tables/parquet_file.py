"""A Parquet file, or a frame handed over, to a table of which each column is Arrow's.

Its first row is row 1, as it has no line of headings.

Reports: K0682, K0683, K0687.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.casefile.tables.files import BESIDE
from khung.casefile.tables.raw import (
    RawTable,
    column_twice,
    heading,
    key_column,
    known_column,
    unknown_column,
)
from khung.casefile.tables.typed import is_typed
from khung.ir import types as t
from khung.text import Grid

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa  # type: ignore[import-untyped]  # comes without types

    from khung.casefile.tables.layout import Sheet
    from khung.diagnostics.bag import Bag


def read_parquet(path: Path, sheet: Sheet, number: int, bag: Bag) -> RawTable | None:
    """Return the table of a Parquet file; None after a diagnostic."""
    import pyarrow as pa  # noqa: PLC0415  # only for cases of tables
    import pyarrow.parquet as pq  # type: ignore[import-untyped]  # noqa: PLC0415  # heavy

    try:
        with pq.ParquetFile(path) as file:  # as `read_table`, without all that reads many files
            table = file.read()
        table.validate(full=True)
    except (pa.ArrowException, OSError, ValueError):
        bag.add("K0687", None, help="parquet", file=str(path), limit=0)
        return None
    return of_frame(table, sheet, Grid(str(path), number=number), bag)


def typed_cells(path: Path, sheet: Sheet) -> int:
    """Return how many cells a Parquet file has, if it is in typed form; none of any other."""
    import pyarrow as pa  # noqa: PLC0415  # as above
    import pyarrow.parquet as pq  # noqa: PLC0415  # as above

    try:
        with pq.ParquetFile(path) as file:
            about, schema = file.metadata, file.schema_arrow
        is_typed_form = all(_is_typed(field, sheet) for field in schema)
        return about.num_rows * about.num_columns if is_typed_form else 0
    except (pa.ArrowException, OSError, ValueError):
        return 0


def _is_typed(field: pa.Field, sheet: Sheet) -> bool:
    """Whether a column of a file is in typed form; texts are not looked into."""
    import pyarrow.types as of_type  # type: ignore[import-untyped]  # noqa: PLC0415  # heavy

    ty = field.type.value_type if of_type.is_dictionary(field.type) else field.type
    column = sheet.by_key.get(field.name)
    if column is None and not known_column(field.name, sheet):
        return str(field.name).startswith(BESIDE)  # any other is to be told of
    if column is None or not isinstance(column.ty, t.Boolean | t.Date | t.Number):
        return bool(of_type.is_string(ty))
    return is_typed(ty, column)


def of_frame(table: pa.Table, sheet: Sheet, grid: Grid, bag: Bag) -> RawTable | None:
    """Return a frame as a table; None after a diagnostic."""
    key = key_column(sheet)
    if key not in table.column_names:
        bag.add("K0683", grid.span(1, 1, ""), name=sheet.key, key=key, label="")
        return None
    numbers: dict[str, int] = {}
    for number, name in enumerate(table.column_names, 1):
        grid.headings[number] = heading(sheet.by_key.get(name), name)
        if name in numbers:
            column_twice(name, grid.span(1, number, name), bag)
        elif known_column(name, sheet):
            numbers[name] = number
        elif not name.startswith(BESIDE):
            unknown_column(name, sheet, grid, 1, number, bag)
    columns = {name: table.column(number - 1) for name, number in numbers.items()}
    return RawTable(sheet, grid, columns, numbers, range(1, table.num_rows + 1))
