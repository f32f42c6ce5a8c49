"""Renaming, in every file: what was right before is right afterwards, and says the same."""

from __future__ import annotations

import shutil
from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest
from tests.editor.test_told import BEGUN
from tests.support.editor_client import applied
from tests.support.schemas import ROOT

from khung.analysis.checking import check
from khung.driver import Shelf, evaluate_file


@pytest.fixture
def cases(folder):
    """The shipped cases of 2021 beside the rulebooks."""
    made = folder / "cases/2021"
    shutil.copytree(ROOT / "cases/2021", made, dirs_exist_ok=True)
    yield made
    shutil.rmtree(folder / "cases")


@pytest.fixture(autouse=True)
def as_before(folder):
    kept = {p: p.read_bytes() for p in (folder / "rulebooks").glob("*/*.yaml")}
    yield
    for path, data in kept.items():
        path.write_bytes(data)


def rename(client, path, marked, new):
    """Rename as an editor does, and write what comes of it to disk."""
    params = {**client.at(path, marked), "newName": new}
    edit = client.ask("textDocument/rename", params)
    for uri, edits in edit["changes"].items():
        file = Path(unquote(urlparse(uri).path))
        file.write_text(applied(file.read_text("utf-8"), edits), "utf-8")
    return {Path(unquote(urlparse(uri).path)) for uri in edit["changes"]}


def said(folder):
    shelf = Shelf()
    return {
        name: tuple(d.code for d in check(shelf.ready(folder / "rulebooks" / name, {})).diagnostics)
        for name in BEGUN
    }


RENAMED = [
    ("2020/dang_vien.yaml", "so_thang_nghi|_om >= 3 or", "so_thang_om", "so_thang_nghi_om"),
    (
        "2020/dang_vien.yaml",
        "(if readings.tu_bieu|_quyet = khong_tinh and la_dang",
        "ai",
        "tu_bieu_quyet",
    ),
    ("2020/rulebook.yaml", "  ty_le_xuat|_sac: {label", "ty_le", "ty_le_xuat_sac"),
    (
        "2021/dang_vien.yaml",
        "    when: phai_kiem|_diem\n    require: ngay_kiem",
        "phai_kd",
        "phai_kiem_diem",
    ),
]


@pytest.mark.parametrize(("name", "marked", "new", "old"), RENAMED, ids=[one[3] for one in RENAMED])
def test_all_rulebooks_stay_right(client, folder, name, marked, new, old):
    path = folder / "rulebooks" / name
    client.open(path)
    changed = rename(client, path, marked, new)
    assert len(changed) >= 1
    assert said(folder) == BEGUN


def test_cases_say_the_same(client, folder, cases):
    path = folder / "rulebooks/2020/dang_vien.yaml"
    client.open(path)
    using = [f for f in cases.glob("*.yaml") if "so_thang_nghi_om" in f.read_text("utf-8")]
    assert using
    shelf = Shelf()
    before = {f: levels(f, shelf) for f in using}
    changed = rename(client, path, "so_thang_nghi|_om >= 3 or", "so_thang_om")
    assert set(using) <= changed
    assert all("so_thang_nghi_om:" not in f.read_text("utf-8") for f in using)
    after = Shelf()
    assert {f: levels(f, after) for f in using} == before


def levels(path, shelf):
    done = evaluate_file(path, shelf, {})
    assert done.results is not None, done.diagnostics
    return {
        (name, key): (one.status, one.level)
        for name, held in done.results.by_type.items()
        for key, one in held.items()
    }


@pytest.mark.parametrize("new", ["1a", "and", "so ngày", "so_ngay_nghi_om", ""])
def test_a_name_that_cannot_be(client, folder, new):
    path = folder / "rulebooks/2020/dang_vien.yaml"
    client.open(path)
    params = {**client.at(path, "so_thang_nghi|_om >= 3 or"), "newName": new}
    with pytest.raises(AssertionError, match=r"name|already"):
        client.ask("textDocument/rename", params)


def test_what_cannot_be_renamed(client, folder):
    path = folder / "rulebooks/2020/dang_vien.yaml"
    client.open(path)
    at = client.at(path, "so_ngay_nghi_om >= 90, at_mo|st: hoan_thanh")
    assert client.ask("textDocument/prepareRename", at) is None
    with pytest.raises(AssertionError, match="Only facts"):
        client.ask("textDocument/rename", {**at, "newName": "x"})
