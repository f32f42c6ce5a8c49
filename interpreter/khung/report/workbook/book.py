"""A workbook being written: formats, each made once, and how sheets are set up for paper."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from khung.records import dataclass
from khung.report.workbook import looks
from khung.report.workbook.choices import FIRST

if TYPE_CHECKING:
    from khung.report.workbook.plan import Section
    from khung.report.workbook.told import Teller

DAY, TEXT, PERCENT = "dd/mm/yyyy", "@", "0.00%"
"""How numbers are shown; as text, an id such as 007 stays as it is typed."""

FOLDED = {"level": 1, "hidden": True}
"""Rows and columns that are grouped away; what stands behind them has the sign to open them."""

SIGN = {"collapsed": True}

_A4 = 9
_TITLE = 120  # characters of a header: twice as many and a little more are allowed
_MARGINS = {"left": 0.4, "right": 0.4, "top": 0.6, "bottom": 0.6}  # inches


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook of XlsxWriter with what all its sheets have in common.

    Attributes:
        file: The workbook.
        teller: Says what stands on the sheets.
        formats: Those made so far.
    """

    file: Any
    teller: Teller
    formats: dict[tuple[tuple[str, object], ...], Any] = field(default_factory=dict)

    def sheet(self, name: str) -> Any:
        """Return a new sheet, behind all others."""
        return self.file.add_worksheet(name)

    def format(self, **how: object) -> Any:
        """Return a format in the words of XlsxWriter; each is made once."""
        key = tuple(sorted(how.items()))
        if key not in self.formats:
            self.formats[key] = self.file.add_format({"valign": "top", **how})
        return self.formats[key]

    def wrapped(self, **how: object) -> Any:
        """Return the format of a text of several lines."""
        return self.format(text_wrap=True, **how)

    def framed(self, section: Section | None = None, **how: object) -> Any:
        """Return the format of a cell in a frame, in the colour of a section."""
        fill = {} if section is None else {"bg_color": looks.FILLS[section]}
        return self.wrapped(border=1, border_color=looks.RULE, **fill, **how)

    def key(self) -> Any:
        """Return the format of what only khung reads."""
        return self.format(font_size=8, font_color=looks.GREY, italic=True)

    def print_on(self, sheet: Any, title: str, *, headings: bool = False, pages: int = 1) -> None:
        """Set a sheet up for paper: A4, turned, as wide as some pages.

        With headings, those of a table are on each page, and who it is on those further right.
        """
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(pages, 0)
        sheet.set_margins(**_MARGINS)
        sheet.set_header("&C" + title[:_TITLE].replace("&", "&&"))
        sheet.set_footer("&C" + self.teller.say("page", page="&P", pages="&N"))
        if headings:
            sheet.repeat_rows(0, FIRST - 1)
        if pages > 1:
            sheet.repeat_columns(0, 1)
