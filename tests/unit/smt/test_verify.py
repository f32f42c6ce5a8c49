"""What is found of a rulebook by itself."""

import re

import pytest
from tests.support.pair import edited
from tests.support.rulebook import RULEBOOKS
from tests.support.schemas import ROOT, accepts

from khung.analysis.proof.asked import Asked
from khung.analysis.proof.interplay import best_left, taken_back
from khung.analysis.proof.properties import Property, Status
from khung.analysis.proof.solver import Budget
from khung.analysis.proof.verify import verify
from khung.driver import Shelf
from khung.report.verify import as_github, as_json, as_sarif, document

CLIMBERS, SHIPPED = RULEBOOKS / "climbers", ROOT / "rulebooks"

BANDS = """\
  by: total
  bands:
    gold: {is: ">= 90", source: 2/1}
    silver: {is: "[70..89]", source: 2/1}
    bronze: {is: "[50..69]", source: 2/1}
    none: {is: "< 50", source: 2/1}
"""


def verified(folder, readings=None, subject=None):
    shelf, asked = Shelf(), readings or {}
    ready = shelf.ready(folder, asked)
    found = [*verify(ready, asked, shelf, Budget.of(600, 60))]
    return [one for one in found if subject in (None, one.subject)], ready


def refuted(found):
    return [(one.property, one.about or one.rules) for one in found if one.status is Status.REFUTED]


def test_bands_with_a_hole_and_rules_that_decide(tmp_path):
    found, _ = verified(CLIMBERS)
    against = [one for one in found if one.status is Status.REFUTED]
    # bands of whole numbers, `>= 90` and `[70..89]`, leave 89.5 to nobody
    assert {(f.subject, f.property, f.about) for f in against} == {
        ("climber", Property.BANDS, "silver"),
        ("climber", Property.BANDS, "bronze"),
        ("guide", Property.BANDS, "silver"),
    }
    assert all(re.search(r"\d\.\d", f.cases[0].text) for f in against)
    assert {f.cases[0].standing for f in against} == {"needs_decision"}
    assert {one.status for one in found} == {Status.HOLDS, Status.REFUTED}
    assert {one.property for one in found} == {
        Property.OUTCOME,
        Property.REACHABLE,
        Property.DECIDES,
        Property.MATTERS,
        Property.CUMULATIVE,
        Property.RISING,
        Property.BANDS,
    }


def test_several_processes_find_what_one_finds(tmp_path):
    edit = ("guide", 'silver: "[6..10]"', 'silver: "[7..10]"')
    folder = edited(tmp_path, edit, of=CLIMBERS)
    shelf = Shelf()
    ready = shelf.ready(folder, {})
    alone, shared = (
        [*verify(ready, {}, shelf, Budget.of(600, 60), processes=count)] for count in (1, 2)
    )
    assert {"climber", "guide", "route"} <= {one.subject for one in shared}
    assert shared == alone


def test_a_rule_behind_another_never_decides(tmp_path):
    edit = (
        "climber",
        "when: novice, at_most: silver",
        "when: novice and accident, at_most: silver",
    )
    found, _ = verified(edited(tmp_path, edit, of=CLIMBERS))
    assert (Property.DECIDES, ("climber.caps.novice",)) in refuted(found)
    assert (Property.MATTERS, "novice") in refuted(found)


def test_a_level_that_a_knockout_shuts_is_not_reached(tmp_path):
    edit = ("climber", "when: accident, to: none", "when: accident or total >= 90, to: none")
    found, _ = verified(edited(tmp_path, edit, of=CLIMBERS))
    assert (Property.REACHABLE, "gold") in refuted(found)


def test_a_better_grade_that_lowers_comes_with_both_cases(tmp_path):
    edit = ("climber", "when: accident, to: none", "when: accident or technique > 30, to: none")
    edit = (edit[0], edit[1], edit[2].replace("technique", "criteria.technique"))
    found, _ = verified(edited(tmp_path, edit, of=CLIMBERS))
    (one,) = [f for f in found if f.property is Property.RISING and f.status is Status.REFUTED]
    assert one.about == "criteria.technique"
    before, after = one.cases
    assert after.standing == "none"
    assert before.standing != "none"


def test_a_division_by_nothing_leaves_a_complete_case_without_result(tmp_path):
    edit = ("route", "by: score", "by: 100 / score")
    found, _ = verified(edited(tmp_path, edit, of=CLIMBERS), subject="route")
    (one,) = [f for f in found if f.property is Property.OUTCOME]
    assert one.status is Status.REFUTED
    assert one.cases[0].standing == "undetermined"
    assert "score: 0" in one.cases[0].text


def test_points_that_no_level_has_are_found(tmp_path):
    edit = ("guide", 'silver: "[6..10]"', 'silver: "[7..10]"')
    found, _ = verified(edited(tmp_path, edit, of=CLIMBERS), subject="guide")
    (one,) = [f for f in found if f.property is Property.BANDS]
    assert one.status is Status.REFUTED
    assert "faults: 6" in one.cases[0].text


def test_rules_that_say_the_same_are_named_together(tmp_path):
    edit = (
        "climber",
        "accident: {when: accident,",
        "accident: {when: accident, to: none, source: 2/2}\n    again: {when: accident,",
    )
    found, _ = verified(edited(tmp_path, edit, of=CLIMBERS), subject="climber")
    pair = {"climber.knockouts.accident", "climber.knockouts.again"}
    (one,) = [f for f in found if f.property is Property.APART]
    assert set(one.rules) == pair
    never = [
        f.rules for f in found if f.property is Property.DECIDES and f.status is Status.REFUTED
    ]
    assert {rule for rules in never for rule in rules} == pair


def test_a_number_that_never_decides(tmp_path):
    edits = [
        ("route", "  score:", "  length: {type: number, label: Length}\n  score:"),
        ("route", "by: score", "by: if length > 0 then score else score"),
    ]
    found, _ = verified(edited(tmp_path, *edits, of=CLIMBERS), subject="route")
    said = {f.about: f.status for f in found if f.property is Property.MATTERS}
    assert said == {"length": Status.REFUTED, "score": Status.HOLDS}


def test_a_better_ballot_that_lowers_comes_with_both_cases(tmp_path):
    """Votes for the best level count against it where it is only given to who has two or fewer."""
    edit = (
        "guide",
        "votes:",
        'caps:\n  many: {when: ballots.gold > 2, at_most: none, source: "3"}\nvotes:',
    )
    found, _ = verified(edited(tmp_path, edit, of=CLIMBERS), subject="guide")
    (one,) = [f for f in found if f.property is Property.RISING]
    assert (one.about, one.status) == ("ballots", Status.REFUTED)
    votes = [re.search(r"silver: (\d), gold: (\d)", case.text).groups() for case in one.cases]
    golds = [int(gold) for _, gold in votes]
    # the third vote for gold is the one too many
    assert golds == [2, 3]
    assert one.cases[1].standing == "none"


def test_an_exception_that_another_rule_takes_back(tmp_path):
    """A novice is excused by what gold asks, and knocked out for the same."""
    edits = [
        (
            "climber",
            BANDS,
            """  levels:
    gold: {require: {safe: {that: not(accident) or novice, source: 2/1}}}
    none: {otherwise: true, source: 2/1}
""",
        ),
        ("climber", "caps:\n  novice: {when: novice, at_most: silver, source: 2/3}", ""),
    ]
    found, _ = verified(edited(tmp_path, *edits, of=CLIMBERS), subject="climber")
    (one,) = [f for f in found if f.property is Property.EXCEPTION]
    assert one.about == "novice"
    assert one.rules == ("climber.levels.gold.safe", "climber.knockouts.accident")
    assert "accident: true" in one.cases[0].text
    assert "novice: true" in one.cases[0].text
    assert one.cases[0].standing == "none"


def test_which_level_is_left_where_a_requirement_is_not_met():
    """Of routes with fewer than 70 points, and of those with fewer than 90."""
    shelf = Shelf()
    ready = shelf.ready(CLIMBERS, {})
    found = [*verify(ready, {}, shelf, Budget.of(600, 60), full=True)]
    left = {f.rules[0]: f for f in found if f.property is Property.LEAVES and f.subject == "route"}
    said = {rule: (f.about, f.cases[0].standing) for rule, f in left.items()}
    assert said["route.levels.gold"] == ("silver", "silver")
    assert said["route.levels.silver"] == ("bronze", "bronze")
    assert said["route.levels.bronze"] == ("none", "none")


def test_all_that_is_found_fits_its_forms(tmp_path):
    edit = (
        "climber",
        "when: novice, at_most: silver",
        "when: novice and accident, at_most: silver",
    )
    found, ready = verified(edited(tmp_path, edit, of=CLIMBERS))
    n = len(refuted(found))
    assert n > 0
    assert accepts("verify", as_json(found, stopped=False))
    for lang in ("vi", "en"):
        assert document(found, ready, lang, full=True, stopped=True).blocks
        assert as_github(found, ready, lang).count("\n") == n
        assert len(as_sarif(found, ready, lang)["runs"][0]["results"]) == n


# -- the defects of the plan of 2021, read word by word -------------------------------------------


def asked(subject, **readings):
    program = Shelf().ready(SHIPPED / "2021", readings).program
    return Asked(program, subject, Budget.of(600, 60))


@pytest.mark.parametrize(
    ("option", "status"), [("khong_mien", Status.REFUTED), ("toi_da_hoan_thanh", Status.HOLDS)]
)
def test_an_exception_that_never_decides(option, status):
    found = asked("tap_the", ngoai_le_ky_luat=option)
    record, name = "ky_luat_to_chuc", "tu_khac_phuc"
    assert (record, name) in found.record_truths()
    assert found.matters_in_records(record, name).status is status
    if status is Status.REFUTED:
        taken = taken_back(found, record, name)
        rules = ("tap_the.levels.hoan_thanh.khong_ky_luat", "tap_the.knockouts.ky_luat")
        assert taken.rules == rules


def test_the_one_level_left_to_a_body_of_which_a_member_was_reprimanded():
    found = asked("tap_the")
    for level in ("hoan_thanh_xuat_sac", "hoan_thanh_tot"):
        rule = f"tap_the.levels.{level}.thanh_vien_khong_ky_luat"
        assert best_left(found, rule) == "hoan_thanh"


@pytest.mark.parametrize(
    ("option", "status"), [("dung_muc", Status.REFUTED), ("tro_len", Status.HOLDS)]
)
def test_a_cell_with_members_that_can_never_be_good(option, status):
    found = asked("to_chuc_dang", dang_vien_hoan_thanh=option)
    assert found.reachable("chi_bo_co_so", "hoan_thanh_tot").status is status


@pytest.mark.parametrize(("option", "status"), [("khong", Status.REFUTED), ("co", Status.HOLDS)])
def test_a_level_that_asks_less_than_the_one_below(option, status):
    found = asked("to_chuc_dang", muc_tren_can_muc_duoi=option)
    levels = "hoan_thanh_xuat_sac", "hoan_thanh_tot"
    assert found.cumulative("dang_bo_co_so", *levels).status is status
