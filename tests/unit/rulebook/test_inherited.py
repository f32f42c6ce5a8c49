"""What entries take from around them: sources of what they stand in, texts of what they cite."""

from __future__ import annotations

import pytest
from tests.unit.rulebook.conftest import BASE, NEXT

from khung.rulebook.entries import entries
from khung.rulebook.model import Basis

CLAUSES = """\
clauses:
  a/1: {summary: One, parts: {x: First of one, y: {vi: Phần hai, en: Second of one}, z: {}}}
  a/2: {summary: Two}
  a/3: {summary: Three}
  a/4: {summary: Four}
"""
SHOP = """\
subject: shop
source: a/2
facts:
  size: {type: number, default: 0, source: a/1#x}
  open: {type: boolean, default: true}
definitions:
  big: {is: size >= parameters.least, source: a/1#y, label: Large}
  far: {is: size > 2, source: a/2}
criteria:
  scale: mark
  groups:
    looks:
      source: a/3
      basis: assumed
      items:
        front: {}
        back: {source: a/1#x}
        side: {source: a/4, basis: secondary}
tables:
  rules:
    source: a/4
    inputs: {size: size}
    outputs: {answer: boolean}
    rows:
      small: {if: {size: "< 3"}, then: {answer: false}}
      large: {if: {size: ">= 3"}, then: {answer: true}, source: a/1#x}
ladder:
  scale: mark
  source: a/4
  levels:
    high:
      require:
        big: {that: big, source: a/1#y}
        far: {that: far}
    low: {otherwise: true, source: a/2}
  knockouts:
    shut: {when: not(open), to: low}
"""


@pytest.fixture
def heads(shelf):
    """The heads of a subject's entries, by path."""

    def load(shop=SHOP, book=BASE, clauses=CLAUSES):
        shelf.write("base", rulebook=book, shop=shop, clauses=clauses)
        return {e.head.at: e.head for e in entries(shelf.load("base").sound)}

    return load


def cited(head):
    return [source.place for source in head.sources]


@pytest.mark.parametrize(
    ("path", "places"),
    [
        ("criteria.groups.looks.items.front", ["a/3"]),
        ("criteria.groups.looks.items.back", ["a/1#x"]),
        ("tables.rules.rows.small", ["a/4"]),
        ("tables.rules.rows.large", ["a/1#x"]),
        ("ladder.levels.high", ["a/4"]),
        ("ladder.levels.high.require.big", ["a/1#y"]),
        ("ladder.levels.high.require.far", ["a/4"]),
        ("ladder.levels.low", ["a/2"]),
        ("ladder.knockouts.shut", ["a/4"]),
        ("facts.open", ["a/4"]),  # of what reads it: the source of a subject is its own
    ],
)
def test_what_cites_nothing_rests_on_what_it_stands_in(heads, path, places):
    assert cited(heads()[path]) == places


def test_a_record_gives_its_source_to_its_fields_and_definitions(heads):
    record = """\
records:
  visit:
    source: a/3
    held_by: [shop]
    fields: {day: {type: date}, length: {type: number, source: a/4}}
    definitions: {long: {is: length > 2}}
"""
    shop = SHOP.replace(
        "definitions:\n", "  visits: {type: list of visit, default: []}\ndefinitions:\n"
    )
    found = heads(shop, BASE + record)
    assert cited(found["records.visit.fields.day"]) == ["a/3"]
    assert cited(found["records.visit.fields.length"]) == ["a/4"]
    assert cited(found["records.visit.definitions.long"]) == ["a/3"]


def test_how_sure_it_is_comes_with_a_source(heads):
    found = heads()
    bases = {k: found[f"criteria.groups.looks.items.{k}"].basis for k in ("front", "back", "side")}
    assert bases == {"front": Basis.ASSUMED, "back": Basis.TEXT, "side": Basis.SECONDARY}


def test_an_address_that_is_none_is_told_where_it_was_written_once(shelf):
    shelf.write("base", shop=SHOP.replace("source: a/3\n", "source: a/33\n"), clauses=CLAUSES)
    assert shelf.load("base").found == [("K0501", "a/33")]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("facts.size", "First of one"),
        ("definitions.big", "Large"),  # it says its own
        ("definitions.far", None),  # a condition is said in its place
        ("criteria.groups.looks.items.front", "Three"),  # of a source that it takes, too
        ("criteria.groups.looks.items.back", "First of one"),
        ("tables.rules.rows.large", "First of one"),
        ("ladder.levels.high.require.big", "Phần hai"),
        ("ladder.levels.high", None),  # a level has a name
    ],
)
def test_what_has_no_label_says_what_it_cites(heads, path, text):
    label = heads()[path].label
    assert (label and label.vi) == text


def test_the_text_of_a_part_is_in_both_languages(heads):
    assert heads()["ladder.levels.high.require.big"].label.en == "Second of one"


def test_of_several_the_first_is_said(heads):
    shop = SHOP.replace("source: a/1#x}\n  open", "source: [a/1#y, a/1#x]}\n  open")
    assert heads(shop)["facts.size"].label.en == "Second of one"


def test_a_part_without_text_gives_none(heads):
    shop = SHOP.replace("source: a/1#x}\n  open", "source: a/1#z}\n  open")
    assert heads(shop)["facts.size"].label is None


def test_another_document_has_no_texts_here(heads):
    book = BASE.replace("{D-1: {}}", "{D-1: {}, E-2: {}}")
    shop = SHOP.replace("source: a/1#x}\n  open", "source: E-2 a/1#x}\n  open")
    assert heads(shop, book)["facts.size"].label is None


def test_a_new_document_carries_texts_of_parts_along(shelf):
    shelf.write("base", shop=SHOP, clauses=CLAUSES)
    own = NEXT.replace("document: D-1", "document: D-2\ndocuments: {D-2: {}}")
    clauses = """\
    clauses:
      b/1: {carries: a/1}
      b/2: {carries: [a/2, a/3], summary: Both}
      b/4: {carries: a/4}
    """
    found = shelf.next(own, clauses=clauses)
    heads = {e.head.at: e.head for e in entries(found.sound)}
    assert cited(heads["facts.size"]) == ["b/1#x"]
    assert heads["facts.size"].label.vi == "First of one"


def test_parts_of_several_clauses_are_put_together(shelf):
    clauses = CLAUSES.replace("{summary: Two}", "{summary: Two, parts: [p, q]}")
    shop = SHOP.replace("source: a/2", "source: a/2#p")
    shelf.write("base", shop=shop, clauses=clauses)
    own = NEXT.replace("document: D-1", "document: D-2\ndocuments: {D-2: {}}")
    listed = "clauses:\n  b/1: {carries: [a/1, a/2], summary: All}\n"
    listed += "  a/3: {carries: true}\n  a/4: {carries: true}\n"
    (clause, *_) = shelf.next(own, clauses=listed).sound.clauses
    assert clause.parts == ("x", "y", "z", "p", "q")
    assert [ref.name for ref, _ in clause.texts] == ["x", "y"]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ("{x: null, y: Y, z: Z}", [("K0122", "null")]),
        ("{x: [a], y: Y, z: Z}", [("K0123", "[a]")]),
        ("{x y: A, x: X, y: Y}", [("K0124", "x y")]),
        ("{y: Y, z: Z}", [("K0502", "a/1#x")] * 3),
    ],
)
def test_mistakes_in_parts_are_told_at_their_place(shelf, parts, expected):
    before = CLAUSES.index("parts: ") + len("parts: ")
    after = CLAUSES.index("}\n  a/2")
    shelf.write("base", shop=SHOP, clauses=CLAUSES[:before] + parts + CLAUSES[after:])
    assert shelf.load("base").found == expected
