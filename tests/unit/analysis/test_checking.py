"""All that is said of a rulebook before it runs."""

from __future__ import annotations

import shutil

import pytest
from tests.support.rulebook import load_files
from tests.support.schemas import ROOT

from khung.analysis import checking
from khung.driver import Shelf


@pytest.fixture
def book(tmp_path):
    shutil.copytree(ROOT / "rulebooks" / "2020", tmp_path / "2020")
    return tmp_path / "2020"


def test_of_a_sound_rulebook_nothing_is_said(book):
    found = checking.check(Shelf().ready(book, {}))
    assert found.diagnostics == ()
    assert found.options > 0


def test_one_mistake_is_said_once(book):
    path = book / "dang_vien.yaml"
    path.write_text(path.read_text("utf-8") + "captions: {}\n", "utf-8")
    found = checking.check(Shelf().ready(book, {}))
    assert len(found.diagnostics) == 1


def test_no_rulebook_no_clauses(tmp_path):
    found = checking.check(Shelf().ready(tmp_path, {}))
    assert found.clauses is None


CLAUSES = """\
clauses:
  a/1: {summary: One, parts: [x, y, z]}
  a/2: {summary: Two}
  a/3: {summary: Three, kind: guidance, because: So}
  a/4: {summary: Four}
"""
CITES = "subject: s\nfacts: {n: {type: number, source: [a/4, a/1#y]}}\n"
CITES += "not_ranked: {r: {when: n > 3, source: a/4}}\n"


def test_a_clause_that_nothing_accounts_for_is_shown(tmp_path):
    load_files(tmp_path, s=CITES, clauses=CLAUSES)
    found = checking.check(Shelf().ready(tmp_path, {})).diagnostics
    assert [(d.code, d.span.text, d.args["missing"]) for d in found] == [
        ("K0506", "a/1", ("a/1#x", "a/1#z")),
        ("K0506", "a/2", ("a/2",)),
    ]


def test_where_an_entry_is_broken_nothing_is_said_of_what_it_cites(tmp_path):
    load_files(tmp_path, s=CITES.replace("number", "nmber"), clauses=CLAUSES)
    found = checking.check(Shelf().ready(tmp_path, {})).diagnostics
    assert [d.code for d in found] == ["K0201"]
