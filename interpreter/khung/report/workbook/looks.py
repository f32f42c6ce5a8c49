"""How a workbook to fill in looks: colours of sections, widths of columns, heights of rows."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, assert_never

from khung.casefile.tables.layout import ID, NAME
from khung.ir import types as t
from khung.report.workbook.plan import Need, Section

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from khung.casefile.tables.layout import Column

FILLS: Mapping[Section, str] = {
    Section.ABOUT: "#D9E1F2",
    Section.FACTS: "#E2EFDA",
    Section.RARE: "#EDEDED",
    Section.CRITERIA: "#FFF2CC",
    Section.BESIDE: "#EDEDED",
    Section.BALLOTS: "#FCE4D6",
    Section.GIVEN: "#E4DFEC",
}

TABS: Mapping[Need, str] = {
    Need.SUBJECTS: "#4472C4",
    Need.DECIDES: "#70AD47",
    Need.BESIDE: "#A6A6A6",
}

GREY, RULE = "#808080", "#BFBFBF"
WRONG = "#FFC7CE"
HAIR = 7
"""The finest border."""

LINE = 15.0
"""The height of a line, in points."""

_PAGE = 220  # characters across a page of A4, turned, in the smallest print that is still read
_HIGHEST = 400.0  # a little less than spreadsheet programs allow
_MOST_LINES = 6  # of a heading; a longer one gets a wider column


def width(column: Column, label: str) -> float:
    """Return how wide a column is, in characters: what it holds, and its heading in few lines."""
    wanted = _content(column)
    while wanted < len(label) and lines(label, wanted) > _MOST_LINES:
        wanted += 1
    return wanted


def _content(column: Column) -> float:
    if column.key == NAME:
        return 26
    if column.key == ID:
        return 14
    if column.is_mark:
        return 13
    match column.ty:
        case t.Boolean() | t.Number() | t.Fraction() | t.Ratio():
            return 11
        case t.Date() | t.Months() | t.Seconds():
            return 12
        case t.Scale() | t.Enumeration():
            longest = max((len(label.vi) for _, label in column.options if label), default=10)
            return min(max(longest + 3, 12), 24)
        case t.Object():
            return 16
        case t.String() | t.List() | t.Context() | t.Range():
            return 24
        case t.Ballots() | t.Calendar() | t.Anything() | t.Bad():
            return 13
        case _:
            assert_never(column.ty)


def lines(text: str, wide: float) -> int:
    """Return how many lines a text takes in a cell; words are not cut."""
    count = 0
    for part in text.split("\n"):
        count, left = count + 1, wide
        for word in part.split():
            if len(word) > left and left < wide:
                count, left = count + 1, wide
            count += max(0, ceil(len(word) / wide) - 1)
            left -= len(word) + 1
    return max(count, 1)


def height(texts: Iterable[tuple[str, float]]) -> float:
    """Return how high a row is in which texts stand in cells of some widths, in points."""
    most = max((lines(text, wide) for text, wide in texts), default=1)
    return min(most * LINE + 3, _HIGHEST)


def pages(widths: Iterable[float]) -> int:
    """Return on how many pages side by side columns are to be printed."""
    return max(1, ceil(sum(widths) / _PAGE))
