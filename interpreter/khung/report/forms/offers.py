"""What is offered to a template: values under names, and the same names before any case is known.

An `Offer` is a thing of a case as a template sees it: names lead to plain values, to other offers
and to lists of them. A `Shape` says which names those are, so that a template is checked without
a case. A value is taken when a template asks for it, and is None where nothing is known.
"""

from __future__ import annotations

from dataclasses import field
from enum import Enum
from typing import TYPE_CHECKING, Any

from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date
    from decimal import Decimal
    from typing import TypeAlias

    Plain: TypeAlias = str | bool | int | Decimal | date | None


class Sort(Enum):
    """What a name leads to."""

    TEXT = "text"
    NUMBER = "number"
    SHARE = "share"
    DATE = "date"
    TRUTH = "truth"
    TERM = "term"
    """One of several values with names: what it is called, and its name as `key`."""
    ONE = "one"
    """Another thing, or nothing."""
    LIST = "list"
    """Other things, or texts where no shape is named."""


class Term(str):
    """What a level or another value of a rulebook is called; `key` is its name there."""

    __slots__ = ("key",)

    key: str

    @classmethod
    def of(cls, said: str, key: str) -> Term:
        """Return a term by what it is called and its name."""
        made = cls(said)
        made.key = key
        return made


@dataclass(frozen=True, slots=True)
class MergeField:
    """What a name leads to.

    Attributes:
        label: What it is, for people.
        take: Returns it of a thing: a plain value, or for `ONE` and `LIST` of a shape things.
        shape: The name of the shape of those.
    """

    label: str
    sort: Sort
    take: Callable[[Any], Any] = field(repr=False)
    shape: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """The names that things of one sort have."""

    name: str
    label: str
    fields: Mapping[str, MergeField]


class Shapes:
    """Shapes by name, each made when it is first asked for, as they lead to one another."""

    def __init__(self, make: Callable[[str], Shape]) -> None:
        """Make shapes by a function of their names."""
        self._make = make
        self._made: dict[str, Shape] = {}

    def of(self, name: str) -> Shape:
        """Return a shape."""
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def reached(self, *names: str) -> Iterator[Shape]:
        """Yield shapes with all those to which they lead, each once."""
        waiting, seen = list(names), set[str]()
        while waiting:
            name = waiting.pop(0)
            if name in seen:
                continue
            seen.add(name)
            shape = self.of(name)
            yield shape
            waiting += [one.shape for one in shape.fields.values() if one.shape]


class Offer:
    """A thing of a case, as a template sees it."""

    __slots__ = ("_shape", "_shapes", "_taken", "_thing")

    def __init__(self, thing: object, shape: str, shapes: Shapes) -> None:
        self._thing = thing
        self._shape = shape
        self._shapes = shapes
        self._taken: dict[str, Any] = {}

    def take(self, name: str) -> Any:
        """Return what a name leads to. Raises KeyError where there is no such name."""
        if name not in self._taken:
            found = self._shapes.of(self._shape).fields[name]
            self._taken[name] = self._offered(found.take(self._thing), found)
        return self._taken[name]

    def _offered(self, value: Any, found: MergeField) -> Any:
        if not found.shape:
            return value
        if found.sort is Sort.LIST:
            return [Offer(one, found.shape, self._shapes) for one in value]
        return None if value is None else Offer(value, found.shape, self._shapes)

    def __str__(self) -> str:
        """Return what the thing is called, where that has a name of its own."""
        fields = self._shapes.of(self._shape).fields
        key = next((key for key in NAMING if key in fields), "")
        return str(self.take(key) or "") if key else ""


NAMING = ("name", "label", "text")
"""The names by which a thing as a whole is told."""
