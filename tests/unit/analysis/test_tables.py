"""Gaps, overlaps and dead rows of tables, each with an example that a person finds, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.support.rulebook import MANIFEST, load_files

from khung.analysis.tables import check_tables
from khung.diagnostics.bag import Bag
from khung.ir.from_rulebook import lower_rulebook

if TYPE_CHECKING:
    from pathlib import Path

    from khung.diagnostics.model import Diagnostic

NAMES = """
scales: {grade: {values: {low: S, mid: M, high: L}}}
enumerations: {door: {values: {front: F, back: B}}}
calendars: {office: {from: 2021-01-01, to: 2021-12-31, weekend: [sunday]}}
parameters: {limit: {value: 3}}
readings: {how: {question: Q, options: {one: {}, two: {}}, chosen: one}}
"""
SUBJECT = """
subject: shop
kinds:
  field: kind
  values:
    kiosk: {label: K, street: busy, roof: none}
    stall: {label: T, street: busy, roof: cloth}
    store: {label: S, street: calm, roof: tiles}
facts:
  area: {type: number, range: "0.."}
  part: {type: number, range: "0%..100%"}
  open: {type: boolean}
  clean: {type: boolean}
  city: {type: string}
  grade: {type: grade}
  door: {type: door}
  day: {type: date}
  goods: {type: list of number}
definitions:
  is_store: {is: kind = store}
tables:
  t:
    source: X
"""

Said = list[tuple[str, str, str]]


def said(tmp_path: Path, table: str) -> Said:
    """Return each code, the row or table under it, and the example or the other row."""
    return [
        (d.code, d.span.text if d.span else "", str(d.args.get("example", "")))
        for d in found_in(tmp_path, table)
    ]


def found_in(tmp_path: Path, table: str) -> tuple[Diagnostic, ...]:
    """Return what is said of a table."""
    loaded = load_files(tmp_path, rulebook=MANIFEST + NAMES, shop=SUBJECT + table)
    bag, own = Bag(), Bag()
    program = lower_rulebook(loaded.sound, {}, bag)
    assert program is not None, [(d.code, d.args) for d in bag.diagnostics]
    check_tables(program, own)
    return own.diagnostics


def table(inputs: str, *cells: str, hit: str = "unique", when: str = "") -> str:
    """Return a table with rows a, b, c, … of these cells."""
    rows = "".join(f"      {chr(97 + i)}: {{{c}, then: {{o: 1}}}}\n" for i, c in enumerate(cells))
    there = f"    when: {when}\n" if when else ""
    head = f"    hit: {hit}\n{there}    inputs: {{{inputs}}}\n    outputs: {{o: number}}\n"
    return f"{head}    rows:\n{rows}"


COMPLETE = [
    table("x: open", "if: {x: true}", "if: {x: false}"),
    table("x: open", "if: {x: true}", "if: {x: 'not(true)'}"),
    table("x: area", "if: {x: '< 3'}", "if: {x: '[3..5)'}", "if: {x: '>= 5'}"),
    table("x: area", "if: {x: '< parameters.limit'}", "if: {x: '>= 3'}"),
    table("x: area", "if: {x: '0'}", "if: {x: '> 0'}"),
    table("x: part", "if: {x: '[0..50%]'}", "if: {x: '(50%..100%]'}"),
    table("x: day", "if: {x: '<= @\"2021-05-31\"'}", "if: {x: '>= @\"2021-06-01\"'}"),
    table("x: grade", "if: {x: '>= mid'}", "if: {x: low}"),
    table("x: door", "if: {x: front}", "if: {x: back}"),
    table("x: city", """if: {x: '"a", "b"'}""", """if: {x: 'not("a", "b")'}"""),
    table("x: kind", "if: {x: 'kiosk, stall'}", "if: {x: store}"),
    table("x: kind, y: kind.street", "if: {y: busy}", "if: {x: store}"),
    table("x: kind.street, y: kind.roof", "if: {x: busy}", "if: {y: tiles}"),
    table("x: is_store, y: kind", "if: {x: true}", "if: {y: 'kiosk, stall'}"),
    table("x: kind", "if: {x: kiosk}", "if: {x: stall}", when="kind != store"),
    table("x: kind", "if: {x: kiosk}", "if: {x: stall}", when="not(is_store)"),
    # of a kiosk or a stall `y` is true, so that no row is needed for one that is false
    table(
        "x: kind, y: if is_store then open else true",
        "if: {x: 'kiosk, stall', y: true}",
        "if: {x: store}",
    ),
    table(
        "x: kind, y: if kind.street = calm then door else front",
        "if: {y: front}",
        "if: {x: store, y: back}",
    ),
    table("x: open, y: if open then clean else false", "if: {y: true}", "if: {x: '-', y: false}"),
    table("x: open, y: if open then clean else false", "if: {x: false}", "if: {x: true}"),
    table("x: kind, y: if is_store then 1 / 0 else area", "if: {y: '< 3'}", "if: {y: '>= 3'}"),
    table("x: count(goods)", "if: {x: '<= 1'}", "if: {x: '>= 2'}"),
    table("x: count g in goods satisfies g > 1", "if: {x: 0}", "if: {x: '>= 1'}"),
    table("x: count(goods) + 2 * count(goods)", "if: {x: 0}", "if: {x: '>= 1'}"),
    table("x: string length(city)", "if: {x: 0}", "if: {x: '>= 1'}"),
    table("x: day.month", "if: {x: '<= 6'}", "if: {x: '[7..12]'}"),
    table("x: 'months between(day, on)'", "if: {x: '< 6'}", "if: {x: '>= 6'}"),
    table("x: floor(area)", "if: {x: '<= 2'}", "if: {x: '>= 3'}"),
    table("x: 'round half up(area, 0)'", "if: {x: '<= 2'}", "if: {x: '>= 3'}"),
    table("x: share g in goods satisfies g > 1", "if: {x: '< 2/3'}", "if: {x: '>= 2/3'}"),
    table("x: open", "if: {x: true}", "when: open = false"),
    table(
        "x: open",
        "if: {x: true}",
        "if: {x: false}, when: is_store",
        "if: {x: false}, when: kind != store",
    ),
    table("x: open", "when: readings.how = one", hit="first"),
    table("x: open, y: clean", "if: {x: true}", "if: {y: true}", "if: {x: '-'}", hit="first"),
    table("x: area", "if: {x: '> 9'}", hit="collect"),
    table("x: area", "if: {x: '> 9'}", "if: {x: '> 8'}", hit="collect"),
    table(
        "x: open", "if: {x: true}, when: clean", "if: {x: true}, when: not(clean)", "if: {x: false}"
    ),
]


@pytest.mark.parametrize("text", COMPLETE)
def test_a_table_without_fault(text: str, tmp_path: Path) -> None:
    assert said(tmp_path, text) == []


GAPS = [
    (table("x: open", "if: {x: true}"), "x = false"),
    (table("x: area", "if: {x: '< 3'}", "if: {x: '> 3'}"), "x = 3"),
    (table("x: area", "if: {x: '(0..3]'}", "if: {x: '> 3'}"), "x = 0"),
    (table("x: area", "if: {x: '<= 2'}", "if: {x: '>= 3'}"), "x = 2.5"),
    (table("x: area", "if: {x: '<= 2'}"), "x = 3"),
    (
        table("x: day", "if: {x: '< @\"2021-06-01\"'}", "if: {x: '> @\"2021-06-01\"'}"),
        "x = 2021-06-01",
    ),
    (table("x: grade", "if: {x: high}", "if: {x: low}", hit="first"), "x = mid"),
    (table("x: city", """if: {x: '"a"'}"""), "x = …"),
    (
        table("x: kind, y: open", "if: {x: 'kiosk, store'}", "if: {y: true, x: stall}"),
        "x = stall, y = false",
    ),
    (table("x: kind.street, y: kind.roof", "if: {x: busy}"), "x = calm, y = tiles"),
    (
        table("x: kind, y: if is_store then open else true", "if: {x: '-', y: true}"),
        "x = store, y = false",
    ),
    (
        table("x: kind, y: if is_store then 5 else area", "if: {x: store}", "if: {y: '< 3'}"),
        "x = kiosk, y = 3",
    ),
    (table("x: open", "if: {x: false}", "when: readings.how = two"), "x = true"),
    (table("x: 'months between(day, on)'", "if: {x: '[0..6)'}", "if: {x: '>= 6'}"), "x = -1"),
    (
        table(
            "x: 'working days between(day, on, calendars.office)'", "if: {x: '0'}", "if: {x: '> 0'}"
        ),
        "x = -1",
    ),
    (table("x: floor(area - 9)", "if: {x: '[0..3)'}", "if: {x: '>= 3'}"), "x = -1"),
    (table("x: 'floor(area, 1)'", "if: {x: '<= 2'}", "if: {x: '>= 3'}"), "x = 2.5"),
    (table("x: day.month", "if: {x: '<= 6'}", "if: {x: '[7..12)'}"), "x = 12"),
    (table("x: count(goods) + 1", "if: {x: '(1..2]'}", "if: {x: '> 2'}"), "x = 1"),
    (table("x: count(goods) - 1", "if: {x: '[0..2]'}", "if: {x: '> 2'}"), "x = -1"),
    (table("x: count(goods) / 2", "if: {x: '<= 2'}", "if: {x: '>= 3'}"), "x = 2.5"),
    (table("x: count(goods)", "if: {x: '(0..2]'}", "if: {x: '> 2'}"), "x = 0"),
    (
        table("x: share g in goods satisfies g > 1", "if: {x: '< 2/3'}", "if: {x: '> 2/3'}"),
        "x = 2/3",
    ),
]


@pytest.mark.parametrize(("text", "example"), GAPS)
def test_a_gap(text: str, example: str, tmp_path: Path) -> None:
    assert [one for one in said(tmp_path, text) if one[0] != "K0720"] == [("K0453", "t", example)]


OVERLAPS = [
    (table("x: open", "if: {x: true}", "if: {x: '-'}"), "b", "x = true"),
    (table("x: area", "if: {x: '<= 3'}", "if: {x: '>= 3'}"), "b", "x = 3"),
    (table("x: area", "if: {x: '<= 3'}", "if: {x: '> 2.5'}"), "b", "x = 2.75"),
    (
        table("x: kind, y: kind.street", "if: {x: 'kiosk, store'}", "if: {y: busy}"),
        "b",
        "x = kiosk, y = busy",
    ),
    (
        table("x: open, y: clean", "if: {x: true}", "if: {x: false}", "if: {x: false, y: true}"),
        "c",
        "x = false, y = true",
    ),
]


@pytest.mark.parametrize(("text", "row", "example"), OVERLAPS)
def test_an_overlap(text: str, row: str, example: str, tmp_path: Path) -> None:
    assert said(tmp_path, text) == [("K0454", row, example)]


DEAD = [
    (
        table("x: area", "if: {x: '< 5'}", "if: {x: '< 3'}", "if: {x: '-'}", hit="first"),
        "b",
        "above",
    ),
    (table("x: area", "if: {x: '[0..9]'}", "if: {x: '> 9'}", "if: {x: '< 0'}"), "c", ""),
    (table("x: kind, y: kind.street", "if: {x: kiosk, y: calm}", "if: {x: '-'}"), "a", ""),
    (
        table(
            "x: kind, y: if is_store then open else true",
            "if: {y: true}",
            "if: {x: store, y: false}",
            "if: {x: kiosk, y: false}",
        ),
        "c",
        "",
    ),
    (table("x: kind", "if: {x: 'kiosk, stall'}", "if: {x: store}", when="kind != store"), "b", ""),
    (table("x: open", "if: {x: '-'}", "if: {x: true}, when: readings.how = two"), "b", "condition"),
    (
        table(
            "x: open", "if: {x: true}", "if: {x: true}, when: clean", "if: {x: '-'}", hit="first"
        ),
        "b",
        "above",
    ),
]


@pytest.mark.parametrize(("text", "row", "reason"), DEAD)
def test_a_row_that_never_answers(text: str, row: str, reason: str, tmp_path: Path) -> None:
    (found,) = found_in(tmp_path, text)
    assert (found.code, found.span and found.span.text, found.help) == ("K0720", row, reason)
    assert [place.text for place in found.related] == (["a"] if reason == "above" else [])


IMPOSSIBLE = [
    ("< 1/0", "1/0"),
    ("1/0", "1/0"),
    ("[0..1/0)", "1/0"),
    ("2, modulo(3, 0)", "modulo(3, 0)"),
    ("not(< 3 / (2 - 2))", "3 / (2 - 2)"),
]


@pytest.mark.parametrize(("cell", "part"), IMPOSSIBLE)
def test_a_cell_that_cannot_be_worked_out(cell: str, part: str, tmp_path: Path) -> None:
    text = table("x: area", f"if: {{x: '{cell}'}}")
    assert said(tmp_path, text) == [("K0457", part, "")]


def test_a_table_of_another_reading_is_left_alone(tmp_path: Path) -> None:
    text = table("x: open", "if: {x: true}", when="readings.how = two")
    assert said(tmp_path, text) == []


def test_a_table_too_large_is_not_checked(tmp_path: Path) -> None:
    inputs = ", ".join(f"x{i}: area + {i}" for i in range(10))
    cells = ", ".join(f"x{i}: '> {i}'" for i in range(10))
    assert said(tmp_path, table(inputs, f"if: {{{cells}}}")) == [("K0721", "t", "")]
