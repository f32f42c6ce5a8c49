"""Differences that were planted: each is found, with a case filed under the change it comes of."""

import pytest
from tests.support.pair import edited
from tests.support.rulebook import RULEBOOKS

from khung.analysis.diff.changes import Class
from khung.analysis.diff.claims import State
from khung.analysis.diff.comparison import Manner, judge
from khung.analysis.proof.run import proofs_of, seeking
from khung.analysis.proof.solver import Budget
from khung.analysis.proof.unchanged import same_everywhere
from khung.driver import Shelf
from khung.smt import ROOT

CLIMBERS = RULEBOOKS / "climbers"
BEFORE = [
    ("climber", "when: accident, to", "when: accident and not(novice), to"),
    ("climber", "when: novice, at_most", "when: novice and accident, at_most"),
]
PLANTED = {
    "route.ladder.from.silver": ("route", "silver: 70", "silver: 71"),  # a threshold by one
    "climber.ladder.knockouts.accident": (  # an exception that is lost
        "climber",
        "when: accident and not(novice), to",
        "when: accident, to",
    ),
    "climber.caps.novice": (  # `and` read as `or`
        "climber",
        "when: novice and accident, at_most",
        "when: novice or accident, at_most",
    ),
    "guide.votes.board": ("guide", "more_than: 50%", "at_least: 40%"),
}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """All are planted at once, so that a case has to be told from those of the others."""
    shelf, to = Shelf(), tmp_path_factory.mktemp("planted")
    first = edited(to / "before", *BEFORE, of=CLIMBERS)
    same = ("team", "by: faults", "by: faults + 0")
    second = edited(to / "after", *PLANTED.values(), same, of=first)
    pair, budget = (shelf.ready(first, {}), shelf.ready(second, {})), Budget.of(600, 60)
    return judge(
        *pair,
        Manner({}, {}),
        [],
        shelf,
        proofs=proofs_of(pair, {}, shelf),
        same=lambda one, other: same_everywhere(one, other, budget),
        seek=seeking(pair, {}, shelf, budget),
    )


def causes(found):
    """The changes under which cases are filed, of the subject asked in each."""
    cases = found.proofs.witnesses.values()
    return {d.causes for case in cases for d in case.differences if d.id == ROOT and d.causes}


@pytest.mark.parametrize("path", PLANTED)
def test_each_difference_has_a_case_that_is_filed_under_it(found, path):
    assert any(path in named for named in causes(found))


def test_every_change_has_its_class(found):
    classes = {one.change.path: one.klass for one in found.changes}
    assert classes == {
        **dict.fromkeys(PLANTED, Class.CHANGES_OUTCOMES),
        "team.ladder": Class.CHANGES_NONE,
    }


def test_what_nobody_touched_is_proved_the_same(found):
    states = {p.state for p in found.proofs.proofs if p.subject == "team"}
    assert states == {State.SAME}
