"""A question beside itself: with rules that say nothing, and with facts changed."""

import pytest
from tests.support.pair import edited
from tests.support.rulebook import RULEBOOKS
from tests.support.schemas import ROOT

from khung.analysis.proof.asked import Asked
from khung.analysis.proof.properties import Status
from khung.analysis.proof.solver import Budget
from khung.driver import Shelf
from khung.smt.question import Answer
from khung.smt.variants import differ, hidden

BOOKS = [RULEBOOKS / "climbers", RULEBOOKS / "wards", ROOT / "rulebooks" / "2021"]


@pytest.mark.parametrize("folder", BOOKS, ids=lambda folder: folder.name)
def test_with_all_rules_on_the_outcome_is_the_same(folder):
    program = Shelf().ready(folder, {}).program
    for declared in program.subjects:
        if declared.ladder is None:
            continue
        asked = Asked(program, declared.name, Budget.of(600, 60))
        for follows in (False, True):
            made = asked.question(follows=follows)
            written = asked.switches[id(made)].without(frozenset())
            apart = differ(made.outcomes[0], written)
            assert made.check(apart)[0] is Answer.HOLDS, declared.name


def test_rules_that_say_the_same_never_decide_alone():
    """Who was disciplined fails what the level above the lowest asks, and is knocked out."""
    program = Shelf().ready(ROOT / "rulebooks" / "2021", {}).program
    asked, subject = Asked(program, "to_chuc_dang", Budget.of(600, 60)), "to_chuc_dang"
    pair = {f"{subject}.levels.hoan_thanh.khong_ky_luat", f"{subject}.knockouts.ky_luat"}
    assert all(asked.decides(frozenset([rule])).status is Status.REFUTED for rule in pair)
    assert asked.decides(frozenset(pair)).status is Status.HOLDS


def test_what_hangs_on_something_unknown_is_not_said_never_to_matter(tmp_path):
    """Of distinct values nothing is known, but they are one or two as a fact has it."""
    two = "count(distinct values([1, if accident then 2 else 1])) > 1"
    edit = ("climber", "when: accident, to", f'when: "{two} and (accident or true)", to')
    program = Shelf().ready(edited(tmp_path, edit, of=RULEBOOKS / "climbers"), {}).program
    asked = Asked(program, "climber", Budget.of(600, 60))
    assert hidden(asked.question(follows=False), {".accident"})
    assert not hidden(asked.question(follows=False), {".novice"})
    assert asked.matters("accident").status is not Status.REFUTED
    assert asked.matters("novice").status is Status.HOLDS
