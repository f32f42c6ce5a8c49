"""The schemas as a second net below the decoders."""

from __future__ import annotations

import shutil

import pytest
from tests.support.schemas import NAMES, ROOT

from khung.analysis import checking
from khung.analysis.shelf import Shelf


@pytest.fixture
def book(tmp_path):
    shutil.copytree(ROOT / "rulebooks" / "2020", tmp_path / "2020")
    return tmp_path / "2020"


def test_a_sound_rulebook_fits_the_schemas(book):
    found = checking.check(Shelf().ready(book, {}))
    assert found.diagnostics == ()
    assert found.options > 0


def test_what_the_decoders_report_is_not_said_twice(book):
    path = book / "dang_vien.yaml"
    path.write_text(path.read_text("utf-8") + "captions: {}\n", "utf-8")
    found = checking.check(Shelf().ready(book, {}))
    assert len(found.diagnostics) == 1


def test_what_only_a_schema_refuses_is_said(book, monkeypatch):
    strict = checking.schema("clauses")
    strict["required"] = ["clauses", "owner"]
    own = checking.schema

    def stricter(name):
        return strict if name == "clauses" else own(name)

    monkeypatch.setattr(checking, "schema", stricter)
    found = checking.check(Shelf().ready(book, {}))
    assert [d.code for d in found.diagnostics] == ["K0121"]


def test_no_rulebook_no_clauses(tmp_path):
    found = checking.check(Shelf().ready(tmp_path, {}))
    assert found.clauses is None


def test_names_of_schemas():
    assert checking.schema_names() == NAMES
