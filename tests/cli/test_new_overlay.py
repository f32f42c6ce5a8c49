"""`khung new ID --from BASE --for SUBJECT=ID`: an overlay of a unit, to fill in."""

from __future__ import annotations

import shutil

import pytest
from tests.support.rulebook import RULEBOOKS, load

from khung.cli.exit_codes import ExitCode


@pytest.fixture
def shelf(tmp_path):
    shutil.copytree(RULEBOOKS / "lecturers", tmp_path / "lecturers")
    return tmp_path


def new(khung, shelf, unit, *more):
    how = ("--from", "lecturers", "--for", unit, "--rulebooks", str(shelf))
    return khung("new", "unit", *how, *more)


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_it_is_sound_and_says_for_whom_it_is(khung, shelf, lang):
    ran = new(khung, shelf, "department=maths-1", "--lang", lang)
    assert (ran.code, ran.err) == (ExitCode.DONE, "")
    assert str(shelf / "unit") in ran.out
    found, base = load(shelf / "unit").sound, load(shelf / "lecturers").sound
    (part,) = found.applies_to
    assert (part.subject.name, [one.name for one in part.ids]) == ("department", ["maths-1"])
    assert (found.period, found.subjects) == (base.period, base.subjects)


def test_what_may_be_replaced_is_named(khung, tmp_path):
    shutil.copytree(RULEBOOKS / "wards", tmp_path / "wards")
    how = ("--from", "wards", "--for", "hospital=west", "--rulebooks", str(tmp_path))
    khung("new", "unit", *how, "--lang", "en")
    lines = (tmp_path / "unit" / "rulebook.yaml").read_text("utf-8").splitlines()
    said = " ".join(line.lstrip("# ") for line in lines if line.startswith("#"))
    bounds = "parameters.share_excellent (at_most 50%), parameters.shifts (at_least 100)"
    places = "nurse.criteria.sets.basic, nurse.ladder.knockouts.warned"
    assert f"not only added to: {bounds}, {places}." in said


@pytest.mark.parametrize(
    ("unit", "code"), [("departmnt=one", "K0201"), ("department", "K0808"), ("=one", "K0808")]
)
def test_for_whom_nothing_is_made(khung, shelf, unit, code):
    ran = new(khung, shelf, unit)
    assert (ran.code, code in ran.err) == (ExitCode.USAGE, True)
    assert not (shelf / "unit").exists()


def test_over_what_it_does_not_say(khung):
    ran = khung("new", "case", "2021", "dang_vien", "--for", "to_chuc_dang=xa_b")
    assert (ran.code, "K0803" in ran.err, "--from" in ran.err) == (ExitCode.USAGE, True, True)
