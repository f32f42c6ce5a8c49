from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st
from tests.support.strategies import law

from khung.why.sets_to_change import smallest_sets

NAMES = tuple("abcdefg")
WAYS = st.lists(st.frozensets(st.sampled_from(NAMES), max_size=5), max_size=4)


@law
@given(WAYS, st.integers(1, 3))
def test_the_sets_are_those_that_trying_all_finds(ways, most):
    def may(names):
        return any(way <= names for way in ways)

    small = [frozenset(c) for size in range(1, most + 1) for c in combinations(NAMES, size)]
    doing = [names for names in small if may(names)]
    expected = {names for names in doing if not any(other < names for other in doing)}
    found = smallest_sets(NAMES, most, may)
    assert set(map(frozenset, found)) == expected
    assert len(found) == len(expected)
    assert all(list(names) == sorted(names) for names in found)


def test_what_cannot_be_is_ruled_out_at_once():
    asked = []
    assert smallest_sets(NAMES, 3, lambda names: bool(asked.append(names))) == []
    assert len(asked) == 3
