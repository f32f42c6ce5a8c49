"""One cell as people write it to the value that is meant, or to what is wrong with it.

Nothing is guessed: what can be read in two ways is refused, and both are told. A date is day,
month, year where it is not in the order of ISO 8601. A day that a spreadsheet kept as a plain
number is refused with the day that it most likely is.

All functions return the value in Python's form (bool, int, Decimal, date, text; of a level or
option its name), a `Mark`, or a `Problem`.
"""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, assert_never

from khung.casefile.tables.formulas import unguarded
from khung.casefile.tables.layout import NONE, UNKNOWN
from khung.casefile.tables.raw import Odd
from khung.casefile.tables.words import clean, folded, truths
from khung.engine import texts
from khung.ir import types as t
from khung.ir.program import Fact
from khung.locale import languages
from khung.patterns import pattern
from khung.records import dataclass
from khung.source.limits import NUMBER_DIGITS
from khung.source.meant import number_in, says_unknown, serial_day

if TYPE_CHECKING:
    from khung.casefile.tables.layout import Column
    from khung.casefile.tables.raw import Cell


class Mark(Enum):
    """What a cell says that no value can."""

    UNKNOWN = UNKNOWN
    NONE = NONE


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a cell: the code, its advice, and what its message names."""

    code: str
    help: str = ""
    one: str = ""
    other: str = ""


Read = bool | int | Decimal | date | str | Mark | Problem

_PLAIN = pattern(r"[+-]?[0-9]+")
_DECIMAL = pattern(r"([+-]?[0-9]+)([.,])([0-9]+)")
_GROUPS = pattern(
    r"[+-]?[0-9]{1,3}(?:([. ,\u00a0\u202f'])[0-9]{3})(?:\1[0-9]{3})*(?:([.,])[0-9]+)?"
)
_PERCENT = pattern(r"(.*[0-9])\s*%")
_ISO = pattern(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_YEAR_FIRST = pattern(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
_DAY_FIRST = pattern(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})")
_MINUS = str.maketrans({"\u2013": "-", "\u2212": "-"})
_THREE = 3  # digits between marks of thousands
_BY_15_DIGITS = ".15g"  # what spreadsheet programs keep of a number


def read(cell: Cell, column: Column, *, is_text: bool) -> Read:
    """Return what a cell that is not empty says.

    Args:
        cell: As the reader gave it.
        column: Its column.
        is_text: Whether the file has texts only, so that a whole number may be a day lost.
    """
    if isinstance(cell, Odd):
        return Problem("K0681", cell.kind, cell.text)
    if isinstance(cell, str):
        cell = clean(unguarded(cell) if is_text else cell)
        if column.of is not None and cell in (UNKNOWN, NONE):
            return Mark(cell)
    match column.ty:
        case t.Boolean():
            return _boolean(cell)
        case t.Number():
            return _number(cell, is_share=_is_share(column))
        case t.Date():
            return _date(cell, is_text=is_text)
        case t.Scale() | t.Enumeration():
            return _option(cell, column)
        case t.String() | t.Object():
            return _option(cell, column) if column.options else _text(cell, column)
        case t.List() | t.Ballots():
            return Problem("K0680", "mark")
        case t.Calendar() | t.Anything() | t.Bad():
            return Mark.UNKNOWN
        case t.Fraction() | t.Ratio() | t.Months() | t.Seconds() | t.Range() | t.Context():
            raise AssertionError(column.ty)  # no rulebook can declare an input of this type
        case _:
            assert_never(column.ty)


def shown(cell: Cell) -> str:
    """Return a cell as its reader would see it."""
    match cell:
        case Odd():
            return cell.text
        case bool():
            return str(cell).upper()
        case float():
            return format(cell, _BY_15_DIGITS)
        case datetime():
            return cell.isoformat(" ")
        case _:
            return str(cell)


# -- by type --------------------------------------------------------------------------------------


def _boolean(cell: Cell) -> Read:
    if isinstance(cell, bool):
        return cell
    word = folded(cell) if isinstance(cell, str) else shown(cell)
    found = truths().get(word)
    return _not_known(cell, "boolean") if found is None else found


def _number(cell: Cell, *, is_share: bool) -> Read:
    if isinstance(cell, bool):
        return Problem("K0680", "number")
    if isinstance(cell, Decimal):
        return _in_digits(cell)
    if isinstance(cell, int):
        return _in_digits(Decimal(cell))
    if isinstance(cell, float):
        return _of_float(cell)
    if isinstance(cell, str):
        return _number_of(cell.translate(_MINUS), cell, is_share=is_share)
    return Problem("K0680", "number_is_day" if isinstance(cell, date | time) else "number")


def _of_float(cell: float) -> Read:
    text = format(cell, _BY_15_DIGITS)
    if text in ("inf", "-inf", "nan"):
        return Problem("K0680", "number")
    return _in_digits(Decimal(text))


def _in_digits(number: Decimal) -> Read:
    """Return a number without noughts at its end, whole as such; too many digits are refused."""
    _, digits, exponent = number.as_tuple()
    if not isinstance(exponent, int) or len(digits) + max(exponent, 0) > NUMBER_DIGITS:
        return Problem("K0680", "digits", str(NUMBER_DIGITS))
    return int(number) if number == number.to_integral_value() else texts.plain(number)


def _number_of(text: str, cell: str, *, is_share: bool) -> Read:
    percent = _PERCENT.fullmatch(text)
    if percent is not None and is_share:
        found = _plain_number(percent[1].strip())
        if isinstance(found, Problem):
            return found
        return _in_digits(found.scaleb(-2)) if found is not None else Problem("K0680", "number")
    found = _plain_number(text)
    if isinstance(found, Problem):
        return found
    if found is not None:
        return _in_digits(found)
    if says_unknown(cell):
        return Problem("K0642")
    meant = number_in(text)
    if meant is None:
        return Problem("K0680", "number")
    return Problem("K0680", "number_with_more", f"{meant.normalize():f}")


def _plain_number(text: str) -> Decimal | Problem | None:
    """Return the number that digits are, with a mark before decimals or marks of thousands."""
    if _PLAIN.fullmatch(text):
        return Decimal(text)
    decimal = _DECIMAL.fullmatch(text)
    if decimal is not None:
        whole, _, decimals = decimal.groups()
        if _is_ambiguous(whole, decimals):
            one, other = f"{whole}.{decimals}", f"{whole}{decimals}"
            return Problem("K0680", "ambiguous", one, other)
        return Decimal(f"{whole}.{decimals}")
    grouped = _GROUPS.fullmatch(text)
    if grouped is None or grouped[1] == grouped[2]:
        return None
    head, _, decimals = text.partition(grouped[2]) if grouped[2] else (text, "", "")
    return Decimal(f"{head.replace(grouped[1], '')}.{decimals or 0}")


def _is_ambiguous(whole: str, decimals: str) -> bool:
    """Whether a mark may stand between thousands as well as before decimals: in `1.000`."""
    digits = whole.lstrip("+-")
    return len(decimals) == _THREE and len(digits) <= _THREE and not digits.startswith("0")


def _date(cell: Cell, *, is_text: bool) -> Read:
    if isinstance(cell, datetime):
        return cell.date() if cell.time() == time() else Problem("K0680", "time", str(cell.date()))
    if isinstance(cell, date):
        return cell
    if isinstance(cell, str):
        return _date_of(cell, is_text=is_text)
    serial = None if isinstance(cell, bool) else serial_day(shown(cell))
    return Problem("K0680", "date") if serial is None else _serial(serial, is_text=is_text)


def _serial(day: date, *, is_text: bool) -> Problem:
    return Problem("K0680", "serial" if is_text else "serial_cell", *_both(day))


def _date_of(text: str, *, is_text: bool) -> Read:
    year_first = _ISO.fullmatch(text) or _YEAR_FIRST.fullmatch(text)
    day_first = _DAY_FIRST.fullmatch(text)
    if year_first is not None:
        year, month, day = map(int, year_first.groups())
    elif day_first is not None:
        day, month, year = map(int, day_first.groups())
    else:
        serial = serial_day(text)
        return _not_known(text, "date") if serial is None else _serial(serial, is_text=is_text)
    found = _day(year, month, day)
    if found is not None:
        return found
    turned = _day(year, day, month)
    return (
        Problem("K0680", "calendar")
        if turned is None
        else Problem("K0680", "turned", *_both(turned))
    )


def day_of(text: str) -> date | None:
    """Return the day that a text is, in one of the orders that are read; None of any other."""
    found = _date_of(text, is_text=True)
    return found if isinstance(found, date) else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _both(day: date) -> tuple[str, str]:
    """Return a day in both orders that are read."""
    return f"{day:%d/%m/%Y}", day.isoformat()


def _option(cell: Cell, column: Column) -> Read:
    """Return the name of a level or option, which may be written by its label."""
    if not isinstance(cell, str):
        return Problem("K0614")
    names = [name for name, _ in column.options]
    if cell in names:
        return cell
    meant = folded(cell)
    labelled = {
        name
        for name, label in column.options
        if meant == name.casefold()
        or (label is not None and meant in {folded(label.said(lang)) for lang in languages})
    }
    if len(labelled) == 1:
        return labelled.pop()
    if labelled:
        return Problem("K0680", "two_options", *sorted(labelled)[:2])
    return Problem("K0642") if says_unknown(cell) else Problem("K0614")


def _text(cell: Cell, column: Column) -> Read:
    """Return a text or an id; a whole number is one as its digits, a day is not."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return Problem("K0680", "text_is_boolean")
    if isinstance(cell, date):
        is_key = column.of is None  # as the key of a record may be a day
        return (
            str(cell if not isinstance(cell, datetime) else cell.date())
            if is_key
            else Problem("K0680", "text_is_day")
        )
    return shown(cell) if isinstance(cell, int | float | Decimal) else Problem("K0680", "text")


def _not_known(cell: Cell, kind: str) -> Problem:
    if isinstance(cell, str) and says_unknown(cell):
        return Problem("K0642")
    return Problem("K0680", kind)


def _is_share(column: Column) -> bool:
    """Whether a number is a share: its range says so in percent, or goes no further than 1."""
    of = column.of
    return isinstance(of, Fact) and not column.level and (of.in_percent or of.high == 1)
