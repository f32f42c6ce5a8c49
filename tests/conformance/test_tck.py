"""The outside corpus of FEEL: what the profile takes comes out as others expect, or is refused."""

import json
from collections import Counter

import pytest
from tests.conformance.run_tck import WANTED, run
from tests.support.outside import outside

ACCEPTED_REFUSAL = "domain error at run time"
"""Records that end in null elsewhere because of an error that khung finds before it runs."""


@pytest.fixture(scope="module")
def outcomes():
    lines = outside("conformance/feel_tck.jsonl").read_text("utf-8").splitlines()
    return [(record, run(record)) for record in map(json.loads, filter(None, lines))]


@pytest.mark.parametrize("tier", WANTED)
def test_every_record_of_the_tier_comes_out_so(tier, outcomes):
    of_tier = [(record, outcome) for record, outcome in outcomes if record["tier"] == tier]
    assert of_tier
    assert [
        record["id"]
        for record, outcome in of_tier
        if outcome != WANTED[tier]
        and not (outcome == "refused" and record.get("null") == ACCEPTED_REFUSAL)
    ] == []


def test_no_value_is_wrong(outcomes):
    assert Counter(outcome for _, outcome in outcomes)["wrong"] == 0
