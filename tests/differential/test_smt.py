"""The solver and the reference say the same of complete cases."""

from random import Random

import pytest
from tests.support.models import case_of, random_model, said_by_reference, said_by_solver
from tests.support.rulebook import RULEBOOKS
from tests.support.schemas import ROOT

from khung.driver import Shelf
from khung.smt.question import question

SHIPPED = ROOT / "rulebooks"
BOOKS = [
    *((RULEBOOKS, name) for name in ("apprentices", "climbers", "grants", "libraries", "wards")),
    (SHIPPED, "2021"),
]


@pytest.mark.parametrize(("folder", "name"), BOOKS, ids=[name for _, name in BOOKS])
def test_solver_and_reference_agree(folder, name):
    shelf, random, tried = Shelf(), Random(name), 0  # noqa: S311  # cases, not secrets
    program = shelf.ready(folder / name, {}).program
    for declared in program.subjects:
        if declared.ladder is None:
            continue
        asked = question(declared.name, (program,), follows=True)
        asked.finish()
        for _ in range(6):
            model = random_model(asked, random)
            text = case_of(asked, model) if model is not None else None
            if text is None:
                continue
            tried += 1
            expected = said_by_reference(text, declared.name, shelf, folder)
            assert said_by_solver(asked, model) == expected, text
    assert tried >= 6
