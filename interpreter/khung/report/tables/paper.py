"""Sheets that are ready to print: A4 on its side, heads on each page, texts wrapped, nothing run.

Every text is written as a text, whatever it begins with. What a cell cannot hold is cut, and says
so; the files beside the workbook hold it whole.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import field
from typing import TYPE_CHECKING, Any, NamedTuple

from khung.casefile.tables import formulas
from khung.records import dataclass
from khung.report.tables.lines import Lines, height, lines_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

MOST_ROWS = 100_000
"""Of a sheet. Excel takes ten times as many, but opens and prints no such sheet with ease."""

_MOST_LETTERS = 32_767  # of a cell
_NAME_LETTERS = 31  # of the name of a sheet
_NOT_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
_A4 = 9
_MARGINS = {"left": 0.4, "right": 0.4, "top": 0.6, "bottom": 0.6}  # inches
_RULE, _HEAD, _FILL_IN, _GREY = "#9AA5B1", "#DCE6F1", "#FFF8DC", "#7F7F7F"
_FONT = "Times New Roman"


class Heading(NamedTuple):
    """A column of a sheet.

    Attributes:
        title: What people read.
        width: In letters.
        form: `text`, `number`, `share` or `day`.
        key: What khung reads, where the sheet is given back.
        fills: Whether somebody fills the column in.
        is_folded: Whether it is grouped away, and not printed; such columns stand last.
    """

    title: str
    width: float
    form: str = "text"
    key: str = ""
    fills: bool = False
    is_folded: bool = False


@dataclass(frozen=True, slots=True)
class Paper:
    """A workbook being written.

    Attributes:
        file: That of XlsxWriter.
        page: What stands below a page, with the codes of a spreadsheet for its number.
        cut: What stands at the end of a text that was cut.
        formats: Those made so far.
        names: The names of sheets, as they are compared.
    """

    file: Any
    page: str
    cut: str
    formats: dict[tuple[tuple[str, object], ...], Any] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)

    def sheet(self, name: str) -> Any:
        """Return a new sheet, behind all others; of a name that is taken or too long, one like it.

        A name is as long as spreadsheets allow, without the signs that they do not.
        """
        whole = name.translate(_NOT_IN_NAMES).strip(" '") or "-"
        taken, number = whole[:_NAME_LETTERS].strip(), 1
        while taken.casefold() in self.names:
            number += 1
            end = f" ({number})"
            taken = whole[: _NAME_LETTERS - len(end)].strip() + end
        self.names.add(taken.casefold())
        made = self.file.add_worksheet(taken)
        made.set_landscape()
        made.set_paper(_A4)
        made.set_margins(**_MARGINS)
        made.set_footer("&C" + self.page)
        return made

    def close_parts(self) -> None:
        """Close the files that rows are written into meanwhile, also where something failed."""
        for sheet in self.file.worksheets():
            with suppress(OSError):  # there is no room for what it still holds
                sheet.row_data_fh.close()

    def format(self, **how: object) -> Any:
        """Return a format in the words of XlsxWriter; each is made once."""
        key = tuple(sorted(how.items()))
        if key not in self.formats:
            plain = {"font_name": _FONT, "font_size": 11, "valign": "top"}
            self.formats[key] = self.file.add_format({**plain, **how})
        return self.formats[key]

    def framed(self, form: str = "text", **how: object) -> Any:
        """Return the format of a cell in a frame, by the form of what it holds."""
        forms: Mapping[str, dict[str, object]] = {
            "text": {"text_wrap": True, "num_format": "@"},
            "number": {"num_format": "#,##0"},
            "share": {"num_format": "0.0%"},
            "day": {"num_format": "dd/mm/yyyy", "align": "left"},
        }
        return self.format(**{"border": 1, "border_color": _RULE, **forms[form], **how})

    def head(self) -> Any:
        """Return the format of the head of a column."""
        return self.framed(valign="vcenter", bold=True, bg_color=_HEAD, align="center")

    def text(self, text: str) -> str:
        """Return a text as a cell can hold it."""
        shown = formulas.visible(text)
        if len(shown) <= _MOST_LETTERS:
            return shown
        return shown[: _MOST_LETTERS - len(self.cut)] + self.cut

    def put(self, sheet: Any, row: int, column: int, cell: Any, how: Any) -> None:
        """Write a cell: a text as a text, whatever it begins with."""
        match cell:
            case None | "":
                sheet.write_blank(row, column, None, how)
            case str():
                sheet.write_string(row, column, _no_marks(self.text(cell)), how)
            case bool() | int() | float():
                sheet.write_number(row, column, cell, how)
            case _ if hasattr(cell, "isoformat"):
                sheet.write_datetime(row, column, cell, how)
            case _:
                sheet.write_number(row, column, float(cell), how)

    def line(
        self, sheet: Any, row: int, cells: Sequence[Any], widths: Sequence[float], formats: Any
    ) -> None:
        """Write a row of cells, as high as its texts need in columns of these widths."""
        texts = ((cell, w) for cell, w in zip(cells, widths, strict=True) if isinstance(cell, str))
        lines = max((lines_of(cell, width) for cell, width in texts), default=1)
        sheet.set_row(row, height(max(lines, 1)))
        for column, (cell, how) in enumerate(zip(cells, formats, strict=True)):
            self.put(sheet, row, column, cell, how)

    def table(
        self,
        name: str,
        title: str,
        headings: Sequence[Heading],
        rows: Iterable[Sequence[Any]],
    ) -> tuple[Any, int, int]:
        """Write a sheet with one table, its title above.

        Returns:
            The sheet, and the first and the last row of the table, from 0; the last is less than
            the first where it has no rows.
        """
        sheet = self.sheet(name)
        widths = [heading.width for heading in headings]
        for column, heading in enumerate(headings):
            folded = {"level": 1, "hidden": True} if heading.is_folded else {}
            sheet.set_column(column, column, heading.width, None, folded)
        shown = sum(not heading.is_folded for heading in headings)
        self.put(sheet, 0, 0, title, self.format(bold=True, font_size=13))
        titles = [heading.title for heading in headings]
        self.line(sheet, 1, titles, widths, [self.head()] * len(headings))
        first = 2
        if any(heading.key for heading in headings):
            grey = self.framed(font_size=8, font_color=_GREY, text_wrap=False)
            for column, heading in enumerate(headings):
                self.put(sheet, 2, column, heading.key, grey)
            first = 3
        last = self._rows(sheet, first, headings, rows)
        sheet.freeze_panes(first, 0)
        sheet.repeat_rows(1, first - 1)
        sheet.fit_to_pages(1, 0)
        sheet.print_area(0, 0, max(last, first), shown - 1)
        sheet.autofilter(first - 1, 0, max(last, first), len(headings) - 1)
        return sheet, first, last

    def _rows(
        self, sheet: Any, first: int, headings: Sequence[Heading], rows: Iterable[Sequence[Any]]
    ) -> int:
        fills = [{"bg_color": _FILL_IN} if heading.fills else {} for heading in headings]
        formats = [self.framed(h.form, **how) for h, how in zip(headings, fills, strict=True)]
        widths = [heading.width for heading in headings]
        last, lines = first - 1, Lines(sheet, formats, widths, self.text)
        for last, cells in enumerate(rows, first):
            if not lines.write(last, cells):
                self.line(sheet, last, cells, widths, formats)
        return last


def _no_marks(text: str) -> str:
    """Return a text that XlsxWriter does not take for one with marks of its own."""
    return f"{text} " if text.startswith("<r>") and text.endswith("</r>") else text


def new_paper(path: Path, page: str, cut: str) -> Paper:
    """Return a new workbook, whose parts are written beside it; `Paper.file` is to be closed."""
    import xlsxwriter  # type: ignore[import-untyped]  # noqa: PLC0415  # slow to load

    how = {
        "constant_memory": True,
        "tmpdir": str(path.parent),
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "default_date_format": "dd/mm/yyyy",
    }
    return Paper(xlsxwriter.Workbook(str(path), how), page, cut)
