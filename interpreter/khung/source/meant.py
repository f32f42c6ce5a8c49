"""What was meant by a value that is written as people or spreadsheets write it.

In: the text of a scalar. Out: the number, day or "not known" that it most likely is. What is made
of that is said by who asks: a case gets it as advice.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import cache

from khung.locale import languages, phrase
from khung.patterns import pattern

_DASHES = str.maketrans({"\u2013": "-", "\u2212": "-"})  # as word processors put a minus
_NUMBER = pattern(r"([+-]?[0-9]+)(?:[.,]([0-9]+))?\s*(%?)(?:\s*[^\W\d_]+)*")
_GROUPED = pattern(
    r"([+-]?[0-9]{1,3}(?P<mark>[., ])[0-9]{3}(?:(?P=mark)[0-9]{3})*)(?:(?!(?P=mark))[.,]([0-9]+))?"
)
_FEWEST_GROUPS = 2  # marks between thousands that cannot be one of decimals
_PERCENT = pattern(r"([+-]?[0-9]+(?:[.,][0-9]+)?)\s*%")
_DAY_FIRST = pattern(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})")
_YEAR_FIRST = pattern(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
_DAY_IN_WORDS = pattern(
    r"(?:[^\W\d]+\s+)?([0-9]{1,2})\s+[^\W\d]+\s+([0-9]{1,2})\s+[^\W\d]+\s+([0-9]{4})"
)
_REMARK = pattern(r"(.*?)\s*(?://|#).*")
_SERIAL_DAY_0 = date(1899, 12, 30)
"""The day that spreadsheets count from in their 1900 system, from March 1900 on."""
_SERIAL = range(7306, 65746)  # 1920 to 2079: other numbers are hardly days


def number_in(text: str) -> Decimal | None:
    """Return the number that a text is: `9,5`, `4 months`, `70%`, `1.000,5`, a dash for a minus."""
    plain = text.strip().translate(_DASHES)
    grouped = _GROUPED.fullmatch(plain)
    if grouped is not None and _is_grouped(grouped[1], grouped["mark"], grouped[3]):
        return Decimal(f"{grouped[1].replace(grouped['mark'], '')}.{grouped[3] or 0}")
    found = _NUMBER.fullmatch(plain)
    if found is None:
        return None
    whole, decimals, percent = found.groups()
    return Decimal(f"{whole}.{decimals or 0}").scaleb(-2 if percent else 0)


def number_said(text: str) -> Decimal | None:
    """Return the number that somebody means: in words, too, or with a remark behind it."""
    remark = _REMARK.fullmatch(text)
    plain = remark[1] if remark else text
    found = number_in(plain)
    return _numbers_in_words().get(plain.strip().casefold()) if found is None else found


@cache
def _numbers_in_words() -> dict[str, Decimal]:
    said = (phrase(lang, "word.numbers").split("|") for lang in languages)
    return {word: Decimal(number) for words in said for number, word in enumerate(words, 1)}


def _is_grouped(whole: str, mark: str, decimals: str | None) -> bool:
    """Say whether a mark stands between thousands, and not before decimals."""
    return decimals is not None or mark == " " or whole.count(mark) >= _FEWEST_GROUPS


def share_in(text: str) -> Decimal | None:
    """Return the share that a percentage is: 0.7 of `70%`."""
    found = _PERCENT.fullmatch(text.strip())
    return None if found is None else Decimal(found[1].replace(",", ".")).scaleb(-2)


def day_in(text: str) -> date | None:
    """Return the day that a text is in another order, in words, or as a spreadsheet counts."""
    year_first = _YEAR_FIRST.fullmatch(text)
    day_first = _DAY_FIRST.fullmatch(text) or _DAY_IN_WORDS.fullmatch(text)
    if day_first:
        day, month, year = map(int, day_first.groups())
    elif year_first:
        year, month, day = map(int, year_first.groups())
    else:
        return serial_day(text)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def serial_day(text: str) -> date | None:
    """Return the day of which spreadsheets show a number when a cell is no date: `40317`."""
    is_one = len(text) == len(str(_SERIAL.stop)) and text.isascii() and text.isdecimal()
    return _SERIAL_DAY_0 + timedelta(int(text)) if is_one and int(text) in _SERIAL else None


def type_said(text: str) -> str:
    """Return the type of values that a word of people, or of other languages, stands for."""
    return _types_in_words().get(" ".join(text.casefold().split()), "")


@cache
def _types_in_words() -> dict[str, str]:
    said = (phrase(lang, "word.types").split("|") for lang in languages)
    return dict(word.split("=") for words in said for word in words)


def says_unknown(text: str) -> bool:
    """Say whether a text is what people write for what they do not know: `N/A`, `?`."""
    return text.strip().casefold() in _unknown_words()


@cache
def _unknown_words() -> frozenset[str]:
    said = (phrase(lang, "word.unknown_like").split("|") for lang in languages)
    return frozenset(word for words in said for word in words)
