"""Values as the cells of a workbook show them: what is chosen by its label, days as days.

A value is in typed form (see `casefile.tables.frames`): the name of a level or option, a boolean,
a number, a day, a text, or a mark. Whatever a text begins with, it stays a text.
"""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from khung.casefile.tables.layout import MARK, NONE, UNKNOWN
from khung.ir import types as t
from khung.records import dataclass
from khung.report.workbook.choices import options_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from khung.casefile.tables.layout import Column
    from khung.report.workbook.choices import Choices

Value = bool | int | float | Decimal | date | str | None

_DIGITS = 15
"""As many as a spreadsheet program keeps of a number; more are written as text."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What is filled in already.

    Attributes:
        head: By key of the head, such as `complete`.
        tables: By key of the table, and of its columns; a column that is not there is empty.
    """

    head: Mapping[str, Value]
    tables: Mapping[str, Mapping[str, Sequence[Value]]]


NOTHING = Filled({}, {})


def cells_of(key: str, columns: Mapping[str, Sequence[Value]]) -> Sequence[Value]:
    """Return the values of a column with the marks of the column that says what they cannot."""
    own = columns.get(key, ())
    marks = () if key.endswith(MARK) else columns.get(f"{key}{MARK}", ())
    if not marks:
        return own
    values = own or [None] * len(marks)
    return [mark or value for mark, value in zip(marks, values, strict=True)]


def shown(value: Value, column: Column, offered: Choices) -> str | float | datetime | None:
    """Return what stands in a cell: by a label what is chosen by labels."""
    match value:
        case None | "":
            return None
        case bool():
            return offered.made[options_of(column)].values[0 if value else 1]
        case int() | float() | Decimal():
            return _number(value)
        case date():
            return datetime.combine(value, time())
        case str():
            return _text(value, column, offered)


def _number(value: float | Decimal) -> str | float:
    if isinstance(value, float):
        return value
    digits = Decimal(value).normalize().as_tuple().digits
    return float(value) if len(digits) <= _DIGITS else f"{Decimal(value):f}"


def _text(value: str, column: Column, offered: Choices) -> str:
    if value in (UNKNOWN, NONE) or not column.options:
        return value
    names = [name for name, _ in column.options]
    labels = offered.made[options_of(column)].values
    best_first = names[::-1] if isinstance(column.ty, t.Scale) else names
    return dict(zip(best_first, labels, strict=True)).get(value, value)


def write_cell(
    sheet: Any, row: int, at: int, value: str | float | datetime | None, how: Any
) -> None:
    """Write a cell in the form in which its column is shown."""
    match value:
        case None:
            return
        case str():
            sheet.write_string(row, at, value, how)
        case datetime():
            sheet.write_datetime(row, at, value, how)
        case _:
            sheet.write_number(row, at, value, how)
