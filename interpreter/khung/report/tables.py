"""What tables answered, as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from khung.engine.tables import as_data
from khung.report import values

if TYPE_CHECKING:
    from khung.engine.tables import Answer
    from khung.ir.program import Program


def answer_json(answer: Answer, program: Program) -> dict[str, Any]:
    """Return the answer as `schemas/result.schema.json` describes it."""
    found = as_data(answer, lambda value, ty: values.plain(value, ty, program))
    return {"value": found, "sources": list(answer.sources)}
