"""Tables made in pieces where a database finds no room to make them at once.

A table of as many rows as there are subjects is a query whose joins are all held while it runs. Of a
range of their numbers it takes less: the same rows, in the same order, by several queries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.sql.table import ROW
from khung.sql.text import literal, quoted

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

WAVE, KIND = "~", "#"
"""In the name of a table of a wave, what follows on whose it is, and on the type of a kind."""

FIRST = 16
"""Into how many pieces a table is cut that finds no room."""

MOST = 128
"""Into no more: a database that finds no room for one of so many finds none for a single row."""


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
        _in_pieces(base, name, f"SELECT * FROM ({text}) q", key or of.partition(KIND)[0])


def write_parquet(base: duckdb.DuckDBPyConnection, query: str, path: Path, key: str) -> None:
    """Write what a query finds as a file of Parquet; by a table of pieces where there is no room.

    Args:
        base: The database.
        query: The query, which ends in what it reads, `q`; its rows have the numbers of a table.
        path: The file.
        key: That table.

    Raises:
        duckdb.OutOfMemoryException: As for `make_table`.
    """
    import duckdb  # noqa: PLC0415  # slow to load

    to = f"TO {literal(str(path))} (FORMAT parquet, COMPRESSION zstd)"
    try:
        base.execute(f"COPY ({query}) {to}")
    except duckdb.OutOfMemoryException as error:
        if is_full_disk(error):
            raise
        held = quoted(f"{key}~written")
        _in_pieces(base, held, query, key)
        base.execute(f"COPY {held} {to}")
        base.execute(f"DROP TABLE {held}")


def _in_pieces(base: duckdb.DuckDBPyConnection, name: str, query: str, key: str) -> None:
    """Make a table piece by piece; where one finds no room the next are half as long.

    Each is made by one processor: what several hold while they work is more than the pieces save.
    """
    ((threads,),) = base.execute("SELECT current_setting('threads')").fetchall()
    base.execute("SET threads = 1")
    try:
        base.execute(f"CREATE OR REPLACE TABLE {name} AS {query} LIMIT 0")
        _insert(base, f"INSERT INTO {name} {query}", _rows(base, key))
    finally:
        base.execute(f"SET threads = {threads}")


def _insert(base: duckdb.DuckDBPyConnection, statement: str, rows: int) -> None:
    """Insert rows by their numbers up to the highest."""
    import duckdb  # noqa: PLC0415  # slow to load

    done, step = 0, -(-rows // FIRST)
    while done < rows:
        try:
            base.execute(f"{statement} WHERE q.{ROW} > {done} AND q.{ROW} <= {done + step}")
        except duckdb.OutOfMemoryException as error:
            if step == 1 or step * MOST < rows or is_full_disk(error):
                raise
            step = -(-step // 2)
        else:
            done += step


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
