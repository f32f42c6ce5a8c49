"""What no file may say: a broken `must` is told at the value, what is open is not."""

from __future__ import annotations

import pytest
from tests.support.rulebook import MANIFEST, load_files
from tests.unit.casefile.conftest import with_small

from khung.diagnostics.bag import Bag
from khung.diagnostics.render.sentences import advice, message
from khung.driver import evaluate_file
from khung.ir.from_rulebook import lower_rulebook

SCALES = "scales: {rank: {values: {low: {}, high: {}}}}\n"
RECORDS = (
    SCALES
    + """
records:
  leg:
    fields:
      left: {type: date}
      back:
        type: date
        must:
          is: back >= left and back <= owner.home
          label: {vi: Về sau khi đi, en: Back after leaving}
"""
)
PORT = "subject: port\nfacts: {berths: {type: number}}\n"
SHIP = """
subject: ship
links: {port: {to: port, back: ships}}
facts:
  crew: {type: number}
  officers: {type: number, must: officers <= crew}
  lost: {type: number, default: 0, must: lost <= crew and officers + lost <= crew}
  home: {type: date}
  length: {type: number, must: length <= port.berths * 10}
  rank_of: {type: number, applies_when: crew > 5, must: rank_of < 3}
  legs: {type: list of leg, default: [], must: count(legs) <= crew}
ladder:
  scale: rank
  levels:
    high: {require: {all: {that: crew + officers + length + lost + count(legs) > 0}}}
    low: {otherwise: true}
"""


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    files = {"rulebook": MANIFEST + RECORDS, "port": PORT, "ship": SHIP}
    return with_small(tmp_path_factory.mktemp("books"), files)


@pytest.fixture
def said(books, shelf, tmp_path):
    """Return what is said of ships, and of the port `p` with four berths."""

    def of(ships, port="{berths: 4}"):
        path = tmp_path / "case.yaml"
        head = 'case: A\nrulebook: "small"\non: 2021-12-15\nsubjects:\n'
        path.write_text(f"{head}  port: {{p: {port}}}\n  ship:\n    {ships}\n", encoding="utf-8")
        found = evaluate_file(path, shelf, {}, books)
        assert (found.results is None) == bool(found.diagnostics)
        return found.diagnostics

    return of


def under(diagnostics):
    return [(one.code, one.span.text) for one in diagnostics]


@pytest.mark.parametrize(
    ("ship", "expected"),
    [
        ("crew: 9, officers: 9", []),
        ("crew: 9, officers: 10", ["10"]),
        # what is not known may still be as it must
        ("officers: 10", []),
        ("crew: null, officers: 10", []),
        ("crew: 9, officers: null", []),
        # another subject, read over a link
        ("length: 40, port: p", []),
        ("length: 41, port: p", ["41"]),
        ("length: 41", []),
        # where the fact does not apply nothing is asked of it
        ("crew: 5, rank_of: '-'", []),
        ("crew: 6, rank_of: 3", ["3"]),
        ("rank_of: 3", []),
        # what a list holds
        ("crew: 1, home: 2021-03-01, legs: [{left: 2021-02-01, back: 2021-02-02}, null]", []),
        (
            "crew: 0, home: 2021-03-01, legs: [{left: 2021-02-01, back: 2021-02-02}]",
            ["[{left: 2021-02-01, back: 2021-02-02}]"],
        ),
        # a field of a record, with what its owner says
        ("crew: 9, home: 2021-03-01, legs: [{left: 2021-02-01, back: 2021-01-31}]", ["2021-01-31"]),
        ("crew: 9, home: 2021-01-01, legs: [{left: 2021-02-01, back: 2021-02-02}]", ["2021-02-02"]),
        ("crew: 9, legs: [{left: 2021-02-01, back: 2021-02-02}]", []),
        ("crew: 9, legs: [{left: null, back: 2021-01-31}]", []),
    ],
)
def test_what_is_broken_is_told_at_the_value(ship, expected, said):
    assert under(said(f"s: {{{ship}}}")) == [("K0643", text) for text in expected]


def test_a_default_is_told_at_the_subject(said):
    """Nobody is lost where the case does not say so, and of fewer than none is the crew."""
    assert under(said("s: {crew: -1}")) == [("K0643", "s")]
    assert under(said("s: {crew: -1, lost: null, legs: null}")) == []


def test_one_slip_that_breaks_two_is_told_once(said):
    """The officers alone are too many, and so they are with those who were lost."""
    assert under(said("s: {crew: 2, officers: 3, lost: 1}")) == [("K0643", "3")]
    assert under(said("s: {crew: 2, officers: 2, lost: 1}")) == [("K0643", "1")]
    assert under(said("s: {crew: 2, officers: 3, length: 41, port: p}")) == [
        ("K0643", "3"),
        ("K0643", "41"),
    ]


def test_one_entry_is_told_once(said):
    assert under(said("s: {repeat: 3, crew: 1, officers: 2}")) == [("K0643", "2")]
    like = "s: {crew: 1, officers: 2}\n    t: {like: s}"
    assert under(said(like)) == [("K0643", "2")]


def test_the_facts_are_named_with_their_values_and_the_label(said):
    (found,) = said("s: {crew: 9, home: 2021-03-01, legs: [{left: 2021-02-01, back: 2021-01-31}]}")
    assert found.at == "subjects.ship.s.legs[1].back"
    for lang, label in (("vi", "Về sau khi đi"), ("en", "Back after leaving")):
        assert "`back: 2021-01-31`, `left: 2021-02-01`" in message(found, lang)
        assert label in advice(found, lang)


def test_a_fact_of_another_is_named_with_whose_it_is(said):
    (found,) = said("s: {length: 41, port: p}")
    assert "`length: 41`, `port: p`, `port.p.berths: 4`" in message(found, "en")


REFUSED = [
    ("must: a < 3 and rank >= low", "K0490", "rank"),
    ("must: a < 3 and of_result", "K0490", "of_result"),
    ("must: a < 3 and ranked", "K0490", "ranked"),
    ("must: b < 3", "K0491", "b < 3"),
    ("must: {is: true}", "K0491", "true"),
    ("must: a + 1", "K0320", "a + 1"),
    ("must: {label: x}", "K0121", "label"),
]
TYPE = """
subject: x
facts: {{a: {{type: number, {}}}, b: {{type: number}}}}
definitions: {{of_result: {{is: rank >= low}}}}
ladder:
  scale: rank
  levels:
    high: {{require: {{a: {{that: a > b, source: X}}}}}}
    low: {{otherwise: true, source: X}}
"""


@pytest.mark.parametrize(("must", "code", "text"), REFUSED)
def test_what_a_must_may_not_read(must, code, text, tmp_path):
    found = load_files(tmp_path, rulebook=MANIFEST + SCALES, x=TYPE.format(must))
    bag = Bag()
    if found.rulebook is not None:
        lower_rulebook(found.rulebook, {}, bag)
    said = (*found.diagnostics, *bag.diagnostics)
    assert [(d.code, d.span.text) for d in said] == [(code, text)]
