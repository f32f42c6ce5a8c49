"""A matrix of thresholds is so many requirements, and says so where one of its cells is wrong."""

from __future__ import annotations

import pytest
from tests.support.rulebook import load_files
from tests.unit.rulebook.conftest import NEXT

from khung.diagnostics.bag import Bag
from khung.ir.from_rulebook import lower_rulebook
from khung.syntax.unparse import unparse

MANIFEST = """\
khung: 1
id: small
title: Courses
period: {from: 2021-01-01, to: 2021-12-31}
document: D-1
documents: {D-1: {}}
scales:
  mark: {values: {poor: Poor, fair: Fair, good: Good}}
  rating: {values: {failed: Failed, passed: Passed, merit: Merit, honours: Honours}}
"""

COURSE = """\
subject: course
facts: {audited: {type: boolean}, audit: {type: mark, applies_when: audited}}
criteria:
  scale: mark
  groups:
    teaching: {items: {clarity: {}, pace: {}}}
    care: {items: {notes: {}}}
  sets: {whole: all}
ladder:
  scale: rating
"""

MATRIX = """\
  thresholds:
    columns: [honours, merit, passed]
    teaching: {at_least: [good, fair, "-"], source: ["1", ["2", "3"], "-"]}
    rest: {of: care, at_least: [good, good, fair], label: [Best, Better, Good], source: "4"}
    audit: {of: audit, when: audited, at_least: [good, fair, poor], source: "5", basis: assumed}
  levels:
    honours: {require: {all: {that: every c in whole satisfies c >= good, source: "6"}}}
    failed: {otherwise: true, source: "7"}
"""

LONGHAND = """\
  levels:
    honours:
      require:
        teaching: {that: every c in teaching satisfies c >= good, source: "1"}
        rest: {that: every c in care satisfies c >= good, label: Best, source: "4"}
        audit: {when: audited, that: audit >= good, source: "5", basis: assumed}
        all: {that: every c in whole satisfies c >= good, source: "6"}
    merit:
      require:
        teaching: {that: every c in teaching satisfies c >= fair, source: ["2", "3"]}
        rest: {that: every c in care satisfies c >= good, label: Better, source: "4"}
        audit: {when: audited, that: audit >= fair, source: "5", basis: assumed}
    passed:
      require:
        rest: {that: every c in care satisfies c >= fair, label: Good, source: "4"}
        audit: {when: audited, that: audit >= poor, source: "5", basis: assumed}
    failed: {otherwise: true, source: "7"}
"""


LAST = '  levels: {failed: {otherwise: true, source: "7"}}\n'


@pytest.fixture
def said(tmp_path):
    """Return all that is said of a ladder, read and lowered."""

    def check(text):
        loaded = load_files(tmp_path, rulebook=MANIFEST, course=COURSE + text)
        if loaded.found or loaded.rulebook is None:
            return loaded.found
        bag = Bag()
        lower_rulebook(loaded.rulebook, {}, bag)
        return [(d.code, d.span.text) for d in bag.diagnostics if d.span]

    return check


@pytest.fixture
def ladder(tmp_path):
    """Return a ladder as it was read."""

    def read(text):
        (subject,) = load_files(tmp_path, rulebook=MANIFEST, course=COURSE + text).sound.subjects
        return subject.ladder

    return read


def test_a_matrix_is_what_it_abbreviates(ladder):
    short, long = ladder(MATRIX), ladder(LONGHAND)
    assert short == long
    heads = [[one.head.at for one in level.require] for level in short.levels]
    assert heads == [[one.head.at for one in level.require] for level in long.levels]


def test_a_matrix_stays_as_it_was_written(ladder):
    matrix = ladder(MATRIX).thresholds
    assert [column.name for column in matrix.columns] == ["honours", "merit", "passed"]
    cells = [[cell and unparse(cell) for cell in row.cells] for row in matrix.rows]
    assert cells == [["good", "fair", None], ["good", "good", "fair"], ["good", "fair", "poor"]]


def test_what_is_made_has_the_place_of_its_cell(ladder):
    first = ladder(MATRIX).levels[0].require[0]
    assert (first.head.span.text, first.that.span.text) == ("good", "good")


def test_a_grade_may_be_called_as_a_variable_is(tmp_path):
    manifest = MANIFEST.replace("good: Good", "c: Good")
    text = MATRIX.replace("good", "c").partition("  levels:")
    loaded = load_files(tmp_path, rulebook=manifest, course=COURSE + text[0] + LAST)
    bag = Bag()
    lower_rulebook(loaded.sound, {}, bag)
    assert bag.diagnostics == ()


def test_a_level_of_the_columns_may_stand_empty_among_the_levels(ladder):
    assert ladder(MATRIX.replace("    failed:", "    passed: {}\n    failed:")) == ladder(LONGHAND)


WRONG = {
    "a cell too few": (
        ('at_least: [good, fair, "-"]', "at_least: [good, fair]"),
        [("K0480", "[good, fair]")],
    ),
    "a cell too many": (
        ("at_least: [good, good, fair]", "at_least: [good, good, fair, fair]"),
        [("K0480", "[good, good, fair, fair]")],
    ),
    "a source too few": (
        ('source: ["1", ["2", "3"], "-"]', 'source: ["1", "2"]'),
        [("K0480", '["1", "2"]')],
    ),
    "no list": (("at_least: [good, good, fair]", "at_least: good"), [("K0123", "good")]),
    "no columns": (("    columns: [honours, merit, passed]\n", ""), [("K0121", "teaching")]),
    "a level that the scale has not": (
        ("columns: [honours, merit, passed]", "columns: [honours, merits, passed]"),
        [("K0201", "merits")],
    ),
    "a column twice": (
        ("columns: [honours, merit, passed]", "columns: [honours, honours, passed]"),
        [("K0401", "honours")],
    ),
    "the last level": (
        ("columns: [honours, merit, passed]", "columns: [honours, merit, failed]"),
        [("K0482", "failed")],
    ),
    "a grade that the scale has not": (
        ("at_least: [good, good, fair]", "at_least: [good, goood, fair]"),
        [("K0201", "goood")],
    ),
    "a row that names nothing": (("rest: {of: care, ", "rest: {"), [("K0201", "rest")]),
    "said twice": (("honours: {require: {all:", "honours: {require: {rest:"), [("K0481", "rest")]),
    "a key that no row has": (("of: care", "off: care"), [("K0120", "off")]),
    "a level that says nothing": (
        ("    failed:", "    merit: {}\n    poor: {}\n    failed:"),
        [("K0415", "{}")],
    ),
    "a level that asks for something and for nothing": (
        ("failed: {otherwise: true", "failed: {require: {x: {that: audited}}, otherwise: true"),
        [("K0416", "otherwise")],
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_is_one_error_at_its_place(name, said):
    (old, new), expected = WRONG[name]
    assert old in MATRIX
    assert said(MATRIX.replace(old, new)) == expected


def test_a_sound_matrix_has_no_errors(said):
    assert said(MATRIX) == []


# -- over another rulebook --------------------------------------------------------------------

OLD = """\
subject: shop
source: a/2
facts:
  size: {type: number, source: a/1#x}
  staff: {type: number, source: a/4}
ladder:
  scale: mark
  thresholds:
    columns: [high]
    size: {at_least: [parameters.least], source: a/1}
    staff: {at_least: [2], source: [a/4], basis: secondary}
  levels:
    low: {otherwise: true, source: a/2}
"""

SPLIT = """\
clauses:
  a/1: {carries: true}
  c/1: {carries: a/1}
  b/2: {carries: a/2}
  b/4: {carries: a/4}
"""


def require(loaded):
    """Return what the best level of the shop asks for: ids, conditions and addresses."""
    (shop,) = loaded.sound.subjects
    return [
        (one.head.id, unparse(one.that), [source.address for source in one.head.sources])
        for one in shop.ladder.levels[0].require
    ]


def test_a_successor_changes_one_row(shelf):
    shelf.write("base", shop=OLD)
    said = "subject: shop\nladder: {thresholds: {size: {at_least: [9]}}}\n"
    found = require(shelf.next(shop=said))
    assert found == [("size", "size >= 9", ["a/1"]), ("staff", "staff >= 2", ["a/4"])]


def test_citations_move_along_cell_by_cell(shelf):
    shelf.write("base", shop=OLD)
    said = NEXT.replace("document: D-1", "document: D-2\ndocuments: {D-2: {}}")
    found = shelf.next(said, clauses=SPLIT)
    assert [(name, cited) for name, _, cited in require(found)] == [
        ("size", ["a/1", "c/1"]),
        ("staff", ["b/4"]),
    ]


def test_a_group_of_changes_names_the_requirement(shelf):
    shelf.write("base", shop=OLD)
    said = "subject: shop\nladder: {thresholds: {size: {at_least: [9]}}}\n"

    def groups(path):
        answers = f"groups: {{g: {{label: A, entries: [{path}]}}}}}}"
        manifest = NEXT.replace("readings: {who: kept}}", f"readings: {{who: kept}}, {answers}")
        return [code for code, _ in shelf.next(manifest, shop=said).found]

    assert groups("shop.ladder.levels.high.require.size") == []
    assert groups("shop.ladder.levels.high.require.staff") == ["K0535"]


def test_an_overlay_adds_a_row_and_changes_none(shelf):
    shelf.write("base", shop=OLD)
    manifest = NEXT.partition("extends")[0] + (
        "extends: {rulebook: base, as: overlay}\n"
        "period: {from: 2024-01-01, to: 2024-12-31}\n"
        "document: D-1\napplies_to: {shop: [one]}\n"
    )
    added = "thresholds: {again: {of: size, at_least: [7], source: a/4}}"
    (found,) = shelf.next(manifest, shop=f"subject: shop\nladder: {{{added}}}\n").sound.subjects
    assert [one.head.id for one in found.ladder.levels[0].require] == ["size", "staff", "again"]
    changed = "subject: shop\nladder: {thresholds: {size: {at_least: [9]}}}\n"
    assert shelf.next(manifest, shop=changed).found == [("K0570", "size")]
    assert "size: {at_least" in OLD
    shelf.write("base", shop=OLD.replace("size: {at_least", "size: {local: true, at_least", 1))
    assert shelf.next(manifest, shop=changed).sound
