"""What a quota is told in SQL: its settings, the relations that it reads, and what it makes."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, NamedTuple

from khung.records import dataclass
from khung.sql.text import FALSE, TRUE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

STRANGERS = 40
"""Beyond so many others of unknown group, one such subject is not placed in each group in turn."""

ENDLESS = 10**15
"""How many more stand for any number of them."""


Ends = tuple[int, int]
Further = tuple[Ends, Ends, Ends | None]


class Small(NamedTuple):
    """A base below `fewer_than`, with `at_least` beside those at the level, has `allow` places."""

    fewer_than: Decimal
    allow: int
    at_least: Decimal


class Settings(NamedTuple):
    """What the places of any group of a quota hang on, besides its own numbers.

    Attributes:
        rounding: `floor`, `half_up` or `ceiling`.
        small: The rule for small groups; None where there is none.
        further: What each of those adds of whom nothing is known: the ends if it is kept, the ends
            if it is not, and of those who lack the level then; all of them begin at nothing.
    """

    rounding: str = "floor"
    small: Small | None = None
    further: Further = ((0, 0), (0, 0), None)


class Stranger(NamedTuple):
    """What a member is of whom nothing is known: ends, as the columns of a member have them."""

    levels: Ends
    competes: Ends = (1, 1)
    at: Ends = (0, 1)
    cut: Ends = (0, 1)
    low: Ends = (0, 1)

    def further(self, level: int) -> Further:
        """Return what such a one adds, where a level is limited."""
        kept, out = self.at, self.cut[1]
        if self.levels[0] < level:
            out = max(out, self.low[1])
        if self.competes[0]:
            return kept, (0, out), None
        return kept, (0, max(out, kept[1])), (0, out)


@dataclass(frozen=True, slots=True)
class QuotaShape:
    """A quota to be written; `khung.sql.quotas` says what the columns are.

    Attributes:
        name: What the names of all relations made begin with.
        members: The relation of all who may belong.
        level: The rank that is limited; `others` the rank of those cut.
        keys: How many parts a key has.
        order: Of each order key, whether the highest is first.
        ties: `needs_decision`, `all` or `none`.
        settings: What else the places hang on.
        outside: The relation of who surely does not belong, and is one of the number; empty where
            no `size` is given.
        whole: The relation that says of each case whether all stand in it, or that of all: `TRUE`,
            `FALSE`.
        shared: Whether `at_most` limits a group, `placed` whether `places` does, `sized` whether
            `size` says how many it has.
        absent: The parts of a key that may be known not to be there.
        keyless: Whether a part of a key may be unknown.
        said: Columns that are not read as such: a constant, or another column, by name.
        columns: Further columns of members that its steps shall have.
    """

    name: str
    members: str
    level: int
    others: int
    keys: int
    order: tuple[bool, ...] = ()
    ties: str = "needs_decision"
    settings: Settings = Settings()
    outside: str = ""
    whole: str = FALSE
    shared: bool = True
    placed: bool = False
    sized: bool = False
    absent: frozenset[int] = frozenset()
    keyless: bool = True
    said: Mapping[str, str] = field(default_factory=dict)
    columns: tuple[str, ...] = ()

    def relation(self, name: str) -> str:
        """Return the name of a relation that is made."""
        return f'"{self.name}.{name}"'

    def read(self, column: str, alias: str = "") -> str:
        """Return how a column of a member is read."""
        found = self.said.get(column, column)
        return found if is_constant(found) or not alias else f"{alias}.{found}"

    @property
    def key_columns(self) -> tuple[str, ...]:
        """The columns of a key."""
        own = [f"k{at}" for at in range(self.keys)]
        return (*own, *(f"k{at}_absent" for at in sorted(self.absent)))

    @property
    def order_columns(self) -> tuple[str, ...]:
        """The columns of the order: of each key the least, and the most where it may be open."""
        ends = ((f"o{at}_lo", f"o{at}_hi") for at in range(len(self.order)))
        return tuple(dict.fromkeys(self.read(column) for pair in ends for column in pair))

    @property
    def may_grow(self) -> bool:
        """Whether there may be others of whom a case says nothing."""
        return self.whole != TRUE


class GroupingShape(NamedTuple):
    """One grouping of a quota of several groups for one candidate: which columns its keys have.

    Attributes:
        each: Whether a subject is in a group for each of a list.
        shared: Whether `at_most` limits a group; `placed` whether `places` does, `sized` whether
            `size` says how many it has.
    """

    each: bool = False
    shared: bool = True
    placed: bool = False
    sized: bool = False


@dataclass(frozen=True, slots=True)
class JointShape:
    """A quota of which a candidate is in several groups; `khung.sql.quotas` says what is read.

    Attributes:
        name: What the names of all relations made begin with.
        members: The relation of all who may belong.
        keys: The relation that says in which groups they are.
        groupings: By what they are grouped; the number of one is its place.
        level, others, order, ties, settings, outside, whole, columns: As of a `QuotaShape`.
    """

    name: str
    members: str
    keys: str
    groupings: tuple[GroupingShape, ...]
    level: int
    others: int
    order: tuple[bool, ...] = ()
    ties: str = "needs_decision"
    settings: Settings = Settings()
    outside: str = ""
    whole: str = FALSE
    columns: tuple[str, ...] = ()

    def relation(self, name: str) -> str:
        """Return the name of a relation that is made."""
        return f'"{self.name}.{name}"'


def is_constant(text: str) -> bool:
    """Whether what is read is the same for all members, and no column."""
    return text in (TRUE, FALSE) or text[0].isdigit() or text[0] == "-"


class Sql(NamedTuple):
    """A relation, by the query that it is made of; a view is read once or twice, and cheaply."""

    name: str
    text: str
    is_view: bool = False


class Tabulated(NamedTuple):
    """A relation with places: for each row of a query the same columns and those of `places`.

    The rows are few. `settings` say with them what the places are.
    """

    name: str
    text: str
    settings: Settings


class Settled(NamedTuple):
    """Relations, `steps`, `told` and `listed`, that rows of queries come to, a case at a time.

    The rows of each query are in the order of their cases. `outside` and `whole` may be empty.
    """

    shape: JointShape
    members: str
    keys: str
    outside: str
    whole: str

    @property
    def name(self) -> str:
        """The relation that later statements read."""
        return self.shape.relation("steps")


Statement = Sql | Tabulated | Settled
