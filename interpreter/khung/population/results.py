"""Solved cases as the tables of results that `ir.result_schema` describes.

What takes the walk of an explanation (what is missing, assumed, rested on) is null here. Of whom that
matters, the reference evaluator is asked (`report.tables.beside`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.engine.voting import FindingCode
from khung.ir import types as t
from khung.ir.entries import stages_of
from khung.ir.result_schema import (
    GIVEN,
    NOT_TOLD,
    Form,
    result_columns,
    schema_of,
    unit_links,
)
from khung.ir.stages import names
from khung.population import columns as result
from khung.population import findings, statuses, steps
from khung.population.awaited import OTHERS, SCHEMA
from khung.population.cells import cell_of, one_of, scale_of
from khung.population.decisions import decision_cells, joined_quotas, quotas_of
from khung.population.decoded import Decoded
from khung.population.due import is_due, steps_of
from khung.population.executed import executed
from khung.population.run import Solved, reading
from khung.rulebook.model.rules import Stage
from khung.sql.lists.told import listed
from khung.sql.members import STATUSES
from khung.sql.quotas.shape import Sql
from khung.sql.text import NULL, TRUE, both, chosen, either, literal, negated, quoted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    import pyarrow as pa  # type: ignore[import-untyped]  # comes without types

    from khung.ir.program import ObjectType
    from khung.ir.result_schema import Column
    from khung.population.run import Reading
    from khung.sql.table import Table


SCOPES = ("in", "out", "open")
"""Where a subject stands: in the ranking or not."""

TEXTS = f"{NULL}::VARCHAR[]"
"""A list of texts that is not told."""


def result_tables(solved: Solved) -> dict[str, pa.Table]:
    """Return the results of each subject type that has a ladder, a row a subject."""
    told = _told_of(solved)
    queries = [" UNION ALL BY NAME ".join(_queries(solved, declared)) for declared in told]
    return {
        declared.name: _formed(table, solved, declared)
        for declared, table in zip(told, _fetched(solved, queries), strict=True)
    }


def _fetched(solved: Solved, queries: Iterable[str]) -> Iterator[pa.Table]:
    """Yield the rows of queries in their order; what is asked for as Arrow is planned twice."""
    base = solved.base
    asked = [
        Sql(quoted(f"fetched {at}"), f"SELECT * FROM ({query}) q ORDER BY rid")
        for at, query in enumerate(queries)
    ]
    for _ in executed(base, asked, [()] * len(asked), solved.source.at_once):
        pass
    for made in asked:
        yield base.sql(f"FROM {made.name} ORDER BY rid").to_arrow_table()
        base.execute(f"DROP TABLE {made.name}")


def result_queries(solved: Solved) -> dict[str, str]:
    """Return the query of the results of each subject type that has a ladder, with all columns."""
    program, found = solved.source.program, {}
    for declared in _told_of(solved):
        kinds = [*_queries(solved, declared)]
        query = " UNION ALL BY NAME ".join(kinds)
        if len(kinds) > 1:  # in the order of the case, as all others are
            query = f"SELECT * FROM ({query}) k ORDER BY k.rid"
        there = {
            c[0] for c in solved.base.execute(f"SELECT * FROM ({query}) q LIMIT 0").description
        }
        values = _values(solved, declared) if declared.name in solved.source.streamed else {}
        shown = (
            _shown(c, values.get(c.name, ())) if c.name in there else _nothing(c)
            for c in result_columns(program, declared.name, solved.asked.selection)
        )
        found[declared.name] = f"SELECT {', '.join(shown)} FROM ({query}) q"
    return found


def _told_of(solved: Solved) -> list[ObjectType]:
    """Return the subject types of which results are asked for."""
    asked, without = solved.asked.selection, solved.compiled.without
    there = [d for d in solved.source.program.subjects if d.name in solved.source.there]
    return [d for d in there if d.stages and asked.tells_of(d.name) and d.name not in without]


def _shown(column: Column, values: Iterable[str]) -> str:
    """Return a cell; one of few texts is of a type of its own."""
    name, texts = quoted(column.name), tuple(values)
    return f"CAST({name} AS {one_of(texts)}) AS {name}" if texts else name


def _values(solved: Solved, declared: ObjectType) -> dict[str, tuple[str, ...]]:
    """Return the texts that may stand in a column of results, of those that have few."""
    program = solved.source.program
    levels = scale_of(program, declared)
    found = dict.fromkeys(("level", "at_best", "at_worst", "given.level"), levels)
    for column in result_columns(program, declared.name):
        if column.name.startswith(("stages.", "bounds.")):
            found[column.name] = levels
        elif column.name.startswith("checks."):
            found[column.name] = result.CHECKS
    for member in declared.definitions.values():
        if member.output and isinstance(member.ty, t.Scale | t.Enumeration):
            found[f"outputs.{member.name}"] = program.values[member.ty.name].values
    kinds = () if declared.kinds is None else declared.kinds.values
    deciders = steps.deciders(declared)
    return found | {
        "status": STATUSES,
        "scope": SCOPES,
        "kind": kinds,
        "decision": tuple(one.kind for one in deciders),
        "decision.rule": tuple(one.rule.id for one in deciders),
    }


def _nothing(column: Column) -> str:
    """Return a cell without a value."""
    types = {Form.TEXTS: "VARCHAR[]", Form.TRUTH: "BOOLEAN", Form.DAY: "DATE", Form.TEXT: "VARCHAR"}
    return f"NULL::{types.get(column.form, 'BIGINT')} AS {quoted(column.name)}"


def _queries(solved: Solved, declared: ObjectType) -> Iterator[str]:
    made = solved.compiled
    for table in made.tables():
        if table.base == declared.name:
            yield _query(solved, table)


def _formed(table: pa.Table, solved: Solved, declared: ObjectType) -> pa.Table:
    """Return a table with all columns of results, those that were not found without values."""
    import pyarrow as pa  # noqa: PLC0415  # slow to load

    selection, program = solved.asked.selection, solved.source.program
    columns = result_columns(program, declared.name, selection)
    numbers = {
        c.name: table.schema.field(c.name).type
        for c in columns
        if c.form is Form.NUMBER and c.name in table.column_names
    }
    schema = schema_of(columns, numbers)
    arrays = [
        table[field.name].cast(field.type)
        if field.name in table.column_names
        else pa.nulls(table.num_rows, field.type)
        for field in schema
    ]
    return pa.table(arrays, schema=schema)


def _query(solved: Solved, table: Table) -> str:
    made, declared = solved.compiled, table.declared
    assert declared is not None  # noqa: S101  # it is ranked
    asked, parts = solved.asked, solved.asked.selection.parts
    told = [name for name in asked.beside(declared) if (table.base, name) not in made.left]
    needed = [name for _, name in asked.needed(table)]
    found = reading(solved.source, made, table, [*needed, *told])
    quotas, decoded = quotas_of(solved, table), Decoded(solved, table, found)
    cells = {
        **_stated(solved, declared),
        **_levels(decoded, declared, found),
        **_told(decoded, declared, found, told),
    }
    if "decision" in parts:
        cells |= decision_cells(solved, declared, found, quotas)
    if "checks" in parts:
        cells |= _said_beside(decoded, declared, found, told)
    if "reasons" in parts:
        cells["reasons"], cells["clauses"] = decoded.reasons()
        is_open = f"{found.columns['r:status'][0].low} = {statuses.UNDETERMINED}"
        cells["missing"] = chosen(is_open, TEXTS, listed([]))
        cells |= dict.fromkeys(NOT_TOLD, TEXTS)
    if asked.hangs_on_steps_to_come:
        cells["provisional"] = awaits = _awaits(solved, declared, found)
        cells |= _finals(solved, table, cells, awaits)
    joins = "".join(decoded.joins)
    if solved.awaited is not None:
        joins += f" LEFT JOIN {SCHEMA}.{quoted('o.' + table.key)} o ON o.rid = n.rid"
    shown = ((name, text) for name, text in cells.items() if asked.selection.shows(name))
    said = ", ".join(f"{text} AS {quoted(name)}" for name, text in shown)
    tables, where, condition = found.source.partition(" WHERE ")
    if "decision" in parts:
        joins += joined_quotas(solved, quotas)
    source = f"{tables}{joins}{where}{condition}"
    return f"SELECT n.rid, {said} FROM {source}"


def _stated(solved: Solved, declared: ObjectType) -> dict[str, str]:
    there = solved.source.there.get(declared.name, ())
    found = {"id": "n.id"}
    if "name" in there:
        found["name"] = "n.name"
    if declared.kind_field in there:
        found["kind"] = f"n.{quoted(declared.kind_field)}"
    links = {f"links.{link}": f"n.{quoted(link)}" for link in unit_links(declared) if link in there}
    return {**found, **links, **_given(there)}


def _given(there: Collection[str]) -> dict[str, str]:
    """Return what is told of a decision; one that names no stage stands after the last."""
    found = {f"given.{g}": f"n.{quoted('given.' + g)}" for g in GIVEN if f"given.{g}" in there}
    decided = [found[g] for g in ("given.level", "given.status") if g in found]
    if decided:
        after = found.get("given.after", NULL)
        found["given.after"] = (
            f"CASE WHEN coalesce({', '.join(decided)}) IS NOT NULL THEN coalesce({after}, {literal(str(Stage.QUOTA))}) END"
        )
    return found


def _levels(decoded: Decoded, declared: ObjectType, found: Reading) -> dict[str, str]:
    levels = decoded.few(scale_of(decoded.solved.source.program, declared))
    scopes = decoded.few(SCOPES)
    final = found.columns[f"={names.of_stage(Stage.QUOTA)}"][0]
    status = found.columns["r:status"][0].low
    out = found.columns[f"={names.OUT}"][0]
    is_in = f"{status} <> {statuses.NOT_RANKED}"
    cells = {
        "status": decoded.few(STATUSES).at(status),
        "scope": chosen(
            out.low, scopes.said("out"), chosen(out.high, scopes.said("open"), scopes.said("in"))
        ),
        "level": f"CASE WHEN {status} = {statuses.RANKED} THEN {levels.at(final.low)} END",
        "at_best": f"CASE WHEN {is_in} THEN {levels.at(final.high)} END",
        "at_worst": f"CASE WHEN {is_in} THEN {levels.at(final.low)} END",
    }
    if f"r:ran:{Stage.QUOTA}" not in found.columns:
        return cells
    for stage in stages_of(declared):
        ran = found.columns.get(f"r:ran:{stage}")
        told = is_in if ran is None else f"({is_in} AND {ran[0].low})"
        if stage in (Stage.VOTE, Stage.DEFER) and ran is None:
            continue
        ends = found.columns[f"={names.of_stage(stage)}"][0]
        known = TRUE if ends.single else f"{ends.low} = {ends.high}"
        cells[f"stages.{stage}"] = f"CASE WHEN {told} AND {known} THEN {levels.at(ends.low)} END"
        for end, rank in (("least", ends.low), ("most", ends.high)):
            cells[f"bounds.{stage}.{end}"] = f"CASE WHEN {told} THEN {levels.at(rank)} END"
    return cells


def _told(
    decoded: Decoded, declared: ObjectType, found: Reading, told: list[str]
) -> dict[str, str]:
    cells: dict[str, str] = {}
    made = decoded.solved.compiled.build
    for name in told:
        ends, state = found.columns[name]
        if name.startswith("r:check:"):
            said = decoded.few(result.CHECKS).at(ends.low)
            cells[f"checks.{name.removeprefix('r:check:')}"] = said
            continue
        if name.startswith("r:list:"):
            texts = made.bits.get((decoded.table.key, name))
            text = ends.low if texts is None else decoded.looked_up(ends.low, texts)
            cells[f"outputs.{name.removeprefix('r:list:')}"] = text
            continue
        member = name.removeprefix("=")
        definition = declared.definition(member)
        said = member.removeprefix("tables.")
        cell = cell_of(made.program, definition.ty, ends, state)
        if cell is not None:
            cells[f"outputs.{said}"] = cell
    return cells


def _said_beside(
    decoded: Decoded, declared: ObjectType, found: Reading, told: list[str]
) -> dict[str, str]:
    """Return the findings, and what could not be checked."""
    status = found.columns["r:status"][0].low
    ranked = f"{status} NOT IN ({statuses.NOT_RANKED}, {statuses.PENDING})"
    votes = _unheld(declared, found, ranked)
    checks = [
        (found.columns[f"r:check:{c.head.name}"][0].low, c.head.id)
        for c in declared.checks
        if f"r:check:{c.head.name}" in told
    ]
    violated = [(f"({state} = {result.VIOLATED})", literal(rule)) for state, rule in checks]
    unknown = [(f"({state} = {result.UNKNOWN})", literal(rule)) for state, rule in checks]
    unheld = [(holds, literal(f"{rule}#not_voted")) for holds, rule in votes]
    above = found.columns[f"{steps.STEP}{names.of_stage(Stage.QUOTA)}:above"][0].low
    beyond = [
        (f"({ranked} AND {above} = {at})", literal(f"{vote.head.id}#vote_above_ceiling"))
        for at, vote in enumerate(declared.votes, 1)
    ]
    own = [*beyond, *unheld, *_found_by_khung(declared, found)]
    texts = {"findings": [*own, *violated], "unchecked": unknown}
    return {name: decoded.list_of(parts) for name, parts in texts.items()}


def _found_by_khung(declared: ObjectType, found: Reading) -> list[tuple[str, str]]:
    """Return what is found of a decision and of lists, each with when."""
    longer, beyond = FindingCode.LIST_LONGER_THAN_COUNT, FindingCode.GIVEN_NOT_OPEN
    asked = [(findings.BEYOND, "given", beyond)]
    asked += [(f"{findings.LONGER}{x}", x, longer) for x, _ in findings.counted(declared)]
    return [
        (found.columns[column][0].low, literal(f"{declared.name}.{name}#{code.value}"))
        for column, name, code in asked
    ]


# -- what is awaited ------------------------------------------------------------------------------


def _unheld(declared: ObjectType, found: Reading, where: str) -> list[tuple[str, str]]:
    """Return the votes that were not held, each with when that matters."""
    return [
        (f"({where} AND {found.columns[f'r:unvoted:{at}'][0].low})", vote.head.id)
        for at, vote in enumerate(declared.votes)
    ]


def _awaits(solved: Solved, declared: ObjectType, found: Reading) -> str:
    """Return what a level awaits: votes and steps of its own, or of those that it hangs on."""
    ranked = f"{found.columns['r:status'][0].low} = {statuses.RANKED}"
    parts = [(holds, literal(rule)) for holds, rule in _unheld(declared, found, ranked)]
    if solved.awaited is None:
        return listed(parts)
    open_ = f"({ranked} AND o.status <> {statuses.RANKED})"
    source = solved.source
    steps_left = () if source.bare else steps_of(source.program, declared)
    own = [(is_due(source, declared.name, fact), fact) for fact in steps_left]
    steps_due = [
        (both((open_, due)), f"{literal(declared.name + '.')} || n.id || {literal('.' + fact)}")
        for due, fact in own
    ]
    nothing = negated(either((*(holds for holds, _ in parts), *(due for due, _ in own))))
    return listed((*parts, *steps_due, (both((open_, nothing)), literal(OTHERS))))


def _finals(solved: Solved, table: Table, cells: Mapping[str, str], awaits: str) -> dict[str, str]:
    """Return final outputs as far as no step to come would change them."""
    found = {}
    for name in () if solved.awaited is None else solved.awaited.get(table.key, ()):
        said = name.rpartition(":")[2] if name.startswith("r:list:") else name[1:]
        told = cells.get(f"outputs.{said}")
        if told is not None:
            there, final = f"o.{quoted('t' + name)}", f"o.{quoted('f' + name)}"
            found[f"outputs.{said}"] = f"CASE WHEN {there} THEN {final} ELSE {told} END"
            waits = f"({there} AND {final} IS NULL AND {told} IS NOT NULL)"
            named = f"CASE WHEN len({awaits}) > 0 THEN {awaits} ELSE {listed([(TRUE, literal(OTHERS))])} END"
            found[f"outputs.{said}.awaits"] = chosen(waits, named, listed([]))
    return found
