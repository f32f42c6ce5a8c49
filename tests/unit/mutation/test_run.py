"""The run as a whole: on a rulebook for which one case is missing, that mutant survives."""

from __future__ import annotations

import json
from textwrap import dedent

import pytest
from tests.mutation.__main__ import main

RULEBOOK = """\
khung: 1
id: small
title: Small
period: {from: 2021-01-01, to: 2021-12-31}
document: D-1
documents: {D-1: {}}
scales: {level: {values: {low: L, high: H}}}
readings:
  mild: {question: Q, options: {yes_it_is: {}, no_it_is_not: {}}, chosen: no_it_is_not}
"""

SUBJECT = """\
subject: person
facts: {points: {type: number}}
ladder:
  scale: level
  levels:
    high:
      require:
        points: {that: "points >= 3 or readings.mild = yes_it_is and points >= 1", source: A.1}
    low: {otherwise: true, source: A.1}
checks: {whole: {require: points < 10, source: A.2}}
"""

CASE = """\
case: Points
rulebook: small
on: 2021-06-01
subjects: {person: {a: {points: POINTS}}}
expect: {person: {a: {level: LEVEL, checks: {whole: STATE}}}}
"""

MILD = """\
case: Points, read mildly
rulebook: small
on: 2021-06-01
readings: {mild: yes_it_is}
subjects: {person: {a: {points: 1}, b: {points: 0}}}
expect: {person: {a: {level: high}, b: {level: low}}}
"""

LOWER = "person.ladder.levels.high.require.points.that: 3 → 2"
HIGHER = "person.checks.whole.require: 10 → 11"


@pytest.fixture
def shelf(tmp_path):
    files = {
        "small/rulebook.yaml": RULEBOOK,
        "small/person.yaml": SUBJECT,
        "cases/three.yaml": case("3", "high", "met"),
        "cases/two.yaml": case("2", "low", "met"),
        "cases/one.yaml": case("1", "low", "met"),
        "cases/nine.yaml": case("9", "high", "met"),
        "cases/ten.yaml": case("10", "high", "violated"),
        "cases/mild.yaml": MILD,
        "survivors.yaml": "small: []\n",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def case(points: str, level: str, state: str) -> str:
    texts = {"POINTS": points, "LEVEL": level, "STATE": state}
    text = CASE
    for word, value in texts.items():
        text = text.replace(word, value)
    return dedent(text)


def ran(shelf, capsys, *options: str):
    asked = ["--cases", str(shelf / "cases"), "--survivors", str(shelf / "survivors.yaml")]
    code = main([str(shelf / "small"), "--format", "json", "--jobs", "1", *asked, *options])
    return code, json.loads(capsys.readouterr().out)


def fates(found) -> dict[str, str]:
    return {mutant["name"]: mutant["fate"] for mutant in found["mutants"]}


def test_complete_cases_notice_every_change(shelf, capsys):
    code, found = ran(shelf, capsys)
    assert (code, found["new"]) == (0, [])
    assert fates(found)["person.checks.whole: there → dropped"] == "noticed"


def test_a_missing_case_lets_exactly_its_mutant_through(shelf, capsys):
    (shelf / "cases/two.yaml").unlink()
    assert ran(shelf, capsys)[1]["new"] == [LOWER]
    assert ran(shelf, capsys)[0] == 1


def test_a_check_is_noticed_only_where_it_is_expected(shelf, capsys):
    (shelf / "cases/ten.yaml").unlink()
    found = ran(shelf, capsys)[1]
    assert HIGHER in found["new"]


def test_a_change_in_a_reading_not_chosen_is_none(shelf, capsys):
    name = "person.ladder.levels.high.require.points.that: 1 → 2"
    assert fates(ran(shelf, capsys)[1])[name] == "same"


def test_what_no_complete_case_can_notice_is_proved_and_not_counted(shelf, capsys):
    (shelf / "cases/mild.yaml").unlink()
    asked = "points >= 3 or readings.mild = yes_it_is and points >= 1"
    text = SUBJECT.replace(asked, "points >= 3 and points >= 1")
    (shelf / "small/person.yaml").write_text(text, "utf-8")
    code, found = ran(shelf, capsys, "--only", "person.ladder")
    proved = {name for name, fate in fates(found).items() if fate == "proved"}
    of = "person.ladder.levels.high.require.points.that: "
    # of three points and more each is at least one, or two; who has four has three
    assert {f"{of}1 → 2", f"{of}1 → 0"} <= proved
    assert f"{of}3 → 2" not in proved
    assert (code, found["new"]) == (0, [])


def test_a_survivor_with_a_reason_is_explained(shelf, capsys):
    (shelf / "cases/two.yaml").unlink()
    listed = {"small": [{"because": "nobody has two points", "mutants": [LOWER]}]}
    (shelf / "survivors.yaml").write_text(json.dumps(listed, ensure_ascii=False), "utf-8")
    code, found = ran(shelf, capsys)
    assert (code, found["explained"]) == (0, {LOWER: "nobody has two points"})


def test_a_survivor_that_is_noticed_now_and_one_that_is_gone_are_told(shelf, capsys):
    listed = {
        "small": [{"because": "nobody has two points", "mutants": [LOWER, "person.x: 1 → 2"]}]
    }
    (shelf / "survivors.yaml").write_text(json.dumps(listed, ensure_ascii=False), "utf-8")
    code, found = ran(shelf, capsys)
    assert (code, found["noticed"], found["gone"]) == (0, [LOWER], ["person.x: 1 → 2"])


def test_the_text_counts_by_kind_and_names_the_clause(shelf, capsys):
    (shelf / "cases/two.yaml").unlink()
    where = ["--cases", str(shelf / "cases"), "--survivors", str(shelf / "survivors.yaml")]
    main([str(shelf / "small"), "--jobs", "1", "--only", "person.ladder", *where])
    out = capsys.readouterr().out
    assert out.splitlines()[0].split() == ["made", "refused", "noticed", "failed", "survived"]
    assert f"  {LOWER}  [A.1]" in out.splitlines()


def test_a_case_that_fails_as_it_is_ends_the_run(shelf, capsys):
    (shelf / "cases/two.yaml").write_text(case("2", "high", "met"), "utf-8")
    assert main([str(shelf / "small"), "--jobs", "1", "--cases", str(shelf / "cases")]) == 3
    assert "two.yaml" in capsys.readouterr().err
