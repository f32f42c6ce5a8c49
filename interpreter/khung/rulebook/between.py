"""What stands between two ends: `low..high`, of numbers or dates.

Reports: K0412, K0413.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from khung.patterns import pattern
from khung.rulebook.model import Range
from khung.source.values import as_text

if TYPE_CHECKING:
    from khung.rulebook.parts import Context
    from khung.source.nodes import Entry

_END = pattern(
    r"(?P<date>\d{4}-\d{2}-\d{2})|(?P<number>[+-]?(?:\d+(?:\.\d+)?|\.\d+))(?P<percent>%?)"
)


def range_of(entry: Entry, ctx: Context, at: str) -> Range | None:
    """Return `low..high`, numbers or dates, either end left out where it is open."""
    text, span = as_text(entry.value, ctx.bag, at), entry.value.span
    if text is None:
        return None
    low, dots, high = (part.strip() for part in text.partition(".."))
    try:
        read = Range(_end(low), _end(high), span)
    except ValueError:
        read = Range(None, None, span)
    if not dots or (read.low is None and read.high is None) or not _same_kind(read):
        ctx.bag.add("K0412", span, at=at, range=text)
        return None
    if _reversed(read):
        ctx.bag.add("K0413", span, at=at, low=low, high=high)
        return None
    return read


def _end(text: str) -> Decimal | date | None:
    if not text:
        return None
    match = _END.fullmatch(text)
    if match is None:
        raise ValueError(text)
    if match["date"]:
        return date.fromisoformat(text)
    # no division: it would round to the digits of the context
    return Decimal(match["number"] + ("e-2" if match["percent"] else ""))


def _same_kind(read: Range) -> bool:
    return read.low is None or read.high is None or type(read.low) is type(read.high)


def _reversed(read: Range) -> bool:
    match read.low, read.high:
        case (Decimal() as low, Decimal() as high):
            return low > high
        case (date() as first, date() as last):
            return first > last
        case _:
            return False
