"""Rows of cells to a table whose columns have keys: headings found, empty rows and totals left out.

In: the rows of a sheet or of a text file. Out: a `RawTable`, its cells as they were read.

Reports: K0682-K0684, K0690.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from khung.casefile.tables.files import BESIDE
from khung.casefile.tables.layout import ID, OF
from khung.casefile.tables.words import clean, says_total
from khung.diagnostics.suggest import bare, listed, nearest
from khung.locale import languages
from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from khung.casefile.tables.layout import Column, Sheet
    from khung.diagnostics.bag import Bag
    from khung.rulebook.model import Label
    from khung.text import Grid, Span

Cell = Any
"""What a reader gives: text, bool, number, date, or an `Odd`; empty text and None are nothing."""

_HEAD_ROWS = 40  # rows among which that with the keys is looked for
_MOST_TOLD = 12  # keys named in a message


@dataclass(frozen=True, slots=True)
class Odd:
    """A cell that holds no value: `kind` is `error` or `formula`, `text` what it shows."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class RawTable:
    """A table as read.

    Attributes:
        columns: The cells of each column by key.
        numbers: The number of each column, from 1.
        rows: The number of each row, from 1.
        is_text: Whether every cell was written as text, as in CSV: no cell is a number.
    """

    sheet: Sheet
    grid: Grid
    columns: Mapping[str, Sequence[Cell]]
    numbers: Mapping[str, int]
    rows: Sequence[int]
    is_text: bool = False


def key_column(sheet: Sheet) -> str:
    """Return the column without which a table is none."""
    return ID if sheet.fact is None else OF


def from_rows(
    rows: Sequence[Sequence[Cell]], sheet: Sheet, grid: Grid, bag: Bag, *, is_text: bool
) -> RawTable | None:
    """Return the table that rows hold, the first of which is row 1; None after a diagnostic."""
    at = _row_of_keys(rows, key_column(sheet))
    if at is None:
        _without_keys(rows, sheet, grid, bag)
        return None
    keys = [clean(cell) if isinstance(cell, str) else cell for cell in rows[at]]
    numbers = _numbers(keys, rows[at + 1 :], at + 1, sheet, grid, bag)
    for key, number in numbers.items():
        grid.headings[number] = heading(sheet.by_key.get(key), key)
    kept = list(_data(rows, at + 1, numbers, sheet, grid, bag))
    columns = _columns([rows[i] for i in kept], numbers)
    return RawTable(sheet, grid, columns, numbers, [i + 1 for i in kept], is_text)


def heading(column: Column | None, key: str) -> tuple[str, str]:
    """Return what people call a column, in each language."""
    label = None if column is None else column.label
    vi, en = (key if label is None else label.said(lang) for lang in languages)
    return vi, en


def is_empty(cell: Cell) -> bool:
    """Whether nothing stands in a cell."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _columns(
    rows: Sequence[Sequence[Cell]], numbers: Mapping[str, int]
) -> dict[str, Sequence[Cell]]:
    """Return the cells by column; a row that ends early is empty from there on."""
    if not rows:
        return dict.fromkeys(numbers, ())
    width = max(numbers.values(), default=0)
    if any(len(row) < width for row in rows):
        rows = [(*row, *[None] * (width - len(row))) for row in rows]
    turned = list(zip(*rows, strict=False))
    return {key: turned[number - 1] for key, number in numbers.items()}


# -- the row with the keys ------------------------------------------------------------------------


def _row_of_keys(rows: Sequence[Sequence[Cell]], key: str) -> int | None:
    """Return which row has the keys: the first one in which the key column is named."""
    for at, row in enumerate(rows[:_HEAD_ROWS]):
        if any(isinstance(cell, str) and clean(cell) == key for cell in row):
            return at
    return None


def _without_keys(rows: Sequence[Sequence[Cell]], sheet: Sheet, grid: Grid, bag: Bag) -> None:
    """Report a table without its key column, at the heading that is its label, if there is one."""
    key = key_column(sheet)
    label = sheet.by_key[key].label
    first = next((at for at, row in enumerate(rows) if not all(map(is_empty, row))), 0)
    for at, row in enumerate(rows[:_HEAD_ROWS]):
        for number, cell in enumerate(row, 1):
            if isinstance(cell, str) and _is_label(cell, label):
                span = grid.span(at + 1, number, cell)
                bag.add("K0683", span, help="label", name=sheet.key, key=key, label=cell)
                return
    span = grid.span(first + 1, 1, "")
    bag.add("K0683", span, help="" if rows else "empty", name=sheet.key, key=key, label="")


def _is_label(text: str, label: Label | None) -> bool:
    return label is not None and bare(text) in {bare(label.said(lang)) for lang in languages}


def _numbers(
    keys: Sequence[Cell],
    below: Sequence[Sequence[Cell]],
    row: int,
    sheet: Sheet,
    grid: Grid,
    bag: Bag,
) -> dict[str, int]:
    """Return the number of each column that the table has; report all others."""
    found: dict[str, int] = {}
    for number, key in enumerate(keys, 1):
        if is_empty(key):
            _blank(number, below, row, grid, bag)
        elif not isinstance(key, str) or not key.startswith(BESIDE):
            text = key.text if isinstance(key, Odd) else str(key)
            span = grid.span(row, number, text)
            if text in found:
                column_twice(text, span, bag, (grid.span(row, found[text], text),))
            elif known_column(text, sheet):
                found[text] = number
            else:
                unknown_column(text, sheet, grid, row, number, bag)
    return found


def known_column(key: str, sheet: Sheet) -> bool:
    """Whether a table may have a column: one of its own, or the mark of one."""
    own = sheet.by_key
    return key in own or (key.endswith("?") and key[:-1] in own) or f"{key}?" in own


def column_twice(key: str, span: Span, bag: Bag, others: tuple[Span, ...] = ()) -> None:
    """Report a column that stands twice; `others` are where else."""
    bag.add("K0682", span, help="twice", related=others, name=key, near="", type="", known=())


def unknown_column(key: str, sheet: Sheet, grid: Grid, row: int, number: int, bag: Bag) -> None:
    """Report a column that the rulebook does not have, with the one that was meant."""
    grid.headings.setdefault(number, (key, key))
    own = sheet.by_key
    holder = sheet.subject if sheet.record is None else sheet.record
    labelled = next((k for k, c in own.items() if _is_label(key, c.label)), None)
    near = labelled or nearest(key, own)
    computed = key in holder.definitions or key in holder.back_lists
    advice = "computed" if computed else "near" if near else ""
    known = listed((k for k in own if not k.startswith(("given.", "criteria."))), _MOST_TOLD)
    bag.add(
        "K0682",
        grid.span(row, number, key),
        help=advice,
        name=key,
        near=near or "",
        type=holder.name,
        known=known,
    )


def _blank(number: int, below: Sequence[Sequence[Cell]], row: int, grid: Grid, bag: Bag) -> None:
    """Report a column without a key in which something stands."""
    for at, cells in enumerate(below, row + 1):
        if number <= len(cells) and not is_empty(cells[number - 1]):
            span = grid.span(at, number, str(cells[number - 1]))
            bag.add("K0682", span, help="blank", name="", near="", type="", known=())
            return


# -- rows -----------------------------------------------------------------------------------------


def _data(
    rows: Sequence[Sequence[Cell]],
    start: int,
    numbers: Mapping[str, int],
    sheet: Sheet,
    grid: Grid,
    bag: Bag,
) -> Iterator[int]:
    """Yield which rows state something: not the empty ones, nor those of totals."""
    key = key_column(sheet)
    number = numbers.get(key)
    if number is None:
        return
    used = sorted(numbers.values())
    for at in range(start, len(rows)):
        row = rows[at]
        if number <= len(row) and not is_empty(row[number - 1]):
            if isinstance(row[number - 1], str) and _is_total(row, number, used):
                _total(row[number - 1], at, number, grid, bag)
            else:
                yield at
            continue
        first = _first(row)
        if first is None:
            continue
        where, cell = first
        if isinstance(cell, str) and says_total(cell):
            _total(cell, at, where, grid, bag)
        elif any(n <= len(row) and not is_empty(row[n - 1]) for n in used):
            span = grid.span(at + 1, number, "")
            bag.add("K0684", span, name=sheet.key, key=key, text=str(cell))


def _first(row: Iterable[Cell]) -> tuple[int, Cell] | None:
    """Return the first cell of a row in which something stands, with its number."""
    found = ((n, cell) for n, cell in enumerate(row, 1) if not is_empty(cell))
    return next(found, None)


def _is_total(row: Sequence[Cell], number: int, used: Sequence[int]) -> bool:
    """Whether a row sums others up: a word of totals where its key should be, then numbers only."""
    if not says_total(row[number - 1]):
        return False
    others = (row[n - 1] for n in used if n != number and n <= len(row))
    return all(is_empty(cell) or not isinstance(cell, str) or cell.isdecimal() for cell in others)


def _total(text: str, at: int, number: int, grid: Grid, bag: Bag) -> None:
    bag.add("K0690", grid.span(at + 1, number, text), text=text)
