"""Saying less of what is whole makes no result surer: a spread of cases; `make laws` tries all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.laws.forgetting import Cases, Found, case_files
from tests.laws.saying_less import saying, sayings, try_out

if TYPE_CHECKING:
    from khung.ir.program import Program

FILES = case_files()[7::20]
"""A case in so many; of each, one way of saying less is tried."""


@pytest.fixture(scope="module")
def cases() -> Cases:
    return Cases()


@pytest.mark.parametrize("number", range(len(FILES)), ids=lambda n: FILES[n].stem)
def test_less_is_whole(number: int, cases: Cases) -> None:
    found = Found()
    try_out(cases, FILES[number], found, number // 2)
    assert not found.faults


class _Type:
    def __init__(self, name: str) -> None:
        self.name = name


class _Program:
    subjects = (_Type("a"), _Type("b"))


@pytest.mark.parametrize(
    ("said", "less"),
    [
        ("", []),
        ("complete:\n", []),
        ("complete: true\n", ["", "[b]", "[a]"]),
        ("complete: [a]  # all\n", [""]),
        ("complete:\n  - a\n  - b.c.d\n", ["", "[b.c.d]", "[a]"]),
    ],
)
def test_what_may_be_said_instead(said: str, less: list[str]) -> None:
    program: Program = _Program()  # type: ignore[assignment]  # types alone are asked
    found = sayings(f"on: 2021-12-15\n{said}subjects: {{}}\n", program)
    assert found == less


def test_the_rest_of_a_case_stays() -> None:
    text = "on: 2021-12-15\ncomplete: [a,\n  b]\nsubjects: {}\n"
    assert saying(text, "") == "on: 2021-12-15\ncomplete: \nsubjects: {}\n"
