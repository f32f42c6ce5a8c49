"""The numbers of a group on which its places hang, as SQL counts them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    Ends = tuple[int, int]

PLACES = ("place_lo", "place_hi", "base_lo", "base_hi", "told_lo", "told_hi")
"""The columns that come to those numbers: ends of the places that candidates compete for, of the
base and of the places as told; there a most of null is no end."""


class Numbers(NamedTuple):
    """What is counted of a group.

    A member adds to the base, at least and at most, if it is kept and if it is not; what it adds
    more if kept than if not is its gain. One who `varies` may be a candidate, or take a place.

    Attributes:
        n: All that may be in it; `present` those that surely are.
        s: The sure candidates; `p` all that may be.
        f1: Who was given the level and surely takes a place; `f2` all that may.
        h_lo: What the base comes to at least if nobody is kept; `h_hi` at most.
        a_m: At the least, of how many the gain is less than nothing; `a_p` more, `a_ps` of those
            that surely belong.
        b_m: At the most, of how many the gain is more than nothing; `b_p` less.
        q: How many were given the level, are touched if they belong, and add to the base then.
        d_lo: How many are in the base who lack the level if nobody is kept, at least; `d_hi` at
            most, `e_lo` and `e_hi` of them those that vary.
        more: How many others there may be of whom nothing is known.
        share_lo_n: The share, at least and at most, each a numerator and a denominator.
        limit_lo: The places, at least and at most; -1 is no end.
    """

    n: int
    present: int
    s: int
    p: int
    f1: int
    f2: int
    h_lo: int
    h_hi: int
    a_m: int
    a_p: int
    a_ps: int
    b_m: int
    b_p: int
    q: int
    d_lo: int
    d_hi: int
    e_lo: int
    e_hi: int
    more: int
    share_lo_n: int
    share_lo_d: int
    share_hi_n: int
    share_hi_d: int
    limit_lo: int
    limit_hi: int

    @property
    def varying(self) -> int:
        """How many may be candidates, or may take a place."""
        return self.p + self.f2 - self.f1

    @property
    def is_settled(self) -> bool:
        """Whether it is known who is there and who competes."""
        return not self.more and self.present == self.n and self.varying == self.s

    @property
    def shares(self) -> tuple[Ends, Ends]:
        """The ends of the share."""
        return (self.share_lo_n, self.share_lo_d), (self.share_hi_n, self.share_hi_d)

    @property
    def limit(self) -> Ends:
        """The ends of the number of places, none beyond the size of the group."""
        size = self.n + self.more
        low, high = (size if end < 0 else min(end, size) for end in (self.limit_lo, self.limit_hi))
        return low, high


SUMS = Numbers._fields[: Numbers._fields.index("more")]
"""The numbers that are sums over members."""
