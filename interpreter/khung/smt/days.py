"""Days as whole numbers that keep months: 31 for each month, and the day in it, from 0.

The order is that of days, and the months between two days are a difference and a comparison. So
the cases of a later year are those of an earlier one, some months on.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import TYPE_CHECKING

import z3

from khung.smt.terms import compared, ite, land, lnot, lor
from khung.syntax.operators import CompareOp

if TYPE_CHECKING:
    from khung.smt.terms import Term

_MONTH = 31
FIRST, LAST = date(1901, 1, 1), date(2099, 12, 31)
"""The days that are looked at: in all of these years every fourth one has a leap day."""


def number_of(day: date) -> int:
    """Return the number of a day."""
    return (day.year * 12 + day.month - 1) * _MONTH + day.day - 1


def day_of(number: int) -> date:
    """Return the day of a number; beyond the end of its month the last one."""
    months, place = divmod(number, _MONTH)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(place + 1, monthrange(year, month + 1)[1]))


def fresh(name: str) -> tuple[Term, Term]:
    """Return a day of which nothing is known, and that it is one of those that are looked at.

    That months are of different lengths is left out: who finds a case moves such a day, and tries.
    """
    month, day = z3.Int(f"{name}#month"), z3.Int(f"{name}#day")
    first, last = (number_of(end) // _MONTH for end in (FIRST, LAST))
    ends = (month >= first, month <= last, day >= 0, day < _MONTH)
    return month * _MONTH + day, land(ends)


def is_day(term: Term) -> Term:
    """Return whether a number is a day of the calendar."""
    month, day = _parts(term)
    return compared(CompareOp.LT, day, _length_of(month))


def _length_of(month: Term) -> Term:
    """Return how many days a month has, by its number."""
    if isinstance(month, int):
        return monthrange(month // 12, month % 12 + 1)[1]
    leap = month % 48 == 1  # February of a year that four divides
    short = lor(month % 12 == each for each in (3, 5, 8, 10))
    return z3.If(month % 12 == 1, z3.If(leap, 29, 28), z3.If(short, 30, 31))


def _parts(term: Term) -> tuple[Term, Term]:
    """Return the month and the day of a day; of one of two days, those of each."""
    if isinstance(term, int):
        return divmod(term, _MONTH)
    if z3.is_app_of(term, z3.Z3_OP_ITE):
        (m1, d1), (m2, d2) = (_parts(_constant(arm)) for arm in (term.arg(1), term.arg(2)))
        return ite(term.arg(0), m1, m2), ite(term.arg(0), d1, d2)
    if z3.is_add(term) and term.num_args() == 2 and z3.is_mul(term.arg(0)):  # noqa: PLR2004  # as `fresh`
        return term.arg(0).arg(0), term.arg(1)
    return term / _MONTH, term % _MONTH


def _constant(term: Term) -> Term:
    return term.as_long() if z3.is_int_value(term) else term


def months_between(start: Term, end: Term) -> Term:
    """Return the whole months between two days; the last day of a month reaches any day of one."""
    backwards = compared(CompareOp.GT, start, end)
    forth, back = _months(start, end), _months(end, start)
    return ite(backwards, -back, forth)


def _months(start: Term, end: Term) -> Term:
    (first, from_day), (last, to_day) = _parts(start), _parts(end)
    early = compared(CompareOp.LT, to_day, from_day)
    is_last = compared(CompareOp.EQ, to_day + 1, _length_of(last))
    return last - first + ite(land((early, lnot(is_last))), -1, 0)


def moved(number: int, months: int) -> int:
    """Return the number of a day some months later."""
    return number + months * _MONTH
