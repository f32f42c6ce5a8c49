"""The tables of a made-up population as files of a folder, with the head of the case.

CSV is for people: what is unknown stands in the cell itself as `?`. Parquet is in typed form, as
`casefile.tables.frames` says, and is written a stretch of rows after the other.
"""

# ruff: noqa: S608  # khung alone writes these queries; names and texts in them are quoted

from __future__ import annotations

from contextlib import contextmanager
from enum import Enum
from typing import TYPE_CHECKING, Any

from khung.analysis.population.columns import columns_of
from khung.analysis.population.expressions import literal, quoted
from khung.analysis.population.making import connect, make
from khung.analysis.population.plan import Plan
from khung.casefile.tables.layout import HEAD, MARK
from khung.records import dataclass
from khung.source.writing import quoted as in_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from fractions import Fraction
    from pathlib import Path

    import duckdb

    from khung.analysis.population.making import Made
    from khung.analysis.population.strata import Layer
    from khung.ir.program import Program
    from khung.rulebook import model as m

FEW = 100_000
"""Rows of all tables together up to which they are CSV, where nobody says otherwise."""


SHEET_ROWS = 1_000_000
"""Rows that are put on one sheet of a workbook, which may have 1,048,576."""


class TooLongError(Exception):
    """A table has more rows than a sheet can: its key, and how many."""


class Form(Enum):
    """What the tables are written as."""

    CSV = "csv"
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a population.

    Attributes:
        size: How many there are of it.
        seed: What tells it from others of its kind.
        unknown: The share of each column that is unknown.
        form: What its tables are written as; None for what suits their size.
        title: What the case is called.
    """

    size: int
    seed: int
    unknown: Fraction
    form: Form | None
    title: str


def write_population(
    population: m.Population,
    layers: tuple[Layer, ...],
    program: Program,
    wanted: Wanted,
    folder: Path,
    tell: Callable[[str, int], None],
) -> dict[str, int]:
    """Make a population and write it into a folder.

    Args:
        population: As its author describes it.
        layers: Its strata with their names looked up.
        program: The rulebook that the case is for.
        wanted: What is asked of it.
        folder: A folder that is there, for nothing else.
        tell: Told of each table, before it is written, with its number of rows.

    Returns:
        The number of rows of each table.

    Raises:
        OSError: It cannot be written.
    """
    with _made(population, layers, program, wanted, folder) as (con, made):
        form = wanted.form or _suiting(made)
        for table in made:
            tell(table.key, table.rows)
            _write(con, table, form, folder)
    head = head_of(population, program.rulebook, wanted.title)
    (folder / f"{HEAD}.yaml").write_text(head, encoding="utf-8", newline="\n")
    return {table.key: table.rows for table in made}


def columns_of_population(
    population: m.Population,
    layers: tuple[Layer, ...],
    program: Program,
    wanted: Wanted,
    folder: Path,
    tell: Callable[[str, int], None],
) -> dict[str, dict[str, list[Any]]]:
    """Make a population; return its tables, each as its columns in typed form.

    The arguments are those of `write_population`; in the folder nothing is left.

    Raises:
        OSError: There is no room for what does not fit into memory.
        TooLongError: A table has more rows than a sheet.
    """
    found = {}
    with _made(population, layers, program, wanted, folder) as (con, made):
        for table in made:
            if table.rows > SHEET_ROWS:
                raise TooLongError(table.key, table.rows)
            tell(table.key, table.rows)
            found[table.key] = con.sql(table.query).to_arrow_table().to_pydict()
    return found


@contextmanager
def _made(
    population: m.Population,
    layers: tuple[Layer, ...],
    program: Program,
    wanted: Wanted,
    folder: Path,
) -> Iterator[tuple[duckdb.DuckDBPyConnection, tuple[Made, ...]]]:
    """Give a database with a population, and the tables of it."""
    import duckdb  # noqa: PLC0415  # 60 ms, only here

    words = {ref.name: listed for ref, listed in population.words}
    given = {layer.name: columns_of(layer.sheet, program) for layer in layers}
    plan = Plan(layers, words, wanted.size, wanted.seed)
    try:
        with connect(folder) as con:
            yield con, tuple(make(con, plan, given, wanted.unknown))
    except duckdb.IOException as error:
        raise OSError(*_errno_of(error)) from error


def head_of(population: m.Population, rulebook: str, title: str) -> str:
    """Return the head of the case: all that there is of the population is in the tables."""
    return f'case: {in_yaml(title)}\nrulebook: "{rulebook}"\non: {population.on}\ncomplete: true\n'


def _suiting(made: tuple[Made, ...]) -> Form:
    return Form.CSV if sum(table.rows for table in made) <= FEW else Form.PARQUET


def _write(con: duckdb.DuckDBPyConnection, table: Made, form: Form, folder: Path) -> None:
    path = literal(str(folder / f"{table.key}.{form.value}"))
    if form is Form.PARQUET:
        con.execute(f"COPY ({table.query}) TO {path} (FORMAT parquet, COMPRESSION zstd)")
    else:
        con.execute(f"COPY ({as_text(table)}) TO {path} (FORMAT csv, HEADER)")


def as_text(table: Made) -> str:
    """Return the query of a table in which what is unknown or none is said in the cell itself."""
    columns = []
    for key in table.columns:
        mark = f"{key}{MARK}"
        if mark in table.columns:
            columns.append(f"coalesce({quoted(key)}::VARCHAR, {quoted(mark)}) AS {quoted(key)}")
        elif not key.endswith(MARK) or key.removesuffix(MARK) not in table.columns:
            columns.append(quoted(key))
    return f"SELECT {', '.join(columns)} FROM ({table.query})"


def _errno_of(error: Exception) -> tuple[int, str]:
    """Return which error of the system DuckDB tells of in words."""
    from errno import EIO, ENOSPC  # noqa: PLC0415  # only after a failure

    text = str(error)
    return (ENOSPC if "No space left" in text else EIO), text
