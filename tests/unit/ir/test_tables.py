"""Decision tables, typed: what is reported of each mistake, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.support.rulebook import MANIFEST, load_files

from khung.diagnostics.bag import Bag
from khung.ir import types as t
from khung.ir.definitions import lower_expression
from khung.ir.from_rulebook import lower_rulebook
from khung.syntax.from_text import parse_expression
from khung.text import placed

if TYPE_CHECKING:
    from pathlib import Path

    from khung.ir.program import Program

NAMES = """
scales: {size: {values: {small: S, large: L}}}
enumerations: {door: {values: {front: F, back: B}}}
"""
SUBJECT = """
subject: shop
kinds: {field: kind, values: {kiosk: {label: K}, store: {label: S}}}
links: {above: {to: shop, back: below, optional: true}}
facts:
  area: {type: number, range: "0.."}
  open: {type: boolean}
  goods: {type: list of number}
  floors: {type: number, applies_when: kind = store}
definitions:
  d: {is: DEFINED}
tables:
  t:
    source: X
"""
ROWS = "    rows: {r: {if: {a: '< 3'}, then: {o: front}}, s: {then: {o: back}}}"
SOUND = f"""
    hit: first
    inputs: {{a: area, k: kind}}
    outputs: {{o: door}}
{ROWS}
"""


def lowered(tmp_path: Path, table: str, defined: str = "open") -> tuple[Bag, Program | None]:
    text = SUBJECT.replace("DEFINED", defined) + table
    loaded = load_files(tmp_path, rulebook=MANIFEST + NAMES, shop=text)
    bag = Bag()
    assert loaded.rulebook is not None
    for diagnostic in loaded.diagnostics:
        bag.add(diagnostic.code, diagnostic.span, **dict(diagnostic.args))
    return bag, lower_rulebook(loaded.rulebook, {}, bag)


def found(bag: Bag) -> list[tuple[str, str]]:
    return [(d.code, d.span.text if d.span else "") for d in bag.diagnostics]


def test_a_sound_table(tmp_path: Path) -> None:
    bag, program = lowered(tmp_path, SOUND)
    assert found(bag) == []
    assert program is not None
    table = program.objects["shop"].tables["t"]
    assert [row.rule.id for row in table.rows] == ["shop.tables.t.r", "shop.tables.t.s"]
    assert [row.rule.sources for row in table.rows] == [("D-1 X",), ("D-1 X",)]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("a: '< 3'", "b: '< 3'", ("K0201", "b")),
        ("o: front", "p: 1, o: front", ("K0201", "p")),
        ("{o: door}", "{o: {type: dor}}", ("K0201", "dor")),
        ("{o: door}", "{o: {type: list of door}}", ("K0455", "list of door")),
        ("{o: door}", "{o: {label: Door}}", ("K0121", "label")),
        ("{o: door}", "{o: {type: door, lable: Door}}", ("K0120", "lable")),
        ("{o: door}", "{o: [door]}", ("K0123", "[door]")),
        ("o: front", "o: side", ("K0201", "side")),
        ("o: front", "o: 3", ("K0320", "3")),
        ("o: front", "o: area", ("K0320", "area")),
        ("a: '< 3'", "a: true", ("K0330", "true")),
        ("a: '< 3'", "a: '< front'", ("K0201", "front")),
        ("a: '< 3'", "k: kiosc", ("K0201", "kiosc")),
        ("a: '< 3'", "k: '< kiosk'", ("K0324", None)),
        ("a: '< 3'", "a: '< floors'", ("K0451", "< floors")),
        ("a: '< 3'", "a: '< count(goods)'", ("K0451", "< count(goods)")),
        ("a: '< 3'", "a: 'goods[item > 2]'", ("K0451", None)),
        ("a: '< 3'", "a: '<'", ("K0301", None)),
        ("a: area", "a: area, g: goods", ("K0452", "goods")),
        ("a: area", "a: area, x: above", ("K0452", "above")),
        ("a: area", "a: floors", ("K0333", "floors")),
        ("a: area", "a: ara", ("K0201", "ara")),
        ("o: door", "o: dor", ("K0201", "dor")),
        ("o: door", "o: list of door", ("K0455", "list of door")),
        ("o: door", "o: shop", ("K0455", "shop")),
        ("o: door", "o: door, n: number", ("K0450", "r")),
        ("hit: first", "hit: last", ("K0126", "last")),
        ("hit: first", "when: opn", ("K0201", "opn")),
        ("inputs: {a: area, k: kind}", "inputs: {}", ("K0425", "{}")),
        ("outputs: {o: door}", "outputs: {}", ("K0425", "{}")),
        (ROWS, "    rows: {}", ("K0425", "{}")),
        (ROWS, "", ("K0121", "source")),
        ("{then: {o: back}}", "{}", ("K0415", "{}")),
        ("{then: {o: back}}", "{then: {}}", ("K0425", "{}")),
        ("{then: {o: back}}", "{than: {o: back}}", ("K0120", "than")),
        ("o: door", "if: door", ("K0402", "if")),
    ],
)
def test_a_mistake(tmp_path: Path, old: str, new: str, expected: tuple[str, str | None]) -> None:
    assert old in SOUND
    bag, program = lowered(tmp_path, SOUND.replace(old, new, 1))
    code, underlined = expected
    assert code in [c for c, _ in found(bag)]
    assert underlined is None or expected in found(bag)
    assert program is None or not bag.has_errors


def test_every_mistake_is_reported_once_however_many_outputs(tmp_path: Path) -> None:
    bag, _ = lowered(
        tmp_path,
        "    when: opn\n    inputs: {a: ara}\n    outputs: {o: door, n: number}\n"
        "    rows: {r: {if: {b: 1}, then: {o: side, n: front}}}\n",
        "tables.t.n > 1 and tables.t.o = front",
    )
    assert sorted(found(bag)) == [
        ("K0201", "ara"),
        ("K0201", "b"),
        ("K0201", "front"),
        ("K0201", "opn"),
        ("K0201", "side"),
    ]


@pytest.mark.parametrize(
    ("defined", "expected"),
    [
        ("tables.t.o = front", []),
        ("has(above) and above.tables.t.o = front", []),
        ("above.tables.t.o = front", [("K0333", "above")]),
        ("tables.t.o = small", [("K0336", "small")]),
        ("tables.t.p = 1", [("K0201", "p")]),
        ("tables.u.o = 1", [("K0201", "u")]),
        ("tables.t = front", [("K0456", "tables.t")]),
        ("tables.u = front", [("K0201", "u")]),
        ("area.tables.t.o = front", [("K0205", "t")]),
    ],
)
def test_a_path_to_an_output(tmp_path: Path, defined: str, expected: list[tuple[str, str]]) -> None:
    bag, _ = lowered(tmp_path, SOUND, defined)
    assert found(bag) == expected


def test_what_a_table_has_only_under_a_condition_is_read_under_it(tmp_path: Path) -> None:
    table = SOUND.replace("a: area", "a: floors").replace("hit: first", "when: kind = store")
    bag, _ = lowered(tmp_path, table, "tables.t.o = front")
    assert found(bag) == [("K0333", "tables.t.o")]
    (tmp_path / "again").mkdir()
    bag, _ = lowered(tmp_path / "again", table, "kind = store and tables.t.o = front")
    assert found(bag) == []


def test_a_table_that_leads_back_to_itself(tmp_path: Path) -> None:
    bag, _ = lowered(tmp_path, SOUND.replace("a: area, k", "a: area, b: d, k"), "tables.t.o = back")
    assert [code for code, _ in found(bag)] == ["K0340"]


def test_a_name_is_given_once(tmp_path: Path) -> None:
    bag, _ = lowered(
        tmp_path, SOUND.replace("    hit", "    hit", 1) + "  d:\n    source: X" + SOUND
    )
    assert ("K0401", "d") in found(bag)


@pytest.mark.parametrize("path", ["tables.t.o", "x.tables.t.o"])
def test_an_input_of_that_name_is_an_input(path: str) -> None:
    ty: t.Type = t.DATE
    head, *names = path.split(".")
    for name in reversed(names):
        ty = t.Context(((name, ty),))
    bag = Bag()
    node = lower_expression(parse_expression(placed(path), bag), {head: ty}, bag)
    assert (node.ty, bag.diagnostics) == (t.DATE, ())
