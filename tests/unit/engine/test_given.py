"""A decision that was given, beside what the rules allow without it."""

from __future__ import annotations

import pytest
from tests.support.evaluation import results_of
from tests.support.rulebook import MANIFEST, load_files

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
        files = {"rulebook": MANIFEST + SCALE, "member": MEMBER, "unit": UNIT}
        given = f"given: {{level: {level}, after: {after}}}"
        members = (f"{u}{n}: {{group: {u}}}" for u, ns in SIZES.items() for n in range(ns))
        late = f"late: {{late: true, {given}}}"
        units = f"three: {{{given}}}, one: {{{given}}}, none: {{{given}}}, {late}"
        subjects = f"{{unit: {{{units}}}, member: {{{', '.join(members)}}}}}"
        found = results_of(load_files(tmp_path, **files).sound, subjects).by_type["unit"]
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
