"""Results of a population written into a folder: the same files, of many subjects Parquet alone."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from khung.locale import phrase
from khung.population.populated import LARGE
from khung.report.encode import dumps
from khung.report.result.json import about
from khung.report.tables.beside import filled
from khung.report.tables.derived import derived_tables
from khung.report.tables.explained import not_told, not_told_of_many
from khung.report.tables.files import batches_of, write_table
from khung.report.tables.folder import RESULTS, all_tables, write_tables
from khung.report.tables.front import Head
from khung.report.tables.meanwhile import meanwhile
from khung.report.tables.run import (
    FORMAT,
    RUN,
    case_digest,
    counts,
    files_in,
    relative,
    selected,
)
from khung.report.tables.told import said_of
from khung.report.tables.words import words_of
from khung.report.tables.workbook import write_workbook
from khung.report.words.nodes import as_written, chosen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa  # type: ignore[import-untyped]  # comes without types

    from khung.population.populated import Populated
    from khung.report.tables.from_results import ResultTables
    from khung.rulebook.model import Label


def write_population(
    found: Populated,
    clauses: Mapping[str, Label],
    folder: Path,
    case: Path,
    target: Path,
    lang: str,
) -> str:
    """Write the results of a population; as `folder.write_folder`.

    Args:
        found: What was solved.
        clauses: The summaries of clauses.
        folder: An empty folder.
        case: The folder or workbook of the case.
        target: What the folder will be called in the end.
        lang: The language of what is to be printed.
    """
    (folder / RESULTS).mkdir()
    is_whole, is_large = found.solved.asked.selection.is_all, found.subjects > LARGE
    groups = found.groups(lambda node: as_written(chosen(node))) if is_whole else None
    ranked: Mapping[str, pa.Table]
    said = ""
    if is_large:
        ranked = _written_at_once(found, folder)
        untold = not_told_of_many(ranked, found.solved.asked.selection)
        if groups is not None:
            write_table(folder, "groups", groups.schema, batches_of(groups))
    else:
        tables = filled(found, groups)
        ranked, untold = tables.subjects, not_told(tables.subjects)
        with meanwhile(partial(write_tables, ranked, folder / RESULTS)):
            if is_whole:
                said = _write_beside(found, tables, clauses, folder, target, (lang, untold))
    _write_run(found, folder, case, target, {"counts": counts(ranked), "not_told": untold})
    return said or _said(target, untold, lang)


def _said(target: Path, untold: Sequence[str], lang: str) -> str:
    """Return where results are, and which columns have to be asked for one by one."""
    names = ", ".join(untold)
    left = f"  {phrase(lang, 'results.not_told', names=names, folder=target)}\n" if untold else ""
    return f"{target}\n{left}"


def _written_at_once(found: Populated, folder: Path) -> dict[str, pa.Table]:
    """Write the results of very many; return of each type the column of statuses."""
    import pyarrow.parquet as pq  # type: ignore[import-untyped]  # noqa: PLC0415  # slow to load

    found.write_parquet(folder / RESULTS)
    files = sorted((folder / RESULTS).glob("*.parquet"))
    return {path.stem: pq.ParquetFile(path).read(columns=["status"]) for path in files}


def _write_beside(
    found: Populated,
    tables: ResultTables,
    clauses: Mapping[str, Label],
    folder: Path,
    target: Path,
    how: tuple[str, Sequence[str]],
) -> str:
    """Write what stands beside the results of all subjects, and a workbook of both.

    Args:
        found: What was solved.
        tables: Its results.
        clauses: As for `write_population`.
        folder: Likewise.
        target: Likewise.
        how: The language of what is to be printed, and the columns that are not told.
    """
    lang, untold = how
    derived = derived_tables(tables, found.program, found.decided)
    write_tables(all_tables(tables, derived), folder)
    words = words_of(found.program, tables, lang, clauses)
    head = Head(found.head.title.said(lang), found.program.title.said(lang), _day(found))
    left_out = write_workbook(folder / f"{RESULTS}.xlsx", head, tables, derived, words)
    return said_of(derived, words.words, target, 0, left_out, untold)


def _day(found: Populated) -> Any:
    return found.head.on


def _write_run(
    found: Populated, folder: Path, case: Path, target: Path, counted: Mapping[str, Any]
) -> None:
    from importlib.metadata import version  # 20 ms, only here  # noqa: PLC0415  # passes read them, too

    run = {
        "format": FORMAT,
        "khung": version("khung"),
        "engine": "duckdb",
        "rulebook": about(found.program, found.head.rulebook.name),
        "on": _day(found).isoformat(),
        **({"assume": "none"} if found.head.bare else {}),
        "complete": found.whole.everything or list(found.whole.said),
        "case": {"path": relative(case, target), "digest": case_digest(case)},
        "decisions": [
            {"path": relative(path, target), "digest": case_digest(path)}
            for path in found.head.decisions
        ],
        **counted,
        **selected(found.solved.asked.selection),
        "left": [] if found.by_reference is not None else sorted(found.left),
        "files": dict(files_in(folder)),
    }
    (folder / RUN).write_text(dumps(run), encoding="utf-8", newline="\n")
