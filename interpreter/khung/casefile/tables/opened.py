"""A folder of tables or a workbook: its head, and where each table is.

In: a path. Out: `Opened`, which reads its tables once the rulebook is known that the head names.

Reports: K0601, K0685-K0687, K0694 and those of the readers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from khung import paths
from khung.casefile.tables.files import BESIDE, BOOKS, DECISIONS, PARQUET, may_be_table
from khung.casefile.tables.head import head_of_folder, head_of_sheet
from khung.casefile.tables.layout import HEAD, sheet_name, sheets
from khung.casefile.tables.raw import from_rows
from khung.casefile.tables.words import clean
from khung.casefile.tables.workbook import Book, read_book, tell_hidden
from khung.diagnostics.suggest import nearest
from khung.records import dataclass
from khung.source import limits
from khung.text import nfc

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from khung.casefile.model import CaseFile
    from khung.casefile.tables.layout import Sheet
    from khung.casefile.tables.raw import RawTable
    from khung.diagnostics.bag import Bag
    from khung.ir.program import Program

_BY_SHEETS = 1_000_000  # grids are numbered so that those of each file keep together


@dataclass(frozen=True, slots=True)
class Opened:
    """A case of tables of which the head was read.

    Attributes:
        book: The workbook that it is; None for a folder.
        ignored: Names of sheets that its head says to leave aside.
    """

    path: Path
    head: CaseFile
    book: Book | None = None
    ignored: tuple[str, ...] = ()


def open_tables(path: Path, bag: Bag) -> Opened | None:
    """Return a folder or a workbook with its head; None after a diagnostic."""
    if paths.is_folder(path):
        head = head_of_folder(path, bag)
        return None if head is None else Opened(path, head.case)
    book = read_book(path, 0, bag)
    if book is None:
        return None
    name = next((name for name in book.sheets if clean(name).casefold() == HEAD), None)
    if name is None:
        bag.add("K0694", None, help="sheet", name=HEAD, near="", file=str(path))
        return None
    head = head_of_sheet(book.sheets[name], book.grids[name], bag)
    return None if head is None else Opened(path, head.case, book, head.ignored)


class Source(NamedTuple):
    """Where a table is: a file, or a sheet of a workbook."""

    sheet: Sheet
    path: Path
    book: Book | None
    name: str
    number: int


def sources(opened: Opened, program: Program, bag: Bag) -> tuple[Source, ...]:
    """Return where each table of a case is; report what is none, and what is there twice."""
    known = {sheet.key: sheet for sheet in sheets(program)}
    if opened.book is not None:
        found = list(_of_book(opened.book, opened.path, known, opened.ignored, bag))
    else:
        found = list(_of_folder(opened.path, known, bag))
    taken: dict[str, Source] = {}
    for source in found:
        first = taken.setdefault(source.sheet.key, source)
        if first is not source:
            bag.add("K0686", None, name=source.sheet.key, files=(_said(first), _said(source)))
    return tuple(taken.values())


def _said(source: Source) -> str:
    return f"{source.path.name}: {source.name}" if source.book else source.path.name


def _of_folder(folder: Path, known: Mapping[str, Sheet], bag: Bag) -> Iterator[Source]:
    files = [p for p in paths.inside(folder) or () if paths.is_file(p) and may_be_table(p)]
    files = [p for p in files if DECISIONS in known or p.stem != DECISIONS]
    if len(files) > limits.TABLE_FILES:
        bag.add("K0687", None, help="files", file=str(folder), limit=limits.TABLE_FILES)
        return
    for number, path in enumerate(files):
        key = nfc(path.name.removesuffix(path.suffix))
        if path.suffix.lower() in BOOKS:
            yield from _of_file(path, key, number * _BY_SHEETS, known, bag)
        elif key in known:
            yield Source(known[key], path, None, "", number * _BY_SHEETS)
        else:
            near = nearest(key, known) or ""
            advice = "near" if near else "file"
            bag.add("K0685", None, help=advice, file=str(path), name=path.name, near=near)


def _of_file(
    path: Path, key: str, number: int, known: Mapping[str, Sheet], bag: Bag
) -> Iterator[Source]:
    """Yield the tables of a workbook in a folder: its one sheet is the table that its name says."""
    book = read_book(path, number, bag)
    if book is None:
        return
    names = [name for name in book.sheets if not name.startswith(BESIDE)]
    if key in known and len(names) == 1:
        yield Source(known[key], path, book, names[0], number)
    else:
        yield from _of_book(book, path, known, (HEAD,), bag)


def _of_book(
    book: Book, path: Path, known: Mapping[str, Sheet], ignored: tuple[str, ...], bag: Bag
) -> Iterator[Source]:
    by_name = {sheet_name(key).casefold(): sheet for key, sheet in known.items()}
    aside = {name.casefold() for name in (HEAD, *ignored)}
    for name, rows in book.sheets.items():
        meant = clean(name).casefold()
        if meant in by_name:
            grid = book.grids[name]
            yield Source(by_name[meant], path, book, name, grid.number)
        elif not name.startswith(BESIDE) and meant not in aside and rows:
            near = nearest(clean(name), map(sheet_name, known)) or ""
            span = book.grids[name].span(1, 1, name)
            advice = "near" if near else "sheet"
            bag.add("K0685", span, help=advice, file=str(path), name=name, near=near)


def read_source(source: Source, bag: Bag) -> RawTable | None:
    """Return a table as read; None after a diagnostic."""
    if source.book is not None:
        grid = source.book.grids[source.name]
        rows = source.book.sheets[source.name]
        table = from_rows(rows, source.sheet, grid, bag, is_text=False)
        if table is not None:
            tell_hidden(source.book, source.name, dict.fromkeys(table.rows), bag)
        return table
    if source.path.suffix.lower() == PARQUET:
        from khung.casefile.tables.parquet_file import read_parquet  # noqa: PLC0415  # heavy

        return read_parquet(source.path, source.sheet, source.number, bag)
    from khung.casefile.tables.text_file import read_text  # noqa: PLC0415  # only for such files

    return read_text(source.path, source.sheet, source.number, bag)
