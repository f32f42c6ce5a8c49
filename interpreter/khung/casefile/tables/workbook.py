"""A workbook to the rows of its sheets: `.xlsx`, `.xls`, `.ods`. Values are read, nothing is run.

In: a path. Out: a `Book`; None after a diagnostic.

Reports: K0687, K0689 and those of `source.files`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.casefile.tables.archive import Archive, Hidden, inspect
from khung.casefile.tables.compound import odd_cells
from khung.records import dataclass
from khung.source import limits
from khung.source.files import read_bytes
from khung.text import Grid

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from khung.casefile.tables.raw import Cell
    from khung.diagnostics.bag import Bag

_ARCHIVE, _COMPOUND = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MOST_SHEETS = 1_000


@dataclass(frozen=True, slots=True)
class Book:
    """The sheets of a workbook in its order, each with its rows, the first of which is row 1."""

    path: Path
    sheets: Mapping[str, list[list[Cell]]]
    grids: Mapping[str, Grid]
    hidden: Mapping[str, Hidden]
    unseen: frozenset[str]
    """Sheets that the spreadsheet program does not show."""


def read_book(path: Path, number: int, bag: Bag) -> Book | None:
    """Return the sheets of a workbook.

    Args:
        path: The file.
        number: How many tables come before, to tell places of several files apart.
        bag: Where to report.
    """
    data = read_bytes(path, bag, limit=limits.TABLE_FILE_BYTES)
    if data is None:
        return None
    archive: Archive | str = Archive({})
    if path.suffix.lower() in (".xlsm", ".xltm", ".xlsb"):
        archive = "macro"
    elif data.startswith(_ARCHIVE):
        archive = inspect(data)
    elif not data.startswith(_COMPOUND):
        archive = "other" if data else "empty"
    book = archive if isinstance(archive, str) else _opened(path, data, archive, number)
    if isinstance(book, Book):
        return book
    bag.add("K0687", None, help=book, file=str(path), limit=limits.WORKBOOK_BYTES // limits.MIB)
    return None


def _opened(path: Path, data: bytes, archive: Archive, number: int) -> Book | str:
    """Return the sheets, or why they cannot be read."""
    import io  # noqa: PLC0415  # only for workbooks

    import python_calamine as calamine  # noqa: PLC0415  # as above

    if data.startswith(_COMPOUND) and _ENCRYPTED in data:
        return "encrypted"
    odd = odd_cells(data) if data.startswith(_COMPOUND) else []
    if isinstance(odd, str):
        return odd
    sheets: dict[str, list[list[Cell]]] = {}
    try:
        with calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            about = book.sheets_metadata
            if len(about) > _MOST_SHEETS:
                return "large"
            for one in about:
                if one.typ == calamine.SheetTypeEnum.WorkSheet:
                    read = book.get_sheet_by_name(one.name)
                    sheets[one.name] = read.to_python(skip_empty_area=False)
    except calamine.PasswordError:
        return "encrypted"
    except (calamine.CalamineError, ValueError, OSError):
        return "damaged"
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # as its reader ends where it meets nonsense
            raise
        return "damaged"
    shown = calamine.SheetVisibleEnum.Visible
    unseen = frozenset(one.name for one in about if one.visible != shown)
    grids = {name: Grid(str(path), "", name, number + i) for i, name in enumerate(sheets)}
    hidden = dict(archive.sheets)
    if data.startswith(_COMPOUND):
        if len(odd) != len(sheets):
            return "damaged"
        hidden = {name: Hidden(cells) for name, cells in zip(sheets, odd, strict=True)}
    for name, rows in sheets.items():
        _put(rows, hidden.get(name, Hidden()).cells)
    return Book(path, sheets, grids, hidden, unseen)


def _put(rows: list[list[Cell]], cells: Mapping[tuple[int, int], Cell]) -> None:
    """Put cells where they stand in rows, which may end before."""
    for (row, column), cell in cells.items():
        while len(rows) < row:
            rows.append([])
        line = rows[row - 1]
        line += [""] * (column - len(line))
        line[column - 1] = cell


def tell_hidden(book: Book, name: str, rows: Mapping[int, object], bag: Bag) -> None:
    """Tell that a sheet, or rows of it that state something, are hidden and were read."""
    grid = book.grids[name]
    if name in book.unseen:
        bag.add("K0689", grid.span(1, 1, name), help="sheet", name=name, rows=())
    found = [row for row in book.hidden.get(name, Hidden()).rows if row in rows]
    if found:
        named = (*map(str, found[:10]), *(("…",) if len(found) > 10 else ()))  # noqa: PLR2004
        bag.add("K0689", grid.span(found[0], 1, ""), name=name, rows=named)
