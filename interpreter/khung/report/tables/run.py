"""What a folder of results says of itself: `run.json`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from khung import paths
from khung.casefile.tables.files import HEAD_FILE, may_be_table
from khung.digests import sha256
from khung.ir.result_schema import NOT_TOLD
from khung.report.result.json import about
from khung.report.tables.from_results import is_told_whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa  # type: ignore[import-untyped]  # comes without types

    from khung.ir.result_schema import Selection
    from khung.report.tables.from_results import ResultTables
    from khung.why.result import Results

RUN = "run.json"
"""The file by which a folder is known as one of results."""

FORMAT = 1
"""Of `run.json` and of the tables beside it; a later one may have more."""

_PART = 1 << 20  # bytes read at a time


def run_of(
    results: Results, tables: ResultTables, case: Path | None, decisions: Sequence[Path] = ()
) -> dict[str, Any]:
    """Return what is to be said of a run, without the files.

    Args:
        results: What was found.
        tables: The same as tables.
        case: The file or folder of the case; None where it came otherwise.
        decisions: Tables of decisions beside it.
    """
    from importlib.metadata import version  # noqa: PLC0415  # 20 ms, only here

    return {
        "format": FORMAT,
        "khung": version("khung"),
        "engine": "reference",
        "rulebook": about(results.program, results.case.named),
        "on": results.case.on.isoformat(),
        **({"assume": "none"} if results.case.bare else {}),
        "complete": results.case.whole.everything or list(results.case.whole.said),
        "case": None if case is None else {"path": str(case), "digest": case_digest(case)},
        "decisions": [{"path": str(path), "digest": case_digest(path)} for path in decisions],
        "counts": counts(tables.subjects),
        "not_told": [] if is_told_whole(results) else list(NOT_TOLD),
    }


def selected(selection: Selection) -> dict[str, Any]:
    """Return what is to be said of a part of the results: which subjects, what of each."""
    if selection.is_all:
        return {}
    return {
        "selected": {"subjects": sorted(selection.subjects), "columns": sorted(selection.parts)}
    }


def counts(tables: Mapping[str, pa.Table]) -> dict[str, dict[str, int]]:
    """Return how many subjects of each type have which status, by their results."""
    found: dict[str, dict[str, int]] = {}
    for subject, table in tables.items():
        counted = table["status"].value_counts().to_pylist()
        found[subject] = {one["values"]: one["counts"] for one in counted}
    return found


def relative(case: Path, folder: Path) -> str:
    """Return the way from a folder of results to the case; its path where there is none."""
    try:
        return os.path.relpath(paths.real(case), paths.real(folder)).replace(os.sep, "/")
    except ValueError:  # on another drive
        return str(paths.real(case))


def case_digest(case: Path) -> str:
    """Return the digest of a case: of its bytes, of a folder of its tables and their names."""
    if not paths.is_folder(case):
        return f"sha256:{file_digest(case)}"
    found = sha256()
    for path in paths.inside(case) or ():
        if paths.is_file(path) and (path.name == HEAD_FILE or may_be_table(path)):
            found.update(f"{path.name}\0{file_digest(path)}\n".encode())
    return f"sha256:{found.hexdigest()}"


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file; empty if it cannot be read."""
    found = sha256()
    try:
        for part in _parts(path):
            found.update(part)
    except OSError:
        return ""
    return str(found.hexdigest())


def _parts(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while part := file.read(_PART):
            yield part


def files_in(folder: Path) -> Mapping[str, str]:
    """Return the digest of every file in a folder and below it, by its way from there."""
    found = {}
    for below in sorted(folder.rglob("*")):
        if paths.is_file(below):
            found[below.relative_to(folder).as_posix()] = file_digest(below)
    return found
