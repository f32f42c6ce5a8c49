"""What stands in a scalar of a draw: a value, a range, a share, a path; read by the kind due.

Reports: K0123, K0125, K0126, K0580, K0581.
"""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from khung.analysis.population.draws import Constant, Interval, Kind, Text
from khung.diagnostics.model import Word
from khung.diagnostics.suggest import listed, nearest
from khung.records import dataclass
from khung.source.values import date_in

if TYPE_CHECKING:
    from decimal import Decimal

    from khung.analysis.population.draws import Plain
    from khung.diagnostics.bag import Bag
    from khung.text import Span

RANGE = re.compile(r"(\S+?)\.\.(\S+)")
SHARE = re.compile(r"([0-9]+(?:\.[0-9]+)?)%")
WHOLE = re.compile(r"-?[0-9]{1,9}")
_BRACE = re.compile(r"\{([^{}]*)\}")
_SHARES = 10_000  # a hundredth of a percent is the finest share of a number


@dataclass(frozen=True, slots=True)
class Due:
    """What a column takes.

    Attributes:
        kind: The kind of its values.
        options: The only texts that it may be, if it is one of a few.
        low, high: The least and the most that a number or day may be; None without an end.
        optional: Whether `-` may be stated.
    """

    kind: Kind
    options: tuple[str, ...] = ()
    low: Decimal | date | None = None
    high: Decimal | date | None = None
    optional: bool = False


def share_of(text: str) -> Fraction | None:
    """Return a share written `0.7%`; None for anything else or for more than all."""
    found = SHARE.fullmatch(text)
    share = None if found is None else Fraction(found[1]) / 100
    return None if share is None or share > 1 else share


def shares_of(text: str) -> tuple[int, int] | None:
    """Return the ends of `80%..100%` in 1/10000, or twice that of `80%`; None for anything else."""
    found = RANGE.fullmatch(text)
    low, high = (share_of(end) for end in (found.groups() if found else (text, text)))
    if low is None or high is None or low > high:
        return None
    return int(low * _SHARES), int(high * _SHARES)


def text_of(text: str) -> Text:
    """Return a text with its placeholders apart."""
    return Text(tuple(_BRACE.split(text)))


def single(text: str, due: Due, span: Span, bag: Bag, at: str) -> Constant | None:
    """Return the value that a text is; None after a diagnostic."""
    found = _value(text, due, span, bag, at)
    if found is None or not _fits(found, due, span, bag, at):
        return None
    return Constant(found)


def one_or_range(text: str, due: Due, span: Span, bag: Bag, at: str) -> Constant | Interval | None:
    """Return the value, or the range of numbers or days, that a text is."""
    found = RANGE.fullmatch(text) if due.kind in (Kind.NUMBER, Kind.DATE) else None
    if found is None:
        return single(text, due, span, bag, at)
    low, high = (single(end, due, span, bag, at) for end in found.groups())
    if low is None or high is None:
        return None
    return _interval(low.value, high.value, text, span, bag, at)


def _interval(low: Plain, high: Plain, text: str, span: Span, bag: Bag, at: str) -> Interval | None:
    match low, high:
        case (date(), date()) if low <= high:
            return Interval(low, high)
        case (int(), int()) if low <= high:
            return Interval(low, high)
        case _:
            bag.add("K0580", span, at=at, text=text, expected=Word("a_range"))
            return None


def _value(text: str, due: Due, span: Span, bag: Bag, at: str) -> Plain | None:
    match due.kind:
        case Kind.BOOLEAN if text in ("true", "false"):
            return text == "true"
        case Kind.NUMBER if WHOLE.fullmatch(text):
            return int(text)
        case Kind.DATE:
            return date_in(text, span, bag, at)
        case Kind.TEXT if due.options and text not in due.options:
            near = nearest(text, due.options) or ""
            allowed = listed(due.options, 12)
            advice = "near" if near else ""
            bag.add("K0126", span, help=advice, at=at, value=text, allowed=allowed, near=near)
            return None
        case Kind.TEXT:
            return text
        case _:
            bag.add("K0580", span, at=at, text=text, expected=Word(due.kind.value))
            return None


def _fits(value: Plain, due: Due, span: Span, bag: Bag, at: str) -> bool:
    """Report a number or day that its fact does not take."""
    below = due.low is not None and value < due.low  # type: ignore[operator]  # of one kind
    above = due.high is not None and value > due.high  # type: ignore[operator]  # as above
    if not below and not above:
        return True
    low, high = ("" if end is None else str(end) for end in (due.low, due.high))
    bag.add("K0581", span, at=at, value=str(value), low=low, high=high)
    return False
