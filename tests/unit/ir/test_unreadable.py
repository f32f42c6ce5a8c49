"""Names that mean something elsewhere: told as such, with what may be read instead."""

from __future__ import annotations

import pytest
from tests.support.rulebook import MANIFEST, load_files

from khung.diagnostics.bag import Bag
from khung.ir.from_rulebook import lower_rulebook

MORE = """\
scales: {rank: {values: {low: L, high: H}}}
parameters: {most: {value: %(parameter)s}}
readings: {who: {question: Q, options: {all: {}, none: {}}, chosen: all}}
records:
  fine:
    held_by: [person]
    fields: {due: {type: number}, paid: {type: boolean}}
    definitions: {late: {is: %(record)s}}
"""
UNIT = "subject: unit\nfacts: {size: {type: number}}\ndefinitions: {found: {is: %(unit)s}}\n"
PERSON = """\
subject: person
links: {unit: {to: unit, back: people}}
facts: {score: {type: number}, fines: {type: list of fine, default: []}}
definitions: {found_too: {is: %(person)s}}
criteria: {points: true, groups: {care: {items: {neat: {range: "0..5"}}}}}
ladder:
  scale: rank
  levels: {high: {require: {enough: {that: score > 5}}}, low: {otherwise: true}}
"""
SOUND = {"parameter": "1", "record": "paid", "unit": "size > 1", "person": "score > 1"}


@pytest.mark.parametrize(
    ("place", "text", "under", "advice", "path"),
    [
        ("unit", "score > 1", "score", "listed", "people"),
        ("unit", "stages.standard = low", "stages", "stages", ""),
        ("unit", "owner.size > 1", "owner", "owner", ""),
        ("unit", "criteria.neat > 1", "criteria", "criteria", "criteria.…"),
        ("unit", "paid", "paid", "elsewhere", ""),
        ("person", "size > 1", "size", "path", "unit.size"),
        ("person", "paid", "paid", "listed", "fines"),
        ("person", "most > 1", "most", "space", "parameters.most"),
        ("person", "who = all", "who", "space", "readings.who"),
        ("person", "neat > 1", "neat", "space", "criteria.neat"),
        ("person", "parameters > 1", "parameters", "alone", "parameters.most"),
        ("person", "stages", "stages", "alone", "stages.standard"),
        ("record", "score > 1", "score", "path", "owner.score"),
        ("record", "criteria.neat > 1", "criteria", "criteria", "criteria.…"),
        ("record", "size > 1", "size", "elsewhere", ""),
        ("parameter", "score", "score", "constant", ""),
        ("parameter", "on", "on", "constant", ""),
        ("parameter", "criteria.neat", "criteria", "constant", ""),
    ],
)
def test_it_is_said_how_it_is_read(tmp_path, place, text, under, advice, path):
    (found,) = said(tmp_path, place, text)
    assert (found.code, found.span.text, found.help) == ("K0354", under, advice)
    assert found.args["path"] == path


@pytest.mark.parametrize(
    ("place", "text", "code", "under"),
    [
        ("person", "scor > 1", "K0201", "scor"),
        ("person", "self.paid", "K0202", "paid"),
        ("record", "pad", "K0201", "pad"),
        ("parameter", "parameters.most", "K0340", "parameters.most"),
    ],
)
def test_what_nothing_has_is_another_mistake(tmp_path, place, text, code, under):
    assert [(d.code, d.span.text) for d in said(tmp_path, place, text)] == [(code, under)]


def test_a_constant_can_read_no_subject(tmp_path):
    (found,) = said(tmp_path, "parameter", "xyz")
    assert found.help == "constant"


def said(folder, place, text):
    """Return what is said of an expression in one place, all else being sound."""
    texts = {**SOUND, place: text}
    files = {"rulebook": MANIFEST + MORE % texts, "unit": UNIT % texts, "person": PERSON % texts}
    bag = Bag()
    lower_rulebook(load_files(folder, **files).sound, {}, bag)
    return [d for d in bag.diagnostics if d.code != "K0505"]
