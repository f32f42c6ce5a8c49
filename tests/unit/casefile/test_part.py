"""A rulebook for some of the subjects is not run on others."""

from __future__ import annotations

import shutil

import pytest
from tests.support.rulebook import RULEBOOKS

from khung.casefile.from_source import read_case
from khung.casefile.to_facts import build_case
from khung.diagnostics.bag import Bag
from khung.ir.from_rulebook import lower_rulebook
from khung.resources import data_dir
from khung.rulebook.from_source import load_rulebook


@pytest.fixture
def found(tmp_path):
    """Read subjects under the overlay of one department; return codes with what they underline."""
    shutil.copytree(RULEBOOKS, tmp_path / "rulebooks")

    def read(subjects):
        path = tmp_path / "case.yaml"
        path.write_text(f"rulebook: lecturers_law\non: 2025-06-30\nsubjects:\n{subjects}", "utf-8")
        bag = Bag()
        rulebook = load_rulebook(tmp_path / "rulebooks" / "lecturers_law", bag)
        assert rulebook is not None
        program = lower_rulebook(rulebook, {}, bag)
        case = read_case(path, bag)
        assert program is not None
        assert case is not None
        build_case(case, program, bag)
        return [(d.code, d.span.text if d.span else "") for d in bag.diagnostics]

    return read


def test_what_is_listed_and_what_leads_up_to_it(found):
    assert (
        found(
            "  department:\n    law: {kind: faculty, parent: '-', staff: 3}\n"
            "    civil: {kind: institute, parent: law, staff: 2}\n"
        )
        == []
    )


def test_others(found):
    assert found(
        "  department:\n    law: {kind: faculty, parent: '-', staff: 3}\n"
        "    art: {kind: faculty, parent: '-', staff: 3}\n"
        "    glass: {kind: institute, parent: art, staff: 2}\n"
        "    lost: {kind: institute, staff: 1}\n"
    ) == [("K0641", "art"), ("K0641", "glass"), ("K0641", "lost")]


def test_who_may_belong_to_what_is_listed_is_not_turned_away(found):
    assert (
        found(
            "  department:\n    art: {kind: faculty, parent: null, staff: 2}\n"
            "    glass: {kind: institute, parent: art, staff: 1}\n"
        )
        == []
    )


def test_the_shipped_example(tmp_path):
    path = tmp_path / "case.yaml"
    path.write_text(
        "rulebook: 2021-xa-a\non: 2021-12-15\nsubjects:\n  to_chuc_dang:\n"
        "    xa_a: {loai: dang_bo_co_so}\n    thon_1: {loai: chi_bo_truc_thuoc, cap_tren: xa_a}\n"
        "    xa_b: {loai: dang_bo_co_so}\n    thon_9: {loai: chi_bo_truc_thuoc, cap_tren: xa_b}\n",
        "utf-8",
    )
    bag = Bag()
    rulebook = load_rulebook(data_dir("rulebooks") / "2021-xa-a", bag)
    assert rulebook is not None
    program = lower_rulebook(rulebook, {}, bag)
    case = read_case(path, bag)
    assert program is not None
    assert case is not None
    build_case(case, program, bag)
    errors = [d for d in bag.diagnostics if d.code == "K0641"]
    assert [d.span.text for d in errors if d.span] == ["xa_b", "thon_9"]
