"""Results as tables: the same as the document of results, and what follows from them."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.support.evaluation import results_of
from tests.support.rulebook import load
from tests.unit.report.support import ROOT, evaluated

from khung.casefile.tables import formulas
from khung.ir.result_schema import Column, Form, result_schema
from khung.report.result.json import results_json
from khung.report.tables import from_results
from khung.report.tables.derived import derived_tables
from khung.report.tables.files import batches_of, write_table
from khung.report.tables.from_results import as_table, result_tables

CASES = sorted(Path(ROOT / "cases" / "2021").glob("*.yaml"))[::12]

RULEBOOK = """\
khung: 1
id: small
title: A small rulebook
period: {from: 2021-01-01, to: 2021-12-31}
document: D-1
documents: {D-1: {}}
scales: {grade: {values: {low: Low, middle: Middle, high: High}}}
clauses: {a/1: {summary: One}}
subjects:
  house:
    kinds: {field: sort, values: {lower: Lower, upper: Upper}}
    links: {above: {to: house, back: below, tree: true, unit: true, optional: true}}
    facts: {fine: {type: boolean}}
    ladder:
      scale: grade
      levels:
        high: {require: {fine: {that: fine, source: a/1}}}
        middle: {require: {peopled: {that: count(people) > 100, source: a/1}}}
        low: {otherwise: true, source: a/1}
  person:
    links: {home: {to: house, back: people, unit: true}}
    facts:
      score: {type: number}
      born: {type: date, default: 'date("2000-01-31")'}
      left: {type: boolean, default: false}
    not_ranked: {left: {when: left, source: a/1}}
    ladder:
      scale: grade
      levels:
        high: {require: {much: {that: score >= 8, source: a/1}}}
        middle: {require: {some: {that: score >= 4, source: a/1}}}
        low: {otherwise: true, source: a/1}
    quotas:
      few: {level: high, per: [home], at_most: 50%, counts: grade >= low, rounding: floor,
            order: [{highest: score}], others: middle, ties: needs_decision, source: a/1}
    definitions:
      quarter: {is: score / 4, output: true, source: a/1}
      seen: {is: score >= 5, output: true, source: a/1}
      birthday: {is: born, output: true, source: a/1}
      whose: {is: home, output: true, source: a/1}
"""
CASE = """\
{house: {t: {sort: upper, fine: true, above: '-'},
         v: {sort: lower, fine: false, above: t, name: Village},
         w: {sort: lower, fine: true, above: t}},
 person: {a: {home: v, score: 9, name: '=1+1'}, b: {home: v, score: 8.5}, c: {home: v, score: 8.5},
          d: {home: v, score: 1}, e: {home: w, score: 5}, f: {home: w, left: true}, g: {home: t}}}
"""


@pytest.fixture
def small(tmp_path):
    """A case of which the results are easily reasoned.

    Of the four of v half may be high: `a` is, and `b` and `c` contend for the second place.
    """
    (tmp_path / "rulebook.yaml").write_text(RULEBOOK, encoding="utf-8")
    return results_of(load(tmp_path).sound, CASE)


@pytest.fixture
def people(small):
    return {row["id"]: row for row in result_tables(small).subjects["person"].to_pylist()}


def read(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


# -- a row a subject ------------------------------------------------------------------------------


def test_a_row_says_who_stands_where_and_why(people):
    a, e, f = people["a"], people["e"], people["f"]
    assert (a["status"], a["level"], a["links.home"]) == ("ranked", "high", "v")
    assert (a["bounds.quota.least"], a["bounds.quota.most"]) == ("high", "high")
    assert (e["level"], e["reasons"], e["clauses"]) == (
        "middle",
        ["person.levels.high.much"],
        ["D-1 a/1"],
    )
    assert (f["status"], f["level"], f["at_best"]) == ("not_ranked", None, None)
    assert f["reasons"] == ["person.not_ranked.left"]


def test_what_is_open_has_ends_and_says_what_is_missing(people):
    g = people["g"]
    assert (g["status"], g["level"], g["missing"]) == ("undetermined", None, ["person.g.score"])
    assert (g["at_worst"], g["at_best"]) == ("low", "middle")  # of one, half is nobody
    assert (g["bounds.standard.least"], g["bounds.standard.most"]) == ("low", "high")
    assert (g["stages.standard"], g["outputs.quarter"], g["outputs.seen"]) == (None, None, None)


def test_outputs_have_the_types_that_they_are_declared_with(small):
    table = result_tables(small).subjects["person"]
    assert table.schema.field("outputs.quarter").type == pa.decimal128(38, 3)
    assert table["outputs.quarter"].to_pylist()[1] == Decimal("2.125")  # 8.5 / 4
    assert table["outputs.seen"].to_pylist()[:4] == [True, True, True, False]
    assert table["outputs.birthday"].to_pylist()[0] == date(2000, 1, 31)
    assert table["outputs.whose"].to_pylist()[0] == "v"


def test_a_decision_says_what_may_be_given_and_who_contends(people):
    b = people["b"]
    assert (b["status"], b["decision"], b["decision.places"]) == ("needs_decision", "tie", 1)
    assert b["decision.options"] == ["high", "middle"]
    assert (b["decision.candidates"], b["decision.group"]) == (["b", "c"], "v")


def test_the_schema_is_known_before_there_are_results(small):
    tables = result_tables(small).subjects
    for name, table in tables.items():
        numbers = {f.name: f.type for f in table.schema if pa.types.is_decimal(f.type)}
        assert table.schema == result_schema(small.program, name, numbers)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_tables_say_the_same_as_the_document(path):
    results = evaluated(path).results
    document, tables = results_json(results, "vi"), result_tables(results)
    for subject, by_id in document["results"].items():
        rows = {row["id"]: row for row in tables.subjects[subject].to_pylist()}
        assert list(rows) == list(by_id)
        for name, found in by_id.items():
            assert as_row(found).items() <= rows[name].items()
    assert [group(row) for row in tables.groups.to_pylist()] == [
        {key: one[key] for key in ("rule", "base", "places", "kept", "cut", "open")}
        for one in document["groups"]
    ]


def as_row(found):
    """Return what a document says of a subject as a row of a table does."""
    same = "status scope level at_best at_worst missing assumed provisional readings unchecked"
    bounds = {f"bounds.{stage}.least": ends[0] for stage, ends in found["bounds"].items()}
    return {
        **{key: found[key] for key in same.split()},
        **{f"stages.{stage}": level for stage, level in found["stages"].items()},
        **bounds,
        **{f"bounds.{stage}.most": ends[1] for stage, ends in found["bounds"].items()},
        "reasons": [reason["rule"] for reason in found["reasons"]],
        "decision": found["decision"] and found["decision"]["kind"],
        **{f"checks.{name}": state for name, state in found["checks"].items()},
        "given.level": (found["given"] or {}).get("level"),
    }


def group(row):
    whose = {key: row[f"{key}.ids"] for key in ("kept", "cut", "open")}
    assert {key: row[key] for key in whose} == {key: len(ids) for key, ids in whose.items()}
    ends = {key: [row[f"{key}.least"], row[f"{key}.most"]] for key in ("base", "places")}
    return {"rule": row["rule"], **ends, **whose}


# -- numbers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "ty"),
    [
        ([], pa.int64()),
        ([1, None, -3], pa.int64()),
        ([2**63], pa.decimal128(38, 0)),
        ([Decimal("0.5"), 10], pa.decimal128(38, 1)),
        ([Decimal("1E+3")], pa.int64()),
        ([Decimal("0.3333333333333333333333333333333333")], pa.decimal128(38, 34)),
        ([Decimal("1E-30"), 10**9], pa.string()),
        ([10**39], pa.string()),
    ],
)
def test_a_column_of_numbers_loses_no_digit(cells, ty):
    table = as_table([{"n": cell} for cell in cells], [Column("n", Form.NUMBER)])
    assert table.schema.field("n").type == ty
    back = [None if cell is None else Decimal(cell) for cell in table["n"].to_pylist()]
    assert back == cells


# -- what follows ---------------------------------------------------------------------------------


def test_units_count_all_that_are_below_them(small):
    summary = derived_tables(result_tables(small), small.program).summary.to_pylist()
    of_people = {
        (row["key"], row["status"], row["level"]): (row["count"], row["of"])
        for row in summary
        if (row["subject"], row["by"]) == ("person", "home")
    }
    assert of_people == {
        ("v", "ranked", "high"): (1, 4),
        ("v", "ranked", "low"): (1, 4),
        ("v", "needs_decision", None): (2, 4),
        ("w", "ranked", "middle"): (1, 2),
        ("w", "not_ranked", None): (1, 2),
        ("t", "ranked", "high"): (1, 7),
        ("t", "ranked", "middle"): (1, 7),
        ("t", "ranked", "low"): (1, 7),
        ("t", "not_ranked", None): (1, 7),
        ("t", "undetermined", None): (1, 7),
        ("t", "needs_decision", None): (2, 7),
    }
    assert {row["name"] for row in summary if row["key"] == "v"} == {"Village", None}


def test_ceilings_stand_with_who_is_under_them(small):
    summary = derived_tables(result_tables(small), small.program).summary.to_pylist()
    found = {row["key"]: row for row in summary if row["by"] == "person.quotas.few"}
    v = found["v"]
    assert (v["count"], v["of"], v["share"]) == (1, 4, Decimal("0.25"))
    assert (v["ceiling.least"], v["ceiling.most"], v["level"]) == (2, 2, "high")
    assert found["w"]["ceiling.most"] == 0


def test_who_waits_is_everybody_who_is_not_ranked_for_good(small):
    waiting = derived_tables(result_tables(small), small.program).waiting.to_pylist()
    own = {row["id"]: row for row in waiting if row["subject"] == "person"}
    assert set(own) == {"b", "c", "f", "g"}
    assert (own["g"]["unit"], own["g"]["missing"]) == ("t", ["person.g.score"])


def test_decisions_are_to_be_filled_in(small):
    decisions = derived_tables(result_tables(small), small.program).decisions.to_pylist()
    assert [(row["id"], row["given.level"], row["given.after"]) for row in decisions] == [
        ("b", None, "quota"),
        ("c", None, "quota"),
    ]
    assert decisions[0]["options"] == ["high", "middle"]


# -- files ----------------------------------------------------------------------------------------


def test_parquet_holds_a_table_as_it_is(small, tmp_path):
    table = result_tables(small).subjects["person"]
    write_table(tmp_path, "person", table.schema, batches_of(table))
    assert pq.read_table(tmp_path / "person.parquet") == table


def test_csv_joins_lists_and_runs_nothing(small, tmp_path):
    table = result_tables(small).subjects["person"]
    assert write_table(tmp_path, "person", table.schema, batches_of(table)) == 7
    rows = {row["id"]: row for row in read(tmp_path / "person.csv")}
    assert rows["a"]["name"] == "'=1+1"
    assert (rows["b"]["decision.options"], rows["b"]["decision.places"]) == ("high; middle", "1")
    assert (rows["a"]["outputs.seen"], rows["a"]["outputs.birthday"]) == ("true", "2000-01-31")


TEXTS = ["=1", "+1", "-1", "@x", "\tx", "'x", "'", "''", "x", "", "x=1", "a\nb", 'say "x"', "a,b"]


def test_every_text_comes_back_from_csv_as_it_was(tmp_path):
    table = pa.table({"text": TEXTS})
    write_table(tmp_path, "texts", table.schema, batches_of(table))
    read_back = [row["text"] for row in read(tmp_path / "texts.csv")]
    assert not any(text[:1] in tuple("=+-@\t") for text in read_back if text)
    assert list(map(formulas.unguarded, read_back)) == TEXTS
    assert read_back == list(map(formulas.guarded, TEXTS))


def test_control_characters_are_shown_as_pictures_in_csv_and_kept_in_parquet(tmp_path):
    table = pa.table({"text": ["a\0b", "bell\a", "tab\there"]})
    write_table(tmp_path, "texts", table.schema, batches_of(table))
    texts = [row["text"] for row in read(tmp_path / "texts.csv")]
    assert texts == ["a\u2400b", "bell\u2407", "tab\there"]
    assert pq.read_table(tmp_path / "texts.parquet") == table


def test_of_very_many_what_takes_longest_is_left_to_who_asks_for_one(small, monkeypatch):
    whole = result_tables(small).subjects["person"]
    assert whole["assumed"].null_count == 0
    monkeypatch.setattr(from_results, "MOST_TOLD", 9)  # there are ten subjects
    cut = result_tables(small).subjects["person"]
    assert [n for n in cut.column_names if cut[n] != whole[n]] == ["assumed", "readings"]
    assert cut["assumed"].null_count == cut["readings"].null_count == 7
