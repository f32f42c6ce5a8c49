"""What is taken over from a lowering under other options is what lowering it anew would give."""

from __future__ import annotations

from itertools import zip_longest

import pytest
from tests.support.rulebook import MANIFEST, load_files
from tests.support.schemas import ROOT

from khung.diagnostics.bag import Bag
from khung.driver import load
from khung.ir.from_rulebook import lower_rulebook
from khung.ir.memo import Memo, is_same

BOOKS = [
    folder
    for place in (ROOT / "rulebooks", ROOT / "tests" / "rulebooks")
    for folder in sorted(place.iterdir())
    if folder.is_dir()
]


def lowered(rulebook, readings, memo=None):
    """Return a program, and all that is said."""
    bag = Bag()
    program = lower_rulebook(rulebook, readings, bag, memo)
    return program, bag.diagnostics


@pytest.mark.parametrize("folder", BOOKS, ids=lambda folder: folder.name)
def test_a_program_is_the_same_with_a_memo_and_without(folder):
    rulebook = load(folder).rulebook
    memo = Memo()
    assert is_same(lowered(rulebook, {}, memo), lowered(rulebook, {}))
    others = [
        [(r.head.id, o.head.id) for o in r.options if o.head.id != r.chosen.name]
        for r in rulebook.readings
    ]
    for together in zip_longest(*others):
        readings = dict(pair for pair in together if pair is not None)
        assert is_same(lowered(rulebook, readings, memo), lowered(rulebook, readings))


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
    memo = Memo()
    assert lowered(rulebook, {}, memo)[0] is not None
    other = lowered(rulebook, {"how": "two"})
    assert is_same(lowered(rulebook, {"how": "two"}, memo), other)
    assert (other[0] is not None) is sound
