"""A population made: its strata as tables of a database in memory, and the tables of a case.

In: a `Plan`. Out: for each table of the case a query that gives its rows in order. A stratum of
more than a million rows is never held: it is made again whenever it is asked for.
"""

# ruff: noqa: S608  # khung alone writes these queries; names and texts in them are quoted

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.analysis.population.draws import column, may_be_marked, named
from khung.analysis.population.expressions import MACROS, below, key_of, literal, quoted
from khung.casefile.tables.layout import ID, MARK, NAME, OF, UNKNOWN
from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from fractions import Fraction
    from pathlib import Path

    import duckdb

    from khung.analysis.population.columns import Given
    from khung.analysis.population.plan import Plan
    from khung.analysis.population.strata import Layer
    from khung.casefile.tables.layout import Column

_SPILLED = ".khung-spilled"  # a folder that DuckDB makes when it needs it
_HELD = 1_000_000  # rows of a stratum that are kept in memory
_TYPES = {"a_boolean": "BOOLEAN", "a_whole_number": "BIGINT", "a_date": "DATE"}


@dataclass(frozen=True, slots=True)
class Made:
    """A table of the case.

    Attributes:
        key: `SUBJECT` or `SUBJECT.LIST`.
        columns: The names of its columns, in order.
        query: Gives its rows, in order; what is unknown is null and said by a mark beside.
        rows: How many there are.
    """

    key: str
    columns: tuple[str, ...]
    query: str
    rows: int


def connect(folder: Path, memory: str = "1GB") -> duckdb.DuckDBPyConnection:
    """Return a database in memory that can make populations; what is too much goes to a folder."""
    import duckdb  # noqa: PLC0415  # 60 ms, only where a population is made

    con = duckdb.connect()
    con.execute(f"SET memory_limit = {literal(memory)}")
    con.execute(f"SET temp_directory = {literal(str(folder / _SPILLED))}")
    for macro in MACROS:
        con.execute(macro)
    return con


def make(
    con: duckdb.DuckDBPyConnection,
    plan: Plan,
    given: Mapping[str, Mapping[str, Given]],
    unknown: Fraction,
) -> Iterator[Made]:
    """Make the strata; yield the tables of the case in the order in which subjects first stand.

    Args:
        con: A database as `connect` gives it.
        plan: What is to be made.
        given: The columns that each stratum may have, by name.
        unknown: The share of each column that is unknown.
    """
    sizes = _strata(con, plan)
    by_sheet: dict[str, list[Layer]] = {}
    for layer in plan.layers.values():
        by_sheet.setdefault(layer.sheet.key, []).append(layer)
    for key, layers in by_sheet.items():
        columns = _columns(layers, given, unknown)
        written = (_written(plan, one, given[one.name], columns, unknown) for one in layers)
        query = " UNION ALL ".join(written)
        yield Made(key, columns, query, sum(sizes[layer.name] for layer in layers))


def _strata(con: duckdb.DuckDBPyConnection, plan: Plan) -> dict[str, int]:
    """Make the strata, first without what hangs on counts; return how many rows each has."""
    sizes = {}
    for name in plan.layers:
        con.execute(f'CREATE TABLE "laid {name}" AS {plan.layout(name, "early")}')
        found = con.execute(f'SELECT sum(siblings)::BIGINT FROM "laid {name}"').fetchone()
        sizes[name] = (found[0] if found else 0) or 0
        if plan.is_asked(name):
            _keep(con, f"early {name}", plan.early(name), sizes[name])
    for table, query in plan.counts():
        con.execute(f"CREATE TABLE {quoted(table)} AS {query}")
    for name in plan.layers:
        if plan.is_laid_anew(name):
            con.execute(f'CREATE TABLE "spread {name}" AS {plan.layout(name, "whole")}')
        _keep(con, f"whole {name}", plan.whole(name), sizes[name])
    return sizes


def _keep(con: duckdb.DuckDBPyConnection, name: str, query: str, rows: int) -> None:
    form, order = ("TABLE", " ORDER BY row") if rows <= _HELD else ("VIEW", "")
    con.execute(f"CREATE {form} {quoted(name)} AS SELECT * FROM ({query}){order}")


# -- the tables of a case -------------------------------------------------------------------------


def _columns(
    layers: list[Layer], given: Mapping[str, Mapping[str, Given]], unknown: Fraction
) -> tuple[str, ...]:
    """Return the columns that some stratum of a table fills, and the marks that they need."""
    drawn = {named(one) for layer in layers for one in layer.columns}
    known = given[layers[0].name]
    found = [OF] if layers[0].sheet.fact is not None else [ID, NAME] if NAME in drawn else [ID]
    for name, one in known.items():
        if name in drawn:
            found += [column.key for column in one.columns]
            if any(_is_marked(layer, name, unknown) for layer in layers):
                found.append(_mark(name, one))
    return tuple(found)


def _is_marked(layer: Layer, name: str, unknown: Fraction) -> bool:
    drawn = layer.columns.get(column(name))
    return drawn is not None and (may_be_marked(drawn) or _may_open(layer, name, unknown))


def _may_open(layer: Layer, name: str, unknown: Fraction) -> bool:
    """Say whether a column is made unknown; what tells rows apart and decisions never are."""
    sheet = layer.sheet
    tells = sheet.subject.kind_field if sheet.fact is None else sheet.fact.key
    may = name != tells and name not in layer.known and not name.startswith("given.")
    return unknown > 0 and may


def _mark(name: str, one: Given) -> str:
    return f"{name}{MARK}" if one.is_ballots else f"{one.columns[0].key}{MARK}"


def _written(
    plan: Plan,
    layer: Layer,
    given: Mapping[str, Given],
    columns: tuple[str, ...],
    unknown: Fraction,
) -> str:
    """Return the query of the rows of one stratum, with the columns of its table."""
    found = {ID: "id", OF: '"in.id"'}
    if column(NAME) in layer.columns:
        found[NAME] = quoted(column(NAME))
    for name, one in given.items():
        if column(name) in layer.columns:
            found |= _values(layer, name, one, _opened(plan, layer, name, unknown))
    picked = [f"{found.get(key, 'NULL')} AS {quoted(key)}" for key in columns]
    return f'SELECT {", ".join(picked)} FROM "whole {layer.name}"'


def _opened(plan: Plan, layer: Layer, name: str, unknown: Fraction) -> str:
    """Return when a column is made unknown; empty where it never is."""
    if not _may_open(layer, name, unknown):
        return ""
    return below(f"mix(u, {key_of(plan.seed, layer.name, name, 'unknown')})", unknown)


def _values(layer: Layer, name: str, one: Given, opened: str) -> dict[str, str]:
    """Return the expressions of the columns of a table that a fact fills, and of its mark."""
    inside = column(name)
    mark = quoted(f"{inside}{MARK}") if may_be_marked(layer.columns[inside]) else "NULL"
    if one.is_ballots:
        found, has = _ballots(inside, one.columns), f"{quoted(f'{inside}/to')} IS NOT NULL"
    else:
        kind = _TYPES.get(one.due.kind.value, "VARCHAR")
        value = f"{quoted(inside)}::{kind}"
        if name.startswith("given.") and name not in ("given.level", "given.status"):
            value = f"CASE WHEN {_is_given(layer)} THEN {value} END"
        found, has = {one.columns[0].key: value}, f"{quoted(inside)} IS NOT NULL"
    if not opened:
        return {**found, _mark(name, one): mark}
    shown = {key: f"CASE WHEN NOT ({opened}) THEN {value} END" for key, value in found.items()}
    said = f"CASE WHEN {opened} AND {has} THEN '{UNKNOWN}' ELSE {mark} END"
    return {**shown, _mark(name, one): said}


def _is_given(layer: Layer) -> str:
    both = map(column, ("given.level", "given.status"))
    said = [quoted(one) for one in both if one in layer.columns]
    return f"coalesce({', '.join(said)}) IS NOT NULL" if said else "FALSE"


def _ballots(name: str, columns: tuple[Column, ...]) -> dict[str, str]:
    """Return the numbers of ballots by level: most for one, the rest for the level below it."""
    level, votes, of = (quoted(f"{name}/{end}") for end in ("to", "for", "of"))
    found = {}
    for one, above in zip(columns, (*columns[1:], None), strict=True):
        rest = (
            "" if above is None else f" WHEN {level} = {literal(above.level)} THEN {of} - {votes}"
        )
        mine = f"WHEN {level} = {literal(one.level)} THEN {votes}{rest}"
        found[one.key] = f"CASE WHEN {level} IS NULL THEN NULL {mine} ELSE 0 END::BIGINT"
    return found
