"""Excel templates: each sheet as a source of the template language, and a workbook of them.

A cell with `{{ … }}` is filled in; one that holds a single field becomes a number or a day where
that is one. A row with `{%tr for … %}`, `{%tr if … %}` or their ends is taken away, and the rows
between are repeated, as in Word. Formulas are kept, and those over repeated rows grow with them.
"""

from __future__ import annotations

import io
import re
from copy import copy
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from khung.records import dataclass
from khung.report.forms.filters import CELL, LINE_BREAK
from khung.report.forms.formulas import Moved, moved
from khung.report.forms.heights import fit_rows
from khung.report.forms.package import UnsoundError, packed, parts_of
from khung.report.forms.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jinja2 import nodes
    from openpyxl.workbook import Workbook  # type: ignore[import-untyped]  # comes without types
    from openpyxl.worksheet.worksheet import Worksheet  # type: ignore[import-untyped]  # as above

    from khung.report.forms.sandbox import Language

_ROW_TAG = re.compile(r"\{%-?\s*tr\s+(.*?)-?%\}", re.DOTALL)
_FIELD = re.compile(r"\{[{%#]")
_TAG = re.compile(r"\{[{%#].*?[}%#]\}", re.DOTALL)
_ALONE = re.compile(r"\s*\{\{((?:(?!\}\}).)*)\}\}\s*", re.DOTALL)
_QUOTED = re.compile(r"\"[^\"]*\"")
_FETCHING = re.compile(
    r"[|\[]|\b(WEBSERVICE|FILTERXML|RTD|CALL|REGISTER|EXEC|IMAGE|HYPERLINK)\b", re.IGNORECASE
)
"""What in a formula reads another file or a server, or leads there."""

_MOST_ROWS, _MOST_COLUMNS = 2_000, 256  # of a sheet of a template
_LONGEST = 32_767  # characters that a cell may hold
_PROPERTIES = "docProps/core.xml"
_MODIFIED = re.compile(rb"<dcterms:modified.*?</dcterms:modified>", re.DOTALL)
_ROW, _COLUMN, _TYPED = "\x1e", "\x1f", "\x1d"


def opened(data: bytes) -> Workbook:
    """Return a workbook with its formulas, without links to others."""
    from openpyxl import load_workbook  # type: ignore[import-untyped]  # noqa: PLC0415  # slow

    return load_workbook(io.BytesIO(data), keep_links=False)


def sources(book: Workbook) -> Iterator[Source]:
    """Yield each sheet that has fields as a template, a line a cell.

    Raises UnsoundError: K0592 (a sheet of too many rows), K0593 (a formula that fetches something).
    """
    for sheet in book.worksheets:
        _refuse(sheet)
        lines = [
            line
            for row in sheet.iter_rows()
            for line in _row_lines(row[0].row, [c for c in row if isinstance(c.value, str)])
        ]
        if any(_FIELD.search(text) for text, _ in lines):
            places = tuple(place for _, place in lines)
            yield Source(sheet.title, "\n".join(text for text, _ in lines), places)


def _refuse(sheet: Worksheet) -> None:
    if sheet.max_row > _MOST_ROWS or sheet.max_column > _MOST_COLUMNS:
        raise UnsoundError("K0592", "rows", sheet.title)
    for row in sheet.iter_rows():
        for cell in row:
            if cell.data_type == "f" and _FETCHING.search(_QUOTED.sub("", str(cell.value))):
                raise UnsoundError("K0593", "active", f"{sheet.title}!{cell.coordinate}")


def _row_lines(number: int, cells: list[Any]) -> Iterator[tuple[str, str]]:
    """Yield what a row is in the source: tags alone, or its number and the cells with fields."""
    tags = [(tag, c.coordinate) for c in cells for tag in _ROW_TAG.findall(c.value)]
    if tags:
        yield from ((f"{{% {_in_one_line(tag)} %}}", place) for tag, place in tags)
        return
    yield f"{_ROW}{number}", ""
    for cell in cells:
        if _FIELD.search(cell.value):
            yield f"{_COLUMN}{cell.column}{_COLUMN}{_cell_source(cell.value)}", cell.coordinate


def _cell_source(text: str) -> str:
    alone = _ALONE.fullmatch(text)
    if alone:
        return f"{_TYPED}{{{{ ({_in_one_line(alone[1])})|{CELL} }}}}"
    return _TAG.sub(lambda tag: _in_one_line(tag[0]), text).replace("\n", LINE_BREAK)


def _in_one_line(text: str) -> str:
    return " ".join(text.split())


# -- a workbook -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ExcelForm:
    """An Excel template ready to be filled in."""

    language: Language
    data: bytes
    templates: Mapping[str, Any]

    def made(self, names: Mapping[str, Any]) -> bytes:
        """Return the workbook with what is offered. Raises TooLongError."""
        book, made = opened(self.data), io.BytesIO()
        for title, template in self.templates.items():
            _fill(book[title], _rows(self.language.render(template, names)))
        book.save(made)
        return _without_clock(made.getvalue())


def _without_clock(data: bytes) -> bytes:
    """Return a workbook without the time at which it was made, so that a case gives one file."""
    parts = dict(parts_of(data))
    parts[_PROPERTIES] = _MODIFIED.sub(b"", parts[_PROPERTIES])
    return packed(parts)


def excel_form(data: bytes, trees: Mapping[str, nodes.Template], language: Language) -> ExcelForm:
    """Return a template ready to be filled in; `trees` are its sheets with fields."""
    return ExcelForm(language, data, {name: language.compiled(one) for name, one in trees.items()})


Row = tuple[int, dict[int, Any]]
"""The row of the template that a row is made of, and what stands in its cells with fields."""


def _rows(text: str) -> list[Row]:
    """Return the rows of a filled-in source."""
    found = []
    for row in text.split(_ROW)[1:]:
        number, *cells = row.split(_COLUMN)
        pairs = zip(cells[::2], cells[1::2], strict=True)
        values = {int(column): _value(said) for column, said in pairs}
        found.append((int(number), values))
    return found


def _value(said: str) -> Any:
    said = said.replace(LINE_BREAK, "\n")
    if not said.startswith(_TYPED):
        return said.rstrip("\n")
    kind, value = said[1:2], said[2:].rstrip("\n")
    match kind:
        case "n":
            number = Decimal(value)
            return int(number) if number == number.to_integral_value() else number
        case "d":
            return date.fromisoformat(value)
        case _:
            return value


def _fill(sheet: Worksheet, rows: list[Row]) -> None:
    """Put rows into a sheet in place of those of the template."""
    kept = {row[0].row: [_kept(cell) for cell in row] for row in sheet.iter_rows()}
    heights = {number: sheet.row_dimensions[number].height for number in kept}
    merged = [str(one) for one in sheet.merged_cells.ranges]
    for one in merged:
        sheet.unmerge_cells(one)
    sheet.delete_rows(1, sheet.max_row)
    places = Moved.of([number for number, _ in rows])
    for number in kept:
        sheet.row_dimensions[number].height = None
    for target, (number, values) in enumerate(rows, 1):
        for column, value, style in kept[number]:
            cell = sheet.cell(target, column)
            cell._style = copy(style)  # noqa: SLF001  # openpyxl has no other way to copy a style
            if column in values:
                _put(cell, values[column])
            else:
                cell.value = _as_moved(value, number, target, places)
        sheet.row_dimensions[target].height = heights[number]
    for again in (again for one in merged for again in places.merged(one)):
        sheet.merge_cells(again)
    fit_rows(sheet, [row for row, (_, values) in enumerate(rows, 1) if values])
    _move_print(sheet, places)


def _kept(cell: Any) -> tuple[int, Any, Any]:
    return cell.column, cell.value, copy(cell._style)  # noqa: SLF001  # as above


def _put(cell: Any, value: Any) -> None:
    """Put what was filled in into a cell: a text is one, whatever it begins with."""
    if isinstance(value, str) and len(value) > _LONGEST:
        value = f"{value[: _LONGEST - 1]}…"
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(("=", "+", "-", "@"))


def _as_moved(value: Any, number: int, target: int, places: Moved) -> Any:
    is_formula = isinstance(value, str) and value.startswith("=")
    return moved(value, number, target, places) if is_formula else value


def _move_print(sheet: Worksheet, places: Moved) -> None:
    """Let the printed area, and the rows that are repeated on top, be where their rows are now."""
    if sheet.print_area:
        printed = str(sheet.print_area).rpartition("!")[2].replace("$", "")
        sheet.print_area = places.area(printed)
    if sheet.print_title_rows:
        first, last = (int(end.strip("$")) for end in sheet.print_title_rows.split(":"))
        sheet.print_title_rows = f"{places.first(first)}:{places.last(last)}"
