"""Ids and addresses that read as numbers count as they are written, with quotes or without."""

from __future__ import annotations

import pytest
from tests.support.rulebook import load

BASE = """
khung: 1
id: {id}
title: Một năm
period: {{from: 2020-01-01, to: 2020-12-31}}
document: {document}
documents: {{5: {{}}, "7": {{}}, 9: {{}}}}
parameters: {{p: {{value: 3, source: {source}}}}}
readings:
  r:
    question: Q
    options: {{a: {{because: x}}, b: {{because: y}}}}
    chosen: a
    sources: [{sources}]
"""
NEXT = """
khung: 1
id: {id}
title: Năm sau
extends: {{rulebook: {base}, as: successor}}
period: {{from: 2021-01-01, to: 2021-12-31}}
document: 7
carried: {{rest: kept, rest_of_readings: kept}}
"""
CLAUSES = "clauses: {8.4: {summary: A}, 1: {summary: B}, 1.1: {summary: C}, 1.10: {summary: D}}\n"
SAYINGS = [
    {"id": "2020", "document": "5", "source": "8.4", "sources": "1, 1.10, 9 3.2"},
    {"id": '"2020"', "document": '"5"', "source": '["8.4"]', "sources": '"1", "1.10", "9 3.2"'},
]


def written(folder, **texts):
    folder.mkdir()
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("said", SAYINGS, ids=["plain", "quoted"])
def test_they_are_as_written(said, tmp_path):
    found = load(written(tmp_path / "2020", rulebook=BASE.format(**said), clauses=CLAUSES)).sound
    assert (found.id, found.document) == ("2020", "5")
    assert [one.place for one in found.parameters[0].head.sources] == ["8.4"]
    cited = found.readings[0].head.sources
    assert [one.full("5") for one in cited] == ["5 1", "5 1.10", "9 3.2"]
    assert [clause.address for clause in found.clauses] == ["8.4", "1", "1.1", "1.10"]


@pytest.mark.parametrize("mark", ["", '"'], ids=["plain", "quoted"])
def test_another_rulebook_and_its_clauses_are_named_so(mark, tmp_path):
    written(tmp_path / "2020", rulebook=BASE.format(**SAYINGS[0]), clauses=CLAUSES)
    head = NEXT.format(id=f"{mark}2021{mark}", base=f"{mark}2020{mark}")
    one, more = f"{mark}1.10{mark}", f"[{mark}8.4{mark}, 1, 1.1]"
    carried = (
        f"clauses: {{2.1: {{summary: A, carries: {one}}}, 2.2: {{summary: B, carries: {more}}}}}\n"
    )
    found = load(written(tmp_path / "2021", rulebook=head, clauses=carried)).sound
    assert found.id == "2021"
    assert [clause.carries for clause in found.clauses] == [("1.10",), ("8.4", "1", "1.1")]
    (citation,) = found.parameters[0].head.sources
    assert citation.full(found.document) == "7 2.2"
    assert [one.place for one in found.readings[0].head.sources[:2]] == ["2.2", "2.1"]


@pytest.mark.parametrize(
    ("source", "code", "text"),
    [
        ("true", "K0123", "true"),
        ("[8.4, {a: 1}]", "K0123", "a"),
        ("null", "K0122", "null"),
        ("08.4", "K0138", "08.4"),
        ("9.9", "K0501", "9.9"),
        ("1.100", "K0501", "1.100"),
    ],
)
def test_what_is_no_address_is_told_once(source, code, text, tmp_path):
    said = BASE.format(**{**SAYINGS[0], "source": source})
    found = load(written(tmp_path / "2020", rulebook=said, clauses=CLAUSES)).found
    assert [one for one in found if one[0] != "K0140"] == [(code, text)]
