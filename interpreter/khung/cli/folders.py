"""A folder written whole or not at all, and never over something.

Reports: K0407, K0813, K0830, K0831, K0833.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import khung
from khung.analysis.shelf import nearby
from khung.cli.problems import UsageProblem

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


def check_target(name: str, target: Path, beside: Path) -> None:
    """Refuse a name that no rulebook can have, and a place where none should be written.

    Args:
        name: The id of the new rulebook.
        target: The folder to write.
        beside: The rulebook that the new one is to stand beside.

    Raises:
        UsageProblem: K0407, K0830 (it exists), K0831 (the base came with the program), K0833 (not
            beside the base, where nothing could extend it).
    """
    if not _NAME.fullmatch(name):
        raise UsageProblem("K0407", id=name)
    if os.path.lexists(target):
        raise UsageProblem("K0830", path=str(target))
    if target.resolve().is_relative_to(Path(khung.__file__).resolve().parent):
        raise UsageProblem("K0831", path=str(beside))
    right = beside.absolute().parent
    if target.resolve().parent != right.resolve():
        raise UsageProblem("K0833", path=str(target), base=beside.name, folder=str(nearby(right)))


def save_folder(files: Mapping[str, str], target: Path) -> None:
    """Write a folder: beside its place first, then into it.

    Raises:
        UsageProblem: It cannot be written (K0813); nothing is left behind.
    """
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        part.mkdir()
        for name, text in files.items():
            (part / name).write_text(text, encoding="utf-8", newline="\n")
        part.rename(target)
    except OSError as error:
        raise UsageProblem("K0813", path=str(target)) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
