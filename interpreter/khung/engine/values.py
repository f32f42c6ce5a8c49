"""What is known of a value.

Of anything ordered that is a least and a most; a known value has both equal. Booleans are ordered
false < true, levels are ranks from 0. What has no order is known or wholly unknown. So Kleene's
logic, "at best, at worst" and "decided, since no unknown could change it" are one mechanism.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from khung.ir import types as t
from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from khung.ir.program import Values

MISSING = "missing"
ERROR = "error"


class Value(NamedTuple):
    """What is known of a value: `why` is empty if it is known, else `missing` or `error`.

    `least` and `most` are of the run-time form of the type: bool, Decimal, date, whole months,
    Decimal seconds, rank, str, an object, `Elements`, `Span`, `Share`. Both are None where nothing
    is known of an unordered value.
    """

    least: Any
    most: Any
    why: str = ""

    @property
    def known(self) -> bool:
        """Whether nothing more can be known."""
        return not self.why


TRUE, FALSE = Value(least=True, most=True), Value(least=False, most=False)
MAYBE = Value(least=False, most=True, why=MISSING)
OPEN = Value(None, None, MISSING)
FAILED = Value(None, None, ERROR)

INFINITY = Decimal("Infinity")


class Interval(NamedTuple):
    """A range as a value: its ends, each closed or open."""

    low: Any
    high: Any
    low_closed: bool
    high_closed: bool


class Share(NamedTuple):
    """One end of a share: two counts. Nothing of nothing, 0/0, meets `>=`, `<=` and `=`."""

    part: int
    whole: int


class Element(NamedTuple):
    """An element of a list; a possible one may turn out not to be in it.

    `name` is the criterion that a grade belongs to, or empty; `why` says why it is not sure.
    """

    value: Value
    sure: bool = True
    name: str = ""
    why: str = MISSING


@dataclass(frozen=True, slots=True)
class Elements:
    """A list: its elements in order, and how many more there may be of which nothing is known.

    `unseen` is None where there may be any number more. `stranger` is what one of those is: an
    object of which no fact is known.
    """

    items: tuple[Element, ...]
    unseen: int | None = 0
    stranger: Value = OPEN

    @property
    def settled(self) -> bool:
        """Whether it is known which elements there are."""
        return self.unseen == 0 and all(item.sure for item in self.items)


EMPTY = Elements(())


def known(value: object) -> Value:
    """Return a known value."""
    if value is True:
        return TRUE
    if value is False:
        return FALSE
    return Value(value, value)


def within(least: object, most: object, why: str = MISSING) -> Value:
    """Return the value between two ends; known if they are equal."""
    if least == most:
        return Value(least, least)
    return Value(least, most, why)


def truth(least: bool, most: bool, why: str = MISSING) -> Value:  # noqa: FBT001  # two ends
    """Return a boolean between two ends."""
    if least:
        return TRUE
    if not most:
        return FALSE
    return MAYBE if why == MISSING else Value(least=False, most=True, why=why)


def whole(ty: t.Type, values: Mapping[str, Values], why: str = MISSING) -> Value:
    """Return what is known of a value when only its type is."""
    match ty:
        case t.Boolean():
            return truth(least=False, most=True, why=why)
        case t.Scale():
            return within(0, len(values[ty.name].values) - 1, why)
        case t.Number() | t.Ratio() | t.Months() | t.Seconds():
            return Value(-INFINITY, INFINITY, why)
        case t.Date():
            return Value(date.min, date.max, why)
        case t.Fraction():
            return Value(Share(0, 1), Share(1, 1), why)
        case _:
            return OPEN if why == MISSING else FAILED


def reason(*operands: Value) -> str:
    """Return why a result is open: an error anywhere outweighs what is only missing."""
    return ERROR if any(v.why == ERROR for v in operands) else MISSING


def list_of(values: Iterable[Value]) -> Value:
    """Return a list whose elements are all there."""
    return known(Elements(tuple(Element(v) for v in values)))


def any_of(values: Sequence[Value]) -> Value:
    """Return what is known of a value that is one of several; of none, nothing."""
    first, *others = values or (OPEN,)
    if all(other == first for other in others):
        return first
    if not all(isinstance(value.least, bool | int | Decimal | date) for value in values):
        return OPEN
    return within(min(v.least for v in values), max(v.most for v in values))
