"""Values as `expect` writes them: numbers, texts, lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from khung.engine.tables import as_data
from khung.ir import types as t

if TYPE_CHECKING:
    from collections.abc import Mapping as MappingOf
    from typing import Any

    from khung.engine.tables import Answer
    from khung.engine.values import Value
    from khung.ir.program import Values


def plain(value: Value, ty: t.Type, values: MappingOf[str, Values]) -> Any:
    """Return a value as `expect` writes it: a number, a text; None where it is open, or is none."""
    return None if value.why or value.least is None else _plain(value.least, ty, values)


def plain_answer(answer: Answer, values: MappingOf[str, Values]) -> Any:
    """Return the answer of a table as `expect` writes it; None where it is open."""
    return as_data(answer, lambda value, ty: plain(value, ty, values))


def _plain(found: Any, ty: t.Type, values: MappingOf[str, Values]) -> Any:
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
        case t.Ratio() | t.Range() | t.Context() | t.Calendar() | t.Anything() | t.Bad():
            return str(found)
        case _:
            assert_never(ty)
