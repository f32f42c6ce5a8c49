"""Checks as people read them: what is violated at length, the rest in a line each."""

from __future__ import annotations

import json

import pytest
from tests.support.evaluation import results_of
from tests.support.rulebook import MANIFEST, load_files
from tests.support.schemas import validator

from khung.report.encode import dumps
from khung.report.result.document import Manner, results_html, results_text
from khung.report.result.json import results_json

SCALE = "scales: {rank: {values: {low: L, high: H}}}\n"
ITEM = """\
subject: item
facts:
  sent: {type: date, label: {vi: Ngày gửi, en: Sent on}}
  met: {type: date, label: {vi: Ngày họp, en: Met on}}
  seen: {type: boolean, label: {vi: Đã xem, en: Seen}}
  told: {type: date, label: {vi: Ngày báo, en: Told on}}
  open: {type: boolean}
FACTS
ladder: {scale: rank, levels: {LEVELS}}
checks:
  early: {label: {vi: Gửi trước, en: Sent in time}, require: sent < met, source: S1}
  seen: {require: seen, severity: warning, source: S2}
  told:
    {label: {vi: Đã báo, en: All were told}, require: is known(told), severity: info, source: S3}
  fine: {label: {vi: Tốt, en: Fine}, require: seen or not(seen) or told = told, source: S4}
MORE"""
NAMES = [f"o{n}" for n in range(8)]
MORE = "".join(f"  {n}: {{label: Open {n}, require: open, source: S5}}\n" for n in NAMES)
TWO = "high: {require: {seen: {that: seen, source: S6}}}, low: {otherwise: true, source: S6}"
ONE = "low: {otherwise: true, source: S6}"


@pytest.fixture
def results(tmp_path):
    """Evaluate items."""

    def evaluate(items, levels=TWO, facts=""):
        item = ITEM.replace("LEVELS", levels).replace("MORE", MORE).replace("FACTS\n", facts)
        files = {"rulebook": MANIFEST + SCALE, "item": item}
        return results_of(load_files(tmp_path, **files).sound, f"{{item: {items}}}")

    return evaluate


ITEMS = "{i: {sent: 2021-12-13, met: 2021-12-10, seen: false}}"

VIETNAMESE = """\
  Kiểm tra thủ tục
    ! Chưa đúng quy định: Gửi trước
        Ngày gửi: 13/12/2021 (cần trước ngày 10/12/2021, tức Ngày họp)
        (S1)
    ! Cần xem lại, chưa đúng: Đã xem: không
        (S2)
    ! Để biết, chưa đúng: Đã báo
        Ngày báo: chưa biết
        (S3)
    • Đúng quy định: 1
    • Chưa kiểm tra được, vì thiếu thông tin: Open o0; Open o1; Open o2; Open o3; Open o4 và 3 việc
      khác
"""
ENGLISH = """\
  Checks of procedure
    ! Not in order: Sent in time
        Sent on: 2021-12-13 (must be before 2021-12-10, that is Met on)
        (S1)
    ! To be looked at, not in order: Seen: no
        (S2)
    ! For information, not in order: All were told
        Told on: unknown
        (S3)
    • In order: 1
    • Not checked, for want of facts: Open o0; Open o1; Open o2; Open o3; Open o4 and 3 more
"""


@pytest.mark.parametrize(("lang", "said"), [("vi", VIETNAMESE), ("en", ENGLISH)])
def test_what_is_said_of_checks(results, lang, said):
    text = results_text(results(ITEMS), lang, Manner(full=True))
    assert said in text.replace("D-1 ", "")


def test_a_page_says_the_same(results):
    page = results_html(results(ITEMS), "en", Manner(full=True))
    assert "Checks of procedure</h3>" in page
    assert '<li class="error">Not in order: Sent in time' in page


def test_checks_as_data(results):
    document = json.loads(dumps(results_json(results(ITEMS), "en")))
    assert not list(validator("result").iter_errors(document))
    found = document["results"]["item"]["i"]
    assert found["checks"] == {
        "early": "violated",
        "seen": "violated",
        "told": "violated",
        "fine": "met",
        **dict.fromkeys(NAMES, "unknown"),
    }
    assert found["unchecked"] == [f"item.checks.{name}" for name in NAMES]
    assert found["findings"][0] == {
        "rule": "item.checks.early",
        "severity": "error",
        "sources": ["D-1 S1"],
        "text": (
            "Not in order: Sent in time — "
            "Sent on: 2021-12-13 (must be before 2021-12-10, that is Met on)"
        ),
    }


def test_a_subject_with_one_level_is_told_for_its_checks(results):
    assert "! Not in order: Sent in time" in results_text(results(ITEMS, ONE), "en")


def test_a_subject_of_which_little_is_known_is_told_for_what_is_violated(results):
    names = [f"f{n}" for n in range(8)]
    facts = "".join(f"  {name}: {{type: boolean}}\n" for name in names)
    needs = f"high: {{require: {{all: {{that: {' and '.join(names)}, source: S6}}}}}}, {ONE}"
    known = "".join(f", {name}: true" for name in names)
    told = "told: 2021-01-01"
    items = f"{{i: {{seen: false, {told}}}, j: {{{told}}}, k: {{{told}{known}}}}}"
    text = results_text(results(items, needs, facts), "en")
    assert "! To be looked at, not in order: Seen: no" in text
    assert "item j: too little is known to rank, 8 facts or more are missing" in text
