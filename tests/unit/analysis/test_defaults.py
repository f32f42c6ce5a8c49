"""Defaults that do not say which kind they are, and marks that say nothing."""

from __future__ import annotations

import pytest
from tests.support.rulebook import MANIFEST, load_files

from khung.analysis.defaults import check_defaults
from khung.diagnostics.bag import Bag
from khung.ir.from_rulebook import lower_rulebook
from khung.rulebook.from_source import load_rulebook

RECORD = "records: {note: {fields: {bad: {type: boolean%s}}}}\n"


def _said(folder, fact, record="", **more):
    facts = f"{{n: {{type: number}}, x: {{{fact}}}}}"
    item = f"subject: item\nfacts: {facts}\nlinks: {more.get('links', '{}')}\n"
    manifest = MANIFEST + RECORD % record + "parameters: {p: {value: 3}}\n"
    rulebook = load_files(folder, rulebook=manifest, item=item).sound
    bag = Bag()
    program = lower_rulebook(rulebook, {}, bag)
    assert program is not None
    check_defaults(rulebook, program, bag)
    return [(d.code, d.span.text) for d in bag.diagnostics]


@pytest.mark.parametrize(
    "fact",
    [
        "type: boolean, default: false",
        "type: boolean, default: 'true'",
        "type: number, default: 0",
        "type: number, default: parameters.p",
        "type: number, default: 2 + 3",
        "type: list of note, default: []",
        """type: string, default: '""'""",
        'type: number, applies_when: has(x), default: "-"',
        """type: date, default: '@"2021-12-15"'""",
    ],
)
def test_a_constant_without_a_mark(tmp_path, fact):
    assert [code for code, _ in _said(tmp_path, fact)] == ["K0716"]
    marked = f"{fact}, provisional: true"
    assert _said(tmp_path, marked) == []


@pytest.mark.parametrize(
    "fact",
    [
        "type: number, default: n",
        "type: boolean, default: n > 3",
        "type: date, default: on",
        "type: date, default: period.to",
        "type: boolean, default: false, absence: true",
        "type: number, default: 0, absence: true",
        "type: list of note, default: [], absence: true",
        """type: string, default: '""', absence: true""",
        'type: number, applies_when: has(x), default: "-", absence: true',
        "type: boolean, default: 'true', provisional: true",
        "type: number",
    ],
)
def test_what_needs_no_mark_or_has_one(tmp_path, fact):
    assert _said(tmp_path, fact) == []


@pytest.mark.parametrize(("ty", "default"), [("boolean", "'true'"), ("number", "1")])
def test_something_is_no_absence(tmp_path, ty, default):
    found = _said(tmp_path, f"type: {ty}, default: {default}, absence: true")
    assert found == [("K0717", default.strip("'"))]


@pytest.mark.parametrize(
    "said",
    ["provisional: true", "provisional: true, default: n > 3", "absence: true, default: n > 3"],
)
def test_a_mark_of_no_constant(tmp_path, said):
    assert _said(tmp_path, f"type: boolean, {said}") == [("K0718", "x")]


@pytest.mark.parametrize(
    ("ty", "default"), [("boolean", "false"), ("number", "0"), ("list of number", "[]")]
)
def test_an_absence_is_the_nothing_of_its_type(tmp_path, ty, default):
    short, longhand = (tmp_path / name for name in ("short", "longhand"))
    for folder in (short, longhand):
        folder.mkdir()
    assert _said(short, f"type: {ty}, absence: true") == []
    assert _said(longhand, f"type: {ty}, default: {default}, absence: true") == []
    one, other = (
        load_rulebook(next(f.rglob("rulebook.yaml")).parent, Bag()) for f in (short, longhand)
    )
    assert one.subjects == other.subjects


def test_an_absence_of_what_has_no_nothing_says_none(tmp_path):
    assert _said(tmp_path, "type: date, absence: true") == [("K0718", "x")]


def test_records_and_links_are_asked_too(tmp_path):
    assert _said(tmp_path, "type: number", ", default: false") == [("K0716", "false")]
    links = '{up: {to: item, tree: true, optional: true, default: "-"}}'
    assert _said(tmp_path, "type: number", links=links) == [("K0716", '"-"')]
    links = "{up: {to: item, tree: true, optional: true, absence: true}}"
    assert _said(tmp_path, "type: number", links=links) == []
