"""What compiled rules leave whole to the reference evaluator."""

from __future__ import annotations

from khung.cli.exit_codes import ExitCode

RULEBOOK = """\
khung: 1
id: made
title: Made up
period: {from: 2021-01-01, to: 2021-12-31}
scales: {lv: {values: {l0: L0, l1: L1}}}
subjects:
  member:
    label: Member
    facts: {id: {type: boolean}}
    ladder: {scale: lv, levels: {l1: {require: {r0: {that: id}}}, l0: {otherwise: true}}}
"""
HEAD = 'case: Made up\nrulebook: made\n"on": 2021-12-15\ncomplete: true\n'


def test_that_a_case_is_left_is_a_line_of_its_own(khung, tmp_path):
    for name, text in (
        ("rules/made/rulebook.yaml", RULEBOOK),
        ("case/case.yaml", HEAD),
        ("case/member.csv", "id,fact.id\nan,true\n"),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    how = ("--rulebooks", str(tmp_path / "rules"), "--engine", "duckdb", "--lang", "en")
    ran = khung("eval", str(tmp_path / "case"), "--out", str(tmp_path / "out"), *how)
    assert ran.code == ExitCode.DONE, ran.err
    assert ran.err.endswith(
        "a subject that states an id of its own): run by the reference evaluator\n"
    )
