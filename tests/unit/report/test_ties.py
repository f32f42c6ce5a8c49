"""Ties between many: what is written grows with their number and no faster."""

from __future__ import annotations

import pytest
from tests.support.evaluation import results_of
from tests.support.rulebook import load

from khung.analysis.values import MOST_CANDIDATES
from khung.report.encode import dumps
from khung.report.result.context import context_of
from khung.report.result.document import results_html, results_text
from khung.report.result.json import results_json

MANIFEST = """\
khung: 1
id: small
title: A small rulebook
period: {from: 2021-01-01, to: 2021-12-31}
document: D-1
documents: {D-1: {}}
scales: {grade: {values: {low: Low, high: High}}}
"""
TEAM = """\
subject: person
facts: {team: {type: string}, score: {type: number}}
ladder:
  scale: grade
  levels: {high: {require: {score: {that: score >= 1, source: a/1}}}, low: {otherwise: true}}
quotas:
  few: {level: high, per: [%s], places: 1, order: [{highest: score}], others: low, source: a/1}
"""


CLAUSES = "clauses: {a/1: {summary: One}}\n"


def tied(tmp_path, count, per="team"):
    (tmp_path / "rulebook.yaml").write_text(MANIFEST, encoding="utf-8")
    (tmp_path / "person.yaml").write_text(TEAM % per, encoding="utf-8")
    (tmp_path / "clauses.yaml").write_text(CLAUSES, encoding="utf-8")
    people = ", ".join(f"p{n}x: {{team: a, score: 5}}" for n in range(count))
    return results_of(load(tmp_path).rulebook, f"{{person: {{{people}}}}}")


def test_candidates_are_named_at_each_of_a_few_and_stand_in_the_group(tmp_path):
    document = results_json(tied(tmp_path, MOST_CANDIDATES), "en")
    names = [f"p{n}x" for n in range(MOST_CANDIDATES)]
    assert document["groups"][0]["open"] == names
    for found in document["results"]["person"].values():
        decision = {"kind": "tie", "places": 1, "options": names, "group": {"team": "a"}}
        assert found["decision"] == decision


def test_many_candidates_stand_in_the_group_alone(tmp_path):
    document = results_json(tied(tmp_path, MOST_CANDIDATES + 1), "en")
    (group,) = document["groups"]
    assert len(group["open"]) == MOST_CANDIDATES + 1
    for name, found in document["results"]["person"].items():
        decision = {"kind": "tie", "places": 1, "options": [], "group": group["key"]}
        assert found["decision"] == decision
        assert name in group["open"]


@pytest.mark.parametrize(
    "write",
    [
        lambda results: dumps(results_json(results, "en")),
        lambda results: results_text(results, "en", width=100),
        lambda results: results_html(results, "en"),
    ],
    ids=["json", "text", "html"],
)
def test_twice_as_many_take_about_twice_the_room(tmp_path, write):
    sizes = []
    for count in (150, 300):
        (tmp_path / str(count)).mkdir()
        sizes.append(len(write(tied(tmp_path / str(count), count))))
    assert sizes[1] < 2.2 * sizes[0]


@pytest.mark.parametrize(
    "per",
    [
        'if team = "a" then "x" else "y"',
        '\'if team = "a" then "x" else "y"\'',
        '"if team = \\"a\\" then \\"x\\" else \\"y\\""',
    ],
)
def test_a_group_is_named_by_its_expression_however_yaml_writes_it(tmp_path, per):
    document = results_json(tied(tmp_path, 2, per), "en")
    assert document["groups"][0]["key"] == {'if team = "a" then "x" else "y"': "x"}


def test_what_says_nothing_of_a_group_is_left_out_of_its_name(tmp_path):
    two = tied(tmp_path, 2, per="team, '\"\"'")
    (group,) = two.groups
    assert context_of(two, "en", None).group_key(group) == "a"
