"""Quotas: how many of a group may hold a level, and who they are.

The base is read after the cut, so it hangs on the number k of candidates kept. For each k it lies
between a least and a greatest; k is surely allowed if it is within the places of every base
between, possibly allowed if within those of some. Where a small group must keep some beside those
who hold the level, how many they are lies between two ends likewise.
"""

from __future__ import annotations

from itertools import product
from math import floor
from typing import TYPE_CHECKING, NamedTuple

from khung.engine.conditions import holds
from khung.engine.solver import Env
from khung.engine.standings import Placement, placements
from khung.engine.values import MISSING, Value, within
from khung.engine.voting import Decision, DecisionKind, Step
from khung.ir.nodes import If
from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from decimal import Decimal

    from khung.engine.facts import Entity
    from khung.engine.solver import Solver
    from khung.engine.standings import Ends, Member
    from khung.ir.nodes import Node
    from khung.ir.program import Quota, SmallGroup

Share = tuple[int, int]
"""A numerator and a denominator."""

_WHOLE: Share = (1, 1)
"""The share of a quota that has none: all of its group, which is then its base."""


@dataclass(frozen=True, slots=True)
class GroupResult:
    """What a quota makes of one group: ends of the base and of the places, and who stays."""

    rule: Quota
    key: tuple[Value, ...]
    base: Ends
    places: Ends
    kept: tuple[Entity, ...]
    cut: tuple[Entity, ...]
    open: tuple[Entity, ...]
    decision: Decision | None


class Weight(NamedTuple):
    """What a member adds to the base, at least and at most, if kept at the level or if not."""

    kept: Ends
    not_kept: Ends


class Small(NamedTuple):
    """A base below `fewer_than`, with `at_least` beside those at the level, has `allow` places."""

    fewer_than: Decimal
    allow: int
    at_least: Decimal


@dataclass(frozen=True, slots=True)
class Terms:
    """The settings of a quota, worked out.

    Attributes:
        level: The rank that is limited; `others` the rank of those cut.
        shares: What the share of the base may be, each a numerator and a denominator.
        small: The rule for small groups; None where there is none.
        limit: The least and the most that the number of places may be, whatever the base.
    """

    level: int
    others: int
    shares: tuple[Share, ...]
    rounding: str
    small: Small | None
    ties: str
    limit: Ends

    def places(self, base: int, beside: int, share: Share) -> int:
        """Return the places that a share gives over a base, `beside` of whom lack the level."""
        small = self.small
        if small is not None and base < small.fewer_than and beside >= small.at_least:
            return small.allow
        numerator, denominator = share
        amount = base * numerator
        match self.rounding:
            case "ceiling":
                return -(-amount // denominator)
            case "half_up":
                return (2 * amount + denominator) // (2 * denominator)
            case _:
                return amount // denominator

    def places_between(self, base: Ends, beside: Ends) -> Ends:
        """Return the least and the most places over all bases, and numbers beside, between ends."""
        low, high = base
        points = {low, high}
        if self.small is not None:
            edge = -int(-self.small.fewer_than // 1)
            points |= {b for b in (edge - 1, edge) if low <= b <= high}
        ways = product(points, {*beside}, self.shares)
        found = [self.places(*way) for way in ways]
        return min(*found, self.limit[0]), min(max(found), self.limit[1])


def terms_of(quota: Quota, owner: Entity, size: int, evaluator: Solver) -> Terms:
    """Return the settings of a quota for a group of a size; any member tells its limits."""
    share = quota.at_most
    return Terms(
        evaluator.evaluate(quota.level, ()).least,
        evaluator.evaluate(quota.others, ()).least,
        (_WHOLE,) if share is None else tuple(_shares(share, evaluator.env(owner), evaluator)),
        evaluator.evaluate(quota.rounding, ()).least,
        _small(quota.small_group, evaluator),
        evaluator.evaluate(quota.ties, ()).least,
        (size, size) if quota.places is None else _limit(quota.places, owner, size, evaluator),
    )


def _shares(share: Node, env: Env, evaluator: Solver) -> Iterator[Share]:
    """Yield what a share may be: those of both branches where a condition is open."""
    if not isinstance(share, If):
        yield evaluator.evaluate(share, env).least
        return
    condition = evaluator.truth(share.condition, env)
    if condition.most:
        yield from _shares(share.yes, env, evaluator)
    if not condition.least:
        yield from _shares(share.no, env, evaluator)


def _limit(places: Node, owner: Entity, size: int, evaluator: Solver) -> Ends:
    """Return the ends of a number of places, none of them beyond the size of the group."""
    found = evaluator.evaluate(places, evaluator.env(owner))
    least = 0 if found.least is None else max(0, found.least)
    most = size if found.most is None else max(0, found.most)
    return floor(min(least, size)), floor(min(most, size))


def _small(declared: SmallGroup | None, evaluator: Solver) -> Small | None:
    if declared is None or not holds(declared.when, Env.of(evaluator, ()), evaluator).least:
        return None
    return Small(
        evaluator.evaluate(declared.fewer_than, ()).least,
        int(evaluator.evaluate(declared.allow, ()).least),
        evaluator.evaluate(declared.at_least, ()).least,
    )


def settle(
    quota: Quota,
    key: tuple[Value, ...],
    owner: Entity,
    members: Sequence[Member],
    counts: Callable[[Member, Value], Value],
    evaluator: Solver,
) -> tuple[GroupResult, dict[int, Step]]:
    """Return the result of a group, and the step of each possible candidate by `id(entity)`.

    Args:
        quota: The rule.
        key: The values that the members share.
        owner: One whose key these are.
        members: All who may belong to the group.
        counts: Whether a member with a level is in the base.
        evaluator: For the settings.
    """
    terms = terms_of(quota, owner, len(members), evaluator)
    bases = Bases(terms, members, counts)
    sure = [m for m in members if _is_sure_candidate(m, terms)]
    possible = [m for m in members if _may_be_candidate(m, terms)]
    fixed = [m for m in members if _is_fixed(m, terms)]
    taken = (sum(m.sure for m in fixed), len(fixed))
    places = bases.places(len(sure) + taken[0])
    placed = placements(quota, terms.ties, places, sure, possible, taken)
    decision = _decision(quota, places, sure, possible, taken, placed)
    steps = {id(m.entity): _step(m, terms, placed[id(m.entity)], decision) for m in possible}
    kept_ends = (
        min(places[0], len(sure) + taken[0]),
        min(places[1], len(possible) + taken[1]),
    )
    result = GroupResult(
        quota,
        key,
        bases.between(*kept_ends),
        places,
        (
            *(m.entity for m in fixed if m.sure),
            *(m.entity for m in sure if placed[id(m.entity)] is Placement.KEPT),
        ),
        tuple(m.entity for m in sure if placed[id(m.entity)] is Placement.CUT),
        tuple(
            m.entity
            for m in possible
            if placed[id(m.entity)] is Placement.OPEN or not _is_sure_candidate(m, terms)
        ),
        decision,
    )
    return result, steps


def _is_fixed(member: Member, terms: Terms) -> bool:
    """Whether a level given after the quota takes a place."""
    return member.fixed and bool(member.level.least >= terms.level)


def _may_be_candidate(member: Member, terms: Terms) -> bool:
    return not member.fixed and bool(member.level.most >= terms.level)


def _is_sure_candidate(member: Member, terms: Terms) -> bool:
    return member.sure and not member.fixed and bool(member.level.least >= terms.level)


# -- the base and the places ---------------------------------------------------------------------


class Sums:
    """The ends of what the members of a group add up to, for each number of candidates kept."""

    def __init__(self, rest: Sequence[Ends], candidates: Sequence[Weight]) -> None:
        """Take what all others add, and what each candidate adds if kept or if not."""
        starts = [*rest, *(weight.not_kept for weight in candidates)]
        low, high = sum(ends[0] for ends in starts), sum(ends[1] for ends in starts)
        self.low = _running(low, sorted(w.kept[0] - w.not_kept[0] for w in candidates))
        gains = sorted((w.kept[1] - w.not_kept[1] for w in candidates), reverse=True)
        self.high = _running(high, gains)

    def of(self, kept: int, fixed: range) -> Ends:
        """Return the ends if `kept` hold the level, of whom `fixed` may be no candidates."""
        last = len(self.low) - 1
        cut = [min(max(kept - f, 0), last) for f in fixed]
        return min(self.low[k] for k in cut), max(self.high[k] for k in cut)


class Bases:
    """The ends of the base, and of those in it beside the level, for each number kept."""

    def __init__(
        self, terms: Terms, members: Sequence[Member], counts: Callable[[Member, Value], Value]
    ) -> None:
        self.terms = terms
        self.total = len(members)
        fixed = [m for m in members if _is_fixed(m, terms)]
        self.fixed = range(sum(m.sure for m in fixed), len(fixed) + 1)
        candidates = [_weight(m, terms, counts) for m in members if _may_be_candidate(m, terms)]
        others = [m for m in members if not _may_be_candidate(m, terms)]
        below = [_ends(m, counts(m, m.level)) for m in others if not _is_fixed(m, terms)]
        held = [_ends(m, counts(m, m.level)) for m in fixed]
        self._base = Sums([*below, *held], candidates)
        self._beside = Sums(below, [weight._replace(kept=(0, 0)) for weight in candidates])

    def of(self, kept: int) -> Ends:
        """Return the ends of the base if `kept` hold the level, those given at it included."""
        return self._base.of(kept, self.fixed)

    def between(self, least: int, most: int) -> Ends:
        """Return the ends of the base over numbers kept from `least` to `most`."""
        found = [self.of(k) for k in range(least, max(least, most) + 1)]
        return min(low for low, _ in found), max(high for _, high in found)

    def places(self, sure: int) -> Ends:
        """Return the least and the greatest number of places.

        Args:
            sure: The number of sure candidates, with those given at the level.
        """
        allowed = [
            self.terms.places_between(self.of(k), self._beside.of(k, self.fixed))
            for k in range(self.total + 1)
        ]
        surely = [k <= allowed[k][0] for k in range(self.total + 1)]
        greatest = max(k for k in range(self.total + 1) if k <= allowed[k][1] or k == 0)
        k = min(sure, self.total)
        least = max((below for below in range(k + 1) if surely[below]), default=0)
        while k <= self.total and surely[k]:
            least, k = k, k + 1
        return min(least, greatest), greatest


def _running(start: int, gains: Sequence[int]) -> list[int]:
    sums = [start]
    for gain in gains:
        sums.append(sums[-1] + gain)
    return sums


def _weight(member: Member, terms: Terms, counts: Callable[[Member, Value], Value]) -> Weight:
    """Return what one who may be a candidate adds to the base."""
    low, high = member.level.least, member.level.most
    kept = _ends(member, counts(member, within(max(low, terms.level), high)))
    cut = _ends(member, counts(member, within(terms.others, terms.others)))
    if low < terms.level:
        below = _ends(member, counts(member, within(low, terms.level - 1)))
        cut = (min(cut[0], below[0]), max(cut[1], below[1]))
    return Weight(kept, cut)


def _ends(member: Member, counted: Value) -> Ends:
    return int(member.sure and counted.least), int(counted.most)


# -- what is left to a body ----------------------------------------------------------------------


def _decision(
    quota: Quota,
    places: Ends,
    sure: Sequence[Member],
    possible: Sequence[Member],
    taken: Ends,
    placed: dict[int, Placement],
) -> Decision | None:
    opened = [m for m in sure if placed[id(m.entity)] is Placement.OPEN]
    exact = places[0] == places[1] and taken[0] == taken[1] and len(possible) == len(sure)
    unknown = any(v.why == MISSING for m in sure for v in m.order)
    if not opened or not exact or unknown:
        return None
    kept = sum(placed[id(m.entity)] is Placement.KEPT for m in sure)
    no_order = not quota.order or any(v.why for m in opened for v in m.order)
    return Decision(
        DecisionKind.N_OF_M if no_order else DecisionKind.TIE,
        quota.head,
        places=places[0] - taken[0] - kept,
        candidates=tuple(m.entity.id for m in opened),
    )


def _step(member: Member, terms: Terms, placement: Placement, decision: Decision | None) -> Step:
    level = member.level
    if placement is Placement.KEPT:
        return Step(level, ran=True)
    low, high = level.least, level.most
    cut_low = terms.others if low >= terms.level else min(low, terms.others)
    cut_high = terms.others if low >= terms.level else max(terms.level - 1, terms.others)
    if placement is Placement.CUT and member.sure:
        return Step(within(cut_low, cut_high), ran=True)
    hull = within(min(low, cut_low), max(high, cut_high))
    own = decision if member.sure and low >= terms.level else None
    return Step(hull, ran=True, decision=own)
