"""Tables, their columns, and what a column reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from khung.patterns import pattern
from khung.records import dataclass
from khung.sql.ends import ALWAYS, Ends, State
from khung.sql.text import SPLIT, pair, quoted, split

if TYPE_CHECKING:
    from collections.abc import Hashable

    from khung.ir import types as t
    from khung.ir.program import Fact, ObjectType

SELF = "s"
"""What a statement calls the table that it goes over."""

DAY = "the day"
"""The relation with the day of the ranking, for what is not read of any case: pairs."""

_OWN = pattern(rf'{SELF}\."(?:[^"]|"")*"')

_PLAIN = pattern(r"TRUE|FALSE|-?\d+|\(-\d+\)|DATE '[0-9-]+'|'(?:[^']|'')*'")

UNDECIDED = "undecided:"
"""What the name of a column begins with that says what the rules alone make of an object, whatever
decision is given of it."""

FAILED = "failed "
"""What the name of a column begins with that says whether another is open although all that it
takes is known."""

ROW, CASE = "rid", "cs"
"""The columns with the number of a row and of its case."""


@dataclass(frozen=True, slots=True)
class Table:
    """Objects of one type.

    Attributes:
        key: Its name: `SUBJECT`, `SUBJECT#KIND`, `SUBJECT.FACT`, or that of pairs.
        declared: The type; None of plain values and of pairs.
        kind: The only kind that stands in it; empty for all.
        owner: The table of those who hold the records.
        fact: The list that its records stand in.
        links: Of pairs, the tables on both sides.
        stranger: Whether it is one object of which nothing is known, and stands nowhere.
    """

    key: str
    declared: ObjectType | None
    kind: str = ""
    owner: str = ""
    fact: Fact | None = None
    links: tuple[tuple[str, tuple[str, ...]], ...] = ()
    stranger: bool = False

    @property
    def base(self) -> str:
        """The table of what is stated."""
        return self.key.partition("#")[0]


class Own(NamedTuple):
    """A column of the same object."""

    table: str
    name: str


class Raw(NamedTuple):
    """A column of what is stated."""

    name: str


class Via(NamedTuple):
    """A column of the object that one of the same object leads to."""

    link: str
    tables: tuple[str, ...]
    name: str

    @property
    def alias(self) -> str:
        """What a statement calls the table led to."""
        return quoted(f"v.{self.link}{'#' if '#' in self.tables[0] else ''}")


class Passed(NamedTuple):
    """What one pass over a list comes to, by the key of the list and the name of the sum."""

    source: Hashable
    name: str


class Quoted(NamedTuple):
    """What a quota leaves; `place` is its place among those of the subject.

    `part` tells those of its groups that are settled together from the others.
    """

    subject: str
    place: int
    part: int

    @property
    def name(self) -> str:
        """What the names of its relations begin with."""
        return f"q.{self.subject}.{self.place}.{self.part}"


Dependency = Own | Raw | Via | Passed | Quoted


@dataclass(frozen=True, slots=True)
class Column:
    """A member of the objects of a table.

    Attributes:
        ends: How it is worked out; `state` whether it applies.
        needs: What that reads.
    """

    table: Table
    name: str
    ty: t.Type
    ends: Ends
    state: State = ALWAYS
    needs: tuple[Dependency, ...] = ()

    @property
    def is_constant(self) -> bool:
        """Whether it is the same for all, so that it needs no column."""
        return not self.needs

    @property
    def is_alias(self) -> bool:
        """Whether it only says again what another column of the object has."""
        texts = [part for end in (*self.ends[:2], *self.state) for _, part in _split("", end)]
        return all(_OWN.fullmatch(text) or is_plain(text) for text in texts)

    @property
    def stem(self) -> str:
        """What its columns of SQL begin with, told from those of what is stated."""
        return stem_of(self.name)

    @property
    def parts(self) -> dict[str, str]:
        """The columns of SQL that it takes, with how each is worked out."""
        ends = (("", self.ends.low),) if self.ends.single else _ends(self.ends)
        said = [part for suffix, text in ends for part in _split(suffix, text)]
        said += self.state.parts
        return {f"{self.stem}{suffix}": text for suffix, text in said if not is_plain(text)}

    def read(self, alias: str) -> tuple[Ends, State]:
        """Return it as another expression reads it, of a table with a name."""
        if self.is_constant:
            return self.ends, self.state
        low = self._named(alias, "" if self.ends.single else ".l", self.ends.low)
        high = low if self.ends.single else self._named(alias, ".h", self.ends.high)
        said = [self._named(alias, suffix, text) for suffix, text in self.state.parts]
        return Ends(low, high, self.ends.loose), State(said[0], said[-1])

    def _named(self, alias: str, suffix: str, text: str) -> str:
        found = [
            part if is_plain(part) else f"{alias}.{quoted(self.stem + end)}"
            for end, part in _split(suffix, text)
        ]
        return pair(*found) if len(found) > 1 else found[0]


def stem_of(name: str) -> str:
    """Return what the columns of SQL of a member begin with."""
    return f".{name}"


def is_plain(text: str) -> bool:
    """Whether a text is a value that is the same for all and of a type: it is read as it is."""
    return _PLAIN.fullmatch(text) is not None


def _split(suffix: str, text: str) -> tuple[tuple[str, str], ...]:
    """Return an end with the suffix of its column; of a ratio its two numbers."""
    if SPLIT not in text:
        return ((suffix, text),)
    part, whole = split(text)
    return (f"{suffix}.n", part), (f"{suffix}.d", whole)


def _ends(ends: Ends) -> tuple[tuple[str, str], ...]:
    return (".l", ends.low), (".h", ends.high)
