"""Results by compiled rules, with what SQL has no form for as the reference evaluator finds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir.result_schema import group_columns, result_columns
from khung.report.tables.explained import explained
from khung.report.tables.from_results import ResultTables, Teller, as_table, groups_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pyarrow as pa  # type: ignore[import-untyped]  # comes without types

    from khung.ir.program import ObjectType
    from khung.ir.result_schema import Column
    from khung.population.populated import Populated
    from khung.why.result import Result

BESIDE = ("findings", "unchecked")
"""The columns that name checks."""


def filled(found: Populated, groups: pa.Table | None = None) -> ResultTables:
    """Return the results of a population as tables, whatever found them, with what explains them.

    Args:
        found: What was solved.
        groups: The groups of its quotas; none are told for None.
    """
    tables, asked, selection = found.tables(), found.by_reference, found.solved.asked.selection
    explained(found, tables)
    groups = as_table((), group_columns(())) if groups is None else groups
    if asked is None:
        return ResultTables(tables, groups)
    teller = Teller(asked, selection)
    for name in found.solved.compiled.without:
        rows = [teller.row(result) for result in asked.by_type.get(name, {}).values()]
        if rows:
            tables[name] = as_table(rows, result_columns(found.program, name, selection))
    for name, left in _columns_left(found).items():
        if name in tables:
            told = result_columns(found.program, name, selection)
            columns = [c for c in told if c.name in left]
            tables[name] = _with(tables[name], columns, teller, asked.by_type[name])
    return ResultTables(tables, _together(groups, groups_of(asked)))


def _columns_left(found: Populated) -> dict[str, list[str]]:
    """Return the columns of results that are left, by subject type."""
    columns: dict[str, list[str]] = {}
    for subject, name in found.solved.compiled.left:
        declared = found.program.objects[subject]
        columns.setdefault(subject, []).extend(_columns_of(declared, name))
    return columns


def _columns_of(declared: ObjectType, name: str) -> Iterator[str]:
    """Yield the columns that a name of what is told beside a level stands for."""
    if name.startswith("r:check:"):
        yield f"checks.{name.removeprefix('r:check:')}"
        yield from BESIDE
        return
    said = name.removeprefix("r:list:").removeprefix("=").removeprefix("tables.")
    yield f"outputs.{said}"
    if said in declared.definitions and declared.definitions[said].final:
        yield f"outputs.{said}.awaits"


def _with(
    table: pa.Table, columns: Sequence[Column], teller: Teller, of: Mapping[str, Result]
) -> pa.Table:
    """Return a table with some columns as the reference has them.

    Args:
        table: The results of a subject type.
        columns: The columns.
        teller: Tells them.
        of: By id, what is told.
    """
    told = as_table([teller.beside(of[name]) for name in table["id"].to_pylist()], columns)
    for column in columns:
        place = table.schema.get_field_index(column.name)
        table = table.set_column(place, told.schema.field(column.name), told[column.name])
    return table


def _together(one: pa.Table, other: pa.Table) -> pa.Table:
    import pyarrow as pa  # noqa: PLC0415  # slow to load

    return pa.concat_tables([one, other], promote_options="permissive") if other.num_rows else one
