"""A plan of tables to the files of a folder: the head of the case, and empty tables."""

from __future__ import annotations

import csv
import io
from textwrap import TextWrapper
from typing import TYPE_CHECKING

from khung.casefile.tables.layout import HEAD
from khung.locale import phrase
from khung.records import replace
from khung.report.workbook.head import CASE, COMPLETE, head_rows
from khung.source.writing import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from khung.ir.program import Program
    from khung.report.workbook.head import HeadRow
    from khung.report.workbook.plan import Planned
    from khung.report.workbook.told import Teller

_MARK_OF_UTF8 = "\ufeff"  # without it spreadsheet programs take the letters for others


def to_folder(program: Program, planned: Iterable[Planned], teller: Teller) -> dict[str, str]:
    """Return the text of each file, by its name."""
    files = {f"{HEAD}.yaml": "".join(_head(program, teller))}
    for one in planned:
        files[f"{one.sheet.key}.csv"] = _MARK_OF_UTF8 + _headings(one, teller)
    return files


def _headings(planned: Planned, teller: Teller) -> str:
    """Return labels above keys, as on the sheet of a workbook."""
    text = io.StringIO()
    labels = [teller.label(column) for column, _ in planned.columns]
    csv.writer(text, lineterminator="\n").writerows((labels, planned.keys))
    return text.getvalue()


def _head(program: Program, teller: Teller) -> Iterator[str]:
    """Yield the lines of the head; what few answer is a comment."""
    rows = [*head_rows(program, teller)]
    complete = phrase(teller.words.lang, "template.complete")
    title = program.title.said(teller.words.lang)
    for row in rows:
        if row.key == CASE:
            yield from _entry(replace(row, value=title), row.told, "")
        elif "." not in row.key:
            yield from _entry(row, complete if row.key == COMPLETE else row.told, "")
    yield "# readings:\n"
    for row in rows:
        if "." in row.key:
            yield from _entry(row, row.told, "  ")


def _entry(row: HeadRow, told: str, indent: str) -> Iterator[str]:
    mark = f"# {indent}" if row.is_folded else ""
    yield from (f"{line}\n" for line in _wrapped(told))
    yield f"{mark}{row.key.rpartition('.')[2]}:{_value(row)}\n"


def _value(row: HeadRow) -> str:
    match row.value:
        case None:
            return ""
        case str() as text:
            return f" {quoted(text)}"
        case day:
            return f" {day.isoformat()}"


def _wrapped(text: str) -> list[str]:
    wrapper = TextWrapper(100, initial_indent="# ", subsequent_indent="#   ")
    wrapper.break_long_words = wrapper.break_on_hyphens = False
    return wrapper.wrap(text)
