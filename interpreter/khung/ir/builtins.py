"""The closed table of builtins: names of parameters, their types and the type of the result.

What they do is in `engine.builtins`, by the same names. A signature's types may hold the marks
`ITEM` (any one type, the same throughout the signature) and `ORDERED` (the same, and ordered).
"""

from __future__ import annotations

from khung.ir.types import (
    ANYTHING,
    BOOLEAN,
    CALENDAR,
    DATE,
    MONTHS,
    NUMBER,
    SECONDS,
    STRING,
    List,
    Scale,
    Type,
)
from khung.records import dataclass

ITEM = Scale("<item>")
ORDERED = Scale("<ordered>")
LEVEL = Scale("<level>")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter. An optional one may be left out, or be null, which is the same."""

    name: str
    ty: Type
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """One way to call a builtin. A variadic one takes any number of its last parameter."""

    parameters: tuple[Parameter, ...]
    result: Type
    variadic: bool = False


def _of(*parameters: tuple[str, Type], result: Type, optional: int = 0) -> Signature:
    required = len(parameters) - optional
    made = tuple(Parameter(n, ty, i >= required) for i, (n, ty) in enumerate(parameters))
    return Signature(made, result)


def _list(element: Type, result: Type) -> tuple[Signature, ...]:
    """`f(list)` and `f(a, b, …)`."""
    one = Signature((Parameter("list", List(element)),), result)
    return (one, Signature((Parameter("", element),), result, variadic=True))


def _rounding() -> tuple[Signature, ...]:
    return (_of(("n", NUMBER), ("scale", NUMBER), result=NUMBER),)


def _stepping() -> tuple[Signature, ...]:
    return (_of(("n", NUMBER), result=NUMBER), *_rounding())


SIGNATURES: dict[str, tuple[Signature, ...]] = {
    # numbers
    "abs": (
        _of(("n", NUMBER), result=NUMBER),
        _of(("n", MONTHS), result=MONTHS),
        _of(("n", SECONDS), result=SECONDS),
    ),
    "floor": _stepping(),
    "ceiling": _stepping(),
    "round up": _rounding(),
    "round down": _rounding(),
    "round half up": _rounding(),
    "round half down": _rounding(),
    "decimal": (_of(("n", NUMBER), ("scale", NUMBER), result=NUMBER),),
    "modulo": (_of(("dividend", NUMBER), ("divisor", NUMBER), result=NUMBER),),
    "even": (_of(("number", NUMBER), result=BOOLEAN),),
    "odd": (_of(("number", NUMBER), result=BOOLEAN),),
    # texts
    "string length": (_of(("string", STRING), result=NUMBER),),
    "upper case": (_of(("string", STRING), result=STRING),),
    "lower case": (_of(("string", STRING), result=STRING),),
    "contains": (_of(("string", STRING), ("match", STRING), result=BOOLEAN),),
    "starts with": (_of(("string", STRING), ("match", STRING), result=BOOLEAN),),
    "ends with": (_of(("string", STRING), ("match", STRING), result=BOOLEAN),),
    "substring before": (_of(("string", STRING), ("match", STRING), result=STRING),),
    "substring after": (_of(("string", STRING), ("match", STRING), result=STRING),),
    "substring": (
        _of(
            ("string", STRING),
            ("start position", NUMBER),
            ("length", NUMBER),
            result=STRING,
            optional=1,
        ),
    ),
    "string join": (_of(("list", List(STRING)), ("delimiter", STRING), result=STRING, optional=1),),
    # lists
    "count": _list(ITEM, NUMBER),
    "sum": _list(NUMBER, NUMBER),
    "mean": _list(NUMBER, NUMBER),
    "min": _list(ORDERED, ORDERED),
    "max": _list(ORDERED, ORDERED),
    "all": _list(BOOLEAN, BOOLEAN),
    "any": _list(BOOLEAN, BOOLEAN),
    "list contains": (_of(("list", List(ITEM)), ("element", ITEM), result=BOOLEAN),),
    "concatenate": (Signature((Parameter("", List(ITEM)),), List(ITEM), variadic=True),),
    "distinct values": (_of(("list", List(ITEM)), result=List(ITEM)),),
    "entry": (_of(("list", List(ITEM)), ("key", ANYTHING), result=ITEM),),
    # conversion
    "number": (
        _of(("from", STRING), result=NUMBER),
        _of(
            ("from", STRING),
            ("grouping separator", STRING),
            ("decimal separator", STRING),
            result=NUMBER,
            optional=2,
        ),
    ),
    "string": (_of(("from", ANYTHING), result=STRING),),
    # dates and durations
    "date": (
        _of(("from", STRING), result=DATE),
        _of(("from", DATE), result=DATE),
        _of(("year", NUMBER), ("month", NUMBER), ("day", NUMBER), result=DATE),
    ),
    "duration": (_of(("from", STRING), result=ANYTHING),),
    "years and months duration": (_of(("from", DATE), ("to", DATE), result=MONTHS),),
    "months between": (_of(("from", DATE), ("to", DATE), result=NUMBER),),
    "working days between": (
        _of(("from", DATE), ("to", DATE), ("calendar", CALENDAR), result=NUMBER),
    ),
    "add working days": (
        _of(("date", DATE), ("days", NUMBER), ("calendar", CALENDAR), result=DATE),
    ),
    # levels
    "lower": (_of(("level", LEVEL), ("steps", NUMBER), result=LEVEL),),
    "higher": (_of(("level", LEVEL), ("steps", NUMBER), result=LEVEL),),
    # knowledge
    "not": (_of(("negand", BOOLEAN), result=BOOLEAN),),
    "is known": (_of(("value", ITEM), result=BOOLEAN),),
    "default": (_of(("value", ITEM), ("otherwise", ITEM), result=ITEM),),
}

NOT_MONOTONE = frozenset({"is known", "default"})
"""Builtins for which knowing more may change the answer: for checks, outputs and messages only."""

BY_CALENDAR = frozenset({"working days between", "add working days"})
"""Builtins that count by a calendar, their last parameter."""

PROPERTIES: dict[Type, dict[str, Type]] = {
    DATE: dict.fromkeys(("year", "month", "day", "weekday"), NUMBER),
    MONTHS: dict.fromkeys(("years", "months"), NUMBER),
    SECONDS: dict.fromkeys(("days", "hours", "minutes", "seconds"), NUMBER),
}
"""What can be read of a value with a point: `date.year`."""
