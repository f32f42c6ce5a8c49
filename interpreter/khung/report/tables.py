"""What tables answered, as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from khung.report import values
from khung.rulebook.model import Hit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from khung.engine.tables import Answer
    from khung.engine.values import Value
    from khung.ir.program import Program
    from khung.ir.program_tables import Table


def answer_json(answer: Answer, program: Program) -> dict[str, Any]:
    """Return the answer as `schemas/result.schema.json` describes it.

    Its value is each output by name, of `collect` a list of those; null where it is open.
    """
    return {"value": _plain(answer, program), "sources": list(answer.sources)}


def _plain(answer: Answer, program: Program) -> Any:
    table = answer.table
    if table.hit is Hit.COLLECT:
        rows = [_outputs(row.values, table, program) for row in answer.rows]
        return rows if answer.settled else None
    found = _outputs(answer.values, table, program)
    return None if all(value is None for value in found.values()) else found


def _outputs(found: Mapping[str, Value], table: Table, program: Program) -> dict[str, Any]:
    return {name: values.plain(found[name], ty, program) for name, ty in table.outputs.items()}
