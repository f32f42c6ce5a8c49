"""Rulebooks that were made ready, kept in a folder, so that the next start reads them ready made.

An entry is a file: a line of JSON that says what it was made of, and `ir.codec`'s text. It counts
only where all of that is so still: the same files with the same bytes, the same khung, and not a
byte of it lost. What is not so, or cannot be read, is made anew without a word: a cache that does
not work costs time and nothing else. Files are written beside their place and moved there whole,
so that two processes never see half of one.
"""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import suppress
from functools import cache
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from threading import get_ident
from typing import TYPE_CHECKING, Any

from khung import paths, resources
from khung.diagnostics.bag import Bag
from khung.ir import codec
from khung.records import dataclass
from khung.rulebook.folder import Taken, digest, yaml_files
from khung.rulebook.versions.base import base_of_name
from khung.source.files import decode, read_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from khung.ir.program import Program
    from khung.rulebook.model import Label

VARIABLE = "KHUNG_CACHE"
"""The environment variable that names the folder, or says `off`."""

_OFF = "off"
_FORMAT = 1
_LIMIT = 64 * 2**20  # bytes of all entries
_DAY = 24 * 3600.0
_SUFFIX, _UNFINISHED = ".khung", ".part"
_WRONG = (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What reading an entry raises that is not as it should be."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a rulebook: its program, and the summaries of its clauses by address."""

    program: Program
    clauses: Mapping[str, Label]


def folder() -> Path | None:
    """Return where entries are kept; None if nowhere."""
    named = os.environ.get(VARIABLE, "")
    if named:
        return None if named.lower() == _OFF else Path(named)
    variable = "LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME"
    above = Path(os.environ.get(variable, ""))
    if above.is_absolute():
        return above / "khung"
    try:
        return Path.home() / ".cache" / "khung"
    except RuntimeError:  # who runs khung has no home
        return None


# -- reading ------------------------------------------------------------------------------------


def find(rulebook: Path, readings: Mapping[str, str]) -> Kept | None:
    """Return what is kept of a rulebook under readings, if it is as its files are now.

    Args:
        rulebook: Its folder.
        readings: The options that are not those that it chooses itself.
    """
    path = _path(rulebook, readings)
    if path is None:
        return None
    try:
        found = _read(path)
    except _WRONG:
        return None
    if found is not None:
        _used(path)
    return found


def _read(path: Path) -> Kept | None:
    head, _, body = path.read_bytes().partition(b"\n")
    said = json.loads(head)
    if said["sum"] != _sum(body):
        return None
    texts = _texts([Taken(Path(of), tuple(files), was) for of, files, was in said["taken"]])
    if texts is None:
        return None
    program, clauses = codec.decode(body.decode("utf-8"), texts.__getitem__)
    return Kept(program, clauses)


def _texts(taken: list[Taken]) -> dict[str, str] | None:
    """Return the texts of all files by path; None if one is not as it was, or there are others."""
    bag, texts = Bag(), dict[str, str]()
    for above, below in pairwise(taken):
        if base_of_name(above.folder, below.folder.name) != below.folder:
            return None
    for one in taken:
        present = yaml_files(one.folder, bag)
        if present is None or tuple(map(str, present)) != one.files:
            return None
        data = {path: read_bytes(path, bag) for path in present}
        if digest({path.name: found or b"" for path, found in data.items()}) != one.digest:
            return None
        decoded = [decode(found or b"", str(path), bag) for path, found in data.items()]
        texts.update({file.name: file.text for file in decoded if file is not None})
    return None if bag.diagnostics else texts


def _used(path: Path) -> None:
    """Note, once a day, that an entry is of use still."""
    with suppress(OSError):
        if path.stat().st_mtime < time.time() - _DAY:
            os.utime(path)


# -- writing ------------------------------------------------------------------------------------


def keep(rulebook: Path, readings: Mapping[str, str], made: Kept, taken: tuple[Taken, ...]) -> None:
    """Keep what was made of a rulebook of which nothing is to be said, if that can be.

    Args:
        rulebook: Its folder.
        readings: The options that are not those that it chooses itself.
        made: The program, and what goes with it.
        taken: What was read for it.
    """
    path = _path(rulebook, readings)
    if path is None:
        return
    with suppress(*_WRONG):
        body = _body(made, taken).encode("utf-8")
        of = [(str(one.folder), one.files, one.digest) for one in taken]
        head = json.dumps({"sum": _sum(body), "taken": of})
        _write(path, head.encode() + b"\n" + body)
        _sweep(path.parent)


def _body(made: Kept, taken: tuple[Taken, ...]) -> str:
    known = {file for one in taken for file in one.files}
    return codec.encode((made.program, dict(made.clauses)), known)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.stem}-{os.getpid()}-{get_ident()}{_UNFINISHED}")
    try:
        unfinished.write_bytes(data)
        unfinished.replace(path)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise


def _sweep(place: Path) -> None:
    """Drop entries until the rest is within the limit, those first that were of no use longest."""
    entries = [path for path in paths.inside(place) or () if path.suffix in (_SUFFIX, _UNFINISHED)]
    aged = sorted(((p.stat().st_mtime, p.stat().st_size, p) for p in entries), reverse=True)
    left, yesterday = _LIMIT, time.time() - _DAY
    for when, size, path in aged:
        left -= size
        if left < 0 or (path.suffix == _UNFINISHED and when < yesterday):
            path.unlink(missing_ok=True)


# -- names --------------------------------------------------------------------------------------


def _path(rulebook: Path, readings: Mapping[str, str]) -> Path | None:
    place = folder()
    if place is None:
        return None
    try:
        of = [_FORMAT, _khung(), str(rulebook), str(paths.real(rulebook)), sorted(readings.items())]
    except (OSError, resources.MissingDataError):
        return None
    return place / f"{_sum(json.dumps(of).encode())}{_SUFFIX}"


def _sum(data: bytes) -> str:
    return sha256(data).hexdigest()


@cache
def _khung() -> list[Any]:
    """Return what tells this khung from others: names, sizes and times of its own files."""
    return [sys.version, _files(resources.PACKAGE), _files(resources.data_dir("schemas"))]


def _files(place: Path | os.DirEntry[str]) -> list[tuple[str, int, int]]:
    found = []
    with os.scandir(place) as entries:
        for entry in sorted(entries, key=lambda one: one.name):
            if entry.is_dir():
                found += [] if entry.name == "__pycache__" else _files(entry)
            else:
                about = entry.stat()
                found.append((entry.path, about.st_size, about.st_mtime_ns))
    return found
