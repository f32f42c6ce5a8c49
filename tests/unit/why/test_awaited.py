"""Which results are provisional, and what they await: votes not held, steps taken as done."""

from __future__ import annotations

import pytest
from tests.support.evaluation import results_of
from tests.support.rulebook import MANIFEST, load_files

SHARED = "scales: {rank: {values: {low: L, middle: M, high: H}}}\n"
UNIT = """\
subject: unit
facts:
  done: {type: boolean}
  checked: {type: boolean, default: 'true', provisional: true}
definitions: {sure: {each: m in members, where: m.ranked}}
ladder:
  scale: rank
  cumulative: false
  levels:
    high: {require: {all: {that: every m in sure satisfies m.rank >= middle, source: X}}}
    middle: {require: {some: {that: some m in sure satisfies m.rank >= middle, source: X}}}
    low: {otherwise: true, source: X}
"""
ITEM = """\
subject: item
links: {unit: {to: unit, back: members}}
facts:
  points: {type: number, range: "0..10"}
  reviewed: {type: boolean, default: 'true', provisional: true}
  tried: {type: boolean, default: false, absence: true}
  asked: {type: boolean, default: 'true', provisional: true}
  ballots: {type: ballots of rank}
  advice: {type: ballots of rank}
definitions:
  prize: {is: ranked and rank = high, output: true, final: true}
  told: {is: ranked and rank = high, output: true}
  spared: {is: not(ranked) or rank >= low, output: true, final: true}
pending: {reviewed: {when: not(reviewed), source: X}}
ladder:
  scale: rank
  levels:
    high: {require: {points: {that: points > 7, source: X}}}
    middle: {require: {points: {that: points > 4, source: X}}}
    low: {otherwise: true, source: X}
caps: {unit: {when: not(unit.checked), at_most: middle, source: X}}
votes:
  advice: {binding: 'false', ballots: advice, base: 3, wins: {more_than: 1/2}, source: X}
  board: {when: asked, ballots: ballots, base: 3, wins: {more_than: 1/2}, source: X}
"""
STATED = "reviewed: true, asked: false"
"""Of who awaits nothing."""


@pytest.fixture
def results(tmp_path):
    """Return the results of a case, by type and id."""

    def evaluate(items, unit="checked: true", more=""):
        text = {"rulebook": MANIFEST + SHARED, "unit": UNIT, "item": ITEM + more}
        rulebook = load_files(tmp_path, **text).sound
        own = ", ".join(f"{name}: {{unit: u, {facts}}}" for name, facts in items.items())
        return results_of(rulebook, f"{{unit: {{u: {{{unit}}}}}, item: {{{own}}}}}").by_type

    return evaluate


def test_who_awaits_nothing(results):
    found = results({"a": f"points: 9, {STATED}"})
    assert found["item"]["a"].provisional == ()
    assert found["unit"]["u"].provisional == ()


def test_a_binding_vote_that_is_not_held(results):
    found = results({"a": "points: 9, reviewed: true, asked: true"})["item"]["a"]
    assert (found.status.value, found.level) == ("ranked", 2)
    assert found.provisional == ("item.votes.board",)


def test_a_vote_held_or_decided_is_awaited_no_more(results):
    asked = "points: 9, reviewed: true, asked: true"
    held = results({"a": f"{asked}, ballots: {{high: 3}}"})["item"]["a"]
    assert held.provisional == ()
    for after, awaits in (("quota", ()), ("vote", ()), ("cap", ("item.votes.board",))):
        given = f"{asked}, given: {{level: high, after: {after}}}"
        assert results({"a": given})["item"]["a"].provisional == awaits


def test_a_vote_is_awaited_though_it_could_change_nothing(results):
    found = results({"a": "points: 0, reviewed: true, asked: true"})
    assert found["item"]["a"].provisional == ("item.votes.board",)
    assert found["unit"]["u"].level == 0
    assert found["unit"]["u"].provisional == ()  # the vote can only leave it at the lowest


def test_a_step_taken_as_done_is_awaited_if_the_level_rests_on_it(results):
    found = results({"a": "points: 9, asked: false"})["item"]["a"]
    assert found.provisional == ("item.a.reviewed",)
    asked = results({"a": "points: 9, reviewed: true, ballots: {high: 3}"})["item"]["a"]
    assert asked.provisional == ()  # by the ballots high, and by the points
    lower = results({"a": "points: 9, reviewed: true, ballots: {low: 3}"})["item"]["a"]
    assert (lower.level, lower.provisional) == (0, ("item.a.asked",))


def test_an_absence_is_no_step(results):
    found = results({"a": f"points: 9, tried: false, {STATED}"})["item"]["a"]
    assert found.provisional == ()


def test_a_step_of_another_subject_is_named_in_full(results):
    found = results({"a": f"points: 9, {STATED}", "b": f"points: 5, {STATED}"}, unit="")
    assert found["item"]["a"].provisional == ("unit.u.checked",)
    assert found["item"]["b"].provisional == ()  # under the cap in any case


def test_who_reads_a_provisional_level_awaits_it(results):
    waiting = "points: 9, reviewed: true, asked: true"
    found = results({"a": f"points: 5, {STATED}", "b": waiting, "c": waiting})["unit"]["u"]
    assert found.level == 2
    assert found.provisional == ("item.b", "item.c")


def test_only_where_another_level_would_matter(results):
    low, waiting = f"points: 1, {STATED}", "points: 9, reviewed: true, asked: true"
    found = results({"a": low, "b": waiting, "c": f"points: 9, {STATED}"})["unit"]["u"]
    assert found.level == 1  # a is too low for more, c is enough for this
    assert found.provisional == ()


def test_an_open_result_is_not_provisional(results):
    found = results({"a": "points: null, asked: true"})["item"]["a"]
    assert (found.status.value, found.provisional) == ("undetermined", ())


def test_what_was_open_before_is_not_awaited(results):
    """The points of a are unknown, and matter to none: a is decided."""
    known = "points: null, reviewed: true, asked: true, given: {level: high, after: cap}"
    assert results({"a": known})["item"]["a"].provisional == ("item.votes.board",)


QUOTA = """\
quotas:
  few:
    level: high
    per: [unit]
    places: 1
    order: [{highest: points}]
    others: middle
    source: X
"""


def test_who_competes_with_a_provisional_level(results):
    """One place: the best of all is to be voted on."""
    items = {
        "first": "points: 10, reviewed: true, asked: true",
        "second": f"points: 9, {STATED}",
        "third": f"points: 8, {STATED}",
        "last": f"points: 5, {STATED}",
    }
    found = results(items, more=QUOTA)["item"]
    assert [found[name].level for name in items] == [2, 1, 1, 1]
    assert found["first"].provisional == ("item.votes.board",)
    assert found["second"].provisional == ("item.first",)
    assert found["third"].provisional == ()  # second is before it
    assert found["last"].provisional == ()  # does not compete


def test_a_place_that_is_sure_awaits_nobody(results):
    items = {"first": f"points: 10, {STATED}", "second": "points: 9, reviewed: true, asked: true"}
    found = results(items, more=QUOTA)["item"]
    assert found["first"].provisional == ()
    assert found["second"].provisional == ("item.votes.board",)


def test_what_is_granted_waits_unless_every_level_gives_the_same(results):
    found = results({"a": "points: 9, reviewed: true, asked: true"})["item"]["a"]
    said = {output.name: (output.value.known, output.awaits) for output in found.outputs}
    assert said == {
        "prize": (False, ("item.votes.board",)),
        "told": (True, ()),  # it grants nothing
        "spared": (True, ()),
    }


def test_who_cannot_get_it_is_told_so(results):
    found = results({"a": "points: 5, reviewed: true, asked: true"})["item"]["a"]
    prize = next(output for output in found.outputs if output.name == "prize")
    assert (prize.value.least, prize.value.known, prize.awaits) == (False, True, ())


def test_an_output_that_is_open_whatever_comes_awaits_nothing(tmp_path):
    grant = "grant: {is: if unit.checked then points else 20, output: true, final: true}"
    item = ITEM.replace("definitions:\n", f"definitions:\n  {grant}\n")
    rulebook = load_files(tmp_path, rulebook=MANIFEST + SHARED, unit=UNIT, item=item).sound
    items = f"{{a: {{unit: u, points: 1, {STATED}}}, b: {{unit: u, {STATED}}}}}"
    found = results_of(rulebook, f"{{unit: {{u: {{done: true}}}}, item: {items}}}").by_type["item"]
    said = {one: result.outputs[0].awaits for one, result in found.items()}
    assert said == {"a": ("unit.u.checked",), "b": ()}


def test_an_output_awaits_what_leaves_it_open_whatever_its_level_awaits(tmp_path):
    fine = "definitions:\n  fine: {is: unit.checked, output: true, final: true}\n"
    item = ITEM.replace("definitions:\n", fine)
    rulebook = load_files(tmp_path, rulebook=MANIFEST + SHARED, unit=UNIT, item=item).sound
    case = f"{{unit: {{u: {{done: true}}}}, item: {{a: {{unit: u, points: 1, {STATED}}}}}}}"
    found = results_of(rulebook, case).by_type["item"]["a"]
    said = {output.name: output.awaits for output in found.outputs}
    assert found.provisional == ()  # it is at the lowest level anyway
    assert said["fine"] == ("unit.u.checked",)
    assert said["prize"] == ()
