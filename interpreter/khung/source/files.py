"""A file on disk to a `SourceFile`: UTF-8, without byte order mark, in NFC.

Never raises for what a file is or holds: whatever is wrong is a diagnostic. Only regular files
are opened, so that a device or a pipe cannot make khung wait.

Reports: K0101-K0107.
"""

from __future__ import annotations

import stat
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from typing import TYPE_CHECKING

from khung import paths
from khung.source import limits
from khung.text import SourceFile, Span, nfc

if TYPE_CHECKING:
    from pathlib import Path

    from khung.diagnostics.bag import Bag

_ZIP = b"PK\x03\x04"  # what Excel and Word files begin with


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
        if len(data) <= limit:
            return data
        bag.add("K0107", None, file=name, limit=limit // limits.MIB)
    return None


def _report_absent(path: Path, name: str, bag: Bag) -> None:
    from khung.diagnostics.suggest import nearest  # noqa: PLC0415  # only needed for advice

    near = nearest(path.name, [p.name for p in paths.inside(path.parent) or ()])
    bag.add("K0101", None, help="near" if near else "", file=name, near=near or "")


def decode(data: bytes, name: str, bag: Bag) -> SourceFile | None:
    """Decode the bytes of a text file; `name` is what messages call it."""
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        bag.add("K0106", None, help="utf16", file=name)
        return None
    if b"\0" in data or data.startswith(_ZIP):
        bag.add("K0105", None, help="office" if data.startswith(_ZIP) else "", file=name)
        return None
    try:
        return SourceFile(name, nfc(data.removeprefix(BOM_UTF8).decode("utf-8")))
    except UnicodeDecodeError as error:
        _report_not_utf8(error, data.removeprefix(BOM_UTF8), name, bag)
        return None


def _report_not_utf8(error: UnicodeDecodeError, data: bytes, name: str, bag: Bag) -> None:
    before = data[: error.start].decode("utf-8")
    file = SourceFile(name, data.decode("utf-8", "replace"))
    span = Span(file, len(before), len(before) + 1)
    byte = f"0x{data[error.start]:02X}"
    bag.add("K0106", span, file=name, byte=byte, line=file.position(span.start)[0])
