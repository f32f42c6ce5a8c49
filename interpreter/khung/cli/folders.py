"""Folders: one written whole or not at all and never over something, and those of cases.

Reports: K0407, K0813, K0816, K0830, K0831, K0833.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from khung import paths
from khung.cli.problems import UsageProblem
from khung.cli.saving import cannot_write, may_be_named
from khung.resources import PACKAGE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

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
    check_name(name, target)
    check_new(target)
    if paths.real(target).is_relative_to(paths.real(PACKAGE)):
        raise UsageProblem("K0831", path=str(beside))
    right = paths.absolute(beside).parent
    if paths.real(target).parent != paths.real(right):
        near = str(paths.nearby(right))
        raise UsageProblem("K0833", path=str(target), base=beside.name, folder=near)


def check_name(name: str, target: Path) -> None:
    """Refuse a name that no rulebook, or no folder, can have. Raises UsageProblem (K0407)."""
    if not _NAME.fullmatch(name):
        raise UsageProblem("K0407", id=name)
    if not (may_be_named(name) and may_be_named(target.name)):
        raise UsageProblem("K0407", help="windows", id=name)


def check_new(target: Path) -> None:
    """Refuse a place where something is. Raises UsageProblem (K0830)."""
    if os.path.lexists(target):
        raise UsageProblem("K0830", path=str(target))


def cases_below(named: Iterable[Path]) -> list[Path]:
    """Return the case files of some paths. Raises UsageProblem (K0816) for a closed folder."""
    from khung.analysis.testing import ClosedFolderError, case_files  # noqa: PLC0415  # not for new

    try:
        return case_files(named)
    except ClosedFolderError as closed:
        raise UsageProblem("K0816", folder=str(closed.path)) from closed


def save_folder(files: Mapping[str, str], target: Path) -> None:
    """Write a folder: beside its place first, then into it.

    Raises:
        UsageProblem: It cannot be written (K0813); nothing is left behind.
    """
    with new_folder(target) as part:
        for name, text in files.items():
            (part / name).write_text(text, encoding="utf-8", newline="\n")


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """Give a folder to write into; once all is written it is put into its place.

    Raises:
        UsageProblem: It cannot be written (K0813), or something is there meanwhile (K0830);
            nothing is left behind.
    """
    part = target.with_name(f".khung-{secrets.token_hex(4)}.part")
    try:
        part.mkdir()
        yield part
        check_new(target)
        part.rename(target)
    except OSError as error:
        raise cannot_write(target, error) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


@contextmanager
def fill_folder(target: Path) -> Iterator[Path]:
    """Give a folder to write into, as `new_folder` does, for a place that may be an empty folder.

    Such a folder stays the one that it is, as somebody may have it open: what was written is moved
    into it at the end, and out again where that does not succeed.

    Raises:
        UsageProblem: The name is none for Windows (K0407), something stands there (K0830), or it
            cannot be written (K0813); nothing is left behind.
    """
    if not may_be_named(target.name):
        raise UsageProblem("K0407", help="windows", id=target.name)
    if not paths.is_folder(target):
        if os.path.lexists(target):
            raise UsageProblem("K0830", help="empty", path=str(target))
        with new_folder(target) as part:
            yield part
        return
    if paths.inside(target) != ():
        raise UsageProblem("K0830", help="empty", path=str(target))
    part = target / f".khung-{secrets.token_hex(4)}.part"
    try:
        part.mkdir()
        yield part
        _move_up(part, target)
    except OSError as error:
        raise cannot_write(target, error) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _move_up(part: Path, target: Path) -> None:
    """Move all that a folder holds into the one in which it stands, or nothing."""
    moved: list[Path] = []
    try:
        for path in sorted(part.iterdir()):
            path.rename(target / path.name)
            moved.append(target / path.name)
    except OSError:
        for path in moved:
            path.rename(part / path.name)
        raise
