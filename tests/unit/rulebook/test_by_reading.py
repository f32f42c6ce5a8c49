"""Values by reading: what of them is refused, and where; a change of one put over another."""

from __future__ import annotations

import pytest
from tests.support.rulebook import MANIFEST, load_files

from khung.syntax.unparse import unparse

READINGS = """\
readings:
  base: {question: Which?, options: {all: {}, few: {}}, chosen: all}
  part: {question: How?, options: {down: {}, nearest: {}, up: {}}, chosen: down}
"""
SCALE = "scales: {grade: {values: {low: Low, high: High}}}\n"
PERSON = """\
subject: person
facts: {{score: {{type: number}}, group: {{type: string}}, other: {{type: string}}}}
ladder:
  scale: grade
  levels: {{high: {{require: {{score: {{that: score > 5}}}}}}, low: {{otherwise: true}}}}
quotas:
  high:
    {{level: high, per: {per}, at_most: 50%, counts: score > 5, rounding: {rounding},
    ties: all, order: [{{highest: score}}]}}
"""
ROUNDING = "{by: part, down: floor, nearest: half_up, up: ceiling}"
ROUNDED = (
    "if readings.part = down then floor else if readings.part = nearest then half_up else ceiling"
)


def loaded(folder, per="[group]", rounding=ROUNDING, readings=READINGS):
    """Return a rulebook with one quota."""
    manifest, person = MANIFEST + SCALE + readings, PERSON.format(per=per, rounding=rounding)
    return load_files(folder, rulebook=manifest, person=person)


@pytest.mark.parametrize(
    ("rounding", "said"),
    [
        ("{by: part, down: floor, nearest: half_up}", [("K0352", "part")]),
        ("{by: part}", [("K0352", "part")]),
        ("{by: prt, down: floor, nearest: half_up, up: ceiling}", [("K0201", "prt")]),
        ("{by: part, down: floor, nearst: half_up, up: ceiling}", [("K0201", "nearst")]),
        ("{by: part, down: floor, nearest: half_up, up: ceiling, all: floor}", [("K0201", "all")]),
        ("{by: part, down: floor, nearest: half_up, up: {x: 1}}", [("K0123", "x")]),
        ("{by: part, down: floor, nearest: half_up, up: a b}", [("K0303", "b")]),
        ("{by: [part], down: floor, nearest: half_up, up: ceiling}", [("K0123", "[part]")]),
    ],
)
def test_one_mistake_is_one_error_at_its_place(tmp_path, rounding, said):
    assert loaded(tmp_path, rounding=rounding).found == said


def test_those_left_out_are_named(tmp_path):
    (found,) = loaded(tmp_path, rounding="{by: part, nearest: half_up}").diagnostics
    assert found.args["options"] == ("down", "up")
    assert found.args["reading"] == "part"


def test_the_last_option_is_all_that_is_left(tmp_path):
    (quota,) = loaded(tmp_path).sound.subjects[0].quotas
    assert unparse(quota.rounding) == ROUNDED


def test_a_list_is_chosen_item_by_item_and_a_shorter_one_repeats_its_last(tmp_path):
    per = "{by: base, all: group, few: [other, group]}"
    (quota,) = loaded(tmp_path, per=per).sound.subjects[0].quotas
    assert [unparse(key) for key in quota.per] == [
        "if readings.base = all then group else other",
        "if readings.base = all then group else group",
    ]


def test_a_choice_may_stand_in_a_choice(tmp_path):
    inner = "{by: base, all: floor, few: half_up}"
    rounding = f"{{by: part, down: {inner}, nearest: half_up, up: ceiling}}"
    (quota,) = loaded(tmp_path, rounding=rounding).sound.subjects[0].quotas
    assert unparse(quota.rounding) == (
        "if readings.part = down then if readings.base = all then floor else half_up else "
        "if readings.part = nearest then half_up else ceiling"
    )


@pytest.mark.parametrize("name", ["by", "value"])
def test_no_option_is_called_as_what_stands_beside_options(tmp_path, name):
    readings = READINGS.replace("few: {}", f"{name}: {{}}")
    assert loaded(tmp_path, readings=readings).found == [("K0402", name)]


def test_all_options_have_a_value_or_none_has(tmp_path):
    readings = READINGS.replace("down: {}, nearest: {}", "down: {value: floor}, nearest: {}")
    loaded_ = loaded(tmp_path, readings=readings)
    assert loaded_.found == [("K0507", "nearest"), ("K0507", "up")]
    assert [d.related[0].text for d in loaded_.diagnostics] == ["down", "down"]


def over(folder, change):
    """Return the rounding of a rulebook that is put over another, as its author would write it."""
    base = folder / "base"
    base.mkdir()
    loaded(base)
    manifest = (
        "khung: 1\nid: next\ntitle: Next\nperiod: {from: 2022-01-01, to: 2022-12-31}\n"
        "document: D-1\nextends: {rulebook: base, as: successor}\n"
        "carried: {readings: {base: kept, part: kept}}\n"
    )
    own = folder / "next"
    own.mkdir()
    change = f"subject: person\nquotas: {{high: {{rounding: {change}}}}}\n"
    found = load_files(own, rulebook=manifest, person=change)
    return unparse(found.sound.subjects[0].quotas[0].rounding)


@pytest.mark.parametrize(
    ("change", "is_"),
    [
        ("{down: half_up}", ROUNDED.replace("floor", "half_up")),
        ("{by: base, all: floor, few: ceiling}", "if readings.base = all then floor else ceiling"),
        ("ceiling", "ceiling"),
    ],
)
def test_a_change_says_one_option_or_all_of_another_reading(tmp_path, change, is_):
    assert over(tmp_path, change) == is_
