"""What is known of a value, in SQL: its two ends, and whether it applies.

Of a truth, a level and a date both ends are always there. An end of a number that is null is none.
What has no order is one value, null where nothing is known of it; both its ends are the same text.
A ratio is two whole numbers an end, joined by what `split` parts again.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple, assert_never

from khung.ir import types as t
from khung.sql.text import FALSE, NULL, SPLIT, TRUE, literal, pair, split

if TYPE_CHECKING:
    from collections.abc import Mapping

    from khung.ir.program import Values


class Ends(NamedTuple):
    """A least and a most; one text twice where the value is always known, or has no order.

    Attributes:
        loose: Whether an end may be null: no end, or of what has no order nothing known.
    """

    low: str
    high: str
    loose: bool = False

    @property
    def single(self) -> bool:
        """Whether one column does."""
        return self.low == self.high


class State(NamedTuple):
    """Whether a value surely applies, and whether it may."""

    surely: str = TRUE
    may: str = TRUE

    @property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """Its columns by what their names end with: one if it is the same surely and perhaps."""
        surely = (".s", self.surely)
        return (surely,) if self.surely == self.may else (surely, (".m", self.may))

    @property
    def always(self) -> bool:
        """Whether it applies in any case."""
        return self.surely == TRUE


ALWAYS = State()


class UnsupportedError(Exception):
    """SQL has no exact form for something: it is left to the reference evaluator."""


def same(value: str, *, loose: bool = False) -> Ends:
    """Return the ends of a value that is known, or null where `loose`."""
    return Ends(value, value, loose)


def known_of(found: Ends) -> str:
    """Return the condition that a value has one end only; of a ratio both are cross-multiplied."""
    if SPLIT in found.low:
        (a, b), (c, d) = (split(end) for end in found[:2])
        return f"coalesce(({a}) * ({d}) = ({c}) * ({b}), FALSE)"
    if found.single:
        return f"({found.low} IS NOT NULL)" if found.loose else TRUE
    return f"coalesce({found.low} = {found.high}, FALSE)"


def truth(low: str, high: str) -> Ends:
    """Return the ends of a truth."""
    return Ends(low, high)


MAYBE = Ends(FALSE, TRUE)
ENDLESS = Ends(f"{NULL}::BIGINT", f"CAST({NULL} AS BIGINT)", loose=True)


def whole_of(ty: t.Type, values: Mapping[str, Values]) -> Ends:
    """Return what is known of a value when only its type is."""
    match ty:
        case t.Boolean():
            return MAYBE
        case t.Scale():
            return Ends("0", str(len(values[ty.name].values) - 1))
        case t.Date():
            return Ends(literal(date.min), literal(date.max))
        case t.Number() | t.Months() | t.Seconds():
            return ENDLESS
        case t.String() | t.Enumeration():
            return same(f"{NULL}::VARCHAR", loose=True)
        case t.Object():
            return same(f"{NULL}::BIGINT", loose=True)
        case t.Fraction():
            return Ends(pair("0", "1"), pair("1", "1"))
        case t.Ratio():
            return Ends(pair(ENDLESS.low, "1"), pair(ENDLESS.high, "1"), loose=True)
        case t.Context() | t.List() | t.Range() | t.Ballots() | t.Calendar():
            raise UnsupportedError(type(ty).__name__)
        case t.Anything() | t.Bad():
            return same(NULL, loose=True)
        case _:
            assert_never(ty)
