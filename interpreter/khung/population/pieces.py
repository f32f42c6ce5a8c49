"""Tables made in pieces where a database finds no room to make them at once.

A table of as many rows as there are subjects is a query whose joins are all held while it runs. Of a
range of their numbers it takes less: the same rows, in the same order, by several queries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from khung.sql.table import ROW
from khung.sql.text import literal, quoted

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import duckdb

WAVE, KIND = "~", "#"
"""In the name of a table of a wave, what follows on whose it is, and on the type of a kind."""

MADE, WRITTEN = 16, 64
"""Into how many pieces a table is cut at first that is made, or written."""

MOST = 256
"""Into no more: a database that finds no room for one of so many finds none for a single row."""

ROW_GROUP = 40_960
"""How many rows a row group of a Parquet file has. Each processor holds such groups while it writes
them, and a row takes two thousand bytes with all that is found of a body."""


def make_table(base: duckdb.DuckDBPyConnection, name: str, text: str, key: str = "") -> None:
    """Make a table of a query; in pieces where there is no room to make it at once.

    Args:
        base: The database.
        name: The table, as it stands in a query; if that is the name of a table of a wave, it says
            of whose rows it has the numbers.
        text: The query.
        key: The table of whose rows it has the numbers, if the name does not say it.

    Raises:
        duckdb.OutOfMemoryException: There is no room for a piece either, none on the disk, or the
            rows have no such numbers.
    """
    import duckdb  # noqa: PLC0415  # slow to load

    try:
        base.execute(f"CREATE OR REPLACE TABLE {name} AS {text}")
    except duckdb.OutOfMemoryException as error:
        of, wave, _ = name.strip('"').partition(WAVE)
        if not (wave or key) or is_full_disk(error):
            raise
        _make_in_pieces(base, name, f"SELECT * FROM ({text}) q", key or of.partition(KIND)[0])


def write_parquet(base: duckdb.DuckDBPyConnection, query: str, path: Path, key: str) -> None:
    """Write what a query finds as a file of Parquet.

    Args:
        base: The database.
        query: The query, which ends in what it reads, `q`; its rows have the numbers of a table.
        path: The file.
        key: That table.

    Raises:
        duckdb.OutOfMemoryException: As for `make_table`.
    """
    import duckdb  # noqa: PLC0415  # slow to load

    how = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP}"
    to = f"TO {literal(str(path))} ({how})"
    try:
        base.execute(f"COPY ({query}) {to}")
    except duckdb.OutOfMemoryException as error:
        if is_full_disk(error):
            raise
        _write_in_pieces(base, query, path, key)


def _write_in_pieces(base: duckdb.DuckDBPyConnection, query: str, path: Path, key: str) -> None:
    """Write a file piece by piece, each of which stands in memory for the time."""
    import pyarrow as pa  # type: ignore[import-untyped]  # noqa: PLC0415  # slow to load
    import pyarrow.parquet as pq  # type: ignore[import-untyped]  # noqa: PLC0415  # as above

    fields = base.sql(f"{query} LIMIT 0").to_arrow_table().schema
    schema = pa.schema([(field.name, _plain(field.type)) for field in fields])
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:

        def write(piece: str) -> None:
            writer.write_table(base.sql(f"{query} WHERE {piece}").to_arrow_table().cast(schema))

        _by_pieces(base, _rows(base, key), WRITTEN, write)


def _plain(ty: Any) -> Any:
    """Return the type of values, of one of few texts that of the texts."""
    import pyarrow as pa  # noqa: PLC0415  # slow to load

    if pa.types.is_list(ty):
        return pa.list_(_plain(ty.value_type))
    return ty.value_type if pa.types.is_dictionary(ty) else ty


def _make_in_pieces(base: duckdb.DuckDBPyConnection, name: str, query: str, key: str) -> None:
    """Make a table piece by piece."""
    base.execute(f"CREATE OR REPLACE TABLE {name} AS {query} LIMIT 0")

    def insert(piece: str) -> None:
        base.execute(f"INSERT INTO {name} {query} WHERE {piece}")

    _by_pieces(base, _rows(base, key), MADE, insert)


def _by_pieces(
    base: duckdb.DuckDBPyConnection, rows: int, pieces: int, run: Callable[[str], None]
) -> None:
    """Run something for every range of the numbers of rows.

    Where one finds no room the next are half as long. One processor works on each: what several
    hold while they work is more than the pieces save.
    """
    import duckdb  # noqa: PLC0415  # slow to load

    ((threads,),) = base.execute("SELECT current_setting('threads')").fetchall()
    base.execute("SET threads = 1")
    done, step = 0, -(-rows // pieces)
    try:
        while done < rows:
            try:
                run(f"q.{ROW} > {done} AND q.{ROW} <= {done + step}")
            except duckdb.OutOfMemoryException as error:
                if step == 1 or step * MOST < rows or is_full_disk(error):
                    raise
                step = -(-step // 2)
            else:
                done += step
    finally:
        base.execute(f"SET threads = {threads}")


def _rows(base: duckdb.DuckDBPyConnection, key: str) -> int:
    """Return the highest number of a row of a table; those of pairs stand under their own name."""
    stated = f"n.{key}"
    asked = f"SELECT 1 FROM information_schema.tables WHERE table_name = {literal(stated)}"
    source = stated if base.execute(asked).fetchone() else key
    ((found,),) = base.execute(f"SELECT max({ROW}) FROM {quoted(source)}").fetchall()
    return int(found or 0)


def is_full_disk(error: Exception) -> bool:
    """Whether it is the disk on which a database found no room."""
    return "max_temp_directory_size" in str(error)
