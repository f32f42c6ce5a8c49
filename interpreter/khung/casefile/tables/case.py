"""A case at a path, whatever it is: a file of YAML, a folder of tables, a workbook.

A case of tables has no subjects until its rulebook is known: `with_subjects` reads them.

Reports: K0696 and those of `casefile.from_source`, `opened`, `read` and `written`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from khung.casefile.from_source import read_case
from khung.casefile.model import CaseFile
from khung.casefile.tables.files import HEAD_FILE, decisions_beside, has_tables, is_tables
from khung.casefile.to_facts import build_case
from khung.records import dataclass, fields_of, replace

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pyarrow as pa  # type: ignore[import-untyped]  # comes without types

    from khung.casefile.tables.decisions import Decided
    from khung.casefile.tables.frames import Frames
    from khung.casefile.tables.opened import Opened
    from khung.diagnostics.bag import Bag
    from khung.engine.facts import Case
    from khung.ir.program import Program


@dataclass(frozen=True, slots=True)
class CaseOfTables(CaseFile):
    """The head of a case of tables, and where its tables are, or what was made of them.

    Attributes:
        opened: The folder or workbook, or what was handed over, by key of the table.
        frames: What was read of it under the rulebook; None before.
    """

    opened: Opened | Mapping[str, pa.Table] = field(compare=False, repr=False, kw_only=True)
    frames: Frames | None = field(default=None, compare=False, repr=False, kw_only=True)


def read_any(path: Path, bag: Bag) -> CaseFile | None:
    """Return the case at a path, of tables only its head; None where the head cannot be read.

    Who names `case.yaml` of a folder of tables means the folder.
    """
    case = None if is_tables(path) else read_case(path, bag)
    is_head = case is not None and path.name == HEAD_FILE and not case.subjects
    if not (is_tables(path) or (is_head and has_tables(path.parent))):
        return case
    from khung.casefile.tables.opened import Opened, open_tables  # noqa: PLC0415  # only for tables

    opened = open_tables(path, bag) if case is None else Opened(path.parent, case)
    if opened is None:
        return None
    return replace(of_tables(opened.head, opened), decisions=decisions_beside(opened.path))


def path_of(case: CaseFile | None, path: Path) -> Path:
    """Return where all of a case is that was read at a path: of tables the folder or workbook."""
    if not isinstance(case, CaseOfTables) or isinstance(case.opened, Mapping):
        return path
    return case.opened.path


def asked(case_file: CaseFile | None, *, bare: bool, decisions: Sequence[Path]) -> CaseFile | None:
    """Return a case as it is to be run: without defaults if `bare`, and with what was decided."""
    if case_file is None or not (bare or decisions):
        return case_file
    files = (*case_file.decisions, *decisions)
    return replace(case_file, bare=bare or case_file.bare, decisions=files)


def of_tables(head: CaseFile, opened: Opened | Mapping[str, pa.Table]) -> CaseOfTables:
    """Return the head of a case as that of one of tables."""
    said = {name: getattr(head, name) for name in fields_of(CaseFile)}
    return CaseOfTables(**said, opened=opened)


def with_subjects(
    case: CaseFile, program: Program, bag: Bag, frames: Frames | None = None
) -> CaseFile:
    """Return a case with the subjects that its tables state; one of YAML as it is.

    Args:
        case: The case.
        program: The rulebook.
        bag: Takes what is wrong.
        frames: The tables, if they have been read.
    """
    if not isinstance(case, CaseOfTables) or case.frames is not None:
        return case
    from khung.casefile.tables.written import groups_of  # noqa: PLC0415  # as above

    frames = frames or frames_of_case(case, program, bag)
    groups = groups_of(frames, program, bag)
    if not groups and not bag.has_errors:
        file, example = case.rulebook.span.file.name, program.subjects[0].name
        path = None if isinstance(case.opened, Mapping) else case.opened.path
        bag.add("K0696", None, file=str(path or file), example=example)
    return replace(case, subjects=groups, frames=frames)


def case_from(case: CaseFile, program: Program, bag: Bag) -> Case | None:
    """Return the facts of a case with its subjects, as `to_facts.build_case` does."""
    if not isinstance(case, CaseOfTables):
        return build_case(case, program, bag)
    from khung.casefile.tables.to_case import case_of_tables  # noqa: PLC0415  # as above

    return case_of_tables(case, program, bag)


def decided(case_file: CaseFile, case: Case, bag: Bag) -> tuple[Decided, ...]:
    """Give the subjects of a case what was decided beside it; return what was taken."""
    if not case_file.decisions:
        return ()
    from khung.casefile.tables.decisions import take_decisions  # noqa: PLC0415  # as above

    return take_decisions(case_file.decisions, case, bag)


def frames_of_case(case: CaseOfTables, program: Program, bag: Bag, *, whole: bool = True) -> Frames:
    """Return the frames of a case of tables, as `read.read_frames`."""
    from khung.casefile.tables.read import (  # noqa: PLC0415  # only for tables
        frames_of,
        frames_of_arrow,
    )

    if isinstance(case.opened, Mapping):
        return frames_of_arrow(case, case.opened, program, bag)
    return frames_of(case.opened, program, bag, whole=whole)
