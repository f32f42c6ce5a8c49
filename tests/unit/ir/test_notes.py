"""What is taken over from a lowering under other options is what lowering it anew would give."""

from __future__ import annotations

from dataclasses import replace
from itertools import zip_longest

import pytest
from tests.support.rulebook import MANIFEST, load_files
from tests.support.schemas import ROOT

from khung.diagnostics.bag import Bag
from khung.driver import load
from khung.ir.from_rulebook import lower_rulebook
from khung.ir.notes import Notes

BOOKS = [
    folder
    for place in (ROOT / "rulebooks", ROOT / "tests" / "rulebooks")
    for folder in sorted(place.iterdir())
    if folder.is_dir()
]


def lowered(rulebook, readings, notes=None):
    """Return a program without what is noted of its dates, and all errors."""
    bag = Bag()
    program = lower_rulebook(rulebook, readings, bag, notes=notes)
    errors = [(d.code, d.span, d.args) for d in bag.diagnostics if d.code < "K07"]
    return program and replace(program, dates={}), errors


@pytest.mark.parametrize("folder", BOOKS, ids=lambda folder: folder.name)
def test_a_program_is_the_same_with_notes_and_without(folder):
    rulebook = load(folder).rulebook
    notes = Notes()
    assert lowered(rulebook, {}, notes) == lowered(rulebook, {})
    others = [
        [(r.head.id, o.head.id) for o in r.options if o.head.id != r.chosen.name]
        for r in rulebook.readings
    ]
    for together in zip_longest(*others):
        readings = dict(pair for pair in together if pair is not None)
        after = Notes(notes)
        assert lowered(rulebook, readings, after) == lowered(rulebook, readings)
        anew = sum(map(len, after.expressions.values()))
        assert anew < sum(map(len, notes.expressions.values()))


READING = (
    MANIFEST
    + """\
readings:
  how:
    question: How?
    options: {one: {}, two: {}, three: {}}
    chosen: one
"""
)


@pytest.mark.parametrize(
    ("there", "guard", "sound"),
    [
        ("a", "a", True),
        ("a", "same", True),
        ("a and readings.how = one", "a and readings.how = one", True),
        ("a", "(if readings.how = one then a else true)", False),
        ("a", "read", False),
        ("a", "through", False),  # a definition that reads one
        ("if readings.how = one then a else c", "a", False),
    ],
)
def test_a_guard_that_holds_under_one_option_is_looked_at_under_another(
    tmp_path, there, guard, sound
):
    subject = f"""\
subject: firm
facts:
  a: {{type: boolean}}
  c: {{type: boolean}}
  b: {{type: number, applies_when: {there}}}
definitions:
  same: {{is: a}}
  read: {{is: if readings.how = one then a else true}}
  through: {{is: read and (a or c)}}
not_ranked: {{r: {{when: {guard} and b > 3, source: X}}}}
"""
    rulebook = load_files(tmp_path, rulebook=READING, firm=subject).sound
    notes = Notes()
    assert lowered(rulebook, {}, notes)[0] is not None
    other = lowered(rulebook, {"how": "two"})
    assert lowered(rulebook, {"how": "two"}, Notes(notes)) == other
    assert (other[0] is not None) is sound
