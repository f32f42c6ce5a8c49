"""What a rulebook for some of the subjects may say over that of all: more, never less.

In: what it says and its base, as nodes with paths. Out: diagnostics; the merge goes on.

Reports: K0526, K0541-K0543, K0570, K0735.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.diagnostics.suggest import SLIP, nearest, nearest_id
from khung.records import dataclass
from khung.rulebook.folder import text_at
from khung.source.nodes import Mapping, Sequence
from khung.source.values import under

Steps = tuple[str, ...]

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping as MappingOf

    from khung.diagnostics.bag import Bag
    from khung.source.nodes import Entry, Node

_OF_A_SUBJECT = (
    "facts.*",
    "definitions.*",
    "criteria.groups.*",
    "criteria.groups.*.items.*",
    "criteria.sets.*",
    "not_ranked.*",
    "pending.*",
    "ladder.levels.*.require.*",
    "ladder.thresholds.*",
    "ladder.knockouts.*",
    "caps.*",
    "checks.*",
    "tables.*",
    "tables.*.rows.*",
)
_SHARED = ("documents.*", "enumerations.*", "enumerations.*.values.*", "records.*")
_MARKED = (
    "criteria.sets.*",
    "not_ranked.*",
    "pending.*",
    "ladder.levels.*.require.*",
    "ladder.thresholds.*",
    "ladder.knockouts.*",
    "floors.*",
    "caps.*",
    "parameters.*",
)
_OF_PARAMETERS = frozenset({"value", "source", "basis"})
"""What an overlay may say anew of a parameter; how far it may go stays as the base has it."""


def _patterns(*texts: str) -> frozenset[Steps]:
    return frozenset(tuple(text.split(".")) for text in texts)


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
    limits = _Limits(_patterns(*(_OF_A_SUBJECT if subject else _SHARED)), base, bag)
    _check(change, base, (), at, limits)


@dataclass(frozen=True, slots=True)
class _Limits:
    """What may be added, below what, and where to report what may not.

    What is in `marked` may be said anew where the base marks it as `local`.
    """

    may: frozenset[Steps]
    root: Mapping
    bag: Bag
    marked: frozenset[Steps] = _patterns(*_MARKED)

    @property
    def known(self) -> frozenset[Steps]:
        """Where anything may be said at all."""
        return self.may | self.marked


def _check(change: Mapping, base: Mapping, steps: Steps, at: str, limits: _Limits) -> None:
    for entry in change.entries:
        path, old = under(at, entry.key), base.get(entry.key)
        found = _step(steps, entry.key, limits.known)
        if found is None or not _goes_on(entry, old, found, path, limits):
            limits.bag.add("K0541", entry.key_span, at=path, name=entry.key)


def _step(steps: Steps, key: str, may: frozenset[Steps]) -> Steps | None:
    """Return the steps with one more, if something below may be added: a section, or any name."""
    for last in (key, "*"):
        longer = (*steps, last)
        if any(pattern[: len(longer)] == longer for pattern in may):
            return longer
    return None


def _goes_on(entry: Entry, old: Node | None, steps: Steps, path: str, limits: _Limits) -> bool:
    """Say whether an entry may be said, as far as it is not looked into."""
    if old is None and steps in limits.may:
        if steps == _NOT_RANKED:
            limits.bag.add("K0735", entry.key_span, at=path, name=entry.key)
        return True
    if steps in limits.marked:
        _check_marked(entry, old, steps, path, limits)
        return True
    if old is None and steps[-1] == "*":
        return False
    inside = old if isinstance(old, Mapping) else Mapping((), entry.value.span)
    if not isinstance(entry.value, Mapping) or not any(
        len(pattern) > len(steps) and pattern[: len(steps)] == steps for pattern in limits.known
    ):
        return False
    _check(entry.value, inside, steps, path, limits)
    return True


# -- what may be said anew where the base marks it ----------------------------------------------


_NOT_RANKED, _PARAMETERS, _FLOORS = ("not_ranked", "*"), ("parameters", "*"), ("floors", "*")
_SETS = ("criteria", "sets", "*")
_ADVICE: dict[Steps, str] = {_PARAMETERS: "parameter", _FLOORS: "floor"}


def _check_marked(entry: Entry, old: Node | None, steps: Steps, path: str, limits: _Limits) -> None:
    """Report what the base does not leave to units; of a local set, what is no longer in it."""
    if not _is_local(old):
        advice = _ADVICE.get(steps, "")
        if old is None:
            advice = f"new_{advice}"
        limits.bag.add("K0570", entry.key_span, help=advice, at=path, name=entry.key, place=path)
    elif steps == _SETS:
        _tell_what_goes(entry, old, path, limits)
    elif steps == _PARAMETERS and isinstance(entry.value, Mapping):
        for inner in entry.value.entries:
            if inner.key not in _OF_PARAMETERS:
                at = under(path, inner.key)
                limits.bag.add("K0541", inner.key_span, at=at, name=inner.key)


def _is_local(node: Node | None) -> bool:
    mark = node.get("local") if isinstance(node, Mapping) else None
    return isinstance(mark, Mapping) or text_at(mark) == "true"


# -- sets that may be replaced ----------------------------------------------------------------


def _tell_what_goes(entry: Entry, old: Node | None, path: str, limits: _Limits) -> None:
    criteria = limits.root.get("criteria")
    assert isinstance(criteria, Mapping)  # noqa: S101  # the set that is replaced stands in it
    before, after = _taken(old, criteria, 0), _taken(entry.value, criteria, 0)
    gone = tuple(name for name in before if name not in after)
    if gone:
        shown = _by_group(gone, criteria)
        limits.bag.add("K0542", entry.key_span, at=path, name=entry.key, gone=shown)


def _taken(node: Node | None, criteria: Mapping, depth: int) -> tuple[str, ...]:
    """Return the criteria of the base that a set takes, each as `GROUP.ITEM`.

    Args:
        node: The set, as written.
        criteria: The `criteria` of the base.
        depth: How many sets were gone through; those of a rulebook may lead in a circle.
    """
    every, sets = _every(criteria), criteria.get("sets")
    left_out = node.get("except") if isinstance(node, Mapping) else None
    if left_out is not None:
        known = sets.get(text_at(left_out)) if isinstance(sets, Mapping) else None
        deeper = known is not None and depth <= len(every)
        out = _taken(known, criteria, depth + 1) if deeper else ()
        return tuple(name for name in every if name not in out)
    inside = node.get("members") if isinstance(node, Mapping) else node
    if not isinstance(inside, Sequence):
        return every if text_at(inside) == "all" else ()
    takes = [text_at(i.get("take")) for i in inside.items if isinstance(i, Mapping)]
    return tuple(name for name in every if name in takes or name.partition(".")[0] in takes)


def _every(criteria: Mapping) -> tuple[str, ...]:
    groups = criteria.get("groups")
    found = []
    for group in groups.entries if isinstance(groups, Mapping) else ():
        items = group.value.get("items") if isinstance(group.value, Mapping) else None
        inside = items.entries if isinstance(items, Mapping) else ()
        found += [f"{group.key}.{item.key}" for item in inside]
    return tuple(found)


def _by_group(names: tuple[str, ...], criteria: Mapping) -> tuple[str, ...]:
    """Return the names, with that of a group of several in the place of all that is in it."""
    every, found = _every(criteria), dict[str, None]()
    for name in names:
        group = name.partition(".")[0]
        inside = [other for other in every if other.partition(".")[0] == group]
        whole = len(inside) > 1 and all(other in names for other in inside)
        found[group if whole else name] = None
    return tuple(found)


_OF_NEW = ("type", "to", "is", "value", "question", "source", "sources")
OF_NEW_SUBJECT = ("label",)
"""What the file of a new subject says, and one that changes a subject need not."""


def nothing_to_remove(entry: Entry, known: Iterable[str], at: str, bag: Bag) -> None:
    """Report that the base has nothing of this name (K0526); `known` is what it has there."""
    near = nearest(entry.key, known)
    advice = "near" if near else ""
    bag.add("K0526", entry.key_span, help=advice, at=at, name=entry.key, near=near or "")


def is_misspelt(
    new: Entry,
    known: MappingOf[str, Entry],
    at: str,
    bag: Bag,
    of_new: tuple[str, ...] = _OF_NEW,
) -> bool:
    """Say whether a new entry must be meant for one of the base that is spelt nearly alike (K0543).

    It must be if that says something which a new one has to say, and this does not.

    Args:
        new: The entry.
        known: What the base has there and nothing else is said of, by name.
        at: The path of the entry.
        bag: Where to report.
        of_new: The keys that a new entry has to have, if those like it do.
    """
    near = nearest_id(new.key, known, SLIP)
    if near is None:
        return False
    base, said = known[near].value, new.value
    if not isinstance(base, Mapping) or not isinstance(said, Mapping):
        return False
    missing = tuple(k for k in of_new if base.get(k) is not None and said.get(k) is None)
    if missing:
        place, name = known[near].key_span, new.key
        bag.add(
            "K0543", new.key_span, at=at, related=(place,), name=name, near=near, missing=missing
        )
    return bool(missing)
