"""Statements of which several run at once: each after what it reads, and none after a failure."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING

import duckdb
import pytest

from khung.population import executed
from khung.sql.quotas.shape import Settled, Sql
from khung.sql.script import waits_of

if TYPE_CHECKING:
    from collections.abc import Iterator

ENDLESS = "SELECT sum(a.range * b.range) AS i FROM range(10000000) a, range(10000000) b"


def run(base: duckdb.DuckDBPyConnection, statements: list[Sql], at_once: int) -> list[str]:
    """Run statements and return what is told of them."""
    return [*executed.executed(base, statements, waits_of(statements), at_once)]


def fan(width: int) -> list[Sql]:
    """Return relations that do not read each other, what reads all, and the same once more."""
    found = []
    for wave in range(2):
        before = '"all 0"' if wave else "(SELECT 1 AS i)"
        own = [Sql(f'"{wave} {at}"', f"SELECT i + {at} AS i FROM {before}") for at in range(width)]
        both = " UNION ALL ".join(f"SELECT i FROM {one.name}" for one in own)
        found += [*own, Sql(f'"all {wave}"', f"SELECT sum(i) AS i FROM ({both})")]
    return found


def test_a_statement_waits_for_what_it_reads() -> None:
    names = [one.name for one in fan(2)]
    assert names == ['"0 0"', '"0 1"', '"all 0"', '"1 0"', '"1 1"', '"all 1"']
    assert waits_of(fan(2)) == ((), (), (0, 1), (2,), (2,), (3, 4))


def test_what_is_no_query_stands_between_all_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Settled, "name", "settled")
    settled = Settled(None, "", "", "", "")  # type: ignore[arg-type]  # nobody looks
    one, other = Sql("a", "SELECT 1"), Sql("b", "SELECT 2")
    assert waits_of((one, settled, other)) == ((), (0,), (1,))


@pytest.mark.parametrize("at_once", [1, 2, 4])
def test_all_is_run_once_and_told(at_once: int) -> None:
    base, statements = duckdb.connect(), fan(8)
    told = run(base, statements, at_once)
    assert sorted(told) == sorted(one.name for one in statements)
    assert base.execute('SELECT i FROM "all 1"').fetchall() == [(8 * (8 + 28) + 28,)]


def test_it_finds_relations_where_the_first_one_does() -> None:
    base = duckdb.connect()
    base.execute("CREATE SCHEMA other")
    base.execute("SET search_path = 'other,main'")
    assert len(run(base, fan(3), 3)) == 8
    asked = "SELECT DISTINCT table_schema FROM information_schema.tables"
    assert base.execute(asked).fetchall() == [("other",)]


@pytest.mark.parametrize("at_once", [1, 2])
def test_where_one_fails_that_is_raised(at_once: int) -> None:
    wrong = [Sql(f'"wrong {at}"', "SELECT error('so it is') AS i") for at in range(2)]
    with pytest.raises(duckdb.Error, match="so it is"):
        run(duckdb.connect(), wrong, at_once)


def test_who_breaks_off_breaks_off_all(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, ended, execute = Event(), Event(), executed.execute

    def noted(base: duckdb.DuckDBPyConnection, statement: Sql) -> None:
        begun.set()
        try:
            execute(base, statement)
        finally:
            ended.set()

    def broken_off(_: object) -> Iterator[int]:
        begun.wait()
        raise KeyboardInterrupt

    monkeypatch.setattr(executed, "execute", noted)
    monkeypatch.setattr(executed._Beside, "made", broken_off)
    endless = [Sql(f'"{at}"', ENDLESS) for at in range(3)]
    with pytest.raises(KeyboardInterrupt):
        run(duckdb.connect(), endless, 2)
    assert ended.is_set()
