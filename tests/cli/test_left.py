"""What compiled rules leave whole to the reference evaluator."""

from __future__ import annotations

from tests.support.made_tables import MADE, made_tables

from khung.cli.exit_codes import ExitCode

RULEBOOK = (
    MADE
    + """\
subjects:
  member:
    label: Member
    facts: {id: {type: boolean}}
    ladder: {scale: lv, levels: {high: {require: {r0: {that: id}}}, low: {otherwise: true}}}
"""
)


def test_that_a_case_is_left_is_a_line_of_its_own(khung, tmp_path):
    case = made_tables(tmp_path, RULEBOOK, {"member": ["id,fact.id", "an,true"]})
    how = ("--rulebooks", str(tmp_path), "--engine", "duckdb", "--lang", "en")
    ran = khung("eval", str(case), "--out", str(tmp_path / "out"), *how)
    assert ran.code == ExitCode.DONE, ran.err
    assert ran.err.endswith(
        "a subject that states an id of its own): run by the reference evaluator\n"
    )
