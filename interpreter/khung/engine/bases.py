"""How many places the base of a quota gives, for each number of candidates that are kept.

The base is read after the cut, so it hangs on the number k of those kept. For each k it lies
between a least and a greatest; k is surely allowed if it is within the places of every base
between, possibly allowed if within those of some. Where a small group must keep some beside those
who hold the level, how many they are lies between two ends likewise.

A group may have further members of whom nothing is known. All add alike, so of any number of them
only the ends of stretches of k are looked at: within one, what is allowed up to some k is allowed
below it.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise, product
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from decimal import Decimal

Ends = tuple[int, int]
"""A least and a most."""

Share = tuple[int, int]
"""A numerator and a denominator."""

Stretch = tuple[int, int]
"""Numbers kept, from the first to the last."""

ENDLESS = 10**15
"""More than there can be: as many further members stand for any number of them."""

MANY = 10 * ENDLESS

_FAR = 10**5
"""An end so far above those listed is that of a range, or of any number, and says nothing."""


def told(ends: Ends, listed: int, more: int) -> tuple[int, int | None]:
    """Return ends as results have them: None is no end.

    Args:
        ends: Of the base, or of the places.
        listed: How many stand in the group.
        more: How many may be there besides.
    """
    least, most = ends
    if not more:
        return int(least), int(most)
    far = listed + _FAR
    return int(least if least <= far else listed), int(most) if most <= far else None


class Weight(NamedTuple):
    """What a member adds to the base, at least and at most, if kept at the level or if not.

    Who is kept is a member; `sure` is whether the subject is one whatever becomes of it. `beside`
    is what it adds to those who lack the level if it is not kept; None for all that it adds then.
    Who is `given` the level holds it, also beyond the places.
    """

    kept: Ends
    not_kept: Ends
    sure: bool
    beside: Ends | None = None
    given: bool = False

    @property
    def perhaps(self) -> Weight:
        """What it adds if it may be there, whatever the places."""
        if self.sure:
            return self
        not_kept = (0, self.kept[1]) if self.given else self.not_kept
        return self._replace(kept=(0, self.kept[1]), not_kept=not_kept)

    @property
    def lacking(self) -> Weight:
        """What it adds to those who lack the level."""
        return Weight((0, 0), self.beside or self.not_kept, self.sure)


NO_WEIGHT = Weight((0, 0), (0, 0), sure=False)


class Further(NamedTuple):
    """How many members there may be of whom nothing is known, and what each adds."""

    number: int
    weight: Weight


NOBODY = Further(0, NO_WEIGHT)


class Small(NamedTuple):
    """A base below `fewer_than`, with `at_least` beside those at the level, has `allow` places."""

    fewer_than: Decimal
    allow: int
    at_least: Decimal

    @property
    def edge(self) -> int:
        """The least whole base that is not below `fewer_than`."""
        return ceil(self.fewer_than)


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
            edge = self.small.edge
            points |= {b for b in (edge - 1, edge) if low <= b <= high}
        ways = product(points, {*beside}, self.shares)
        found = [self.places(*way) for way in ways]
        return min(*found, self.limit[0]), min(max(found), self.limit[1])


# -- sums -----------------------------------------------------------------------------------------


class Least:
    """The least that a start and k of some gains add up to, for each k.

    Among the gains are `number` that are all `each`. With more k than gains all are added.
    """

    def __init__(self, start: int, gains: Iterable[int], each: int, number: int) -> None:
        """Take the gains in any order."""
        ordered = sorted(gains)
        self.sums = [start]
        for gain in ordered:
            self.sums.append(self.sums[-1] + gain)
        self.each, self.number = each, number
        self.before = bisect_left(ordered, each)
        self.turn = bisect_left(ordered, 0) + (number if each < 0 else 0)

    def at(self, k: int) -> int:
        """Return the least for one number."""
        if k <= self.before:
            return self.sums[k]
        some = min(k - self.before, self.number)
        return self.sums[min(k - some, len(self.sums) - 1)] + some * self.each

    def over(self, first: int, last: int) -> int:
        """Return the least over numbers from a first to a last: it falls, then rises."""
        return self.at(min(max(self.turn, first), last))


class Sums:
    """The ends of what the members of a group add up to, for each number of candidates kept."""

    def __init__(self, rest: Sequence[Ends], candidates: Sequence[Weight], more: Further) -> None:
        """Take what all others add, and what each candidate adds if kept or if not."""
        starts = [*rest, *(weight.not_kept for weight in candidates)]
        number, (kept, not_kept, *_) = more
        low = sum(ends[0] for ends in starts) + number * not_kept[0]
        high = sum(ends[1] for ends in starts) + number * not_kept[1]
        lows = [w.kept[0] - w.not_kept[0] for w in candidates]
        highs = [w.not_kept[1] - w.kept[1] for w in candidates]
        self.low = Least(low, lows, kept[0] - not_kept[0], number)
        self.high = Least(-high, highs, not_kept[1] - kept[1], number)

    def over(self, first: int, last: int) -> Ends:
        """Return the ends over numbers kept from a first to a last."""
        if first == last:
            return self.low.at(first), -self.high.at(first)
        return self.low.over(first, last), -self.high.over(first, last)


# -- places ---------------------------------------------------------------------------------------


class Bases:
    """The ends of the base, and of those in it beside the level, for each number kept."""

    def __init__(
        self,
        terms: Terms,
        rest: tuple[Sequence[Ends], Sequence[Ends]],
        fixed: int,
        candidates: Sequence[Weight],
        more: Further,
    ) -> None:
        """Take what the members of a group add.

        Args:
            terms: The settings.
            rest: What each of the others adds to the base, and to those in it without the level.
            fixed: How many of the others were given the level.
            candidates: What each candidate adds, and who may have been given the level.
            more: The members of whom nothing is known.
        """
        others, lacking = rest
        self.terms, self.rest, self.fixed, self.more = terms, rest, fixed, more
        self.candidates, self.since = candidates, MANY
        self.listed = len(others) + len(candidates)
        self._base = Sums(others, candidates, more)
        without = [weight.lacking for weight in candidates]
        unknown = more._replace(weight=more.weight.lacking)
        self._beside = Sums(lacking, without, unknown)

    def between(self, least: int, most: int) -> Ends:
        """Return the ends of the base over numbers kept, those given the level among them."""
        return self._base.over(*self._candidates(least, max(least, most)))

    def _candidates(self, least: int, most: int) -> Stretch:
        """Return how many candidates are among those kept."""
        return max(least - self.fixed, 0), max(most - self.fixed, 0)

    def _stretch(self, kept: int) -> Stretch:
        """Return how many candidates may be kept where so many have a place: there may be fewer."""
        return self._candidates(min(kept, self.since), kept)

    def _allowed(self, kept: int) -> Ends:
        """Return the least and the most places over the bases for a number kept."""
        stretch = self._stretch(kept)
        return self.terms.places_between(self._base.over(*stretch), self._beside.over(*stretch))

    def places(self, sure: int) -> Ends:
        """Return the least and the greatest number of places.

        Args:
            sure: The number of sure candidates, with those given at the level.
        """
        allowed, beyond = self._of_listed(), self._beyond()
        surely = [k <= least for k, (least, _) in enumerate(allowed)]
        greatest = self._greatest(allowed, beyond)
        least = max((k for k in range(sure + 1) if surely[k]), default=0)
        k = sure
        while k <= self.listed and surely[k]:
            least, k = k, k + 1
        if k > self.listed:
            least = self._onwards(least, beyond)
        return min(least, greatest), greatest

    def joint_places(self, present: int = MANY) -> Ends:
        """Return the least and the greatest number of places where candidates are in other groups.

        As many as one after the other finds a place: all numbers up to it must be allowed. The
        least is no more than are `present`.
        """
        allowed, beyond = self._of_listed(), self._beyond()
        least, most = (self._up_to(allowed, beyond, end) for end in (0, 1))
        return min(least, most, present), most

    def _up_to(self, allowed: list[Ends], beyond: list[Stretch], end: int) -> int:
        last = 0
        for k, ends in enumerate(allowed):
            if k > ends[end]:
                return last
            last = k
        return self._onwards(last, beyond, end)

    def loose(self, sure: int, present: int) -> Bases:
        """Return the bases of all groups that this may be, fewer candidates and decided ones too.

        Those for candidates may be closer: what counts there is who competes for a place.

        Args:
            sure: As for `places`.
            present: How many surely are in the group.
        """
        settled = len(self.candidates) + self.fixed == sure
        if not self.more.number and present == self.listed and settled:
            return self
        candidates = [weight.perhaps for weight in self.candidates]
        added = max(self.more.weight.kept[1], self.more.weight.not_kept[1])
        more = self.more._replace(weight=Weight((0, added), (0, added), sure=False))
        made = Bases(self.terms, self.rest, self.fixed, candidates, more)
        made.since = sure
        return made

    def ends_of_places(self, present: int) -> Ends:
        """Return the least and the greatest number of places; `present` surely are in the group."""
        allowed = self._of_listed()
        least = max((k for k in range(present + 1) if k <= allowed[k][0]), default=0)
        return least, self._greatest(allowed, self._beyond())

    def _of_listed(self) -> list[Ends]:
        return [self._allowed(k) for k in range(self.listed + 1)]

    def _greatest(self, allowed: list[Ends], beyond: list[Stretch]) -> int:
        far = (self._last(stretch, 1) for stretch in reversed(beyond))
        greatest = next((k for k in far if k is not None), None)
        if greatest is not None:
            return greatest
        return max(k for k, (_, most) in enumerate(allowed) if k <= most or k == 0)

    def _onwards(self, least: int, beyond: list[Stretch], end: int = 0) -> int:
        """Return up to where all beyond the known members is allowed; by one end of the places."""
        for stretch in beyond:
            last = self._last(stretch, end)
            least = least if last is None else last
            if last != stretch[1]:
                break
        return least

    def _last(self, stretch: Stretch, end: int) -> int | None:
        """Return the last of a stretch that an end of the places allows; None if none is."""
        first, last = stretch
        guess = self._allowed(first)[end]
        if guess < first:
            return None
        if last <= self._allowed(last)[end]:
            return last
        for near in (guess, guess + 1):
            first, last = self._nearer(first, last, near, end)
        while last - first > 1:
            first, last = self._nearer(first, last, (first + last) // 2, end)
        return first

    def _nearer(self, first: int, last: int, k: int, end: int) -> Stretch:
        """Return what a number leaves of where the allowed ends: `first` is allowed, `last` not."""
        if not first < k < last:
            return first, last
        return (k, last) if k <= self._allowed(k)[end] else (first, k)

    def _beyond(self) -> list[Stretch]:
        """Return the numbers kept beyond the known members.

        Up to as many as are unknown each further one adds alike; after that the known follow.
        """
        first, number = self.listed + 1, self.more.number
        cuts = {first, number + 1, *self._turns(first)} if number > self.listed else set()
        inside = sorted(k for k in cuts if first <= k <= number + 1)
        alike = [(k, after - 1) for k, after in pairwise(inside)]
        rest = range(max(first, number + 1), self.listed + number + 1)
        return [*alike, *((k, k) for k in rest)]

    def _turns(self, first: int) -> Iterator[int]:
        """Yield the numbers about which it changes whether the group may be a small one."""
        small = self.terms.small
        if small is None:
            return
        for sums, edge in ((self._base, small.edge), (self._beside, ceil(small.at_least))):
            here, after = (sums.over(*self._stretch(k)) for k in (first, first + 1))
            for value, then in zip(here, after, strict=True):
                there = first + (edge - value) * (then - value)
                yield from range(there - 1, there + 3)
