"""Values as YAML on one line are read back as what they were."""

from datetime import date
from decimal import Decimal

import pytest
import yaml

from khung.source.writing import flow, quoted


@pytest.mark.parametrize(
    "text", ["", "a b", 'say "x"', "a\\b", "a\nb", "tab\there", "# no", "12", "on", "tỷ lệ: 5"]
)
def test_a_text_stays_what_it_is(text):
    assert yaml.safe_load(quoted(text)) == text
    assert yaml.safe_load(flow({"k": [text]})) == {"k": [text]}
    assert "\n" not in quoted(text)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (True, "true"),
        (date(2021, 12, 15), "2021-12-15"),
        (12, "12"),
        (Decimal("0.50"), "0.50"),
        ("tot", "tot"),
        ("no", '"no"'),
        ("2021", '"2021"'),
        (["a", {"b": False}], "[a, {b: false}]"),
    ],
)
def test_a_value_is_written_by_its_type(value, written):
    assert flow(value) == written
