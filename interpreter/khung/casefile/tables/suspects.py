"""The rows of tables that are wrong, found column by column.

In: frames under a program. Out: the rows of the tables of subjects in which something is wrong.
What it is, the passes say that read a case file: these rows are handed to them one by one. So
millions of rows are looked at quickly, and everything is said once.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from khung.casefile.tables.layout import GIVEN, ID, MARK, NONE, OF, VALUE
from khung.ir import types as t
from khung.ir.program import Criterion, Fact

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa  # type: ignore[import-untyped]  # comes without types

    from khung.casefile.tables.columns import Table
    from khung.casefile.tables.layout import Column
    from khung.casefile.tables.written import Writer
    from khung.casefile.to_facts import Kinds

Suspects = dict[str, set[int]]
"""Rows, from 0, by subject type."""


def suspects(writer: Writer, kinds: Kinds) -> Suspects:
    """Return the rows in which something is wrong.

    Args:
        writer: The tables.
        kinds: Which facts the subjects of a kind have.
    """
    finder = _Finder(writer, kinds)
    for key in writer.tables:
        finder.look_at(key)
    return finder.found


class _Finder:
    """Looks for what is wrong."""

    def __init__(self, writer: Writer, kinds: Kinds) -> None:
        self.writer = writer
        self.frames = writer.frames
        self.kinds = kinds
        self.found: Suspects = defaultdict(set)
        self.ids = {
            sheet.key: self.frames.tables[sheet.key].column(ID)
            for sheet in writer.sheets
            if not sheet.path and sheet.key in self.frames.tables
        }
        self.rows: dict[str, dict[str, int]] = {}

    def look_at(self, key: str) -> None:
        """Look at a table."""
        table = self.writer.tables[key]
        for column in table.sheet.columns:
            self._mark(key, self._wrong(table, column))
        if not table.sheet.path:
            self._mark(key, self._decisions(key))
            self._kinds(key)
        elif table.sheet.fact is not None:
            self._add(key, self._lists(table, table.sheet.fact))

    def _mark(self, key: str, masks: Iterator[pa.Array]) -> None:
        """Take the rows for which some mask is true."""
        import pyarrow.compute as pc  # type: ignore[import-untyped]  # noqa: PLC0415  # heavy

        for mask in masks:
            if pc.any(mask).as_py():
                self._add(key, pc.indices_nonzero(mask).to_pylist())

    def _add(self, key: str, rows: Any) -> None:
        """Take rows of a table, of one of a list those of their holders."""
        table = self.writer.tables[key]
        if not table.sheet.path:
            self.found[key].update(rows)
            return
        subject = table.sheet.subject.name
        if subject not in self.rows and subject in self.ids:
            self.rows[subject] = {n: at for at, n in enumerate(self.ids[subject].to_pylist())}
        own = self.rows.get(subject, {})
        holders = (own.get(table.columns[OF][row]) for row in rows)
        self.found[subject].update(at for at in holders if at is not None)

    # -- cells ----------------------------------------------------------------------------------

    def _wrong(self, table: Table, column: Column) -> Iterator[pa.Array]:
        """Yield masks of the rows of which a cell is wrong."""
        import pyarrow.compute as pc  # noqa: PLC0415  # heavy

        frame = self.frames.tables[table.sheet.key]
        of = table.sheet.fact if column.key == VALUE else column.of
        if column.key in frame.column_names and of is not None and not column.is_mark:
            cells = frame.column(column.key)
            yield from self._out_of_range(cells, column, of)
            if isinstance(column.ty, t.Object):
                yield from self._nobody(cells, column.ty.name)
        yield from self._contradicted(table, column)
        mark = column.key if column.is_mark else f"{column.key}{MARK}"
        may_lack = column.optional or isinstance(column.ty, t.Ballots | t.List) or column.level
        if mark in frame.column_names and not may_lack:
            yield pc.equal(frame.column(mark), NONE)

    def _contradicted(self, table: Table, column: Column) -> Iterator[pa.Array]:
        """Yield rows that say that there are no ballots, or no list, and state some."""
        import pyarrow as pa  # noqa: PLC0415  # heavy
        import pyarrow.compute as pc  # noqa: PLC0415  # heavy

        frame, key = self.frames.tables[table.sheet.key], table.sheet.key
        if not column.is_mark or column.key not in frame.column_names:
            return
        none = pc.equal(frame.column(column.key), NONE)
        if isinstance(column.ty, t.List):
            held = self.writer.held.get(f"{key}.{_name_of(column)}", {})
            holders = pa.array([one[0] for one in held], pa.string())
            own = ID if not table.sheet.path else OF
            yield pc.and_(none, pc.is_in(frame.column(own), value_set=holders))
            return
        for level in table.sheet.columns:
            if level.level and level.of is column.of and level.key in frame.column_names:
                yield pc.and_(none, pc.is_valid(frame.column(level.key)))

    def _out_of_range(self, cells: Any, column: Column, of: Any) -> Iterator[pa.Array]:
        import pyarrow.compute as pc  # noqa: PLC0415  # heavy
        import pyarrow.types as of_type  # type: ignore[import-untyped]  # noqa: PLC0415  # heavy

        if column.level:
            if not of_type.is_integer(cells.type):
                yield pc.not_equal(cells, pc.floor(cells))
            yield pc.less(cells, 0)
        elif isinstance(of, Fact | Criterion) and isinstance(column.ty, t.Number | t.Date):
            if of.low is not None:
                yield _beyond(pc.less, cells, of.low)
            if of.high is not None:
                yield _beyond(pc.greater, cells, of.high)

    def _nobody(self, cells: Any, wanted: str) -> Iterator[pa.Array]:
        import pyarrow as pa  # noqa: PLC0415  # heavy
        import pyarrow.compute as pc  # noqa: PLC0415  # heavy

        ids = self.ids.get(wanted, pa.chunked_array([[]], pa.string()))
        yield pc.and_(pc.is_valid(cells), pc.invert(pc.is_in(cells, value_set=ids)))

    def _decisions(self, key: str) -> Iterator[pa.Array]:
        """Yield rows in which a decision has both a level and a status, or neither."""
        import pyarrow.compute as pc  # noqa: PLC0415  # heavy

        frame = self.frames.tables[key]
        names = [name for name in frame.column_names if name.startswith(f"{GIVEN}.")]
        if not names:
            return
        there = {name: pc.is_valid(frame.column(name)) for name in names}
        empty = pc.is_null(frame.column(ID))
        level = there.get(f"{GIVEN}.level", empty)
        status = there.get(f"{GIVEN}.status", empty)
        some = empty
        for one in there.values():
            some = pc.or_(some, one)
        yield pc.and_(some, pc.equal(level, status))

    # -- what a kind has ------------------------------------------------------------------------

    def _kinds(self, key: str) -> None:
        """Find what is stated of a kind that has it not."""
        import pyarrow as pa  # noqa: PLC0415  # heavy
        import pyarrow.compute as pc  # noqa: PLC0415  # heavy

        table = self.writer.tables[key]
        declared, frame = table.sheet.subject, self.frames.tables[key]
        if declared.kinds is None or declared.kind_field not in frame.column_names:
            return
        kind = frame.column(declared.kind_field).cast(pa.string())
        present = [name for name in pc.unique(kind).to_pylist() if name is not None]
        for column in table.sheet.columns:
            name = _name_of(column)
            strange = [one for one in present if name and not self.kinds.has(declared, one, name)]
            if not strange:
                continue
            of_kind = pc.is_in(kind, value_set=pa.array(strange, pa.string()))
            if isinstance(column.ty, t.List):
                self._strange_lists(key, name, of_kind)
            elif column.key in frame.column_names:
                cells = frame.column(column.key)
                self._mark(key, iter((pc.and_(of_kind, pc.is_valid(cells)),)))

    def _strange_lists(self, key: str, name: str, of_kind: Any) -> None:
        held = self.writer.held.get(f"{key}.{name}", {})
        if held:
            ids, masks = self.ids[key].to_pylist(), of_kind.to_pylist()
            rows = (at for at, one in enumerate(ids) if masks[at] and (one,) in held)
            self._add(key, rows)

    # -- lists ----------------------------------------------------------------------------------

    def _lists(self, table: Table, fact: Fact) -> Iterator[int]:
        """Yield rows of lists that are too long or too short, or whose keys do not differ."""
        for rows in self.writer.held[table.sheet.key].values():
            own = [row for row in rows if not table.says_more(row)]
            if fact.length is not None and len(own) != fact.length:
                yield rows[0]
            if fact.key and table.sheet.record is not None:
                keys = [table.key_of(fact, row) for row in own]
                if None in keys or len(set(keys)) < len(keys):
                    yield rows[0]


def _name_of(column: Column) -> str:
    """Return what a column states as `Kinds` calls it; empty for what no kind lacks."""
    of = column.of
    if of is None:
        return ""
    return f"criteria.{of.id}" if isinstance(of, Criterion) else of.name


def _beyond(compare: Any, cells: Any, end: Any) -> pa.Array:
    """Return which cells are beyond an end; all where Arrow has too few digits to compare them."""
    import pyarrow as pa  # noqa: PLC0415  # heavy
    import pyarrow.compute as pc  # noqa: PLC0415  # heavy

    if isinstance(end, Decimal):
        whole = end.to_integral_value()
        end = whole if end == whole else end.normalize()
    try:
        return compare(cells, end)
    except pa.ArrowInvalid:
        return pc.is_valid(cells)
