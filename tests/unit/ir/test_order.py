"""Where a ring of stages is pointed at: the read that closes it."""

from __future__ import annotations

import pytest
from tests.support.rulebook import MANIFEST, load_files

from khung.diagnostics.bag import Bag
from khung.ir.from_rulebook import lower_rulebook

SHARED = MANIFEST + "scales: {rank: {values: {low: {}, high: {}}}}\n"
STEPS = "scale: rank, levels: {high: {require: {a: {that: true}}}, low: {otherwise: true}}"
FIRM = "subject: firm\nfacts: {ok: {type: boolean}}\n"
BRANCH = "subject: branch\nlinks: {main: {to: firm, back: branches}}\n"

BACK = "some b in branches where b.ranked satisfies b.rank = low"
DOWN = "caps: {c: {when: main.ranked, at_most: main.rank}}\n"


def said(folder, firm="", steps="", branch=DOWN):
    """Return what is said of firms, with more in their ladder, and of their branches."""
    files = {
        "firm": f"{FIRM}ladder: {{{STEPS}{steps}}}\n{firm}",
        "branch": f"{BRANCH}ladder: {{{STEPS}}}\n{branch}",
    }
    bag = Bag()
    lower_rulebook(load_files(folder, rulebook=SHARED, **files).sound, {}, bag)
    found = [(d.code, d.span.text if d.span else "") for d in bag.diagnostics]
    return [one for one in found if one[0] != "K0505"]  # rules without a source


DEFINED = f"definitions: {{d: {{is: {BACK}}}}}\n"


@pytest.mark.parametrize(
    ("parts", "read"),
    [
        ({"steps": f", knockouts: {{k: {{when: {BACK}, to: low}}}}"}, "b.rank"),
        ({"steps": f", knockouts: {{k: {{when: ok or ({BACK}), to: low}}}}"}, "b.rank"),
        ({"firm": DEFINED + "caps: {c: {when: ok and d, at_most: low}}"}, "d"),
        ({"firm": f"not_ranked: {{n: {{when: {BACK}}}}}"}, "b.rank"),
    ],
)
def test_the_read_that_closes_the_ring(parts, read, tmp_path):
    assert said(tmp_path, **parts) == [("K0441", read)]


def test_a_rule_that_reads_its_own_level(tmp_path):
    assert said(tmp_path, firm="caps: {c: {when: ranked and rank = high, at_most: low}}") == [
        ("K0441", "rank"),
    ]


def test_no_ring_without_a_way_back(tmp_path):
    assert said(tmp_path) == []


def test_a_floor_that_reads_a_stage_after_it(tmp_path):
    assert said(tmp_path, firm="floors: {f: {when: ok, at_least: stages.floor}}") == [
        ("K0441", "stages.floor"),
    ]


def test_a_stage_is_there_only_where_its_rules_are(tmp_path):
    reads = "caps: {c: {when: ok and ranked, at_most: stages.floor}}"
    assert said(tmp_path, firm=reads) == [("K0201", "floor")]
    (tmp_path / "with").mkdir()
    floors = "floors: {f: {when: ok, at_least: high}}\n"
    assert said(tmp_path / "with", firm=floors + reads) == []
