"""Looking one thing up, while next year's rulebook is not finished."""

from __future__ import annotations

import shutil

import pytest
from tests.support.schemas import ROOT

from khung.cli.exit_codes import ExitCode


@pytest.fixture
def books(khung, tmp_path):
    """Return a folder of rulebooks in which that of the last year has its questions open."""
    for name in ("2020", "2021"):
        shutil.copytree(ROOT / "rulebooks" / name, tmp_path / name)
    ran = khung("new", "2022", "--from", "2021", "--rulebooks", str(tmp_path))
    assert ran.code == ExitCode.DONE
    return tmp_path


def test_what_is_finished_is_looked_up(khung, books):
    ran = khung("explain", "II.B.6/8", "--rulebooks", str(books))
    assert (ran.code, ran.err) == (ExitCode.DONE, "")
    assert ran.out.splitlines()[0].endswith("2021")


def test_what_is_named_is_looked_up_or_its_mistakes_are_told(khung, books):
    ran = khung("explain", "II.B.6/8", "--rulebook", "2022", "--rulebooks", str(books))
    assert ran.code == ExitCode.INVALID
    assert "K0538" in ran.err


def test_mistakes_of_the_only_one_are_told(khung, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "rulebook.yaml").write_text("khung: 1\nid: mine\n", "utf-8")
    ran = khung("explain", "something", "--rulebooks", str(tmp_path))
    assert ran.code == ExitCode.INVALID
    assert "rulebook.yaml" in ran.err


def test_show_tells_who_asks_for_one_thing_where_it_is(khung):
    ran = khung("show", "2021", "dang_vien")
    assert ran.code == ExitCode.USAGE
    assert "khung explain" in ran.err
