"""What counts as covered."""

from __future__ import annotations

import pytest
from tests.support.schemas import ROOT

from khung.analysis.coverage import Coverage
from khung.driver import Shelf, evaluate_file

CASES = ROOT / "cases" / "2021"


@pytest.fixture(scope="module")
def shelf():
    return Shelf()


def covered(shelf, *names):
    coverage = Coverage()
    for name in names:
        (path,) = CASES.glob(f"dang_vien-{name}-*.yaml")
        results = evaluate_file(path, shelf, {}).results
        assert results is not None
        coverage.add(results)
    return coverage


def test_nothing_is_covered_by_nothing():
    coverage = Coverage()
    assert (coverage.rules.total, coverage.rules.covered) == (0, 0)


def test_a_rule_on_which_a_result_rests_is_covered(shelf):
    rules = covered(shelf, "010").rules
    assert "dang_vien.caps.nghi_om" not in rules.missing
    assert "dang_vien.knockouts.duoi_50" in rules.missing
    assert rules.covered + len(rules.missing) == rules.total


def test_its_clause_is_covered_too(shelf):
    clauses = covered(shelf, "010").clauses
    assert "KH-23 II.B.6/8#nghi_om" not in clauses.missing
    assert "KH-23 II.B.2.3.d/3" in clauses.missing


def test_a_condition_has_two_outcomes(shelf):
    one, both = covered(shelf, "010").conditions, covered(shelf, "010", "011").conditions
    assert "dang_vien.caps.nghi_om = false" in one.missing
    assert "dang_vien.caps.nghi_om = true" not in one.missing
    assert not any(name.startswith("dang_vien.caps.nghi_om ") for name in both.missing)


def test_more_cases_never_cover_less(shelf):
    few, more = covered(shelf, "010"), covered(shelf, "010", "042", "050")
    for name in ("rules", "conditions", "clauses"):
        assert getattr(few, name).covered <= getattr(more, name).covered
        assert getattr(few, name).total == getattr(more, name).total
