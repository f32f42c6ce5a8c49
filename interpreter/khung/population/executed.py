"""Statements run in a database, several at once where none of them reads what another makes."""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from threading import Condition, Thread
from typing import TYPE_CHECKING, Any

from khung.population.joint import LISTED, STEPS, TOLD, settle
from khung.population.pieces import make_table
from khung.population.places import places_of
from khung.sql.quotas.numbers import PLACES, Numbers
from khung.sql.quotas.shape import Sql, Tabulated
from khung.sql.text import literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import duckdb

    from khung.sql.quotas.shape import Settled, Statement

SENT = 500
"""What a statement takes whatever it says, in letters of its text: it goes with how long it is."""


def executed(
    base: duckdb.DuckDBPyConnection,
    statements: Sequence[Statement],
    waits: Sequence[Sequence[int]],
    at_once: int,
) -> Iterator[str]:
    """Run statements, and yield what was made.

    What comes of it is the same however many run at once: none reads what is not yet there.

    Args:
        base: The database.
        statements: The statements, in an order in which they can be run.
        waits: As of `Script`.
        at_once: How many may run at once, one of them in this thread.
    """
    if at_once == 1:
        for statement in statements:
            execute(base, statement)
            yield statement.name
        return
    order, beside = Order(statements, waits), [_beside(base) for _ in range(at_once - 1)]
    helpers = [Thread(target=_help, args=(one, statements, order)) for one in beside]
    try:
        for helper in helpers:
            helper.start()
        while (place := order.take()) is not None:
            execute(base, statements[place])
            order.done(place)
            yield from (statements[one].name for one in order.told())
    except BaseException:
        order.stop()
        for one, helper in zip(beside, helpers, strict=True):
            _break_off(one, helper)
        raise
    finally:
        order.stop()
        for helper in filter(Thread.is_alive, helpers):
            helper.join()
        for one in beside:
            one.close()
    if order.failed is not None:
        raise order.failed
    yield from (statements[one].name for one in order.told())


def _break_off(base: duckdb.DuckDBPyConnection, helper: Thread) -> None:
    """End a thread that may be about to run a statement, or in the midst of it."""
    while helper.is_alive():
        base.interrupt()
        helper.join(_PATIENCE)


_PATIENCE = 0.05  # seconds


def _help(base: duckdb.DuckDBPyConnection, statements: Sequence[Statement], order: Order) -> None:
    """Run what nobody else runs, until nothing is left or something fails."""
    try:
        while (place := order.take()) is not None:
            execute(base, statements[place])
            order.done(place)
    except Exception as error:  # noqa: BLE001  # it is raised where all was asked for
        order.stop(error)


class Order:
    """Which statement is next: of those that wait for none, the one on which most hangs.

    Attributes:
        left: For how many others each still waits.
        read_by: Those that wait for it.
        weight: How much is to be run from it to the end, one after the other.
        made: What has been run and was not told yet.
        failed: Why one of them could not be run.
    """

    def __init__(self, statements: Sequence[Statement], waits: Sequence[Sequence[int]]) -> None:
        """Begin with none of them run."""
        self.left = [*map(len, waits)]
        self.read_by: list[list[int]] = [[] for _ in waits]
        for place, of in enumerate(waits):
            for before in of:
                self.read_by[before].append(place)
        self.weight = _weights(statements, self.read_by)
        self.ready = [(-self.weight[at], at) for at, left in enumerate(self.left) if not left]
        heapify(self.ready)
        self.untaken = len(self.left)
        self.made: list[int] = []
        self.failed: Exception | None = None
        self.changed = Condition()

    def take(self) -> int | None:
        """Return the place of what is to be run next, once there is any; None if there is no more."""
        with self.changed:
            while self.untaken and not self.ready:
                self.changed.wait()
            if not self.untaken:
                return None
            self.untaken -= 1
            if not self.untaken:
                self.changed.notify_all()
            return heappop(self.ready)[1]

    def done(self, place: int) -> None:
        """Say that a statement was run, so that others wait no longer for it."""
        with self.changed:
            self.made.append(place)
            for after in self.read_by[place]:
                self.left[after] -= 1
                if not self.left[after]:
                    heappush(self.ready, (-self.weight[after], after))
            self.changed.notify_all()

    def told(self) -> list[int]:
        """Return what was run since this was asked."""
        with self.changed:
            found, self.made = self.made, []
            return found

    def stop(self, failed: Exception | None = None) -> None:
        """Let nothing more be begun."""
        with self.changed:
            self.untaken, self.failed = 0, self.failed or failed
            self.changed.notify_all()


def _weights(statements: Sequence[Statement], read_by: Sequence[Sequence[int]]) -> list[int]:
    """Return of each statement how much is to be run from it to the end, one after the other."""
    found = [0] * len(statements)
    for place in reversed(range(len(statements))):
        after = max((found[one] for one in read_by[place]), default=0)
        found[place] = SENT + len(getattr(statements[place], "text", "")) + after
    return found


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

    rows = [*places_of(statement.settings, base.execute(statement.text).fetchall())]
    fields = (*Numbers._fields, *PLACES)
    columns = list(zip(*rows, strict=True)) or [()] * len(fields)
    arrays = [pa.array(column, pa.int64()) for column in columns]
    base.register("tabulated", pa.table(arrays, names=list(fields)))
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
