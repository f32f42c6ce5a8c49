"""What is in a workbook, looked at before anything of it is unpacked, and what its reader hides.

A workbook is an archive that a few bytes can make unpack to any size, and whose sheets can claim
any size. Here each part is read to the size that the archive says and no further, and checked
against its sum, so that what the archive says is so; then the cells that a sheet spans are counted.

The reader of workbooks gives an empty cell for an error such as `#REF!`, and for a formula of
which no value was kept; these are found here. In: the bytes of a file. Out: an `Archive`.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import field
from html import unescape
from posixpath import join, normpath
from typing import TYPE_CHECKING

from khung.casefile.tables.document import odd_parts
from khung.casefile.tables.raw import Odd
from khung.patterns import pattern
from khung.records import dataclass
from khung.source import limits

if TYPE_CHECKING:
    from collections.abc import Iterator

_MANIFEST = "META-INF/manifest.xml"
_MOST_PARTS = 10_000
_MEDIA = pattern(
    r"(?:xl/)?(?:media|drawings|charts|embeddings|printerSettings|Pictures|Thumbnails)/"
)
_SHEET = pattern(r"<(?:\w+:)?sheet\b[^>]*>")
_RELATION = pattern(r"<(?:\w+:)?Relationship\b[^>]*>")
_ATTRIBUTE = pattern(r"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_REPEATED = re.compile(rb'number-(?:rows|columns)-repeated="(\d+)"[^>]*office:value')
_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_NUMBER = re.compile(rb"\br\s*=\s*[\"'](\d+)")
_HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
_COLUMN = re.compile(rb"=\s*[\"']([A-Z]{1,4})\d")  # whatever refers to a cell, as that is quick
_FORMULA = (b"<f>", b"<f ", b":f>", b":f ", b"<f/>", b":f/>")
_ODD = (b't="e"', *_FORMULA)  # what cells have that are looked at
_CELL = re.compile(rb"<(?:\w+:)?c\s")
_PLACE = re.compile(rb'\br="([A-Z]+)(\d+)"')
_VALUE = re.compile(rb"<(?:\w+:)?(?:v|t)\b[^>]*>([^<]*)<")


_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,  # a part that is named and not there
    ValueError,
    NotImplementedError,
    OSError,
)


@dataclass(frozen=True, slots=True)
class Hidden:
    """What the reader does not tell of a sheet: odd cells by row and column, hidden rows."""

    cells: dict[tuple[int, int], Odd] = field(default_factory=dict)
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Archive:
    """A workbook that can be read. `sheets` has what is hidden by name of the sheet."""

    sheets: dict[str, Hidden]


def inspect(data: bytes) -> Archive | str:
    """Return what a workbook holds, or why it is not read: a name of the advice of K0687.

    Args:
        data: The bytes of a file that is an archive.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _inspected(archive)
    except _DAMAGE:
        return "damaged"
    except RuntimeError:  # as `zipfile` says that a password is asked for
        return "encrypted"


def _inspected(archive: zipfile.ZipFile) -> Archive | str:
    parts = archive.infolist()
    if len(parts) > _MOST_PARTS or sum(p.file_size for p in parts) > limits.WORKBOOK_BYTES:
        return "bomb"
    names = {part.filename for part in parts}
    if any(name.endswith("vbaProject.bin") for name in names):
        return "macro"
    read = [p.filename for p in parts if not _MEDIA.match(p.filename)]
    if "content.xml" in names:
        manifest = archive.read(_MANIFEST) if _MANIFEST in names else b""
        if b"encryption-data" in manifest:
            return "encrypted"
        return _of_document(archive, read)
    if "xl/workbook.xml" not in names:
        return "other"
    sheets: dict[str, Hidden] = {}
    paths = dict(_sheets(archive))
    for name in read:
        data = archive.read(name)
        for sheet in (s for s, path in paths.items() if path == name):
            if _cells(data) > limits.TABLE_CELLS:
                return "large"
            sheets[sheet] = _hidden(data)
    return Archive(sheets)


def _of_document(archive: zipfile.ZipFile, read: list[str]) -> Archive | str:
    """Return what is in a workbook of the open document format."""
    sheets: dict[str, Hidden] = {}
    for name in read:
        data = archive.read(name)
        if name.endswith(".xml") and not _is_whole(data):
            return "damaged"  # as the reader may never end
        if name == "content.xml":
            repeated = (int(found) for found in _REPEATED.findall(data))
            if sum(n for n in repeated if n > 1) > limits.TABLE_CELLS:
                return "large"
            sheets = {sheet: Hidden(*parts) for sheet, parts in odd_parts(data).items()}
    return Archive(sheets)


def _is_whole(data: bytes) -> bool:
    """Whether a part is XML to its end."""
    from xml.parsers import expat  # noqa: PLC0415  # only for such workbooks

    try:
        expat.ParserCreate().Parse(data, True)  # that is all of it
    except (expat.ExpatError, LookupError, ValueError):  # of an encoding that nobody knows
        return False
    return True


def _sheets(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Yield the name of each sheet and the part that it is in."""
    links = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    targets = {
        a.get("Id", ""): a.get("Target", "") for a in map(_attributes, _RELATION.findall(links))
    }
    book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
    for found in map(_attributes, _SHEET.findall(book)):
        link = next((v for k, v in found.items() if k.endswith(":id")), "")
        target = targets.get(link, "")
        path = target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))
        yield found.get("name", ""), path


def _attributes(tag: str) -> dict[str, str]:
    return {key: unescape(one or other) for key, one, other in _ATTRIBUTE.findall(tag)}


def _cells(data: bytes) -> int:
    """Return how many cells lie between the first and the last of a sheet."""
    rows = [int(found) for found in _NUMBER.findall(b" ".join(_ROW.findall(data)))]
    columns = max(map(_place, set(_COLUMN.findall(data))), default=0)
    return max(rows, default=0) * columns


def _place(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _hidden(data: bytes) -> Hidden:
    rows: list[int] = []
    if b'hidden="1"' in data or b'hidden="true"' in data:
        tags = (tag for tag in _ROW.findall(data) if _HIDDEN.search(tag))
        rows = [int(found[1]) for tag in tags if (found := _NUMBER.search(tag))]
    cells: dict[tuple[int, int], Odd] = {}
    if any(mark in data for mark in _ODD):
        for piece in _CELL.split(data)[1:]:
            if any(mark in piece for mark in _ODD):
                attributes, _, rest = piece.partition(b">")
                odd, place = _odd(attributes, rest), _PLACE.search(attributes)
                if odd is not None and place is not None:
                    cells[int(place[2]), _place(place[1])] = odd
    return Hidden(cells, tuple(rows))


def _odd(attributes: bytes, rest: bytes) -> Odd | None:
    """Return what a cell is that the reader gives as empty; None of any other."""
    inside = b"" if attributes.endswith(b"/") else rest[: rest.find(b"c>")]
    value = _VALUE.search(inside)
    if b't="e"' in attributes:
        return Odd("error", value[1].decode("utf-8", "replace") if value else "#?")
    is_formula = any(mark in inside for mark in _FORMULA)
    has_text = b't="str"' in attributes  # its value may be the empty text
    is_kept = value is not None and value[1] != b""
    return Odd("formula", "=…") if is_formula and not is_kept and not has_text else None
