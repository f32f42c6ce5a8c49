"""Tables as read into the tables that compiled rules go over, and what they leave open.

Every source is a view `in.TABLE` in typed form, with the number of its case in `cs`. Levels become
ranks, links the numbers of rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from khung.ir import types as t
from khung.population.data import whole_in
from khung.population.source import Source, says_more
from khung.rulebook.model.rules import Stage
from khung.sql.ends import UnsupportedError
from khung.sql.table import CASE, DAY
from khung.sql.text import NULL, literal, quoted

if TYPE_CHECKING:
    from khung.ir.dates import WorkingDays
    from khung.sql.build import Build
    from khung.sql.script import Script
    from khung.sql.table import Table


# -- loading --------------------------------------------------------------------------------------


def load(source: Source, build: Build, script: Script) -> None:
    """Make the tables that the statements of a script go over, with the columns that they read."""
    keys = [
        k
        for k, table in build.tables.items()
        if not table.kind and not table.stranger and not table.links
    ]
    said = "\n".join(getattr(statement, "text", "") for statement in script.statements)
    read = [key for key in keys if quoted(key) in said]
    above = {key[:at] for key in read for at in range(len(key)) if key[at] == "."}
    for key in keys:
        is_read = key in read or key in above
        if "." not in key or is_read:
            _number(source, key, held=is_read or key not in source.unread)
    for key in read:
        _load(source, build, key, script.raw.get(key, frozenset()))
    for name, found in build.profile.all_there.items():
        if found is None:
            rows = ", ".join(f"({c}, {said.has_all(name)})" for c, said in source.whole.items())
            text = f"SELECT * FROM (VALUES {rows}) v(cs, is_whole)"
            source.base.execute(f"CREATE OR REPLACE TABLE {quoted('whole.' + name)} AS {text}")
    for days in build.calendars.values():
        make_calendar(source.base, days)
    day = f'SELECT {literal(source.on)} AS "on"'
    source.base.execute(f"CREATE OR REPLACE TABLE {quoted(DAY)} AS {day}")


def _number(source: Source, key: str, *, held: bool) -> None:
    """Number the rows of a table; of a list those that say that there may be more stand apart.

    A file that no statement reads need not be `held`: its rows are numbered as they are asked for.
    """
    there, name = source.there.get(key), quoted(f"n.{key}")
    if there is None:
        empty = "0::BIGINT AS rid, 0::BIGINT AS cs, NULL::VARCHAR AS id, NULL::VARCHAR AS of"
        source.base.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT {empty} WHERE FALSE")
        source.base.execute(f"CREATE OR REPLACE VIEW {quoted('in.' + key)} AS SELECT * FROM {name}")
        return
    where = "" if "." not in key else f" WHERE NOT {says_more(there)}"
    if key in source.streamed:
        text = f"SELECT * FROM {quoted('in.' + key)}{where}"
        source.base.execute(f"CREATE OR REPLACE VIEW {name} AS {text}")
        return
    columns = "*" if key in source.numbered else "row_number() OVER () AS rid, *"
    sort = "TABLE" if held else "VIEW"
    source.base.execute(
        f"CREATE OR REPLACE {sort} {name} AS SELECT {columns} FROM {quoted('in.' + key)}{where}"
    )


def _load(source: Source, build: Build, key: str, needed: frozenset[str]) -> None:
    table = build.tables[key]
    there = set(source.there.get(key, ()))
    parts, joins = ["r.rid", "r.cs"], list[str]()
    names = set(needed)
    if table.declared is not None and table.declared.kind_field:
        names.add(table.declared.kind_field)
    links = table.declared.links if table.declared is not None else {}
    parts += [_raw(source, build, key, name, there, joins) for name in sorted({*names, *links})]
    if table.owner:
        joins.append(
            f"LEFT JOIN {quoted('n.' + table.owner)} own ON {_owned(source, build, table)}"
        )
        parts.append("own.rid AS owner")
    is_streamed = key in source.streamed
    if is_streamed:
        parts += [f"r.{quoted(c)} AS {quoted('n.' + c)}" for c in source.there[key] if c != CASE]
    sort = "VIEW" if is_streamed else "TABLE"
    text = (
        f"SELECT {', '.join(p for p in parts if p)} FROM {quoted('n.' + key)} r {' '.join(joins)}"
    )
    source.base.execute(f"CREATE OR REPLACE {sort} {quoted(key)} AS {text}")


def _owned(source: Source, build: Build, table: Table) -> str:
    """Return how a record is joined to its owner: by id, or within a list by the key of the record.

    Raises:
        UnsupportedError: The owner stands in a list of records itself, which it does not say which.
    """
    owner = build.tables[table.owner]
    if not owner.owner:
        return "own.id = r.of AND own.cs = r.cs"
    if build.tables[owner.owner].owner:
        raise UnsupportedError("records within records of records")
    assert owner.fact is not None  # noqa: S101  # it stands in a list
    column = f"of.{owner.fact.name}"
    if column not in source.there.get(table.key, ()):  # records that have names of their own
        return "own.id = r.of AND own.cs = r.cs"
    by_key = f"{_place(source, 'own', owner)} = CAST(r.{quoted(column)} AS VARCHAR)"
    return f"own.of = r.of AND own.cs = r.cs AND {by_key}"


def _place(source: Source, alias: str, table: Table) -> str:
    """Return what tells a record from the others of its list: its key, or its place from 1."""
    assert table.fact is not None  # noqa: S101  # it stands in a list
    if table.fact.key and table.fact.key not in source.there.get(table.key, ()):
        return f"{NULL}::VARCHAR"
    if table.fact.key:
        return f"CAST({alias}.{quoted(table.fact.key)} AS VARCHAR)"
    own, all_of = quoted(f"n.{table.key}"), f"e.of = {alias}.of AND e.cs = {alias}.cs"
    before = f"SELECT count(*) FROM {own} e WHERE {all_of} AND e.rid <= {alias}.rid"
    return f"CAST(({before}) AS VARCHAR)"


def _raw(
    source: Source, build: Build, key: str, name: str, there: set[str], joins: list[str]
) -> str:
    table, column = build.tables[key], quoted(name)
    declared = table.declared
    if name in ("owner", "rid", "cs"):
        return ""
    if name == "on":
        return f"{literal(source.on)} AS {column}"
    if name.endswith((".n", ".more")):
        return _of_children(source, table, name, joins)
    if name.endswith(".whole"):
        return _whole_of_list(source, table, name.removesuffix(".whole"))
    if declared is not None and name in declared.links:
        if name not in there:
            return f"NULL::BIGINT AS {column}"
        alias, to = f"k{len(joins)}", declared.links[name].to
        joins.append(
            f"LEFT JOIN {quoted('n.' + to)} {alias} ON {alias}.id = r.{column} AND {alias}.cs = r.cs"
        )
        return f"{alias}.rid AS {column}"
    if name not in there and name in _UNSAID:
        return f"{_UNSAID[name]} AS {column}"
    if name not in there:
        is_mark = name.endswith("?")
        sql = "VARCHAR" if is_mark else _sql_type(_type_of(build, key, name))
        return f"NULL::{sql} AS {column}"
    return f"{_value(source, build, key, name)} AS {column}"


_UNSAID = {"given.level": "NULL::INTEGER", "given.after": str(len(Stage) - 1)}
"""What decisions say where no row says it: they stand after the last stage."""


def _type_of(build: Build, key: str, name: str) -> t.Type:
    table = build.tables[key]
    declared = table.declared
    if declared is None:
        assert table.fact is not None  # noqa: S101  # of plain values
        assert isinstance(table.fact.ty, t.List)  # noqa: S101  # as above
        return table.fact.ty.element
    if name in declared.facts:
        return declared.facts[name].ty
    votes = declared.facts.get(name.partition(".")[0])
    if votes is not None and isinstance(votes.ty, t.Ballots):
        return t.NUMBER
    if name.startswith("criteria."):
        return declared.criteria[name.removeprefix("criteria.")].ty
    return t.STRING


def _sql_type(ty: t.Type) -> str:
    match ty:
        case t.Boolean():
            return "BOOLEAN"
        case t.Scale():
            return "INTEGER"
        case t.Number() | t.Object():
            return "BIGINT"
        case t.Date():
            return "DATE"
        case _:
            return "VARCHAR"


def _value(source: Source, build: Build, key: str, name: str) -> str:
    column = f"r.{quoted(name)}"
    if name == "given.level":
        declared = build.tables[key].declared
        assert declared is not None  # noqa: S101  # it is ranked
        assert declared.ladder is not None  # noqa: S101  # as above
        return _ranked(source, key, column, declared.ladder.scale.name)
    if name == "given.after":
        ways = " ".join(f"WHEN {literal(s.value)} THEN {i}" for i, s in enumerate(Stage))
        return f"CASE {column} {ways} ELSE {len(Stage) - 1} END"
    if name.startswith("given.") or name.endswith("?") or name in ("id", "name", "of"):
        return column
    ty = _type_of(build, key, name)
    if isinstance(ty, t.Scale):
        return _ranked(source, key, column, ty.name)
    if isinstance(ty, t.Enumeration | t.String):
        return f"CAST({column} AS VARCHAR)"
    if isinstance(ty, t.Object):
        return (
            f"(SELECT x.rid FROM {quoted('n.' + ty.name)} x WHERE x.id = {column} AND x.cs = r.cs)"
        )
    return column


def _ranked(source: Source, key: str, column: str, scale: str) -> str:
    """Return the rank of a level; of a streamed table each text of a file's dictionary is asked once."""
    levels = [literal(level) for level in source.program.values[scale].values]
    if key in source.streamed:
        return f"CAST(enum_code(TRY_CAST({column} AS ENUM({', '.join(levels)}))) AS INTEGER)"
    ways = " ".join(f"WHEN {level} THEN {rank}" for rank, level in enumerate(levels))
    return f"CASE {column} {ways} END"


def _of_children(source: Source, table: Table, name: str, joins: list[str]) -> str:
    key = table.key
    fact, _, what = name.rpartition(".")
    child, alias = f"{key}.{fact}", f"k{len(joins)}"
    there = source.there.get(child)
    if there is None:
        return f"{'0' if what == 'n' else 'FALSE'} AS {quoted(name)}"
    more = f"CAST(max(CASE WHEN {says_more(there)} THEN 1 ELSE 0 END) AS BOOLEAN) AS more"
    number = f"count(CASE WHEN NOT {says_more(there)} THEN 1 END) AS n"
    by, holder = ["c.cs", "c.of"], "id"
    on = [f"{alias}.cs = r.cs"]
    if table.fact is not None:
        column = f"of.{table.fact.name}"
        if column in there:
            holder = "of"
            by.append(f"c.{quoted(column)}")
            on.append(f"CAST({alias}.{quoted(column)} AS VARCHAR) = {_place(source, 'r', table)}")
    on.append(f"{alias}.of = r.{holder}")
    grouped = ", ".join(by)
    joins.append(
        f"LEFT JOIN (SELECT {grouped}, {number}, {more} FROM {quoted('in.' + child)} c "
        f"GROUP BY {grouped}) {alias} ON {' AND '.join(on)}"
    )
    if what == "n":
        return f"coalesce({alias}.n, 0) AS {quoted(name)}"
    return f"coalesce({alias}.more, FALSE) AS {quoted(name)}"


def _whole_of_list(source: Source, table: Table, name: str) -> str:
    key, declared = table.key, table.declared
    assert declared is not None  # noqa: S101  # it has lists
    named = [
        (case, subject_id)
        for case, said in source.whole.items()
        for subject, subject_id, list_name in said.lists
        if subject == key and list_name == name
    ]
    back = declared.back_lists.get(name)
    everywhere = sorted(whole_in(source, back.holder)) if back is not None else []
    tests = [f"(r.cs = {case} AND r.id = {literal(i)})" for case, i in named]
    if everywhere:
        tests.append(f"r.cs IN ({', '.join(map(str, everywhere))})")
    return f"({' OR '.join(tests) or 'FALSE'}) AS {quoted(name + '.whole')}"


def make_calendar(base: Any, days: WorkingDays) -> None:
    """Make the table of a calendar in a database: each day, with how many working days are up to it."""
    from datetime import timedelta  # noqa: PLC0415  # calendars alone

    import pyarrow as pa  # type: ignore[import-untyped]  # noqa: PLC0415  # slow to load

    rows, number, held = [], 0, set(days.days)
    day = days.first
    while day <= days.last:
        number += day in held
        rows.append((day, number))
        day += timedelta(days=1)
    columns = [pa.array(column) for column in zip(*rows, strict=True)]
    name = quoted(f"calendar.{days.name}")
    base.register("days", pa.table(columns, names=["day", "n"]))
    base.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM days")
    base.unregister("days")
