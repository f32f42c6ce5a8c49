"""Results of a population written into a folder: the same files, of many subjects Parquet alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from khung.population.populated import LARGE
from khung.report.encode import dumps
from khung.report.result.json import about
from khung.report.tables.beside import filled
from khung.report.tables.derived import derived_tables
from khung.report.tables.files import batches_of, write_table
from khung.report.tables.folder import RESULTS, all_tables, write_tables
from khung.report.tables.front import Head
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
    from collections.abc import Mapping
    from pathlib import Path

    from khung.population.populated import Populated
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
    selection = found.solved.asked.selection
    if not selection.is_all:
        if found.subjects > LARGE:
            found.write_parquet(folder / RESULTS)
        else:
            write_tables(filled(found).subjects, folder / RESULTS)
        _write_run(found, folder, case, target, {})
        return f"{target}\n"
    groups = found.groups(lambda node: as_written(chosen(node)))
    if found.subjects > LARGE:
        found.write_parquet(folder / RESULTS)
        write_table(folder, "groups", groups.schema, batches_of(groups))
        _write_run(found, folder, case, target, {})
        return f"{target}\n"
    tables = filled(found, groups)
    derived = derived_tables(tables, found.program, found.decided)
    write_tables(tables.subjects, folder / RESULTS)
    write_tables(all_tables(tables, derived), folder)
    words = words_of(found.program, tables, lang, clauses)
    head = Head(found.head.title.said(lang), found.program.title.said(lang), _day(found))
    left_out = write_workbook(folder / f"{RESULTS}.xlsx", head, tables, derived, words)
    _write_run(found, folder, case, target, counts(tables))
    return said_of(derived, words.words, target, 0, left_out)


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
        "counts": counted,
        **selected(found.solved.asked.selection),
        "left": [] if found.by_reference is not None else sorted(found.left),
        "files": dict(files_in(folder)),
    }
    (folder / RUN).write_text(dumps(run), encoding="utf-8", newline="\n")
