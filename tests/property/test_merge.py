"""One mapping put over another: laws that hold whatever they say."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.support.nodes import node_of

from khung.diagnostics.bag import Bag
from khung.rulebook.merge import Merger, changed_paths
from khung.source.nodes import Mapping
from khung.source.schema import to_plain

LEAVES = st.dictionaries(st.sampled_from("ab"), st.integers(0, 3), max_size=2)


def _over(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Draw mappings in which `a` and `b` are values, `c` and `d` mappings: a key has one kind."""
    below = st.dictionaries(st.sampled_from("cd"), inner.filter(bool), max_size=2)
    return st.builds(lambda values, maps: values | maps, LEAVES, below)


MAPPINGS = st.recursive(LEAVES, _over, max_leaves=8)


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
