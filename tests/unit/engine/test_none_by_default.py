"""`-` as a default: there is none where a case says nothing, and results say so."""

from __future__ import annotations

import pytest
from tests.support.evaluation import results_of
from tests.support.rulebook import MANIFEST, load_files

from khung.diagnostics.bag import Bag
from khung.ir.from_rulebook import lower_rulebook

SHARED = "scales: {rank: {values: {low: L, high: H}}}\n"
MENTOR = "subject: mentor\nfacts: {busy: {type: boolean, default: false, absence: true}}\n"
ITEM = """\
subject: item
links:
  mentor: {to: mentor, back: items, optional: true, default: "-", absence: true}
facts:
  prize: {type: number, applies_when: has(prize), default: "-", absence: true}
definitions:
  lone: {is: not(has(mentor)), output: true}
ladder:
  scale: rank
  levels:
    high: {require: {prize: {when: has(prize), that: prize > 5, source: X}}}
    low: {otherwise: true, source: X}
"""
COUNTING = """\
subject: counted
links: {led: {to: mentor, back: counted}}
ladder: {scale: rank, levels: {high: {require: {one: {that: count(led.items) = 0, source: X}}},
  low: {otherwise: true, source: X}}}
"""


@pytest.fixture
def results(tmp_path):
    files = load_files(
        tmp_path, rulebook=MANIFEST + SHARED, mentor=MENTOR, item=ITEM, counted=COUNTING
    )
    return lambda subjects: results_of(files.sound, subjects).by_type


def test_what_is_not_stated_is_not_there_and_that_is_assumed(results):
    found = results("{item: {a: {}}}")["item"]["a"]
    assert found.status.value == "ranked"
    assert found.level == 1  # nothing is asked of who has no prize
    assert found.missing == ()
    assert found.assumed == ("item.a.prize",)
    assert [output.value.least for output in found.outputs] == [True]


@pytest.mark.parametrize(("prize", "level"), [("3", 0), ("7", 1), ("'-'", 1)])
def test_what_is_stated_holds_and_nothing_is_assumed(results, prize, level):
    found = results(f"{{item: {{a: {{prize: {prize}}}}}}}")["item"]["a"]
    assert (found.level, found.assumed) == (level, ())


def test_null_is_not_known_in_spite_of_the_default(results):
    found = results("{item: {a: {prize: null}}}")["item"]["a"]
    assert found.status.value == "undetermined"
    assert found.missing == ("item.a.prize",)


def test_who_says_nothing_of_a_link_points_to_nobody(results):
    with_none = "{mentor: {m: {}}, item: {a: {}}, counted: {c: {led: m}}}"
    assert results(with_none)["counted"]["c"].level == 1
    open_one = "{mentor: {m: {}}, item: {a: {mentor: null}}, counted: {c: {led: m}}}"
    assert results(open_one)["counted"]["c"].status.value == "undetermined"


@pytest.mark.parametrize(
    ("own", "underlined"),
    [
        ('facts: {prize: {type: number, default: "-", absence: true}}', '"-"'),
        ('links: {mentor: {to: mentor, default: "-", absence: true}}', '"-"'),
    ],
)
def test_what_is_always_there_is_never_absent_by_default(tmp_path, own, underlined):
    loaded = load_files(tmp_path, mentor=MENTOR, item=f"subject: item\n{own}\n")
    bag = Bag()
    lower_rulebook(loaded.sound, {}, bag)
    assert [(d.code, d.span.text) for d in bag.diagnostics] == [("K0349", underlined)]
