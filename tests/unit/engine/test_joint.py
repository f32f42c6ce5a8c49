"""Quotas with a candidate in several groups: lists of keys, sizes, who competes, who waits."""

import pytest
from tests.support.evaluation import results_of
from tests.support.rulebook import MANIFEST, load_files

from khung.engine.rings import CircularRulesError

NAMED = """\
scales: {rank: {values: {low: L, middle: M, high: H}}}
enumerations: {grade: {values: {a: A, b: B}}}
"""
SHARED = f"""\
{NAMED}\
records: {{post: {{fields: {{office: {{to: office, back: posts}}}}}}}}
"""
OFFICE = """\
subject: office
facts: {staff: {type: number, range: "0.."}, chairs: {type: number, range: "0..9"}}
"""
CLERK = """\
subject: clerk
links: {office: {to: office, back: clerks}}
facts:
  points: {type: number, range: "0..100"}
  grade: {type: grade, applies_when: graded}
  graded: {type: boolean, default: true}
  posts: {type: list of post, default: []}
  late: {type: boolean, default: false}
  left: {type: boolean, default: false}
not_ranked: {left: {when: left, source: X}}
ladder:
  scale: rank
  levels:
    high: {require: {points: {that: points >= 90, source: X}}}
    middle: {require: {points: {that: points >= 50, source: X}}}
    low: {otherwise: true, source: X}
quotas: {few: {LIMIT, source: X}}
"""
RULE = "clerk.quotas.few"
BY_POINTS = "order: [{highest: points}]"
EACH = (
    f"per: each p in posts of p.office, places: p.office.chairs, size: p.office.staff, {BY_POINTS}"
)
BOTH = f"within: {{office: office, grade: grade}}, places: 1, {BY_POINTS}"
OFFICES = "a: {staff: 2, chairs: 1}, b: {staff: 3, chairs: 2}"


@pytest.fixture
def said(tmp_path):
    """Return the status, the ends and what is missing of each clerk."""

    def evaluate(limit, clerks, complete="true"):
        clerk = CLERK.replace("LIMIT", limit if "level:" in limit else f"level: high, {limit}")
        files = {"rulebook": MANIFEST + SHARED, "office": OFFICE, "clerk": clerk}
        subjects = f"{{office: {{{OFFICES}}}, clerk: {{{clerks}}}}}"
        found = results_of(load_files(tmp_path, **files).sound, subjects, complete)
        return {
            name: (one.status.value, one.at_worst, one.at_best, one.missing)
            for name, one in found.by_type["clerk"].items()
        }

    return evaluate


KEPT, CUT = ("ranked", 2, 2, ()), ("ranked", 1, 1, ())


def test_a_list_that_may_be_longer_may_lead_to_any_group(said):
    clerks = "p: {points: 95, posts: [{office: a}, null]}, q: {points: 91, posts: [{office: b}]}"
    found = said(EACH, clerks)
    # a has one chair for p; it may sit in b, too, with a chair for both, or in one of nobody's.
    assert found["p"] == ("undetermined", 1, 2, ("clerk.p.posts",))
    assert found["q"] == KEPT


def test_one_of_nothing_known_waits_for_no_other_than_its_list(said):
    clerks = "p: {points: 95, posts: null}, q: {points: 91, posts: [{office: a}]}"
    found = said(EACH, clerks)
    assert found["p"][:3] == ("undetermined", 1, 2)
    assert found["q"] == ("undetermined", 1, 2, ("clerk.p.posts",))


def test_whose_list_is_empty_is_not_touched(said):
    assert said(EACH, "p: {points: 95}")["p"] == KEPT


def test_who_sits_twice_in_a_group_takes_one_place(said):
    clerks = (
        "p: {points: 95, posts: [{office: b}, {office: b}]}, q: {points: 91, posts: [{office: b}]}"
    )
    assert said(EACH, clerks) == {"p": KEPT, "q": KEPT}


@pytest.mark.parametrize(
    ("complete", "expected"),
    [
        ("true", KEPT),
        ("[clerk]", KEPT),
        # a has two clerks, of whom one is known: the other may be ahead, and there is one chair.
        ("", ("undetermined", 1, 2, (RULE,))),
    ],
)
def test_a_group_of_lists_is_whole_if_something_says_so(complete, expected, said):
    assert said(EACH, "p: {points: 95, posts: [{office: a}]}", complete)["p"] == expected


def test_it_is_whole_where_its_number_is_met(said):
    clerks = (
        "p: {points: 95, posts: [{office: a}]}, q: {points: 91, posts: [{office: a}], left: true}"
    )
    assert said(EACH, clerks, "")["p"] == KEPT


def test_a_key_that_does_not_apply_is_in_no_group_of_its_grouping(said):
    clerks = (
        "p: {points: 99, office: a, grade: a}, q: {points: 95, office: b, graded: false},"
        "r: {points: 94, office: b, grade: a}"
    )
    # The place of grade a is p's; q has the one of office b, whatever becomes of grades.
    assert said(BOTH, clerks) == {"p": KEPT, "q": KEPT, "r": CUT}


def test_whether_it_applies_may_be_open(said):
    clerks = "p: {points: 99, office: a, grade: a}, q: {points: 95, office: b, graded: null}"
    found = said(BOTH, clerks)
    assert found["p"] == KEPT
    # With grade a it is cut by p, with b or none it has the place of its office; which, is asked
    # once it is known that it has one.
    assert found["q"] == ("undetermined", 1, 2, ("clerk.q.graded",))


def test_who_may_not_compete_is_kept_or_cut_and_may_take_a_place(said):
    limit = f"{BOTH}, competes: not(late)"
    clerks = (
        "p: {points: 99, office: a, grade: a, late: null}, q: {points: 95, office: a, grade: b},"
        "r: {points: 94, office: a, grade: a}"
    )
    found = said(limit, clerks)
    assert found["p"] == KEPT  # first if it competes, untouched if not
    assert found["q"] == ("undetermined", 1, 2, ("clerk.p.late",))
    assert found["r"] == CUT  # the office's place is p's or q's, who are both ahead


def test_who_waits_names_those_who_are_asked(said):
    clerks = (
        "p: {points: 95, office: a, grade: a}, q: {points: 95, office: b, grade: a},"
        "r: {points: 91, office: b, grade: b}"
    )
    found = said(BOTH, clerks)
    assert found["p"][0] == found["q"][0] == "needs_decision"
    assert found["r"] == ("undetermined", 1, 2, ("clerk.q",))


def test_who_is_behind_both_who_are_asked_may_be_cut_for_sure(said):
    clerks = (
        "p: {points: 95, office: a, grade: a}, q: {points: 95, office: b, grade: a},"
        "r: {points: 91, office: b, grade: a}"
    )
    # One of p and q has the place of grade a, as each has one in its office: r finds it full.
    assert said(BOTH, clerks)["r"] == CUT


def test_all_or_none_of_those_level_in_lists(said):
    clerks = (
        "p: {points: 95, posts: [{office: a}]}, q: {points: 95, posts: [{office: a}, {office: b}]},"
        "r: {points: 91, posts: [{office: b}]}, s: {points: 90, posts: [{office: a}]}"
    )
    # One chair in a for the two who are level: with `all` both have it, and s finds it full. With
    # `none` neither has, so b's chairs go to r, and a's to s, who is next.
    assert said(f"{EACH}, ties: all", clerks) == {"p": KEPT, "q": KEPT, "r": KEPT, "s": CUT}
    assert said(f"{EACH}, ties: none", clerks) == {"p": CUT, "q": CUT, "r": KEPT, "s": KEPT}


@pytest.mark.parametrize("per", ["per: office", "within: {office: office, grade: grade}"])
def test_who_hangs_on_whether_another_is_kept_names_that_one(per, said):
    """Of those kept, one of middle counts and one of high does not, so the places hang on who."""
    limit = f"level: middle, {per}, counts: rank = middle, at_most: 100%, others: low, {BY_POINTS}"
    clerks = "p: {points: 95, office: a, grade: a}, q: {points: 60, office: a, grade: a}"
    found = said(limit, clerks)
    assert found["p"][3] == ("clerk.q",)


UNIT = """\
subject: unit
kinds: {field: kind, values: {room: R, house: H}}
links: {above: {to: unit, back: below, tree: true, optional: true}}
facts: {points: {type: number, range: "0..100"}, grade: {type: grade}}
ladder:
  scale: rank
  levels:
    high:
      require:
        points: {that: points >= 90, source: X}
        below: {that: "(count u in below satisfies u.ranked and u.rank = high) <= 1", source: X}
    middle: {require: {points: {that: points >= 50, source: X}}}
    low: {otherwise: true, source: X}
quotas:
  few:
    level: high
    within: {above: above, grade: grade}
    places: 1
    order: [{highest: points}]
    source: X
"""


@pytest.mark.parametrize(("grade", "rings"), [("a", False), ("b", True)])
def test_only_those_whose_places_hang_together_wait_for_each_other(grade, rings, tmp_path):
    """The top asks who below is high: a ring only if it shares a group with one of those."""
    found = load_files(tmp_path, rulebook=MANIFEST + NAMED, unit=UNIT).sound
    subjects = f"""{{unit: {{
      top: {{kind: house, above: '-', points: 95, grade: {grade}}},
      x: {{kind: room, above: top, points: 99, grade: b}},
      y: {{kind: room, above: top, points: 98, grade: b}}}}}}"""
    if rings:
        with pytest.raises(CircularRulesError):
            results_of(found, subjects)
        return
    ranked = results_of(found, subjects).by_type["unit"]
    levels = {name: (one.at_worst, one.at_best) for name, one in ranked.items()}
    middle, high = 1, 2
    assert levels == {"top": (high, high), "x": (high, high), "y": (middle, middle)}
