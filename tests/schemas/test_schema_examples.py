"""The examples in the schemas are read and checked: each is put into a small whole rulebook."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path

import pytest
from tests.support.schemas import parts, schema
from tests.support.yaml_files import merge, read_yaml, write_yaml

from khung.casefile.from_source import read_case
from khung.diagnostics.bag import Bag
from khung.diagnostics.codes import page
from khung.diagnostics.model import Severity
from khung.ir.from_rulebook import lower_rulebook
from khung.rulebook.from_source import load_rulebook

SAMPLE = read_yaml((Path(__file__).parent / "sample.yaml").read_text("utf-8"))
RATIO = {"inputs": {"thang": "diem", "cong_chuc": "la_cong_chuc"}, "outputs": {"duoc": "boolean"}}
COUNTED = {"per": "chi_bo", "counts": "true", "at_most": "20%", "level": "hoan_thanh_tot"}


def of_member(part):
    return {"subjects": {"dang_vien": part}}


def as_expression(value):
    """Where an expression can stand: a setting by reading, a condition, or a number."""
    if isinstance(value, dict):
        return of_member({"quotas": {"vi_du": {**COUNTED, "rounding": value}}})
    if isinstance(value, str):
        return of_member({"not_ranked": {"vi_du": {"when": value}}})
    return {"parameters": {"ty_le_xuat_sac": {"value": str(value)}}}


def as_option(value):
    other = {"moi_nguoi": {"value": "true"}}
    return {
        "readings": {"mau_so": {"options": {"vi_du": value, **other}}},
        **of_member({"quotas": {"vi_du": {**COUNTED, "counts": "readings.mau_so.value"}}}),
    }


def as_thresholds(value):
    levels = {"khong_hoan_thanh": {"otherwise": True}}
    return of_member({"ladder": {"scale": "muc", "thresholds": value, "levels": levels}})


def as_threshold(value):
    row = "vi_du" if "of" in value else "ket_qua"  # without `of` it is the name of a set
    return as_thresholds({"columns": SAMPLE_COLUMNS, row: value})


def as_clause(value):
    return {"clauses": {"II.B.6/8": {"summary": "…", **value}}}


def as_row(value):
    return of_member({"tables": {"vi_du": {**RATIO, "rows": {"vi_du": value}}}})


WHOLE_LADDERS = {"threshold", "thresholds", "ladder"}
PLACES = {
    "label": lambda value: {"parameters": {"ty_le_xuat_sac": {"label": value}}},
    "expression": as_expression,
    "at_level": lambda v: {"subjects": {"to_chuc_dang": {"checks": {"vi_du": {"require": v}}}}},
    "must": lambda value: of_member({"facts": {"so_viec_xong": {"must": value}}}),
    "local": lambda value: {"parameters": {"ty_le_xuat_sac": {"local": value}}},
    "option": as_option,
    "form": lambda value: {"forms": {"vi_du": value}},
    "fact": lambda value: of_member({"facts": {"vi_du": value}}),
    "definition": lambda value: of_member({"definitions": {"vi_du": value}}),
    "threshold": as_threshold,
    "thresholds": as_thresholds,
    "ladder": lambda value: of_member({"ladder": value}),
    "knockout": lambda value: of_member({"ladder": {"knockouts": {"vi_du": value}}}),
    "floor": lambda value: of_member({"floors": {"vi_du": value}}),
    "cap": lambda value: of_member({"caps": {"vi_du": value}}),
    "quota": lambda value: of_member({"quotas": {"vi_du": value}}),
    "cells": as_row,
    "row": as_row,
    "parts": lambda value: as_clause({"parts": value}),
    "headings": lambda value: {"headings": value, **as_clause({})},
}
"""Where an example of each definition or key goes in the sample."""
SAMPLE_COLUMNS = ["hoan_thanh_xuat_sac", "hoan_thanh_tot", "hoan_thanh"]


def as_link(name, value):
    if name == "rulebook":  # there links are fields of records
        return {"records": {"chuc_vu": {"fields": {"noi": value}}}}
    return of_member({"links": {"chi_bo": value}})


def examples(*names):
    """Yield each example once, with the schema and the definition or key that it is of."""
    said = set()
    for name in names:
        for at, part in parts(schema(name)):
            key = at.rpartition("/")[2]
            for value in part.get("examples", ()):
                written = json.dumps([key, value], ensure_ascii=False)
                if written not in said:
                    said.add(written)
                    yield pytest.param(name, key, value, id=f"{name}-{key}-{len(said)}")


OF_VERSIONS = {"extends", "carried", "clauses"}
PLACED = [
    one for one in examples("rulebook", "subject", "clauses") if one.values[1] not in OF_VERSIONS
]
VERSIONS = [
    one for one in examples("rulebook", "subject", "clauses") if one.values[1] in OF_VERSIONS
]


def errors(folder):
    bag = Bag()
    rulebook = load_rulebook(folder, bag)
    if rulebook is not None:
        lower_rulebook(rulebook, {}, bag)
    found = [(d.code, d.span.text if d.span else "") for d in bag.diagnostics]
    return [one for one in found if page(one[0]).severity == Severity.ERROR]


def write(folder, document):
    folder.mkdir()
    write_yaml(folder / "rulebook.yaml", document)


def test_the_sample_is_sound(tmp_path):
    write(tmp_path / "2021", SAMPLE)
    assert errors(tmp_path / "2021") == []


@pytest.mark.parametrize(("name", "key", "value"), PLACED)
def test_an_example_can_be_written(name, key, value, tmp_path):
    document = deepcopy(SAMPLE)
    if key in WHOLE_LADDERS:
        del document["subjects"]["dang_vien"]["ladder"]
    merge(document, as_link(name, value) if key == "link" else PLACES[key](value))
    write(tmp_path / "2021", document)
    assert errors(tmp_path / "2021") == []


@pytest.mark.parametrize(("name", "key", "value"), VERSIONS)
def test_an_example_of_versions_can_be_written(name, key, value, tmp_path):
    base = {
        **deepcopy(SAMPLE),
        "clauses": {"II.B.1": {"summary": "…"}, "II.B.6/8": {"summary": "…"}},
    }
    amends = key == "extends" and value["as"] == "amendment"
    year = "2021" if amends else "2020"
    base |= {"id": year, "period": {"from": f"{year}-01-01", "to": f"{year}-12-31"}}
    write(tmp_path / year, base)
    later = {
        **{key: SAMPLE[key] for key in ("khung", "title", "period")},
        "id": "next",
        "document": "KH-2",
        "documents": {"KH-2": {}},
        "extends": {"rulebook": year, "as": "successor"},
        "carried": {"rest": "kept", "rest_of_readings": "kept", "ty_le_xuat_sac": "changed"},
        "parameters": {"ty_le_xuat_sac": {"value": "25%"}},
        "clauses": {"II.B.*": {"carries": True}},
    }
    if amends:
        del later["clauses"], later["carried"]
    if key == "carried" and "rest_of_readings" not in value:
        value = {**value, "readings": {"lam_tron": "kept", "mau_so": "kept"}}
    write(tmp_path / "next", {**later, key: value})
    assert errors(tmp_path / "next") == []


@pytest.mark.parametrize(("name", "key", "value"), list(examples("case")))
def test_an_example_of_a_case_can_be_read(name, key, value, tmp_path):
    assert key in ("rulebook", "overlays")
    path, bag = tmp_path / "case.yaml", Bag()
    write_yaml(path, {"rulebook": "2021", "on": "2021-12-15", "subjects": {}, key: value})
    assert read_case(path, bag) is not None
    assert bag.diagnostics == ()


def test_every_construct_has_an_example():
    shown = {one.values[1] for one in examples("rulebook", "subject", "clauses", "translations")}
    assert set(PLACES) | OF_VERSIONS | {"link"} <= shown
