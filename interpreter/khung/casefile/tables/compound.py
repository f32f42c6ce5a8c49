"""What is in a workbook of the old form, `.xls`, that its reader does not tell.

The reader gives an empty cell for an error, and a number for a formula that gives a text. Both are
found in the records of each sheet. In: the bytes of a compound file. Out: odd cells by sheet, in
the order of the workbook.

Source: [MS-CFB] and [MS-XLS], the published descriptions of the two forms.
"""

from __future__ import annotations

from struct import Struct, error
from typing import TYPE_CHECKING

from khung.casefile.tables.raw import Odd

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEADER_SECTORS = 109  # places of the table of sectors that the header itself has
_LAST = 0xFFFFFFFA  # from here on a number is no sector
_STREAMS = ("Workbook", "Book")
_ENTRY = 128
_SMALL = 4096
_SMALL_SECTOR = 64

_BOUNDSHEET, _EOF, _FORMULA, _BOOLERR, _FILEPASS = 0x0085, 0x000A, 0x0006, 0x0205, 0x002F
_WORKSHEET = 0
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}

_TWO, _FOUR = Struct("<H"), Struct("<I")
_CELL = Struct("<HHH")
_PLACE = Struct("<IBB")

Cells = dict[tuple[int, int], Odd]


def odd_cells(data: bytes) -> list[Cells] | str:
    """Return the odd cells of each worksheet, or why it is not read: a name of the advice of K0687.

    Cells are found by row and column.
    """
    try:
        stream = _stream(data)
        if stream is None:
            return "damaged"
        if any(kind == _FILEPASS for kind, _ in _records(stream, 0)):
            return "encrypted"
        return [_of_sheet(stream, at) for at in _sheets(stream)]
    except (error, IndexError, ValueError):
        return "damaged"


# -- the container --------------------------------------------------------------------------------


def _stream(data: bytes) -> bytes | None:
    """Return the stream of the workbook."""
    size = 1 << _TWO.unpack_from(data, 30)[0]
    table = _table(data, size)
    folder = _chain(data, size, _FOUR.unpack_from(data, 48)[0], table)
    entries = [folder[at : at + _ENTRY] for at in range(0, len(folder), _ENTRY)]
    for entry in entries:
        length = _TWO.unpack_from(entry, 64)[0]
        name = entry[: max(length - 2, 0)].decode("utf-16-le", "replace")
        if name in _STREAMS:
            start, stored = _FOUR.unpack_from(entry, 116)[0], _FOUR.unpack_from(entry, 120)[0]
            if stored >= _SMALL:
                return _chain(data, size, start, table)[:stored]
            root = _FOUR.unpack_from(entries[0], 116)[0]
            small = _chain(data, size, root, table)
            own = _numbers(_chain(data, size, _FOUR.unpack_from(data, 60)[0], table))
            return _pieces(small, _SMALL_SECTOR, start, own, 0)[:stored]
    return None


def _table(data: bytes, size: int) -> list[int]:
    """Return for each sector the next one of its stream."""
    places = list(_numbers(data[76 : 76 + 4 * _HEADER_SECTORS]))
    more = _FOUR.unpack_from(data, 68)[0]
    seen: set[int] = set()
    while more < _LAST and more not in seen:
        seen.add(more)
        own = _numbers(data[(more + 1) * size : (more + 2) * size])
        places += own[:-1]
        more = own[-1]
    kept = (place for place in places if place < _LAST)
    return [n for place in kept for n in _numbers(data[(place + 1) * size : (place + 2) * size])]


def _numbers(data: bytes) -> list[int]:
    return [number for (number,) in _FOUR.iter_unpack(data[: len(data) // 4 * 4])]


def _chain(data: bytes, size: int, start: int, table: list[int]) -> bytes:
    return _pieces(data, size, start, table, 1)


def _pieces(data: bytes, size: int, start: int, table: list[int], first: int) -> bytes:
    """Return the sectors of a stream; `first` is how many stand before the one of number 0."""
    found: list[bytes] = []
    at = start
    while at < _LAST:
        if len(found) > len(table):
            raise ValueError(at)  # it goes in a circle
        found.append(data[(at + first) * size : (at + first + 1) * size])
        at = table[at]
    return b"".join(found)


# -- records --------------------------------------------------------------------------------------


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Yield the records of a part of a workbook, from its first one to its end."""
    while at + 4 <= len(stream):
        kind, size = _TWO.unpack_from(stream, at)[0], _TWO.unpack_from(stream, at + 2)[0]
        if kind == _EOF:
            return
        yield kind, stream[at + 4 : at + 4 + size]
        at += 4 + size


def _sheets(stream: bytes) -> list[int]:
    """Return where the worksheets begin."""
    heads = (data for kind, data in _records(stream, 0) if kind == _BOUNDSHEET)
    places = (_PLACE.unpack_from(data) for data in heads)
    return [start for start, _, sort in places if sort == _WORKSHEET]


def _of_sheet(stream: bytes, start: int) -> Cells:
    found: Cells = {}
    for kind, data in _records(stream, start):
        odd: Odd | None = None
        if kind == _BOOLERR and data[7]:
            odd = _error(data[6])
        elif kind == _FORMULA and data[12:14] == b"\xff\xff" and data[6] in (0, 2):
            odd = _error(data[8]) if data[6] else Odd("formula", "=…")
        if odd is not None:
            row, column, _ = _CELL.unpack_from(data)
            found[row + 1, column + 1] = odd
    return found


def _error(code: int) -> Odd:
    return Odd("error", _ERRORS.get(code, "#?"))
