"""Overlays against their base and against each other: a case found is of the unit, and is run."""

import pytest
import yaml
from tests.support.rulebook import RULEBOOKS

from khung.analysis.diff.claims import State, Why
from khung.analysis.proof.run import proofs_of
from khung.driver import Shelf, evaluate_text
from khung.smt import ROOT

PAIRS = [
    ("wards", "wards_north"),
    ("wards_north", "wards"),
    ("wards_south", "wards_north"),
    ("libraries", "libraries_east"),
    ("libraries_east", "libraries_hill"),
]


@pytest.fixture(scope="module")
def proofs():
    shelf = Shelf()

    def of(*names):
        pair = tuple(shelf.ready(RULEBOOKS / name, {}) for name in names)
        return shelf, proofs_of(pair, {}, shelf, seconds=120)

    return of


@pytest.mark.parametrize("pair", PAIRS, ids=" ".join)
def test_a_case_is_of_the_unit_and_runs_as_it_is_written(proofs, pair):
    shelf, found = proofs(*pair)
    assert found.texts
    for name, text in found.texts.items():
        ran = evaluate_text(text.encode(), "case.yaml", shelf, {}, RULEBOOKS)
        assert ran.results is not None, (text, ran.diagnostics)
        case = found.witnesses[name]
        (one,) = (d for d in case.differences if d.id == case.about)
        side = one.before if yaml.safe_load(text)["rulebook"] == pair[0] else one.after
        result = ran.results.by_type[one.type][case.about]
        assert (result.status, result.level) == (side.result.status, side.result.level)


def test_what_an_overlay_adds_is_told_from_its_base(proofs):
    """The north asks 20 nights for good and 120 shifts, not 100."""
    _, found = proofs("wards", "wards_north")
    by_target = {p.target: p for p in found.proofs if p.subject == "nurse" and p.target}
    assert by_target["good"].state is State.DIFFERS
    assert by_target["pending"].state is State.SAME
    nurse = yaml.safe_load(found.texts[by_target["good"].witness])["subjects"]["nurse"][ROOT]
    assert nurse["nights"] < 20 or nurse["shifts"] < 120


def test_a_rule_of_one_unit_is_told_from_what_another_has(proofs):
    """Who was lent is out of the ranking in the south; the north does not ask it."""
    _, found = proofs("wards_south", "wards_north")
    (one,) = (p for p in found.proofs if p.target == "not_ranked" and p.subject == "nurse")
    assert one.state is State.DIFFERS
    text = found.texts[one.witness]
    assert "lent: true" in text
    case = found.witnesses[one.witness]
    assert case.about == "guest"  # by itself the south is for its hospital, and for this nurse
    (told,) = (d for d in case.differences if d.id == case.about)
    assert told.before.result.status.value == "not_ranked"
    assert told.after.result.status.value == "ranked"


def test_a_share_that_an_overlay_sets_is_never_the_same(proofs):
    _, found = proofs("wards", "wards_north")
    (quota,) = (p for p in found.proofs if p.why is Why.QUOTA)
    assert quota.base == (2, 1, 0)  # half of two, a quarter of two
