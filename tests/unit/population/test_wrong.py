"""Whether ids stand once in tables that are read again and again."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest
from tests.engines.rulebooks import program_of
from tests.unit.population.test_sources import RULEBOOK

from khung.population.source import Source
from khung.population.wrong import fits_together


def source_of(ids: list[str | None], *, is_streamed: bool) -> Source:
    base = duckdb.connect()
    base.execute("CREATE TABLE t (place INTEGER, id VARCHAR)")
    base.executemany("INSERT INTO t VALUES (?, ?)", [*enumerate(ids)])
    base.execute('CREATE VIEW "in.unit" AS SELECT 0 AS cs, id FROM t ORDER BY place')
    program, bag = program_of(RULEBOOK)
    assert program is not None, bag
    there = {"unit": ("cs", "id")}
    streamed = frozenset(there) if is_streamed else frozenset[str]()
    return Source(base, program, date(2021, 12, 15), there, {}, streamed=streamed)


@pytest.mark.parametrize("is_streamed", [False, True])
@pytest.mark.parametrize(
    ("ids", "fits"),
    [
        (["u1", "u2", "u9", "u10", "u11"], True),
        (["u9", "u10", "u2"], True),
        (["u1", "u2", "u2"], False),
        (["u2", "u1", "u2"], False),
        (["u10", "u9", "u10"], False),
        (["u1", None, "u2"], False),
        ([None, "u1"], False),
        ([None], False),
    ],
)
def test_each_id_stands_once(ids, fits, is_streamed):
    assert fits_together(source_of(ids, is_streamed=is_streamed)) is fits
