"""The sheets of a workbook that explain it: guide, head, columns, what to choose from."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from khung.casefile.tables.layout import HEAD, sheet_name
from khung.report.workbook import guide, looks
from khung.report.workbook.book import DAY, FOLDED, SIGN, TEXT
from khung.report.workbook.head import head_rows
from khung.report.workbook.plan import Section

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from khung.casefile.tables.layout import Column
    from khung.ir.program import Program
    from khung.report.workbook.book import Book
    from khung.report.workbook.choices import Choices
    from khung.report.workbook.filled import Value
    from khung.report.workbook.head import HeadRow
    from khung.report.workbook.plan import Planned

_GUIDE = (34, 60, 50)  # widths in characters, as below
_HEAD = (24, 34, 100)
_COLUMNS = {
    "sheet": 20,
    "label": 32,
    "key": 24,
    "enter": 44,
    "when": 34,
    "empty": 34,
    "clause": 14,
    "summary": 60,
}
_CHOICES = 30
_LISTED = 255  # characters of a list that may stand in a rule itself
_LINK = {"font_color": "#0563C1", "underline": 1}


# -- the guide ----------------------------------------------------------------------------------


def write_guide(book: Book, program: Program, planned: Sequence[Planned]) -> None:
    """Write how to fill in the workbook, and where everything stands."""
    sheet, teller = book.sheet(book.teller.say("sheet.guide")), book.teller
    _set_widths(sheet, _GUIDE)
    sheet.hide_gridlines(2)
    title = guide.title(program, teller)
    sheet.write_string(0, 0, title, book.format(bold=True, font_size=14))
    sheet.set_row(0, looks.LINE * 1.5)
    at = 2
    for step in guide.steps(program, teller):
        _write_across(book, sheet, at, 0, step)
        at += 1
    at = _write_marks(book, sheet, at + 1)
    at = _write_colours(book, sheet, at + 1)
    _write_index(book, sheet, at + 1, planned)
    book.print_on(sheet, title)


def _write_across(book: Book, sheet: Any, row: int, first: int, text: str) -> None:
    """Write a text into one cell as wide as the guide is from some column."""
    sheet.merge_range(row, first, row, len(_GUIDE) - 1, text, book.wrapped())
    sheet.set_row(row, looks.height([(text, sum(_GUIDE[first:]))]))


def _write_marks(book: Book, sheet: Any, row: int) -> int:
    sheet.write_string(row, 0, book.teller.say("guide.marks"), book.format(bold=True))
    for mark, meaning in guide.marks(book.teller):
        row += 1
        sheet.write_string(row, 0, mark, book.wrapped())
        _write_across(book, sheet, row, 1, meaning)
    return row + 1


def _write_colours(book: Book, sheet: Any, row: int) -> int:
    sheet.write_string(row, 0, book.teller.say("guide.colours"), book.format(bold=True))
    for section in Section:
        row += 1
        sheet.write_blank(row, 0, None, book.framed(section))
        _write_across(book, sheet, row, 1, book.teller.say(f"section.{section.value}"))
    return row + 1


def _write_index(book: Book, sheet: Any, row: int, planned: Iterable[Planned]) -> None:
    sheet.write_string(row, 0, book.teller.say("guide.sheets"), book.format(bold=True))
    for listed in guide.index(planned, book.teller):
        row += 1
        place = f"internal:'{listed.sheet}'!A1"
        sheet.write_url(row, 0, place, book.format(**_LINK), listed.sheet)
        sheet.write_string(row, 1, listed.label, book.wrapped())
        sheet.write_string(row, 2, listed.when, book.wrapped())
        sheet.set_row(row, looks.height(zip((listed.label, listed.when), _GUIDE[1:], strict=True)))


# -- the head -----------------------------------------------------------------------------------


def write_head(book: Book, program: Program, filled: Mapping[str, Value]) -> None:
    """Write the head of the case: key, value, and what is to be written there."""
    sheet, rows = book.sheet(HEAD), [*head_rows(program, book.teller)]
    _set_widths(sheet, _HEAD)
    for at, row in enumerate(rows):
        tall = looks.height([(row.key, _HEAD[0]), (row.told, _HEAD[2])])
        sheet.set_row(at, tall, None, FOLDED if row.is_folded else {})
        _write_row(book, sheet, at, row, filled.get(row.key, row.value))
    if rows[-1].is_folded:
        sheet.set_row(len(rows), None, None, SIGN)
    book.print_on(sheet, HEAD)


def _write_row(book: Book, sheet: Any, at: int, row: HeadRow, value: Value) -> None:
    sheet.write_string(at, 0, row.key, book.key())
    sheet.write_string(at, 2, row.told, book.wrapped())
    filled = book.framed(Section.FACTS, num_format=TEXT)
    match value:
        case None:
            sheet.write_blank(at, 1, None, filled)
        case date() as day:
            shown = book.framed(Section.FACTS, num_format=DAY, align="left")
            sheet.write_datetime(at, 1, datetime.combine(day, time()), shown)
        case bool():
            sheet.write_string(at, 1, book.teller.words.say("yes" if value else "no"), filled)
        case _:
            sheet.write_string(at, 1, str(value), filled)
    if row.options and len(",".join(row.options)) <= _LISTED:
        listed = {"validate": "list", "source": [*row.options], "error_type": "warning"}
        sheet.data_validation(at, 1, at, 1, listed)


# -- columns and choices ------------------------------------------------------------------------


def write_columns(book: Book, planned: Iterable[Planned]) -> None:
    """Write what each column of each sheet is for."""
    name = book.teller.say("sheet.columns")
    sheet, widths = book.sheet(name), tuple(_COLUMNS.values())
    _set_widths(sheet, widths)
    for place, key in enumerate(_COLUMNS):
        heading = book.framed(Section.ABOUT, bold=True)
        sheet.write_string(0, place, book.teller.say(f"column.{key}"), heading)
    at = 0
    for one in planned:
        for column, section in one.columns:
            at, told = at + 1, _told(book, one, column, section)
            for place, text in enumerate(told):
                sheet.write_string(at, place, text, book.framed(section if place == 1 else None))
            sheet.set_row(at, looks.height(zip(told, widths, strict=True)))
    sheet.autofilter(0, 0, at, len(widths) - 1)
    sheet.freeze_panes(1, 3)
    book.print_on(sheet, name.lstrip("_"))
    sheet.repeat_rows(0)


def _told(book: Book, planned: Planned, column: Column, section: Section) -> tuple[str, ...]:
    """Return the cells of the row of a column."""
    about = book.teller.about(column, planned.sheet, section)
    cited = "\n".join(clause for clause, _ in about.clauses)
    several = len(about.clauses) > 1
    said = "\n".join(f"{c}: {s}" if several else s for c, s in about.clauses)
    name, label = sheet_name(planned.sheet.key), book.teller.label(column)
    return name, label, column.key, about.enter, about.when, about.empty, cited, said


def write_choices(book: Book, choices: Choices) -> None:
    """Write the values from which cells are chosen, on a sheet that nobody needs to see."""
    sheet = book.sheet(choices.sheet)
    for choice in choices.made.values():
        sheet.set_column(choice.column, choice.column, _CHOICES)
        sheet.write_string(0, choice.column, choice.title, book.format(bold=True))
        for at, value in enumerate(choice.cells, 1):
            sheet.write_string(at, choice.column, value)
    sheet.hide()


def _set_widths(sheet: Any, widths: Iterable[float]) -> None:
    for at, wide in enumerate(widths):
        sheet.set_column(at, at, wide)
