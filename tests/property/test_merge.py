"""One mapping put over another: laws that hold whatever they say."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.support.nodes import node_of

from khung.diagnostics.bag import Bag
from khung.rulebook.versions.merge import Merger, changed_paths
from khung.source.nodes import Mapping, to_plain

LEAVES = st.dictionaries(st.sampled_from("abc"), st.integers(0, 3), max_size=3)
MAPPINGS = st.recursive(
    LEAVES,
    lambda inner: st.builds(
        lambda leaves, deeper: {**leaves, **deeper},
        LEAVES,
        st.dictionaries(st.sampled_from("xyz"), inner.filter(bool), max_size=3),
    ),
    max_leaves=6,
)
"""Mappings in which a name always stands for the same: `a` for a value, `x` for a mapping.

Where a value takes the place of a mapping, what stood in that is forgotten, and order counts.
"""


def merged(base: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """Return `change` over `base`, both as plain data."""
    below, above = node_of(base), node_of(change)
    assert isinstance(below, Mapping)
    assert isinstance(above, Mapping)
    plain = to_plain(Merger(Bag()).merge(below, above, ""))
    assert isinstance(plain, dict)
    return plain


@given(MAPPINGS)
def test_nothing_over_something_and_something_over_nothing(base):
    assert merged(base, {}) == base
    assert merged({}, base) == base


@given(MAPPINGS, MAPPINGS, MAPPINGS)
def test_in_a_chain_it_is_all_one_where_one_begins(one, other, third):
    assert merged(merged(one, other), third) == merged(one, merged(other, third))


@given(MAPPINGS, MAPPINGS)
def test_what_is_said_on_top_holds(base, change):
    assert merged(merged(base, change), change) == merged(base, change)


@given(MAPPINGS, MAPPINGS)
def test_paths_change_if_and_only_if_something_does(base, change):
    after = merged(base, change)
    below, above = node_of(base), node_of(after)
    assert isinstance(below, Mapping)
    assert isinstance(above, Mapping)
    assert bool(changed_paths(below, above)) == (base != after)
