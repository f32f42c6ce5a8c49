"""What is proved of two rulebooks, and the smallest cases that differ."""

import json
import re
from multiprocessing import active_children

import pytest
from tests.support.pair import edited
from tests.support.rulebook import RULEBOOKS
from tests.support.schemas import accepts

from khung.analysis.diff.changes import Class
from khung.analysis.diff.claims import State, Why
from khung.analysis.diff.comparison import Manner, judge
from khung.analysis.proof import run as proving
from khung.analysis.proof import solver
from khung.analysis.proof.run import proofs_of
from khung.analysis.proof.solver import Budget
from khung.analysis.proof.unchanged import same_everywhere
from khung.cli.main import run
from khung.driver import Shelf

WARDS, CLIMBERS = RULEBOOKS / "wards", RULEBOOKS / "climbers"


def compared(tmp_path, *edits, of=WARDS, before=()):
    shelf = Shelf()
    first = edited(tmp_path / "before", *before, of=of)
    second = edited(tmp_path / "after", *edits, of=of)
    pair = shelf.ready(first, {}), shelf.ready(second, {})
    proofs, budget = proofs_of(pair, {}, shelf), Budget.of(600, 60)

    def same(one, other):
        return same_everywhere(one, other, budget)

    return judge(*pair, Manner({}, {}), [], shelf, proofs=proofs, same=same)


def states(found, subject):
    return {p.target: p.state for p in found.proofs.proofs if p.subject == subject}


def test_a_copy_is_proved_the_same_without_asking(tmp_path):
    found = compared(tmp_path)
    assert {p.state for p in found.proofs.proofs} == {State.SAME}
    assert found.proofs.witnesses == {}


def test_another_process_proves_the_same(tmp_path, monkeypatch):
    edit = ("climber", "when: accident, to", "when: accident and novice, to")
    shelf = Shelf()
    folders = edited(tmp_path / "b", of=CLIMBERS), edited(tmp_path / "a", edit, of=CLIMBERS)
    pair = tuple(shelf.ready(folder, {}) for folder in folders)
    alone = proofs_of(pair, {}, shelf)
    monkeypatch.setattr(solver, "_LONG", 0)
    monkeypatch.setattr(proving, "processors", lambda: 2)
    other = proving.Proving(pair, {}, shelf)
    other.begin()
    assert len(active_children()) == 1
    other.sharing.poll()
    found = other.proofs()
    assert active_children() == []
    assert (found.proofs, found.texts, found.like) == (alone.proofs, alone.texts, alone.like)
    assert alone.texts
    assert found.witnesses.keys() == alone.witnesses.keys()


def test_the_time_of_proofs_begins_with_them(tmp_path, monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(solver, "monotonic", lambda: clock[0])
    edit = ("climber", "when: accident, to", "when: accident and novice, to")
    shelf = Shelf()
    folders = edited(tmp_path / "b", of=CLIMBERS), edited(tmp_path / "a", edit, of=CLIMBERS)
    made = proving.Proving(tuple(shelf.ready(folder, {}) for folder in folders), {}, shelf, 60.0)
    clock[0] = 1000.0  # cases were run meanwhile
    found = {p.target: p for p in made.proofs().proofs if p.subject == "climber"}
    assert State.DIFFERS in {p.state for p in found.values()}
    assert Why.TIME not in {p.why for p in found.values()}


def test_an_equal_rewriting_is_proved_the_same(tmp_path):
    edit = (
        "climber",
        "when: novice, at_most",
        "when: novice and (accident or not(accident)), at_most",
    )
    found = compared(tmp_path, edit, of=CLIMBERS)
    assert {p.state for p in found.proofs.proofs} == {State.SAME}
    assert [one.klass for one in found.changes] == [Class.CHANGES_NONE]


def test_of_two_changes_only_the_one_that_does_nothing_is_proved_so(tmp_path):
    edits = [
        (
            "climber",
            "when: novice, at_most",
            "when: novice and (accident or not(accident)), at_most",
        ),
        ("climber", "when: accident, to", "when: accident and novice, to"),
    ]
    found = compared(tmp_path, *edits, of=CLIMBERS)
    classes = {one.change.path: one.klass for one in found.changes}
    assert classes == {
        "climber.caps.novice": Class.CHANGES_NONE,
        "climber.ladder.knockouts.accident": Class.CHANGES_OUTCOMES,
    }


def test_a_check_that_changed_is_not_proved_to_do_nothing(tmp_path):
    edit = ("lecturer", "count(long_absences) > 2", "count(long_absences) > 2 and true")
    found = compared(tmp_path, edit, of=RULEBOOKS / "lecturers")
    assert Class.CHANGES_OUTCOMES not in {one.klass for one in found.changes}


def test_a_threshold_by_one_has_a_case_at_the_edge(tmp_path):
    edit = ("route", "silver: 70", "silver: 71")
    found = compared(tmp_path, edit, of=CLIMBERS)
    assert states(found, "route")["silver"] is State.DIFFERS
    assert states(found, "route")["gold"] is State.SAME
    assert states(found, "climber")["silver"] is State.SAME
    (text,) = found.proofs.texts.values()
    assert re.search(r"score: 70\b", text)
    (case,) = found.proofs.witnesses.values()
    (one,) = case.differences
    assert (one.before.result.level, one.after.result.level) == (2, 1)
    assert found.changes[0].klass is Class.CHANGES_OUTCOMES
    assert one.causes


def test_an_exception_that_is_lost_is_found(tmp_path):
    edit = ("climber", "when: accident, to", "when: accident and not(novice), to")
    found = compared(tmp_path, edit, of=CLIMBERS)
    assert State.DIFFERS in states(found, "climber").values()
    text = next(iter(found.proofs.texts.values()))
    assert "accident: true" in text
    assert "novice: true" in text


RANGE = 'faults: {type: number, range: "0..50"'


def test_what_is_taken_where_a_case_says_nothing_is_never_the_same_if_it_changed(tmp_path):
    first = ("guide", RANGE, f"{RANGE}, default: 3")
    second = ("guide", RANGE, f"{RANGE}, default: 8")
    found = compared(tmp_path, second, before=(first,), of=CLIMBERS)
    assert states(found, "guide")["gold"] is State.DIFFERS  # up to 5 faults, and up to 10 silver
    assert states(found, "guide")["silver"] is State.SAME
    text = next(text for name, text in found.proofs.texts.items() if name.startswith("guide"))
    assert "faults" not in text


def test_a_default_in_other_words_is_proved_the_same(tmp_path):
    first = ("guide", RANGE, f"{RANGE}, default: 3")
    second = ("guide", RANGE, f"{RANGE}, default: 1 + 2")
    found = compared(tmp_path, second, before=(first,), of=CLIMBERS)
    assert set(states(found, "guide").values()) == {State.SAME}


def test_shares_that_differ_on_long_lists_only_are_told_apart(tmp_path):
    first = ("hospital", ">= 50%", ">= 80%")
    second = ("hospital", ">= 50%", ">= 79%")
    found = compared(tmp_path, second, before=(first,))
    assert State.DIFFERS in states(found, "hospital").values()
    for text in found.proofs.texts.values():
        nurses = text.partition("nurse:")[2]
        counts = re.findall(r"^    \w+:(?:\n      repeat: (\d+))?", nurses, re.MULTILINE)
        whole = sum(int(times or 1) for times in counts)
        parts = [n for n in range(whole + 1) if 79 * whole <= 100 * n < 80 * whole]
        assert parts, text
        assert whole >= 24  # 19 of 24 is the first such share


def test_shares_that_no_list_tells_apart_are_proved_the_same(tmp_path):
    first, second = ("hospital", ">= 50%", ">= 1/2"), ("hospital", ">= 50%", ">= 2/4")
    found = compared(tmp_path, second, before=(first,))
    assert set(states(found, "hospital").values()) == {State.SAME}


def test_a_quota_that_changed_is_never_the_same(tmp_path):
    edit = ("nurse", "at_most: parameters.share_excellent", "at_most: 40%")
    found = compared(tmp_path, edit)
    said = [p for p in found.proofs.proofs if p.subject == "nurse" and p.why is Why.QUOTA]
    assert len(said) == 1
    # half of 2 is one place, 40 % of 2 is none
    assert said[0].base == (2, 1, 0)


def test_of_no_case_that_both_take_nothing_is_proved(tmp_path):
    first = ("route", 'range: "0..100"', 'range: "0..40"')
    second = ("route", 'range: "0..100"', 'range: "60..100"')
    found = compared(
        tmp_path, second, ("route", "silver: 70", "silver: 71"), before=(first,), of=CLIMBERS
    )
    said = [p for p in found.proofs.proofs if p.subject == "route"]
    assert {(p.state, p.why) for p in said} == {(State.NOT_PROVED, Why.NO_CASE)}


def test_output_says_what_was_proved(tmp_path, khung_json):
    after = edited(tmp_path, ("route", "silver: 70", "silver: 71"), of=CLIMBERS)
    found = khung_json("diff", str(CLIMBERS), str(after), "--format", "json")
    assert accepts("diff", found)
    assert [one["state"] for one in found["proved"]["proofs"]].count("differs") == 1
    assert found["witnesses"][0]["before"]["level"] == "silver"


@pytest.fixture
def khung_json(capsys):
    def call(*arguments):
        capsys.readouterr()
        assert run(arguments) == 0
        return json.loads(capsys.readouterr().out)

    return call
