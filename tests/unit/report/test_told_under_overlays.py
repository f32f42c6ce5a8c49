"""What is told of subjects that are under different overlays in one case."""

from __future__ import annotations

import json
from textwrap import dedent

import pytest

from khung.cli.main import run

BASE = """\
    khung: 1
    id: base
    title: Clubs
    period: {from: 2024-01-01, to: 2024-12-31}
    document: D
    documents: {D: {}}
    clauses: {"1": {summary: "{parameters.asked} points are asked"}}
    scales: {mark: {values: {low: Low, high: High}}}
    parameters: {asked: {value: 5, local: true}}
    readings: {late: {question: Late?, options: {counts: {}, passes: {}}, chosen: counts}}
    subjects:
      club: {facts: {open: {type: boolean}}}
      member:
        links: {club: {to: club, back: members, unit: true}}
        facts: {points: {type: number, range: "0..9"}}
        ladder:
          scale: mark
          source: "1"
          levels: {high: {require: {enough: points >= parameters.asked}}, low: {otherwise: true}}
    """
OVERLAY = """\
    khung: 1
    id: NAME
    title: NAME
    extends: {rulebook: base, as: overlay}
    period: {from: 2024-01-01, to: 2024-12-31}
    applies_to: {club: [NAME]}
    parameters: {asked: {value: ASKED}}
    """
CASE = """\
    rulebook: base
    overlays: [red, blue]
    on: 2024-12-31
    subjects:
      club: {red: {open: true}, blue: {open: true}}
      member: {bo: {club: blue, points: 5}, an: {club: red, points: 5}}
    """


ADDED = "subjects: {member: {definitions: {late: {is: readings.late = counts, output: true}}}}\n"
"""What red tells besides; blue's member is the first of the case, and is told nothing of it."""


@pytest.fixture
def told(tmp_path, monkeypatch, capsys):
    """Tell a case of two members, of whom either club asks something else, in some format."""
    monkeypatch.setenv("KHUNG_CACHE", "off")
    files = {"base": BASE}
    for name, asked, added in (("red", "6", ADDED), ("blue", "8", "")):
        files[name] = dedent(OVERLAY).replace("NAME", name).replace("ASKED", asked) + added
    for name, text in files.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "rulebook.yaml").write_text(dedent(text), encoding="utf-8")
    case = tmp_path / "case.yaml"
    case.write_text(dedent(CASE), encoding="utf-8")

    def printed(form):
        told = ["eval", case, "--rulebooks", tmp_path, "--lang", "en", "--format", form]
        code = run([str(one) for one in told])
        out, err = capsys.readouterr()
        assert (code, err) == (0, "")
        return out

    return printed


def test_each_is_told_what_its_own_unit_asks(told):
    of_bo, _, of_an = told("text").partition(" bo: Low")[2].partition(" an: Low")
    assert "points: 5 (must be 8 or more)" in of_bo
    assert "points: 5 (must be 6 or more)" in of_an


def test_each_is_told_what_a_clause_says_under_its_own_unit(told):
    of_bo, _, of_an = told("text").partition(" bo: Low")[2].partition(" an: Low")
    assert "8 points are asked (1)" in of_bo
    assert "6 points are asked (1)" in of_an


def test_each_rests_on_what_its_own_unit_tells(told):
    results = json.loads(told("json"))["results"]["member"]
    assert {name: one["readings"] for name, one in results.items()} == {"bo": [], "an": ["late"]}
