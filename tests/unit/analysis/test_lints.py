"""Readings and values that change nothing, and options that break a rulebook."""

from __future__ import annotations

import pytest
from tests.support.rulebook import MANIFEST, load_files

from khung.analysis.lints import lint, try_options
from khung.diagnostics.bag import Bag

READING = (
    MANIFEST
    + """\
readings:
  how:
    question: How?
    options: {one: {}, two: {}, three: {}}
    chosen: one
"""
)


def rulebook(tmp_path, condition):
    subject = "subject: firm\nfacts: {a: {type: boolean}, b: {type: number, applies_when: a}}\n"
    other = "u: {when: a and b > 0, source: X}"
    subject += f"not_ranked: {{r: {{when: {condition!r}, source: X}}, {other}}}\n"
    found = load_files(tmp_path, rulebook=READING, firm=subject).rulebook
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("a", [("K0702", "how")]),
        ("readings.how = one", [("K0703", "three")]),
        ("readings.how != three", [("K0703", "two")]),
        ("readings.how = one or two = readings.how", []),
        ("readings.how in (one, three)", []),
        ("a and (if readings.how = two then a else false)", [("K0703", "three")]),
    ],
)
def test_readings_and_options_without_effect(tmp_path, condition, said):
    bag = Bag()
    lint(rulebook(tmp_path, condition), bag)
    assert [(d.code, d.args["name"]) for d in bag.diagnostics] == said


VALUES = (
    MANIFEST
    + """\
parameters: {most: {value: 3}, twice: {value: 2 * parameters.most}}
calendars: {office: {from: 2021-01-01, to: 2021-12-31, weekend: [sunday]}}
"""
)


@pytest.mark.parametrize(
    ("condition", "idle"),
    [
        ("true", ["twice", "office"]),
        ("months > parameters.most", ["twice", "office"]),
        ("months > parameters.twice", ["office"]),
        ("working days between(on, on, calendars.office) > parameters.twice", []),
        ("most > twice", ["twice", "office"]),
    ],
)
def test_values_that_no_rule_reads(tmp_path, condition, idle):
    subject = "subject: firm\nfacts: {months: {type: number}, most: {type: number}}\n"
    other = "u: {when: months > most, source: X}"
    subject += f"not_ranked: {{r: {{when: {condition!r}, source: X}}, {other}}}\n"
    found = load_files(tmp_path, rulebook=VALUES, firm=subject).sound
    bag = Bag()
    lint(found, bag)
    assert [(d.code, d.args["name"]) for d in bag.diagnostics] == [("K0705", n) for n in idle]


def test_options_are_tried(tmp_path):
    bag = Bag()
    assert try_options(rulebook(tmp_path, "a and readings.how = one"), bag) == 2
    assert bag.diagnostics == ()


def test_an_option_that_breaks_a_rule_is_named(tmp_path):
    bag = Bag()
    try_options(rulebook(tmp_path, "(if readings.how = two then true else a) and b > 3"), bag)
    assert [(d.code, d.args["name"]) for d in bag.diagnostics] == [("K0704", "two")]


READ = """\
subject: firm
links: {part_of: {to: firm, back: parts, optional: true, complete: part_count}}
facts:
  part_count: {type: number}
  visit_count: {type: number}
  visits: {type: list of visit, key: day, complete: visit_count}
  spare: {type: number}
definitions:
  told: {is: 3, output: true}
  busy: {is: count(visits) > 3 and count(parts) > 1}
  twice: {is: 2 * spare}
not_ranked: {r: {when: busy, source: X}}
"""


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ("{day: {type: date}, length: {type: number}}", ["twice", "length"]),
        ("{day: {type: date}}", ["twice"]),
    ],
)
def test_facts_and_definitions_that_nothing_reads(tmp_path, record, said):
    manifest = f"{MANIFEST}records: {{visit: {{fields: {record}}}}}\n"
    loaded = load_files(tmp_path, rulebook=manifest, firm=READ).rulebook
    bag = Bag()
    lint(loaded, bag)
    assert [(d.code, d.args["name"]) for d in bag.diagnostics] == [("K0726", n) for n in said]
