"""A mistake in a scalar is told of once, wherever the scalar stands."""

from __future__ import annotations

import pytest
from tests.support.rulebook import MANIFEST, load_files

from khung.casefile.expect_from_source import number_of
from khung.diagnostics.bag import Bag
from khung.source.from_text import parse_yaml
from khung.text import SourceFile

LONG = "9" * 40


@pytest.mark.parametrize(("number", "code"), [(LONG, "K0139"), ("010", "K0138"), ("0x1F", "K0138")])
@pytest.mark.parametrize(
    "text",
    [
        "parameters: {{p: {{value: {0}}}}}",
        "records: {{a: {{fields: {{n: {{type: number, default: {0}}}}}}}}}",
        "records: {{a: {{fields: {{n: {{type: number, default: [{0}]}}}}}}}}",
    ],
)
def test_a_number_that_is_refused(tmp_path, text, number, code):
    found = load_files(tmp_path, rulebook=MANIFEST + text.format(number)).found
    assert found == [(code, number)]


def test_the_same_as_an_integer(tmp_path):
    text = MANIFEST.replace("khung: 1", f"khung: {LONG}")
    assert load_files(tmp_path, rulebook=text).found == [("K0139", LONG)]


@pytest.mark.parametrize(("text", "codes"), [(LONG, ["K0139"]), (f"'{LONG}'", ["K0629"])])
def test_a_number_of_a_case(text, codes):
    bag = Bag()
    root = parse_yaml(SourceFile("a.yaml", f"n: {text}\n"), bag)
    assert number_of(root.entries[0].value, bag, "n") is None
    assert [d.code for d in bag.diagnostics] == codes
