"""Tables written as CSV and Parquet, batch by batch, so that the longest never stands in memory.

CSV is UTF-8 with a byte order mark, by which Excel knows it; lists are joined, and texts guarded
against being taken for formulas (`casefile.tables.formulas`). Parquet holds everything as it is.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Self

from khung.casefile.tables import formulas

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import pyarrow as pa  # type: ignore[import-untyped]  # comes without types

BETWEEN = "; "
"""What stands between the elements of a list in a cell."""

_BATCH = 1 << 16  # rows
_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\x{FFFE}|\x{FFFF}"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class TableFiles:
    """Writes one table as `NAME.csv` and `NAME.parquet`, batch by batch; use it with `with`."""

    def __init__(self, folder: Path, name: str, schema: pa.Schema) -> None:
        """Open the files. Raises OSError if they cannot be made."""
        import pyarrow.csv as pc  # type: ignore[import-untyped]  # noqa: PLC0415  # slow to load
        import pyarrow.parquet as pq  # type: ignore[import-untyped]  # noqa: PLC0415  # as above

        self._open = ExitStack()
        with ExitStack() as opening:
            text = opening.enter_context((folder / f"{name}.csv").open("wb"))
            data = opening.enter_context((folder / f"{name}.parquet").open("wb"))
            text.write(_BYTE_ORDER_MARK)
            self._csv = opening.enter_context(pc.CSVWriter(text, _flat(schema)))
            self._parquet = opening.enter_context(
                pq.ParquetWriter(data, schema, compression="zstd")
            )
            self._open = opening.pop_all()

    def write(self, batch: pa.RecordBatch) -> None:
        """Write a batch of rows. Raises OSError if there is no room."""
        self._csv.write_batch(in_texts(batch))
        self._parquet.write_batch(batch)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failed: Any) -> None:
        self._open.__exit__(*failed)


def write_table(folder: Path, name: str, schema: pa.Schema, batches: Iterable[Any]) -> int:
    """Write a table as CSV and Parquet.

    Args:
        folder: Where.
        name: What the files are called, without an ending.
        schema: Of all batches.
        batches: Record batches, as a table or a reader of Arrow gives them.

    Returns:
        How many rows it has.

    Raises:
        OSError: It cannot be written.
    """
    rows = 0
    with TableFiles(folder, name, schema) as files:
        for batch in batches:
            files.write(batch)
            rows += batch.num_rows
    return rows


def batches_of(table: pa.Table) -> Any:
    """Return the batches of a table that is in memory."""
    return table.to_batches(max_chunksize=_BATCH)


# -- CSV ------------------------------------------------------------------------------------------


def _flat(schema: pa.Schema) -> pa.Schema:
    """Return the schema of a table of which lists are texts."""
    import pyarrow as pa  # noqa: PLC0415  # slow to load

    return pa.schema([f.with_type(pa.string()) if pa.types.is_list(f.type) else f for f in schema])


def in_texts(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return a batch as CSV holds it: lists joined, no text that a spreadsheet would run."""
    import pyarrow as pa  # noqa: PLC0415  # as above

    columns = [_in_texts(column) for column in batch.columns]
    return pa.RecordBatch.from_arrays(columns, schema=_flat(batch.schema))


def _in_texts(column: pa.Array) -> pa.Array:
    import pyarrow as pa  # noqa: PLC0415  # as above
    import pyarrow.compute as pc  # type: ignore[import-untyped]  # noqa: PLC0415  # as above

    if pa.types.is_list(column.type):
        column = pc.binary_join(column, BETWEEN)
    if not pa.types.is_string(column.type):
        return column
    coded = column.dictionary_encode()  # most columns repeat a few texts
    return _guarded(coded.dictionary).take(coded.indices)


def _guarded(texts: pa.Array) -> pa.Array:
    """Return texts without what no cell may hold, and such that no spreadsheet runs them."""
    import pyarrow as pa  # noqa: PLC0415  # as above
    import pyarrow.compute as pc  # noqa: PLC0415  # as above

    if pc.any(pc.match_substring_regex(texts, _CONTROL)).as_py():
        texts = pa.array([formulas.visible(text) for text in texts.to_pylist()], pa.string())
    begins = "".join(f"\\x{ord(one):02x}" for one in formulas.BEGINS)
    return pc.replace_substring_regex(texts, f"^([{begins}])", rf"{formulas.MARK}\1")
