"""A folder of results: written whole or not at all, over an earlier one only if that is asked for.

Reports: K0813, K0832, K0850.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from errno import EEXIST, ENOTEMPTY
from typing import TYPE_CHECKING, Any

from khung import paths
from khung.cli.problems import UsageProblem
from khung.cli.saving import cannot_write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

_MOST_NAMES = 5  # of files, in a message


def check_target(target: Path, *, force: bool, read: Iterable[Path] = ()) -> None:
    """Refuse a place where no results should be written, before anything is worked out.

    Args:
        target: The folder to write.
        force: Whether earlier results may be replaced.
        read: Files that are read for the run, which may stand in the earlier results.

    Raises:
        UsageProblem: K0832 (in the folder of a rulebook), K0850 (something is there that is not to
            be replaced), K0813 (there is no folder to hold it).
    """
    _refuse_rulebook(target)
    if not os.path.lexists(target) or _is_empty(target):
        if not paths.is_folder(paths.absolute(target).parent):
            raise UsageProblem("K0813", help="absent", path=str(target))
        return
    if not is_results(target):
        raise UsageProblem("K0850", path=str(target))
    if not force:
        raise UsageProblem("K0850", help="results", path=str(target))
    changed = _changed(target, {paths.real(path) for path in read})
    if changed:
        names = tuple(changed[:_MOST_NAMES])
        raise UsageProblem("K0850", help="changed", path=str(target), names=names)


def save_results(write: Callable[[Path], str], target: Path, *, force: bool) -> str:
    """Write a folder of results: beside its place first, then into it.

    Args:
        write: Writes into an empty folder, and returns what is to be said of it.
        target: The folder, for which `check_target` has looked.
        force: Whether earlier results may be replaced.

    Returns:
        What is to be said.

    Raises:
        UsageProblem: It cannot be written (K0813), or somebody else has written there meanwhile
            (K0850); what was there is as it was, and nothing is left behind.
    """
    real = paths.real(target)
    part = real.with_name(f".khung-{secrets.token_hex(4)}.part")
    try:
        part.mkdir()
        said = write(part)
        _put(part, real, force=force)
    except OSError as error:
        if error.errno in (EEXIST, ENOTEMPTY):
            raise UsageProblem("K0850", help="meanwhile", path=str(target)) from error
        raise cannot_write(target, error) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return said


def _put(part: Path, target: Path, *, force: bool) -> None:
    """Put a folder in its place; earlier results step aside until the new ones are there."""
    if not (force and is_results(target)):
        if os.name == "nt" and _is_empty(target):
            target.rmdir()  # nothing is renamed over a folder there
        part.rename(target)
        return
    aside = target.with_name(f".khung-{secrets.token_hex(4)}.old")
    target.rename(aside)
    try:
        part.rename(target)
    except OSError:
        aside.rename(target)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def is_results(folder: Path) -> bool:
    """Say whether a folder is one of results."""
    return run_in(folder) is not None


def run_in(folder: Path) -> dict[str, Any] | None:
    """Return what a folder of results says of its run; None of any other folder."""
    from khung.report.tables.run import RUN  # noqa: PLC0415  # not for the help

    try:
        run = json.loads((folder / RUN).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    about = run.get("rulebook") if isinstance(run, dict) else None
    is_own = isinstance(about, dict) and {"id", "digest", "readings"} <= about.keys()
    return run if is_own and {"khung", "format"} <= run.keys() else None


def _changed(folder: Path, read: set[Path]) -> list[str]:
    """Return the files of earlier results that are not as they were written, or were added."""
    from khung.report.tables.run import RUN, files_in  # noqa: PLC0415  # not for the help

    written = (run_in(folder) or {}).get("files")
    written = written if isinstance(written, dict) else {}
    now = files_in(folder)
    return [
        name
        for name, digest in now.items()
        if name != RUN and digest != written.get(name) and paths.real(folder / name) not in read
    ]


def _is_empty(folder: Path) -> bool:
    return paths.is_folder(folder) and not paths.is_link(folder) and paths.inside(folder) == ()


def _refuse_rulebook(target: Path) -> None:
    from khung.rulebook.folder import MANIFEST  # noqa: PLC0415  # only where something is written

    real = paths.real(target)
    for folder in (real, *real.parents):
        if paths.is_file(folder / MANIFEST):
            near = str(paths.nearby(folder))
            raise UsageProblem("K0832", help="folder", path=str(target), folder=near)
