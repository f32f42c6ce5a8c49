"""How values are drawn, once the types of their columns are known.

A draw takes numbers from the row that it is for: from 0 to 2³², equally likely, told apart by the
name of the column and by `key`, the way to the draw inside that of its column. Nothing depends on
the order of rows or columns, so a column more changes no other.
"""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, assert_never

from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

Plain = bool | int | str | date

BUILT_IN = ("k", "n", "id")
"""What every row has: its number where it lies, that in the stratum, its id."""

_DRAWN = "="


def column(name: str) -> str:
    """Return what the column of a name is called inside: so that none is taken for another.

    A path keeps its `in.`; what is built in, and what queries call for themselves, has no sign.
    """
    way, dot, last = name.rpartition(".") if name.startswith("in.") else ("", "", name)
    return name if last in BUILT_IN else f"{way}{dot}{_DRAWN}{last}"


def named(column: str) -> str:
    """Return what an author calls a column."""
    return column.replace(_DRAWN, "", 1)


class Kind(Enum):
    """What a column holds. A `TEXT` may be one of a few names."""

    BOOLEAN = "a_boolean"
    NUMBER = "a_whole_number"
    DATE = "a_date"
    TEXT = "a_text"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Constant:
    """Always the same."""

    value: Plain


@dataclass(frozen=True, slots=True)
class Interval:
    """Whole numbers or days between two, both among them; equally likely where drawn."""

    low: int | date
    high: int | date


@dataclass(frozen=True, slots=True)
class Chance:
    """True in a share of the rows."""

    share: Fraction


@dataclass(frozen=True, slots=True)
class Weighted:
    """One of several draws, by weight."""

    choices: tuple[tuple[Drawn, int], ...]


@dataclass(frozen=True, slots=True)
class Switch:
    """A draw by what another column holds; nothing where no case fits."""

    by: str
    cases: tuple[tuple[Constant | Interval, Drawn], ...]
    other: Drawn | None


@dataclass(frozen=True, slots=True)
class Copied:
    """What another column holds."""

    path: str


@dataclass(frozen=True, slots=True)
class Portion:
    """A part of a number, rounded to the nearest whole one; from `low` to `high` in 1/10000."""

    of: Drawn
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Votes:
    """Ballots: a portion of `of` for the level `to`, the rest for the level below it."""

    portion: Portion
    to: Drawn


@dataclass(frozen=True, slots=True)
class Counted:
    """The number of rows of some strata below one that `of` leads to.

    `of` is `""` for the row itself, `in`, `in.in`, or `all`.
    """

    strata: tuple[str, ...]
    where: tuple[tuple[str, Constant | Interval], ...]
    of: str


@dataclass(frozen=True, slots=True)
class Picked:
    """The id of a row of a stratum below what `of` leads to.

    Rows that lie in one together pick different ones, as far as there are enough.
    """

    stratum: str
    of: str


@dataclass(frozen=True, slots=True)
class Text:
    """A text with placeholders: in turn a text as it is, and a path or the name of a list."""

    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Marked:
    """No value: `?` unknown, `-` none."""

    mark: str


Drawn = (
    Constant
    | Interval
    | Chance
    | Weighted
    | Switch
    | Copied
    | Portion
    | Votes
    | Counted
    | Picked
    | Text
    | Marked
)


def inner(drawn: Drawn) -> tuple[Drawn, ...]:
    """Return the draws that a draw is made of."""
    match drawn:
        case Weighted():
            return tuple(choice for choice, _ in drawn.choices)
        case Switch():
            found = tuple(case for _, case in drawn.cases)
            return found if drawn.other is None else (*found, drawn.other)
        case Portion():
            return (drawn.of,)
        case Votes():
            return (drawn.portion, drawn.to)
        case Constant() | Interval() | Chance() | Copied() | Counted() | Picked() | Text():
            return ()
        case Marked():
            return ()
        case _:
            assert_never(drawn)


def within(drawn: Drawn) -> Iterator[Drawn]:
    """Yield a draw and all in it."""
    yield drawn
    for one in inner(drawn):
        yield from within(one)


def paths(drawn: Drawn, words: frozenset[str]) -> Iterator[str]:
    """Yield the columns that a draw takes something from, such as `in.id`."""
    for one in within(drawn):
        match one:
            case Switch(by=path) | Copied(path=path):
                yield path
            case Text(parts=parts):
                yield from (path for path in parts[1::2] if path not in words)
            case Counted(of=of) | Picked(of=of):
                if of != "all":
                    yield from (f"{of}.{own}" if of else own for own in ("row", "layer"))
                if isinstance(one, Picked):
                    yield from ("k", "siblings", "in.u")
            case _:
                pass


def is_counted(drawn: Drawn) -> bool:
    """Say whether a draw needs to know how many rows there are below something."""
    return any(isinstance(one, Counted | Picked) for one in within(drawn))


def may_be_marked(drawn: Drawn) -> bool:
    """Say whether a draw may state that there is no value."""
    return any(isinstance(one, Marked) for one in within(drawn))
