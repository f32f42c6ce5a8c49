"""Read the shape of a node tree: which keys a mapping has, and what kind of value each holds.

The readers of rulebooks and cases are written on this. In: nodes. Out: Python values, or None after
a diagnostic. A key that is not there gives None without a diagnostic; `Fields.require` says which
must be. Nothing here knows what a key means.

    fields = Fields.of(node, frozenset({"label", "when", "source"}), bag, "caps.absence")
    if fields is None:
        return None
    fields.require("when")
    when = fields.read("when", as_placed)       # PlacedText, for the expression parser
    hit = fields.choice("hit", ("unique", "first", "collect"))

Reports: K0120-K0128.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from khung.diagnostics.suggest import listed, nearest
from khung.source.values import (
    as_choice,
    as_date,
    as_integer,
    as_mapping,
    as_name,
    as_sequence,
    as_text,
    as_texts,
    as_written,
    bad_name,
    head_of,
    is_name,
    under,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from khung.diagnostics.bag import Bag
    from khung.source.nodes import Entry, Mapping, Node, Sequence
    from khung.text import PlacedText, Span

T = TypeVar("T")

PlaceOf = Callable[[str, str], "str | None"]
"""Returns where in the file a key belongs that is not known at a path."""

_MEANT = {
    "level": ("at_most", "to"),
    "to": ("at_most", "level"),
    "at_most": ("to", "level"),
    "condition": ("when", "that"),
    "if": ("when", "that"),
    "require": ("that",),
    "clause": ("source",),
    "name": ("label",),
    "is": ("value", "that"),
    "value": ("is", "that"),
}
"""What a key stands for elsewhere that is called otherwise here."""


class Fields:
    """A mapping read key by key. Each reader returns None where the key is not there.

    Attributes:
        node: The mapping.
        at: Its path from the top of the file, such as `ladder.levels.good`; empty at the top.
        mistyped: The keys that unknown ones were probably meant to be: they are not missed.
    """

    __slots__ = ("_bag", "_entries", "_place_of", "at", "mistyped", "node")

    def __init__(
        self,
        node: Mapping,
        allowed: Iterable[str],
        bag: Bag,
        at: str = "",
        place_of: PlaceOf | None = None,
    ) -> None:
        self.node = node
        self.at = at
        self._bag = bag
        self._place_of = place_of
        self._entries = {entry.key: entry for entry in node.entries}
        self.mistyped = frozenset(self._report_unknown(tuple(allowed)))

    @classmethod
    def of(
        cls,
        node: Node,
        allowed: Iterable[str],
        bag: Bag,
        at: str = "",
        place_of: PlaceOf | None = None,
    ) -> Fields | None:
        """Return the fields of a node, or None after a diagnostic if it is no mapping."""
        mapping = as_mapping(node, bag, at)
        return None if mapping is None else cls(mapping, allowed, bag, at, place_of)

    def _report_unknown(self, allowed: tuple[str, ...]) -> Iterator[str]:
        for entry in self.node.entries:
            if entry.key not in allowed:
                left = tuple(key for key in allowed if key not in self)
                place = self._place_of(entry.key, self.at) if self._place_of else None
                yield unknown_key(entry, allowed, self._bag, self.path(entry.key), left, place)

    def __contains__(self, key: str) -> bool:
        return key in self._entries

    def path(self, key: str) -> str:
        """Return the path of a key of this mapping."""
        return under(self.at, key)

    def span(self, key: str) -> Span:
        """Return the span of the value of `key`; of the mapping where the key is not there."""
        return self._entries[key].value.span if key in self._entries else self.node.span

    def key_span(self, key: str) -> Span:
        """Return the span of `key`; of the mapping where it is not there."""
        return self._entries[key].key_span if key in self._entries else self.node.span

    def require(self, *keys: str) -> bool:
        """Report each of `keys` that is not there; return whether all are."""
        missing = [key for key in keys if key not in self]
        for key in (key for key in missing if key not in self.mistyped):
            self._bag.add("K0121", head_of(self.node), at=self.at, key=key)
        return not missing

    def entry(self, key: str) -> Entry | None:
        """Return `key` with its value, as they are."""
        return self._entries.get(key)

    def node_at(self, key: str) -> Node | None:
        """Return the value of `key` as it is; an explicit `null` is a scalar."""
        return self._entries[key].value if key in self._entries else None

    def text(self, key: str) -> str | None:
        """Return a text. A plain number or `true` is no text: it wants quotes."""
        return self.read(key, as_text)

    def written(self, key: str) -> str | None:
        """Return an id as written, also one that reads as a number."""
        return self.read(key, as_written)

    def name(self, key: str) -> str | None:
        """Return a name: letters, digits and `_`, not beginning with a digit."""
        return self.read(key, as_name)

    def integer(self, key: str, low: int = 0, high: int | None = None) -> int | None:
        """Return a whole number from `low` to `high`."""
        value = self.read(key, as_integer)
        if value is None or (low <= value and (high is None or value <= high)):
            return value
        self._bag.add(
            "K0127",
            self.span(key),
            help="" if high is None else "both",
            at=self.path(key),
            value=str(value),
            low=str(low),
            high=str(high),
        )
        return None

    def date(self, key: str) -> date | None:
        """Return a date written year-month-day."""
        return self.read(key, as_date)

    def choice(self, key: str, allowed: Iterable[str]) -> str | None:
        """Return one of the words of `allowed`."""
        names = tuple(allowed)
        return self.read(key, lambda node, bag, at: as_choice(node, names, bag, at))

    def mapping(self, key: str) -> Mapping | None:
        """Return a mapping as it is."""
        return self.read(key, as_mapping)

    def fields(self, key: str, allowed: Iterable[str]) -> Fields | None:
        """Return a mapping with a known set of keys."""
        node = self.mapping(key)
        return None if node is None else Fields(node, allowed, self._bag, self.path(key))

    def named(self, key: str) -> tuple[Entry, ...]:
        """Return the entries of a mapping from names to things, bad names left out; () if none."""
        node = self.mapping(key)
        return () if node is None else named_entries(node, self._bag, self.path(key))

    def sequence(self, key: str) -> Sequence | None:
        """Return a list as it is."""
        return self.read(key, as_sequence)

    def texts(self, key: str) -> tuple[PlacedText, ...]:
        """Return one text or a list of texts, each with its place; () if the key is not there."""
        return self.read(key, as_texts) or ()

    def read(self, key: str, reader: Callable[[Node, Bag, str], T | None]) -> T | None:
        """Return what one of the readers of `values` makes of the value of `key`."""
        entry = self._entries.get(key)
        return None if entry is None else reader(entry.value, self._bag, self.path(key))


def unknown_key(
    entry: Entry,
    allowed: tuple[str, ...],
    bag: Bag,
    at: str,
    left: tuple[str, ...] = (),
    place: str | None = None,
) -> str:
    """Report a key that does not belong here; return the one that is meant, or was to hold it.

    Args:
        entry: The key.
        allowed: The keys that do.
        bag: Where to report.
        at: The path of the key.
        left: Those of them that are not there yet.
        place: The path of the mapping that takes the key; empty for the file itself.
    """
    meant = next((key for key in _MEANT.get(entry.key, ()) if key in left), None)
    near = meant or nearest(entry.key, allowed)
    advice = "near" if near else "" if place is None else "place" if place else "top"
    names = listed(sorted(allowed), 12)
    bag.add(
        "K0120",
        entry.key_span,
        help=advice,
        at=at,
        key=entry.key,
        allowed=names,
        near=near or "",
        place=place or "",
    )
    return near or next((key for key in left if under(at.rpartition(".")[0], key) == place), "")


def named_entries(node: Mapping, bag: Bag, at: str) -> tuple[Entry, ...]:
    """Return the entries whose key is a name; report the others."""
    for entry in node.entries:
        if not is_name(entry.key):
            bad_name(entry.key, entry.key_span, bag, under(at, entry.key))
    return tuple(entry for entry in node.entries if is_name(entry.key))
