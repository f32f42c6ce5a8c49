"""What does not fit the time of a rulebook: dates that are past, amendments that it passes over.

Reports: K0546, K0547, K0554, K0730.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from khung.rulebook.amendments import amendments_beside, in_turn
from khung.rulebook.folder import base_of_name
from khung.rulebook.model import Fate, Manner
from khung.syntax.ast import Temporal
from khung.text import nfc

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from khung.diagnostics.bag import Bag
    from khung.rulebook.model import Calendar, Head, Parameter, Rulebook
    from khung.text import Span

Period = tuple[date, date]

_SOON = timedelta(days=92)
"""How long after a period what it asks for may still be due."""


def check_periods(own: Rulebook, base: Rulebook, bag: Bag) -> None:
    """Warn of dates and calendars of a successor that are of the time before.

    A date is if it lay in the period of the base, or soon after, and does not so now (K0546), a
    calendar if it does not cover the new one (K0547).
    """
    if own.extends is None or own.extends.manner is not Manner.SUCCESSOR:
        return
    first, last = map(str, own.period)
    before = {parameter.head.id: _day(parameter) for parameter in base.parameters}
    for parameter in own.parameters:
        was, now = before.get(parameter.head.id), _day(parameter)
        if was and now and _lies_in(was, base.period) and not _lies_in(now, own.period):
            name, day = parameter.head.id, str(now)
            for span, advice in _places(own, "parameters", parameter.head):
                bag.add("K0546", span, help=advice, name=name, day=day, first=first, last=last)
    known = {calendar.head.id for calendar in base.calendars}
    for calendar in own.calendars:
        if calendar.head.id in known and not _covers(calendar, own.period):
            name, days = calendar.head.id, f"{calendar.first} – {calendar.last}"
            for span, advice in _places(own, "calendars", calendar.head):
                bag.add("K0547", span, help=advice, name=name, days=days, first=first, last=last)


def check_amendments(own: Rulebook, folder: Path, bag: Bag) -> None:
    """Report amendments that do not follow one another, and one that is passed over.

    A rulebook that extends a year extends the text as it was first (K0730), unless it extends the
    last amendment. Of two that amend the same one neither is the last (K0554).

    Args:
        own: The rulebook.
        folder: Where it is, beside what it extends.
        bag: Where to report.
    """
    how = own.extends
    base = None if how is None else base_of_name(folder, how.rulebook.name)
    if how is None or base is None:
        return
    known = amendments_beside(folder)
    turns = [found for found in in_turn(base, known) if how.manner is not Manner.AMENDMENT]
    if turns:
        last, name = turns[-1][0].name, how.rulebook.name
        bag.add("K0730", how.rulebook.span, at="extends.rulebook", name=name, last=last)
    beside = [one for one in known if one.of == nfc(base.name)]
    if how.manner is Manner.AMENDMENT and len(beside) > 1:
        names = tuple(one.name for one in beside)
        first = min(beside, key=lambda one: one.first or date.min).name
        span, of = how.rulebook.span, how.rulebook.name
        bag.add("K0554", span, at="extends.rulebook", of=of, names=names, first=first)


def _places(own: Rulebook, section: str, head: Head) -> Iterator[tuple[Span, str]]:
    """Yield where to warn of an entry, and with which advice: at the answer, if that keeps it.

    Nowhere, as long as the answer is another, and the new value is not there yet.
    """
    answer = own.carried.answers.get(section, {}).get(head.id) if own.carried else None
    if answer is not None and answer.fate is Fate.KEPT:
        yield answer.span, ""
    elif answer is not None and head.span.file == answer.span.file:
        yield head.span, "changed"


def _day(parameter: Parameter) -> date | None:
    if not isinstance(parameter.value, Temporal):
        return None
    try:
        return date.fromisoformat(parameter.value.value)
    except ValueError:  # a duration
        return None


def _lies_in(day: date, period: Period) -> bool:
    return period[0] <= day <= period[1] + _SOON


def _covers(calendar: Calendar, period: Period) -> bool:
    return calendar.first <= period[0] and period[1] <= calendar.last
