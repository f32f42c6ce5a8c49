"""No question is asked that cannot change the result, and each answer decides what was said."""

from __future__ import annotations

from random import Random

import pytest
from tests.engines.cases import random_case
from tests.engines.reference import as_text
from tests.engines.rulebooks import program_of, random_rulebook
from tests.laws.asking import Tally, try_out
from tests.support.schemas import ROOT

from khung.driver import Shelf

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
