"""Rulebooks are read once, and lowered once for each choice of readings."""

from __future__ import annotations

from pathlib import Path

from tests.support.schemas import ROOT

from khung.driver import Shelf
from khung.paths import nearby

FOLDER = ROOT / "rulebooks" / "2021"


def test_a_shelf_keeps_what_it_has_read():
    shelf = Shelf()
    first = shelf.ready(FOLDER, {})
    other = shelf.ready(FOLDER, {"lam_tron": "len"})
    assert shelf.ready(FOLDER, {}) is first
    assert other is not first
    assert other.loaded is first.loaded


def test_paths_are_said_from_where_one_is(monkeypatch):
    monkeypatch.chdir(ROOT)
    assert nearby(FOLDER) == Path("rulebooks/2021")
    assert nearby(Path("/")) == Path("/")
    assert nearby(ROOT) == ROOT


def test_an_invalid_rulebook_has_no_program(tmp_path):
    ready = Shelf().ready(tmp_path, {})
    assert ready.program is None
    assert [d.code for d in ready.diagnostics] == ["K0403"]
