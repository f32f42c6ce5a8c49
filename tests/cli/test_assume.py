"""`khung eval --assume none`: what is sure whatever a file left out."""

from __future__ import annotations

import json

from tests.support.rulebook import RULEBOOKS
from tests.support.schemas import ROOT, validator

from khung.cli.exit_codes import ExitCode

CASE = ROOT / "tests/cases/apprentices/waiting.yaml"


def _results(khung, *options):
    where = ("--rulebooks", str(RULEBOOKS), "--format", "json")
    document = json.loads(khung("eval", str(CASE), *where, *options).out)
    assert [error.message for error in validator("result").iter_errors(document)] == []
    return document, document["results"]["apprentice"]


def test_no_defaults_and_no_vote_left_out(khung):
    document, found = _results(khung, "--assume", "none")
    assert document["assume"] == "none"
    assert {one["status"] for one in found.values()} == {"ranked", "undetermined"}
    assert "apprentice.good.workshop" in found["good"]["missing"]
    assert "apprentice.assumed.papers" in found["assumed"]["missing"]
    assert [path for path, one in found.items() if f"apprentice.{path}" in one["missing"]] == []
    assert found["final"]["level"] == "master"  # stated, and so it stands
    assert [one["assumed"] for one in found.values() if one["assumed"]] == []


def test_else_they_are_taken_and_nothing_is_said_of_it(khung):
    document, found = _results(khung)
    assert "assume" not in document
    assert "apprentice.assumed.papers" in found["assumed"]["assumed"]


def test_people_are_told(khung):
    how = ("--rulebooks", str(RULEBOOKS), "--assume", "none", "--lang", "en")
    ran = khung("eval", str(CASE), *how)
    assert "No defaults are taken" in ran.out


def test_another_word_is_a_mistake_of_use(khung):
    ran = khung("eval", str(CASE), "--assume", "all")
    assert ran.code == ExitCode.USAGE
    assert "`none`" in ran.err
