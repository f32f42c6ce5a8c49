"""Results as a workbook that is ready to print: a page that says how it stands, then all sheets."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from khung.report.tables.front import Head, front_sheet, units_sheets
from khung.report.tables.paper import new_paper
from khung.report.tables.sheets import (
    decisions_sheet,
    groups_sheet,
    subjects_sheet,
    waiting_sheet,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from khung.report.tables.derived import DerivedTables
    from khung.report.tables.from_results import ResultTables
    from khung.report.tables.paper import Paper
    from khung.report.tables.words import TableWords

_PAGE, _PAGES = "&P", "&N"


def write_workbook(
    path: Path, head: Head, tables: ResultTables, derived: DerivedTables, words: TableWords
) -> list[str]:
    """Write a workbook of results.

    Args:
        path: The file, in a folder into which its parts may be written meanwhile.
        head: What stands above the first page.
        tables: The results.
        derived: What follows from them.
        words: What says them.

    Returns:
        The names of the tables that are too long for a sheet, and only in files beside it.

    Raises:
        OSError: It cannot be written.
    """
    from xlsxwriter.exceptions import FileCreateError  # type: ignore[import-untyped]  # noqa: PLC0415  # slow to load

    page = words.say("page", page=_PAGE, pages=_PAGES)
    paper = new_paper(path, page, words.say("cut"))
    made = datetime(head.on.year, head.on.month, head.on.day)  # noqa: DTZ001  # a day, no moment
    paper.file.set_properties({"title": head.title, "created": made})
    try:
        left_out = list(_sheets(paper, head, tables, derived, words))
        paper.file.close()
    except FileCreateError as error:
        raise _cause(error) from error
    finally:
        paper.close_parts()
    return left_out


def _cause(error: Exception) -> OSError:
    """Return what kept a file from being written."""
    found = next((one for one in error.args if isinstance(one, OSError)), None)
    return found or OSError(str(error))


def _sheets(
    paper: Paper,
    head: Head,
    tables: ResultTables,
    derived: DerivedTables,
    words: TableWords,
) -> Iterator[str]:
    """Write all sheets; yield the names of tables that do not fit."""
    front_sheet(paper, head, tables, derived, words)
    if not units_sheets(paper, tables, derived, words):
        yield "summary"
    if derived.decisions.num_rows and not decisions_sheet(paper, derived.decisions, words):
        yield "decisions"
    if derived.waiting.num_rows and not waiting_sheet(paper, derived.waiting, words):
        yield "waiting"
    if tables.groups.num_rows and not groups_sheet(paper, tables.groups, words):
        yield "groups"
    for name, table in tables.subjects.items():
        if not subjects_sheet(paper, name, table, words):
            yield name
