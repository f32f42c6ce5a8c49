"""Who stays where a candidate is in several groups, each with its own places.

One order holds for all. Taken from the best down, one stays if each of its groups still has a
place; who does not stay takes none anywhere. What is not known leaves ends: a candidate surely
stays if in each of its groups all who are neither surely behind it nor surely cut fit the least
places. It is surely cut if one of its groups has its most places filled by who is surely ahead and
surely stays, or surely fits all its other groups: such a one stays, or this group is full before.

Both are found in one pass down: `top` is the best place in the order that a candidate may have,
`bottom` the worst, so one is surely ahead of another if its bottom is above the other's top.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from khung.engine.standings import Placement
from khung.engine.values import ERROR
from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any

    from khung.engine.bases import Bases, Ends, Terms
    from khung.engine.quotas import Group
    from khung.engine.standings import Member
    from khung.engine.values import Value
    from khung.engine.voting import Decision
    from khung.ir.program import Quota

Place = tuple[float, ...]
"""A place in the order: greater is better."""

_FAR = float("inf")
ALL, NONE = "all", "none"


@dataclass(slots=True, eq=False)
class Pool:
    """A group, with the places that are left besides those surely or perhaps taken from outside.

    Attributes:
        taken: How many places levels given after the quota take, at least and at most.
        places: How many there are, at least and at most.
        unseen: How many others may be there of whom nothing is known.
        counted: The candidates who may be in it.
        alive: How many of those looked at so far, best first, are not surely cut.
        filled: How many places are surely gone to who is ahead.
        beside: Of those level with each other, how many stand beside each.
        decision: What is left to a body.
    """

    group: Group
    terms: Terms
    bases: Bases
    taken: Ends
    places: Ends
    unseen: int
    counted: list[Candidate] = field(default_factory=list)
    alive: int = 0
    filled: int = 0
    beside: int = 0
    decision: Decision | None = None

    @property
    def least(self) -> int:
        """The places that are surely left for candidates."""
        return self.places[0] - self.taken[1] - self.unseen

    @property
    def most(self) -> int:
        """The places that may be left for candidates."""
        return self.places[1] - self.taken[0]


@dataclass(slots=True, eq=False)
class Candidate:
    """One who may compete, and in which groups.

    Attributes:
        sure: Whether it surely competes.
        groups: Those in all of which it must have a place, as it may be in them.
        member_of: Those in which it counts, as one of those who may be there.
        surely: Those that it surely is in.
        one_of: Sets of groups, of each of which it surely is in one.
        hidden: Whether it may be in a group that is not looked at.
        cut, stays: What is sure of it.
        full_in: The groups that were full before it.
        decision: What is left to a body.
    """

    member: Member
    sure: bool
    groups: list[Pool] = field(default_factory=list)
    member_of: list[Pool] = field(default_factory=list)
    surely: list[Pool] = field(default_factory=list)
    one_of: list[list[Pool]] = field(default_factory=list)
    hidden: bool = False
    top: Place = ()
    bottom: Place = ()
    cut: bool = False
    stays: bool = False
    full_in: list[Pool] = field(default_factory=list)
    decision: Decision | None = None

    @property
    def placement(self) -> Placement:
        """What becomes of it."""
        if self.cut:
            return Placement.CUT
        return Placement.KEPT if self.stays else Placement.OPEN

    def is_ahead(self, other: Candidate) -> bool:
        """Whether it surely is ahead of another."""
        return self.bottom > other.top


# -- the order ------------------------------------------------------------------------------------


def put_in_order(quota: Quota, candidates: Sequence[Candidate]) -> None:
    """Set between which places of the order each candidate stands."""
    numbers = [_numbers(candidates, index) for index in range(len(quota.order))]
    for one in candidates:
        top: list[float] = []
        bottom: list[float] = []
        for key, value, number in zip(quota.order, one.member.order, numbers, strict=False):
            low, high = _ends(value, number)
            top.append(high if key.highest else -low)
            bottom.append(low if key.highest else -high)
            if value.why:
                break
        far = _FAR if any(value.why for value in one.member.order[: len(top)]) else 0
        rest = len(quota.order) + 1 - len(top)
        one.top, one.bottom = (*top, *[far] * rest), (*bottom, *[-far] * rest)


def _numbers(candidates: Iterable[Candidate], index: int) -> dict[Any, int]:
    """Return the ends of an order key, each with its place among them."""
    values = [one.member.order[index] for one in candidates]
    ends = {end for value in values if _has_ends(value) for end in (value.least, value.most)}
    return {end: number for number, end in enumerate(sorted(ends))}


def _has_ends(value: Value) -> bool:
    return value.least is not None and value.why != ERROR


def _ends(value: Value, number: dict[Any, int]) -> tuple[float, float]:
    if not _has_ends(value):
        return -_FAR, _FAR
    return number[value.least], number[value.most]


# -- one pass down --------------------------------------------------------------------------------


def place_all(candidates: Sequence[Candidate], ties: str) -> None:
    """Decide of each candidate whether it surely stays or is surely cut.

    Args:
        candidates: With their groups, put in order.
        ties: The setting: `needs_decision`, `all` or `none`.
    """
    for starting, ending in _blocks(candidates):
        for one in starting:
            one.cut = _in_full(one, _is_full)
            one.full_in = list(filter(_is_full, one.groups)) if one.cut else []
        _count(starting, 1)
        level = [one for one in starting if one.bottom == one.top and not one.cut]
        late = [one for one in level if ties == NONE and _is_crowded(one, level)]
        _stay(ending, level if ties == ALL else [])
        for one in late:
            one.cut = True
            _count([one], -1, of_cut=True)
        _fill(ending)


def _blocks(
    candidates: Sequence[Candidate],
) -> Iterator[tuple[list[Candidate], list[Candidate]]]:
    """Yield, from the best place down, whose best place it is and whose worst."""
    starts, ends = dict[Place, list[Candidate]](), dict[Place, list[Candidate]]()
    for one in candidates:
        starts.setdefault(one.top, []).append(one)
        ends.setdefault(one.bottom, []).append(one)
    for at in sorted({*starts, *ends}, reverse=True):
        yield starts.get(at, []), ends.get(at, [])


def _count(candidates: Iterable[Candidate], number: int, *, of_cut: bool = False) -> None:
    for one in candidates:
        for pool in one.member_of if one.cut is of_cut else ():
            pool.alive += number


def _is_full(pool: Pool) -> bool:
    return pool.filled >= pool.most


def _in_full(one: Candidate, is_full: Callable[[Pool], bool]) -> bool:
    return any(all(map(is_full, pools)) for pools in one.one_of)


def _is_crowded(one: Candidate, level: Sequence[Candidate]) -> bool:
    """Whether a group is surely full once those level with a candidate are taken, too."""

    def is_full(pool: Pool) -> bool:
        beside = [o for o in level if o is not one and o.sure and pool in o.surely]
        return pool.filled + sum(_fits(o, but=pool) for o in beside) >= pool.most

    return _in_full(one, is_full)


def _fits(one: Candidate, *, but: Pool | None = None) -> bool:
    """Whether all not surely behind, it among them, surely have a place in each of its groups."""
    return not one.hidden and all(p.alive <= p.least for p in one.groups if p is not but)


def _stay(ending: Iterable[Candidate], level: Sequence[Candidate]) -> None:
    """Say who surely stays; those level with each other who take no place from each other."""
    for pool in {id(p): p for one in level for p in one.member_of}.values():
        pool.beside = sum(pool in one.member_of for one in level) - 1
    for one in (one for one in ending if not one.cut):
        own = one.member_of if level and one.bottom == one.top else []
        one.stays = not one.hidden and all(
            pool.alive - (pool.beside if pool in own else 0) <= pool.least for pool in one.groups
        )


def _fill(ending: Iterable[Candidate]) -> None:
    """Count the places that are surely gone to those whose worst place was reached."""
    for one in ending:
        for pool in one.surely if one.sure and not one.cut else ():
            pool.filled += one.stays or _fits(one, but=pool)
