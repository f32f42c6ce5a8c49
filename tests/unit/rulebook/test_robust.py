"""Whatever a file holds, the reader answers with diagnostics, never with an exception."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.nodes import node_of
from tests.support.schemas import parts, schema

from khung.diagnostics.bag import Bag
from khung.diagnostics.codes import page
from khung.rulebook.files import clauses, manifest, subject
from khung.rulebook.parts import Context
from khung.source.nodes import Mapping

SCHEMAS = ("rulebook", "subject", "clauses")
WORDS = sorted(
    {key for n in SCHEMAS for _, p in parts(schema(n)) for key in p.get("properties", ())}
)

VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from([*WORDS, "a in b", "0..3", "..", "2021-01-01", "a/1#b", "", "list of x", "é "]),
)
TREES = st.recursive(
    VALUES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=4)
    ),
    max_leaves=25,
)
FILES = st.dictionaries(st.sampled_from(WORDS), TREES, max_size=8)


@pytest.mark.parametrize("decode", [manifest, subject, clauses])
@settings(max_examples=60, deadline=None)
@given(document=FILES)
def test_no_reader_raises(decode, document):
    bag, node = Bag(), node_of(document)
    assert isinstance(node, Mapping)
    if decode is manifest:
        manifest(node, bag, "folder")
    else:
        decode(node, Context(bag))
    assert all(page(diagnostic.code) for diagnostic in bag.diagnostics)
