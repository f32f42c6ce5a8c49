"""A plan of tables to a workbook, which explains itself to who fills it in.

The same rulebook gives the same bytes: no day and no name of who made it is in them.
"""

from __future__ import annotations

from datetime import datetime, time
from io import BytesIO
from typing import TYPE_CHECKING, Any

from khung.casefile.tables.layout import sheet_name
from khung.ir import types as t
from khung.ir.program import Fact
from khung.records import dataclass
from khung.report.workbook import guide, looks
from khung.report.workbook.book import DAY, FOLDED, PERCENT, SIGN, TEXT, Book
from khung.report.workbook.choices import FIRST, LAST, choices, ids_of, letter, validation
from khung.report.workbook.explained import write_choices, write_columns, write_guide, write_head
from khung.report.workbook.filled import NOTHING, cells_of, shown, write_cell
from khung.report.workbook.plan import Need, Planned

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from khung.casefile.tables.layout import Column
    from khung.ir.program import Program
    from khung.report.workbook.choices import Choices
    from khung.report.workbook.filled import Filled, Value
    from khung.report.workbook.plan import Section
    from khung.report.workbook.told import Teller

_NOTE = {"width": 320, "font_size": 9, "color": "#FFFFE1"}  # pixels, points
_NOTE_LINE, _NOTE_WIDTH = 15, 54  # pixels; characters
_WARNINGS = {t.Date: "date", t.Number: "number"}


def to_xlsx(
    program: Program, planned: Sequence[Planned], teller: Teller, filled: Filled = NOTHING
) -> bytes:
    """Return the workbook of a rulebook as a file.

    Args:
        program: The rulebook.
        planned: Its tables.
        teller: Says what columns are for.
        filled: What is filled in already.
    """
    import xlsxwriter  # type: ignore[import-untyped]  # noqa: PLC0415  # cold start counts

    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as workbook:
        began = datetime.combine(program.period[0], time())
        workbook.set_properties({"title": guide.title(program, teller), "created": began})
        _write(Book(workbook, teller), program, planned, filled)
    return file.getvalue()


def _write(book: Book, program: Program, planned: Sequence[Planned], filled: Filled) -> None:
    """Write all sheets in their order."""
    columns = (column for one in planned for column, _ in one.columns)
    offered = choices(columns, book.teller.words, book.teller.say("sheet.choices"))
    subjects = [one.sheet.subject.name for one in planned if one.need is Need.SUBJECTS]
    tables = _Tables(book, offered, {name: ids_of(name) for name in subjects})
    write_guide(book, program, planned)
    write_head(book, program, filled.head)
    for one in planned:
        tables.write(one, filled.tables.get(one.sheet.key, {}))
    write_columns(book, planned)
    write_choices(book, offered)


@dataclass(frozen=True, slots=True)
class _Tables:
    """Writes tables: labels, keys, and how the cells below look and are checked.

    Attributes:
        book: The workbook.
        offered: What columns are chosen from.
        ids: Where the ids of subjects are, by subject.
    """

    book: Book
    offered: Choices
    ids: Mapping[str, str]

    def write(self, planned: Planned, filled: Mapping[str, Sequence[Value]]) -> None:
        """Write the sheet of a table, with what is filled in by the keys of its columns."""
        sheet, teller = self.book.sheet(sheet_name(planned.sheet.key)), self.book.teller
        labels = [teller.label(column) for column, _ in planned.columns]
        pairs = zip(planned.columns, labels, strict=True)
        widths = [looks.width(column, label) for (column, _), label in pairs]
        self._set_columns(sheet, planned, widths)
        for at, (column, section) in enumerate(planned.columns):
            sheet.write_string(0, at, labels[at], self.book.framed(section, bold=True))
            sheet.write_string(1, at, column.key, self.book.key())
            self._note(sheet, at, teller.note(column, planned.sheet, section))
            self._check(sheet, at, column)
            for row, value in enumerate(cells_of(column.key, filled), FIRST):
                said = shown(value, column, self.offered)
                write_cell(sheet, row, at, said, self._cells(column))
        sheet.set_row(0, looks.height(zip(labels, widths, strict=True)))
        sheet.autofilter(1, 0, LAST, len(widths) - 1)
        if planned.need is Need.SUBJECTS:
            twice = {"type": "duplicate", "format": self.book.format(bg_color=looks.WRONG)}
            sheet.conditional_format(FIRST, 0, LAST, 0, twice)
        sheet.freeze_panes(FIRST, 2 if planned.need is Need.SUBJECTS else 1)
        sheet.set_tab_color(looks.TABS[planned.need])
        open_ = [w for (_, s), w in zip(planned.columns, widths, strict=True) if not s.is_folded]
        title = teller.sheet(planned.sheet)
        self.book.print_on(sheet, title, headings=True, pages=looks.pages(open_))

    def _set_columns(self, sheet: Any, planned: Planned, widths: Sequence[float]) -> None:
        """Set widths and formats; what stands behind folded columns has the sign to open them."""
        after: Section | None = None
        for at, (column, section) in enumerate(planned.columns):
            is_behind = after is not None and after.is_folded
            how = FOLDED if section.is_folded else SIGN if is_behind else {}
            sheet.set_column(at, at, widths[at], self._cells(column), how)
            after = section
        if after is not None and after.is_folded:
            sheet.set_column(len(widths), len(widths), None, None, SIGN)

    def _cells(self, column: Column) -> Any:
        """Return how the cells of a column look, in fine lines that are printed, too."""
        lines = {"border": looks.HAIR, "border_color": looks.RULE}
        if isinstance(column.of, Fact) and column.of.in_percent:
            return self.book.format(num_format=PERCENT, align="center", **lines)
        match column.ty:
            case t.Date():
                return self.book.format(num_format=DAY, align="center", **lines)
            case t.Boolean() | t.Number():
                return self.book.format(align="center", **lines)
            case t.String() | t.Object() if not column.options:
                return self.book.format(num_format=TEXT, **lines)
            case _:
                return self.book.format(**lines)

    def _note(self, sheet: Any, at: int, text: str) -> None:
        tall = (looks.lines(text, _NOTE_WIDTH) + 1) * _NOTE_LINE
        sheet.write_comment(0, at, text, {**_NOTE, "height": tall})

    def _check(self, sheet: Any, at: int, column: Column) -> None:
        """Offer values, and warn of what looks wrong; what may stand there is decided later."""
        rule = validation(column, f"{letter(at)}{FIRST + 1}", self.offered, self.ids)
        if rule is None:
            return
        kind, say = _WARNINGS.get(type(column.ty), "choose"), self.book.teller.say
        warning = {
            "error_type": "warning",
            "error_title": say("warning.title"),
            "error_message": say(f"warning.{kind}"),
        }
        sheet.data_validation(FIRST, at, LAST, at, {**rule, **warning})
