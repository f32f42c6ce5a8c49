"""One mistake is one error: nothing is said of what only follows from it."""

import pytest
from tests.support.rulebook import MANIFEST, Loaded, load_files

from khung.diagnostics.bag import Bag
from khung.ir.from_rulebook import lower_rulebook

SHARED = (
    MANIFEST
    + """\
scales: {mark: {values: {low: Low, high: High}}}
parameters: {least: {value: 3}}
readings: {how: {question: How, options: {one: {}, two: {}}, chosen: one}}
calendars: {days: {weekend: [sunday], from: 2021-01-01, to: 2021-12-31, holidays: {}}}
records: {fine: {fields: {cost: {type: number}, on_day: {type: date}}}}
"""
)
CLAUSES = "clauses:\n  a/1: {summary: One, parts: [x, y]}\n  a/2: {summary: Two}\n"
SHOP = """\
subject: shop
kinds: {field: sort, values: {small: {tax: none}, big: {tax: full}}}
facts:
  size: {type: number, source: a/1#x}
  opened: {type: boolean, source: a/1#x}
  since: {type: date, applies_when: opened, source: a/1#y}
  fines: {type: list of fine, source: a/2}
definitions:
  wide: {is: size >= parameters.least, source: a/1#y}
  fined: {is: count f in fines satisfies f.cost > size, source: a/2}
tables:
  place:
    inputs: {wide: wide}
    outputs: {mark: mark}
    rows:
      yes: {if: {wide: true}, then: {mark: high}, source: a/2}
      no: {if: {wide: false}, then: {mark: low}, source: a/2}
checks:
  early:
    when: opened
    require: working days between(since, on, calendars.days) >= 3 and readings.how = one
    source: a/2
  few: {require: wide and fined < 3 and tables.place.mark = high, source: a/1#x}
  taxed: {require: sort.tax = full, source: a/1}
  ranked_well: {when: ranked, require: mark >= low, source: a/2}
caps:
  closed: {when: not(opened), at_most: low, source: a/2}
ladder:
  scale: mark
  levels:
    high: {require: {wide: {that: wide and size > 2, source: a/2}}}
    low: {otherwise: true, source: a/2}
"""
FILES = {"rulebook": SHARED, "clauses": CLAUSES, "shop": SHOP}


def said(folder, files):
    """Return all that is said of a rulebook."""
    loaded = load_files(folder, **files)
    bag = Bag()
    bag.add_all(loaded.diagnostics)
    if loaded.rulebook is not None:
        lower_rulebook(loaded.rulebook, {}, bag)
    return Loaded(None, bag.diagnostics).found


def test_the_rulebook_of_these_tests_is_sound(tmp_path):
    assert said(tmp_path, FILES) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "found"),
    [
        ("rulebook", "{value: 3}", "{value: 3 of}", ("K0303", "of")),
        ("rulebook", "{value: 3}", "{valeu: 3, value: 3}", ("K0120", "valeu")),
        ("rulebook", "chosen: one", "chosen: [one]", ("K0123", "[one]")),
        (
            "rulebook",
            "[sunday], from: 2021-01-01",
            "[sunday], from: 1/1/2021",
            ("K0125", "1/1/2021"),
        ),
        ("rulebook", "{type: date}", "{type: [date]}", ("K0123", "[date]")),
        ("rulebook", "{type: date}", "{type: dat e}", ("K0411", "dat e")),
        ("clauses", "[x, y]", "[x, y z]", ("K0124", "y z")),
        ("clauses", "[x, y]", "x", ("K0123", "x")),
        ("shop", "{tax: none}", "{tax: [none]}", ("K0123", "[none]")),
        ("shop", "{type: number, ", "{type: , ", ("K0122", "")),
        ("shop", "{type: boolean, ", "{", ("K0121", "source")),
        ("shop", "is: size >= parameters.least", "is: {a: 1}", ("K0123", "a")),
        ("shop", "inputs: {wide: wide}", "inputs: {wide: [wide]}", ("K0123", "[wide]")),
        ("shop", "outputs: {mark: mark}", "outputs: {mark: ma rk}", ("K0411", "ma rk")),
        ("shop", "then: {mark: low}", "then: {mark: }", ("K0122", "")),
        ("shop", "when: opened\n", "when: \n", ("K0122", "")),
        ("shop", "when: opened\n", "when: opend\n", ("K0201", "opend")),
        ("shop", "scale: mark\n  levels", "scale: marks\n  levels", ("K0201", "marks")),
    ],
)
def test_one_mistake_is_one_error(tmp_path, name, old, new, found):
    assert FILES[name].count(old) == 1
    text = FILES[name].replace(old, new)
    assert said(tmp_path, {**FILES, name: text}) == [found]
