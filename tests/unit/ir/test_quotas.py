"""The quotas of a subject, typed: what is reported of groupings and of two that limit one level."""

import pytest
from tests.support.rulebook import MANIFEST, load_files

from khung.diagnostics.bag import Bag
from khung.ir.from_rulebook import lower_rulebook

SHARED = """\
scales: {rank: {values: {low: L, middle: M, high: H}}}
enumerations: {grade: {values: {a: A, b: B, c: C}}}
records: {post: {fields: {office: {to: office, back: posts}, days: {type: number}}}}
readings:
  level_ones:
    question: Q
    sources: X
    options: {chosen: {label: C}, taken: {label: T}}
    chosen: chosen
"""
OFFICE = "subject: office\nfacts: {staff: {type: number, range: '0..'}}\n"
CLERK = """\
subject: clerk
links: {office: {to: office, back: clerks}}
facts:
  points: {type: number, range: "0..100"}
  grade: {type: grade}
  out: {type: boolean}
  places: {type: list of string}
  posts: {type: list of post}
ladder:
  scale: rank
  levels:
    high: {require: {points: {that: points >= 90, source: X}}}
    middle: {require: {points: {that: points >= 50, source: X}}}
    low: {otherwise: true, source: X}
quotas:
"""


@pytest.fixture
def said(tmp_path):
    """Return what is said of quotas, each written after its name."""

    def lower(*quotas):
        whole = (one if "level:" in one else f"level: high, {one}" for one in quotas)
        lines = (f"  q{i}: {{source: X, {one}}}\n" for i, one in enumerate(whole))
        loaded = load_files(
            tmp_path, rulebook=MANIFEST + SHARED, office=OFFICE, clerk=CLERK + "".join(lines)
        )
        bag = Bag()
        lower_rulebook(loaded.sound, {}, bag)
        return [(d.code, d.span.text if d.span else "") for d in bag.diagnostics]

    return lower


TWO = "within: {office: office, grade: grade}"
EACH = "per: each p in posts where p.days > 9 of p.office"


@pytest.mark.parametrize(
    "quota",
    [
        f"{TWO}, places: 2",
        f"{TWO}, places: {{office: office.staff, grade: 3}}, size: office.staff",
        f"{TWO}, places: 2, ties: needs_decision",
        f"{EACH}, places: 2, ties: all",
        f"{EACH}, places: p.office.staff, size: p.office.staff + 1",
        "within: {office: each p in posts of p.office, place: each x in places of x}, places: 1",
        "within: {office: office}, places: {office: 2}, ties: none",
        "per: office, places: 2, competes: not(out) and grade != a",
    ],
)
def test_groupings_that_fit_together(quota, said):
    assert said(quota) == []


@pytest.mark.parametrize(
    ("quota", "expected"),
    [
        (f"{TWO}, places: {{offce: 2, grade: 3}}", ("K0363", "offce")),
        (f"{TWO}, places: {{office: 2}}", ("K0364", "office")),
        (f"{TWO}, places: 1, size: {{grade: 2}}", ("K0364", "grade")),
        ("per: office, places: {office: 2}", ("K0362", "office")),
        (f"{TWO}, places: 1, ties: all", ("K0365", "all")),
        ("per: [grade, each x in places of x], places: 1", ("K0348", "each x in places of x")),
        # One value for both: the office is no key of grades, but a link, so a case tells.
        (f"{TWO}, places: office.staff", None),
        (f"{TWO}, places: points", ("K0345", "points")),
        (f"{EACH}, places: p.days", ("K0345", "p.days")),
        ("per: places, places: 1", ("K0715", "places")),
        ("within: {place: places}, places: 1", ("K0715", "places")),
        ("per: each p in points of p, places: 1", ("K0338", "points")),
        ("per: office, places: 1, competes: points", ("K0320", "points")),
    ],
)
def test_groupings_that_do_not(quota, expected, said):
    found = said(quota)
    assert {*found} == ({expected} if expected else set())


def test_ties_by_a_reading_are_told_where_that_option_is_chosen(said):
    by_reading = "if readings.level_ones = taken then all else needs_decision"
    assert said(f"{TWO}, places: 1, ties: {by_reading}") == []
    other = by_reading.replace("taken", "chosen")
    assert said(f"{TWO}, places: 1, ties: {other}") == [("K0365", other)]


def test_who_competes_cannot_hang_on_the_level_that_the_quota_leaves(said):
    found = said("per: office, places: 1, competes: rank >= middle")
    assert found == [("K0441", "rank")]
    assert said("per: office, places: 1, competes: stages.cap >= middle") == []


FIRST = "per: office, places: 1"


@pytest.mark.parametrize(
    "second",
    [
        "per: grade, places: 1",
        "per: grade, places: 1, when: grade = a",
        "per: grade, places: 1, competes: points > 95",
    ],
)
def test_two_quotas_of_one_level_are_told_of(second, said):
    assert said(FIRST, second) == [("K0727", "q1")]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("when: grade = a", "when: grade = b"),
        ("when: grade = a", "when: grade != a"),
        ("when: 'grade in (a, b)'", "when: grade = c and points > 3"),
        ("when: out", "when: not(out)"),
        ("when: out", "competes: not(out)"),
        ("competes: points > 3 and out", "competes: not(out)"),
    ],
)
def test_not_where_they_are_for_others(first, second, said):
    assert said(f"{FIRST}, {first}", f"{FIRST}, {second}") == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("when: grade != a", "when: grade != b"),
        ("when: 'grade in (a, b)'", "when: 'grade in (b, c)'"),
        ("when: out or grade = a", "when: grade = b"),
    ],
)
def test_told_where_they_may_be_for_the_same(first, second, said):
    assert said(f"{FIRST}, {first}", f"{FIRST}, {second}") == [("K0727", "q1")]


def test_of_two_levels_each_may_have_its_quota(said):
    assert said(FIRST, "level: middle, per: office, places: 2") == []
