"""A quota that changed, by arithmetic: the smallest base at which there are other places."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING, Any, NamedTuple

from khung.ir import nodes as n
from khung.ir.rewrite import fold
from khung.records import dataclass

if TYPE_CHECKING:
    from khung.ir.nodes import Node
    from khung.ir.program import Quota

_MOST = 2000
"""Up to how many in the base are looked at."""


class Base(NamedTuple):
    """The number in the base, and the places that it gives before and after."""

    number: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Places:
    """What a quota gives for a number in the base, as far as constants say it."""

    share: Fraction | None
    places: int | None
    rounding: str
    fewer_than: int | None
    allow: int

    def of(self, base: int) -> int:
        """Return the places for a base, at most all of it."""
        if self.fewer_than is not None and base < self.fewer_than:
            return min(base, self.allow)
        found = base if self.share is None else self._rounded(self.share * base)
        return max(0, min(base, found if self.places is None else min(found, self.places)))

    def _rounded(self, number: Fraction) -> int:
        match self.rounding:
            case "ceiling":
                return ceil(number)
            case "half_up":
                return floor(number + Fraction(1, 2))
            case _:
                return floor(number)


def first_difference(one: Quota, other: Quota) -> Base | None:
    """Return the smallest base at which two quotas differ; None where constants do not tell."""
    first, second = places_of(one), places_of(other)
    if first is None or second is None:
        return None
    for number in range(_MOST):
        sides = first.of(number), second.of(number)
        if sides[0] != sides[1]:
            return Base(number, *sides)
    return None


def places_of(quota: Quota) -> Places | None:
    """Return what a quota gives for a base; None where that does not come of constants."""
    if len(quota.groupings) != 1:
        return None
    grouping, small = quota.groupings[0], quota.small_group
    share, places = _constant(grouping.at_most), _constant(grouping.places)
    rounding = _constant(quota.rounding)
    fewer, allow = (
        _constant(x) for x in ((small.fewer_than, small.allow) if small else (None,) * 2)
    )
    known = [
        (grouping.at_most, share),
        (grouping.places, places),
        (quota.rounding, rounding),
        *(((small.fewer_than, fewer), (small.allow, allow)) if small else ()),
    ]
    if any(node is not None and value is None for node, value in known):
        return None
    ratio = Fraction(*share) if isinstance(share, tuple) else share and Fraction(share)
    number = None if places is None else int(places)
    return Places(ratio, number, str(rounding), fewer and int(fewer), int(allow or 0))


def _constant(node: Node | None) -> Any:
    """Return the value of what is the same for all; None of anything else."""
    found = None if node is None else fold(node)
    return found.value if isinstance(found, n.Literal) else None
