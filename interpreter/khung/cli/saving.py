"""A file written whole or not at all, and into what stands there already, be it no plain file.

Reports: K0813, K0814, K0832.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from contextlib import suppress
from errno import EACCES, EDQUOT, ENAMETOOLONG, ENOENT, ENOSPC, ENOTDIR, ENXIO, EPERM, EROFS
from pathlib import Path
from typing import TYPE_CHECKING

from khung import paths
from khung.cli import output
from khung.cli.problems import UsageProblem

if TYPE_CHECKING:
    from collections.abc import Mapping

_ADVICE: Mapping[int, str] = {
    EACCES: "denied",
    EPERM: "denied",
    EROFS: "denied",
    ENOENT: "absent",
    ENOTDIR: "absent",
    ENAMETOOLONG: "long",
    ENOSPC: "full",
    EDQUOT: "full",
    ENXIO: "unread",
}
_NOT_ON_WINDOWS = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?|.*[. ]")
"""Names of devices, whatever stands behind a point, and names that end with a point or a blank."""

_NO_WAITING = getattr(os, "O_NONBLOCK", 0)  # Windows has none, and no named pipes among files
_ALL = 0o666  # what a new file may be opened for, less what the umask of the user takes away


def save(content: str | bytes, path: Path) -> None:
    """Write a file whole or not at all: beside its place first, then into it. Text is UTF-8.

    The rights of a file stay as they were, and a link goes on leading where it leads. What is no
    plain file, such as a pipe or `/dev/null`, is written into, and so is a file that has several
    names or belongs to somebody else: a new one in its place would be another.

    Raises:
        UsageProblem: It cannot be written (K0813); what was there before is as it was.
    """
    try:
        data = content.encode() if isinstance(content, str) else content
        found = _status(path)
        if (found is None or os.name == "nt") and not may_be_named(path.name):
            raise UsageProblem("K0813", help="windows", path=str(path))
        if found is not None and _is_standard_output(found) and isinstance(content, str):
            output.write(content)
        elif found is None or _may_be_replaced(found):
            _replace(data, Path(os.path.realpath(path)), found)
        elif stat.S_ISDIR(found.st_mode) or stat.S_ISBLK(found.st_mode):
            advice = "folder" if stat.S_ISDIR(found.st_mode) else "disk"
            raise UsageProblem("K0813", help=advice, path=str(path))
        else:
            _write_into(data, path)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise cannot_write(path, error) from error


def may_be_named(name: str) -> bool:
    """Say whether a file or a folder can have a name on every kind of system."""
    return _NOT_ON_WINDOWS.fullmatch(name) is None


def refuse_same(read: Path, written: Path) -> None:
    """Refuse to write over the file that is read. Raises UsageProblem (K0814)."""
    if paths.is_file(written) and paths.same(read, written):
        raise UsageProblem("K0814", path=str(written))


def refuse_rulebook(written: Path) -> None:
    """Refuse to write what would be a file of a rulebook. Raises UsageProblem (K0832)."""
    from khung.rulebook.folder import MANIFEST  # noqa: PLC0415  # only where a file is written

    is_yaml = written.suffix.lower() in (".yaml", ".yml")
    if is_yaml and paths.exists(paths.real(written).parent / MANIFEST):
        raise UsageProblem("K0832", path=str(written), folder=str(written.parent))


def cannot_write(path: Path, error: Exception) -> UsageProblem:
    """Return what is to be said where a file or folder cannot be written."""
    number = error.errno if isinstance(error, OSError) else None
    return UsageProblem("K0813", help=_ADVICE.get(number or 0, ""), path=str(path))


def _status(path: Path) -> os.stat_result | None:
    """Return what is at a path; None where a file can be made. Raises OSError otherwise."""
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _is_standard_output(found: os.stat_result) -> bool:
    """Say so of `/dev/stdout`: what was written there before must stay."""
    try:
        return os.path.samestat(found, os.fstat(sys.stdout.fileno()))
    except (AttributeError, OSError, ValueError):  # closed, or no file at all
        return False


def _may_be_replaced(found: os.stat_result) -> bool:
    own = getattr(os, "geteuid", lambda: found.st_uid)()
    return stat.S_ISREG(found.st_mode) and found.st_nlink == 1 and found.st_uid == own


def _replace(data: bytes, path: Path, found: os.stat_result | None) -> None:
    import secrets  # noqa: PLC0415  # only where a file is written

    part = path.with_name(f".khung-{secrets.token_hex(4)}.part")  # fits where a long name fits
    try:
        mode = _ALL if found is None else stat.S_IRUSR | stat.S_IWUSR
        binary = getattr(os, "O_BINARY", 0)  # Windows would write every line end as its own
        opened = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | binary, mode)
        with os.fdopen(opened, "wb") as file:
            file.write(data)
        if found is not None:
            part.chmod(stat.S_IMODE(found.st_mode))
        part.replace(path)
    finally:
        with suppress(OSError):  # nothing there: it was put into its place, or never made
            part.unlink()


def _write_into(data: bytes, path: Path) -> None:
    """Write into what is there; a pipe that nobody reads is not waited for."""
    opened = os.open(path, os.O_WRONLY | _NO_WAITING)
    with os.fdopen(opened, "wb") as stream:
        if hasattr(os, "set_blocking"):
            os.set_blocking(opened, True)
        if stat.S_ISREG(os.fstat(opened).st_mode):
            stream.truncate()
        stream.write(data)
