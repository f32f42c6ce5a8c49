"""Each change of a small rulebook that its case sees is seen by the proofs of a comparison."""

import pytest
from tests.proof import mutants
from tests.proof.mutants import judged

RULEBOOK = """\
khung: 1
id: small
title: Small
period: {from: 2021-01-01, to: 2021-12-31}
document: D-1
documents: {D-1: {}}
scales: {level: {values: {low: L, high: H}}}
"""
SUBJECT = """\
subject: person
facts: {points: {type: number, range: "0..9"}, late: {type: boolean}}
ladder:
  scale: level
  levels:
    high: {require: {points: {that: "points >= 3", source: A.1}}}
    low: {otherwise: true, source: A.1}
caps: {late: {when: late, at_most: low, source: A.2}}
"""
CASE = """\
case: Points
rulebook: small
on: 2021-06-01
complete: true
subjects:
  person:
    few: {points: 2, late: false}
    just: {points: 3, late: false}
    late: {points: 9, late: true}
expect:
  person: {few: {level: low}, just: {level: high}, late: {level: low}}
"""


@pytest.fixture
def folders(tmp_path):
    rulebook, cases = tmp_path / "small", tmp_path / "cases"
    for folder in (rulebook, cases):
        folder.mkdir()
    (rulebook / "rulebook.yaml").write_text(RULEBOOK, "utf-8")
    (rulebook / "person.yaml").write_text(SUBJECT, "utf-8")
    (cases / "points.yaml").write_text(CASE, "utf-8")
    return rulebook, cases


def test_what_a_case_sees_is_shown_by_a_case_that_the_solver_finds(folders):
    *_, tally = judged(*folders, None)
    assert tally.wrong == []
    assert set(tally.said) == {"a case"}
    # of the threshold: by one, by the comparison, the rule dropped; of the cap likewise
    assert tally.said["a case"] >= 4  # at least those


def test_a_proof_that_is_wrong_is_told(folders, monkeypatch):
    monkeypatch.setattr(mutants, "same_everywhere", lambda *_: True)
    *_, tally = judged(*folders, None)
    assert {one.why for one in tally.wrong} == {"proved to do nothing, not so in points.yaml"}
    monkeypatch.setattr(mutants, "prove", lambda *_: iter([]))
    *_, tally = judged(*folders, None)
    assert tally.said["not proved"]
