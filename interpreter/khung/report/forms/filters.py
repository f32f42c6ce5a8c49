"""What a template may do to a value before it is written: say a number or a day, join a list."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from khung.locale import voice
from khung.records import dataclass
from khung.report.words.labels import PLAIN_MONTH, Words, noun_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

BLANK = "…………"
"""What is written where nothing is known, to be filled in by hand."""

CELL = "cell"
"""The filter by which a cell of a workbook gets a number or a day as such."""

LINE_BREAK = "\ue000"
"""What stands for a line break in text until that is put into its document."""

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\ue000]")


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells plain values in the words of a language."""

    words: Words

    def tell(self, value: Any) -> Any:
        """Return a value as it is written; a blank for what is not known."""
        match value:
            case None:
                return BLANK
            case bool():
                return self.words.say("yes" if value else "no")
            case int() | Decimal():
                return self.words.number(Decimal(value))
            case date():
                return self.words.date(value)
            case list():
                return self.joined(value)
            case _:
                return clean(str(value))

    def joined(self, items: list[Any], between: str = "; ") -> str:
        """Return items in one line; what is not known is left out."""
        return between.join(str(self.tell(item)) for item in items if item is not None)

    def share(self, value: Any) -> Any:
        """Return a number as a percentage."""
        return None if value is None else self.words.number(Decimal(value), "%", about=False)

    def day(self, value: Any) -> str:
        """Return a day in full, with blanks where it is not known."""
        say = voice(self.words.lang, "forms")
        if not isinstance(value, date):
            return say("no_day")
        key = "day.early" if value.month < PLAIN_MONTH else "day"
        return say(key, day=value.day, month=value.month, year=value.year)

    def number(self, value: Any) -> Any:
        """Return a whole number with two digits at least, as official papers have it."""
        whole = isinstance(value, int | Decimal) and value == int(value)
        return self.words.count(int(value)) if whole else value


def clean(text: str) -> str:
    """Return text without what no document can hold, its line breaks marked."""
    return _UNPRINTABLE.sub("", text).replace("\r\n", "\n").replace("\n", LINE_BREAK)


def _typed(teller: Teller, value: Any) -> str:
    """Return a value with its type before it, so that a cell of a workbook has it as such."""
    match value:
        case bool() | None:
            return f"s{teller.tell(value)}"
        case int() | Decimal():
            return f"n{value}"
        case date():
            return f"d{value.isoformat()}"
        case _:
            return f"s{teller.tell(value)}"


def _count(value: Any) -> int:
    return len(value) if isinstance(value, list) else 0


def _default(value: Any, text: str = "") -> Any:
    return text if value is None or value == [] else value


def _capital(teller: Teller, value: Any) -> str:
    said = str(teller.tell(value))
    return f"{said[:1].upper()}{said[1:]}"


def _small(teller: Teller, value: Any) -> str:
    return noun_of(str(teller.tell(value)))


def _joined(teller: Teller, value: Any, between: str = "; ") -> Any:
    return teller.joined(value, between) if isinstance(value, list) else value


FILTERS: Mapping[str, Callable[[Teller], Callable[..., Any]]] = {
    "number": lambda teller: teller.number,
    "share": lambda teller: teller.share,
    "day": lambda teller: teller.day,
    "join": lambda teller: partial(_joined, teller),
    "count": lambda _: _count,
    "default": lambda _: _default,
    "upper": lambda teller: lambda value: str(teller.tell(value)).upper(),
    "lower": lambda teller: lambda value: str(teller.tell(value)).lower(),
    "capital": lambda teller: partial(_capital, teller),
    "small": lambda teller: partial(_small, teller),
    CELL: lambda teller: partial(_typed, teller),
}
"""The filters by name, each made for a teller."""

OPEN_FILTERS = tuple(name for name in FILTERS if name != CELL)
"""Those that are told to who writes templates."""
