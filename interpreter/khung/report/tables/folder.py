"""Results written into a folder: the tables, what the run was, and what others add.

The folder is a new one that nobody sees yet; to put it in its place is the business of who calls.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from khung.ir.result_schema import EVERYTHING, Selection
from khung.records import dataclass
from khung.report.encode import dumps
from khung.report.tables.derived import derived_tables
from khung.report.tables.files import batches_of, write_table
from khung.report.tables.from_results import result_tables
from khung.report.tables.front import Head
from khung.report.tables.run import RUN, files_in, relative, run_of, selected
from khung.report.tables.told import said_of
from khung.report.tables.words import words_of
from khung.report.tables.workbook import write_workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pyarrow as pa  # type: ignore[import-untyped]  # comes without types

    from khung.casefile.tables.decisions import Decided
    from khung.report.tables.derived import DerivedTables
    from khung.report.tables.from_results import ResultTables
    from khung.rulebook.model import Label
    from khung.why.result import Results

RESULTS = "results"
"""The folder with a table for each subject type, and what the workbook is called."""


@dataclass(frozen=True, slots=True)
class Found:
    """What is written of a case.

    Attributes:
        results: What was found.
        clauses: The summaries of clauses, as `driver.Ready` has them.
        case: The file or folder of the case; None where it came otherwise.
        decisions: Tables of decisions handed in beside it.
        decided: What was taken of them.
    """

    results: Results
    clauses: Mapping[str, Label]
    case: Path | None = None
    decisions: Sequence[Path] = ()
    decided: Sequence[Decided] = ()


def write_folder(
    found: Found,
    folder: Path,
    target: Path,
    lang: str,
    add: Callable[[Path], int] | None = None,
    selection: Selection = EVERYTHING,
) -> str:
    """Write the results of a case.

    Args:
        found: What to write.
        folder: An empty folder.
        target: What it will be called in the end.
        lang: The language of what is to be printed.
        add: Writes forms into the folder, and returns how many.
        selection: What of the results is written; of a part no more than the tables of subjects.

    Returns:
        What is to be said of it at the console.

    Raises:
        OSError: It cannot be written.
    """
    tables = result_tables(found.results, selection)
    if not selection.is_all:
        return _write_selected(found, tables, folder, target, selection)
    derived = derived_tables(tables, found.results.program, found.decided)
    (folder / RESULTS).mkdir()
    write_tables(tables.subjects, folder / RESULTS)
    write_tables(all_tables(tables, derived), folder)
    words = words_of(found.results.program, tables, lang, found.clauses)
    path = folder / f"{RESULTS}.xlsx"
    left_out = write_workbook(path, _head(found, lang), tables, derived, words)
    forms = add(folder) if add is not None else 0
    run = _write_run(found, tables, folder, target)
    return said_of(derived, words.words, target, forms, left_out, run["not_told"])


def _write_selected(
    found: Found, tables: ResultTables, folder: Path, target: Path, selection: Selection
) -> str:
    """Write those tables, and those columns of them, that are asked for."""
    (folder / RESULTS).mkdir()
    write_tables(tables.subjects, folder / RESULTS)
    _write_run(found, tables, folder, target, selection)
    return f"{target}\n"


def _head(found: Found, lang: str) -> Head:
    case, program = found.results.case, found.results.program
    title = case.title.said(lang) if case.title else ""
    return Head(title, program.title.said(lang), case.on)


def tables_of(results: Results) -> dict[str, pa.Table]:
    """Return the results of a case as tables, and what follows from them, by name."""
    tables = result_tables(results)
    derived = derived_tables(tables, results.program)
    return {**all_tables(tables, derived), **tables.subjects}


def all_tables(tables: ResultTables, derived: DerivedTables) -> dict[str, pa.Table]:
    """Return the tables that stand beside those of the subjects, by name."""
    return {
        "groups": tables.groups,
        "decisions": derived.decisions,
        "waiting": derived.waiting,
        "summary": derived.summary,
    }


def write_tables(tables: Mapping[str, pa.Table], folder: Path) -> None:
    """Write tables into a folder, each by its name."""
    for name, table in tables.items():
        write_table(folder, name, table.schema, batches_of(table))


def _write_run(
    found: Found,
    tables: ResultTables,
    folder: Path,
    target: Path,
    selection: Selection = EVERYTHING,
) -> dict[str, Any]:
    """Write what is said of the run, last: with the digest of every file that is there."""
    run = run_of(found.results, tables, found.case, found.decisions) | selected(selection)
    for read in filter(None, (run["case"], *run["decisions"])):
        read["path"] = relative(Path(read["path"]), target)
    run["files"] = dict(files_in(folder))
    (folder / RUN).write_text(dumps(run), encoding="utf-8", newline="\n")
    return run
