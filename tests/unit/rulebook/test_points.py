"""Ladders by points: mistakes in the numbers of levels, and the holes that are told."""

from __future__ import annotations

import pytest
from tests.support.rulebook import load_files

from khung.diagnostics.bag import Bag
from khung.ir.from_rulebook import lower_rulebook

MANIFEST = """\
khung: 1
id: small
title: Clubs
period: {from: 2021-01-01, to: 2021-12-31}
document: D-1
documents: {D-1: {}}
scales: {rating: {values: {poor: Poor, fair: Fair, good: Good}}}
parameters: {most: {value: 10, source: "1"}}
"""

CLUB = """\
subject: club
facts: {score: {type: number}, name: {type: string}}
ladder:
  scale: rating
  by: score
"""


@pytest.fixture
def said(tmp_path):
    """Return what is said of the levels of a ladder."""

    def check(levels, by="score"):
        text = CLUB.replace("by: score", f"by: {by}") + f"  {levels}\n"
        loaded = load_files(tmp_path, rulebook=MANIFEST, club=text)
        bag = Bag()
        if loaded.rulebook is not None and not loaded.found:
            lower_rulebook(loaded.rulebook, {}, bag)
        own = [d for d in (*loaded.diagnostics, *bag.diagnostics) if d.code != "K0708"]
        return [(d.code, d.span.text if d.span else "", d.args.get("first")) for d in own]

    return check


SOUND = [
    'bands: {good: ">= 90", fair: "[70..90)", poor: "< 70"}',
    'bands: {good: "<= 5", fair: "(5..parameters.most]", poor: "> parameters.most"}',
    'bands: {good: {is: "> 1.5", source: "1"}, poor: "<= 1.5"}',
    "from: {good: 90, fair: 70.5}",
    "from: {good: parameters.most, fair: {at_least: 5, source: '1'}}",
]


@pytest.mark.parametrize("levels", SOUND)
def test_nothing_is_said_of_numbers_that_join(levels, said):
    assert [one for one in said(levels) if one[0] != "K0714"] == []


WRONG = {
    'bands: {good: ">= 90", fair: "[70..90]", poor: "< 70"}': ("K0486", "[70..90]"),
    'bands: {good: ">= 90", fair: "[70..90)", poor: "< 75"}': ("K0486", "< 75"),
    'bands: {good: ">= 90", fair: "< 70", poor: "[70..90)"}': ("K0488", "[70..90)"),
    'bands: {good: "90", fair: "[70..90)", poor: "< 70"}': ("K0487", "90"),
    'bands: {good: "not(< 90)", fair: "[70..90)", poor: "< 70"}': ("K0487", "not(< 90)"),
    'bands: {good: "> 95, 90", fair: "[70..90)", poor: "< 70"}': ("K0487", "> 95, 90"),
    'bands: {good: ">= score", fair: "[70..90)", poor: "< 70"}': ("K0344", "score"),
    'bands: {good: ">= 90", fiar: "[70..90)", poor: "< 70"}': ("K0201", "fiar"),
    'bands: {fair: "[70..90)", good: ">= 90", poor: "< 70"}': ("K0431", "good"),
    "from: {good: 70, fair: 90}": ("K0488", "90"),
    "from: {good: 70, fair: 70}": ("K0488", "70"),
    "from: {good: 90, fair: 70, poor: 0}": ("K0489", "poor"),
    "from: {}": ("K0425", "{}"),
    "levels: {good: {require: {a: score > 1}}, poor: {otherwise: true}}": ("K0416", "by"),
    'from: {good: 90}\n  bands: {good: ">= 90", poor: "< 90"}': ("K0416", "bands"),
    "cumulative: true": ("K0415", "scale"),
}


@pytest.mark.parametrize("levels", WRONG)
def test_a_mistake_is_one_error_at_its_place(levels, said):
    assert [one[:2] for one in said(levels) if one[0] != "K0714"] == [WRONG[levels]]


def test_points_are_a_number(said):
    assert said(SOUND[0], by="name") == [("K0320", "name", None)]


def test_a_missing_source_of_points_is_missed(tmp_path):
    text = CLUB.replace("  by: score\n", "") + "  from: {good: 9, fair: 5}\n"
    assert load_files(tmp_path, rulebook=MANIFEST, club=text).found == [("K0121", "scale")]


HOLES = {
    'bands: {good: ">= 90", fair: "[70..89]", poor: "< 70"}': [("[70..89]", "89.1")],
    'bands: {good: "> 90", fair: "[70..90)", poor: "< 70"}': [("[70..90)", "90")],
    'bands: {good: ">= 90", fair: "[70..89.95]", poor: "< 60"}': [
        ("[70..89.95]", "89.951"),
        ("< 60", "60"),
    ],
    'bands: {good: "<= 5", fair: "[6..10]", poor: "> 10"}': [("<= 5", "5.1")],
    'bands: {good: "< 5", fair: "(5..10]", poor: "> 10"}': [("< 5", "5")],
}
"""Of each the lower of the two levels, and the first number that neither has."""


@pytest.mark.parametrize("levels", HOLES)
def test_holes_are_told_with_their_first_number(levels, said):
    assert said(levels) == [("K0728", *one) for one in HOLES[levels]]


# -- floors beside knock-outs -----------------------------------------------------------------

FLOORS = {
    "{when: late and small, at_least: fair}": [("K0729", "fair")],
    "{when: late and small, at_least: fair, over_knockouts: true}": [],
    "{when: small, at_least: fair}": [],
    "{when: late, at_least: poor}": [],
    "{at_least: fair}": [],
}
"""A floor beside a knock-out to poor of whoever is late."""


@pytest.mark.parametrize("floor", FLOORS)
def test_a_floor_that_its_knock_out_always_holds_lifts_nobody(floor, tmp_path):
    club = CLUB.replace("score: {", "late: {type: boolean}, small: {type: boolean}, score: {")
    rules = "  from: {good: 9, fair: 5}\n  knockouts: {late: {when: late, to: poor, source: X}}\n"
    text = f"{club}{rules}floors:\n  mercy: {floor}\n"
    bag = Bag()
    lower_rulebook(load_files(tmp_path, rulebook=MANIFEST, club=text).sound, {}, bag)
    told = [(d.code, d.span.text) for d in bag.diagnostics if d.span and d.code != "K0505"]
    assert told == FLOORS[floor]
