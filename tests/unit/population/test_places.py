"""The last number allowed is found by halving where the reference tries one after the other."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
from tests.support.strategies import law

from khung.engine.bases import Bases, Further, Small, Terms, Weight
from khung.population.places import _quick, _slow
from khung.sql.quotas.numbers import Numbers
from khung.sql.quotas.shape import ENDLESS, Settings, Stranger

if TYPE_CHECKING:
    from khung.engine.bases import Ends

ENDS = ((0, 0), (0, 1), (1, 1))
FEW = st.integers(0, 4)


@st.composite
def weights(draw: st.DrawFn) -> Weight:
    """Draw what one adds that may be a candidate, or may have been given the level."""
    sure, given_ = draw(st.booleans()), draw(st.booleans())
    kept, aside = draw(st.sampled_from(ENDS)), draw(st.sampled_from(ENDS))
    if not sure:
        aside = (0, aside[1])
    if given_:  # as it is in the base wherever it belongs, or not at all
        aside = (kept[0], kept[1]) if sure else (0, draw(st.sampled_from([0, kept[1]])))
    beside = (0, 0) if given_ else draw(st.sampled_from([None, (0, aside[1])]))
    return Weight(kept, aside, sure, beside, given_)


@st.composite
def groups(draw: st.DrawFn) -> tuple[Numbers, list[Weight], tuple[list[Ends], list[Ends]]]:
    """Draw a group: its numbers, and of whom they are counted."""
    varying = draw(st.lists(weights(), max_size=7))
    others = draw(st.lists(st.sampled_from(ENDS), max_size=7))
    lacking = [draw(st.sampled_from([(0, 0), ends])) for ends in others]
    given_ = sum(one.given for one in varying)
    fixed = draw(st.integers(0, min(2, len(others))))
    sure = draw(st.integers(0, sum(one.sure and not one.given for one in varying)))
    present = draw(st.integers(sum(one.sure for one in varying), len(varying) + len(others)))
    more = draw(st.sampled_from([0, 0, 1, 5, ENDLESS]))
    share = sorted((draw(st.integers(0, 4)), draw(st.integers(0, 4))))
    limit = sorted((draw(st.integers(0, 9)), draw(st.integers(0, 9))))
    counts = (len(varying) + len(others), present, sure, len(varying) - given_)
    taken = (fixed, fixed + given_)
    ends = (*counts, *taken, *_sums(varying, others, lacking), more)
    shares = (share[0], 4, share[1], 4)
    limits = draw(st.sampled_from([(-1, -1), tuple(limit)]))
    return Numbers(*ends, *shares, *limits), varying, (others, lacking)


def _sums(varying: list[Weight], others: list[Ends], lacking: list[Ends]) -> tuple[int, ...]:
    low, high = (sum(w.not_kept[e] for w in varying) + sum(o[e] for o in others) for e in (0, 1))
    gains = [w.kept[0] - w.not_kept[0] for w in varying]
    losses = [w.not_kept[1] - w.kept[1] for w in varying]
    sure = sum(w.sure and gain == 1 for w, gain in zip(varying, gains, strict=True))
    aside = sum(w.given and not w.sure and w.not_kept[1] < w.kept[1] for w in varying)
    beside = [sum(w.lacking.not_kept[e] for w in varying) for e in (0, 1)]
    rest = [sum(o[e] for o in lacking) for e in (0, 1)]
    return (
        *(low, high, gains.count(-1), gains.count(1), sure),
        *(losses.count(-1), losses.count(1), aside),
        *(rest[0] + beside[0], rest[1] + beside[1], *beside),
    )


@st.composite
def terms(draw: st.DrawFn) -> Settings:
    """Draw the settings of a quota."""
    small = draw(st.none() | st.tuples(st.sampled_from(["0", "1", "2.5", "4"]), FEW, FEW))
    made = small and Small(Decimal(small[0]), small[1], Decimal(small[2]))
    ends = [draw(st.sampled_from(ENDS)) for _ in range(3)]
    other = Stranger((0, 3), draw(st.sampled_from([(0, 1), (1, 1)])), *ends)
    return Settings(draw(st.sampled_from(["floor", "half_up", "ceiling"])), made, other.further(2))


@law
@given(groups(), terms())
def test_a_group_comes_to_the_same_from_its_numbers(
    group: tuple[Numbers, list[Weight], tuple[list[Ends], list[Ends]]], settings: Settings
) -> None:
    numbers, varying, rest = group
    kept, aside, beside = settings.further
    small = settings.small and Small(*settings.small)
    own = Terms(2, 1, numbers.shares, settings.rounding, small, "all", numbers.limit)
    more = Further(numbers.more, Weight(kept, aside, sure=False, beside=beside))
    bases = Bases(own, rest, numbers.f1, varying, more)
    loose = bases.loose(numbers.s + numbers.f1, numbers.present)
    places = bases.places(numbers.s + numbers.f1)
    around = places
    if loose is not bases:
        ends = loose.ends_of_places(numbers.present)
        around = min(places[0], ends[0]), max(places[1], ends[1])
    found = _slow(numbers, settings, small)
    assert found[:2] == (places, around)
    quick = _quick(numbers, settings, small)
    assert quick in (None, found)
    assert small is not None or quick is not None
