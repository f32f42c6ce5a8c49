"""A rulebook in which some entries are as in another one, to see what these entries do.

In: two rulebooks and some of the changes between them. Out: the one with those changes made, where
what no change touches is the very same.
Labels, clauses and the like stay as they are, for no result hangs on them.
"""

from __future__ import annotations

import operator
from collections import defaultdict
from dataclasses import fields, replace
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from khung.analysis.diff.changes import both
from khung.analysis.diff.entries import CONTAINERS, key_of, path_of
from khung.records import dataclass
from khung.rulebook import model as m

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from khung.analysis.diff.changes import Change


def mixed(base: m.Rulebook, other: m.Rulebook, changes: Iterable[Change]) -> m.Rulebook:
    """Return `base` with the entries that differ by some changes as they are in `other`.

    It lists no clauses, so that an entry of either may cite its own.
    """
    wanted: dict[str, frozenset[str]] = defaultdict(frozenset)
    for change in changes:
        wanted[change.path] |= frozenset(change.keys)
    found: m.Rulebook = _Mixer(dict(wanted), frozenset(_above(wanted))).node(base, other, "", "")
    known = {document.head.id: document for document in (*other.documents, *base.documents)}
    return replace(found, clauses=(), documents=tuple(known.values()))


def _above(paths: Iterable[str]) -> Iterator[str]:
    for path in paths:
        yield from accumulate(path.split(".")[:-1], "{}.{}".format)


@dataclass(frozen=True, slots=True)
class _Mixer:
    """Takes from another rulebook the keys `wanted` of entries, by path.

    Of an entry that stands in one of the two alone, no key is named: all of it is wanted. `above`
    are the paths of what these stand in.
    """

    wanted: Mapping[str, frozenset[str]]
    above: frozenset[str]

    def node(self, mine: Any, other: Any, path: str, owner: str) -> Any:
        """Return a node with what is wanted of it and of what is in it; both are of one class."""
        if path and path not in self.above and path not in self.wanted:
            return mine
        keys = self.wanted.get(path, frozenset())
        taken = {part.name: self.part(part.name, mine, other, keys, owner) for part in fields(mine)}
        changed = {name: found for name, found in taken.items() if found is not getattr(mine, name)}
        return replace(mine, **changed) if changed else mine

    def part(self, name: str, mine: Any, other: Any, keys: frozenset[str], owner: str) -> Any:
        own, theirs = getattr(mine, name), getattr(other, name)
        if isinstance(own, m.Head):
            return replace(own, when=theirs.when) if "when" in keys else own
        if _is_entries(own) or _is_entries(theirs):
            found = tuple(self.entries(own, theirs, owner, turned=name in keys))
            same = len(found) == len(own) and all(map(operator.is_, found, own))
            return own if same else found
        if isinstance(own or theirs, CONTAINERS):
            return self.container(own, theirs, f"{owner}{name}", owner)
        return theirs if key_of(mine, name) in keys else own

    def container(self, mine: Any, other: Any, path: str, owner: str) -> Any:
        if mine is None or other is None:
            return other if path in self.wanted else mine
        return self.node(mine, other, path, owner)

    def entries(self, mine: Any, other: Any, owner: str, *, turned: bool) -> Iterator[Any]:
        """Yield entries, in the order of the other rulebook where that is wanted."""
        own, theirs = ({node.head.id: node for node in nodes} for nodes in (mine, other))
        first, last = (own, theirs) if turned else (theirs, own)
        for name in both(list(first), list(last)):
            yield from self.entry(own.get(name), theirs.get(name), owner)

    def entry(self, mine: Any, other: Any, owner: str) -> Iterator[Any]:
        node = mine or other
        path = path_of(node, owner)
        if mine is not None and other is not None:
            inside = f"{node.head.id}." if isinstance(node, m.Subject) else owner
            yield self.node(mine, other, path, inside)
        elif (path in self.wanted) == (mine is None):
            yield node


def _is_entries(value: Any) -> bool:
    return isinstance(value, tuple) and any(hasattr(node, "head") for node in value)
