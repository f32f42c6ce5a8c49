"""Dates and times: how they are written, and which days are working days."""

from __future__ import annotations

from dataclasses import field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from khung.ir import types as t
from khung.patterns import pattern
from khung.records import dataclass

if TYPE_CHECKING:
    from khung.rulebook import model as m

_DURATION = pattern(
    r"(-)?P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?"
    r"(T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?"
)
_DATE = pattern(r"(\d{4})-(\d\d)-(\d\d)")

DAY, HOUR, MINUTE = 86400, 3600, 60


def parse_date(text: str) -> date | None:
    """Return the day that an ISO 8601 text `YYYY-MM-DD` names; None where there is none."""
    found = _DATE.fullmatch(text)
    if not found:
        return None
    try:
        return date(*map(int, found.groups()))
    except ValueError:
        return None


def parse_duration(text: str) -> tuple[object, t.Type] | None:
    """Return months or seconds of an ISO 8601 duration, with the type; None where it is neither."""
    found = _DURATION.fullmatch(text)
    if not found or text.endswith(("P", "T")):
        return None
    sign, years, months, days, time, hours, minutes, seconds = found.groups()
    factor = -1 if sign else 1
    if years or months:
        if days or time:
            return None
        return factor * (12 * int(years or 0) + int(months or 0)), t.MONTHS
    whole = int(days or 0) * DAY + int(hours or 0) * HOUR + int(minutes or 0) * MINUTE
    return factor * (whole + Decimal(seconds or 0)), t.SECONDS


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """The working days from `first` to `last`, in order. Two of one name are the same."""

    name: str
    label: m.Label | None = field(compare=False)
    first: date = field(compare=False)
    last: date = field(compare=False)
    days: tuple[date, ...] = field(compare=False, repr=False)

    def covers(self, day: date) -> bool:
        """Whether the calendar says anything of a day."""
        return self.first <= day <= self.last


def working_days(calendar: m.Calendar) -> WorkingDays:
    """Return the working days of a calendar."""
    off = {holiday.day for holiday in calendar.holidays}
    on = {made_up.day for made_up in calendar.working}
    every = map(date.fromordinal, range(calendar.first.toordinal(), calendar.last.toordinal() + 1))
    days = tuple(
        day
        for day in every
        if day in on or not (day in off or day.isoweekday() in calendar.weekend)
    )
    head = calendar.head
    return WorkingDays(head.id, head.label, calendar.first, calendar.last, days)
