"""Cases moved from one period to another."""

from datetime import date

import pytest

from khung.analysis.shift import moved_case, moved_data, moved_day
from khung.casefile.from_source import read_case
from khung.diagnostics.bag import Bag


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


def test_of_plain_data_the_dates_move_and_no_number_or_text(tmp_path):
    data = {"a": ["2021-05-01", 2021, "năm 2021-05-01 ấy"], "b": "2021-01-01..2021-02-01"}
    assert moved_data(data, 12) == {
        "a": ["2022-05-01", 2021, "năm 2021-05-01 ấy"],
        "b": "2022-01-01..2022-02-01",
    }


def test_all_dates_of_a_case_move_and_keep_their_places(tmp_path):
    path = tmp_path / "case.yaml"
    path.write_text(
        "rulebook: a\non: 2021-12-15\nsubjects:\n  x:\n    y:\n      day: 2021-06-30\n"
        "      trips: [{from: 2021-01-02, year: 2019}]\n"
        "      given: {level: good, on: 2021-12-01}\n",
        "utf-8",
    )
    case = moved_case(read_case(path, Bag()), -12)
    (written,) = case.subjects[0].entries
    day, trips = (entry.value for entry in written.facts)
    assert case.on == date(2020, 12, 15)
    assert day.text.text == day.value == "2020-06-30"
    assert day.span.text == "2021-06-30"
    assert trips.items[0].get("from").value == "2020-01-02"
    assert trips.items[0].get("year").value == 2019
    assert written.given.on == date(2020, 12, 1)
