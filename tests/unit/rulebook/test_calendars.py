"""Calendars read from a manifest: their days, and each thing that can be wrong."""

from __future__ import annotations

from datetime import date

import pytest
from tests.support.rulebook import MANIFEST, load, load_files

from khung.diagnostics.codes import severity_of
from khung.diagnostics.model import Severity
from khung.ir.dates import working_days

SOUND = """\
calendars:
  office:
    label: {vi: V, en: E}
    from: 2021-04-26
    to: 2021-05-09
    weekend: [saturday, sunday]
    holidays: {2021-04-30: A, 2021-05-01: {vi: B, en: C}, 2021-05-03: D}
    working: {2021-05-08: E}
"""


def found(folder, text):
    return load_files(folder, rulebook=MANIFEST + text).found


def changed(old, new):
    assert SOUND.count(old) == 1
    return SOUND.replace(old, new)


def test_a_sound_one(tmp_path):
    (read,) = load_files(tmp_path, rulebook=MANIFEST + SOUND).sound.calendars
    assert (read.head.id, read.head.label.en) == ("office", "E")
    assert (read.first, read.last) == (date(2021, 4, 26), date(2021, 5, 9))
    assert read.weekend == {6, 7}
    assert [(d.day.day, d.label.vi) for d in read.holidays] == [(30, "A"), (1, "B"), (3, "D")]
    assert [d.day.isoformat() for d in read.working] == ["2021-05-08"]


def test_its_working_days(tmp_path):
    # 2021-04-26 is a Monday; the 30th and 3 May are off, Saturday 8 May is made up for
    (read,) = load_files(tmp_path, rulebook=MANIFEST + SOUND).sound.calendars
    held = working_days(read)
    assert [d.day for d in held.days] == [26, 27, 28, 29, 4, 5, 6, 7, 8]
    assert held.covers(date(2021, 4, 26))
    assert held.covers(date(2021, 5, 9))
    assert not held.covers(date(2021, 4, 25))
    assert not held.covers(date(2021, 5, 10))


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("to: 2021-05-09", "to: 2021-04-25", [("K0470", "2021-04-25")]),
        ("to: 2021-05-09", "to: 2021-04-26", None),
        ("from: 2021-04-26", "from: 1021-04-26", [("K0474", "2021-05-09")]),
        ("to: 2021-05-09", "to: 2021-02-30", [("K0125", "2021-02-30")]),
        ("2021-04-30: A", "2020-04-30: A", [("K0471", "2020-04-30")]),
        ("2021-05-08: E", "2021-05-15: E", [("K0471", "2021-05-15")]),
        ("2021-05-08: E", "2021-05-03: E", [("K0472", "2021-05-03")]),
        ("2021-05-08: E", "2021-05-07: E", [("K0473", "2021-05-07")]),
        ("2021-05-08: E", "2021-05-32: E", [("K0125", "2021-05-32")]),
        ("2021-05-08: E", "8/5/2021: E", [("K0125", "8/5/2021")]),
        ("2021-05-08: E", "2021-05-08: 5", [("K0123", "5")]),
        ("2021-05-03: D", "2021-05-01: D", [("K0130", "2021-05-01")]),
        ("[saturday, sunday]", "[saturday, sundy]", [("K0126", "sundy")]),
        ("[saturday, sunday]", "saturday", [("K0123", "saturday")]),
        ("weekend: [saturday, sunday]", "label_of: x", None),
        ("from: 2021-04-26\n    ", "", [("K0121", "label")]),
        ("office:", "every:", [("K0402", "every")]),
    ],
)
def test_what_can_be_wrong(tmp_path, old, new, wanted):
    said = found(tmp_path, changed(old, new))
    if wanted is None:
        assert said
    else:
        assert [code for code, _ in said] == [code for code, _ in wanted]
        assert all(text is None or (code, text) in said for code, text in wanted)


def test_a_word_for_a_day_gets_the_nearest(tmp_path):
    text = MANIFEST + changed("sunday]", "sundy]")
    (first,) = load_files(tmp_path, rulebook=text).diagnostics
    assert (first.help, first.args["near"]) == ("near", "sunday")


def test_a_day_off_and_on_names_both_places(tmp_path):
    text = MANIFEST + changed("2021-05-08: E", "2021-05-03: E")
    (one,) = load_files(tmp_path, rulebook=text).diagnostics
    assert [span.text for span in one.related] == ["2021-05-03"]


def test_all_mistakes_come_in_one_run(tmp_path):
    text = """\
calendars:
  a: {from: 2021-01-01, to: 2021-12-31, weekend: [x], holidays: {2020-01-01: A, y: B}, extra: 1}
  b: {from: 2021-12-31, to: 2021-01-01, weekend: []}
"""
    assert [code for code, _ in found(tmp_path, text)] == [
        *("K0126", "K0471", "K0125", "K0120", "K0470"),
    ]


def test_a_working_day_anyway_is_a_warning():
    assert severity_of("K0473") is Severity.WARNING


def test_a_holiday_on_a_weekend_and_no_weekend_at_all_are_fine(tmp_path):
    text = """\
calendars:
  a: {from: 2021-05-01, to: 2021-05-02, weekend: [saturday], holidays: {2021-05-01: A}}
  b: {from: 2021-05-01, to: 2021-05-01, weekend: []}
"""
    a, b = load_files(tmp_path, rulebook=MANIFEST + text).sound.calendars
    assert [d.day for d in working_days(a).days] == [2]
    assert [d.day for d in working_days(b).days] == [1]


NEXT = """\
khung: 1
id: next
title: Next
extends: {rulebook: base, as: successor}
period: {from: 2022-01-01, to: 2022-12-31}
document: D-1
carried: {calendars: {office: changed}}
calendars:
  office: {from: 2022-04-25, to: 2022-05-08HOLIDAYS}
"""


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ("", [("K0471", "to", "kept")]),
        (", holidays: {2022-04-30: A}", [("K0471", "to", "kept")]),  # a day made up for is left
        (", holidays: {2022-06-30: A}, working: {2022-05-07: E}", [("K0471", "2022-06-30", "")]),
    ],
)
def test_days_taken_over_with_another_period_are_told_once(tmp_path, more, wanted):
    for name, text in (("base", MANIFEST + SOUND), ("next", NEXT.replace("HOLIDAYS", more))):
        (tmp_path / name).mkdir()
        (tmp_path / name / "rulebook.yaml").write_text(text, "utf-8")
    told = load(tmp_path / "next").diagnostics
    assert [(d.code, d.span.text, d.help) for d in told] == wanted
