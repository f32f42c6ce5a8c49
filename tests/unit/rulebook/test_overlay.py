"""A rulebook for some of the subjects: it adds, and takes nothing away."""

from __future__ import annotations

import pytest
from tests.unit.rulebook.conftest import NEXT

OVERLAY = """\
khung: 1
id: unit
title: Unit
extends: {rulebook: base, as: overlay}
period: {from: 2024-01-01, to: 2024-12-31}
applies_to: {shop: [main]}
"""
CRITERIA = """\
criteria:
  scale: mark
  groups:
    looks: {items: {clean: {source: a/2}, bright: {source: a/2}}}
    goods: {items: {fresh: {source: a/2}}}
  sets:
    basic: {local: true, members: [{take: looks}, {take: goods.fresh}]}
    whole: {local: true, members: all}
    rest: {local: true, except: fixed}
    round: {local: true, except: other}
    other: {local: true, except: round}
    fixed: [{take: looks}]
"""
TABLES = """\
tables:
  asked:
    hit: collect
    inputs: {size: size}
    outputs: {who: sort}
    source: a/4
    rows: {large: {if: {size: "> 9"}, then: {who: near}}}
"""


@pytest.fixture
def unit(shelf):
    path = shelf.folder / "base" / "shop.yaml"
    path.write_text(path.read_text("utf-8") + CRITERIA + TABLES, "utf-8")

    def load(text="", manifest=OVERLAY):
        files = {"shop": f"subject: shop\n{text}"} if text else {}
        shelf.write("unit", rulebook=manifest, **files)
        return shelf.load("unit")

    return load


def test_document_and_clauses_are_those_of_the_base(unit, shelf):
    found, base = unit().sound, shelf.load("base").sound
    assert (found.document, found.clauses) == ("D-1", base.clauses)
    part = found.applies_to[0]
    assert (part.subject.name, [ref.name for ref in part.ids]) == ("shop", ["main"])


ALLOWED = [
    "facts: {late: {type: boolean, default: false}}",
    "definitions: {small: {is: not(big)}}",
    "criteria: {groups: {looks: {items: {neat: {source: a/2}}}}}",
    "criteria: {groups: {more: {items: {kind: {source: a/2}}}}}",
    "criteria: {sets: {ours: [{take: goods}]}}",
    "criteria: {sets: {basic: [{take: looks}, {take: goods.fresh}, {take: goods}]}}",
    "ladder: {levels: {high: {require: {more: {that: size > 9, source: a/2}}}}}",
    "ladder: {knockouts: {tiny: {when: size < 1, to: low, source: a/2}}}",
    "caps: {tiny: {when: size < 2, at_most: low, source: a/2}}",
    "pending: {unseen: {when: size < 0, source: a/2}}",
    "checks: {seen: {require: open, source: a/2}}",
    "tables: {asked: {rows: {small: {if: {size: '< 2'}, then: {who: far}}}}}",
    (
        "tables: {more: {hit: first, inputs: {open: open}, outputs: {who: sort}, source: a/2, "
        "rows: {any: {then: {who: far}}}}}"
    ),
]
REFUSED = [
    ("facts: {open: {default: false}}", "open"),
    ("facts: {open: {remove: true}}", "open"),
    ("caps: {closed: {at_most: high}}", "closed"),
    ("caps: {closed: {remove: true}}", "closed"),
    ("ladder: {levels: {high: {require: {big: {that: true}}}}}", "big"),
    ("ladder: {levels: {high: {label: H}}}", "label"),
    ("ladder: {levels: {mid: {require: {x: {that: open, source: a/2}}}}}", "mid"),
    ("ladder: {cumulative: true}", "cumulative"),
    ("criteria: {groups: {looks: {items: {clean: {applies_when: open}}}}}", "clean"),
    ("criteria: {sets: {fixed: [{take: goods}]}}", "fixed"),
    ("not_ranked: {closed: {when: not(open), source: a/2}}", "not_ranked"),
    ("quotas: {few: {level: high, per: [], counts: true, at_most: 20%, source: a/2}}", "quotas"),
    ("label: {vi: Tiệm}", "label"),
    ("tables: {asked: {rows: {large: {then: {who: far}}}}}", "large"),
    ("tables: {asked: {rows: {large: {remove: true}}}}", "large"),
    ("tables: {asked: {hit: first}}", "hit"),
    ("tables: {asked: {inputs: {open: open}}}", "inputs"),
    ("tables: {asked: {remove: true}}", "remove"),
]
REFUSED_IN_MANIFEST = [
    ("parameters: {more: {value: 1}}", "more"),
    ("scales: {mark: {values: {mid: Mid}}}", "scales"),
    ("enumerations: {sort: {values: {near: {label: N}}}}", "near"),
    ("readings: {who: {chosen: some_of_them}}", "readings"),
]


@pytest.mark.parametrize("text", ALLOWED)
def test_what_may_be_added(text, unit):
    assert unit(text).found == []


@pytest.mark.parametrize(("text", "underlined"), REFUSED)
def test_what_may_not_be_said(text, underlined, unit):
    found = unit(text).found
    assert ("K0541", underlined) in found


@pytest.mark.parametrize(("text", "underlined"), REFUSED_IN_MANIFEST)
def test_what_may_not_be_said_of_all(text, underlined, unit):
    found = unit(manifest=OVERLAY + text).found
    assert "K0541" in [code for code, _ in found]
    assert underlined == "more" or found[0][1] == underlined


def test_values_and_records_may_be_added(unit):
    text = "enumerations: {sort: {values: {mid: Mid}}, kind: {values: {a: A}}}\n"
    assert unit(manifest=OVERLAY + text).found == []


SMALLER = [
    ("basic: [{take: looks}]", ["goods.fresh"]),
    ("basic: [{take: looks.clean}, {take: goods}]", ["looks.bright"]),
    ("basic: [{take: goods}]", ["looks"]),
    ("whole: [{take: goods}, {take: looks.clean}]", ["looks.bright"]),
    ("rest: [{take: looks}]", ["goods.fresh"]),
]


@pytest.mark.parametrize(("sets", "gone"), SMALLER)
def test_a_local_set_that_gets_smaller_is_told(sets, gone, unit):
    found = unit(f"criteria: {{sets: {{{sets}}}}}").diagnostics
    told = [list(d.args["gone"]) for d in found if d.code == "K0542"]
    assert told == [gone]


@pytest.mark.parametrize("sets", ["basic: all", "whole: [{take: looks}, {take: goods}]"])
def test_a_local_set_that_stays_as_large_is_not_told(sets, unit):
    assert "K0542" not in [d.code for d in unit(f"criteria: {{sets: {{{sets}}}}}").diagnostics]


def test_sets_in_a_circle_are_gone_through_once(unit):
    found = unit("criteria: {sets: {round: [{take: goods}]}}").found
    assert "K0542" in [code for code, _ in found]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("2024-12-31", "2024-11-30", "K0524"),
        ("applies_to: {shop: [main]}\n", "", "K0121"),
        ("applies_to: {shop: [main]}", "applies_to: {shpo: [main]}", "K0201"),
        ("applies_to: {shop: [main]}", "applies_to: {shop: main}", "K0123"),
        ("khung: 1", "khung: 1\ncarried: {}", "K0533"),
        ("khung: 1", "khung: 1\ndocument: D-2\ndocuments: {D-2: {}}", "K0541"),
    ],
)
def test_broken_heads(old, new, code, unit):
    assert code in [found for found, _ in unit(manifest=OVERLAY.replace(old, new)).found]


def test_a_successor_is_for_all(shelf):
    found = shelf.next(NEXT + "applies_to: {shop: [main]}\n").found
    assert found == [("K0533", "applies_to")]


def test_a_successor_of_what_is_for_some(unit, shelf):
    assert unit().sound
    (found,) = shelf.next(NEXT.replace("rulebook: base", "rulebook: unit")).diagnostics
    assert (found.code, found.span.text, found.args["base"]) == ("K0548", "unit", "base")


def test_new_subjects_and_clauses_are_not_for_an_overlay(unit, shelf):
    shelf.write(
        "unit", rulebook=OVERLAY, other="subject: other", clauses="clauses: {a/9: {summary: N}}"
    )
    assert [code for code, _ in unit().found] == ["K0541", "K0541"]
