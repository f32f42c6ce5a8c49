"""Cases moved from one period to another."""

from datetime import date

import pytest
from tests.support.rulebook import MANIFEST, load_files

from khung.analysis.diff.shift import moved_case, moved_day
from khung.casefile.from_source import read_case
from khung.diagnostics.bag import Bag
from khung.ir.from_rulebook import lower_rulebook

TRIPS = """\
records:
  trip:
    fields:
      from: {type: date}
      name: {type: string}
      year: {type: number, unit: calendar_year}
      years: {type: number, unit: year}
"""

X = """\
subject: x
facts:
  day: {type: date}
  days: {type: list of date}
  name: {type: string}
  trips: {type: list of trip}
"""

CASE = """\
rulebook: small
on: 2021-12-15
subjects:
  x:
    y:
      day: 2021-06-30
      days: [2021-01-31, 2021-02-28]
      name: 2021-06-30
      trips: [{from: 2021-01-02, name: 2021-01-02, year: 2019, years: 2019}]
      given: {level: good, on: 2021-12-01}
  unknown: {z: {day: 2021-06-30}}
"""


@pytest.mark.parametrize(
    ("day", "months", "moved"),
    [
        (date(2021, 12, 15), -12, date(2020, 12, 15)),
        (date(2020, 2, 29), 12, date(2021, 2, 28)),
        (date(2021, 1, 31), 1, date(2021, 2, 28)),
        (date(2021, 1, 15), -1, date(2020, 12, 15)),
    ],
)
def test_whole_months_up_to_the_end_of_the_month(day, months, moved):
    assert moved_day(day, months) == moved


@pytest.fixture
def moved(tmp_path):
    """Move the case by some months, and return it with the facts of its only subject."""
    rulebook = load_files(tmp_path, rulebook=MANIFEST + TRIPS, x=X).sound
    program = lower_rulebook(rulebook, {}, Bag())
    path = tmp_path / "case.yaml"
    path.write_text(CASE, "utf-8")

    def by(months):
        case = moved_case(read_case(path, Bag()), months, program)
        (written,) = case.subjects[0].entries
        return case, {entry.key: entry.value for entry in written.facts}

    return by


def test_what_is_declared_a_date_moves_and_keeps_its_place(moved):
    case, facts = moved(-12)
    assert case.on == date(2020, 12, 15)
    assert facts["day"].text.text == facts["day"].value == "2020-06-30"
    assert facts["day"].span.text == "2021-06-30"
    assert [item.value for item in facts["days"].items] == ["2020-01-31", "2020-02-28"]
    assert facts["trips"].items[0].get("from").value == "2020-01-02"
    assert case.subjects[0].entries[0].given.on == date(2020, 12, 1)


def test_a_text_that_looks_like_a_date_stays(moved):
    _, facts = moved(-12)
    assert facts["name"].value == "2021-06-30"
    assert facts["trips"].items[0].get("name").value == "2021-01-02"


def test_a_year_of_the_calendar_moves_and_a_number_of_years_stays(moved):
    trip = moved(-24)[1]["trips"].items[0]
    assert (trip.get("year").value, trip.get("year").text.text) == (2017, "2017")
    assert trip.get("years").value == 2019
    assert moved(6)[1]["trips"].items[0].get("year").value == 2019  # half a year is none


def test_of_a_subject_that_the_rulebook_has_not_nothing_moves(moved):
    case, _ = moved(-12)
    assert case.subjects[1].entries[0].facts[0].value.value == "2021-06-30"
