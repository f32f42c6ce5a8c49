"""Plain data as YAML: read again it is what it was, an entry a line where it is long."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from khung.report.document.yaml import to_yaml

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=8)
PLAIN = TEXTS | st.booleans() | st.none() | st.integers()
DATA = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


def read(text):
    return yaml.safe_load(text)  # an independent reader


@given(st.dictionaries(TEXTS, DATA, min_size=1, max_size=3))
def test_it_is_read_as_it_was(data):
    assert read(to_yaml(data)) == data


@pytest.mark.parametrize(
    "text", ["true", "No", "1", "5.5", "2021", "- a", "a: b", ">= 90", "", "~"]
)
def test_what_would_be_read_otherwise_is_quoted(text):
    assert to_yaml({"a": text}) == f'a: "{text}"'


def test_what_is_short_stands_on_one_line():
    found = to_yaml({"rest": "kept", "parts": {"moi": "Kết nạp", "om": {}}, "at": ["tot", "-"]})
    assert found == 'rest: kept\nparts: {moi: Kết nạp, om: {}}\nat: [tot, "-"]'


def test_what_is_long_has_lines_of_its_own():
    long = {"one": "a" * 60, "two": "b" * 60}
    assert to_yaml({"all": long}) == f"all:\n  one: {'a' * 60}\n  two: {'b' * 60}"
