"""The compiled rules on Spark, as a third engine: many cases stacked in one session."""

from __future__ import annotations

import atexit
from functools import cache
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from tests.engines.by_sql import by_sql

from khung.population import spark

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.engines.reference import Answers

    from khung.casefile.tables.frames import Frames
    from khung.ir.program import Program
    from khung.population.source import Source

SMALL = {
    "spark.master": "local[2]",
    "spark.driver.memory": "3g",
    "spark.ui.enabled": "false",
    "spark.ui.retainedJobs": "1",
    "spark.ui.retainedStages": "1",
    "spark.sql.ui.retainedExecutions": "1",
    "spark.sql.ui.explainMode": "simple",
    "spark.sql.maxPlanStringLength": "100",
    "spark.sql.lightweightPlanChangeValidation": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.hadoop.mapreduce.fileoutputcommitter.algorithm.version": "2",
    "spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs": "false",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.extraJavaOptions": (
        "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=240m -XX:+UseSerialGC"
    ),
}
"""Of few rows planning takes the time: nothing is compiled, planned anew, split or kept to show."""


@cache
def session() -> Any:
    """Return a session for few rows, the same for all."""
    from pyspark.sql import SparkSession  # noqa: PLC0415  # an optional extra

    return SparkSession.builder.config(map=SMALL).getOrCreate()


@cache
def folder() -> str:
    """Return a folder for what is worked out, which is there as long as the program runs."""
    held = TemporaryDirectory(prefix="khung-")
    atexit.register(held.cleanup)
    return held.name


def by_spark(program: Program, cases: Sequence[tuple[str, Frames]]) -> dict[str, Answers]:
    """Return what the compiled rules find of cases on Spark.

    They are solved on DuckDB before, where it shows in seconds that SQL leaves some of them.
    """
    by_sql(program, cases)
    return by_sql(program, cases, source_of=source_of)


def source_of(program: Program, cases: Mapping[int, Frames]) -> Source:
    """Return the frames of cases as tables of a session."""
    found = [(number, one.head, framed(one.tables)) for number, one in cases.items()]
    return spark.source_of(session(), program, found, folder())


def framed(tables: Mapping[str, pa.Table]) -> dict[str, Any]:
    """Return tables as frames of Spark, which has no columns that are dictionaries."""
    return {key: session().createDataFrame(plain(table)) for key, table in tables.items()}


def plain(table: pa.Table) -> pa.Table:
    """Return a table without dictionaries."""
    fields = [
        pa.field(f.name, pa.string()) if pa.types.is_dictionary(f.type) else f for f in table.schema
    ]
    return table.cast(pa.schema(fields))
