"""Dates and calendars that a successor keeps, and that are of the time before."""

from __future__ import annotations

import pytest

from khung.analysis.checking import check
from khung.driver import Shelf

BASE = """\
khung: 1
id: base
title: Base
period: {from: 2024-01-01, to: 2024-12-31}
parameters:
  due: {value: '@"2024-12-20"'}
  law: {value: '@"2018-03-08"'}
  long: {value: '@"P1M"'}
  most: {value: 5}
calendars: {days: {from: 2023-12-01, to: 2024-12-31, weekend: [saturday]}}
"""
NEXT = """\
khung: 1
id: next
title: Next
extends: {rulebook: base, as: successor}
period: {from: 2025-01-01, to: 2025-12-31}
carried:
  parameters: {due: kept, law: kept, long: kept, most: kept}
  calendars: {days: kept}
"""
CHANGED = NEXT.replace("due: kept", "due: changed").replace("days: kept", "days: changed")
SUBJECT = """\
subject: one
facts:
  day: {type: date, source: a}
  size: {type: number, default: parameters.most, provisional: true, source: a}
definitions:
  late: {is: "day > max(parameters.due, parameters.law + parameters.long)", source: a}
  days: {is: "working days between(day, on, calendars.days)", source: a}
not_ranked: {r: {when: late and days > size, source: a}}
"""


def said(folder, text):
    for name, manifest in (("base", BASE), ("next", text)):
        (folder / name).mkdir()
        (folder / name / "rulebook.yaml").write_text(manifest, "utf-8")
    (folder / "base" / "one.yaml").write_text(SUBJECT, "utf-8")
    found = check(Shelf().ready(folder / "next", {})).diagnostics
    return [(d.code, d.span.text, d.help, d.span.file.name.rpartition("/")[0][-4:]) for d in found]


def test_what_is_kept_is_told_at_the_answer(tmp_path):
    assert said(tmp_path, NEXT) == [
        ("K0546", "due", "", "next"),
        ("K0547", "days", "", "next"),
    ]


@pytest.mark.parametrize(
    ("due", "last", "codes"),
    [
        ("2025-12-20", "2025-12-31", []),
        ("2025-01-01", "2026-01-31", []),
        ("2024-12-31", "2025-12-31", ["K0546"]),
        ("2026-01-15", "2025-12-31", []),  # files that are due after the year's end
        ("2026-12-20", "2025-12-30", ["K0546", "K0547"]),
    ],
)
def test_what_changes_is_told_where_it_does(due, last, codes, tmp_path):
    text = CHANGED + f"parameters: {{due: {{value: '@\"{due}\"'}}}}\n"
    text += f"calendars: {{days: {{from: 2025-01-01, to: {last}}}}}\n"
    found = said(tmp_path, text)
    assert [(code, advice) for code, _, advice, _ in found] == [(code, "changed") for code in codes]


def test_what_is_to_change_is_not_told_in_the_base(tmp_path):
    open_yet = CHANGED.replace("due: changed", "due: open")
    assert {code for code, *_ in said(tmp_path, open_yet)} == {"K0527", "K0529"}
