"""Counting in working days, on what is known of the dates.

Both functions grow with the later date and with the number of days, so ends give ends. A calendar
says nothing of a day outside it: a known one is an error, one that may lie outside leaves the
result wholly unknown.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from decimal import Decimal
from typing import TYPE_CHECKING

from khung.engine.values import ERROR, Value, reason, within

if TYPE_CHECKING:
    from datetime import date

    from khung.ir.dates import WorkingDays


def between(start: Value, end: Value, calendar: Value, top: Value) -> Value:
    """Return how many working days d there are with start < d <= end, negative if end < start."""
    if calendar.why:
        return top._replace(why=reason(start, end, calendar))
    held: WorkingDays = calendar.least
    if not (_inside(start, held) and _inside(end, held)):
        return _outside((start, end), held, top)
    least = _until(held, end.least) - _until(held, start.most)
    most = _until(held, end.most) - _until(held, start.least)
    return within(Decimal(least), Decimal(most), reason(start, end))


def _until(held: WorkingDays, day: date) -> int:
    return bisect_right(held.days, day)


def added(day: Value, days: Value, calendar: Value, top: Value) -> Value:
    """Return the working day that is the n-th after a day, or before it for n < 0.

    For 0 it is the day itself, whether a working day or not. A fraction is rounded down. It is an
    error if the calendar ends before so many days.
    """
    if calendar.why:
        return top._replace(why=reason(day, days, calendar))
    held: WorkingDays = calendar.least
    if not _inside(day, held):
        return _outside((day,), held, top)
    ends = (_moved(held, day.least, days.least), _moved(held, day.most, days.most))
    if None in ends:
        return top._replace(why=reason(day, days) if day.why or days.why else ERROR)
    return within(*ends, reason(day, days))


def _moved(held: WorkingDays, day: date, days: Decimal | None) -> date | None:
    if days is None or not days.is_finite():
        return None
    steps = math.floor(days)
    if not steps:
        return day
    at = bisect_right(held.days, day) - 1 if steps > 0 else bisect_left(held.days, day)
    return held.days[at + steps] if 0 <= at + steps < len(held.days) else None


# -- days outside -----------------------------------------------------------------------------


def _inside(day: Value, held: WorkingDays) -> bool:
    return day.least is not None and held.covers(day.least) and held.covers(day.most)


def _outside(days: tuple[Value, ...], held: WorkingDays, top: Value) -> Value:
    surely = any(not day.why and not held.covers(day.least) for day in days)
    return top._replace(why=ERROR if surely else reason(*days))
