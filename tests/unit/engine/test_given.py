"""A decision that was given, beside what the rules allow without it."""

from __future__ import annotations

import pytest
from tests.support.rulebook import MANIFEST, load_files

from khung.casefile.from_source import case_of
from khung.casefile.to_facts import build_case
from khung.diagnostics.bag import Bag
from khung.engine.result import evaluate_case
from khung.ir.from_rulebook import lower_rulebook
from khung.source.from_text import parse_yaml
from khung.text import SourceFile

SCALE = "scales: {rank: {values: {low: L, middle: M, high: H}}}\n"
MEMBER = """\
subject: member
links: {group: {to: unit, back: members}}
ladder: {scale: rank, levels: {low: {otherwise: true, source: S1}}}
"""
UNIT = """\
subject: unit
facts: {late: {type: boolean, default: false}}
ladder:
  scale: rank
  levels:
    high: {require: {three: {that: count(members) >= 3, source: S2}}}
    middle: {require: {one: {that: count(members) >= 1, source: S2}}}
    low: {otherwise: true, source: S2}
caps:
  late: {when: late, at_most: middle, last: true, source: S3}
"""


@pytest.fixture
def findings(tmp_path):
    """Return the findings of each unit: `three` and `late` have three members, `one` has one."""

    def evaluate(level, after="quota"):
        bag = Bag()
        files = {"rulebook": MANIFEST + SCALE, "member": MEMBER, "unit": UNIT}
        program = lower_rulebook(load_files(tmp_path, **files).sound, {}, bag)
        given = f"given: {{level: {level}, after: {after}}}"
        members = (f"{u}{n}: {{group: {u}}}" for u, ns in SIZES.items() for n in range(ns))
        late = f"late: {{late: true, {given}}}"
        units = f"three: {{{given}}}, one: {{{given}}}, none: {{{given}}}, {late}"
        subjects = f"{{unit: {{{units}}}, member: {{{', '.join(members)}}}}}"
        text = f"case: C\nrulebook: small\non: 2021-12-15\nsubjects: {subjects}\n"
        node = parse_yaml(SourceFile("c.yaml", text), bag)
        assert program is not None
        assert node is not None
        case_file = case_of(node, bag)
        assert case_file is not None
        case = build_case(case_file, program, bag)
        assert case is not None, bag.diagnostics
        found = evaluate_case(program, case).by_type["unit"]
        return {name for name, result in found.items() if result.findings}

    return evaluate


SIZES = {"three": 3, "one": 1, "late": 3}


def test_a_level_above_what_those_that_point_here_allow_is_found(findings):
    assert findings("middle") == {"none"}
    assert findings("low") == set()


def test_a_last_cap_counts_where_the_decision_is_the_last_word(findings):
    assert findings("high") == {"one", "none", "late"}


def test_a_last_cap_does_not_count_where_it_is_still_to_come(findings):
    assert findings("high", "cap") == {"one", "none"}
