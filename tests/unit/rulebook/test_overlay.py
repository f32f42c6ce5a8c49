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
    ("ladder: {levels: {high: {label: H}}}", "label"),
    ("ladder: {levels: {mid: {require: {x: {that: open, source: a/2}}}}}", "mid"),
    ("ladder: {cumulative: true}", "cumulative"),
    ("criteria: {groups: {looks: {items: {clean: {applies_when: open}}}}}", "clean"),
    ("quotas: {few: {level: high, per: [], counts: true, at_most: 20%, source: a/2}}", "quotas"),
    ("label: {vi: Tiệm}", "label"),
    ("tables: {asked: {rows: {large: {then: {who: far}}}}}", "large"),
    ("tables: {asked: {rows: {large: {remove: true}}}}", "large"),
    ("tables: {asked: {hit: first}}", "hit"),
    ("tables: {asked: {inputs: {open: open}}}", "inputs"),
    ("tables: {asked: {remove: true}}", "remove"),
]
NOT_LEFT = [
    ("caps: {closed: {at_most: high}}", "closed", ""),
    ("caps: {closed: {remove: true}}", "closed", ""),
    ("ladder: {levels: {high: {require: {big: {that: true}}}}}", "big", ""),
    ("criteria: {sets: {fixed: [{take: goods}]}}", "fixed", ""),
    ("floors: {kept: {at_least: high, source: a/2}}", "kept", "new_floor"),
]
REFUSED_IN_MANIFEST = [
    ("scales: {mark: {values: {mid: Mid}}}", "scales"),
    ("enumerations: {sort: {values: {near: {label: N}}}}", "near"),
    ("readings: {who: {chosen: some_of_them}}", "readings"),
]
PARAMETERS = [
    ("", "10", "K0570", "parameter"),
    ("local: true", "99", None, ""),
    ("local: {at_most: 12}", "12", None, ""),
    ("local: {at_most: 12}", "13", "K0571", ""),
    ("local: {at_least: 2}", "1", "K0571", "least"),
    ("local: {at_least: 2, at_most: 12}", "2", None, ""),
    ("local: {at_most: 2/3}", "60%", None, ""),
    ("local: {at_most: 2/3}", "67%", "K0571", ""),
]


@pytest.mark.parametrize(("mark", "value", "code", "advice"), PARAMETERS)
def test_parameters_are_left_to_units_within_bounds(mark, value, code, advice, unit, shelf):
    path = shelf.folder / "base" / "rulebook.yaml"
    both = f"parameters:\n  rate: {{value: {'60%' if '%' in value else 5}, {mark}}}\n"
    path.write_text(path.read_text("utf-8").replace("parameters:\n", both, 1), "utf-8")
    found = unit(manifest=f"{OVERLAY}parameters: {{rate: {{value: {value}}}}}\n").diagnostics
    told = [(d.code, d.help) for d in found if d.code in ("K0570", "K0571", "K0572")]
    assert told == ([] if code is None else [(code, advice)])


@pytest.mark.parametrize("text", ALLOWED)
def test_what_may_be_added(text, unit):
    assert unit(text).found == []


@pytest.mark.parametrize(("text", "underlined"), REFUSED)
def test_what_may_not_be_said(text, underlined, unit):
    found = unit(text).found
    assert ("K0541", underlined) in found


@pytest.mark.parametrize(("text", "underlined", "advice"), NOT_LEFT)
def test_what_loosens_is_left_to_units_only_where_the_base_says_so(text, underlined, advice, unit):
    (found,) = (d for d in unit(text).diagnostics if d.code[:3] != "K07")
    assert (found.code, found.span.text, found.help) == ("K0570", underlined, advice)


def test_rules_that_the_base_marks_may_be_replaced_and_taken_out(unit, shelf):
    path = shelf.folder / "base" / "shop.yaml"
    text = path.read_text("utf-8")
    assert "closed: {when" in text
    path.write_text(text.replace("closed: {when", "closed: {local: true, when"), "utf-8")
    assert unit("caps: {closed: {at_most: high}}").found == []
    assert not unit("caps: {closed: {remove: true}}").sound.subjects[0].caps


def test_the_value_of_the_base_is_within_its_own_bounds(shelf):
    path = shelf.folder / "base" / "rulebook.yaml"
    text = path.read_text("utf-8").replace("{value: 20%}", "{value: 20%, local: {at_most: 1/6}}")
    path.write_text(text, "utf-8")
    assert shelf.load("base").found == [("K0571", "20%")]


def test_bounds_of_what_has_no_order_are_told(shelf):
    path = shelf.folder / "base" / "rulebook.yaml"
    words = "{value: '\"a\"', local: {at_most: '\"b\"'}}"
    path.write_text(path.read_text("utf-8").replace("{value: 20%}", words), "utf-8")
    assert [code for code, _ in shelf.load("base").found] == ["K0572"]


def test_who_is_taken_out_of_the_ranking_is_told(unit):
    found = unit("not_ranked: {shut: {when: not(open), source: a/2}}").found
    assert found == [("K0735", "shut")]


@pytest.mark.parametrize(("text", "underlined"), REFUSED_IN_MANIFEST)
def test_what_may_not_be_said_of_all(text, underlined, unit):
    found = unit(manifest=OVERLAY + text).found
    assert found[0] == ("K0541", underlined)


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
