"""Definitions with a type: what stands bare in them, and what does not fit."""

from __future__ import annotations

import pytest
from tests.support.rulebook import MANIFEST, load_files

from khung.diagnostics.bag import Bag
from khung.ir.from_rulebook import lower_rulebook

SCALES = "scales: {grade: {values: {low: Low, high: High}}}\n"


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        ("{type: grade, is: high}", []),
        ("{type: grade, is: if new then low else high}", []),
        ("{type: list of grade, is: '[low, high]'}", []),
        ("{type: number, is: 2 * score}", []),
        ("{is: high}", [("K0201", "high")]),
        ("{type: grade, is: hgh}", [("K0201", "hgh")]),
        ("{type: grade, is: score}", [("K0320", "score")]),
        ("{type: number, is: if new then score else new}", [("K0325", "new")]),
        ("{type: grad, is: high}", [("K0201", "grad")]),
    ],
)
def test_the_type_says_what_the_expression_must_be(tmp_path, definition, said):
    subject = "subject: firm\nfacts: {score: {type: number}, new: {type: boolean}}\n"
    subject += f"definitions: {{rank: {definition}}}\n"
    bag = Bag()
    files = load_files(tmp_path, rulebook=MANIFEST + SCALES, firm=subject)
    lower_rulebook(files.sound, {}, bag)
    assert [(d.code, d.span.text) for d in bag.diagnostics] == said


def test_a_selection_has_the_type_of_its_list(tmp_path):
    subject = "subject: firm\nfacts: {scores: {type: list of number}}\n"
    subject += "definitions: {high: {type: list of number, each: s in scores}}\n"
    found = load_files(tmp_path, rulebook=MANIFEST + SCALES, firm=subject).found
    assert [code for code, _ in found] == ["K0416"]


@pytest.mark.parametrize("key", ["when", "applies_when"])
@pytest.mark.parametrize(("read", "said"), [("big", [("K0333", "big")]), ("new and big", [])])
def test_it_has_a_value_only_where_it_applies(tmp_path, key, read, said):
    subject = "subject: firm\nfacts: {new: {type: boolean}, score: {type: number, when: new}}\n"
    subject += f"definitions: {{big: {{is: score > 5, {key}: new}}}}\n"
    levels = f"high: {{require: {{x: {read}}}}}, low: {{otherwise: true}}"
    subject += f"ladder: {{scale: grade, levels: {{{levels}}}}}\n"
    bag = Bag()
    files = load_files(tmp_path, rulebook=MANIFEST + SCALES, firm=subject)
    lower_rulebook(files.sound, {}, bag)
    assert [(d.code, d.span.text) for d in bag.diagnostics if d.code != "K0505"] == said
