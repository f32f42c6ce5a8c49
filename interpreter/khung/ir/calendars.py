"""A calendar as expressions use it: its working days, worked out once."""

from __future__ import annotations

from dataclasses import field
from datetime import date
from typing import TYPE_CHECKING

from khung.records import dataclass

if TYPE_CHECKING:
    from khung.rulebook import model as m


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
