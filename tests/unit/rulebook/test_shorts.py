"""Entries on one line, conditions by keys: the same as in full, and mistakes in them."""

from __future__ import annotations

import pytest
from tests.support.rulebook import load_files

from khung.diagnostics.bag import Bag
from khung.diagnostics.codes import is_error
from khung.ir.from_rulebook import lower_rulebook
from khung.syntax.unparse import unparse, unparse_cell

MANIFEST = """\
khung: 1
id: small
title: Clubs
period: {from: 2021-01-01, to: 2021-12-31}
document: D-1
documents: {D-1: {}}
scales: {rating: {values: {poor: Poor, fair: Fair, good: Good}}}
records: {visit: {fields: {long: {type: boolean}}, definitions: {short: not(long)}}}
"""

SHORT = """\
subject: club
links: {parent: {to: club, back: below, tree: true, optional: true}}
kinds: {field: kind, values: {branch: {}, union: {}}}
facts: {age: {type: number}, old: {type: boolean}, visits: {type: list of visit, default: []}}
definitions:
  young: age < 10
not_ranked: {new: age < 1}
pending: {unread: not(old)}
ladder:
  scale: rating
  as: standing
  levels:
    good:
      require:
        mature: not(young)
        all: {when: kind = union, that: {all: below, at_least: fair}}
        most: {when: kind = union, that: {share_of: below, at_least: good, is: ">= 80%"}}
    fair: {require: {aged: age >= 2}}
    poor: {otherwise: true}
tables:
  fee:
    inputs: {age: age, old: old}
    outputs: {fee: number, free: boolean}
    rows:
      a: ["< 3", "-", 0, true]
      b: {row: [">= 3", "true", 5, false], source: "2"}
      c: {if: {age: ">= 3", old: "false"}, then: {fee: 9, free: false}}
checks: {aged: age < 200}
"""

FULL = (
    SHORT.replace("young: age < 10", "young: {is: age < 10}")
    .replace("new: age < 1", "new: {when: age < 1}")
    .replace("unread: not(old)", "unread: {when: not(old)}")
    .replace("mature: not(young)", "mature: {that: not(young)}")
    .replace('["< 3", "-", 0, true]', '{if: {age: "< 3", old: "-"}, then: {fee: 0, free: true}}')
    .replace(
        'row: [">= 3", "true", 5, false]',
        'if: {age: ">= 3", old: "true"}, then: {fee: 5, free: false}',
    )
    .replace("aged: age >= 2", "aged: {that: age >= 2}")
    .replace("aged: age < 200", "aged: {require: age < 200}")
)

LONG = FULL.replace(
    "that: {all: below, at_least: fair}",
    "that: every t in below satisfies t.ranked and t.standing >= fair",
).replace(
    'that: {share_of: below, at_least: good, is: ">= 80%"}',
    "that: (share t in below satisfies t.ranked and t.standing >= good) >= 80%",
)


@pytest.fixture
def read(tmp_path):
    """Return a rulebook, with its program."""

    def loaded(text, manifest=MANIFEST):
        found = load_files(tmp_path, rulebook=manifest, club=text)
        bag = Bag()
        program = lower_rulebook(found.rulebook, {}, bag) if found.rulebook else None
        said = found.diagnostics or bag.diagnostics
        errors = [(d.code, d.span.text if d.span else "") for d in said if is_error(d)]
        return found.rulebook, program, errors

    return loaded


def test_on_one_line_it_is_the_same(read):
    short, full = read(SHORT)[0], read(FULL)[0]
    assert short.subjects == full.subjects
    long = MANIFEST.replace("short: not(long)", "short: {is: not(long)}")
    assert short.records == read(FULL, long)[0].records


def test_lists_at_a_level_are_what_they_abbreviate(read):
    assert read(SHORT)[1].subjects == read(LONG)[1].subjects


def test_lists_at_a_level_may_hang_on_a_reading(read):
    manifest = MANIFEST + "readings: {how: {question: How, options: {a: {}, b: {}}, chosen: a}}\n"
    two = "{by: how, a: {all: below, at_least: fair}, b: {all: below, at_least: good}}"
    said = (
        "if readings.how = a then every t in below satisfies t.ranked and t.standing >= fair "
        "else every t in below satisfies t.ranked and t.standing >= good"
    )
    short = SHORT.replace("that: {all: below, at_least: fair}", f"that: {two}")
    long = SHORT.replace("that: {all: below, at_least: fair}", f"that: {said}")
    assert read(short, manifest)[1].subjects == read(long, manifest)[1].subjects


def test_they_are_sound(read):
    assert read(SHORT)[2] == []


ALL = "that: {all: below, at_least: fair}"
MOST = 'that: {share_of: below, at_least: good, is: ">= 80%"}'

WRONG = {
    "records have no result": (ALL, "that: {all: visits, at_least: fair}", ("K0483", "visits")),
    "no list": (ALL, "that: {all: age, at_least: fair}", ("K0338", "age")),
    "an unknown list": (ALL, "that: {all: beloww, at_least: fair}", ("K0201", "beloww")),
    "an unknown level": (ALL, "that: {all: below, at_least: fairr}", ("K0201", "fairr")),
    "no level": (ALL, "that: {all: below}", ("K0121", "all")),
    "neither list": (ALL, "that: {at_least: fair}", ("K0415", "at_least")),
    "both lists": (
        ALL,
        "that: {all: below, share_of: below, at_least: fair}",
        ("K0416", "share_of"),
    ),
    "a limit of all": (ALL, 'that: {all: below, at_least: fair, is: ">= 80%"}', ("K0416", "is")),
    "no limit": (MOST, "that: {share_of: below, at_least: good}", ("K0121", "share_of")),
    "a limit without a comparison": (
        MOST,
        "that: {share_of: below, at_least: good, is: 80%}",
        ("K0484", "80%"),
    ),
    "an unknown key": (ALL, "that: {all: below, at_leest: fair}", ("K0120", "at_leest")),
    "a cell too few": ('["< 3", "-", 0, true]', '["< 3", 0, true]', ("K0485", '"< 3", 0, true')),
    "a cell that is none": (
        '["< 3", "-", 0, true]',
        '["< 3 <", "-", 0, true]',
        ("K0303", "<"),
    ),
    "cells by both ways": (
        "c: {if:",
        "c: {row: [1, true, 2, true], if:",
        ("K0416", "row"),
    ),
    "tests beside a row": (
        "b: {row:",
        'b: {if: {age: "1"}, row:',
        ("K0416", "if"),
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_is_one_error_at_its_place(name, read):
    old, new, expected = WRONG[name]
    assert old in SHORT
    assert read(SHORT.replace(old, new))[2] == [expected]


# -- over another rulebook --------------------------------------------------------------------

BASE = """\
subject: shop
source: a/2
facts: {size: {type: number, source: a/1#x}, open: {type: boolean, source: a/4}}
definitions: {big: size > 5, wide: {is: size > 9, source: a/1#y}}
ladder:
  scale: mark
  levels:
    high: {require: {big: big, open: {that: open, source: a/4}}}
    low: {otherwise: true}
tables:
  fee:
    source: a/4
    inputs: {size: size}
    outputs: {fee: number}
    rows: {a: ["< 5", 1], b: {if: {size: ">= 5"}, then: {fee: 2}, source: a/1}}
"""

OVER = """\
subject: shop
definitions: {big: {source: a/1#x}, wide: size > 7}
ladder: {levels: {high: {require: {big: {source: a/1#x}, open: not(open)}}}}
tables: {fee: {rows: {a: {source: a/1}, b: [">= 5", 3]}}}
"""


def test_an_entry_on_one_line_is_changed_as_any_other(shelf):
    shelf.write("base", shop=BASE)
    (shop,) = shelf.next(shop=OVER).sound.subjects
    asked, table = shop.ladder.levels[0].require, shop.tables[0]
    entries = [
        *[(one, one.value) for one in shop.definitions],
        *[(one, one.that) for one in asked],
        *[(row, row.then[0][1]) for row in table.rows],
    ]
    said = {
        one.head.id: (unparse(value), [f"{x.address}#{x.part}" for x in one.head.sources])
        for one, value in entries
        if one not in shop.definitions or one.head.id != "big"
    }
    assert said == {
        "big": ("big", ["a/1#x"]),
        "wide": ("size > 7", ["a/1#y"]),
        "open": ("not(open)", ["a/4#"]),
        "a": ("1", ["a/1#"]),
        "b": ("3", ["a/1#"]),
    }
    assert [unparse_cell(row.tests[0][1]) for row in table.rows] == ["< 5", ">= 5"]
