"""Attributes of kinds take their labels from the enumeration of the same name."""

from __future__ import annotations

from tests.support.rulebook import MANIFEST, load_files

from khung.diagnostics.bag import Bag
from khung.ir.from_rulebook import lower_rulebook

SHARED = """\
enumerations: {tier: {label: Tang, values: {upper: {vi: Tren, en: Upper}, lower_one: Duoi}}}
"""
SUBJECT = """\
subject: firm
kinds:
  field: kind
  values: {shop: {label: S, tier: upper, size: big}, stall: {label: T, tier: VALUE, size: small}}
definitions: {high: {is: kind.tier = upper}}
"""


def lowered(folder, value):
    text = SUBJECT.replace("VALUE", value)
    bag = Bag()
    read = load_files(folder, rulebook=MANIFEST + SHARED, firm=text).sound
    return lower_rulebook(read, {}, bag), [(d.code, d.span.text) for d in bag.diagnostics]


def test_labels(tmp_path):
    program, said = lowered(tmp_path, "lower_one")
    assert said == []
    tier, size = program.values["firm.kind.tier"], program.values["firm.kind.size"]
    assert {name: label.en or label.vi for name, label in tier.labels.items()} == {
        "upper": "Upper",
        "lower_one": "Duoi",
    }
    assert [size.labels[name].vi for name in size.values] == ["big", "small"]
    assert tier.label is not None
    assert (tier.label.vi, size.label) == ("Tang", None)


def test_a_value_that_the_enumeration_lacks(tmp_path):
    assert lowered(tmp_path, "lover_one") == (None, [("K0201", "lover_one")])
