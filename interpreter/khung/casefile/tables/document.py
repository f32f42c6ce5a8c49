"""What is in a workbook of the open document format, `.ods`, that its reader does not tell.

In: its `content.xml`. Out: cells with an error, and rows that are hidden, by sheet.
"""

from __future__ import annotations

import re
from html import unescape

from khung.casefile.tables.raw import Odd

_TAG = re.compile(
    rb"<table:(table-row|table-cell|covered-table-cell|table)(?=[ />])([^>]*?)(/?)>"
    rb"(?:<text:p[^>]*>([^<]*)<)?"
)
_NAME = re.compile(rb'table:name="([^"]*)"')
_ROWS = re.compile(rb'number-rows-repeated="(\d+)"')
_COLUMNS = re.compile(rb'number-columns-repeated="(\d+)"')
_ERROR = b'value-type="error"'
_UNSEEN = (b'visibility="collapse"', b'visibility="filter"')

Found = dict[str, tuple[dict[tuple[int, int], Odd], tuple[int, ...]]]


def odd_parts(data: bytes) -> Found:
    """Return odd cells by row and column and hidden rows, by sheet; nothing if there are none."""
    if _ERROR not in data and not any(one in data for one in _UNSEEN):
        return {}
    found: Found = {}
    cells: dict[tuple[int, int], Odd] = {}
    rows: list[int] = []
    name, row, column, repeated = "", 0, 0, 1
    for kind, said, _, text in _TAG.findall(data):
        if kind == b"table":
            cells, rows = {}, []
            name, row, repeated = _named(said), 0, 1
        elif kind == b"table-row":
            row, column = row + repeated, 0
            repeated = _count(_ROWS, said)
            rows += [row] if any(one in said for one in _UNSEEN) else []
        else:
            column += 1
            if _ERROR in said:
                cells[row, column] = Odd("error", text.decode("utf-8", "replace") or "#?")
            column += _count(_COLUMNS, said) - 1
        found[name] = cells, tuple(rows)
    return {sheet: parts for sheet, parts in found.items() if any(parts)}


def _named(said: bytes) -> str:
    name = _NAME.search(said)
    return unescape(name[1].decode("utf-8", "replace")) if name else ""


def _count(pattern: re.Pattern[bytes], said: bytes) -> int:
    found = pattern.search(said)
    return int(found[1]) if found else 1
