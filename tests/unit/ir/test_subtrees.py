"""`list.below`: of which lists it can be read, and what else it may mean."""

from __future__ import annotations

import pytest
from tests.support.rulebook import MANIFEST, load_files

from khung.diagnostics.bag import Bag
from khung.ir.from_rulebook import lower_rulebook

UNIT = """\
subject: unit
links: {above: {to: unit, back: units, tree: true}, near: {to: unit, back: around}}
facts: {others: {type: list of unit}}
definitions: {found: {is: %s}}
"""
PERSON = (
    "subject: person\nlinks: {unit: {to: unit, back: people}}\nfacts: {below: {type: number}}\n"
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("count(units.below)", []),
        ("count(above.units.below)", []),
        ("some u in units.below satisfies count(u.units.below) > 1", []),
        ("count(around.below)", [("K0353", "below")]),
        ("count(others.below)", [("K0353", "below")]),
        ("count(units.below.below)", [("K0353", "below")]),
        ("sum(people.below)", []),  # the fact of that name, of each
        ("count(units.belw)", [("K0202", "belw")]),
    ],
)
def test_only_the_back_list_of_a_tree_has_a_subtree(tmp_path, text, said):
    bag = Bag()
    files = load_files(tmp_path, rulebook=MANIFEST, unit=UNIT % text, person=PERSON)
    lower_rulebook(files.sound, {}, bag)
    assert [(d.code, d.span.text) for d in bag.diagnostics] == said


def test_nobody_reads_results_of_a_subtree_of_its_own_kind(tmp_path):
    unit = """\
    subject: unit
    links: {above: {to: unit, back: units, tree: true, optional: true}}
    facts: {good: {type: boolean}}
    ladder:
      scale: rank
      levels:
        high: {require: {all: {that: every u in units.below satisfies u.ranked, source: X}}}
        low: {otherwise: true, source: X}
    not_ranked: {bad: {when: some u in units.below satisfies u.ranked, source: X}}
    """
    bag = Bag()
    manifest = MANIFEST + "scales: {rank: {values: {low: L, high: H}}}\n"
    lower_rulebook(load_files(tmp_path, rulebook=manifest, unit=unit).sound, {}, bag)
    assert [d.code for d in bag.diagnostics] == ["K0441"]
