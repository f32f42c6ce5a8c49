"""What cells can be chosen from, and when a cell looks wrong.

In: the columns of a plan. Out: for each the rule by which a spreadsheet program offers values and
warns of others. It only warns: what may be written is decided when the tables are read.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

from khung.casefile.tables.layout import GIVEN, NONE, UNKNOWN, sheet_name
from khung.ir import types as t
from khung.ir.program import Criterion, Fact
from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from decimal import Decimal

    from khung.casefile.tables.layout import Column
    from khung.report.words.labels import Words
    from khung.rulebook.model import Label

FIRST = 2
"""The row of the first subject, counted from 0, below labels and keys."""

LAST = 10_001
"""The last row for which there are drop-downs and warnings."""

_Options = tuple[tuple[str, "Label | None"], ...]

_YES_NO: _Options = (("true", None), ("false", None))


@dataclass(frozen=True, slots=True)
class Choice:
    """Values to choose from, as people read them, in a column of the sheet of choices.

    Below them stand the marks: that it is not known, and last that there is none.
    """

    title: str
    values: tuple[str, ...]
    column: int

    @property
    def cells(self) -> tuple[str, ...]:
        """What stands below the title."""
        return (*self.values, UNKNOWN, NONE)


@dataclass(frozen=True, slots=True)
class Choices:
    """The sheet of choices.

    Attributes:
        sheet: Its name.
        made: By the options of columns.
    """

    sheet: str
    made: Mapping[_Options, Choice]

    def source(self, column: Column) -> str:
        """Return the cells from which a column is chosen, with the marks that may stand there."""
        choice, under = self.made[options_of(column)], 2
        marks = 0 if column.key.startswith(f"{GIVEN}.") else 2 if column.optional else 1
        last = under + len(choice.values) + marks - 1
        at = letter(choice.column)
        return f"='{self.sheet}'!${at}${under}:${at}${last}"


def choices(columns: Iterable[Column], words: Words, sheet: str) -> Choices:
    """Return the sheet of choices for some columns."""
    made: dict[_Options, Choice] = {}
    for column in columns:
        key = options_of(column)
        if key and key not in made and not column.is_mark:
            made[key] = Choice(_title(column, words), _values(column, words), len(made))
    return Choices(sheet, made)


def options_of(column: Column) -> _Options:
    """Return what a column is chosen from; nothing where it holds any value of a type."""
    return _YES_NO if isinstance(column.ty, t.Boolean) else column.options


def _title(column: Column, words: Words) -> str:
    if isinstance(column.ty, t.Boolean):
        return f"{words.say('yes')}/{words.say('no')}"
    return words.scale(column.ty) or words.label(column.label, column.key)


def _values(column: Column, words: Words) -> tuple[str, ...]:
    """Return what to choose from, the best level first: labels, or names where two are alike."""
    if isinstance(column.ty, t.Boolean):
        return (words.say("yes"), words.say("no"))
    said = [words.label(label, name) for name, label in column.options]
    times = Counter(one.casefold() for one in said)
    pairs = zip(column.options, said, strict=True)
    shown = [one if times[one.casefold()] == 1 else name for (name, _), one in pairs]
    return tuple(shown[::-1] if isinstance(column.ty, t.Scale) else shown)


# -- rules --------------------------------------------------------------------------------------


def validation(
    column: Column, cell: str, offered: Choices, ids: Mapping[str, str]
) -> dict[str, object] | None:
    """Return how a column is checked, in the words of XlsxWriter; None where all may stand.

    Args:
        column: The column.
        cell: Its first cell, such as `D3`.
        offered: The sheet of choices.
        ids: Where the ids of subjects are, by subject.
    """
    if column.is_mark:
        return {"validate": "list", "source": [NONE, UNKNOWN]}
    if options_of(column) in offered.made:
        return {"validate": "list", "source": offered.source(column)}
    if isinstance(column.ty, t.Object):
        source = ids.get(column.ty.name)
        return None if source is None else {"validate": "list", "source": source}
    if isinstance(column.ty, t.Date | t.Number):
        return {"validate": "custom", "value": f"=OR({','.join(_tests(column, cell))})"}
    return None


def ids_of(subject: str) -> str:
    """Return the cells with the ids of a subject, as far as there are any."""
    first, last = FIRST + 1, LAST + 1
    sheet = f"'{sheet_name(subject)}'"
    cells = f"{sheet}!$A${first}:$A${last}"
    return f"=OFFSET({sheet}!$A${first},0,0,MAX(1,COUNTA({cells})),1)"


def _tests(column: Column, cell: str) -> Iterator[str]:
    """Yield the tests of which a cell must meet one."""
    ends = [f"ISNUMBER({cell})"]
    if isinstance(column.of, Fact | Criterion) and not column.level:
        low, high = column.of.low, column.of.high
        ends += [] if low is None else [f"{cell}>={_constant(low)}"]
        ends += [] if high is None else [f"{cell}<={_constant(high)}"]
    elif column.level:
        ends += [f"{cell}>=0", f"{cell}=INT({cell})"]
    yield f"AND({','.join(ends)})"
    yield f'{cell}="{UNKNOWN}"'
    if column.optional:
        yield f'{cell}="{NONE}"'


def _constant(end: Decimal | date) -> str:
    if isinstance(end, date):
        return f"DATE({end.year},{end.month},{end.day})"
    return f"{end:f}"


def letter(column: int) -> str:
    """Return the letters of a column, counted from 0."""
    first, last = divmod(column, 26)
    return (letter(first - 1) if first else "") + chr(ord("A") + last)
