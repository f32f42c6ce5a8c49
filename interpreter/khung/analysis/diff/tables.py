"""A case of tables as another rulebook takes it: dates moved to its period, no more than it asks.

In: `Frames` under the rulebook where the case belongs. Out: frames under another, made by a
database, so that files too large to be held are read and written a part at a time; and what was
left out. Of a case file `shift.moved_case` and `asked.run_without` do the same entry by entry.
"""

# ruff: noqa: S608  # khung alone writes these queries; names and texts in them are quoted

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from khung.analysis.diff.shift import CALENDAR_YEAR, moved_day
from khung.casefile.model import CaseFile, Group, Written
from khung.casefile.tables.case import with_subjects
from khung.casefile.tables.layout import MARK, sheets
from khung.diagnostics.bag import Bag
from khung.diagnostics.model import Word
from khung.diagnostics.suggest import listed
from khung.ir import types as t
from khung.ir.operators import type_word
from khung.records import fields_of, replace
from khung.sql.text import literal, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import duckdb
    import pyarrow as pa  # type: ignore[import-untyped]  # comes without types

    from khung.casefile.tables.case import CaseOfTables
    from khung.casefile.tables.frames import Frames
    from khung.casefile.tables.layout import Column, Sheet
    from khung.diagnostics.model import Diagnostic
    from khung.ir.program import Program

_YEAR = 12  # months
_CRITERIA = "criteria."


def written_out(case: CaseOfTables, program: Program, bag: Bag) -> CaseFile:
    """Return a case of tables as one of entries, as if a file had stated them.

    Args:
        case: Its head.
        program: The rulebook where it belongs.
        bag: Where what is wrong with it is reported.
    """
    read = with_subjects(case, program, bag)
    said = {name: getattr(case, name) for name in fields_of(CaseFile)}
    groups = (Group(one.type, tuple(map(_written, one.entries))) for one in read.subjects)
    return CaseFile(**{**said, "subjects": tuple(groups)})


def _written(row: Written) -> Written:
    return Written(row.id, row.facts, row.criteria, given=row.given)


class Carried(NamedTuple):
    """Frames under another rulebook, and what was said of all that this does not ask."""

    frames: Frames
    without: tuple[Diagnostic, ...]


def carried(frames: Frames, home: Program, away: Program, months: int, folder: Path) -> Carried:
    """Return the frames of a case as another rulebook takes them.

    Args:
        frames: Those under the rulebook where the case belongs.
        home: That rulebook.
        away: The other.
        months: By how many months dates are moved for it.
        folder: Where what is too large to be held is written.
    """
    import duckdb  # noqa: PLC0415  # slow to load

    on = frames.head.on
    head = replace(frames.head, on=on and moved_day(on, months))
    with duckdb.connect() as base:
        carrier = _Carrier(home, away, months, folder, base)
        tables = {key: carrier.table(key, table) for key, table in frames.tables.items()}
        parquet = {key: carrier.file(key, path) for key, path in frames.parquet.items()}
        decided = {key: carrier.table(key, table) for key, table in frames.decided.items()}
    found = replace(
        frames,
        head=head,
        tables={key: table for key, table in tables.items() if table is not None},
        parquet={key: path for key, path in parquet.items() if path is not None},
        decided={key: table for key, table in decided.items() if table is not None},
    )
    return Carried(found, carrier.bag.diagnostics)


class _Carrier:
    """Carries tables from one rulebook to another."""

    def __init__(
        self,
        home: Program,
        away: Program,
        months: int,
        folder: Path,
        base: duckdb.DuckDBPyConnection,
    ) -> None:
        self.home, self.away = ({one.key: one for one in sheets(p)} for p in (home, away))
        self.months, self.folder, self.bag = months, folder, Bag()
        self.base = base

    def table(self, key: str, table: pa.Table) -> pa.Table | None:
        """Return a table that is held; None of one that the other rulebook has not."""
        self.base.register("held", table)
        try:
            query = self._query(key, "held", table.column_names)
            return None if query is None else self.base.sql(query).to_arrow_table()
        finally:
            self.base.unregister("held")

    def file(self, key: str, path: Path) -> Path | None:
        """Return the file of a table, written anew; None as above."""
        source = f"read_parquet({literal(str(path))})"
        described = self.base.execute(f"SELECT * FROM {source} LIMIT 0").description
        query = self._query(key, source, [column[0] for column in described])
        if query is None:
            return None
        to = self.folder / f"{key}.parquet"
        self.base.execute(f"COPY ({query}) TO {literal(str(to))} (FORMAT parquet)")
        return to

    def _query(self, key: str, source: str, names: list[str]) -> str | None:
        here, there = self.home.get(key), self.away.get(key)
        if here is None:
            return None
        if there is None:
            self._not_asked(here, None, key.rpartition(".")[2])
            return None
        cells = dict(self._cells(here, there, source, names))
        shown = ", ".join(f"{cell} AS {quoted(name)}" for name, cell in cells.items())
        return f"SELECT {shown} FROM {source}"

    def _cells(
        self, here: Sheet, there: Sheet, source: str, names: list[str]
    ) -> Iterator[tuple[str, str]]:
        for name in names:
            own = here.by_key.get(name) or here.by_key.get(name.removesuffix(MARK))
            asked = there.by_key.get(name) or there.by_key.get(name.removesuffix(MARK))
            if own is None:
                continue  # a note beside
            if asked is None or not _is_alike(own.ty, asked.ty):
                self._not_asked(here, there, name.removesuffix(MARK))
            elif name in here.by_key and not own.is_mark:
                yield name, self._cell(quoted(name), own, asked, source)
            else:
                yield name, quoted(name)

    def _cell(self, cell: str, own: Column, asked: Column, source: str) -> str:
        """Return a value as the other rulebook takes it."""
        if isinstance(asked.ty, t.Date) and self.months:
            return f"CAST({cell} + INTERVAL ({self.months}) MONTH AS DATE)"
        if asked.unit == CALENDAR_YEAR and self.months and not self.months % _YEAR:
            return f"{cell} + ({self.months // _YEAR})"
        known = [name for name, _ in asked.options]
        if {name for name, _ in own.options} <= set(known):
            return cell
        text, among = f"CAST({cell} AS VARCHAR)", ", ".join(map(literal, known))
        strange = f"SELECT DISTINCT {text} FROM {source} WHERE {text} NOT IN ({among})"
        self._not_a_value(asked, strange)
        return f"CASE WHEN {text} IN ({among}) THEN {text} END"

    def _not_asked(self, sheet: Sheet, there: Sheet | None, key: str) -> None:
        """Say that the other rulebook has no such criterion, fact or list, as of a case file."""
        declared = sheet.record or sheet.subject
        criterion, name = key.startswith(_CRITERIA), key.removeprefix(_CRITERIA).partition(".")[0]
        at = f"subjects.{sheet.key}.{key.partition('.')[0] if not criterion else key}"
        if criterion and there is not None:
            keys = [c.key for c in there.columns if c.key.startswith(_CRITERIA)]
            known = listed([one.removeprefix(_CRITERIA) for one in keys], 12)
            kind = Word("criterion")
            self.bag.add("K0201", None, help="known", at=at, name=name, kind=kind, known=known)
        else:
            owner = declared.name
            self.bag.add("K0610", None, at=at, name=name, type=owner, other="", holder="")

    def _not_a_value(self, asked: Column, query: str) -> None:
        known = listed([name for name, _ in asked.options], 12)
        word, at = type_word(asked.ty), asked.key
        for (value,) in self.base.execute(query).fetchall():
            said = str(value)
            self.bag.add(
                "K0614", None, at=at, value=said, type=word, near="", other="", known=known
            )


def _is_alike(own: t.Type, asked: t.Type) -> bool:
    """Whether values of one type may be such of another: of the same sort, whatever it holds."""
    return type(own) is type(asked)
