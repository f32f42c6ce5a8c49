"""Counting in working days, against counting one day after the other."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import product

import pytest

from khung.engine import working_days
from khung.engine.values import ERROR, MISSING, Value, known, whole, within
from khung.ir import types as t
from khung.ir.dates import WorkingDays

FIRST, LAST = date(2025, 4, 12), date(2025, 5, 1)
DAYS = [FIRST + timedelta(n) for n in range((LAST - FIRST).days + 1)]
OFF = {date(2025, 4, 18), date(2025, 4, 21), *(d for d in DAYS if d.isoweekday() > 5)} - {
    date(2025, 4, 26)
}
WORKED = [d for d in DAYS if d not in OFF]
HELD = known(WorkingDays("office", None, FIRST, LAST, tuple(WORKED)))
NUMBER, DATE = whole(t.NUMBER, {}), whole(t.DATE, {})


def counted(start, end):
    """Walk from one day to the other."""
    if end < start:
        return -counted(end, start)
    return sum(start < day <= end for day in WORKED)


def walked(day, steps):
    """Walk day by day until so many working days are passed; None where the calendar ends."""
    step = timedelta(1 if steps > 0 else -1)
    left = abs(steps)
    while left:
        day += step
        if not FIRST <= day <= LAST:
            return None
        left -= day in WORKED
    return day


def between(start, end):
    return working_days.between(start, end, HELD, NUMBER)


def added(day, days):
    return working_days.added(day, days, HELD, DATE)


def numbers(*values):
    return within(*map(Decimal, values)) if len(values) > 1 else known(Decimal(*values))


@pytest.mark.parametrize("start", DAYS)
def test_days_between_known_dates(start):
    for end in DAYS:
        assert between(known(start), known(end)) == known(Decimal(counted(start, end)))


@pytest.mark.parametrize("day", DAYS)
def test_days_added_to_a_known_date(day):
    for steps in range(-16, 17):
        found, wanted = added(known(day), numbers(steps)), walked(day, steps)
        assert found == (known(wanted) if wanted else Value(date.min, date.max, ERROR))


def test_both_undo_each_other():
    for day, steps in product(WORKED, range(-5, 6)):
        moved = added(known(day), numbers(steps))
        if moved.known:
            assert between(known(day), moved) == numbers(steps)


SPANS = [(DAYS[a], DAYS[b]) for a, b in ((0, 0), (1, 4), (3, 12), (5, 9), (8, 14), (17, 19))]


def test_ends_of_open_dates_are_those_of_all_they_may_be():
    for (a, b), (c, d) in product(SPANS, SPANS):
        each = [counted(x, y) for x in DAYS if a <= x <= b for y in DAYS if c <= y <= d]
        found = between(within(a, b), within(c, d))
        assert (found.least, found.most) == (min(each), max(each))


def test_ends_of_dates_and_days_to_add():
    for (a, b), (low, high) in product(SPANS, [(0, 0), (-2, 1), (1, 3), (-4, -1), (2, 12)]):
        steps = range(low, high + 1)
        each = [walked(x, n) for x in DAYS if a <= x <= b for n in steps]
        found = added(within(a, b), numbers(low, high))
        if None in each:
            assert (found.least, found.most) == (date.min, date.max)
        else:
            assert (found.least, found.most) == (min(each), max(each))


BEFORE, AFTER = FIRST - timedelta(1), LAST + timedelta(1)
INSIDE = known(DAYS[3])


@pytest.mark.parametrize("outside", [BEFORE, AFTER])
def test_a_day_outside_the_calendar_is_an_error(outside):
    assert between(known(outside), INSIDE) == NUMBER._replace(why=ERROR)
    assert between(INSIDE, known(outside)) == NUMBER._replace(why=ERROR)
    assert added(known(outside), numbers(0)) == DATE._replace(why=ERROR)


def test_what_may_lie_outside_is_wholly_unknown():
    for open_date in (DATE, within(DAYS[2], AFTER), within(BEFORE, DAYS[2])):
        assert between(INSIDE, open_date) == NUMBER._replace(why=MISSING)
        assert between(open_date, INSIDE) == NUMBER._replace(why=MISSING)
        assert added(open_date, numbers(1)) == DATE._replace(why=MISSING)
    assert between(within(BEFORE, AFTER), known(AFTER)).why == ERROR


def test_a_part_of_a_day_does_not_count():
    assert added(INSIDE, numbers("2.9")) == added(INSIDE, numbers(2))
    assert added(INSIDE, numbers("-0.5")) == added(INSIDE, numbers(-1))


def test_any_number_of_days_is_any_day():
    assert added(INSIDE, NUMBER) == DATE
