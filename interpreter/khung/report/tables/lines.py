"""The rows of a long table in a sheet, each written at once.

XlsxWriter looks at each cell by itself, at 15 µs; of a table of thousands of rows most cells hold a
text that another one holds, too. What it would write of a row is put together here, from what its
texts come to, and goes the same way: into the file of rows that it keeps where memory is constant.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_LINE, _AIR, _MOST_HEIGHT = 14.5, 2.0, 400.0  # points
_DENSE = 1.1  # letters of a text in the width of a digit, all in all
_MOST_KEPT = 1 << 14  # texts of a column


def lines_of(text: str, width: float) -> int:
    """Return how many lines a text takes in a column of a width, in letters."""
    return sum(max(1, ceil(len(line) / (width * _DENSE))) for line in text.splitlines())


def height(lines: int) -> float:
    """Return how high a row is in points: what programs would find is not the same in all."""
    return min(_LINE * lines, _MOST_HEIGHT) + _AIR


class Lines:
    """Writes rows of texts and numbers, one below the other.

    Attributes:
        sheet: That of XlsxWriter, of a workbook that keeps no rows in memory.
        columns: What the cells of each column are like.
    """

    def __init__(
        self,
        sheet: Any,
        formats: Sequence[Any],
        widths: Sequence[float],
        text: Callable[[str], str],
    ) -> None:
        """Write rows; `text` returns what a cell holds of a text."""
        self.sheet = sheet
        self.columns = [
            _Column(sheet, _letters(place), _style(how), width, text)
            for place, (how, width) in enumerate(zip(formats, widths, strict=True))
        ]

    def write(self, row: int, cells: Sequence[Any]) -> bool:
        """Write a row, from 0, behind all others; say whether that could be, of such cells."""
        number, most, found = str(row + 1), 1, []
        for column, cell in zip(self.columns, cells, strict=True):
            match cell:
                case None | "":
                    found.append(f"{column.begin}{number}{column.blank}")
                case str():
                    told = column.texts.get(cell) or column.told(cell)
                    most = max(most, told.lines)
                    found.append(f"{column.begin}{number}{told.text}")
                case int() if not isinstance(cell, bool):
                    found.append(f"{column.begin}{number}{column.style}><v>{cell:.16G}</v></c>")
                case _:
                    return False
        pixels = int(height(most) * 4 / 3 + 0.5)
        begin = f'<row r="{number}" ht="{pixels * 0.75:.16g}" customHeight="1">'
        self._put(row, f"{begin}{''.join(found)}</row>")
        return True

    def _put(self, row: int, text: str) -> None:
        sheet = self.sheet
        sheet._write_single_row(row)  # noqa: SLF001  # the one before, if it is not written yet
        sheet._check_dimensions(row, 0)  # noqa: SLF001  # so that the sheet knows of the row
        sheet.fh.write(text)


class _Told(NamedTuple):
    """What is written of a text behind the place of its cell, and how many lines it takes."""

    text: str
    lines: int


class _Column:
    """What the cells of a column are like; `texts` has what has been written of texts."""

    def __init__(
        self, sheet: Any, letters: str, style: int, width: float, text: Callable[[str], str]
    ) -> None:
        self.sheet, self.width, self.shown = sheet, width, text
        self.begin, self.style = f'<c r="{letters}', f'" s="{style}"'
        self.blank = f"{self.style}/>"
        self.texts: dict[str, _Told] = {}

    def told(self, cell: str) -> _Told:
        """Return what is written of a text."""
        if len(self.texts) >= _MOST_KEPT:
            self.texts.clear()
        shown, sheet = self.shown(cell), self.sheet
        kept = ' xml:space="preserve"' if shown != shown.strip() else ""
        told = sheet._escape_control_characters(shown)  # noqa: SLF001  # in the way of spreadsheets
        text = f'{self.style} t="inlineStr"><is><t{kept}>{escape(told)}</t></is></c>'
        self.texts[cell] = _Told(text, lines_of(cell, self.width))
        return self.texts[cell]


def _style(how: Any) -> int:
    return int(how._get_xf_index())  # noqa: SLF001  # its place in the file


def _letters(place: int) -> str:
    """Return what spreadsheets call a column, by its place from 0."""
    before, last = divmod(place, 26)
    return (_letters(before - 1) if before else "") + chr(ord("A") + last)
