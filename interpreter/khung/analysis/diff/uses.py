"""Which names an entry of a rulebook reads, and which entries those may be.

Names are not resolved: a bare name is one of the entry's own subject if that has one, and a name
after a point may be of any subject or record. So more may be found than is read, never less.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from khung.records import dataclass
from khung.rulebook import model as m
from khung.syntax.ast import Name, Path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence


_SPACES = ("parameters", "readings", "tables", "calendars")
"""Names before a point that say what kind of entry follows."""

_ANYWHERE = "."

_NAMED = {
    *("period", "parameters", "readings", "calendars", "scales", "enumerations", "records"),
    *("kinds", "facts", "fields", "links", "definitions", "groups", "items", "sets", "tables"),
    "values",
}
"""Where entries stand that an expression can name."""


_HEADS = {"title", "document", "documents", "clauses", "forms"}
"""Where entries stand that no rule reads; a subject may have the path of one."""


class Mention(NamedTuple):
    """A name; `space` is empty for a bare one, `.` after a point, or one of the spaces."""

    space: str
    name: str


class Entry(Protocol):
    """What is asked of an entry of a rulebook, as `written` tells of it."""

    @property
    def path(self) -> str:
        """As in `lecturer.facts.hours`."""

    @property
    def part(self) -> str:
        """The key under which such entries stand."""

    @property
    def id(self) -> str:
        """Its name among them."""

    @property
    def keys(self) -> Mapping[str, Any]:
        """What is written in it."""

    @property
    def mentions(self) -> frozenset[Mention]:
        """The names that it reads."""

    @property
    def children(self) -> Sequence[Entry]:
        """The entries below it."""


def mentions(values: Iterable[Any]) -> frozenset[Mention]:
    """Return the names in some values of the model, expressions and what holds them."""
    return frozenset(found for value in values for found in _found(value))


def _found(value: Any) -> Iterator[Mention]:
    match value:
        case Name():
            yield Mention("", value.name)
        case Path(object=Name(name=space)) if space in _SPACES:
            yield Mention(space, value.name)
        case Path():
            yield Mention(_ANYWHERE, value.name)
            yield from _found(value.object)
        case m.Ref() | m.TypeRef():
            yield Mention("", value.name)
        case tuple():
            for item in value:
                yield from _found(item)
        case _:
            yield from _inside(value)


def _inside(value: Any) -> Iterator[Mention]:
    if is_dataclass(value) and not isinstance(value, type):
        for part in fields(value):
            yield from () if part.name.endswith("span") else _found(getattr(value, part.name))


@dataclass(frozen=True, slots=True)
class Names:
    """The entries of one rulebook by their names."""

    by_path: dict[str, Entry]
    by_name: dict[str, tuple[str, ...]]

    @classmethod
    def of(cls, found: Iterable[Entry]) -> Names:
        """Return the names of items, each of them given by itself."""
        by_path: dict[str, Entry] = {}
        by_name: dict[str, list[str]] = defaultdict(list)
        for item in found:
            if item.part not in _HEADS:
                by_path[item.path] = item
            if item.part in _NAMED:
                by_name[item.keys["field"] if item.part == "kinds" else item.id].append(item.path)
        return cls(by_path, {name: tuple(paths) for name, paths in by_name.items()})

    def read_by(self, paths: Iterable[str]) -> set[str]:
        """Return entries with what is in them and all that is read there, as far as it goes."""
        reached: set[str] = set()
        waiting = [path for path in paths if path in self.by_path]
        while waiting:
            path = waiting.pop()
            if path not in reached:
                item = self.by_path[path]
                reached.add(path)
                waiting += (child.path for child in item.children)
                waiting += self.read(item)
        return reached

    def read(self, item: Entry) -> Iterator[str]:
        """Yield the paths of the entries that an entry itself may read."""
        owner = item.path.partition(".")[0] + "."
        for mention in item.mentions:
            known = self.by_name.get(mention.name, ())
            own = [path for path in known if path.startswith(owner)]
            if mention.space in _SPACES:
                yield from (path for path in known if f".{mention.space}." in f".{path}")
            else:
                yield from own if own and not mention.space else known
