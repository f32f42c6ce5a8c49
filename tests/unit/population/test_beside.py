"""What SQL has no form for is asked of the reference, if few hang on it, and joined to the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.support.made_tables import MADE, made_tables

from khung.driver import Shelf, evaluate_file
from khung.ir.result_schema import EVERYTHING, Selection
from khung.many import populate_file
from khung.report.tables.beside import filled
from khung.report.tables.from_results import result_tables
from khung.sql.ends import UnsupportedError

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    from khung.report.tables.from_results import ResultTables

RULEBOOK = (
    MADE
    + """\
subjects:
  member:
    links: {at: {to: unit, back: members}}
    facts: {good: {type: boolean}}
    ladder:
      scale: lv
      levels: {high: {require: {r0: {that: good}}}, low: {otherwise: true}}
  unit:
    definitions:
      square: {type: number, is: count(members) ** 2, output: true}
      all_good: {is: every m in members satisfies m.good, output: true}
    ladder:
      scale: lv
      levels: {high: {require: {r0: {that: %s}}}, low: {otherwise: true}}
    quotas: {few: {level: high, places: 0, per: area}}
    facts: {area: {type: boolean}}
    checks:
      large: {require: count(members) ** 2 > 200}
      any: {require: count(members) > 0}
"""
)

EVERYONE = "every m in members satisfies m.good"
A_SQUARE = "count(members) ** 2 > 200"

UNITS = {"u0": 12, "u1": 15, "u2": 0}


def case_of(folder: Path, requirement: str) -> Path:
    """Write a rulebook and a case of tables beside it."""
    members = [
        f"{of}m{i},{of},{str(i != 3 or of != 'u1').lower()}"  # one of them is not good
        for of, n in UNITS.items()
        for i in range(n)
    ]
    units = [f"{one},true" for one in UNITS]
    tables = {"unit": ["id,area", *units], "member": ["id,at,good", *members]}
    return made_tables(folder, RULEBOOK % requirement, tables)


def by_both(case: Path, selection: Selection = EVERYTHING) -> tuple[ResultTables, ResultTables]:
    """Return results by compiled rules and the reference, and by the reference alone."""
    made = populate_file(case, Shelf(), {}, case.parent, selection)
    assert made is not None
    _, found, _ = made
    evaluated = evaluate_file(case, Shelf(), {}, case.parent)
    assert evaluated.results is not None, evaluated.diagnostics
    return filled(found, found.groups(lambda node: "?")), result_tables(evaluated.results)


def rows_of(table: pa.Table) -> list[dict[str, object]]:
    return list(table.to_pylist())


def test_outputs_and_checks_without_a_form_are_joined(tmp_path: Path) -> None:
    ours, theirs = by_both(case_of(tmp_path, EVERYONE))
    assert rows_of(ours.subjects["unit"]) == rows_of(theirs.subjects["unit"])
    assert ours.subjects["unit"]["outputs.square"].to_pylist() == [144, 225, 0]
    assert ours.subjects["unit"]["checks.large"].to_pylist() == ["violated", "met", "violated"]
    assert rows_of(ours.subjects["member"]) == rows_of(theirs.subjects["member"])


def test_a_type_whose_level_has_no_form_is_joined_with_its_groups(tmp_path: Path) -> None:
    ours, theirs = by_both(case_of(tmp_path, A_SQUARE))
    assert rows_of(ours.subjects["unit"]) == rows_of(theirs.subjects["unit"])
    assert rows_of(ours.subjects["member"]) == rows_of(theirs.subjects["member"])
    assert rows_of(ours.groups) == rows_of(theirs.groups)
    assert ours.groups["cut"].to_pylist() == [1]


def test_a_part_of_the_results_is_joined_as_well(tmp_path: Path) -> None:
    wanted = Selection(frozenset(("unit",)), frozenset(("outputs",)))
    ours, theirs = by_both(case_of(tmp_path, EVERYONE), wanted)
    assert list(ours.subjects) == ["unit"]
    assert ours.subjects["unit"]["outputs.square"].to_pylist() == [144, 225, 0]
    for row, whole in zip(*(rows_of(x.subjects["unit"]) for x in (ours, theirs)), strict=True):
        assert row.items() <= whole.items()
        assert "reasons" not in row


def test_where_many_hang_on_it_all_is_left(tmp_path: Path) -> None:
    case = case_of(tmp_path, EVERYONE)
    rows = (case / "member.csv").read_text("utf-8").splitlines()
    (case / "member.csv").write_text("\n".join([*rows[:20], ""]), encoding="utf-8")
    with pytest.raises(UnsupportedError):
        populate_file(case, Shelf(), {}, case.parent)
