"""The checks of a subject, typed: what is reported where they are lowered."""

import pytest
from tests.support.rulebook import MANIFEST, load_files

from khung.diagnostics.bag import Bag
from khung.ir.from_rulebook import lower_rulebook

SHARED = """\
scales: {rank: {values: {low: L, high: H}}}
readings:
  how: {question: Q, sources: X, options: {strict: {}, mild: {}}, chosen: strict}
"""
FACTS = """\
subject: item
facts:
  a: {type: boolean}
  n: {type: number, range: "0..9"}
  only_a: {type: number, range: "0..9", applies_when: a}
"""
LADDER = "ladder: {scale: rank, levels: {low: {otherwise: true, source: X}}}\n"


def said(folder, check, ladder=LADDER):
    """Return what is said of a subject with one check, where its form is right."""
    files = {"rulebook": MANIFEST + SHARED, "item": f"{FACTS}{ladder}checks: {{c: {check}}}\n"}
    bag = Bag()
    lower_rulebook(load_files(folder, **files).sound, {}, bag)
    return [(d.code, d.span.text if d.span else "") for d in bag.diagnostics]


@pytest.mark.parametrize(
    ("check", "found"),
    [
        ("{require: n > 3, source: X}", []),
        ("{require: n, source: X}", [("K0320", "n")]),
        ("{when: n, require: a, source: X}", [("K0320", "n")]),
        ("{require: m > 3, source: X}", [("K0201", "m")]),
        ("{require: only_a > 3, source: X}", [("K0333", "only_a")]),
        ("{when: a, require: only_a > 3, source: X}", []),
        ("{require: a and only_a > 3, source: X}", []),
        ("{require: has(only_a) and only_a > 3, source: X}", []),
        ("{require: not(has(only_a)) or only_a > 3, source: X}", []),
        ("{require: has(only_a) or only_a > 3, source: X}", [("K0333", "only_a")]),
        ("{require: n > 3}", [("K0505", "c")]),
        ("{require: true, source: X}", [("K0711", "true")]),
        ("{require: a and false, source: X}", [("K0711", "a and false")]),
        ("{require: readings.how = strict, source: X}", []),
        ("{when: false, require: a, source: X}", [("K0712", "false")]),
        ("{when: true, require: a, source: X}", []),
        ("{when: readings.how = mild, require: a, source: X}", []),
    ],
)
def test_what_is_said_of_a_check(tmp_path, check, found):
    assert said(tmp_path, check) == found


def test_a_type_without_results_has_no_checks(tmp_path):
    assert said(tmp_path, "{require: a, source: X}", ladder="") == [("K0439", "c")]


def test_rules_other_than_checks_may_not_ask_what_is_known(tmp_path):
    other = "{require: a, source: X}}\nnot_ranked: {r: {when: is known(a), source: X}"
    assert [code for code, _ in said(tmp_path, other)] == ["K0341"]
