"""The engines that can be tried beside the reference, by name."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tests.engines.by_tables import by_tables

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from tests.engines.harness import Engine
    from tests.engines.reference import Answers

    from khung.casefile.tables.frames import Frames
    from khung.ir.program import Program

NAMES = ("sql", "slow", "unfolded", "streamed", "spark", "tables")
"""Compiled rules: as `eval` runs them; with every quota on the general way; compiled for any data;
with each table read as one of very many rows is.

`spark` runs them on Spark, which has to be installed.
`tables` is the reference, which reads the case from its tables.
"""


def engine_of(name: str, but: Collection[str] = ()) -> Engine:
    """Return an engine by its name; the fields `but` are passed over."""
    engine = _engine_of(name)

    def silent(program: Program, cases: Sequence[tuple[str, Frames]]) -> dict[str, Answers]:
        found = engine(program, cases)
        for answers in found.values():
            rows = [row for of in answers["results"].values() for row in of.values()]
            for row in (*rows, *answers.get("groups", ())):
                for field in [one for one in row if one.startswith(tuple(but))]:
                    del row[field]
        return dict(found)

    return silent if but else engine


def _engine_of(name: str) -> Engine:
    if name == "tables":
        return by_tables
    if name == "spark":
        from tests.engines.by_spark import by_spark  # noqa: PLC0415  # an optional extra

        return by_spark
    from tests.engines.by_sql import by_sql  # noqa: PLC0415  # loads a database

    from khung.population import sources  # noqa: PLC0415  # as above

    source_of = partial(sources.source_of, streamed=0 if name == "streamed" else sources.STREAMED)
    return partial(by_sql, slow=name == "slow", folded=name != "unfolded", source_of=source_of)
