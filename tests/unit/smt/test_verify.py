"""What is found of a rulebook by itself."""

import re

import pytest
from tests.support.pair import edited
from tests.support.rulebook import RULEBOOKS
from tests.support.schemas import ROOT, accepts

from khung.analysis.proof.asked import Asked
from khung.analysis.proof.properties import Property, Status
from khung.analysis.proof.solver import Budget
from khung.analysis.proof.verify import verify
from khung.driver import Shelf
from khung.report.verify import as_github, as_json, as_sarif, document

CLIMBERS, SHIPPED = RULEBOOKS / "climbers", ROOT / "rulebooks"


def verified(folder, readings=None, subject=None):
    shelf, asked = Shelf(), readings or {}
    ready = shelf.ready(folder, asked)
    found = [*verify(ready, asked, shelf, Budget.of(120))]
    return [one for one in found if subject in (None, one.subject)], ready


def refuted(found):
    return [(one.property, one.about or one.rules) for one in found if one.status is Status.REFUTED]


def test_bands_with_a_hole_and_rules_that_decide(tmp_path):
    found, _ = verified(CLIMBERS)
    against = [one for one in found if one.status is Status.REFUTED]
    # bands of whole numbers, `>= 90` and `[70..89]`, leave 89.5 to nobody
    assert {(f.subject, f.property) for f in against} == {
        ("climber", Property.OUTCOME),
        ("guide", Property.OUTCOME),
    }
    assert all(re.search(r"\d\.\d", f.cases[0].text) for f in against)
    assert {one.status for one in found} == {Status.HOLDS, Status.REFUTED}
    assert {one.property for one in found} == {
        Property.OUTCOME,
        Property.REACHABLE,
        Property.DECIDES,
        Property.MATTERS,
        Property.CUMULATIVE,
        Property.RISING,
    }


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
    (one,) = [f for f in found if f.property is Property.OUTCOME]
    assert one.status is Status.REFUTED
    assert "faults: 6" in one.cases[0].text


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
    return Asked(program, subject, Budget.of(120))


@pytest.mark.parametrize(
    ("option", "status"), [("khong_mien", Status.REFUTED), ("toi_da_hoan_thanh", Status.HOLDS)]
)
def test_an_exception_that_never_decides(option, status):
    found = asked("tap_the", ngoai_le_ky_luat=option)
    record, name = "ky_luat_to_chuc", "tu_khac_phuc"
    assert (record, name) in found.record_truths()
    assert found.matters_in_records(record, name).status is status


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
