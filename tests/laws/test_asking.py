"""No question is asked that cannot change the result, and each answer decides what was said."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest
from tests.engines.cases import random_case
from tests.engines.reference import as_text
from tests.engines.rulebooks import program_of, random_rulebook
from tests.laws.asking import Tally, run, try_out
from tests.support.schemas import ROOT

from khung.analysis.ask.effects import Effects, Outcome
from khung.analysis.ask.questions import open_questions, open_results
from khung.driver import Shelf

if TYPE_CHECKING:
    from khung.analysis.ask.effects import Asked
    from khung.analysis.ask.values import Answer

SEEDS = (0, 13, 21, 46, 49, 55, 69, 70, 83, 89, 90, 116, 193, 201, 209, 216, 221)
"""Of rulebooks whose cases leave something open; the others ask little."""

CASES = (
    "dang_vien-033-tieu-chi-neu-co",
    "dang_vien-041-chua-co-xep-loai-cong-chuc",
    "dang_vien-110-con-thieu-du-kien",
    "tap_the-144-thanh-vien-ngoai-dang",
    "tap_the-301-chi-tieu-chu-yeu",
    "to_chuc_dang-028-bang-con-thieu-nguoi",
    "to_chuc_dang-300-chua-ghi-chi-bo-nao",
    "to_chuc_dang-302-ghi-2-tren-12",
)


@pytest.mark.parametrize("name", CASES)
def test_questions_about_shipped_cases_decide_what_they_say(name: str) -> None:
    program = Shelf().ready(ROOT / "rulebooks" / "2021", {}).program
    assert program is not None
    tally = Tally()
    try_out(program, (ROOT / f"cases/2021/{name}.yaml").read_text("utf-8"), tally)
    assert tally.faults == []
    assert sum(tally.questions.values()) >= 1


def found_in(text: str) -> list[tuple[str, str, list[Outcome]]]:
    """Return the questions about each subject of a case, with what comes of their answers."""
    program = Shelf().ready(ROOT / "rulebooks" / "2021", {}).program
    assert program is not None
    ran = run(program, text)
    assert ran is not None
    case_file, results = ran
    return [
        (result.entity.path, one.asked.path, [tried.outcome for tried in one.tried])
        for result in open_results(results)
        for one in open_questions(results, case_file, result).questions
    ]


CELL = """\
case: Một chi bộ
rulebook: "2021"
on: 2021-12-15
complete: true
subjects:
  to_chuc_dang:
    xa: {loai: dang_bo_co_so, so_uy_vien: 11, given: {level: hoan_thanh_tot}}
    thon: {loai: chi_bo_truc_thuoc, cap_tren: xa, given: {level: hoan_thanh_tot}}
  dang_vien:
""" + "".join(
    f"    dv_{n}: {{chi_bo: thon, ngay_ket_nap: 2010-05-19, la_cong_chuc: {said},"
    " duoc_cong_nhan_tieu_bieu: true, so_chi_tieu: 10, so_chi_tieu_hoan_thanh: 10, criteria:"
    " {tu_tuong: xuat_sac, dao_duc: tot, ky_luat_to_chuc: tot, tac_phong: tot,"
    " chuc_trach: xuat_sac, chi_tieu: xuat_sac, cam_ket: tot, khac_phuc: tot}}\n"
    for n, said in enumerate(["null", "null", *["false"] * 8])
)
"""Ten who may be among the best, of whom one in five can be."""


@pytest.mark.parametrize(
    "name", ["dang_vien-110-con-thieu-du-kien", "to_chuc_dang-302-ghi-2-tren-12", ""]
)
def test_what_is_seen_with_others_as_they_are_is_what_is_seen_of_the_whole(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (ROOT / f"cases/2021/{name}.yaml").read_text("utf-8") if name else CELL
    quick, outcome = found_in(text), Effects.outcome

    def whole(own: Effects, answers: dict[Asked, Answer], **_: bool) -> Outcome | None:
        return outcome(own, answers)

    monkeypatch.setattr(Effects, "outcome", whole)
    assert found_in(text) == quick
    assert len(quick) >= 1


def test_questions_under_random_rulebooks_decide_what_they_say() -> None:
    tally = Tally()
    for seed in SEEDS:
        program, _ = program_of(random_rulebook(seed))
        rng = Random(seed)  # noqa: S311  # no secret
        for _ in range(2 if program is not None else 0):
            assert program is not None
            case = random_case(rng, program, 4)
            if not case.bare:
                try_out(program, as_text(case, program.rulebook), tally, most=2)
    assert tally.faults == []
    assert tally.questions["alone"] >= 20
    assert tally.questions["together"] >= 5
