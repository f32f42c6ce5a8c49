"""Rulebooks that were made ready, kept in a folder, so that the next start reads them ready made.

An entry is a file: a line of JSON that says what it was made of, and `ir.codec`'s text. It counts
only where all of that is so still: the same files with the same bytes, the same khung, and not a
byte of it lost. What is not so, or cannot be read, is made anew without a word: a cache that does
not work costs time and nothing else. Files are written beside their place and moved there whole,
so that two processes never see half of one.

Beside it, another file has what was made of the program to evaluate it (`engine.kept`), and others
have its rules as SQL (`population.kept`): code, so it must be as safe as the program's own
`__pycache__`, or is not looked at. Folder and file must be the user's, and nobody else able to
write into them, which is asked of the system each time; where that cannot be asked, only the folder
that the system itself names as the user's own is trusted.
"""

from __future__ import annotations

import json
import os
import stat
import sys
import time
import zlib
from contextlib import suppress
from functools import cache
from itertools import pairwise
from pathlib import Path
from threading import get_ident
from typing import TYPE_CHECKING

from khung import paths, resources
from khung.diagnostics.bag import Bag
from khung.digests import sha256
from khung.engine.kept import Kept as Made
from khung.engine.kept import dump, kept_of, take_over
from khung.ir import codec
from khung.records import dataclass
from khung.rulebook.folder import Taken, base_of_name, digest, yaml_files
from khung.source.files import decode, read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from khung.ir.codec import Places
    from khung.ir.program import Program
    from khung.rulebook.model import Label

VARIABLE = "KHUNG_CACHE"
"""The environment variable that names the folder, or says `off`."""

_OFF = "off"
_FORMAT = 4
_LIMIT = 192 * 2**20  # bytes of all files: a year's cases ask for some 70 choices of readings
_DAY = 24 * 3600.0
_SUFFIX, _CODE, _SQL, _UNFINISHED = ".khung", ".code", ".sql", ".part"
_WRONG = (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError, EOFError)
"""What reading an entry raises that is not as it should be."""

_ENOUGH = 20  # functions, which take about as long to write anew as a file of them


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
        _used(path.with_suffix(_CODE))
    return found


def _read(path: Path) -> Kept | None:
    head, _, body = path.read_bytes().partition(b"\n")
    said = json.loads(head)
    if said["sum"] != _sum(body):
        return None
    texts = _texts([Taken(Path(of), tuple(files), was) for of, files, was in said["taken"]])
    if texts is None:
        return None
    pair, places = codec.decode(body.decode("utf-8"), texts.__getitem__)
    places.let_go(pair)
    take_over(pair[0], _made_of(path, said["sum"], places))
    return Kept(*pair)


def _made_of(path: Path, of: str, places: Places) -> Made:
    """Return what is kept of what was made of the program of an entry."""
    with suppress(*_WRONG):
        head, _, body = _trusted(path.with_suffix(_CODE)).partition(b"\n")
        if head.decode().split() == [of, _sum(body)]:
            return Made(places, body)
    return Made(places)


def _trusted(path: Path) -> bytes:
    """Return the bytes of a file that nobody else can have written; none if that is not sure."""
    if not _is_own(path.parent.stat()):
        return b""
    with path.open("rb") as stream:
        return stream.read() if _is_own(os.fstat(stream.fileno())) else b""


def _is_own(found: os.stat_result) -> bool:
    if not hasattr(os, "geteuid"):
        return not os.environ.get(VARIABLE)
    others = stat.S_IWGRP | stat.S_IWOTH
    return found.st_uid == os.geteuid() and not found.st_mode & others


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
        known = {file for one in taken for file in one.files}
        pair = (made.program, dict(made.clauses))
        text, places = codec.encode(pair, known)
        places.let_go(pair)
        body = text.encode("utf-8")
        of = [(str(one.folder), one.files, one.digest) for one in taken]
        head = json.dumps({"sum": _sum(body), "taken": of})
        _write(path, head.encode() + b"\n" + body)
        _sweep(path.parent)
        take_over(made.program, Made(places))


def keep_made(rulebook: Path, readings: Mapping[str, str], program: Program) -> None:
    """Keep what was made of a program to evaluate it, if that is much that is not kept yet.

    Args:
        rulebook: The folder of its rulebook.
        readings: The options that are not those that it chooses itself.
        program: A program that was found or kept here.
    """
    path, kept = _path(rulebook, readings), kept_of(program)
    if path is None or kept is None or kept.added < _ENOUGH:
        return
    with suppress(*_WRONG):
        with path.open("rb") as stream:
            of = json.loads(stream.readline())["sum"]
        body = dump(program, kept)
        _write(path.with_suffix(_CODE), f"{of} {_sum(body)}\n".encode() + body)
        _sweep(path.parent)
        kept.added = 0


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
    sorts = (_SUFFIX, _CODE, _SQL, _UNFINISHED)
    entries = [path for path in paths.inside(place) or () if path.suffix in sorts]
    aged = sorted(((p.stat().st_mtime, p.stat().st_size, p) for p in entries), reverse=True)
    left, yesterday = _LIMIT, time.time() - _DAY
    for when, size, path in aged:
        left -= size
        if left < 0 or (path.suffix == _UNFINISHED and when < yesterday):
            path.unlink(missing_ok=True)


# -- compiled rules -----------------------------------------------------------------------------


def find_text(of: str) -> str | None:
    """Return what was kept of compiled rules, if nobody else can have written it.

    Args:
        of: What tells them from others.
    """
    path = _sql(of)
    if path is None:
        return None
    try:
        head, _, body = _trusted(path).partition(b"\n")
    except OSError:
        return None
    if not head or head.decode(errors="replace") != _sum(body):
        return None
    _used(path)
    return body.decode("utf-8", errors="replace")


def keep_text(of: str, text: str) -> None:
    """Keep compiled rules, if that can be; as `find_text` finds them."""
    path, body = _sql(of), text.encode("utf-8")
    if path is not None:
        with suppress(OSError):
            _write(path, f"{_sum(body)}\n".encode() + body)
            _sweep(path.parent)


def _sql(of: str) -> Path | None:
    place = folder()
    if place is None:
        return None
    try:
        named = sha256(json.dumps([_FORMAT, _khung(), of]).encode())
    except (OSError, resources.MissingDataError):
        return None
    return place / f"{named.hexdigest()}{_SQL}"


# -- names --------------------------------------------------------------------------------------


def _path(rulebook: Path, readings: Mapping[str, str]) -> Path | None:
    place = folder()
    if place is None:
        return None
    try:
        of = [_FORMAT, _khung(), str(rulebook), str(paths.real(rulebook)), sorted(readings.items())]
    except (OSError, resources.MissingDataError):
        return None
    return place / f"{sha256(json.dumps(of).encode()).hexdigest()}{_SUFFIX}"


def _sum(data: bytes) -> str:
    """Return what shows that a byte was lost or changed by chance."""
    return f"{zlib.crc32(data):08x}-{len(data)}"


@cache
def _khung() -> str:
    """Return what tells this khung from others: names, sizes and times of its own files."""
    places = (str(resources.PACKAGE), str(resources.data_dir("schemas")))
    return "\n".join([sys.version, *sorted(line for place in places for line in _files(place))])


def _files(place: str) -> Iterator[str]:
    with os.scandir(place) as entries:
        for entry in entries:
            if not entry.is_dir():
                about = entry.stat()
                yield f"{entry.path} {about.st_size} {about.st_mtime_ns}"
            elif entry.name != "__pycache__":
                yield from _files(entry.path)
