"""Knowing less makes no result surer: a spread of what cases state; `make laws` tries all."""

from __future__ import annotations

import pytest
from tests.laws.forgetting import Cases, Found, case_files, forgotten, places, try_out

FILES = case_files()[3::20]
"""A case in so many; of each, one thing that it states is forgotten."""


@pytest.fixture(scope="module")
def cases() -> Cases:
    return Cases()


@pytest.mark.parametrize("number", range(len(FILES)), ids=lambda n: FILES[n].stem)
def test_one_thing_forgotten(number: int, cases: Cases) -> None:
    found = Found()
    try_out(cases, FILES[number], found, number * 7)
    assert found.tries == 1
    assert not found.faults


CASE = """\
subjects:
  unit:
    a: {size: 3, marks: [1, 2], people: [{key: x, age: 4}], repeat: 2}
    b:
      like: a
      criteria: {care: good}
      given: {level: high}
      notes:
        - {key: y, day: 2021-01-01}
      last: "-"
"""


def test_places_are_those_of_facts_of_records_and_of_criteria() -> None:
    found = places(CASE, frozenset({"key"}))
    a, b = "subjects.unit.a", "subjects.unit.b"
    assert [str(place) for place in found] == [
        f"{a}.size",
        f"{a}.marks",
        f"{a}.marks.end",
        f"{a}.people",
        f"{a}.people.end",
        f"{a}.people.1.age",
        f"{b}.criteria.care",
        f"{b}.notes",
        f"{b}.notes.end",
        f"{b}.notes.1.day",
        f"{b}.last",
    ]
    ends = [CASE[place.start : place.end].strip() for place in found]
    assert ends[6:] == ["good", "- {key: y, day: 2021-01-01}", "", "2021-01-01", '"-"']


@pytest.mark.parametrize(
    ("name", "cut"),
    [
        ("a.marks", "marks: [1, 2, null], people"),
        ("a.people", "people: [{key: x, age: 4}, null], repeat"),
        ("b.notes", "notes:\n        - {key: y, day: 2021-01-01}\n        - null\n      last"),
    ],
)
def test_the_end_of_a_list_may_be_forgotten(name: str, cut: str) -> None:
    (place,) = (one for one in places(CASE) if str(one) == f"subjects.unit.{name}.end")
    assert cut in forgotten(CASE, place)
