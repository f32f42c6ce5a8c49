"""Frames to the entries that a case file would have, so that one set of passes checks both.

In: `Frames` under a program. Out: a `Group` a table of subjects, each entry with the places of its
cells. Values are in the form of YAML: days are texts, levels and options their names.

Reports: K0415, K0416, K0617, K0618, K0684, K0695.
"""

from __future__ import annotations

from datetime import date
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from khung.casefile.model import STAGES, Decision, Group, Written
from khung.casefile.tables.columns import Columns, Table
from khung.casefile.tables.head import scalar
from khung.casefile.tables.layout import GIVEN, ID, MARK, NAME, NONE, OF, UNKNOWN, VALUE, sheets
from khung.casefile.values import Reader
from khung.ir import types as t
from khung.ir.program import Criterion, Fact
from khung.rulebook.model import Ref
from khung.source import nodes
from khung.source.nodes import Entry, Sequence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from khung.casefile.tables.frames import Frames
    from khung.casefile.tables.layout import Column, Sheet
    from khung.diagnostics.bag import Bag
    from khung.ir.program import Program
    from khung.source.nodes import Node
    from khung.text import Span

_CRITERIA = "criteria."
_MOST_TOLD = 1_000  # rows of which the same is told; more than that are counted by nobody


def groups_of(frames: Frames, program: Program, bag: Bag) -> tuple[Group, ...]:
    """Return the subjects of tables as entries; those of the head come first.

    An entry is written out when something of it is asked that only a node has: a large case states
    some hundred thousand values, and only those that are wrong are told at their places.
    """
    writer = Writer(frames, program, bag)
    own = tuple(writer.group(sheet) for sheet in writer.sheets if not sheet.path)
    return (*frames.head.subjects, *(group for group in own if group.entries))


class Row(Written):
    """An entry that is a row of a table: the one `at` a place, from 0, of what `writer` has."""

    __slots__ = ("_name", "_said", "_table", "at", "writer")
    at: int
    writer: Writer
    _name: str
    _said: tuple[tuple[Entry, ...], tuple[Entry, ...]] | None
    _table: Table

    def __init__(self, writer: Writer, table: Table, at: int, name: str) -> None:
        for slot, value in zip(Row.__slots__, (name, None, table, at, writer), strict=True):
            object.__setattr__(self, slot, value)

    repeat = None
    like = None

    @property
    def id(self) -> Ref:
        """Its id, where it stands."""
        return Ref(self._name, self.writer.span(self._table.sheet.key, self.at, ID, self._name))

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the subjects that it makes."""
        return (self._name,)

    @property
    def facts(self) -> tuple[Entry, ...]:
        """Facts and links as nodes."""
        return self._nodes()[0]

    @property
    def criteria(self) -> tuple[Entry, ...]:
        """Grades by criterion as nodes."""
        return self._nodes()[1]

    @property
    def given(self) -> Decision | None:
        """The decision."""
        return self.writer.given(self._table, self.at)

    def _nodes(self) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
        said = self._said
        if said is None:
            said = self.writer.said(self._table, self.at, self._name)
            object.__setattr__(self, "_said", said)
        return said


class Writer:
    """Writes the entries of a case."""

    def __init__(self, frames: Frames, program: Program, bag: Bag) -> None:
        self.frames = frames
        self.bag = bag
        self.program = program
        self.sheets = tuple(s for s in sheets(program) if not s.path or s.key in frames.tables)
        self.tables = {s.key: self._table(s) for s in self.sheets if s.key in frames.tables}
        self.held = {key: tb.by_holder() for key, tb in self.tables.items() if tb.sheet.path}
        for key in self.tables:
            self._check_required(key)
        for key in self.held:
            self._check_holders(key)

    def _table(self, sheet: Sheet) -> Table:
        frame = self.frames.tables[sheet.key]
        return Table(sheet, Columns(frame), frame.num_rows)

    @cached_property
    def ids(self) -> dict[str, dict[str, Any]]:
        """The ids of all subjects by type, each with something that stands for the subject."""
        own = (s.subject.name for s in self.sheets if not s.path and s.key in self.tables)
        return {name: dict.fromkeys(self.tables[name].columns[ID], name) for name in own}

    @cached_property
    def reader(self) -> Reader:
        """What reads nodes, and tells of ids that nobody has."""
        return Reader(self.program, self.ids, self.bag)

    def span(self, key: str, row: int, column: str, value: Any) -> Span:
        """Return the place of a cell."""
        return self.frames.places[key].span(row, column, "" if value is None else str(value))

    # -- who holds what -------------------------------------------------------------------------

    def _check_required(self, key: str) -> None:
        """Report rows in which a cell is empty that none may leave so, and was not unreadable."""
        import pyarrow.compute as pc  # type: ignore[import-untyped]  # noqa: PLC0415  # heavy

        frame, place = self.frames.tables[key], self.frames.places[key]
        if not frame.num_rows:  # `indices_nonzero` of no chunks takes pyarrow 25 down
            return
        told = {
            _column_of(d.span) for d in self.bag.diagnostics if d.span and d.span.file is place.grid
        }
        for column in (one for one in self.tables[key].sheet.columns if one.required):
            if column.key not in frame.column_names or place.columns.get(column.key) in told:
                continue
            empty = pc.is_null(frame.column(column.key))
            mark = f"{column.key}{MARK}"
            if mark in frame.column_names:
                empty = pc.and_(empty, pc.is_null(frame.column(mark)))
            for row in islice(pc.indices_nonzero(empty).to_pylist(), _MOST_TOLD):
                span = self.span(key, row, column.key, None)
                self.bag.add("K0684", span, help="empty", name=key, key=column.key, text="")

    def _check_holders(self, key: str) -> None:
        """Report rows of a list whose holder is not in its table."""
        sheet = self.tables[key].sheet
        subject = sheet.subject.name
        own = self.ids.get(subject, {})
        for holder, rows in self.held[key].items():
            for row in rows if holder[0] not in own and holder[0] is not None else ():
                span = self.span(key, row, OF, holder[0])
                self.reader.nobody(str(holder[0]), subject, span, OF)
            if len(sheet.path) > 1 and holder[0] in own and holder[-1] is not None:
                self._check_records(key, holder, rows)

    def _check_records(self, key: str, holder: tuple[str, ...], rows: list[int]) -> None:
        """Report rows of a list that a record holds whose record is not there."""
        above = self.tables.get(key.rpartition(".")[0])
        fact = self.tables[key].sheet.path[-2]
        if above is not None and holder[-1] in self._names(above, fact, holder[:-1]):
            return
        for row in rows:
            span = self.span(key, row, f"{OF}.{fact.name}", holder[-1])
            self.bag.add("K0695", span, help="record", name=fact.name, value=str(holder[-1]))

    def _names(self, table: Table, fact: Fact, holder: tuple[str, ...]) -> list[str]:
        """Return what tells the records of a holder apart: their keys, or their places from 1."""
        rows = self.held.get(table.sheet.key, {}).get(holder, [])
        if not fact.key:
            return [str(place) for place in range(1, len(rows) + 1)]
        return [table.key_of(fact, row) or "" for row in rows]

    # -- subjects -------------------------------------------------------------------------------

    def group(self, sheet: Sheet) -> Group:
        """Return the entries of a table of subjects."""
        table = self.tables.get(sheet.key)
        name = sheet.subject.name
        if table is None:
            return Group(Ref(name, self.frames.head.on_span), ())
        place = self.frames.places[sheet.key].grid.span(1, 1, name)
        ids = ((at, one) for at, one in enumerate(table.columns[ID]) if one is not None)
        return Group(Ref(name, place), tuple(Row(self, table, at, one) for at, one in ids))

    def said(
        self, table: Table, row: int, name: str
    ) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
        """Return what a row states of facts and links, its name included, and of criteria."""
        facts, criteria = self._entries(table, row, (name,))
        called = table.columns.get(NAME)
        column = table.sheet.by_key.get(NAME)
        if called is not None and called[row] is not None and column and column.of is None:
            facts.append(self._cell(table.sheet.key, row, column, called[row]))
        return tuple(facts), tuple(criteria)

    def _entries(
        self, table: Table, row: int, holder: tuple[str, ...]
    ) -> tuple[list[Entry], list[Entry]]:
        """Return what a row states of facts and links, and of criteria."""
        facts: list[Entry] = []
        criteria: list[Entry] = []
        sheet, columns = table.sheet, table.columns
        for column in sheet.columns:
            of = column.of
            if of is None or column.level:
                continue
            if isinstance(column.ty, t.List):
                found = self._list(table, row, column, holder)
            elif isinstance(column.ty, t.Ballots):
                found = self._ballots(table, row, column)
            else:
                found = self._plain(columns, sheet.key, row, column)
            if found is not None:
                (criteria if isinstance(of, Criterion) else facts).append(found)
        return facts, criteria

    def _plain(
        self, columns: Mapping[str, list[Any]], key: str, row: int, column: Column
    ) -> Entry | None:
        value = columns[column.key][row] if column.key in columns else None
        if value is not None:
            return self._cell(key, row, column, value)
        marks = columns.get(f"{column.key}{MARK}")
        mark = None if marks is None else marks[row]
        return None if mark is None else self._marked(key, row, column, mark)

    def _cell(self, key: str, row: int, column: Column, value: Any) -> Entry:
        span = self.span(key, row, column.key, value)
        return Entry(_name_of(column), _node(value, span), span)

    def _marked(self, key: str, row: int, column: Column, mark: str) -> Entry:
        span = self.span(key, row, column.key, mark)
        node: Node = scalar(None if mark == UNKNOWN else NONE, span)
        if mark == NONE and isinstance(column.of, Fact) and isinstance(column.ty, t.List):
            may_lack = column.of.optional or column.of.applies is not None
            node = node if may_lack else Sequence((), span)
        return Entry(_name_of(column), node, span)

    # -- lists and ballots ----------------------------------------------------------------------

    def _list(
        self, table: Table, row: int, column: Column, holder: tuple[str, ...]
    ) -> Entry | None:
        """Return a list: its rows, and whether there may be more; None if nothing is said."""
        assert isinstance(column.of, Fact)  # noqa: S101  # only facts are lists
        key, name = table.sheet.key, column.of.name
        marks = table.columns.get(column.key)
        mark = None if marks is None else marks[row]
        below = f"{key}.{name}"
        rows = self.held[below].get(holder, []) if below in self.held else []
        if not rows:
            return None if mark is None else self._marked(key, row, column, mark)
        span = self.span(below, rows[0], OF, holder[0])
        if mark == NONE:
            self.bag.add("K0695", span, help="none", name=name, value=holder[0])
        items = [self._element(self.tables[below], at, holder) for at in rows]
        is_cut = mark == UNKNOWN or None in items
        nodes = [item for item in items if item is not None]
        if is_cut:
            nodes.append(scalar(None, span))
        return Entry(name, Sequence(tuple(nodes), span), span)

    def _element(self, table: Table, row: int, holder: tuple[str, ...]) -> Node | None:
        """Return an element; None for a row that says that there may be more."""
        sheet, key = table.sheet, table.sheet.key
        if table.says_more(row):
            return None
        if sheet.record is None:
            value = table.columns[VALUE][row] if VALUE in table.columns else None
            span = self.span(key, row, VALUE, value)
            return scalar(None, span) if value is None else _node(value, span)
        assert sheet.fact is not None  # noqa: S101  # a list has one
        rows = self.held[key][holder]
        name = self._names(table, sheet.fact, holder)[rows.index(row)]
        entries, _ = self._entries(table, row, (*holder, name))
        return nodes.Mapping(tuple(entries), self.span(key, row, OF, holder[0]))

    def _ballots(self, table: Table, row: int, column: Column) -> Entry | None:
        """Return the ballots of a row; None where nothing is said."""
        assert isinstance(column.of, Fact)  # noqa: S101  # only facts are ballots
        key, columns = table.sheet.key, table.columns
        marks = columns.get(column.key)
        mark = None if marks is None else marks[row]
        levels = (c for c in table.sheet.columns if c.level and c.of is column.of)
        counted = [
            Entry(c.level, _node(columns[c.key][row], span), span)
            for c in levels
            if c.key in columns and columns[c.key][row] is not None
            for span in (self.span(key, row, c.key, columns[c.key][row]),)
        ]
        if mark is not None and (mark == UNKNOWN or not counted):
            return self._marked(key, row, column, mark)
        if mark is not None:
            name = column.of.name
            self.bag.add("K0695", counted[0].key_span, help="ballots", name=name, value=mark)
        if not counted:
            return None
        span = counted[0].key_span
        return Entry(column.of.name, nodes.Mapping(tuple(counted), span), span)

    # -- decisions ------------------------------------------------------------------------------

    def given(self, table: Table, row: int) -> Decision | None:
        """Return the decision of a row; None where there is none, or after a diagnostic."""
        key, prefix = table.sheet.key, f"{GIVEN}."
        said = {
            name.removeprefix(prefix): (values[row], self.span(key, row, name, values[row]))
            for name, values in table.columns.items()
            if name.startswith(prefix) and values[row] is not None
        }
        if not said:
            return None
        chosen = [said[name] for name in ("level", "status") if name in said]
        if len(chosen) != 1:
            span = next(iter(said.values()))[1]
            code = "K0416" if chosen else "K0415"
            self.bag.add(code, span, at=GIVEN, keys=("given.level", "given.status"))
            return None
        level = Ref(*said["level"]) if "level" in said else None
        empty = ("", None)
        return Decision(
            level,
            said.get("status", empty)[0],
            said.get("after", (STAGES[-1], None))[0],
            said.get("by", empty)[0],
            said.get("on", (None, None))[0],
            said.get("document", empty)[0],
            span=chosen[0][1],
        )


def _column_of(span: Span) -> int:
    return span.file.position(span.start)[1]


def _name_of(column: Column) -> str:
    of = column.of
    if of is None:
        return column.key
    return of.id if isinstance(of, Criterion) else of.name


def _node(value: Any, span: Span) -> Node:
    return scalar(value.isoformat() if isinstance(value, date) else value, span)
