"""Populations on Spark: the statements that DuckDB runs, in Spark's dialect, over Parquet.

`Session` is what the rest of this package takes for a database. A table is a view of the session
over rows that were worked out: no statement is planned with those before it, which would pile up.
Few rows the driver holds; many are written to a folder.
"""

from __future__ import annotations

import re
from dataclasses import field
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from khung.ir.result_schema import EVERYTHING
from khung.population import awaited, results
from khung.population.asked import Asked
from khung.population.dialect import ROW, as_spark
from khung.population.source import Source
from khung.population.sources import beside_of, whole_of
from khung.population.wrong import fits_together, rings
from khung.records import dataclass
from khung.sql.text import literal, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa  # type: ignore[import-untyped]  # comes without types

    from khung.casefile.model import CaseFile
    from khung.ir.program import Program
    from khung.ir.result_schema import Selection
    from khung.population.run import Solved

SETTINGS = {
    "spark.sql.ansi.enabled": "true",  # what does not fit is an error, no null
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",  # nothing is rounded without a word
    "spark.sql.caseSensitive": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.constraintPropagation.enabled": "false",  # grows with each table made of another
}
"""What a session is set to: where Spark would answer otherwise, or hardly ever, if it were not."""

HELD = 5_000
"""Of how many rows the driver holds a table; one of more is written to the folder."""


class UnfitError(ValueError):
    """Tables do not fit together: an id twice, a link to nobody, links in a ring."""


_NAME = r'(?:(\w+)\.)?("(?:[^"]|"")*"|\w+)'
_MAKE = re.compile(rf"CREATE (?:OR REPLACE )?(?:TABLE|VIEW) {_NAME} (?:AS (.*)|\((.*)\))", re.S)
_ADD = re.compile(rf"INSERT INTO {_NAME} (.*)", re.S)
_DROP = re.compile(rf"DROP (?:TABLE|VIEW) (?:IF EXISTS )?{_NAME}")
_PATH = re.compile(r"SET search_path = '(.*)'")
_ASKED_PATH = "SELECT current_setting('search_path')"
_RELATIONS = re.compile(
    "SELECT table_name, table_type FROM information_schema.tables WHERE table_schema = '(.*)'"
)
MAIN = "main"


@dataclass(slots=True)
class Session:
    """A session of Spark, as a database that takes statements in DuckDB's dialect.

    Attributes:
        spark: The session (`pyspark.sql.SparkSession`).
        folder: Where tables of many rows are written, on a store that all executors see.
        names: By the schema and the name of a table in statements, the view that stands for it.
        label: What views are called that it makes, and its own part of the folder.
        path: The schemas in which a table is looked for; a new one is put into the first.
        held: The views of rows that the driver holds.
        answer: The frame of the last query.
    """

    spark: Any
    folder: str
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    label: str = field(default_factory=lambda: f"khung_{uuid4().hex}")
    path: tuple[str, ...] = (MAIN,)
    held: set[str] = field(default_factory=set)
    answer: Any = None

    def execute(self, text: str) -> Session:
        """Run a statement; of a query, `fetchall` and `description` tell what it gives.

        A view is worked out as a table is: what reads it several times would do so several times.
        """
        if found := _MAKE.fullmatch(text):
            schema, name, query, columns = found.groups()
            self.make(name, query or _empty(columns), schema)
        elif found := _ADD.fullmatch(text):
            schema, name, query = found.groups()
            self.make(name, f"SELECT * FROM {name} UNION ALL {query}", schema)
        elif found := _DROP.fullmatch(text):
            schema, name = found.groups()
            self._forget((schema or self.path[0], _plain(name)))
        elif found := _PATH.fullmatch(text):
            self.path = tuple(found[1].split(","))
        elif text == _ASKED_PATH:
            self.answer = self.query(f"SELECT {literal(','.join(self.path))} AS path")
        elif found := _RELATIONS.fullmatch(text):
            rows = [(name, "VIEW") for schema, name in self.names if schema == found[1]]
            self.answer = self.spark.createDataFrame(rows, "table_name string, table_type string")
        elif not text.startswith("CREATE SCHEMA"):
            self.answer = self.query(text)
        return self

    def query(self, text: str) -> Any:
        """Return the frame (`pyspark.sql.DataFrame`) of a query."""
        return self.spark.sql(as_spark(text, self.names, self.path))

    def make(self, name: str, text: str, schema: str | None = None) -> None:
        """Work out a query; of one that reads no table of many rows few are taken to come."""
        said = as_spark(text, self.names, self.path)
        read = set(re.findall(f"{self.label}_[0-9a-f]+", said))
        self.work_out(name, self.spark.sql(said), schema, are_few=read <= self.held)

    def cursor(self) -> Session:
        """Return what runs other queries beside."""
        return Session(self.spark, self.folder, self.names, self.label, self.path, self.held)

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return the rows of the last query, on the driver."""
        return [tuple(row) for row in self.answer.collect()]

    @property
    def description(self) -> list[tuple[str, ...]]:
        """The columns of the last query."""
        return [(name,) for name in self.answer.columns]

    def sql(self, text: str) -> Session:
        """Run a query, of which `to_arrow_table` gives the rows."""
        return self.execute(text)

    def to_arrow_table(self) -> pa.Table:
        """Return the rows of the last query, on the driver."""
        return self.answer.toArrow()

    def register(self, name: str, table: pa.Table) -> None:
        """Take a table of the driver: of few rows."""
        self.give(name, self.spark.createDataFrame(table), is_held=True)

    def unregister(self, name: str) -> None:
        """Leave a table that was taken as it is: relations made of it have their own rows."""

    def close(self) -> None:
        """Leave the session to who gave it, without the views that were made."""
        for place in [*self.names]:
            self._forget(place)

    def give(
        self, name: str, frame: Any, schema: str | None = None, *, is_held: bool = False
    ) -> None:
        """Let statements read a frame by a name, that stands there as in a statement."""
        view, place = f"{self.label}_{uuid4().hex}", (schema or self.path[0], _plain(name))
        frame.createOrReplaceTempView(view)
        if place in self.names:
            self._forget(place)
        self.names[place] = view
        if is_held:
            self.held.add(view)

    def _forget(self, place: tuple[str, str]) -> None:
        view = self.names.pop(place)
        self.held.discard(view)
        self.spark.catalog.dropTempView(view)

    def work_out(
        self, name: str, frame: Any, schema: str | None = None, *, are_few: bool = True
    ) -> None:
        """Let statements read the rows of a frame, which are held if they are few, else written.

        What is read again has the size that it has. Of a frame that is not, Spark estimates it by
        all that it was made of, join by join, until the number alone has millions of digits.
        """
        frame = _with_types(frame)
        rows = _few(frame) if are_few else None
        if rows is None:
            frame = self._written(frame)
            rows = _few(frame) if frame.count() <= HELD else None
        if rows is not None:
            frame = self.spark.createDataFrame(rows, frame.schema)
        self.give(name, frame, schema, is_held=rows is not None)

    def _written(self, frame: Any) -> Any:
        path = f"{self.folder.rstrip('/')}/{self.label}/{uuid4().hex}"
        frame.write.parquet(path)
        return self.spark.read.schema(frame.schema).parquet(path)


def _few(frame: Any) -> pa.Table | None:
    """Return the rows of a frame on the driver, None if they are too many."""
    found = frame.limit(HELD + 1).toArrow()
    return found if found.num_rows <= HELD else None


def _narrow(frame: Any) -> Any:
    """Return a frame with room in its decimals: of two of 38 digits Spark rounds the finer one.

    A number of more than 18 digits before the point is an error.
    """
    from pyspark.sql import functions  # noqa: PLC0415  # an optional extra

    cast = {}
    for column in frame.schema.fields:
        if column.dataType.typeName() == "decimal":
            scale = column.dataType.scale
            digits = min(column.dataType.precision, 18 + scale)
            cast[column.name] = functions.col(f"`{column.name}`").cast(f"decimal({digits},{scale})")
    return frame.withColumns(cast) if cast else frame


def _with_types(frame: Any) -> Any:
    """Return a frame with a type for columns of nothing, of which neither Parquet nor Arrow has any."""
    from pyspark.sql import functions  # noqa: PLC0415  # an optional extra

    voids = [c.name for c in frame.schema.fields if c.dataType.typeName() == "void"]
    nothing = functions.lit(None).cast("string")
    return frame.withColumns(dict.fromkeys(voids, nothing)) if voids else frame


def _plain(name: str) -> str:
    """Return a name without its quotes, if it has any."""
    return name[1:-1].replace('""', '"') if name.startswith('"') else name


def _empty(columns: str) -> str:
    """Return the query of a table without rows, of names and types of columns."""
    pairs = (column.strip().rpartition(" ") for column in columns.split(","))
    said = ", ".join(f"CAST(NULL AS {ty}) AS {name}" for name, _, ty in pairs)
    return f"SELECT {said} WHERE FALSE"


@dataclass(frozen=True, slots=True)
class Population:
    """A case that was solved on Spark."""

    solved: Solved

    @property
    def left(self) -> dict[str, str]:
        """What has no form in SQL, with the reason: what is told beside levels, or a whole type."""
        made = self.solved.compiled
        return {f"{of}.{name}": why for (of, name), why in made.left.items()} | {**made.without}

    def frames(self) -> dict[str, Any]:
        """Return the results of each subject type as a frame of Spark, a row a subject.

        There is none of a type that SQL leaves whole.
        """
        session: Session = self.solved.base  # type: ignore[assignment]  # it was made below
        queries = results.result_queries(self.solved)
        return {name: session.query(query) for name, query in queries.items()}

    def close(self) -> None:
        """Leave the session without what was made there; frames that were returned stay."""
        self.solved.base.close()


def solve(
    spark: Any,
    program: Program,
    head: CaseFile,
    paths: Mapping[str, str],
    folder: str,
    selection: Selection = EVERYTHING,
) -> Population:
    """Solve a case of tables on Spark.

    Args:
        spark: The session (`pyspark.sql.SparkSession`); it is set as `SETTINGS` say.
        program: The rulebook, lowered.
        head: The head of the case.
        paths: Parquet of each table, in typed form (`casefile.tables.frames`), by key: a file, or a
            folder of files that are numbered in the order in which Spark reads them.
        folder: As of `Session`.
        selection: What results are to tell: the less, the fewer steps it takes.

    Raises:
        UnfitError: The tables do not fit together; `khung check` says where.
        UnsupportedError: Levels of all types hang on what SQL has no exact form for.
    """
    frames = {key: spark.read.parquet(path) for key, path in paths.items()}
    source = source_of(spark, program, [(0, head, frames)], folder)
    try:
        if not fits_together(source) or rings(source):
            raise UnfitError
        return Population(awaited.solve(source, asked=Asked(selection)))
    except BaseException:
        source.base.close()
        raise


def source_of(
    spark: Any,
    program: Program,
    cases: Sequence[tuple[int, CaseFile, Mapping[str, Any]]],
    folder: str,
) -> Source:
    """Return cases, all of one day, as the tables of a session: `in.TABLE`, with the case in `cs`.

    Args:
        spark: The session.
        program: The rulebook, lowered.
        cases: The number of each, its head, and frames of Spark by the key of the table.
        folder: As of `Session`.
    """
    from pyspark.sql import functions  # noqa: PLC0415  # an optional extra

    for name, value in SETTINGS.items():
        spark.conf.set(name, value)
    session, there = Session(spark, folder), dict[str, tuple[str, ...]]()
    for key in dict.fromkeys(key for _, _, frames in cases for key in frames):
        whole = None
        for number, _, frames in cases:
            if key in frames:
                own = _narrow(frames[key])
                own = own.select(functions.lit(number).cast("bigint").alias("cs"), "*")
                whole = own if whole is None else whole.unionByName(own, allowMissingColumns=True)
        assert whole is not None  # noqa: S101  # some case has the table
        for fact, column in beside_of(whole.columns).items():
            whole = whole.withColumn(fact, functions.col(f"`{column}`"))
        there[key] = (*whole.columns, ROW)
        numbered = whole.withColumn(ROW, functions.monotonically_increasing_id() + 1)
        session.work_out(quoted(f"in.{key}"), numbered)
    said = {number: whole_of(head, program) for number, head, _ in cases}
    (on,) = {head.on for _, head, _ in cases}
    assert on is not None  # noqa: S101  # a head without a day is refused
    bare = any(head.bare for _, head, _ in cases)
    unread = frozenset(there)
    return Source(session, program, on, there, said, bare, unread=unread)  # type: ignore[arg-type]  # used as one
