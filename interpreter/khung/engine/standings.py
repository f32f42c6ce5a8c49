"""Who stays within a quota: how the candidates of a group stand to one another.

In: candidates, with the ends of the places. Out: for each whether it surely stays, is surely cut,
or neither. A candidate surely stays if it and all who are not surely behind it fit the least
places; it is surely cut if the most places are taken by those surely ahead.
"""

from __future__ import annotations

from enum import Enum
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from khung.engine.values import ERROR, TRUE, Value
from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from khung.engine.bases import Ends
    from khung.engine.facts import Entity
    from khung.ir.program import Quota


@dataclass(frozen=True, slots=True)
class Member:
    """A subject in a group. `sure` is false where it may not belong; `level` is that before.

    `order` holds the values of the order keys. `fixed` marks a level given after the quota. Whom
    the quota does not touch `competes` with nobody: it keeps its level and takes no place.
    """

    entity: Entity
    level: Value
    order: tuple[Value, ...]
    sure: bool
    fixed: bool
    competes: Value = TRUE

    @property
    def contends(self) -> bool:
        """Whether it surely belongs and is touched by the quota."""
        return self.sure and bool(self.competes.least)


class Placement(Enum):
    """What becomes of a candidate."""

    KEPT = "kept"
    CUT = "cut"
    OPEN = "open"


class Standing(NamedTuple):
    """How many others stand where, seen from one candidate."""

    surely_ahead: int
    surely_level: int
    may_be_ahead: int
    may_be_level: int


def placements(
    quota: Quota,
    ties: str,
    places: Ends,
    sure: Sequence[Member],
    possible: Sequence[Member],
    taken: Ends,
) -> dict[int, Placement]:
    """Return what becomes of each possible candidate, by `id(entity)`.

    Args:
        quota: The rule, for its order.
        ties: The setting: `needs_decision`, `all` or `none`.
        places: The least and the most places.
        sure: Those who surely are candidates, among `possible`.
        possible: All who may be.
        taken: How many places, at least and at most, are taken before any of these: by levels given
            after the quota, and by those of whom nothing is known.
    """
    if all(v.known for m in possible for v in m.order):
        standings = _sorted_standings(quota, sure, possible)
    else:
        standings = _standings(lambda a, b: _compare_order(quota, a, b), sure, possible)
    least, greatest = places[0] - taken[1], places[1] - taken[0]
    return {key: _placed(standing, least, greatest, ties) for key, standing in standings.items()}


def _placed(standing: Standing, least: int, greatest: int, ties: str) -> Placement:
    rivals = standing.may_be_ahead + (0 if ties == "all" else standing.may_be_level)
    if 1 + rivals <= least:
        return Placement.KEPT
    ahead = standing.surely_ahead + (standing.surely_level if ties == "none" else 0)
    return Placement.CUT if ahead >= greatest else Placement.OPEN


def _standings(
    quota_order: Callable[[Member, Member], int | None],
    sure: Sequence[Member],
    possible: Sequence[Member],
) -> dict[int, Standing]:
    """Compare all pairs; return the standing of each possible candidate, by `id(entity)`."""
    sure_ids = {id(m.entity) for m in sure}
    found: dict[int, Standing] = {}
    for c in possible:
        ahead = level = maybe_ahead = maybe_level = 0
        for o in possible:
            if o is c:
                continue
            order = quota_order(o, c)
            is_sure = id(o.entity) in sure_ids
            ahead += order == 1 and is_sure
            level += order == 0 and is_sure
            maybe_ahead += order in (1, None)
            maybe_level += order == 0
        found[id(c.entity)] = Standing(ahead, level, maybe_ahead, maybe_level)
    return found


def _sorted_standings(
    quota: Quota, sure: Sequence[Member], possible: Sequence[Member]
) -> dict[int, Standing]:
    """Return the same where every key is known: one sort does instead of all pairs."""

    def keys(member: Member) -> list[Any]:
        return [value.least for value in member.order]

    ranked = _in_order(quota, possible)
    sure_ids = {id(m.entity) for m in sure}
    starts = [0] + [i + 1 for i, (a, b) in enumerate(pairwise(ranked)) if keys(a) != keys(b)]
    found: dict[int, Standing] = {}
    sure_before = 0
    for start, end in pairwise([*starts, len(ranked)]):
        block = ranked[start:end]
        sure_here = sum(id(m.entity) in sure_ids for m in block)
        for m in block:
            own = id(m.entity) in sure_ids
            found[id(m.entity)] = Standing(sure_before, sure_here - own, start, len(block) - 1)
        sure_before += sure_here
    return found


def _in_order(quota: Quota, members: Sequence[Member]) -> list[Member]:
    """Sort by the last key first: sorting keeps the order of what is level."""
    ranked = list(members)
    for index, key in reversed([*enumerate(quota.order)]):
        ranked.sort(key=partial(_key_at, index), reverse=key.highest)
    return ranked


def _key_at(index: int, member: Member) -> Any:
    return member.order[index].least


def _compare_order(quota: Quota, a: Member, b: Member) -> int | None:
    """Return 1 if `a` is surely ahead of `b`, -1 if behind, 0 if level, None if that is open."""
    for key, x, y in zip(quota.order, a.order, b.order, strict=True):
        if x.why or y.why:
            if x.least is None or y.least is None or ERROR in (x.why, y.why):
                return None
            if x.least > y.most or y.least > x.most:
                return 1 if (x.least > y.most) is key.highest else -1
            return None
        if x.least != y.least:
            return 1 if (x.least > y.least) is key.highest else -1
    return 0
