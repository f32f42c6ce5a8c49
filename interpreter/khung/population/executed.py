"""Statements run in a database, several at once where none of them reads what another makes."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Any

from khung.population.joint import LISTED, STEPS, TOLD, settle
from khung.population.pieces import make_table
from khung.population.places import places_by
from khung.sql.quotas.numbers import PLACES, Numbers
from khung.sql.quotas.shape import Sql, Tabulated
from khung.sql.text import literal, quoted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    import duckdb

    from khung.sql.quotas.shape import Settled, Statement

SENT = 500
"""What a statement takes whatever it says, in letters of its text: it goes with how long it is."""


def executed(
    base: duckdb.DuckDBPyConnection,
    statements: Sequence[Statement],
    waits: Sequence[Sequence[int]],
    at_once: int,
    alone: Collection[str] = (),
) -> Iterator[str]:
    """Run statements, and yield what was made.

    What comes of it is the same however many run at once: none reads what is not yet there.

    Args:
        base: The database.
        statements: The statements, in an order in which they can be run.
        waits: As of `Script`.
        at_once: How many may run at once.
        alone: Tables of so many rows that what reads them, or what is made of them, runs alone: it
            takes all processors, and memory for all.
    """
    if at_once == 1:
        for statement in statements:
            execute(base, statement)
            yield statement.name
        return
    weights, order = _weights(statements, waits), TopologicalSorter(dict(enumerate(waits)))
    order.prepare()
    is_alone = [_reads_any(statement, alone) for statement in statements]
    with closing(_Beside(base, at_once)) as beside:
        ready: list[int] = []
        while order.is_active():
            ready = sorted((*ready, *order.get_ready()), key=weights.__getitem__)
            while ready and beside.has_room(alone=is_alone[ready[-1]]):
                place = ready.pop()
                beside.begin(place, statements[place], alone=is_alone[place])
            for place in beside.made():
                order.done(place)
                yield statements[place].name


class _Beside:
    """Several ways into a database, each for a statement at a time, in a thread of its own."""

    def __init__(self, base: duckdb.DuckDBPyConnection, at_once: int) -> None:
        self._ways = [_beside(base) for _ in range(at_once)]
        self._free = [*self._ways]
        self._pool = ThreadPoolExecutor(at_once)
        self._running: dict[Future[None], tuple[int, duckdb.DuckDBPyConnection]] = {}
        self._is_alone = False

    def has_room(self, *, alone: bool) -> bool:
        """Whether another statement may begin, that runs `alone` or beside others."""
        return not self._running or bool(self._free and not self._is_alone and not alone)

    def begin(self, place: int, statement: Statement, *, alone: bool) -> None:
        """Run a statement; `place` is what is told of it once it is made."""
        way, self._is_alone = self._free.pop(), alone
        self._running[self._pool.submit(execute, way, statement)] = place, way

    def made(self) -> Iterator[int]:
        """Wait until some statements are made, and yield what they were begun with.

        Raises:
            Exception: What one of them raised.
        """
        done: set[Future[None]] = set()
        while not done:  # a wait without end hears no Ctrl+C on Windows
            done, _ = wait(self._running, _PATIENCE, FIRST_COMPLETED)
        for one in done:
            place, way = self._running.pop(one)
            self._free.append(way)
            one.result()
            yield place

    def close(self) -> None:
        """Break off what still runs."""
        while wait(self._running, 0).not_done:
            for way in self._ways:
                way.interrupt()
            wait(self._running, _PATIENCE)
        self._pool.shutdown()
        for way in self._ways:
            way.close()


_PATIENCE = 0.05  # seconds


def _reads_any(statement: Statement, tables: Collection[str]) -> bool:
    """Whether a statement reads one of some tables, or a table that was made of one."""
    text = getattr(statement, "text", "")
    return any(quoted(table)[:-1] in text for table in tables)


def _weights(statements: Sequence[Statement], waits: Sequence[Sequence[int]]) -> list[int]:
    """Return of each statement how much is to be run from it to the end, one after the other."""
    after = [0] * len(statements)
    for place in reversed(range(len(statements))):
        after[place] += SENT + len(getattr(statements[place], "text", ""))
        for before in waits[place]:
            after[before] = max(after[before], after[place])
    return after


def execute(base: duckdb.DuckDBPyConnection, statement: Statement) -> None:
    """Make one relation."""
    if isinstance(statement, Sql) and statement.is_view:
        base.execute(f"CREATE OR REPLACE VIEW {statement.name} AS {statement.text}")
    elif isinstance(statement, Sql):
        make_table(base, statement.name, statement.text)
    elif isinstance(statement, Tabulated):
        _tabulate(base, statement)
    else:
        _settle(base, statement)


def _tabulate(base: duckdb.DuckDBPyConnection, statement: Tabulated) -> None:
    """Make a relation of a few rows with what the places of each are."""
    import pyarrow as pa  # type: ignore[import-untyped]  # noqa: PLC0415  # slow to load

    numbers = base.sql(statement.text).to_arrow_table()
    rows = zip(*(column.to_pylist() for column in numbers.columns), strict=True)
    places = [*zip(*map(places_by(statement.settings), rows), strict=True)] or [()] * len(PLACES)
    arrays = [*numbers.columns, *(pa.array(column, pa.int64()) for column in places)]
    fields = (*Numbers._fields, *PLACES)
    base.register("tabulated", pa.table(arrays, names=fields))
    base.execute(f"CREATE OR REPLACE TABLE {statement.name} AS SELECT * FROM tabulated")
    base.unregister("tabulated")


def _settle(base: duckdb.DuckDBPyConnection, statement: Settled) -> None:
    """Make the steps and the groups of a quota of several groups, a case at a time."""
    shape = statement.shape
    names = {"steps": (*STEPS, *shape.columns), "told": TOLD, "listed": LISTED}
    for name, columns in names.items():
        types = ", ".join(f"{column} {_TYPES.get(column, 'BIGINT')}" for column in columns)
        base.execute(f"CREATE OR REPLACE TABLE {shape.relation(name)} ({types})")
    for found in settle(statement, lambda text: _beside(base).execute(text).fetchall()):
        for name, rows in zip(names, found, strict=True):
            _insert(base, shape.relation(name), rows)


def _beside(base: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Return another way into a database, that finds relations where the first one does."""
    found = base.cursor()
    ((path,),) = base.execute("SELECT current_setting('search_path')").fetchall()
    if path:
        found.execute(f"SET search_path = {literal(path)}")
    return found


_TYPES = dict.fromkeys(("placement", "decision", "k0", "place"), "VARCHAR")
_TYPES["is_whole"] = "BOOLEAN"


def _insert(base: duckdb.DuckDBPyConnection, name: str, rows: list[tuple[Any, ...]]) -> None:
    import pyarrow as pa  # noqa: PLC0415  # slow to load

    if rows:
        columns = [pa.array(column) for column in zip(*rows, strict=True)]
        base.register("settled", pa.table(columns, names=[f"c{i}" for i in range(len(columns))]))
        base.execute(f"INSERT INTO {name} SELECT * FROM settled")
        base.unregister("settled")
