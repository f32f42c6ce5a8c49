"""A file on disk to a `SourceFile`: UTF-8, without byte order mark, in NFC.

Never raises for what a file is or holds: whatever is wrong is a diagnostic. Only regular files
are opened, so that a device or a pipe cannot make khung wait.

Reports: K0101-K0107.
"""

from __future__ import annotations

import os
import stat
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from khung import paths
from khung.source import limits
from khung.surfaces import ENGLISH
from khung.text import SourceFile, Span, nfc

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from khung.diagnostics.bag import Bag

_UNSAVED: ContextVar[Mapping[str, bytes] | None] = ContextVar("unsaved", default=None)

_FORMATS = (
    (b"pk\x03\x04", "office"),
    (b"{\\rtf", "rtf"),
    (b"<html", "html"),
    (b"<!doctype html", "html"),
)
"""How files of office programs begin, in small letters, each with its advice."""

_HEAD = 200  # bytes among which that is looked for


@contextmanager
def unsaved(texts: Mapping[str, bytes]) -> Iterator[None]:
    """Read some files as an editor holds them, not as they are on disk, until the block ends.

    Args:
        texts: Their bytes, by path as `place_of` gives it.
    """
    token = _UNSAVED.set(texts)
    try:
        yield
    finally:
        _UNSAVED.reset(token)


def held() -> Mapping[str, bytes]:
    """Return the texts that are read in place of files."""
    return _UNSAVED.get() or {}


def place_of(path: Path | str) -> str:
    """Return a path from the root, without steps up, as unsaved texts are known by it."""
    return os.path.abspath(path)  # noqa: PTH100  # links stay as they are


def read_source(
    path: Path, bag: Bag, shown: str | None = None, limit: int = limits.RULEBOOK_FILE_BYTES
) -> SourceFile | None:
    """Read a text file, or report why it cannot be read.

    Args:
        path: The file.
        bag: Where to report.
        shown: The name to say in messages; the path itself if None.
        limit: The greatest size, in bytes.
    """
    data = read_bytes(path, bag, shown, limit)
    return None if data is None else decode(data, str(path) if shown is None else shown, bag)


def read_bytes(
    path: Path, bag: Bag, shown: str | None = None, limit: int = limits.RULEBOOK_FILE_BYTES
) -> bytes | None:
    """Read the bytes of a file, as `read_source` does."""
    name = str(path) if shown is None else shown
    texts = _UNSAVED.get()
    if texts and (held := texts.get(place_of(path))) is not None:
        return _within(held, name, limit, bag)
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            bag.add("K0102", None, help="folder" if stat.S_ISDIR(mode) else "", file=name)
            return None
        with path.open("rb") as stream:
            data = stream.read(limit + 1)
    except (FileNotFoundError, NotADirectoryError):
        _report_absent(path, name, bag)
    except (OSError, ValueError):  # ValueError: a NUL in the name
        bag.add("K0103", None, file=name)
    else:
        return _within(data, name, limit, bag)
    return None


def _within(data: bytes, name: str, limit: int, bag: Bag) -> bytes | None:
    """Return what was read if it is no larger than it may be."""
    if len(data) <= limit:
        return data
    bag.add("K0107", None, file=name, limit=limit // limits.MIB)
    return None


def _report_absent(path: Path, name: str, bag: Bag) -> None:
    from khung.diagnostics.suggest import nearest  # noqa: PLC0415  # only needed for advice

    beside = [p.name for p in paths.inside(path.parent) or ()]
    hidden = f"{path.name}.txt"
    near = hidden if hidden in beside else nearest(path.name, beside) or ""
    advice = "txt" if near == hidden else "near" if near else ""
    bag.add("K0101", None, help=advice, file=name, near=near, name=path.name)


def decode(data: bytes, name: str, bag: Bag, surface: str = ENGLISH) -> SourceFile | None:
    """Decode the bytes of a text file; `name` is what messages call it.

    `surface` says in which words the expressions in it are written.
    """
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        data = _from_utf16(data)
    code, advice = _no_text(data)
    if code:
        bag.add(code, None, help=advice, file=name)
        return None
    try:
        text = nfc(data.removeprefix(BOM_UTF8).decode("utf-8"))
        return SourceFile(name, text, surface=surface)
    except UnicodeDecodeError as error:
        _report_not_utf8(error, data.removeprefix(BOM_UTF8), name, bag)
        return None


def _no_text(data: bytes) -> tuple[str, str]:
    """Return what is to be said of bytes that show to be no text in UTF-8, and the advice."""
    head = data[:_HEAD]
    start = head.removeprefix(BOM_UTF8).lstrip().lower()
    kind = next((kind for begins, kind in _FORMATS if start.startswith(begins)), "")
    if kind or b"\0" not in data:
        return ("K0105" if kind else ""), kind
    every_other = max(head[0::2].count(0), head[1::2].count(0))
    return ("K0106", "utf16") if every_other * 2 > len(head) // 2 else ("K0105", "")


def _from_utf16(data: bytes) -> bytes:
    """Return as UTF-8 what is in UTF-16 with its mark; as it is where it is not whole."""
    try:
        return data.decode("utf-16").encode("utf-8")
    except UnicodeDecodeError:
        return data


def _report_not_utf8(error: UnicodeDecodeError, data: bytes, name: str, bag: Bag) -> None:
    before = data[: error.start].decode("utf-8")
    file = SourceFile(name, data.decode("utf-8", "replace"))
    span = Span(file, len(before), len(before) + 1)
    byte = f"0x{data[error.start]:02X}"
    bag.add("K0106", span, file=name, byte=byte, line=file.position(span.start)[0])
