"""Names of the base that what is put over it spells otherwise.

In: an entry that the base does not have, and those of the base beside which it would stand. Out:
diagnostics.

Reports: K0526, K0543.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.diagnostics.suggest import SLIP, nearest, nearest_id
from khung.source.nodes import Mapping

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping as MappingOf

    from khung.diagnostics.bag import Bag
    from khung.source.nodes import Entry

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
