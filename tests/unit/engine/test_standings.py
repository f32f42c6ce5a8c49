"""Who stays within a quota, of candidates whose order keys are all known."""

from datetime import date
from types import SimpleNamespace

import pytest

from khung.engine.standings import Member, Placement, placements
from khung.engine.values import known

KEPT, CUT, OPEN = Placement.KEPT, Placement.CUT, Placement.OPEN


def placed(directions, *candidates, places=1, ties="needs_decision"):
    """Return what becomes of sure candidates with these keys."""
    quota = SimpleNamespace(order=[SimpleNamespace(highest=way == "highest") for way in directions])
    members = [
        Member(SimpleNamespace(id=n), known(3), tuple(map(known, keys)), sure=True, fixed=False)
        for n, keys in enumerate(candidates)
    ]
    found = placements(quota, ties, (places, places), members, members, (0, 0))
    return [found[id(member.entity)] for member in members]


@pytest.mark.parametrize(
    ("first", "second"),
    [(date(2021, 1, 2), date(2021, 1, 1)), ("b", "a"), (2, 1), (True, False)],
)
def test_keys_of_any_ordered_type(first, second):
    assert placed(["highest"], [second], [first]) == [CUT, KEPT]
    assert placed(["lowest"], [second], [first]) == [KEPT, CUT]


def test_a_later_key_decides_among_those_level_on_the_earlier():
    day = date(2021, 5, 1)
    found = placed(["highest", "lowest"], [90, day.replace(day=2)], [90, day], [95, day], places=2)
    assert found == [CUT, KEPT, KEPT]


def test_those_level_on_every_key_wait_for_a_decision():
    assert placed(["highest"], [90], [95], [90], places=2) == [OPEN, KEPT, OPEN]
    assert placed(["highest"], [90], [95], [90], places=2, ties="all") == [KEPT, KEPT, KEPT]
    assert placed(["highest"], [90], [95], [90], places=2, ties="none") == [CUT, KEPT, CUT]
