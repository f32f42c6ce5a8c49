"""Examples on the pages about rulebooks that extend one another, put into one that does."""

from __future__ import annotations

import shutil
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from tests.support.fragment import BASE, base_parsed_once
from tests.support.yaml_files import merge, read_yaml, write_yaml
from tests.unit.analysis.test_page_examples import OF_VERSIONS

from khung.analysis.periods import check_amendments, check_periods
from khung.diagnostics.bag import Bag
from khung.diagnostics.codes import all_codes, page
from khung.ir.from_rulebook import lower_rulebook
from khung.rulebook.from_source import load_rulebook

if TYPE_CHECKING:
    from pathlib import Path

    from khung.diagnostics.model import Diagnostic

BESIDE = {
    "K0521": "2021",
    "K0523": "2030",
}
"""Codes whose example is of the base, or asks for more rulebooks on the shelf."""

HEAD = """
khung: 1
id: "2022"
title: Xếp loại năm 2022
extends: {rulebook: "2021", as: successor}
period: {from: 2022-01-01, to: 2022-12-31}
document: KH-23
"""

OVERLAY = """
extends: {rulebook: "2021", as: overlay}
period: {from: 2021-01-01, to: 2021-12-31}
applies_to: {to_chuc_dang: [xa_a]}
"""

AMENDMENT = """
period: {from: 2021-01-01, to: 2021-12-31}
document: QD-9
documents: {QD-9: {}}
"""

OVERLAID = ("K0542", "K0570", "K0735")
"""Codes whose example is of an overlay."""

LOCAL = "criteria: {sets: {rieng: {local: true, members: [{take: pham_chat}, {take: nhiem_vu}]}}}"

EXAMPLES = [
    pytest.param(code, page(code).example.wrong, page(code).example.right, id=code)
    for code in all_codes()
    if code.startswith(OF_VERSIONS)
]


@pytest.mark.parametrize(("code", "wrong", "right"), EXAMPLES)
def test_examples(code, wrong, right, tmp_path):
    found = {d.code for d in said_of(code, wrong, tmp_path / "wrong")}
    assert found - {"K0123"} == {code}  # a broken base is shown with what breaks it
    assert said_of(code, right, tmp_path / "right") == ()


def said_of(code: str, fragment: str, shelf: Path) -> tuple[Diagnostic, ...]:
    """Return what khung says of a successor of the shipped rulebook with a fragment put in."""
    shutil.copytree(BASE, shelf / "2021")
    (shelf / "2022").mkdir()
    if code == "K0523":
        chain(shelf)
    if code == "K0548":
        (shelf / "2021-xa-a").mkdir()
        unit = {**read_yaml(HEAD), **read_yaml(OVERLAY), "id": "2021-xa-a"}
        write_yaml(shelf / "2021-xa-a" / "rulebook.yaml", unit)
    if code in ("K0553", "K0554"):
        (shelf / "2021-sd1").mkdir()
        amends = {"rulebook": "2021", "as": "amendment", "from": "2021-09-15"}
        own = read_yaml(AMENDMENT.replace("QD-9", "QD-8"))
        first = {**read_yaml(HEAD), **own, "id": "2021-sd1", "extends": amends}
        write_yaml(shelf / "2021-sd1" / "rulebook.yaml", first)
    if code == "K0542":
        subject = read_yaml((BASE / "dang_vien.yaml").read_text("utf-8"))
        merge(subject, read_yaml(LOCAL))
        write_yaml(shelf / "2021" / "dang_vien.yaml", subject)
    part = read_yaml(fragment)
    if BESIDE.get(code) == "2021":
        whole = read_yaml((BASE / "rulebook.yaml").read_text("utf-8"))
        write_yaml(shelf / "2021" / "rulebook.yaml", {**whole, **part})
        part = {}
    for name, document in files(code, part).items():
        write_yaml(shelf / "2022" / f"{name}.yaml", document)
    bag = Bag()
    with base_parsed_once():
        rulebook = load_rulebook(shelf / "2022", bag)
        base = load_rulebook(shelf / "2021", Bag()) if code in ("K0546", "K0547") else None
    if rulebook is not None:
        lower_rulebook(rulebook, {}, bag)
    if rulebook is not None and base is not None:
        said = Bag()
        check_periods(rulebook, base, said)
        bag.add_all(d for d in said.diagnostics if d.code == code)
    if rulebook is not None and code == "K0554":
        check_amendments(rulebook, shelf / "2022", bag)
    return bag.diagnostics


def files(code: str, part: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the files of a successor that says no more than what `part` does."""
    clauses = part.pop("clauses", None)
    found: dict[str, dict[str, Any]] = {}
    manifest = head()
    if code in OVERLAID or part.get("extends", {}).get("as") == "overlay":
        manifest = {**read_yaml(HEAD), **read_yaml(OVERLAY)}
    if part.get("extends", {}).get("as") == "amendment":
        manifest = {**read_yaml(HEAD), **read_yaml(AMENDMENT)}
    if "subject" in part:
        found[part["subject"]] = part
    elif clauses is not None and part.get("document", "") != "KH-23":
        manifest |= {"document": "KH-05", "documents": {"KH-05": {}}}
    if "subject" not in part:
        merge(manifest, part)
    if clauses is not None:
        same = manifest["document"] == "KH-23"
        found["clauses"] = {"clauses": clauses if same else listed(clauses)}
    return {"rulebook": manifest, **found}


def head() -> dict[str, Any]:
    """Return a manifest that answers *kept* to everything."""
    base = read_yaml((BASE / "rulebook.yaml").read_text("utf-8"))
    kept = {
        section: dict.fromkeys(base[section], "kept")
        for section in ("parameters", "readings", "calendars")
        if section in base
    }
    return {**deepcopy(read_yaml(HEAD)), "carried": kept}


def listed(own: dict[str, Any]) -> dict[str, Any]:
    """Return all clauses of the base as repeated, but for those of a fragment."""
    base = read_yaml((BASE / "clauses.yaml").read_text("utf-8"))["clauses"]
    ranges = tuple(address.removesuffix("*") for address in own if address.endswith("*"))
    single = [address for address in base if not address.startswith(ranges)]
    return {**{address: {"carries": True} for address in single}, **own}


def chain(shelf: Path) -> None:
    """Put as many rulebooks on the shelf as may extend one another."""
    for year in range(2022, 2031):
        text = HEAD.replace("2022", str(year)).replace('"2021"', f'"{year - 1}"')
        document = {**read_yaml(text), "carried": head()["carried"]}
        (shelf / str(year)).mkdir(exist_ok=True)
        write_yaml(shelf / str(year) / "rulebook.yaml", document)
