"""A table that finds no room is made in pieces: the same rows, in the same order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow.parquet as pq
import pytest

from khung.population.pieces import make_table, write_parquet

if TYPE_CHECKING:
    from pathlib import Path

ROWS = 100
QUERY = 'SELECT s.rid, s.rid * s.rid AS square FROM "n.some" s'
FULL = "Out of Memory Error: failed to offload: max_temp_directory_size is reached"


class Narrow:
    """A database with room for so many rows of a query at a time."""

    def __init__(self, most: int, said: str = "no room") -> None:
        self.base, self.most, self.said = duckdb.connect(), most, said
        self.base.execute(
            f'CREATE TABLE "n.some" AS SELECT range + 1 AS rid FROM range({ROWS}) ORDER BY rid'
        )
        self.made: list[int] = []

    def execute(self, text: str) -> Any:
        """Run a statement if it makes no more than there is room for."""
        makes = re.search(r"INSERT|COPY \(|CREATE OR REPLACE TABLE (?!.* LIMIT 0$)", text)
        ends = re.findall(r"rid (?:>|<=) (\d+)", text)
        rows = int(ends[1]) - int(ends[0]) if ends else ROWS
        if makes and rows > self.most:
            raise duckdb.OutOfMemoryException(self.said)
        if makes:
            self.made.append(rows)
        return self.base.execute(text)

    def sql(self, text: str) -> Any:
        """Return what a query finds if there is room for it."""
        return self.base.sql(text)


def squares(base: Narrow, name: str) -> list[tuple[int, int]]:
    return list(base.base.execute(f"SELECT * FROM {name}").fetchall())


@pytest.mark.parametrize("most", [ROWS, 30, 7, 1])
def test_pieces_are_halved_until_they_find_room(most: int) -> None:
    base = Narrow(most)
    make_table(base, '"some~3.read"', QUERY)  # type: ignore[arg-type]  # it does as one
    assert squares(base, '"some~3.read"') == [(n, n * n) for n in range(1, ROWS + 1)]
    assert max(base.made) <= most
    assert (len(base.made) == 1) is (most == ROWS)


def test_the_rows_may_be_those_of_a_table_that_is_named() -> None:
    base = Narrow(30)
    make_table(base, "o", QUERY, "some")  # type: ignore[arg-type]  # it does as one
    assert len(squares(base, "o")) == ROWS


def test_a_table_without_numbers_of_rows_is_not_cut() -> None:
    with pytest.raises(duckdb.OutOfMemoryException):
        make_table(Narrow(30), '"q.groups"', QUERY)  # type: ignore[arg-type]  # it does as one


def test_nothing_is_tried_where_the_disk_is_full() -> None:
    base = Narrow(30, FULL)
    with pytest.raises(duckdb.OutOfMemoryException):
        make_table(base, '"some~3"', QUERY)  # type: ignore[arg-type]  # it does as one
    assert base.made == []


def test_who_finds_no_room_for_a_row_says_so() -> None:
    with pytest.raises(duckdb.OutOfMemoryException):
        make_table(Narrow(0), '"some~3"', QUERY)  # type: ignore[arg-type]  # it does as one


def test_a_file_is_the_same(tmp_path: Path) -> None:
    level = "CAST(CASE WHEN q.rid < 40 THEN 'low' ELSE 'high' END AS ENUM('low', 'high')) AS level"
    shown = f"SELECT q.square, {level}, [level] AS named FROM ({QUERY}) q"
    ways = {"at_once": ROWS, "in_pieces": 8}
    for name, most in ways.items():
        base = Narrow(most)
        write_parquet(base, shown, tmp_path / name, "some")  # type: ignore[arg-type]  # it does as one
        assert bool(base.made) is (name == "at_once")  # pieces are read, none is made
    found = [pq.read_table(tmp_path / name) for name in ways]
    assert found[0].to_pylist() == found[1].to_pylist()
    assert found[1].schema.field("level").type == "string"
    assert found[0]["square"].to_pylist() == [n * n for n in range(1, ROWS + 1)]
    assert found[1]["level"].to_pylist() == ["low"] * 39 + ["high"] * 61
