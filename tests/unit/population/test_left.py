"""What SQL has no form for is named, with all of a shipped rulebook being nothing."""

from __future__ import annotations

import pytest
from tests.engines.rulebooks import program_of

from khung.driver import Shelf
from khung.population.run import compiled, left_by
from khung.resources import data_dir
from khung.sql.ends import UnsupportedError
from khung.sql.profile import Profile

RULEBOOK = """
khung: 1
id: made
title: Made up
period: {from: 2021-01-01, to: 2021-12-31}
scales: {lv: {values: {low: Low, high: High}}}
subjects:
  member:
    facts: {id: {type: number}}
    ladder: {scale: lv, levels: {high: {require: {r0: {that: id > 3}}}, low: {otherwise: true}}}
"""


@pytest.mark.parametrize("year", ["2020", "2021"])
def test_a_shipped_rulebook_compiles_without_a_remainder(year: str) -> None:
    ready = Shelf().ready(data_dir("rulebooks") / year, {})
    assert ready.program is not None
    assert left_by(ready.program) == {}


def test_a_subject_that_states_an_id_of_its_own_is_left() -> None:
    program, _ = program_of(RULEBOOK)
    assert program is not None
    with pytest.raises(UnsupportedError, match="an id of its own"):
        compiled(program, Profile())
