"""Groups of a quota that may be longer than what stands in a case."""

import json

import pytest
from tests.support.evaluation import results_of
from tests.support.rulebook import MANIFEST, load_files

from khung.report.encode import dumps
from khung.report.result.json import results_json

SHARED = "scales: {rank: {values: {low: L, middle: M, high: H}}}\n"
OFFICE = "subject: office\nfacts: {staff: {type: number, range: '0..'}}\n"
CLERK = """\
subject: clerk
links: {office: {to: office, back: clerks}}
facts: {points: {type: number, range: "0..100"}, left: {type: boolean, default: false}}
not_ranked: {left: {when: left, source: X}}
ladder:
  scale: rank
  levels:
    high: {require: {points: {that: points >= 90, source: X}}}
    middle: {require: {points: {that: points >= 50, source: X}}}
    low: {otherwise: true, source: X}
quotas: {few: {level: high, per: office, size: office.staff, LIMIT, source: X}}
"""
SHARE = "counts: rank >= middle, at_most: 50%, order: [{highest: points}]"
RULE = "clerk.quotas.few"


def results(tmp_path, clerks, staff="null", complete="", limit=SHARE):
    """Return the results of clerks; all of office `a`, which has so many."""
    clerk = CLERK.replace("LIMIT", limit)
    rulebook = load_files(tmp_path, rulebook=MANIFEST + SHARED, office=OFFICE, clerk=clerk).sound
    subjects = f"{{office: {{a: {{staff: {staff}}}}}, clerk: {{{clerks}}}}}"
    return results_of(rulebook, subjects, complete)


def said(results, name):
    """Return the status of a clerk, its ends and what is missing."""
    found = results.by_type["clerk"][name]
    return found.status.value, found.at_worst, found.at_best, found.missing


TWO = "p: {office: a, points: 95}, q: {office: a, points: 60}"


@pytest.mark.parametrize(
    ("staff", "complete", "expected"),
    [
        ("null", "", ("undetermined", 1, 2, (RULE, "office.a.staff"))),
        ("null", "[clerk]", ("ranked", 2, 2, ())),
        ("null", "true", ("ranked", 2, 2, ())),
        # That all clerks lead somewhere who lead to this office says nothing of the group.
        ("null", "[office.a.clerks]", ("undetermined", 1, 2, (RULE, "office.a.staff"))),
        ("2", "", ("ranked", 2, 2, ())),
        # A third may have more points, and with a base of three there is one place.
        ("3", "", ("undetermined", 1, 2, (RULE,))),
    ],
)
def test_a_group_is_whole_if_something_says_so(tmp_path, staff, complete, expected):
    assert said(results(tmp_path, TWO, staff, complete), "p") == expected


def test_who_is_not_ranked_is_one_of_those_that_a_group_has(tmp_path):
    clerks = f"{TWO}, r: {{office: a, points: 95, left: true}}"
    assert said(results(tmp_path, clerks, "3"), "p") == ("ranked", 2, 2, ())


@pytest.mark.parametrize("office", ["a", "null"])
def test_who_does_not_reach_the_level_does_not_hang_on_the_group(tmp_path, office):
    found = results(tmp_path, f"p: {{office: {office}, points: 60}}")
    assert said(found, "p") == ("ranked", 1, 1, ())


def test_who_may_reach_the_level_hangs_on_own_facts_first(tmp_path):
    found = results(tmp_path, "p: {office: a, points: null}")
    assert said(found, "p") == ("undetermined", 0, 2, ("clerk.p.points",))


# -- places ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("places", "staff", "status"),
    [
        # The two others and this one fit, whoever they are.
        (3, "3", "ranked"),
        (2, "3", "undetermined"),
        # Any number may be before this one.
        (3, "null", "undetermined"),
    ],
)
def test_one_stays_if_all_who_may_be_there_fit(tmp_path, places, staff, status):
    limit = f"places: {places}, order: [{{highest: points}}]"
    found = results(tmp_path, "p: {office: a, points: 95}", staff, limit=limit)
    assert said(found, "p")[0] == status


def test_who_is_behind_as_many_as_there_are_places_is_cut_whoever_else_is_there(tmp_path):
    limit = "places: 1, order: [{highest: points}]"
    clerks = "p: {office: a, points: 95}, q: {office: a, points: 94}"
    found = results(tmp_path, clerks, limit=limit)
    assert said(found, "p") == ("undetermined", 1, 2, (RULE, "office.a.staff"))
    assert said(found, "q") == ("ranked", 1, 1, ())


def test_all_may_stay_where_all_have_a_place(tmp_path):
    limit = 'counts: "true", at_most: 100%'
    assert said(results(tmp_path, TWO, limit=limit), "p") == ("ranked", 2, 2, ())


def test_nobody_stays_of_a_share_of_nothing(tmp_path):
    limit = 'counts: "true", at_most: 0%'
    assert said(results(tmp_path, TWO, limit=limit), "p") == ("ranked", 1, 1, ())


def test_a_body_chooses_only_of_a_group_that_is_whole(tmp_path):
    tied = "p: {office: a, points: 95}, q: {like: p}"
    assert said(results(tmp_path, tied, "2"), "p")[0] == "needs_decision"
    assert said(results(tmp_path, tied, "3"), "p")[0] == "undetermined"


# -- unknown keys ----------------------------------------------------------------------------------

UNPLACED = f"{TWO}, r: {{office: null, points: 99}}"


@pytest.mark.parametrize(
    ("staff", "complete", "status"),
    [
        # The office has two, and both are known: the third belongs elsewhere.
        ("2", "", "ranked"),
        ("2", "true", "ranked"),
        ("3", "true", "undetermined"),
        ("null", "true", "undetermined"),
    ],
)
def test_who_has_no_known_group_may_be_in_one_that_is_not_full(tmp_path, staff, complete, status):
    assert said(results(tmp_path, UNPLACED, staff, complete), "p")[0] == status


def test_who_has_no_known_group_may_be_in_one_of_which_nobody_is_there(tmp_path):
    expected = "undetermined", 1, 2, ("clerk.r.office", RULE)
    assert said(results(tmp_path, UNPLACED, "2"), "r") == expected
    # Where all stand in the case it would be alone, with half of one, and no place.
    assert said(results(tmp_path, UNPLACED, "2", "true"), "r") == ("ranked", 1, 1, ())


# -- ends ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("staff", "base", "places"),
    [("2", [2, 2], [1, 1]), ("5", [2, 5], [1, 2]), ("null", [2, None], [1, None])],
)
def test_what_has_no_end_is_null(tmp_path, staff, base, places):
    found = results(tmp_path, TWO, staff)
    (group,) = json.loads(dumps(results_json(found, "vi")))["groups"]
    assert (group["base"], group["places"]) == (base, places)


def test_of_any_number_that_may_be_there_none_is_looked_at(tmp_path):
    limit = "counts: rank >= middle, at_most: 30%, small_group: {fewer_than: 9, allow: 4}"
    found = results(tmp_path, TWO, str(10**12 + 2), limit=limit)
    assert found.groups[0].base == (2, None)
    # Three tenths of nine are less than the four of a small group.
    assert found.groups[0].places == (2, None)
    smaller = results(tmp_path, TWO, "5002", limit=limit)
    assert smaller.groups[0].base == (2, 5002)
    assert smaller.groups[0].places == (2, 1500)
