"""The order in which entries are read: what an entry is `like` comes before it.

Reports: K0607, K0608.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from khung.casefile.model import Group, Written
    from khung.casefile.names import NearIds
    from khung.diagnostics.bag import Bag


def likes_first(
    group: Group, near_ids: NearIds, bag: Bag
) -> Iterator[tuple[Written, Written | None]]:
    """Yield each entry of a group once, with the one whose facts it takes over, that one first.

    An entry that is like nobody, or in a ring, has none after a diagnostic.
    """
    by_id = {entry.id.name: entry for entry in group.entries}
    _report_nobody(group, by_id, near_ids, bag)
    done: set[str] = set()
    for entry in group.entries:
        for link in reversed(_chain(entry, by_id, done, bag)):
            base = by_id.get(link.like.name) if link.like else None
            yield link, base if base is not None and base.id.name in done else None
            done.add(link.id.name)


def _chain(entry: Written, by_id: Mapping[str, Written], done: set[str], bag: Bag) -> list[Written]:
    """Return an entry, what it is like, what that is like, and so on, up to what is done."""
    chain: list[Written] = []
    names: set[str] = set()
    current: Written | None = entry
    while current is not None and current.id.name not in done:
        if current.id.name in names:
            _report_ring(current, chain, bag)
            break
        chain.append(current)
        names.add(current.id.name)
        current = by_id.get(current.like.name) if current.like else None
    return chain


def _report_nobody(group: Group, by_id: Mapping[str, Written], near_ids: NearIds, bag: Bag) -> None:
    for entry in group.entries:
        if entry.like is not None and entry.like.name not in by_id:
            name, at = entry.like.name, f"subjects.{group.type.name}.{entry.id.name}.like"
            near = near_ids.nearest(name, by_id)
            advice = "near" if near else ""
            bag.add("K0607", entry.like.span, help=advice, at=at, name=name, near=near or "")


def _report_ring(entry: Written, chain: Sequence[Written], bag: Bag) -> None:
    start = next(i for i, link in enumerate(chain) if link is entry)
    ring = chain[start:]
    path = " → ".join(link.id.name for link in (*ring, entry))
    like = ring[-1].like
    bag.add("K0608", like.span if like else entry.id.span, path=path)
