"""A table in a text file to rows: CSV with commas, semicolons or tabs.

What parts cells is found in the row with the keys, and never guessed from values. The file is in
UTF-8, with or without a mark, or in UTF-16 with one, as spreadsheet programs write it.

Reports: K0681, K0688, K0692 and those of `source.files`.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from khung.casefile.tables.raw import RawTable, from_rows, key_column
from khung.casefile.tables.words import clean
from khung.source import limits
from khung.source.files import decode, read_bytes
from khung.text import Grid

if TYPE_CHECKING:
    from pathlib import Path

    from khung.casefile.tables.layout import Sheet
    from khung.diagnostics.bag import Bag

_MARKS = (",", ";", "\t")
_HEAD_LINES = 40
_MAX_CELL = 1 << 20  # characters


def read_text(path: Path, sheet: Sheet, number: int, bag: Bag) -> RawTable | None:
    """Return the table of a text file; None after a diagnostic."""
    data = read_bytes(path, bag, limit=limits.TABLE_FILE_BYTES)
    file = None if data is None else decode(data, str(path), bag)
    if file is None:
        return None
    grid = Grid(str(path), number=number)
    mark = _mark(file.text, sheet)
    rows = _rows(file.text, mark, grid, bag)
    if rows is None:
        return None
    table = from_rows(rows, sheet, grid, bag, is_text=True)
    _check_widths(rows, table, mark, bag)
    return table


def _mark(text: str, sheet: Sheet) -> str:
    """Return what parts the cells of the row with the keys; a comma where there is no such row."""
    key = key_column(sheet)
    for line in text[:_MAX_CELL].splitlines()[:_HEAD_LINES]:
        for mark in _MARKS:
            cells = [clean(cell).strip('"') for cell in line.split(mark)]
            if key in cells and not any(other in cell for cell in cells for other in _MARKS):
                return mark
    return ","


def _rows(text: str, mark: str, grid: Grid, bag: Bag) -> list[list[str]] | None:
    csv.field_size_limit(_MAX_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    rows: list[list[str]] = []
    cells = 0
    try:
        for row in reader:
            rows.append(row)
            cells += len(row)
            if cells > limits.TABLE_CELLS:
                bag.add("K0688", None, file=grid.name, limit=limits.TABLE_CELLS)
                return None
    except csv.Error:
        bag.add("K0692", grid.span(len(rows) + 1, 1, ""), help="quote", wide=0, head=0, mark="")
        return None
    return rows


def _check_widths(rows: list[list[str]], table: RawTable | None, mark: str, bag: Bag) -> None:
    """Report rows that have more cells than there are headings: a mark inside a value."""
    if table is None:
        return
    width = max((len(row) for row in rows[: _first_row(table) - 1]), default=0)
    for at in table.rows:
        if len(rows[at - 1]) > width and any(cell.strip() for cell in rows[at - 1][width:]):
            span = table.grid.span(at, width + 1, rows[at - 1][width])
            bag.add("K0692", span, wide=len(rows[at - 1]), head=width, mark=mark)


def _first_row(table: RawTable) -> int:
    return min(table.rows, default=1)
