"""Dates of a case that a calendar does not reach."""

from __future__ import annotations

import re

import pytest
from tests.support.rulebook import MANIFEST
from tests.unit.casefile.conftest import evaluated, with_head, with_small

from khung.diagnostics.codes import page
from khung.locale import languages

SHARED = """
calendars:
  lich: {from: 2021-01-01, to: 2021-12-31, weekend: [saturday, sunday]}
  ngan: {from: 2021-06-01, to: 2021-06-30, weekend: []}
records:
  cuoc_hop: {fields: {ma: {type: string}, ngay: {type: date}, ghi: {type: date}}}
"""
SUBJECT = """
subject: to_chuc_dang
links: {cap_tren: {to: to_chuc_dang, back: cap_duoi, optional: true}}
facts:
  ngay_gui: {type: date}
  ngay_hop: {type: date}
  ngay_ky: {type: date}
  ngay_nhan: {type: date}
  ngay_lap: {type: date}
  cuoc_hop: {type: list of cuoc_hop, key: ma, default: []}
definitions:
  so_ngay: {is: "working days between(ngay_gui, ngay_hop, calendars.lich)"}
  han: {is: "add working days(ngay_ky, 3, calendars.ngan)"}
  ca_hai: {is: "working days between(ngay_ky, max([ngay_lap]), calendars.lich)"}
  cap_tren_nhan:
    is: "working days between(cap_tren.ngay_nhan, period.to, calendars.lich)"
    applies_when: has(cap_tren)
  dung_han:
    is: count c in cuoc_hop satisfies working days between(c.ngay, on, calendars.lich) > 0
"""


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    files = {"rulebook": MANIFEST + SHARED, "unit": SUBJECT}
    return with_small(tmp_path_factory.mktemp("books"), files)


@pytest.fixture
def case(books, shelf, tmp_path):
    """Evaluate a case of one subject, or a whole case."""

    def run(text):
        whole = text if "subjects:" in text else f"subjects: {{to_chuc_dang: {{a: {text}}}}}\n"
        return evaluated(tmp_path / "a.yaml", with_head(whole), books, shelf)

    return run


@pytest.mark.parametrize(
    ("text", "reported"),
    [
        ("{ngay_gui: 2021-01-01, ngay_hop: 2021-12-31}", []),
        ("{ngay_gui: 2020-12-31}", ["2020-12-31"]),
        ("{ngay_gui: 2021-12-30, ngay_hop: 2022-01-06}", ["2022-01-06"]),
        ("{ngay_gui: 2020-12-31, ngay_hop: 2022-01-06}", ["2020-12-31", "2022-01-06"]),
        ("{ngay_gui: null, ngay_hop: null}", []),
        ("{ngay_lap: 2020-12-31}", []),
        ("{ngay_ky: 2021-05-31}", ["2021-05-31"]),
        ("{ngay_ky: 2020-05-31}", ["2020-05-31", "2020-05-31"]),
        ("{ngay_nhan: 2020-05-31}", ["2020-05-31"]),
        ("{cuoc_hop: [{ma: x, ngay: 2020-01-02, ghi: 2020-01-03}]}", ["2020-01-02"]),
        ("{cuoc_hop: [{ma: x, ngay: 2021-01-02}]}", []),
    ],
)
def test_each_date_that_is_counted(text, reported, case):
    found = case(text)
    assert found.reported == [("K0640", day) for day in reported]
    assert found.case is not None


def test_a_date_taken_over_is_told_of_once(case):
    found = case("subjects: {to_chuc_dang: {a: {ngay_gui: 2020-01-01}, b: {like: a}}}\n")
    assert found.reported == [("K0640", "2020-01-01")]


def test_it_says_which_calendar_and_its_ends(case):
    (said,) = case("{ngay_ky: 2021-07-01}").diagnostics
    assert said.args == {
        "name": "ngay_ky",
        "day": "2021-07-01",
        "calendar": "ngan",
        "first": "2021-06-01",
        "last": "2021-06-30",
    }


@pytest.mark.parametrize("lang", languages)
def test_the_example_of_the_page(lang, case):
    wrong, right = re.findall(r"```yaml\n(.*?)\n```", page("K0640").said[lang].body, re.S)
    assert [code for code, _ in case(wrong + "\n").reported] == ["K0640"]
    assert case(right + "\n").reported == []
