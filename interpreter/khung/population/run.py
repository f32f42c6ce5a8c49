"""The cases of a database solved by compiled rules: statements run in order, results as tables."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from khung.casefile.tables.layout import ID
from khung.engine.progress import Phase, advancing
from khung.ir import types as t
from khung.ir.result_schema import unit_links
from khung.population import columns as result
from khung.population import kept
from khung.population.asked import ALL, Asked
from khung.population.data import profile_of, unfolded
from khung.population.due import says, steps_of
from khung.population.executed import executed
from khung.population.load import load, make_calendar
from khung.records import dataclass
from khung.sql.build import Build
from khung.sql.ends import UnsupportedError
from khung.sql.profile import Profile
from khung.sql.rings import check_rings
from khung.sql.rows import DEPTH
from khung.sql.script import Script, planned
from khung.sql.table import CASE, ROW
from khung.sql.text import SPLIT, literal, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import duckdb

    from khung.ir.dates import WorkingDays
    from khung.ir.program import Program
    from khung.population.source import Source
    from khung.sql.ends import Ends, State
    from khung.sql.plan import Key
    from khung.sql.table import Column, Table


@dataclass(frozen=True, slots=True)
class Compiled:
    """A program compiled for data of a profile.

    Attributes:
        left: What SQL has no exact form for: definitions by subject, with the reason. They are
            outputs and checks, which no level hangs on.
        without: The subject types that are left whole, as a level of theirs has no exact form, with
            the reason; no other type reads what that hangs on.
    """

    build: Build
    script: Script
    left: dict[tuple[str, str], str]
    without: Mapping[str, str] = field(default_factory=dict)

    def tables(self) -> list[Table]:
        """Return the tables of those whose results are worked out."""
        return [table for table in ranked_tables(self.build) if table.base not in self.without]


@dataclass(frozen=True, slots=True)
class Solved:
    """Cases solved in a database: the last table of each subject type has the columns of results.

    Attributes:
        asked: What was asked.
        awaited: Of cases in which steps are still to come, the final outputs of each table that
            were looked at once more with those open; None of others.
    """

    source: Source
    compiled: Compiled
    asked: Asked = ALL
    awaited: Mapping[str, tuple[str, ...]] | None = None

    @property
    def base(self) -> duckdb.DuckDBPyConnection:
        """The database."""
        return self.source.base


def compiled(
    program: Program,
    profile: Profile,
    *,
    slow: bool = False,
    asked: Asked = ALL,
    stated: Mapping[str, Sequence[str]] | None = None,
) -> Compiled:
    """Compile a program for data of a profile.

    Args:
        program: The rulebook, lowered.
        profile: What the data leave open; `Profile()` of any data.
        slow: Whether quotas go the general way, whatever the data would allow.
        asked: What is asked.
        stated: What is told beside as it is stated, by table.

    Raises:
        UnsupportedError: Levels of all types hang on what SQL has no exact form for.
    """
    for declared in program.subjects:
        in_trees = any(link.tree for link in declared.links.values())
        if in_trees and declared.name in profile.kindless:
            raise UnsupportedError("a kind that is not stated")
        if ID in declared.facts or ID in declared.links:  # under that name stands what it is called
            raise UnsupportedError("a subject that states an id of its own")
    build = Build(program, profile, result.result_column, settled, slow=slow, is_told=asked.is_told)
    check_rings(build)
    wanted, without = _needed(build, asked)
    left: dict[tuple[str, str], str] = {}
    for table in [x for x in ranked_tables(build) if x.base not in without]:
        for name in asked.beside(table.declared):
            try:
                _told(table, name, build.column(table, name))
            except UnsupportedError as error:
                left[table.base, name] = str(error)
            else:
                wanted.append((table.key, name))
    told = stated or {} if asked.is_told else None
    script = planned(build, wanted, told, is_once=asked.is_read_once)
    return Compiled(build, script, left, without)


def _needed(build: Build, asked: Asked) -> tuple[list[Key], dict[str, str]]:
    """Return the columns that results take, and the types of which one has no form, with the reason.

    Raises:
        UnsupportedError: That is so of all types.
    """
    without: dict[str, str] = {}
    needed = {table.key: asked.needed(table) for table in ranked_tables(build)}
    for key, name in (one for keys in needed.values() for one in keys):
        try:
            build.column(build.tables[key], name)
        except UnsupportedError as error:
            without.setdefault(build.tables[key].base, str(error))
    if without and without.keys() == {build.tables[key].base for key, of in needed.items() if of}:
        raise UnsupportedError(next(iter(without.values())))
    there = {key: keys for key, keys in needed.items() if build.tables[key].base not in without}
    return [one for keys in there.values() for one in keys], without


def _told(table: Table, name: str, column: Column) -> None:
    """Check that a column can be told.

    Raises:
        UnsupportedError: It is a quotient, and what is told is one number.
    """
    if not name.startswith("=") or table.declared is None:
        return
    is_number = isinstance(table.declared.definition(name.removeprefix("=")).ty, t.Number)
    if is_number and any(SPLIT in end for end in column.read("n")[0][:2]):
        raise UnsupportedError("a quotient as a number")


def left_by(program: Program) -> dict[tuple[str, str], str]:
    """Return what SQL has no exact form for, whatever the data: columns by subject, with the reason.

    Those of a level are among them. Of trees it is taken that they are no deeper than is followed.
    """
    links = ((d.name, x) for d in program.subjects for x in d.links)
    profile = Profile(depth=dict.fromkeys(links, DEPTH))
    build = Build(program, profile, result.result_column, settled)
    found: dict[tuple[str, str], str] = {}
    for table in ranked_tables(build):
        for name in (*(name for _, name in ALL.needed(table)), *ALL.beside(table.declared)):
            try:
                _told(table, name, build.column(table, name))
            except UnsupportedError as error:
                found[table.base, name] = str(error)
    return found


def settled(text: str, calendars: Iterable[WorkingDays] = ()) -> bool:
    """Return whether a condition of constants holds, which may count the days of calendars."""
    import duckdb  # noqa: PLC0415  # slow to load

    base = duckdb.connect()
    for days in calendars:
        make_calendar(base, days)
    row = base.execute(f"SELECT {text}").fetchone()
    assert row is not None  # noqa: S101  # one row
    return bool(row[0])


def ranked_tables(build: Build) -> list[Table]:
    """Return the tables of those that are ranked: of a subject worked out by kinds, each kind."""
    whole = [build.tables[declared.name] for declared in build.program.subjects if declared.stages]
    kinds = [x for table in whole for x in build.kinds_of(table.key)]
    split = {table.base for table in kinds}
    return [*(table for table in whole if table.key not in split), *kinds]


def solve_once(
    source: Source, *, slow: bool = False, folded: bool = True, asked: Asked = ALL
) -> Solved:
    """Solve all cases of a database.

    Args:
        source: The tables.
        slow: As for `compiled`.
        asked: Likewise.
        folded: Whether what the data leave open is looked at first, so that the rest takes less.

    Raises:
        UnsupportedError: As for `compiled`.
    """
    profile = profile_of(source)
    if not folded:
        profile = unfolded(profile)
    stated = {key: _stated(source, key) for key in source.streamed if "." not in key}
    of = kept.signature(source.program, profile, slow, asked, stated) if source.keeps else ""
    if source.keeps:
        found = kept.find(of, source.program, profile, settled, is_told=asked.is_told)
        if found is not None:
            return run(source, Compiled(*found, {}), asked)
    made = compiled(source.program, profile, slow=slow, asked=asked, stated=stated)
    if source.keeps and not made.without:
        kept.keep(of, made.build, made.script, made.left)
    return run(source, made, asked)


def _stated(source: Source, subject: str) -> list[str]:
    """Return the columns of what is stated that results tell, or that say what is to be done."""
    program, there = source.program, source.there[subject]
    declared = program.objects[subject]
    shown = {"id", "name", declared.kind_field, *unit_links(declared)}
    due = steps_of(program, declared)
    return [c for c in there if c in shown or c.startswith("given.") or says(c, due)]


def run(source: Source, made: Compiled, asked: Asked = ALL) -> Solved:
    """Run what was compiled for the data of a source."""
    load(source, made.build, made.script)
    statements = made.script.statements
    waits, alone = made.script.waits, source.streamed
    steps_left = executed(source.base, statements, waits, source.at_once, alone)
    for _ in advancing(steps_left, len(statements), Phase.SOLVING):
        pass
    return Solved(source, made, asked)


@dataclass(frozen=True, slots=True)
class Reading:
    """How columns of the results of a table are read.

    Attributes:
        columns: By name, both ends and whether it applies.
        source: What they are read from: `n` has what is stated, by the names of the tables read.
    """

    columns: dict[str, tuple[Ends, State]]
    source: str


def reading(source: Source, made: Compiled, table: Table, names: Iterable[str]) -> Reading:
    """Return how columns of a table are read once it is solved."""
    columns = {name: made.build.column(table, name) for name in names}
    if table.key in source.streamed:
        return _streamed(source, made, table, columns)
    found: dict[str, tuple[Ends, State]] = {}
    homes: dict[str, str] = {}
    for name, column in columns.items():
        alias = "n"
        if not column.is_constant:
            alias = homes.setdefault(column.table.key, f"x{len(homes)}")
        found[name] = column.read(alias)
    joins = "".join(
        f" JOIN {quoted(made.script.last[home])} {alias} ON {alias}.rid = n.rid"
        for home, alias in homes.items()
    )
    where, declared = "", table.declared
    if table.kind and declared is not None:
        is_stated = declared.kind_field in source.there.get(
            table.base, ()
        )  # else nobody stands there
        kind = f"n.{quoted(declared.kind_field)} = {literal(table.kind)}" if is_stated else "FALSE"
        where = f" WHERE {kind}"
    return Reading(found, f"{quoted(f'n.{table.base}')} n{joins}{where}")


def _streamed(
    source: Source, made: Compiled, table: Table, columns: Mapping[str, Column]
) -> Reading:
    """Return how columns of a streamed table are read: of what was kept, or worked out anew."""
    found = {name: column.read("n") for name, column in columns.items()}
    parts = [part for c in columns.values() if not c.is_constant for part in c.parts]
    is_kept = table.key in made.script.kept
    stated = _stated(source, table.key) if table.key in made.script.stated else ()
    said = [ROW, CASE, *(f"{quoted('n.' + c)} AS {quoted(c)}" for c in stated if c != CASE)]
    said += map(quoted, dict.fromkeys(parts))
    last = f"{table.key}~kept" if is_kept else made.script.last.get(table.key, table.key)
    return Reading(found, f"(SELECT {', '.join(said)} FROM {quoted(last)}) n")
