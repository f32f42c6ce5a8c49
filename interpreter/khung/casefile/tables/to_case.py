"""Frames to the `Case` that the engine reads, column by column.

In: a case of tables whose subjects are rows of its frames. Out: the same case as `build_case` makes
of them, in a tenth of the time: nodes are only made of the rows in which something is wrong.

Reports: K0605 and those of `to_facts`.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from khung.casefile.model import STAGES
from khung.casefile.tables.layout import GIVEN, ID, MARK, NAME, NONE, UNKNOWN, VALUE
from khung.casefile.tables.suspects import suspects
from khung.casefile.tables.written import Row, Writer
from khung.casefile.to_facts import Builder, Made, build_case, check_head, settle
from khung.diagnostics.bag import Bag
from khung.engine.facts import Entity, Given, Stated
from khung.engine.values import OPEN, Element, Elements, Value, known
from khung.ir import types as t
from khung.ir.program import Criterion, Fact
from khung.rulebook.model.rules import Stage
from khung.source import limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from khung.casefile.model import CaseFile
    from khung.casefile.tables.columns import Table
    from khung.casefile.tables.layout import Column, Sheet
    from khung.engine.facts import Case
    from khung.ir.program import Program

_MOST_READ = 20_000
"""How many rows in which something is wrong are read one by one."""

Facts = dict[str, Value | Stated]


def case_of_tables(case: CaseFile, program: Program, bag: Bag) -> Case | None:
    """Return the facts of a case, as `build_case` does, whatever it was read from."""
    rows = [e for group in case.subjects for e in group.entries]
    if not rows or not all(isinstance(row, Row) for row in rows):
        return build_case(case, program, bag)
    assert isinstance(rows[0], Row)  # noqa: S101  # all are
    writer = rows[0].writer
    if program.parts or len(rows) > limits.CASE_SUBJECTS:
        return build_case(case, program, bag, is_part=bool(writer.frames.lost))
    check_head(case, program, bag)
    said = Bag()
    made = _Maker(writer, program, bare=case.bare).made()
    check_rows(writer, made.entities, said)
    return settle(case, program, made, said, bag)


def check_rows(writer: Writer, entities: dict[str, dict[str, Entity]], bag: Bag) -> None:
    """Report all that is wrong in some row; `entities` has all ids by type."""
    builder = Builder(writer.program, bag)
    builder.entities = entities
    wrong = suspects(writer, builder.kinds)
    for sheet in writer.sheets:
        table = writer.tables.get(sheet.key)
        if table is None or sheet.path:
            continue
        _check_ids(writer, table, bag)
        declared = writer.program.objects[sheet.subject.name]
        for at in islice(sorted(wrong.get(sheet.key, ())), _MOST_READ):
            name = table.columns[ID][at]
            if name is not None:
                row = Row(writer, table, at, name)
                builder.read(row, declared, builder.reader("", bag), None)


def _check_ids(writer: Writer, table: Table, bag: Bag) -> None:
    """Report ids that two rows have."""
    import pyarrow.compute as pc  # type: ignore[import-untyped]  # noqa: PLC0415  # heavy

    ids = writer.frames.tables[table.sheet.key].column(ID)
    if pc.count_distinct(ids).as_py() == len(ids) - ids.null_count:
        return
    first: dict[str, int] = {}
    for at, name in enumerate(table.columns[ID]):
        if name is not None and first.setdefault(name, at) != at:
            places = (Row(writer, table, row, name).id.span for row in (first[name], at))
            related, span = places
            bag.add("K0605", span, related=(related,), name=name)


# -- entities -----------------------------------------------------------------------------------


class _Column(NamedTuple):
    """What each row of a table states of one fact."""

    name: str
    stated: list[Value | Stated | None]


class _Maker:
    """Makes the subjects of tables, and the records that they hold."""

    def __init__(self, writer: Writer, program: Program, *, bare: bool) -> None:
        self.writer = writer
        self.program = program
        self.bare = bare
        self.kinds = Builder(program, Bag()).kinds
        self.records: list[Entity] = []
        self.entities: dict[str, dict[str, Entity]] = {}
        self.columns: dict[str, list[_Column]] = {}

    def made(self) -> Made:
        """Return all of them."""
        tables = [table for table in self.writer.tables.values() if not table.sheet.path]
        for table in tables:
            declared = self.program.objects[table.sheet.subject.name]
            ids = (name for name in table.columns[ID] if name is not None)
            own = {name: Entity(declared, name, {}, bare=self.bare) for name in ids}
            if own:
                self.entities[declared.name] = own
        for table in tables:
            self._fill(table)
        return Made(self.entities, tuple(self.records), bool(self.writer.frames.lost))

    def _fill(self, table: Table) -> None:
        """Give the subjects of a table what it states."""
        columns = self._columns(table)
        lists = [(fact, below) for fact, below in self._lists(table)]
        kinds = self._kinds(table)
        own = self.entities.get(table.sheet.subject.name, {})
        names = self._names(table)
        given = self._given(table)
        done: set[str] = set()
        for row, name in enumerate(table.columns[ID]):
            if name is None or name in done:
                continue
            done.add(name)
            entity = own[name]
            facts = {c.name: c.stated[row] for c in columns if c.stated[row] is not None}
            for fact, below in lists:
                facts |= self._listed(table, row, fact, below, (name,), entity)
            entity.facts = self._of_kind(facts, kinds[row], table)
            entity.name = (names[row] if names else None) or ""
            entity.given = given(row)

    def _names(self, table: Table) -> list[str | None] | None:
        column = table.sheet.by_key.get(NAME)
        return table.columns.get(NAME) if column is not None and column.of is None else None

    def _kinds(self, table: Table) -> list[str | None]:
        declared = table.sheet.subject
        none: list[str | None] = [None] * table.rows
        return table.columns.get(declared.kind_field, none) if declared.kinds else none

    def _of_kind(self, facts: dict[str, Any], kind: str | None, table: Table) -> Facts:
        """Return the facts that a kind has; what is stated of others is told elsewhere."""
        if kind is None:
            return facts
        declared = self.program.objects[table.sheet.subject.name]
        strange = [name for name in facts if not self.kinds.has(declared, kind, name)]
        return {n: s for n, s in facts.items() if n not in strange} if strange else facts

    # -- columns --------------------------------------------------------------------------------

    def _columns(self, table: Table) -> list[_Column]:
        """Return the columns of links, facts and criteria that are no lists."""
        found: list[_Column] = []
        for column in table.sheet.columns:
            if column.of is None or column.level or isinstance(column.ty, t.List):
                continue
            name = (
                f"criteria.{column.of.id}" if isinstance(column.of, Criterion) else column.of.name
            )
            is_vote = isinstance(column.ty, t.Ballots)
            stated = self._ballots(table, column) if is_vote else self._plain(table, column)
            if stated is not None:
                found.append(_Column(name, stated))
        return found

    def _plain(self, table: Table, column: Column) -> list[Value | Stated | None] | None:
        cells = table.columns.get(column.key)
        marks = table.columns.get(f"{column.key}{MARK}")
        if cells is None and marks is None:
            return None
        make = self._reader(column.ty)
        memo: dict[Any, Value | None] = {None: None}
        for cell in set(cells or ()):
            if cell is not None:
                memo[cell] = make(cell)
        stated: list[Value | Stated | None] = (
            [None] * table.rows if cells is None else [memo[cell] for cell in cells]
        )
        for row, mark in enumerate(marks or ()):
            if mark is not None and stated[row] is None:
                stated[row] = OPEN if mark == UNKNOWN else Stated.ABSENT
        return stated

    def _reader(self, ty: t.Type) -> Callable[[Any], Value | None]:
        """Return what makes the value of a cell; None of one that is reported."""
        if isinstance(ty, t.Number):
            return lambda cell: known(Decimal(cell))
        if isinstance(ty, t.Scale | t.Enumeration):
            values = self.program.values[ty.name]
            ranks = {n: known(values.rank(n) if values.ordered else n) for n in values.values}
            return ranks.get
        if isinstance(ty, t.Object):
            own = self.entities.get(ty.name, {})
            links = {name: Value(target, target) for name, target in own.items()}
            return links.get
        return known

    def _ballots(self, table: Table, column: Column) -> list[Value | Stated | None] | None:
        assert isinstance(column.of, Fact)  # noqa: S101  # only facts are ballots
        assert isinstance(column.ty, t.Ballots)  # noqa: S101  # as is asked
        name, columns = column.of.name, table.columns
        marks = columns.get(column.key, [None] * table.rows)
        keys = [f"{name}.{level}" for level in self.program.values[column.ty.scale].values]
        if not any(key in columns for key in (column.key, *keys)):
            return None
        none: list[Any] = [None] * table.rows
        counts = zip(*(columns.get(key, none) for key in keys), strict=True)
        found: list[Value | Stated | None] = []
        for mark, counted in zip(marks, counts, strict=True):
            if mark == UNKNOWN:
                found.append(OPEN)
            elif any(count is not None for count in counted):
                found.append(known(tuple(int(count or 0) for count in counted)))
            else:
                found.append(None if mark is None else Stated.ABSENT)
        return found

    # -- decisions ------------------------------------------------------------------------------

    def _given(self, table: Table) -> Callable[[int], Given | None]:
        """Return what gives the decision of a row."""
        names = ("level", "status", "after", "by", "on", "document")
        columns = {
            n: table.columns[f"{GIVEN}.{n}"] for n in names if f"{GIVEN}.{n}" in table.columns
        }
        declared = table.sheet.subject
        if not columns or declared.ladder is None:
            return lambda _: None
        scale = self.program.values[declared.ladder.scale.name]

        def of(row: int) -> Given | None:
            said = {name: cells[row] for name, cells in columns.items() if cells[row] is not None}
            if not said:
                return None
            after = said.get("after", STAGES[-1])
            told = {n: str(v) for n, v in {**said, "after": after}.items()}
            ordered = {name: told[name] for name in names if name in told}
            level = scale.rank(said["level"]) if "level" in said else None
            return Given(level, said.get("status", ""), Stage(after), ordered)

        return of

    # -- lists ----------------------------------------------------------------------------------

    def _lists(self, table: Table) -> Iterator[tuple[Fact, Table | None]]:
        """Yield the lists of a table of which something is stated, with their own tables."""
        for column in table.sheet.columns:
            if isinstance(column.ty, t.List) and isinstance(column.of, Fact):
                below = self.writer.tables.get(f"{table.sheet.key}.{column.of.name}")
                if below is not None or column.key in table.columns:
                    yield column.of, below

    def _listed(
        self,
        table: Table,
        row: int,
        fact: Fact,
        below: Table | None,
        holder: tuple[str, ...],
        owner: Entity,
    ) -> Facts:
        """Return what is stated of a list, by its name; nothing if nothing is."""
        marks = table.columns.get(f"{fact.name}{MARK}")
        mark = None if marks is None else marks[row]
        rows = [] if below is None else self.writer.held[below.sheet.key].get(holder, [])
        if below is None or not rows:
            may_lack = fact.optional or fact.applies is not None
            none = Stated.ABSENT if may_lack else known(Elements(()))
            return {} if mark is None else {fact.name: none if mark == NONE else OPEN}
        more = [at for at in rows if below.says_more(at)]
        elements = self._elements(below, [at for at in rows if at not in more], holder, owner)
        is_cut = bool(more) or mark == UNKNOWN
        return {fact.name: known(Elements(tuple(elements), None if is_cut else 0))}

    def _elements(
        self, table: Table, rows: list[int], holder: tuple[str, ...], owner: Entity
    ) -> Iterator[Element]:
        sheet = table.sheet
        if sheet.record is None:
            stated = self._values(table)
            for row in rows:
                value = stated[row]
                yield Element(value if isinstance(value, Value) else OPEN)
            return
        for place, row in enumerate(rows, 1):
            yield Element(known(self._record(table, row, place, holder, owner)))

    def _values(self, table: Table) -> list[Value | Stated | None]:
        if table.sheet.key not in self.columns:
            found = self._plain(table, table.sheet.by_key[VALUE])
            self.columns[table.sheet.key] = [_Column(VALUE, found or [None] * table.rows)]
        return self.columns[table.sheet.key][0].stated

    def _record(
        self, table: Table, row: int, place: int, holder: tuple[str, ...], owner: Entity
    ) -> Entity:
        sheet, fact = table.sheet, _fact_of(table.sheet)
        assert sheet.record is not None  # noqa: S101  # the caller has looked
        if sheet.key not in self.columns:
            self.columns[sheet.key] = self._columns(table)
        columns = self.columns[sheet.key]
        facts: dict[str, Any] = {
            c.name: c.stated[row] for c in columns if c.stated[row] is not None
        }
        own = facts.get(fact.key)
        shown = str(own.least) if isinstance(own, Value) else str(place)
        declared = self.program.objects[sheet.record.name]
        record = Entity(declared, f"{fact.name}[{shown}]", {}, owner, bare=self.bare)
        name = (table.key_of(fact, row) or "") if fact.key else str(place)
        for inner, below in self._lists(table):
            facts |= self._listed(table, row, inner, below, (*holder, name), record)
        record.facts = facts
        self.records.append(record)
        return record


def _fact_of(sheet: Sheet) -> Fact:
    assert sheet.fact is not None  # noqa: S101  # a list has one
    return sheet.fact
