"""The part of a large case that hangs together with one subject.

Rules reach others only by links, from either end, and by the groups of quotas. So what a result
hangs on is mostly in the part of those whom links join with the subject. Where a link leaves open
whom it joins, or its own groups have no subject in common, there is none. Groups of other types are
not looked at, nor whether a link that says nothing applies: who tells of the part compares it first
with what the whole case gave.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from khung.casefile.tables.frames import Frames, TablePlace
from khung.casefile.tables.layout import ID, MARK, NONE, OF, UNKNOWN, sheets
from khung.ir import types as t
from khung.ir.program import Link
from khung.population.sources import source_of, whole_of
from khung.records import replace
from khung.sql.table import CASE, ROW
from khung.sql.text import literal, quoted
from khung.text import Grid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.casefile.model import CaseFile
    from khung.casefile.tables.layout import Column, Sheet
    from khung.ir.program import ObjectType, Program
    from khung.population.source import Source


def part_of(program: Program, frames: Frames, subject: str, key: str, most: int) -> Frames | None:
    """Return the tables of all subjects that links join with one, with what was decided of them.

    Args:
        program: The rulebook.
        frames: The tables of the case.
        subject: The type of the subject.
        key: Its id.
        most: Of how many subjects it may be.

    Returns:
        The part; None where it is larger, or a result may hang on who is in no part.

    Raises:
        UnsupportedError: Some numbers have too many digits.
    """
    source = source_of(program, {0: frames})
    try:
        if not _groups_have_subjects(program.objects[subject]) or _leaves_open(source):
            return None
        if not _gathered(source, subject, key, most):
            return None
        return _cut(source, frames)
    finally:
        source.base.close()


def _groups_have_subjects(declared: ObjectType) -> bool:
    """Whether all in a group of its quotas have a subject in common."""
    groupings = (grouping for quota in declared.quotas for grouping in quota.groupings)
    return all(any(_is_subject(key.ty) for key in grouping.keys) for grouping in groupings)


def _is_subject(ty: t.Type) -> bool:
    return _is_subject(ty.element) if isinstance(ty, t.List) else isinstance(ty, t.Object)


# -- links --------------------------------------------------------------------------------------


def _joining(source: Source) -> Iterator[tuple[Sheet, Column]]:
    """Yield the columns that lead to subjects, and of the tables that there are."""
    subjects = {declared.name for declared in source.program.subjects}
    for sheet in sheets(source.program):
        there = source.there.get(sheet.key, ())
        for column in sheet.columns:
            leads = isinstance(column.ty, t.Object) and column.ty.name in subjects
            if leads and not {column.key, f"{column.key}{MARK}"}.isdisjoint(there):
                yield sheet, column


def _leaves_open(source: Source) -> bool:
    """Whether some link says that it is not known whom it joins, or says nothing.

    A link that applies by a condition and says nothing is taken as one that does not apply.
    """
    for sheet, column in _joining(source):
        there, mark = source.there[sheet.key], f"{column.key}{MARK}"
        said = quoted(mark) if mark in there else "NULL"
        value = quoted(column.key) if column.key in there else "NULL"
        asked = [f"{said} = {literal(UNKNOWN)}"]
        if isinstance(column.of, Link) and column.of.applies is None and not column.of.absent:
            asked.append(f"{value} IS NULL AND coalesce({said}, '') <> {literal(NONE)}")
        where = " OR ".join(asked)
        if source.all(f"SELECT 1 FROM {quoted('in.' + sheet.key)} WHERE {where} LIMIT 1"):
            return True
    return False


def _node(subject: str, key: str) -> str:
    """Return the number of a subject. That two have the same only makes a part larger."""
    return f"hash({literal(subject)}, {key})"


def _gathered(source: Source, subject: str, key: str, most: int) -> bool:
    """Make the table `part` of the numbers of all that links join; whether they are few enough."""
    edges = [
        f"SELECT {_node(sheet.subject.name, _owner(sheet))} AS a, "
        f"{_node(column.ty.name, quoted(column.key))} AS b FROM {quoted('in.' + sheet.key)} "
        f"WHERE {quoted(column.key)} IS NOT NULL"
        for sheet, column in _joining(source)
        if isinstance(column.ty, t.Object) and column.key in source.there[sheet.key]
    ]
    nothing = "SELECT 0::UBIGINT AS a, 0::UBIGINT AS b WHERE FALSE"
    source.base.execute(f"CREATE TABLE edges AS {' UNION ALL '.join(edges or [nothing])}")
    source.base.execute(f"CREATE TABLE part AS SELECT {_node(subject, literal(key))} AS n")
    source.base.execute("CREATE TABLE last AS FROM part")
    while True:
        source.base.execute(
            "CREATE OR REPLACE TABLE last AS SELECT n FROM ("
            "SELECT b AS n FROM edges SEMI JOIN last ON a = last.n UNION "
            "SELECT a AS n FROM edges SEMI JOIN last ON b = last.n) ANTI JOIN part USING (n)"
        )
        source.base.execute("INSERT INTO part FROM last")
        ((new, number),) = source.all("SELECT (SELECT count(*) FROM last), count(*) FROM part")
        if not new or number > most:
            return int(number) <= most


def _owner(sheet: Sheet) -> str:
    """Return the column with the id of the subject to whom a row belongs."""
    return quoted(OF if sheet.path else ID)


# -- the part -----------------------------------------------------------------------------------


def _cut(source: Source, frames: Frames) -> Frames:
    """Return the tables of those in `part`."""
    tables: dict[str, Any] = {}
    for sheet in (one for one in sheets(source.program) if source.there.get(one.key)):
        own = f"* EXCLUDE ({CASE}{f', {ROW}' if sheet.key in source.numbered else ''})"
        tables[sheet.key] = source.base.sql(
            f"SELECT {own} FROM {quoted('in.' + sheet.key)} "
            f"SEMI JOIN part ON {_node(sheet.subject.name, _owner(sheet))} = part.n"
        ).to_arrow_table()
    places = {
        key: TablePlace(Grid(key), {}, range(1, table.num_rows + 1))
        for key, table in tables.items()
    }
    ids = {
        (name, one)
        for name, table in tables.items()
        if "." not in name
        for one in table.column(ID).to_pylist()
    }
    return Frames(_head(frames.head, source.program, ids), tables, places)


def _head(head: CaseFile, program: Program, ids: set[tuple[str, str]]) -> CaseFile:
    """Return the head of a case without what it says of others than `ids`."""
    complete = head.complete
    if complete is not True:
        others = {
            ".".join(one) for one in whole_of(head, program).lists if (one[0], one[1]) not in ids
        }
        complete = tuple(ref for ref in complete if ref.name not in others)
    return replace(head, complete=complete, expect=None, decisions=())
