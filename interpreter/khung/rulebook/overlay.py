"""What a rulebook for some of the subjects may say over that of all: more, never less.

In: what it says and its base, as nodes with paths. Out: diagnostics; the merge goes on.

Reports: K0541, K0542.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.rulebook.folder import text_at
from khung.source.nodes import Mapping, Sequence
from khung.source.values import under

if TYPE_CHECKING:
    from khung.diagnostics.bag import Bag
    from khung.source.nodes import Entry, Node

_OF_A_SUBJECT = (
    "facts.*",
    "definitions.*",
    "criteria.groups.*",
    "criteria.groups.*.items.*",
    "criteria.sets.*",
    "pending.*",
    "ladder.levels.*.require.*",
    "ladder.knockouts.*",
    "caps.*",
    "checks.*",
    "tables.*",
    "tables.*.rows.*",
)
_SHARED = ("documents.*", "enumerations.*", "enumerations.*.values.*", "records.*")
_MAY_ADD = frozenset(tuple(text.split(".")) for text in _OF_A_SUBJECT)
_MAY_SHARE = frozenset(tuple(text.split(".")) for text in _SHARED)
_LOCAL_SETS = ("criteria", "sets", "*")


def check_overlay(
    change: Mapping, base: Mapping, bag: Bag, *, at: str = "", subject: bool = False
) -> None:
    """Report what an overlay says that it may not: what is there stays, and only rules are added.

    Args:
        change: What the overlay says: of a subject, or in the manifest, without its head.
        base: What its base says there.
        bag: Where to report.
        at: The path of both.
        subject: Whether they are of a subject.
    """
    _check(change, base, (), at, _MAY_ADD if subject else _MAY_SHARE, bag)


Steps = tuple[str, ...]


def _check(
    change: Mapping, base: Mapping, steps: Steps, at: str, may: frozenset[Steps], bag: Bag
) -> None:
    for entry in change.entries:
        path, old = under(at, entry.key), base.get(entry.key)
        found = _step(steps, entry.key, may)
        if found is None or not _goes_on(entry, old, found, may, path, bag):
            bag.add("K0541", entry.key_span, at=path, name=entry.key)


def _step(steps: Steps, key: str, may: frozenset[Steps]) -> Steps | None:
    """Return the steps with one more, if something below may be added: a section, or any name."""
    for last in (key, "*"):
        longer = (*steps, last)
        if any(pattern[: len(longer)] == longer for pattern in may):
            return longer
    return None


def _goes_on(
    entry: Entry, old: Node | None, steps: Steps, may: frozenset[Steps], path: str, bag: Bag
) -> bool:
    """Say whether an entry may be said, as far as it is not looked into."""
    if old is None and steps in may:
        return True
    if steps == _LOCAL_SETS and _is_local(old):
        _tell_what_goes(entry, old, path, bag)
        return True
    if old is None and steps[-1] == "*":
        return False
    inside = old if isinstance(old, Mapping) else Mapping((), entry.value.span)
    if not isinstance(entry.value, Mapping) or not any(
        len(pattern) > len(steps) and pattern[: len(steps)] == steps for pattern in may
    ):
        return False
    _check(entry.value, inside, steps, path, may, bag)
    return True


# -- sets that may be replaced ----------------------------------------------------------------


def _is_local(node: Node | None) -> bool:
    return isinstance(node, Mapping) and text_at(node.get("local")) == "true"


def _tell_what_goes(entry: Entry, old: Node | None, path: str, bag: Bag) -> None:
    before, after = _taken(old), _taken(entry.value)
    gone = tuple(name for name in before if name not in after)
    if gone:
        bag.add("K0542", entry.key_span, at=path, name=entry.key, gone=gone)


def _taken(node: Node | None) -> tuple[str, ...]:
    """Return what a set takes, as written; `all`, or the set that it leaves out, is one thing."""
    inside = node
    if isinstance(node, Mapping):
        inside = node.get("members") or node.get("except")
    if not isinstance(inside, Sequence):
        return (text_at(inside),) if text_at(inside) else ()
    takes = (item for item in inside.items if isinstance(item, Mapping))
    return tuple(text_at(take.get("take")) for take in takes)
