"""Questions about paths that never raise: what cannot be looked at is not there.

`pathlib` answers some of them with an `OSError` or `ValueError`: of a name that is too long, or of
a folder that may not be looked into. Who asks here reports such a path when it is opened.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

_NEVER = (OSError, ValueError, RuntimeError)
"""ValueError: a NUL in the name; RuntimeError: links that lead in a circle."""


def status(path: Path) -> os.stat_result | None:
    """Return what is at a path, at the end of links; None if it cannot be looked at."""
    try:
        return path.stat()
    except _NEVER:
        return None


def exists(path: Path) -> bool:
    """Say whether something is at a path."""
    return status(path) is not None


def is_file(path: Path) -> bool:
    """Say whether a regular file is at a path."""
    found = status(path)
    return found is not None and stat.S_ISREG(found.st_mode)


def is_folder(path: Path) -> bool:
    """Say whether a folder is at a path."""
    found = status(path)
    return found is not None and stat.S_ISDIR(found.st_mode)


def is_link(path: Path) -> bool:
    """Say whether a link is at a path, wherever it leads."""
    try:
        return path.is_symlink()
    except _NEVER:
        return False


def same(one: Path, other: Path) -> bool:
    """Say whether two paths lead to one thing, which is there."""
    first, second = status(one), status(other)
    return first is not None and second is not None and os.path.samestat(first, second)


def inside(folder: Path) -> tuple[Path, ...] | None:
    """Return what is right in a folder, by name; None if it cannot be looked into."""
    try:
        return tuple(sorted(folder.iterdir(), key=lambda path: path.name))
    except _NEVER:
        return None


def absolute(path: Path) -> Path:
    """Return a path from the root, links kept; the path itself where there is no current folder."""
    try:
        return path.absolute()
    except _NEVER:
        return path


def real(path: Path) -> Path:
    """Return a path without links, as far as they can be followed."""
    try:
        return path.resolve()
    except _NEVER:
        return absolute(path)


def nearby(path: Path) -> Path:
    """Return a path as people would type it: from the current folder, if it lies below that."""
    here = absolute(Path())
    below = path.is_relative_to(here) and here not in (path, Path(here.anchor))
    return path.relative_to(here) if below else path
