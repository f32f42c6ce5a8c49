"""How high rows of a sheet must be for the text in them: no spreadsheet sees to merged cells.

Widths are those of the columns, in characters of the font that a sheet has by itself.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from openpyxl.worksheet.worksheet import Worksheet  # type: ignore[import-untyped]  # as above

_WIDTH = 8.43  # of a column that does not say
_SIZE = 11.0  # of the font in whose characters widths are said, in points
_NARROW = 1.25  # characters of a text for each of those in which widths are said: digits are wide
_LINE = 1.3  # height of a line, in sizes of its font


def fit_rows(sheet: Worksheet, rows: Iterable[int]) -> None:
    """Make rows as high as their longest text needs, where that breaks lines; never lower."""
    spans = {(one.min_row, one.min_col): one.max_col for one in sheet.merged_cells.ranges}
    for row in rows:
        needed = [_height(sheet, cell, spans) for cell in sheet[row] if isinstance(cell.value, str)]
        dimension = sheet.row_dimensions[row]
        most = max(needed, default=0.0)
        if most > (dimension.height or _SIZE * _LINE):
            dimension.height = most


def _height(sheet: Worksheet, cell: Any, spans: dict[tuple[int, int], int]) -> float:
    """Return how high a cell must be, in points; 0 where it does not break lines."""
    if not cell.alignment.wrap_text:
        return 0.0
    from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]  # noqa: PLC0415  # slow

    last = spans.get((cell.row, cell.column), cell.column)
    letters = map(get_column_letter, range(cell.column, last + 1))
    width = sum(sheet.column_dimensions[one].width or _WIDTH for one in letters)
    size = cell.font.size or _SIZE
    fits = max(1.0, width * _SIZE / size * _NARROW - 1)
    lines = sum(max(1, ceil(len(line) / fits)) for line in cell.value.split("\n"))
    return float(lines * size * _LINE + 2)
