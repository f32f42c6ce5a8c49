"""Put one rulebook's mapping over that of another: nodes in, nodes out, nothing decoded.

Mappings merge by key; what is no mapping, and the days of a calendar, is replaced whole;
`{remove: true}` takes an entry out.
An entry that is new stands after the entry that precedes it where it is written, or at the end if
none does. `{}` over an entry changes nothing and only says the place of a new one after it. Every
node keeps the file that says it; a mapping that both say counts as said by the one on top.

Reports: K0525, K0526, K0540, K0543.
"""

from __future__ import annotations

import re
from dataclasses import field
from typing import TYPE_CHECKING

from khung.diagnostics.bag import Bag
from khung.records import dataclass
from khung.rulebook.by_reading import BY
from khung.rulebook.folder import without
from khung.rulebook.model import Removed
from khung.rulebook.parts import Context, is_label, label_of
from khung.rulebook.shorts import in_full
from khung.rulebook.versions.overlay import is_misspelt, nothing_to_remove
from khung.source.nodes import Entry, Mapping, Scalar, Sequence
from khung.source.values import under

if TYPE_CHECKING:
    from collections.abc import Iterable

    from khung.rulebook.translations import Translations
    from khung.source.nodes import Node
    from khung.text import Span

_OF_ONE_YEAR = re.compile(r"calendars\.[^.]+\.(holidays|working)")  # replaced whole, as lists are
_MAJORITY = re.compile(r"[^.]+\.votes\.[^.]+\.wins(\.[^.]+)?")
_OF_POINTS = re.compile(r"[^.]+\.ladder")  # there it names what gives the points
_SET = re.compile(r"[^.]+\.criteria\.sets\.[^.]+")
_SHARES = frozenset({"more_than", "at_least"})
_ROW = re.compile(r"[^.]+\.tables\.[^.]+\.rows\.[^.]+")
_CELLS = frozenset({"if", "then"})
_TAKING = frozenset({"members", "except"})

REMOVE = "remove"
"""The key that takes an entry out."""


@dataclass(slots=True)
class Merger:
    """Merges, and remembers the entries that it took out; `texts` translates their labels."""

    bag: Bag
    removed: list[Removed] = field(default_factory=list)
    texts: Translations | None = None

    def take_out(self, path: str, was: Entry, span: Span) -> None:
        """Remember an entry that `span` takes out."""
        node: Node | None = was.value
        if isinstance(node, Mapping) and not is_label(node):
            node = node.get("label") or node.get("question")
        ctx = Context(Bag(), translations=self.texts)
        label = None if node is None else label_of(node, ctx, path)
        self.removed.append(Removed(path, was.key, label, span))

    def merge(self, base: Mapping, change: Mapping, at: str) -> Mapping:
        """Return `base` with `change` over it.

        Args:
            base: What is taken over.
            change: What is said anew.
            at: The path of both, such as `lecturer.caps`; empty at the top.
        """
        found = {entry.key: entry for entry in base.entries}
        order = list(found)
        untouched = {e.key: e for e in base.entries if change.get(e.key) is None}
        before = ""
        for number, entry in enumerate(change.entries):
            path = under(at, entry.key)
            if self._is_stray(entry, path):
                continue
            if is_removal(entry.value):
                self._remove(found, entry, path)
                continue
            if entry.key not in found:
                if is_misspelt(entry, untouched, path, self.bag):
                    continue
                order.insert(order.index(before) + 1 if before else len(order), entry.key)
                found[entry.key] = self._fresh(entry, path)
            elif not _holds_place(change.entries, number, base):
                found[entry.key] = self._over(found[entry.key], entry, path)
            before = entry.key
        return Mapping(tuple(found[key] for key in order if key in found), change.span)

    def _remove(self, found: dict[str, Entry], entry: Entry, path: str) -> None:
        if entry.key in found:
            self.take_out(path, found.pop(entry.key), entry.key_span)
        else:
            nothing_to_remove(entry, found, path, self.bag)

    def _over(self, old: Entry, new: Entry, path: str) -> Entry:
        if old.value == new.value or _is_empty(new.value):
            self.bag.add("K0525", new.key_span, at=path, related=(old.key_span,), name=new.key)
            return old
        match _alike(old.value, new.value, path):
            case (Mapping() as base, Mapping() as change) if not _OF_ONE_YEAR.fullmatch(path):
                left = _without_other_form(base, change, path)
                inside = _in_languages(left, change) or self.merge(left, change, path)
                return Entry(new.key, inside, new.key_span)
            case _:
                return self._fresh(new, path)

    def _fresh(self, entry: Entry, path: str) -> Entry:
        """Return a new entry; what it takes out was never there."""
        if not isinstance(entry.value, Mapping):
            return entry
        kept = (e for e in entry.value.entries if not self._nothing_to_remove(e, path))
        inside = tuple(self._fresh(e, under(path, e.key)) for e in kept)
        return Entry(entry.key, Mapping(inside, entry.value.span), entry.key_span)

    def _nothing_to_remove(self, entry: Entry, path: str) -> bool:
        if is_removal(entry.value):
            nothing_to_remove(entry, (), under(path, entry.key), self.bag)
            return True
        return self._is_stray(entry, path)

    def _is_stray(self, entry: Entry, path: str) -> bool:
        """Say whether an entry is `remove` beside other keys, or other than `true`."""
        if entry.key != REMOVE or isinstance(entry.value, Mapping):
            return False
        self.bag.add("K0540", entry.key_span, at=path)
        return True


def is_removal(node: Node) -> bool:
    """Say whether a node is `{remove: true}`."""
    if not isinstance(node, Mapping) or len(node.entries) != 1:
        return False
    key, value = node.entries[0].key, node.entries[0].value
    return key == REMOVE and isinstance(value, Scalar) and value.value is True


def _holds_place(entries: tuple[Entry, ...], number: int, base: Mapping) -> bool:
    """Say whether an entry is `{}` right before a new one: it is there for its place only."""
    following = entries[number + 1 : number + 2]
    return _is_empty(entries[number].value) and any(
        base.get(e.key) is None and not is_removal(e.value) for e in following
    )


def _alike(old: Node, new: Node, path: str) -> tuple[Node, Node]:
    """Return both in full, if one of them is an entry on one line and the other is not."""
    if isinstance(old, Mapping) is isinstance(new, Mapping):
        return old, new
    return in_full(old, path), in_full(new, path)


def _is_empty(node: Node) -> bool:
    return isinstance(node, Mapping) and not node.entries


def _without_other_form(base: Mapping, change: Mapping, path: str) -> Mapping:
    """Return a base without what says otherwise the same thing as the change over it.

    A majority is one share, or one by level; a set has members, or all but those of another; a row
    of a table is on one line, or its cells are named; a value by one reading says nothing of the
    options of another.
    """
    if not _OF_POINTS.fullmatch(path) and change.get(BY) not in (None, base.get(BY)):
        return Mapping((), base.span)
    if _MAJORITY.fullmatch(path):
        return base if _keys(base) & _SHARES == _keys(change) & _SHARES else Mapping((), base.span)
    if _SET.fullmatch(path) and _keys(change) & _TAKING:
        return without(base, *(_TAKING - _keys(change)))
    if _ROW.fullmatch(path) and _keys(change) & {"row", *_CELLS}:
        return without(base, *(_CELLS if "row" in _keys(change) else ("row",)))
    return base


def _keys(node: Mapping) -> frozenset[str]:
    return frozenset(entry.key for entry in node.entries)


def _in_languages(base: Mapping, change: Mapping) -> Mapping | None:
    """Return a text for people put over another; a language may be repeated, or left out."""
    said = {entry.key for entry in (*base.entries, *change.entries)}
    if not said <= {"vi", "en"}:
        return None
    found = {entry.key: entry for entry in (*base.entries, *change.entries)}
    return Mapping(tuple(found.values()), change.span)


# -- what differs -----------------------------------------------------------------------------


def changed_paths(before: Mapping, after: Mapping, at: str = "") -> set[str]:
    """Return the paths of all that was added, changed or taken out, each with what is in it."""
    old = {entry.key: entry.value for entry in before.entries}
    new = {entry.key: entry.value for entry in after.entries}
    found: set[str] = set()
    for key in {**old, **new}:
        path = under(at, key)
        match old.get(key), new.get(key):
            case (Mapping() as one, Mapping() as other) if one != other:
                found |= changed_paths(one, other, path)
            case (one, other) if one != other:
                found |= {path, *_paths(one, path), *_paths(other, path)}
            case _:
                pass
    return found


def _paths(node: Node | None, at: str) -> Iterable[str]:
    if isinstance(node, Mapping):
        for entry in node.entries:
            yield under(at, entry.key)
            yield from _paths(entry.value, under(at, entry.key))


def every_scalar(node: Node, keys: frozenset[str], at: str = "") -> Iterable[tuple[str, Scalar]]:
    """Yield each scalar, alone or in a list, under one of `keys`, with the path of its entry."""
    if not isinstance(node, Mapping):
        return
    for entry in node.entries:
        if entry.key not in keys:
            yield from every_scalar(entry.value, keys, under(at, entry.key))
            continue
        yield from ((at, item) for item in scalars_in(entry.value))


def scalars_in(node: Node | None) -> Iterable[Scalar]:
    """Yield a scalar, or those of a list and of the lists in it."""
    if isinstance(node, Scalar):
        yield node
    for item in node.items if isinstance(node, Sequence) else ():
        yield from scalars_in(item)
