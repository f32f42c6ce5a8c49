"""The places of the groups of a quota, from the numbers that SQL counts of each.

What those numbers are says `khung.sql.quotas.numbers`. Places are what the reference evaluator
makes of such a group. Where the number allowed never falls as a group grows, and grows by no more
than one for each one kept, the last allowed is found by halving.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from khung.engine.bases import Bases, Further, Small, Terms, Weight, told
from khung.engine.quotas import most_at_level
from khung.sql.quotas.numbers import Numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from khung.engine.bases import Ends
    from khung.sql.quotas.shape import Settings

Places = tuple[int, int, int, int | None, int, int | None]
"""The ends of the places that candidates compete for; of the base and of the places, as told."""


def places_by(settings: Settings) -> Callable[[Sequence[int]], Places]:
    """Return what works out the places of a group from its numbers, in the order of `Numbers`."""
    small = None if settings.small is None else Small(*settings.small)

    def work_out(row: Sequence[int]) -> Places:
        group = Numbers(*row)
        known = _quick(group, settings, small) or _slow(group, settings, small)
        places, around, base = known
        return (*places, *told(base, group.n, group.more), *told(around, group.n, group.more))

    return work_out


Found = tuple["Ends", "Ends", "Ends"]
"""The places that candidates compete for, those of all groups that it may be, the base."""


# -- where places grow evenly ---------------------------------------------------------------------


class _Line(NamedTuple):
    """A sum over the number of candidates kept: it falls by one, is level, rises, and stays.

    `low` begins at `start`, falls `first` times and rises from `turn` on, `last` times.
    """

    start: int
    first: int
    turn: int
    last: int

    def at(self, k: int) -> int:
        """Return the sum for one number."""
        risen = k - self.turn
        return self.start - min(k, self.first) + max(0, min(risen, self.last))

    def over(self, first: int, last: int) -> int:
        """Return the least over numbers from a first to a last."""
        return self.at(min(max(self.first, first), last))


_FLAT = _Line(0, 0, 0, 0)


def _line(start: int, falls: int, rises: int, each: int, sizes: tuple[int, int]) -> _Line:
    """Return a sum; `sizes` says how many known gains there are, and how many of `each` besides."""
    known, number = sizes
    first = falls + (number if each < 0 else 0)
    last = rises + (number if each > 0 else 0)
    return _Line(start, first, known + number - last, last)


class _Side(NamedTuple):
    """Bases with the terms of a group; `high` is the greatest, turned round."""

    low: _Line
    high: _Line
    fixed: int
    since: int
    rounding: str
    shares: tuple[Ends, Ends]
    limit: Ends
    all: int
    small: Small | None = None

    def last(self, end: int) -> int:
        """Return the last number kept that an end of the places allows: all before it are, too."""
        low, line = 0, (self.low, self.high)[end]
        if not line.first:  # it is level at first, and mostly that is far enough
            level = min(self.all, self.places(abs(line.start), end))
            if level - self.fixed < line.turn:
                return level
        top = line.start - line.first if end else line.start + line.last
        high = min(self.all, self.places(-top if end else top, end))
        if high <= self._at(high, end):
            return high
        while high - low > 1:
            middle = (low + high) // 2
            if middle <= self._at(middle, end):
                low = middle
            else:
                high = middle
        return low

    def _at(self, kept: int, end: int) -> int:
        last = max(kept - self.fixed, 0)
        first = last if kept <= self.since else max(self.since - self.fixed, 0)
        base = -self.high.over(first, last) if end else self.low.over(first, last)
        return self.places(base, end)

    def places(self, base: int, end: int) -> int:
        """Return the places that a base comes to."""
        small = self.small
        is_small = small is not None and base < small.edge
        found = small.allow if small is not None and is_small else self.by_share(base, end)
        return min(found, self.limit[end])

    def by_share(self, base: int, end: int) -> int:
        """Return what a share of a base comes to."""
        part, whole = self.shares[end]
        match self.rounding:
            case "ceiling":
                found = -(-base * part // whole)
            case "half_up":
                found = (2 * base * part + whole) // (2 * whole)
            case _:
                found = base * part // whole
        return found

    @property
    def is_even(self) -> bool:
        """Whether places never fall as the base grows, nor grow by more than one with each in it."""
        small = self.small
        if small is None:
            return True
        steps = (self.by_share(small.edge, end) - small.allow for end in (0, 1))
        return small.at_least <= 0 and all(0 <= step <= 1 for step in steps)


def _quick(group: Numbers, settings: Settings, small: Small | None) -> Found | None:
    """Return what a group comes to where its places grow evenly with its base; else None."""
    if group.is_settled and not (group.a_m or group.a_p or group.b_m or group.b_p):
        return _constant(group, settings, small)
    kept, not_kept, _ = settings.further
    number, sizes = group.more, (group.varying, group.more)
    low = _line(group.h_lo, group.a_m, group.a_p, kept[0] - not_kept[0], sizes)
    most = group.h_hi + number * not_kept[1]
    high = _line(-most, group.b_m, group.b_p, not_kept[1] - kept[1], sizes)
    may_be_small = small is not None and low.start - low.first < small.edge
    shares = group.shares
    if shares[1][0] > shares[1][1]:
        return None
    everyone, limit = group.n + number, group.limit
    side = _Side(low, high, group.f1, everyone, settings.rounding, shares, limit, everyone)
    side = side._replace(small=small) if may_be_small else side
    if not side.is_even:
        return None
    greatest = side.last(1)
    places = min(side.last(0), greatest), greatest
    if group.is_settled:
        return places, places, _base(group, places, low, high)
    added = max(kept[1], not_kept[1])
    loose_low = _line(group.h_lo, group.a_m, group.a_ps, 0, sizes)
    most = group.h_hi + group.q + number * added
    loose_high = _line(-most, group.b_m - group.q, group.b_p, 0, sizes)
    loose = side._replace(low=loose_low, high=loose_high, since=group.s + group.f1)
    ends = min(loose.last(0), group.present), loose.last(1)
    around = min(places[0], ends[0]), max(places[1], ends[1])
    return places, around, _base(group, places, loose_low, loose_high)


def _constant(group: Numbers, settings: Settings, small: Small | None) -> Found | None:
    """Return what a settled group comes to whose base is the same whoever is kept."""
    shares, base = group.shares, (group.h_lo, group.h_hi)
    if shares[1][0] > shares[1][1] or (small is not None and small.at_least > 0):
        return None
    rest = group.f1, group.n, settings.rounding, shares, group.limit, group.n, small
    side = _Side(_FLAT, _FLAT, *rest)  # it takes the base itself
    low, high = (min(group.n, side.places(base[end], end)) for end in (0, 1))
    places = min(low, high), high
    return places, places, base


def _base(group: Numbers, places: Ends, low: _Line, high: _Line) -> Ends:
    first, last = (max(kept - group.f1, 0) for kept in _kept(group, places))
    last = max(first, last)
    return low.over(first, last), -high.over(first, last)


def _kept(group: Numbers, places: Ends) -> Ends:
    """Return how many may hold the level, at least and at most."""
    taken = group.f2 + group.more
    return min(places[0], group.s + group.f1), most_at_level(places, taken, group.p)


# -- as the reference evaluator does it ----------------------------------------------------------


def _slow(group: Numbers, settings: Settings, small: Small | None) -> Found:
    kept, not_kept, beside = settings.further
    more = Further(group.more, Weight(kept, not_kept, sure=False, beside=beside))
    terms = Terms(0, 0, group.shares, settings.rounding, small, "", group.limit)
    weights = weights_of(group)
    ends, lacking = [group.h_lo, group.h_hi], [group.d_lo, group.d_hi]
    for weight in weights:
        for end in (0, 1):
            ends[end] -= weight.not_kept[end]
            lacking[end] -= weight.lacking.not_kept[end]
    rest = [(ends[0], ends[1])], [(lacking[0], lacking[1])]
    bases = Bases(terms, rest, group.f1, weights, more)
    bases.listed = group.n
    places = around = bases.places(group.s + group.f1)
    loose = bases.loose(group.s + group.f1, group.present)
    if loose is not bases:
        loose.listed = group.n
        found = loose.ends_of_places(group.present)
        around = min(places[0], found[0]), max(places[1], found[1])
    return places, around, loose.between(*_kept(group, places))


def weights_of(group: Numbers) -> list[Weight]:
    """Return candidates, made up so that they add up to the numbers of a group."""
    unsure, number = group.a_p - group.a_ps, group.varying
    level = number - group.a_m - group.a_p
    lows = [0] * level + [1] * group.a_p + [-1] * group.a_m
    highs = [-1] * group.b_m + [0] * (number - group.b_m - group.b_p) + [1] * group.b_p
    return [
        Weight(
            (int(low > 0), int(high < 0)),
            (int(low < 0), int(high > 0)),
            sure=not (at < group.q or level <= at < level + unsure),
            beside=(int(at < group.e_lo), int(at < group.e_hi)),
            given=at < group.q,
        )
        for at, (low, high) in enumerate(zip(lows, highs, strict=True))
    ]
