"""Answers of tables as people read them, and the checks of a whole case at a glance."""

from __future__ import annotations

import pytest
from tests.support.evaluation import results_of
from tests.support.rulebook import MANIFEST, load_files

from khung.report.result.document import Manner, results_html, results_text

DECLARED = """\
scales: {rank: {values: {low: L, high: H}}}
enumerations:
  body: {label: {vi: Nơi, en: Body}, values: {board: Board, staff: Staff}}
  task: {label: {vi: Việc, en: Task}, values: {ask: Asking, decide: Deciding}}
"""
ITEM = """\
subject: item
facts:
  big: {type: boolean, label: {vi: Lớn, en: It is big}}
  old: {type: boolean, label: {vi: Cũ, en: It is old}}
ladder: {scale: rank, levels: {low: {otherwise: true, source: S1}}}
tables:
  who:
    hit: collect
    inputs: {big: big, old: old}
    outputs: {task: task, body: body}
    rows:
      a: {if: {big: true}, then: {task: decide, body: board}, source: S2}
      b: {if: {big: true, old: true}, then: {task: decide, body: board}, source: S3}
      c: {if: {old: true}, then: {task: ask, body: staff}, source: S4}
  both:
    hit: unique
    inputs: {big: big}
    outputs: {asks: {type: body, label: {vi: Hỏi ý kiến, en: Asked}}, decides: body}
    rows:
      yes: {if: {big: true}, then: {asks: staff, decides: board}, source: S5}
      no: {if: {big: false}, then: {asks: staff, decides: staff}, source: S6}
checks:
  old: {label: {vi: Phải cũ, en: Must be old}, require: old, source: S7}
"""


@pytest.fixture
def results(tmp_path):
    """Evaluate items."""

    def evaluate(items):
        files = {"rulebook": MANIFEST + DECLARED, "item": ITEM}
        return results_of(load_files(tmp_path, **files).sound, f"{{item: {items}}}")

    return evaluate


FULL = Manner(full=True)


def said(results):
    """Return the text without indents and the name of the document."""
    text = results_text(results, "en", FULL).replace("D-1 ", "")
    return [line.strip() for line in text.splitlines()]


def test_rows_with_the_same_answer_are_one(results):
    found = said(results("{i: {big: true, old: true}}"))
    start = found.index("• who:")
    assert found[start + 1 : start + 3] == ["- Deciding – Board (S2, S3)", "- Asking – Staff (S4)"]


def test_what_is_only_possible_comes_last_and_once(results):
    found = said(results("{i: {big: true}}"))
    start = found.index("• who:")
    assert found[start + 1 : start + 3] == [
        "- Deciding – Board (S2)",
        "- perhaps also: Asking – Staff",
    ]


def test_a_list_of_which_nothing_is_sure_names_what_is_unknown(results):
    assert "• who: open, hangs on: It is big, It is old" in said(results("{i: {}}"))


def test_outputs_of_one_enumeration_are_told_apart_by_their_labels_or_names(results):
    assert "• both: Asked: Staff; decides: Board (S5)" in said(results("{i: {big: true}}"))


def test_of_a_subject_with_a_given_level_open_answers_and_checks_are_not_listed(results):
    found = said(results("{i: {given: {level: low}}}"))
    assert not [line for line in found if line.startswith(("• who", "• both"))]
    assert "• Not checked, for want of facts: 1" in found


def test_violated_checks_are_counted_for_the_whole_case(results):
    found = results("{i: {old: false}, j: {old: false}, k: {big: true}, l: {old: true}}")
    start = said(found).index("Not in order: 2")
    assert said(found)[start + 1] == "! Must be old: i and j"
    assert "<caption>Not in order: 2</caption>" in results_html(found, "en")
    assert "<td>i and j</td>" in results_html(found, "en")
    assert "Checks of procedure not made, for want of facts: 1." in results_text(found, "en")


def test_a_case_of_one_subject_needs_no_count(results):
    found = said(results("{i: {old: false}}"))
    assert not [line for line in found if line.startswith("Not in order:")]
