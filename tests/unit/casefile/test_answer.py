"""What is typed in answer to a question as a case writes it; mistakes are told as of a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.support.schemas import ROOT

from khung.casefile.answer import written
from khung.diagnostics.bag import Bag
from khung.driver import Shelf

if TYPE_CHECKING:
    from khung.ir.program import Program


@pytest.fixture(scope="module")
def program() -> Program:
    found = Shelf().ready(ROOT / "rulebooks" / "2021", {}).program
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "said", "as_written"),
    [
        ("la_cong_chuc", "có", "true"),
        ("la_cong_chuc", "no", "false"),
        ("so_chi_tieu", " 12 ", "12"),
        ("ngay_ket_nap", "19/5/2010", "2010-05-19"),
        ("xep_loai_cong_chuc", "Hoàn thành nhiệm vụ", "hoan_thanh"),
        ("xep_loai_cong_chuc", "hoan_thanh_tot", "hoan_thanh_tot"),
        ("xep_loai_cong_chuc", "2", "hoan_thanh"),
        ("criteria.tu_tuong", "Tốt", "tot"),
        ("chi_bo", "thon_1", "thon_1"),
        ("xep_loai_cong_chuc", "-", '"-"'),
        ("ky_luat", "0", "[]"),
        ("ky_luat", "không", "[]"),
    ],
)
def test_an_answer_is_written_as_a_case_writes_it(program, name, said, as_written):
    declared, bag = program.objects["dang_vien"], Bag()
    levels = program.values["muc"].values
    assert written(said, declared, name, program, bag, levels) == as_written
    assert not bag.diagnostics


@pytest.mark.parametrize(
    ("name", "said", "code"),
    [
        ("la_cong_chuc", "maybe", "K0680"),
        ("so_chi_tieu", "1.000", "K0680"),
        ("ngay_ket_nap", "31/2/2010", "K0680"),
        ("xep_loai_cong_chuc", "tuyet", "K0614"),
        ("xep_loai_cong_chuc", "9", "K0614"),
        ("so_chi_tieu", "chưa biết", "K0642"),
    ],
)
def test_what_is_wrong_with_an_answer_is_told_as_of_a_cell(program, name, said, code):
    declared, bag = program.objects["dang_vien"], Bag()
    assert written(said, declared, name, program, bag, program.values["muc"].values) is None
    assert [(d.code, d.span.text if d.span else "") for d in bag.diagnostics] == [(code, said)]


def test_ballots_are_levels_with_their_votes(program):
    declared = program.objects["dang_vien"]
    ballots = next(n for n, f in declared.facts.items() if type(f.ty).__name__ == "Ballots")
    said = "Hoàn thành nhiệm vụ: 3, hoan_thanh_tot = 10"
    found = written(said, declared, ballots, program, Bag())
    assert found == "{hoan_thanh: 3, hoan_thanh_tot: 10}"
    bag = Bag()
    assert written("hoan_thanh", declared, ballots, program, bag) is None
    assert [d.code for d in bag.diagnostics] == ["K0680"]


def test_records_are_counted_where_a_text_tells_them_apart(program):
    holder, fact = next(
        (declared, fact)
        for declared in program.subjects
        for fact in declared.facts.values()
        if fact.key
        and type(program.objects[fact.ty.element.name].facts[fact.key].ty).__name__ == "String"
    )
    found = written("2", holder, fact.name, program, Bag())
    assert found == f'[{{{fact.key}: "1"}}, {{{fact.key}: "2"}}]'
