"""The types of the core language. Two types are the same where they are equal."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Boolean:
    """`true` and `false`, in the order false < true."""


@dataclass(frozen=True, slots=True)
class Number:
    """A decimal of 34 digits."""


@dataclass(frozen=True, slots=True)
class Fraction:
    """What `share` gives: two counts. It may be named and compared, nothing else."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """A quotient of whole numbers, kept exact.

    A share that says what it is over nothing is one, and what is reckoned of it with counts and
    constants.
    """


@dataclass(frozen=True, slots=True)
class String:
    """A text. Not ordered for the unknown, though two known texts compare by code point."""


@dataclass(frozen=True, slots=True)
class Date:
    """A day of the Gregorian calendar, years 1 to 9999."""


@dataclass(frozen=True, slots=True)
class Months:
    """A years-and-months duration, in whole months."""


@dataclass(frozen=True, slots=True)
class Seconds:
    """A days-and-time duration, in seconds."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A level of a declared scale, ordered; at run time its rank from 0, the lowest."""

    name: str


@dataclass(frozen=True, slots=True)
class Enumeration:
    """A value of a declared enumeration, of a reading's options or of a subject's kinds."""

    name: str


@dataclass(frozen=True, slots=True)
class Object:
    """A subject or record of a declared type, or of one of several: see `one_of`."""

    name: str


@dataclass(frozen=True, slots=True)
class Context:
    """A record without a declaration: only the inputs of bare expressions have this type."""

    fields: tuple[tuple[str, Type], ...]


@dataclass(frozen=True, slots=True)
class List:
    """A list; `element` is `Anything` for the empty one."""

    element: Type


@dataclass(frozen=True, slots=True)
class Range:
    """All values between two ends."""

    element: Type


@dataclass(frozen=True, slots=True)
class Ballots:
    """Votes by level of a scale."""

    scale: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """A calendar of working days. It stands as an argument, nothing else."""


@dataclass(frozen=True, slots=True)
class Anything:
    """The type of `null`, which fits every other."""


@dataclass(frozen=True, slots=True)
class Bad:
    """The type of what was already reported; it fits everything and is never reported again."""


Type = (
    Boolean
    | Number
    | Fraction
    | Ratio
    | String
    | Date
    | Months
    | Seconds
    | Scale
    | Enumeration
    | Object
    | Context
    | List
    | Range
    | Ballots
    | Calendar
    | Anything
    | Bad
)

BOOLEAN, NUMBER, STRING, DATE = Boolean(), Number(), String(), Date()
FRACTION, RATIO = Fraction(), Ratio()
MONTHS, SECONDS, CALENDAR = Months(), Seconds(), Calendar()
ANYTHING, BAD = Anything(), Bad()


def one_of(names: Iterable[str]) -> str:
    """Return the name for objects of one of several types, as the holders of a record are."""
    return "|".join(names)


def names_of(name: str) -> tuple[str, ...]:
    """Return the declared types that `one_of` joined; of a declared one only itself."""
    return tuple(name.split("|"))


def first_of(name: str) -> str:
    """Return the first of the declared types; what is read of one of several, all of them have."""
    return name.partition("|")[0]


def is_ordered(ty: Type) -> bool:
    """Whether unknown values of the type are a least and a most rather than wholly unknown."""
    match ty:
        case Boolean() | Number() | Fraction() | Ratio() | Date() | Months() | Seconds() | Scale():
            return True
        case String() | Enumeration() | Object() | Context() | List() | Range() | Ballots():
            return False
        case Calendar() | Anything() | Bad():
            return False
        case _:
            assert_never(ty)


def fits(given: Type, wanted: Type) -> bool:
    """Whether a value of type `given` may stand where `wanted` is asked for."""
    if given == wanted or isinstance(given, Anything | Bad) or isinstance(wanted, Anything | Bad):
        return True
    if isinstance(given, List) and isinstance(wanted, List):
        return fits(given.element, wanted.element)
    if isinstance(given, Range) and isinstance(wanted, Range):
        return fits(given.element, wanted.element)
    if isinstance(given, Context) and isinstance(wanted, Context):
        own = dict(given.fields)
        return all(name in own and fits(own[name], ty) for name, ty in wanted.fields)
    return False


def join(a: Type, b: Type) -> Type | None:
    """Return the type of a value that is one of two, or None where they do not go together."""
    match a, b:
        case List(one), List(other):
            element = join(one, other)
            return None if element is None else List(element)
        case Context(ones), Context(others) if dict(ones).keys() == dict(others).keys():
            found = [(name, join(ty, dict(others)[name])) for name, ty in ones]
            fields = tuple((name, ty) for name, ty in found if ty is not None)
            return Context(fields) if len(fields) == len(ones) else None
        case _ if fits(a, b):
            return a if isinstance(b, Anything | Bad) else b
        case _:
            return b if fits(b, a) else None
