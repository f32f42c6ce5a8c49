"""Results by compiled rules, with what takes the walk of an explanation as the reference tells it.

Compiled rules find the ends of every value, not the way to them: what an open result hangs on, what
it rests on, and in which words it says what it awaits. The reference evaluator is asked of those
subjects of whom that is not nothing, so that both engines say the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from khung.engine.stages import Status
from khung.ir.result_schema import MOST_TOLD, NOT_TOLD
from khung.report.tables.from_results import Teller

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa  # type: ignore[import-untyped]  # comes without types

    from khung.ir.result_schema import Selection
    from khung.population.populated import Populated

MOST_ASKED = 20_000
"""Of no more subjects the reference evaluator is asked what is missing. What they await it is asked
in cases of `MOST_TOLD` alone: it solves all of such a case once more, and before the end of a
review everybody awaits something."""

MISSING, AWAITS = "missing", ".awaits"
PROVISIONAL = "provisional"

Rows = dict[str, dict[str, list[int]]]
"""By subject type and column, the places of rows."""


def explained(found: Populated, tables: dict[str, pa.Table]) -> None:
    """Put into tables of results what the reference tells of those whom it has to be asked about.

    What is left null is more than it is asked about: `not_told` names it.
    """
    rows = _asked_about(found, tables)
    if not rows or found.ask is None:
        return
    ids = {name: tables[name]["id"].to_pylist() for name in rows}
    wanted = {
        name: {
            _attribute(column): [ids[name][at] for at in places] for column, places in of.items()
        }
        for name, of in rows.items()
    }
    results = found.ask(wanted)
    if results is None:
        return
    teller = Teller(results, found.solved.asked.selection)
    for name, columns in rows.items():
        by_id = results.by_type[name]
        for column, places in columns.items():
            told = {at: teller.explained(by_id[ids[name][at]], column) for at in places}
            tables[name] = _with(tables[name], column, told)


def not_told(tables: Mapping[str, pa.Table]) -> list[str]:
    """Return the columns in which something is left to be asked for."""
    names = (MISSING, *NOT_TOLD)
    there = [(name, table) for table in tables.values() for name in table.column_names]
    left = {name for name, table in there if name in names and table[name].null_count}
    return [name for name in names if name in left]


def not_told_of_many(statuses: Mapping[str, pa.Table], selection: Selection) -> list[str]:
    """Return the same of results that were written without asking the reference.

    Args:
        statuses: The column of statuses of each subject type.
        selection: What is told.
    """
    import pyarrow.compute as pc  # type: ignore[import-untyped]  # noqa: PLC0415  # slow to load

    if "reasons" not in selection.parts:
        return []
    named = Status.UNDETERMINED.value
    is_open = any(pc.any(pc.equal(one["status"], named)).as_py() for one in statuses.values())
    return [*([MISSING] if is_open else []), *NOT_TOLD]


def _attribute(column: str) -> str:
    """Return what a result calls what a column tells."""
    return "outputs" if column.endswith(AWAITS) else column


def _asked_about(found: Populated, tables: Mapping[str, pa.Table]) -> Rows:
    """Return the rows of which the reference has to be asked, unless they are too many."""
    without = found.solved.compiled.without
    here = {name: table for name, table in tables.items() if name not in without}
    number = found.number_of(one.name for one in found.program.subjects if one.ladder)
    rows: Rows = {}
    for name, table in here.items():
        of = {column: _places(table, column, number) for column in table.column_names}
        rows[name] = {column: places for column, places in of.items() if places}
    rows = {name: of for name, of in rows.items() if of}
    return rows if _number(rows) <= MOST_ASKED else {}


def _number(rows: Rows) -> int:
    return sum(len({at for places in of.values() for at in places}) for of in rows.values())


def _places(table: pa.Table, column: str, number: int) -> list[int]:
    """Return the rows of a column of which the reference has to be asked.

    Args:
        table: The results of a type.
        column: Its name.
        number: How many subjects of the case are ranked.
    """
    import pyarrow.compute as pc  # noqa: PLC0415  # slow to load

    cells: Any = table[column]
    if column == MISSING or (column in NOT_TOLD and number <= MOST_TOLD):
        chosen = pc.is_null(cells)
    elif (column == PROVISIONAL or column.endswith(AWAITS)) and number <= MOST_TOLD:
        chosen = pc.fill_null(pc.greater(pc.list_value_length(cells), 0), False)
    else:
        return []
    found: list[int] = pc.indices_nonzero(chosen).to_pylist()
    return found


def _with(table: pa.Table, column: str, told: Mapping[int, Sequence[str] | None]) -> pa.Table:
    """Return a table with some cells of a column of lists told otherwise."""
    import pyarrow as pa  # noqa: PLC0415  # slow to load

    place = table.schema.get_field_index(column)
    cells = table[column].to_pylist()
    for at, cell in told.items():
        cells[at] = cell
    field = table.schema.field(place)
    return table.set_column(place, field, pa.array(cells, field.type))
