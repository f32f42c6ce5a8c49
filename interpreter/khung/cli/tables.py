"""Tables to fill in, written into a new workbook or a new folder.

Reports: K0813, K0819, K0840.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from khung.cli.folders import save_folder
from khung.cli.problems import UsageProblem
from khung.cli.saving import save

if TYPE_CHECKING:
    from collections.abc import Collection

    from khung.driver import Ready
    from khung.ir.program import Program
    from khung.report.workbook.filled import Filled

WORKBOOK = ".xlsx"


def check_place(target: str) -> None:
    """Refuse a place where something is, and a kind of file that is not written.

    A folder is named without a point in its name, or with a slash at its end.

    Raises:
        UsageProblem: K0819 (it exists), K0840 (neither a workbook nor a folder).
    """
    path = Path(target)
    if path.suffix and not is_workbook(path) and not target.endswith(("/", os.sep)):
        raise UsageProblem("K0840", path=target, suffix=path.suffix)
    if os.path.lexists(path):
        raise UsageProblem("K0819", path=target)


def save_tables(
    ready: Ready, program: Program, subjects: Collection[str], target: str, lang: str
) -> None:
    """Write the tables of a rulebook, or of some of its subjects.

    Raises:
        UsageProblem: They cannot be written (K0813); nothing is left behind.
    """
    from khung.report.words.labels import Words  # noqa: PLC0415  # not for the help
    from khung.report.words.sentences import Sayer  # noqa: PLC0415  # as above
    from khung.report.workbook.plan import plan  # noqa: PLC0415  # as above
    from khung.report.workbook.to_folder import to_folder  # noqa: PLC0415  # as above
    from khung.report.workbook.to_xlsx import to_xlsx  # noqa: PLC0415  # as above
    from khung.report.workbook.told import Teller  # noqa: PLC0415  # as above

    words = Words(program, lang, ready.clauses)
    planned, teller = plan(program, subjects), Teller(words, Sayer(words).say)
    path = Path(target)
    if is_workbook(path):
        save(to_xlsx(program, planned, teller), path)
    else:
        save_folder(to_folder(program, planned, teller), path)


def is_workbook(path: Path) -> bool:
    """Say whether a path is that of a workbook."""
    return path.suffix.lower() == WORKBOOK


def save_filled(ready: Ready, program: Program, filled: Filled, target: Path, lang: str) -> None:
    """Write the workbook of a rulebook with what is filled in already.

    Raises:
        UsageProblem: It cannot be written (K0813); nothing is left behind.
    """
    from khung.report.words.labels import Words  # noqa: PLC0415  # not for the help
    from khung.report.words.sentences import Sayer  # noqa: PLC0415  # as above
    from khung.report.workbook.plan import plan  # noqa: PLC0415  # as above
    from khung.report.workbook.to_xlsx import to_xlsx  # noqa: PLC0415  # as above
    from khung.report.workbook.told import Teller  # noqa: PLC0415  # as above

    words = Words(program, lang, ready.clauses)
    save(to_xlsx(program, plan(program), Teller(words, Sayer(words).say), filled), target)
