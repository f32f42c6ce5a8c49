"""What takes the walk of an explanation is told alike, whichever engine found the levels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.support.made_tables import MADE, made_tables

from khung.driver import Shelf, evaluate_file
from khung.ir.result_schema import Selection
from khung.many import populate_file
from khung.report.tables import explained
from khung.report.tables.beside import filled
from khung.report.tables.from_results import result_tables

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

RULEBOOK = (
    MADE
    + """\
readings:
  strict:
    question: Is 3 enough?
    options: {more: {label: More than 3}, enough: {label: It is}}
    chosen: more
subjects:
  member:
    links: {at: {to: unit, back: members}}
    facts:
      points: {type: number, range: 0..9}
      late: {type: boolean, default: false}
      heard: {type: boolean, default: true, provisional: true}
    definitions:
      prize: {is: ranked and lv = high, output: true, final: true}
    ladder:
      scale: lv
      levels:
        high:
          require:
            enough: {that: "if readings.strict = more then points > 3 else points >= 3"}
            asked: {that: heard and not(late)}
        low: {otherwise: true}
  unit:
    ladder:
      scale: lv
      levels:
        high: {require: {r0: {that: every m in members satisfies m.ranked and m.lv = high}}}
        low: {otherwise: true}
"""
)

POINTS = {"a": "4", "b": "3", "c": "?", "d": "1"}
"""Of `a` the level awaits that he was heard, of `c` it is open, of the others it is low anyway."""


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """A rulebook and a case of tables beside it."""
    rows = [f"{one},{'v' if one == 'a' else 'u'},{n}" for one, n in POINTS.items()]
    tables = {"unit": ["id", "u", "v"], "member": ["id,at,points", *rows]}
    return made_tables(tmp_path, RULEBOOK, tables)


def compiled(case: Path, selection: Selection | None = None) -> dict[str, pa.Table]:
    """Return what compiled rules find, with what explains it."""
    made = populate_file(case, Shelf(), {}, case.parent, *([selection] if selection else []))
    assert made is not None
    return dict(filled(made[1]).subjects)


def cells(tables: dict[str, pa.Table], subject: str, column: str) -> dict[str, object]:
    table = tables[subject]
    return dict(zip(table["id"].to_pylist(), table[column].to_pylist(), strict=True))


def test_all_is_told_as_the_reference_tells_it(case: Path) -> None:
    evaluated = evaluate_file(case, Shelf(), {}, case.parent)
    assert evaluated.results is not None, evaluated.diagnostics
    theirs = result_tables(evaluated.results).subjects
    ours = compiled(case)
    for name, table in ours.items():
        assert table.to_pylist() == theirs[name].to_pylist()
    assert cells(ours, "member", "missing")["c"] == ["member.c.points"]
    assert cells(ours, "member", "provisional")["a"] == ["member.a.heard"]
    assert cells(ours, "unit", "provisional")["v"] == ["member.a"]
    assert cells(ours, "member", "readings")["b"] == ["strict"]
    assert "member.a.late" in str(cells(ours, "member", "assumed")["a"])
    assert cells(ours, "member", "outputs.prize.awaits")["a"] == ["member.a.heard"]


def test_a_part_of_the_results_is_told_alike(case: Path) -> None:
    wanted = Selection(frozenset(("member",)), frozenset(("reasons",)))
    assert cells(compiled(case, wanted), "member", "missing") == {
        "a": [],
        "b": [],
        "c": ["member.c.points"],
        "d": [],
    }


def test_of_too_many_it_is_left_and_said(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explained, "MOST_ASKED", 3)
    monkeypatch.setattr(explained, "MOST_TOLD", 3)
    tables = compiled(case)
    assert cells(tables, "member", "missing") == {
        "a": [],
        "b": [],
        "c": ["member.c.points"],
        "d": [],
    }
    assert explained.not_told(tables) == ["assumed", "readings"]
    monkeypatch.setattr(explained, "MOST_ASKED", 0)
    tables = compiled(case)
    assert cells(tables, "member", "missing") == {"a": [], "b": [], "c": None, "d": []}
    assert explained.not_told(tables) == ["missing", "assumed", "readings"]


@pytest.mark.parametrize("wrong", ["a,v,44", "a,nowhere,4"])
def test_what_is_wrong_with_tables_is_no_result(case: Path, wrong: str) -> None:
    text = (case / "member.csv").read_text("utf-8").replace("a,v,4", wrong)
    (case / "member.csv").write_text(text, encoding="utf-8")
    assert populate_file(case, Shelf(), {}, case.parent) is None


def test_the_reference_begins_with_what_is_sure_of_others(case: Path) -> None:
    made = populate_file(case, Shelf(), {}, case.parent)
    assert made is not None
    ask = made[1].ask
    assert ask is not None
    found = ask({"member": {"missing": ["c"]}})
    assert found is not None
    by = found.run.evaluator
    number = by.code.names.number
    known = {one: by.row(entity).__dict__ for one, entity in found.case.entities["member"].items()}
    level, standard = (number(f"=stages.{stage}") for stage in ("quota", "standard"))
    assert [known[one].get(f"v{level}") for one in "abcd"] == [1, 0, None, 0]
    assert [one for one in "abcd" if {f"v{standard}", f"l{standard}"} & known[one].keys()] == ["c"]
