"""Clauses of a new document that repeat a range of the old one: `II.B.*: {carries: true}`.

In: the clauses of both, as nodes. Out: those of the new one with each clause of a range in its
place, as if it were said singly. A clause that is said singly is none of the range.

In a range every address must be what it was. So where a clause that is said singly is not the one
of that address before, those after it under the same heading must be said singly, too: they may
have moved with it. And what the range repeats at its address is repeated nowhere else.

Reports: K0532, K0550, K0551.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from khung.diagnostics.suggest import listed
from khung.records import dataclass
from khung.rulebook.entries import carried_address, is_open, items_of
from khung.source.nodes import Entry, Mapping, Scalar, Sequence
from khung.source.values import under
from khung.text import PlacedText

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.diagnostics.bag import Bag
    from khung.source.nodes import Node

CARRIES = "carries"
"""The key of a clause that names what it repeats: `true`, an address, or a list of addresses."""

_STAR = "*"
_NAMED = 4  # clauses named in one diagnostic


@dataclass(frozen=True, slots=True)
class _Range:
    """Clauses that begin as `new` says, and repeat those whose addresses begin as `old` says.

    `said` is what stands under `carries` of each of them, `open`; None if that is its old address.
    """

    entry: Entry
    said: Node | None
    new: str
    old: str


def is_range(address: str) -> bool:
    """Say whether an address stands for all that begin so."""
    return address.endswith(_STAR)


def spread(new: Mapping, document: str, old: Mapping, bag: Bag) -> Mapping:
    """Return the clauses of a document with those that its ranges take over.

    Args:
        new: The clauses of the new document.
        document: The id of the old one.
        old: The clauses of that.
        bag: Where to report.
    """
    if not any(is_range(entry.key) for entry in new.entries):
        return new
    single = {entry.key: entry for entry in new.entries if not is_range(entry.key)}
    starred = (_read(e, document, bag) for e in new.entries if is_range(e.key))
    read = {one.entry.key: _filled(one, document, old, bag) for one in starred}
    ranges = list(read.values())
    found: list[Entry] = []
    told: dict[str, Entry] = {}
    for entry in new.entries:
        if entry.key not in read:
            found.append(entry)
            continue
        one = read[entry.key]
        whole = _clauses(one, old)
        made = [e for e in whole if e.key not in single and _is_in(e, one, ranges)]
        found += made
        beside = [e for e in single.values() if _is_in(e, one, ranges)]
        moved = _check(one, made, beside, old, bag)
        if moved is not None:
            told[moved] = _clause(one, moved, single[moved].value)
    # nothing should follow from what is told: it leaves nothing of the old document behind
    return Mapping(tuple(told.get(entry.key, entry) for entry in found), new.span)


def _read(entry: Entry, document: str, bag: Bag) -> _Range:
    """Return a range; the same one of the old document if it says none, or more (K0550)."""
    at, inside = under("clauses", entry.key), entry.value
    entries = inside.entries if isinstance(inside, Mapping) else ()
    node = inside.get(CARRIES) if isinstance(inside, Mapping) else None
    address = None if node is None else carried_address(node, entry.key)
    begin = entry.key.removesuffix(_STAR)
    others = [e.key_span for e in entries if e.key != CARRIES]
    if address is None or not is_range(address) or others:
        span = others[0] if others else entry.key_span if node is None else node.span
        bag.add("K0550", span, help="only" if others else "", at=at, name=entry.key)
        return _Range(entry, None, begin, begin)
    old = address.removeprefix(f"{document} ").removesuffix(_STAR)
    return _Range(entry, node if node is not None and is_open(node) else None, begin, old)


def _filled(one: _Range, document: str, old: Mapping, bag: Bag) -> _Range:
    """Return a range of clauses that there are; report one that has none, and what it may mean.

    That is often its heading with another sign after it, `II/*` for `II.*`; it stands for that
    then, so that nothing follows.
    """
    if _within(one.old, old):
        return one
    at, heading = under(under("clauses", one.entry.key), CARRIES), one.old.rstrip("./")
    meant = next((f"{heading}{sign}" for sign in "./" if _within(f"{heading}{sign}", old)), "")
    near, advice = (f"{meant}{_STAR}", "near") if heading and meant else ("", "range")
    place, address = one.entry.key_span, f"{one.old}{_STAR}"
    bag.add("K0532", place, help=advice, at=at, address=address, document=document, near=near)
    if not near:
        return one
    return replace(one, old=meant, new=meant if one.new == one.old else one.new)


def _within(begin: str, old: Mapping) -> list[str]:
    return [entry.key for entry in old.entries if entry.key.startswith(begin)]


def _clauses(one: _Range, old: Mapping) -> Iterator[Entry]:
    """Yield the clauses of a range, as if each were said singly."""
    place = one.entry.value
    for address in _within(one.old, old):
        yield _clause(one, one.new + address.removeprefix(one.old), Mapping((), place.span))


def _clause(one: _Range, address: str, said: Node) -> Entry:
    """Return a clause of a range, with what is said of it besides."""
    key, place = one.entry.key_span, one.entry.value
    before = one.old + address.removeprefix(one.new)
    carries = Entry(CARRIES, one.said or _scalar(before, place), key)
    own = said.entries if isinstance(said, Mapping) else ()
    return Entry(address, Mapping((*own, carries), said.span), key)


def _scalar(address: str, node: Node) -> Scalar:
    start, end = node.span.start, node.span.end
    offsets = (*(start for _ in address[1:]), end - 1, end)
    return Scalar(address, PlacedText(address, node.span.file, start, offsets), node.span)


def _nearest(address: str, ranges: list[_Range]) -> _Range:
    """Return the narrowest range in which an address is."""
    return max((r for r in ranges if address.startswith(r.new)), key=lambda r: len(r.new))


def _is_in(entry: Entry, one: _Range, ranges: list[_Range]) -> bool:
    return entry.key.startswith(one.new) and _nearest(entry.key, ranges) is one


# -- what may have moved ------------------------------------------------------------------------


def _check(
    one: _Range, made: list[Entry], single: list[Entry], old: Mapping, bag: Bag
) -> str | None:
    """Report the first clause that is said singly and shows that a range does not fit."""
    known = {entry.key for entry in old.entries}
    taken = {one.old + e.key.removeprefix(one.new) for e in made}
    for entry in sorted(single, key=lambda e: _place(e.key)):
        before = one.old + entry.key.removeprefix(one.new)
        carried = _carried(entry)
        twice = [address for address in carried if address in taken]
        after = [e.key for e in made if _stands_after(e.key, entry.key)]
        is_same = before in known and before in carried
        if twice or (after and not is_same):
            bag.add(
                "K0551",
                entry.key_span,
                help="twice" if twice else "",
                at=under("clauses", entry.key),
                related=(one.entry.key_span,),
                name=one.entry.key,
                address=entry.key,
                after=listed(tuple(after), _NAMED),
                twice=listed(tuple(twice), _NAMED),
            )
            return entry.key if before in known and not carried else None
    return None


def _carried(entry: Entry) -> list[str]:
    node = entry.value.get(CARRIES) if isinstance(entry.value, Mapping) else None
    items = items_of(node) if not isinstance(node, Sequence) else node.items
    return [a.partition("#")[0] for i in items if (a := carried_address(i, entry.key))]


def _stands_after(address: str, other: str) -> bool:
    """Say whether an address stands under the same heading as another, and after it."""
    heading = re.split(r"[./](?=[^./]*$)", other)[0]
    is_beside = address.startswith((f"{heading}.", f"{heading}/"))
    return is_beside and _place(address) > _place(other)


def _place(address: str) -> list[tuple[bool, int, str]]:
    """Return what sorts addresses as a document has them: `a/2` before `a/10`."""
    steps = re.findall(r"\d+|[^\d./]+", address)
    return [(not s.isdigit(), int(s) if s.isdigit() else 0, s) for s in steps]
