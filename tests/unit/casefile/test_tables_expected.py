"""What a case expects of tables: the names in it, and how it is compared with what was found."""

from __future__ import annotations

import pytest
from tests.support.rulebook import RULEBOOKS, load

from khung.casefile.compare import compare
from khung.casefile.from_source import case_of
from khung.casefile.to_facts import build_case
from khung.diagnostics.bag import Bag
from khung.ir.from_rulebook import lower_rulebook
from khung.source.from_text import parse_yaml
from khung.text import SourceFile
from khung.why.result import evaluate_case

CASE = """
case: c
rulebook: suppliers
on: 2025-11-30
subjects:
  supplier:
    s:
      certified: true
      deliveries: [{on_time: true, value: 1000, defects: 0.01}]
      criteria: {finish: 40, papers: 10, answers: 0}
expect:
  supplier: {s: {outputs: OUTPUTS}}
"""


def expected(outputs):
    """Return what is reported of a case, and how its results differ from what it expects."""
    bag = Bag()
    node = parse_yaml(SourceFile("c.yaml", CASE.replace("OUTPUTS", outputs)), bag)
    program = lower_rulebook(load(RULEBOOKS / "suppliers").sound, {}, Bag())
    case_file = case_of(node, bag)
    case = build_case(case_file, program, bag)
    reported = [(d.code, d.span.text) for d in bag.diagnostics]
    if case is None:
        return reported, []
    found = compare(case_file, evaluate_case(program, case))
    return reported, [(d.what, d.expected, d.actual) for d in found]


@pytest.mark.parametrize(
    "outputs",
    [
        "{audit: {months: 12, on_site: true}}",
        "{approval: [{by: buyer}, {by: head}], payment: {days: 60}}",
    ],
)
def test_what_is_met(outputs):
    assert expected(outputs) == ([], [])


@pytest.mark.parametrize(
    ("outputs", "what", "actual"),
    [
        ("{audit: {months: 11, on_site: true}}", "outputs.audit", {"months": 12, "on_site": True}),
        ("{audit: {months: 12}}", "outputs.audit", {"months": 12, "on_site": True}),
        ("{audit: null}", "outputs.audit", {"months": 12, "on_site": True}),
        ("{approval: [{by: head}]}", "outputs.approval", [{"by": "buyer"}, {"by": "head"}]),
        ("{approval: []}", "outputs.approval", [{"by": "buyer"}, {"by": "head"}]),
    ],
)
def test_what_is_not_met(outputs, what, actual):
    reported, ((name, _, found),) = expected(outputs)
    assert (reported, name, found) == ([], what, actual)


@pytest.mark.parametrize(
    ("outputs", "named"),
    [
        ("{audti: null}", "audti"),
        ("{audit: {month: 12}}", "audit"),
        ("{approval: [{by: buyer}, {who: head}]}", "approval"),
    ],
)
def test_a_name_that_a_table_has_not(outputs, named):
    assert expected(outputs)[0] == [("K0201", named)]
