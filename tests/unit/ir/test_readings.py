"""What readings say in expressions: a choice by reading is the `if` that it abbreviates."""

from __future__ import annotations

import pytest
from tests.support.rulebook import MANIFEST, RULEBOOKS, load, load_files

from khung.diagnostics.bag import Bag
from khung.ir.from_rulebook import lower_rulebook
from khung.records import replace

READINGS = """\
scales: {grade: {values: {low: Low, high: High}}}
readings:
  who:
    question: Who?
    options: {one: {value: %s}, two: {value: %s}}
    chosen: one
  plain: {question: What?, options: {a: {}, b: {}}, chosen: a}
"""
PERSON = """\
subject: person
facts: {score: {type: number}, points: {type: list of number}}
definitions: {first: {is: %s}, second: {is: %s}}
ladder:
  scale: grade
  levels: {high: {require: {score: {that: score > 5}}}, low: {otherwise: true}}
"""


def said(folder, values, uses):
    """Return codes with what they underline, and the other places that they name."""
    bag = Bag()
    rulebook, person = MANIFEST + READINGS % values, PERSON % uses
    lower_rulebook(load_files(folder, rulebook=rulebook, person=person).sound, {}, bag)
    found = [d for d in bag.diagnostics if d.code != "K0505"]
    return [(d.code, d.span.text, [r.text for r in d.related]) for d in found]


USE = "readings.who.value"


@pytest.mark.parametrize(
    ("values", "uses", "found"),
    [
        (("score > 1", "score > 2"), (USE, f"not({USE})"), []),
        (("high", "low"), (f"ranked and grade = {USE}", "true"), []),
        (("high", "lw"), (f"ranked and grade = {USE}", "true"), [("K0201", "lw", [USE])]),
        (("scre > 1", "true"), (USE, "true"), [("K0201", "scre", [USE])]),
        (("scre > 1", "true"), (USE, f"not({USE})"), [("K0201", "scre", [USE])]),
        (("1", "true"), (USE, "true"), [("K0320", "true", [USE])]),
        (("1", "2"), (f"{USE} and true", "true"), [("K0320", "1", [USE]), ("K0320", "2", [USE])]),
        (("x > 1", "x > 2"), (f"some x in points satisfies {USE}", "true"), []),
        (("x > 1", "true"), (USE, "true"), [("K0201", "x", [USE])]),
        (
            ("1", "2"),
            ("readings.plain.value", "true"),
            [("K0508", "readings.plain.value", ["plain"])],
        ),
        (("1", "2"), ("readings.whom.value", "true"), [("K0201", "whom", [])]),
        (("1", "2"), ("readings.who.valu", "true"), [("K0205", "valu", [])]),
    ],
)
def test_an_option_is_read_where_it_is_used_and_wrong_at_its_own_text(
    tmp_path, values, uses, found
):
    assert said(tmp_path, values, uses) == found


LONGHAND = {
    "counts: readings.base.value": (
        'counts: "if readings.base = or_better then class >= good else class = good"'
    ),
    "rounding: {by: part, dropped: floor, nearest: half_up}": (
        'rounding: "if readings.part = dropped then floor else half_up"'
    ),
    "  most: {type: class, is: if new then fair else best, source: 2/2}\n": "",
    "at_most: most": "at_most: if new then fair else best",
}


@pytest.mark.parametrize("base", ["or_better", "only_good"])
@pytest.mark.parametrize("part", ["dropped", "nearest"])
def test_it_comes_to_what_is_written_out(tmp_path, base, part):
    short = RULEBOOKS / "stations"
    files = {path.stem: path.read_text(encoding="utf-8") for path in short.glob("*.yaml")}
    for brief, whole in LONGHAND.items():
        assert brief in files["station"]
        files["station"] = files["station"].replace(brief, whole)
    readings = {"base": base, "part": part}
    one, other = (
        lower_rulebook(loaded.sound, readings, Bag())
        for loaded in (load(short), load_files(tmp_path, **files))
    )
    assert one is not None
    assert other is not None
    mine, theirs = one.objects["station"], other.objects["station"]
    assert mine.definitions["most"].value == theirs.caps[0].at_most
    same = {"definitions": {}, "caps": (), "stages": {}}  # the definition is written out there
    assert replace(mine, **same) == replace(theirs, **same)
