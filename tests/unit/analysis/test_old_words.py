"""Texts taken over that name a year of the time before."""

from __future__ import annotations

import pytest

from khung.analysis.checking import check
from khung.driver import Shelf

BASE = """\
khung: 1
id: base
title: Base 2024
period: {from: 2024-01-01, to: 2024-12-31}
document: D
documents: {D: {label: Of 2024}}
scales: {mark: {values: {low: {vi: Thấp, en: Low in 2024}, high: High}}}
readings: {how: {question: As in 2023?, options: {as: {because: In 2022}, other: {}}, chosen: as}}
"""
CLAUSES = "clauses: {a/1: {summary: Before 20/12/2024}, a/2: {summary: 12024 or 20245}}\n"
SHOP = """\
subject: shop
facts:
  old: {type: boolean, label: As of 2024, source: a/1}
  new: {type: boolean, label: As of 2025, source: a/2}
  any: {type: boolean, label: As ever, source: a/2}
"""
NEXT = """\
khung: 1
id: next
title: Next
extends: {rulebook: base, as: successor}
period: {from: 2025-01-01, to: 2025-12-31}
document: D
carried: {readings: {how: kept}}
"""


@pytest.fixture
def words(tmp_path):
    def found(shop=""):
        own = {"rulebook": NEXT} | ({"shop": f"subject: shop\n{shop}"} if shop else {})
        base = {"rulebook": BASE, "shop": SHOP, "clauses": CLAUSES}
        for name, files in (("base", base), ("next", own)):
            (tmp_path / name).mkdir()
            for file, text in files.items():
                (tmp_path / name / f"{file}.yaml").write_text(text, "utf-8")
        return check(Shelf().ready(tmp_path / "next", {})).old_words

    return found


def test_what_is_taken_over_and_names_a_past_year(words):
    assert words() == (
        "scales.mark.values.low",
        "readings.how",
        "shop.facts.old",
        "clauses.a/1",
    )


def test_what_is_said_anew_is_not_asked_for(words):
    assert "shop.facts.old" not in words("facts: {old: {label: Still as of 2024}}")
