"""The head of a case of tables: `case.yaml` in a folder, the sheet `case` in a workbook.

The sheet says the keys of the head of a case file, one a row: somewhere in a row stands the key,
`rulebook` or `readings.ballots`, and its value in the cell to its right; the keys stand in one
column, that in which `rulebook` does. Other columns explain. Lists are parted by commas.

Reports: K0601, K0694 and those of `casefile.from_source`.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from khung import paths
from khung.casefile.from_source import case_of, read_case
from khung.casefile.tables.cells import day_of, shown
from khung.casefile.tables.files import BESIDE, HEAD_FILE
from khung.casefile.tables.raw import Odd, is_empty
from khung.casefile.tables.words import clean, folded, truths
from khung.diagnostics.suggest import nearest
from khung.patterns import pattern
from khung.records import dataclass
from khung.source.meant import serial_day
from khung.source.nodes import Entry, Mapping, Scalar, Sequence
from khung.text import PlacedText, Span

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from khung.casefile.model import CaseFile
    from khung.casefile.tables.raw import Cell
    from khung.diagnostics.bag import Bag
    from khung.source.nodes import Node, Plain
    from khung.text import Grid

KEYS = ("case", "rulebook", "on", "complete", "overlays", "ignore")
"""What the sheet of the head may say; `readings.NAME` besides."""

_READINGS = "readings."
_LISTS = ("complete", "overlays", "ignore")
_TITLE = "title"  # people write it for `case`
_PARTS = pattern(r"\s*[,;\n]\s*")


@dataclass(frozen=True, slots=True)
class Head:
    """The head, and sheets that it says to leave aside."""

    case: CaseFile
    ignored: tuple[str, ...] = ()


def head_of_folder(folder: Path, bag: Bag) -> Head | None:
    """Return the head of a folder of tables; None after a diagnostic."""
    path = folder / HEAD_FILE
    if not paths.is_file(path):
        bag.add("K0601", None, folder=str(folder), name=HEAD_FILE)
        return None
    case = read_case(path, bag)
    return None if case is None else Head(case)


def head_of_sheet(rows: list[list[Cell]], grid: Grid, bag: Bag) -> Head | None:
    """Return the head that a sheet says; None after a diagnostic."""
    number = _column_of_keys(rows)
    if number is None:
        bag.add("K0694", grid.span(1, 1, ""), help="rulebook", name="rulebook", near="")
        return None
    entries: list[Entry] = []
    readings: list[Entry] = []
    ignored: tuple[str, ...] = ()
    for key, value, spans in _pairs(rows, number, grid):
        if key == "ignore":
            ignored = tuple(_texts(value))
        elif key.startswith(_READINGS):
            readings.append(_entry(key.removeprefix(_READINGS), value, spans))
        elif key in KEYS or key == _TITLE:
            entries.append(_entry("case" if key == _TITLE else key, value, spans))
        else:
            near = nearest(key, (*KEYS, _READINGS)) or ""
            bag.add("K0694", spans[0], help="near" if near else "", name=key, near=near)
    if readings:
        place = readings[0].key_span
        entries.append(Entry("readings", Mapping(tuple(readings), place), place))
    place = grid.span(1, number, "")
    case = case_of(Mapping(tuple(entries), entries[0].key_span if entries else place), bag)
    return None if case is None else Head(case, ignored)


def _column_of_keys(rows: list[list[Cell]]) -> int | None:
    for row in rows:
        for number, cell in enumerate(row, 1):
            if isinstance(cell, str) and clean(cell) == "rulebook":
                return number
    return None


def _pairs(
    rows: list[list[Cell]], number: int, grid: Grid
) -> Iterator[tuple[str, Cell, tuple[Span, Span]]]:
    """Yield each key with its value and the places of both; one of which nothing is said is not."""
    for at, row in enumerate(rows, 1):
        key = row[number - 1] if number <= len(row) else None
        value = row[number] if number < len(row) else None
        if not isinstance(key, str) or is_empty(key) or key.startswith(BESIDE) or is_empty(value):
            continue
        key = clean(key)
        if key in KEYS or key == _TITLE or key.startswith(_READINGS) or key.isidentifier():
            places = grid.span(at, number, key), grid.span(at, number + 1, shown(value))
            yield key, value, places


def _entry(key: str, cell: Cell, spans: tuple[Span, Span]) -> Entry:
    span = spans[1]
    if key not in _LISTS:
        return Entry(key, scalar(_plain(key, cell), span), spans[0])
    said = truths().get(folded(cell)) if isinstance(cell, str) else cell
    if isinstance(said, bool):
        node: Node = scalar(said or None, span)
    else:
        node = Sequence(tuple(scalar(text, span) for text in _texts(cell)), span)
    return Entry(key, node, spans[0])


def _texts(cell: Cell) -> Iterator[str]:
    yield from filter(None, _PARTS.split(clean(shown(cell))))


def _plain(key: str, cell: Cell) -> Plain:
    """Return a cell as a case file says it: a day in its order, all else as a text."""
    if isinstance(cell, Odd):
        return cell.text
    if isinstance(cell, date):
        return str(cell.date() if isinstance(cell, datetime) else cell)
    text = clean(shown(cell))
    if key == "on":
        day = day_of(text)
        return str(day) if day is not None else int(text) if serial_day(text) else text
    return text


def scalar(value: Plain, span: Span) -> Scalar:
    """Return a cell as a node; its text is what is shown there."""
    text = span.text if value is None or isinstance(value, bool | int | Decimal) else value
    places = (*([span.start] * max(len(text), 1)), span.end)
    return Scalar(value, PlacedText(text, span.file, span.start, places), span, quoted=True)
