"""Tables of cases as views of a database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from tests.engines.cases import CasePlain
from tests.engines.harness import frames_of
from tests.engines.rulebooks import program_of

from khung.population.sources import source_of
from khung.sql.ends import UnsupportedError

if TYPE_CHECKING:
    from khung.ir.program import Program

RULEBOOK = """
khung: 1
id: made
title: Made up
period: {from: 2021-01-01, to: 2021-12-31}
scales: {lv: {values: {l0: low, l1: high}}}
subjects:
  unit:
    facts: {a: {type: number}, b: {type: number}}
    ladder: {scale: lv, levels: {l1: {require: {r: {that: a > b}}}, l0: {otherwise: true}}}
"""


@pytest.fixture(scope="module")
def program() -> Program:
    found, bag = program_of(RULEBOOK)
    assert found is not None, bag
    return found


def columns(program: Program, *values: tuple[str, str]) -> list[tuple[str, Decimal, Decimal]]:
    cases = {
        at: frames_of(
            program,
            CasePlain(
                date(2021, 12, 15),
                True,
                {"unit": {"u": {"a": Decimal(a), "b": Decimal(b)}}},
                False,
            ),
        )
        for at, (a, b) in enumerate(values)
    }
    source = source_of(program, cases)
    text = 'SELECT typeof(CASE WHEN cs = 0 THEN a ELSE b END), a, b FROM "in.unit" ORDER BY cs'
    return source.all(text)


def test_no_decimals_are_lost_between_columns_and_cases(program: Program) -> None:
    found = columns(program, ("0.25", "0.5"), ("1.5", "12.125"), ("3", "0.0001"))
    expected = [("0.25", "0.5"), ("1.5", "12.125"), ("3", "0.0001")]
    assert [row[1:] for row in found] == [(Decimal(a), Decimal(b)) for a, b in expected]
    assert all(row[0].endswith(",4)") for row in found)


def test_numbers_of_very_many_digits_are_left_to_the_reference(program: Program) -> None:
    with pytest.raises(UnsupportedError, match="digits"):
        columns(program, ("0.5", "1234567890123456789012.5"))
