"""Which files may be tables of a case, by their names.

Asked of every case, so nothing is loaded here that only cases of tables need.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung import paths

if TYPE_CHECKING:
    from pathlib import Path

HEAD_FILE = "case.yaml"
"""The file of a folder of tables that says what case they are."""

BOOKS = (".xlsx", ".xls", ".ods", ".xlsm", ".xlsb")
"""Ends of the names of workbooks."""

TEXTS = (".csv", ".tsv", ".txt")
"""Ends of the names of text files that may be tables."""

PARQUET = ".parquet"
"""The end of the name of a Parquet file."""

DECISIONS = "decisions"
"""What a table of decisions is called: `decisions` reads it, beside the tables of the case."""

BESIDE = "_"
"""What the name of a file or sheet begins with that is no table."""


def is_tables(path: Path) -> bool:
    """Whether a case at a path is one of tables: a folder, or a workbook by its name."""
    return path.suffix.lower() in BOOKS or paths.is_folder(path)


def has_tables(folder: Path) -> bool:
    """Whether files stand in a folder that may be tables."""
    return any(may_be_table(path) for path in paths.inside(folder) or ())


def may_be_table(path: Path) -> bool:
    """Whether a file may be meant as a table; those that programs lock open books with are not."""
    if path.name.startswith((".", "~$", BESIDE)) or path.name == HEAD_FILE:
        return False
    return path.suffix.lower() in (*BOOKS, *TEXTS, PARQUET)


def decisions_beside(case: Path) -> tuple[Path, ...]:
    """Return the tables of decisions that stand among the tables of a case."""
    if not paths.is_folder(case):
        return ()
    own = (p for p in paths.inside(case) or () if p.suffix.lower() in (*TEXTS, PARQUET, *BOOKS))
    return tuple(p for p in own if p.stem == DECISIONS)
