"""What comes of a check, whatever becomes of its subject."""

from __future__ import annotations

import pytest
from tests.support.evaluation import results_of
from tests.support.rulebook import MANIFEST, load_files

from khung.analysis.coverage import Coverage

SHARED = """\
scales: {rank: {values: {low: L, high: H}}}
readings:
  how: {question: Q, sources: X, options: {strict: {}, mild: {}}, chosen: strict}
"""
ITEM = """\
subject: item
facts:
  a: {type: boolean}
  b: {type: boolean}
  kept: {type: boolean, default: true}
  gone: {type: boolean, default: false}
  late: {type: boolean, default: false}
  good: {type: boolean}
not_ranked: {gone: {when: gone, source: X}}
pending: {late: {when: late, source: X}}
ladder:
  scale: rank
  levels:
    high: {require: {good: {that: good, source: X}}}
    low: {otherwise: true, source: X}
"""
ONE = "{c: {when: a, require: b, source: X}}"


@pytest.fixture
def results(tmp_path):
    """Evaluate one item with some checks."""

    def evaluate(checks, facts):
        files = {"rulebook": MANIFEST + SHARED, "item": f"{ITEM}checks: {checks}\n"}
        return results_of(load_files(tmp_path, **files).sound, f"{{item: {{i: {{{facts}}}}}}}")

    return evaluate


@pytest.fixture
def result(results):
    return lambda checks, facts: results(checks, facts).by_type["item"]["i"]


def states(result):
    return {found.name: found.state.value for found in result.checks}


@pytest.mark.parametrize(
    ("when", "require", "state"),
    [
        ("true", "true", "met"),
        ("true", "false", "violated"),
        ("true", "null", "unknown"),
        ("false", "true", "not_applicable"),
        ("false", "false", "not_applicable"),
        ("false", "null", "not_applicable"),
        ("null", "true", "met"),
        ("null", "false", "unknown"),
        ("null", "null", "unknown"),
    ],
)
def test_what_comes_of_what_is_known(result, when, require, state):
    assert states(result(ONE, f"good: true, a: {when}, b: {require}")) == {"c": state}


@pytest.mark.parametrize(
    "facts",
    [
        "good: true",
        "good: null",
        "gone: true",
        "late: true",
        "given: {level: low}",
        "given: {status: not_ranked}",
    ],
)
def test_no_status_keeps_a_check_from_running(result, facts):
    found = result(ONE, f"{facts}, a: true, b: false")
    assert states(found) == {"c": "violated"}
    assert [(f.rule.id, f.code) for f in found.findings if f.code is None] == [
        ("item.checks.c", None)
    ]


def test_a_check_changes_neither_the_level_nor_what_is_missing(result):
    with_check, without = (result(checks, "good: true, a: true") for checks in (ONE, "{}"))
    assert states(with_check) == {"c": "unknown"}
    for what in ("status", "level", "at_best", "at_worst", "reasons", "missing", "findings"):
        assert getattr(with_check, what) == getattr(without, what)


def test_an_open_level_asks_for_no_facts_of_a_check(result):
    assert result(ONE, "a: true").missing == ("item.i.good",)


@pytest.mark.parametrize("severity", ["error", "warning", "info"])
def test_a_finding_is_as_grave_as_its_check(result, severity):
    checks = f"{{c: {{require: b, severity: {severity}, source: X}}}}"
    assert [f.severity for f in result(checks, "good: true, b: false").findings] == [severity]


def test_a_check_that_says_nothing_of_it_is_an_error(result):
    assert [f.severity for f in result(ONE, "good: true, a: true, b: false").findings] == ["error"]


@pytest.mark.parametrize(
    ("facts", "state"), [("b: true", "met"), ("b: false", "met"), ("b: null", "violated")]
)
def test_a_check_may_ask_what_is_known(result, facts, state):
    checks = "{c: {when: is known(good), require: is known(b), source: X}}"
    assert states(result(checks, f"good: true, {facts}")) == {"c": state}


def test_a_check_may_take_a_value_for_what_is_not_known(result):
    checks = "{c: {require: 'default(b, false)', source: X}}"
    assert states(result(checks, "good: true")) == {"c": "violated"}


@pytest.mark.parametrize(("good", "state"), [("true", "met"), ("null", "unknown")])
def test_a_check_reads_the_final_level(result, good, state):
    checks = "{c: {when: ranked, require: rank = high, source: X}}"
    assert states(result(checks, f"good: {good}")) == {"c": state}


def test_a_check_reads_the_status(result):
    checks = '{c: {require: status = "ranked", source: X}}'
    assert states(result(checks, "good: null")) == {"c": "violated"}


def test_a_decided_check_rests_on_defaults_and_readings(result):
    checks = "{c: {require: 'if readings.how = strict then kept and b else not(b)', source: X}}"
    decided, undecided = (result(checks, f"good: true, b: {b}") for b in ("true", "null"))
    assert ("item.i.kept" in decided.assumed, decided.readings) == (True, ("how",))
    assert ("item.i.kept" in undecided.assumed, undecided.readings) == (False, ())


def lacking(results, *facts):
    """Return what coverage lacks of the check after items with such facts."""
    coverage = Coverage()
    for given in facts:
        coverage.add(results(ONE, given))
    both = (*coverage.rules.missing, *coverage.conditions.missing)
    return [name for name in both if "checks" in name]


@pytest.mark.parametrize("others", ["good: true", "given: {level: low}", "gone: true"])
def test_a_check_is_covered_where_it_was_decided(results, others):
    met, violated = f"{others}, a: true, b: true", f"{others}, a: true, b: false"
    passed, unknown = f"{others}, a: false, b: false", f"{others}, a: true"
    neither = ["item.checks.c", "item.checks.c = false", "item.checks.c = true"]
    assert lacking(results, passed, unknown) == neither
    assert lacking(results, met) == ["item.checks.c = false"]
    assert lacking(results, violated) == ["item.checks.c = true"]
    assert lacking(results, met, violated) == []


BOX = """\
subject: box
not_ranked: {out: {when: "false", source: X}}
ladder:
  scale: rank
  levels: {high: {require: {all: {that: "true", source: X}}}, low: {otherwise: true, source: X}}
checks: {c: {require: 'some i in items satisfies i.status = "ranked"', source: X}}
"""


@pytest.mark.parametrize(("complete", "state"), [("true", "violated"), ("[]", "unknown")])
def test_the_status_of_what_no_case_names_is_unknown(tmp_path, complete, state):
    item = ITEM.replace("facts:\n", "links: {box: {to: box, back: items}}\nfacts:\n")
    files = {"rulebook": MANIFEST + SHARED, "item": item, "box": BOX}
    subjects = "{box: {b: {}}}"
    found = results_of(load_files(tmp_path, **files).sound, subjects, complete)
    assert states(found.by_type["box"]["b"]) == {"c": state}
