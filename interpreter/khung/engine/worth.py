"""Plain values and pairs of ends, as generated code has them, and `Value`s, as all else has them.

A known value is plain: bool, Decimal or whole number, date, rank, str, row, `Share`, tuple of
ballots or of elements. What is open is two ends; of what has no order both are `UNKNOWN`. An open
list is `Open`: its elements, each with both ends, whether it is sure, how many such there may be,
and the name of the criterion it is.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from khung.engine.values import (
    FALSE,
    INFINITY,
    MISSING,
    OPEN,
    TRUE,
    Element,
    Elements,
    Share,
    Value,
    any_of,
    known,
    truth,
    whole,
)
from khung.ir import types as t

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from khung.ir.program import Values

Ends = tuple[Any, Any]
"""A least and a most."""

Item = tuple[Any, Any, bool, Any, str]
"""An element: its ends, whether it is sure, how many such there may be, its name."""


class OpenError(Exception):
    """What is asked for as a plain value is open."""


class _Unknown:
    """Of a value without order nothing is known."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = _Unknown()


class Open(list[Item]):
    """A list of which it is open what stands in it, or what its elements are."""

    __slots__ = ()


def opened(values: Any) -> Any:
    """Return a list of any form as `Open`; one that is unknown as it is."""
    if values is UNKNOWN or type(values) is Open:
        return values
    return Open([(x, x, True, 1, "") for x in values])


def ends_of(ty: t.Type, values: Mapping[str, Values]) -> Ends:
    """Return the ends of a type."""
    least, most, _ = whole(ty, values)
    return (UNKNOWN, UNKNOWN) if least is None else (least, most)


def as_value(least: Any, most: Any, ty: t.Type) -> Value:
    """Return two ends as a value."""
    if least is UNKNOWN or most is UNKNOWN or least is None:
        return OPEN
    kind = type(ty)
    if kind is t.Boolean:
        return truth(least, most)
    if kind is t.Number:
        least, most = _decimal(least), _decimal(most)
    elif kind is t.List or (kind is t.Anything and type(least) in (tuple, Open)):
        return known(_elements(least, ty.element if isinstance(ty, t.List) else t.ANYTHING))
    return Value(least, most) if least == most else Value(least, most, MISSING)


def known_as(ty: t.Type) -> Callable[[Any, t.Type], Value]:
    """Return what makes a `Value` of a plain value of a type, given that again."""
    match ty:
        case t.Boolean():
            return _known_truth
        case t.Scale() | t.Date() | t.Months() | t.Seconds():
            return _known_plainly
        case _:
            return _known_of


def _known_truth(plain: Any, _: t.Type) -> Value:
    return TRUE if plain else FALSE


def _known_plainly(plain: Any, _: t.Type) -> Value:
    return Value(plain, plain)


def _known_of(plain: Any, ty: t.Type) -> Value:
    return as_value(plain, plain, ty)


def _decimal(number: Any) -> Any:
    return Decimal(number) if type(number) is int else number


def _elements(found: Any, ty: t.Type) -> Elements:
    if type(found) is not Open:
        return Elements(tuple([Element(as_value(x, x, ty)) for x in found]))
    items: list[Element] = []
    more: list[tuple[Any, Value]] = []
    for least, most, sure, times, name in found:
        value = as_value(least, most, ty)
        if times == 1 and not _is_stranger(least):
            items.append(Element(value, sure, name))
        else:
            more.append((times, value))
    unseen = sum(times for times, _ in more)
    other = any_of([value for _, value in more])
    return Elements(tuple(items), None if unseen == INFINITY else int(unseen), other)


def _is_stranger(found: Any) -> bool:
    return bool(getattr(found, "stranger", False))


def from_value(value: Value) -> Ends:
    """Return a value as two ends; a plain one twice."""
    least, most = value.least, value.most
    if isinstance(least, Elements):
        found = from_elements(least)
        return found, found
    if value.why and (least is None or most is None):
        return UNKNOWN, UNKNOWN
    return least, most


def from_elements(elements: Elements) -> Any:
    """Return a list as a tuple of plain values, or as `Open`."""
    if elements.settled and not any(item.value.why or item.name for item in elements.items):
        plain = [from_value(item.value)[0] for item in elements.items]
        if not any(type(x) is Open for x in plain):
            return tuple(plain)
    found = Open()
    for item in elements.items:
        least, most = from_value(item.value)
        found.append((least, most, item.sure, 1, item.name))
    if elements.unseen != 0:
        times = INFINITY if elements.unseen is None else elements.unseen
        least, most = from_value(elements.stranger)
        found.append((least, most, False, times, ""))
    return found


def of_type(ends: Ends, ty: t.Type, values: Mapping[str, Values]) -> Ends:
    """Return two ends, of what is wholly unknown those of the type; so of each element, too."""
    if isinstance(ty, t.List) and type(ends[0]) is Open:
        found = Open((*of_type(item[:2], ty.element, values), *item[2:]) for item in ends[0])
        return found, found
    return ends_of(ty, values) if ends[0] is UNKNOWN else ends


def ratio_of(found: list[bool], empty: Fraction) -> Fraction:
    """Return the share of what is true, which over nothing is `empty`."""
    return Fraction(sum(found), len(found)) if found else empty


def share_of(found: list[bool]) -> Share:
    """Return the share of what is true."""
    return Share(sum(found), len(found))
