"""Values of the engine in the form in which a case file writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from khung.ir import types as t
from khung.rulebook.model import Hit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from khung.engine.tables import Answer
    from khung.engine.values import Value
    from khung.ir.program import Values
    from khung.ir.program_tables import Table


def plain(value: Value, ty: t.Type, values: Mapping[str, Values]) -> Any:
    """Return a value as `expect` writes it: a number, a text, a list; None where it is open."""
    return None if value.why else _plain(value.least, ty, values)


def plain_answer(answer: Answer, values: Mapping[str, Values]) -> Any:
    """Return the answer of a table as `expect` writes it.

    Each output by name; of `collect` a list with those of each row. None where it is open.
    """
    table = answer.table
    if table.hit is Hit.COLLECT:
        return [_outputs(r.values, table, values) for r in answer.rows] if answer.settled else None
    found = _outputs(answer.values, table, values)
    return None if all(value is None for value in found.values()) else found


def _outputs(
    found: Mapping[str, Value], table: Table, values: Mapping[str, Values]
) -> dict[str, Any]:
    return {name: plain(found[name], ty, values) for name, ty in table.outputs.items()}


def _plain(found: Any, ty: t.Type, values: Mapping[str, Values]) -> Any:
    match ty:
        case t.Boolean() | t.Number() | t.String() | t.Enumeration() | t.Months() | t.Seconds():
            return found
        case t.Date():
            return found.isoformat()
        case t.Scale():
            return values[ty.name].values[found]
        case t.Fraction():
            return f"{found.part}/{found.whole}"
        case t.Object():
            return found.id
        case t.Ballots():
            return dict(zip(values[ty.scale].values, found, strict=True))
        case t.List():
            return [plain(item.value, ty.element, values) for item in found.items]
        case t.Range() | t.Context() | t.Calendar() | t.Anything() | t.Bad():
            return str(found)
        case _:
            assert_never(ty)
