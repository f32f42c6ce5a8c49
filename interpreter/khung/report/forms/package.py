"""A template as the package of parts that it is, opened with care.

In: the bytes of a Word or Excel file. Out: its parts by name. Nothing that runs, or that a reader
would fetch from elsewhere, is let through.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MOST_BYTES = 10_000_000
"""Of a template."""

_MOST_UNPACKED = 100_000_000
_MOST_PARTS = 1_000
CONTENT_TYPES = "[Content_Types].xml"
"""The part that says what each of the others is."""

_RUNS = re.compile(
    r"vbaProject|vbaData|macrosheets/|/embeddings/|activeX|oleObject|externalLinks/|customUI"
    r"|attachedToolbars|/connections\.xml|queryTables/",
    re.IGNORECASE,
)
"""Names of parts that hold code, or data that are fetched."""

_INSTRUCTION = re.compile(
    rb"<w:instrText[^>]*>([^<]*)</w:instrText>|<w:fldSimple[^>]*w:instr=\"([^\"]*)"
)
"""What a field of Word does; it may be written in several pieces."""

_FETCHING = re.compile(
    rb"\b(DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|INCLUDE|IMPORT|LINK|DATABASE|MACROBUTTON|RD)\b"
)
_FETCHES = re.compile(rb"<w:altChunk|<ddeLink|<oleObject|<w:attachedTemplate")
_ELSEWHERE = re.compile(rb"<Relationship\b(?=[^>]*TargetMode=\"External\")[^>]*>")
_HYPERLINK = b"/relationships/hyperlink"


_BROKEN = (
    zipfile.BadZipFile,
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,  # of a package with a password
    ValueError,
)


class UnsoundError(Exception):
    """A file is no sound template; `advice` says how, by the names of help of K0592 or K0593."""

    def __init__(self, code: str, advice: str, part: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.advice = advice
        self.part = part


def parts_of(data: bytes) -> Mapping[str, bytes]:
    """Return the parts of a template. Raises UnsoundError (K0592, K0593)."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):  # how an encrypted file, or one of before 2007, begins
        raise UnsoundError("K0592", "old")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = dict(_read(package))
    except (*_BROKEN, zlib.error) as error:
        raise UnsoundError("K0592", "broken") from error
    for name, found in parts.items():
        _refuse_active(name, found)
    if CONTENT_TYPES not in parts:
        raise UnsoundError("K0592", "broken")
    if b"macroEnabled" in parts[CONTENT_TYPES]:
        raise UnsoundError("K0593", "macros", CONTENT_TYPES)
    return parts


def _read(package: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    """Yield the parts; what a package says of its size is not believed."""
    listed, left = package.infolist(), _MOST_UNPACKED
    if len(listed) > _MOST_PARTS:
        raise UnsoundError("K0592", "large")
    for info in listed:
        if info.is_dir():
            continue
        with package.open(info) as part:
            found = part.read(left + 1)
        left -= len(found)
        if left < 0:
            raise UnsoundError("K0592", "large")
        yield info.filename, found


def _refuse_active(name: str, data: bytes) -> None:
    if _RUNS.search(name):
        raise UnsoundError("K0593", "macros" if "vba" in name.lower() else "active", name)
    if not name.endswith((".xml", ".rels")):
        return
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise UnsoundError("K0592", "entities", name)
    done = b"".join(piece or b" %b " % whole for piece, whole in _INSTRUCTION.findall(data))
    if _FETCHES.search(data) or _FETCHING.search(done.upper()):
        raise UnsoundError("K0593", "active", name)
    if any(_HYPERLINK not in found for found in _ELSEWHERE.findall(data)):
        raise UnsoundError("K0593", "active", name)


def packed(parts: Mapping[str, bytes]) -> bytes:
    """Return parts as a file; the same parts give the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(info, data)
    return made.getvalue()
