"""On which readings a result rests: those of parts of the rules that suffice for its outcome."""

from __future__ import annotations

import pytest
from tests.support.evaluation import results_of
from tests.support.rulebook import MANIFEST, load_files

SHARED = """\
scales: {rank: {values: {low: L, middle: M, high: H}}}
records: {note: {fields: {bad: {type: boolean}, old: {type: boolean}}}}
readings:
  how: {question: Q, sources: X, options: {one: {}, two: {}}, chosen: one}
"""
UNIT = "subject: unit\nfacts: {seats: {type: number, default: 9}}\n"
ITEM = """\
subject: item
links: {{unit: {{to: unit, back: items, applies_when: 'true'}}}}
facts:
  a: {{type: boolean, default: true}}
  b: {{type: boolean, default: true}}
  notes: {{type: list of note, default: []}}
  points: {{type: number, default: 0}}
  ballots: {{type: ballots of rank}}
definitions: {definitions}
ladder:
  scale: rank
  {ladder}
  levels:
    high: {{require: {{all: {{that: {high}, source: X}}}}}}
    middle: {{require: {{all: {{that: {middle}, source: X}}}}}}
    low: {{otherwise: true, source: X}}
{rules}
"""


@pytest.fixture
def rests(tmp_path):
    """Return on what each item rests, by its id."""

    def evaluate(
        items,
        rules="",
        high="a",
        middle="true",
        ladder="",
        definitions="{}",
        *,
        complete="true",
    ):
        own = ITEM.format(
            rules=rules, high=high, middle=middle, ladder=ladder, definitions=definitions
        )
        files = {"rulebook": MANIFEST + SHARED, "unit": UNIT, "item": own}
        rulebook = load_files(tmp_path, **files).sound
        subjects = f"{{unit: {{u: {{}}}}, item: {{{items}}}}}"
        results = results_of(rulebook, subjects, complete)
        return {name: list(one.readings) for name, one in results.by_type["item"].items()}

    return evaluate


ONE = "readings.how = one"
SOME = f"some n in notes satisfies if {ONE} then n.bad else n.old"
LEFT_OUT = f"where not({ONE}) or n.old satisfies"
"""Leaves out what is not old, under the chosen option."""

LIKE_THE_REST = "notes: [{{bad: {}, old: true}}, {{bad: false, old: false}}]"


@pytest.mark.parametrize(
    ("that", "facts", "found"),
    [
        (f"a and {ONE}", "", ["how"]),
        (f"{ONE} and a", "a: false", []),
        (f"{ONE} or a", "a: false", ["how"]),
        (f"{ONE} or a", "", []),
        (f"if {ONE} then a else b", "", []),
        (f"if {ONE} then a else b", "b: false", ["how"]),
        (f"if {ONE} then a else b", "a: null", ["how"]),
        (f"every n in notes where {ONE} satisfies n.bad", "", []),
        (f"every n in notes where {ONE} satisfies n.bad", "notes: [{bad: true}]", []),
        (f"every n in notes where {ONE} satisfies n.bad", "notes: [{bad: false}]", ["how"]),
        (SOME, "notes: [{bad: false, old: false}]", []),
        (SOME, "notes: [{bad: true, old: false}]", ["how"]),
        (SOME, "notes: [{bad: false, old: true}]", ["how"]),
        (SOME, "notes: [{bad: true, old: false}, {bad: true, old: true}]", []),
        (f"(count n in notes {LEFT_OUT} n.bad) >= 1", "notes: [{bad: true, old: false}]", ["how"]),
        (f"(count n in notes {LEFT_OUT} n.bad) >= 1", "notes: [{bad: true, old: true}]", []),
        (f"(count n in notes {LEFT_OUT} n.bad) >= 1", "notes: [{bad: false, old: false}]", []),
        (f"(count n in notes {LEFT_OUT} n.bad) < 2", "notes: [{bad: true, old: true}]", []),
        (f"(share n in notes {LEFT_OUT} n.bad) >= 50%", LIKE_THE_REST.format("true"), ["how"]),
        (f"(share n in notes {LEFT_OUT} n.bad) >= 50%", LIKE_THE_REST.format("false"), []),
    ],
)
def test_a_condition_rests_on_what_suffices_for_it(rests, that, facts, found):
    assert rests(f"i: {{unit: u, {facts}}}", high=that) == {"i": found}


def test_what_rests_on_least_is_taken_of_all_that_binds(rests):
    rules = f"caps: {{out: {{when: {ONE}, at_most: middle, source: X}}}}"
    found = rests("i: {unit: u}, j: {unit: u, a: false}, k: {unit: u, a: false}", rules=rules)
    assert found == {"i": ["how"], "j": [], "k": []}


VOTED = "ballots: {{high: {}, middle: {}, low: {}}}"


@pytest.mark.parametrize(
    ("setting", "facts", "found"),
    [
        (f"counting: if {ONE} then exact else cumulative", VOTED.format(4, 3, 3), ["how"]),
        (f"counting: if {ONE} then exact else cumulative", "b: true", []),
        (
            f"counting: if {ONE} then exact else cumulative",
            f"a: false, {VOTED.format(4, 3, 3)}",
            [],
        ),
        (f"binding: {ONE}", VOTED.format(0, 9, 0), ["how"]),
        (f"binding: {ONE}", "", []),
        (f"above_ceiling: if {ONE} then ceiling else wins", VOTED.format(9, 0, 0), []),
        (
            f"above_ceiling: if {ONE} then ceiling else wins",
            f"b: false, {VOTED.format(9, 0, 0)}",
            ["how"],
        ),
        (f"base: 'if {ONE} then 10 else 8'", VOTED.format(6, 0, 0), ["how"]),
        (f"wins: {{more_than: 'if {ONE} then 50% else 60%'}}", VOTED.format(6, 0, 0), ["how"]),
    ],
)
def test_a_vote_that_is_counted_rests_on_its_settings(rests, setting, facts, found):
    key = setting.partition(":")[0]
    parts = {"base": "base: 10", "wins": "wins: {more_than: 50%}"} | {key: quoted(setting)}
    said = ", ".join(parts.values())
    rules = f"votes: {{board: {{when: a, ballots: ballots, source: X, {said}}}}}"
    assert rests(f"i: {{unit: u, {facts}}}", rules, high="b") == {"i": found}


def quoted(setting):
    """Put the expression of a setting in quotes, as YAML wants it in braces."""
    key, _, value = setting.partition(": ")
    return setting if value[0] in "{'" else f'{key}: "{value}"'


@pytest.mark.parametrize(
    ("setting", "cut", "found"),
    [
        (f"at_most: 'if {ONE} then 50% else 20%'", False, ["how"]),
        (f"counts: '{ONE} or a'", False, ["how"]),
        (f"rounding: 'if {ONE} then floor else ceiling'", False, ["how"]),
        (
            f"small_group: {{fewer_than: 3, allow: 'if {ONE} then 1 else 0', source: X}}",
            False,
            ["how"],
        ),
        (f"per: ['if {ONE} then a else b']", False, ["how"]),
        (f"order: [{{highest: 'if {ONE} then points else 0'}}]", True, ["how"]),
        (f"order: [{{highest: 'if {ONE} then points else 0'}}]", False, []),
        (f"ties: 'if {ONE} then none else all'", True, ["how"]),
        (f"ties: 'if {ONE} then none else all'", False, []),
        (f"others: 'if {ONE} then middle else low'", True, ["how"]),
        (f"others: 'if {ONE} then middle else low'", False, []),
    ],
)
def test_who_is_in_a_quota_rests_on_its_settings(rests, setting, cut, found):
    key = setting.partition(":")[0]
    parts = {
        "per": "per: [unit]",
        "counts": "counts: 'true'",
        "at_most": "at_most: 50%",
        "order": "order: [{highest: points}]",
    }
    said = ", ".join((parts | {key: setting}).values())
    rules = f"quotas: {{few: {{level: high, source: X, {said}}}}}"
    j = "true" if cut else "false"
    items = (
        f"i: {{unit: u, points: 1}}, j: {{unit: u, a: {j}, points: 2}}, out: {{unit: u, a: false}}"
    )
    rested = rests(items, rules)
    assert (rested["i"], rested["out"]) == (found, [])


@pytest.mark.parametrize(("complete", "found"), [("", ["how"]), ("[item]", [])])
def test_a_place_rests_on_the_size_of_a_group_of_which_not_all_may_be_there(rests, complete, found):
    limit = "places: 2, order: [{highest: points}]"
    rules = (
        f"quotas: {{few: {{level: high, per: [unit], size: 'if {ONE} then 2 else 9', {limit}, "
        "source: X}}"
    )
    assert rests("i: {unit: u}", rules, complete=complete)["i"] == found


def test_a_level_brings_along_on_what_it_rests(rests):
    rules = (
        "quotas: {few: {level: high, per: [unit], counts: rank >= middle, at_most: 50%, source: X}}"
    )
    items = "i: {unit: u}, j: {unit: u, a: false}, k: {unit: u, a: false, b: false}"
    found = rests(items, rules, middle=f"a or (if {ONE} then b else false)")
    assert found == {"i": ["how"], "j": ["how"], "k": []}


def test_a_ladder_rests_on_its_setting_where_a_lower_level_fails(rests):
    found = rests(
        "i: {unit: u}, j: {unit: u, b: false}, k: {unit: u, a: false}",
        middle="b",
        ladder=f"cumulative: {ONE}\n",
    )
    assert found == {"i": [], "j": ["how"], "k": []}


TABLE = """\
tables:
  told:
    source: X
    when: {when}
    hit: first
    inputs: {{a: a}}
    outputs: {{n: number}}
    rows:
      yes: {{if: {{a: true}}, then: {{n: 1}}}}
      no: {{then: {{n: "if readings.how = one then 2 else 3"}}}}
"""


@pytest.mark.parametrize(
    ("facts", "definitions", "rules", "found"),
    [
        ("", f"{{x: {{is: '{ONE}', output: true}}}}", "", ["how"]),
        ("", f"{{x: {{is: '{ONE}'}}}}", "", []),
        ("a: false", f"{{x: {{applies_when: a, is: '{ONE}', output: true}}}}", "", []),
        ("", "{}", TABLE.format(when="'true'"), []),
        ("a: false", "{}", TABLE.format(when="'true'"), ["how"]),
        ("a: false", "{}", TABLE.format(when="b = a"), []),
    ],
)
def test_what_is_told_beside_the_level_brings_along_on_what_it_rests(
    rests, facts, definitions, rules, found
):
    assert rests(f"i: {{unit: u, {facts}}}", rules, definitions=definitions) == {"i": found}
