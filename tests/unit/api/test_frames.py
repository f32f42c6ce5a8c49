"""Frames handed over, and paths of tables, through the library."""

from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from tests.support.as_tables import head_of, tables_of, write_csv

import khung
from khung.driver import Shelf, evaluate_file

ROOT = Path(__file__).parents[3]
CASE = ROOT / "cases" / "2021" / "dang_vien-010-nghi-om-4-thang.yaml"


@pytest.fixture(scope="module")
def tables():
    """A case of 2021 as rows by table."""
    found = evaluate_file(CASE, Shelf(cached=True), {})
    return tables_of(found.results.run.case)


@pytest.fixture(scope="module")
def plain():
    """What the case gives in YAML."""
    return khung.evaluate(CASE, rulebooks=ROOT / "rulebooks").document["results"]


def as_columns(rows):
    keys = dict.fromkeys(key for row in rows for key in row)
    return {key: [row.get(key) for row in rows] for key in keys}


@pytest.mark.parametrize("frame", [pd.DataFrame, lambda c: pl.DataFrame(c, strict=False), pa.table])
def test_frames_give_what_the_case_gives(frame, tables, plain):
    head = {"rulebook": "2021", "on": head_of(CASE)["on"]}
    head |= {k: v for k, v in head_of(CASE).items() if k in ("complete", "readings")}
    frames = {key: frame(as_columns(rows)) for key, rows in tables.items()}
    found = khung.evaluate(frames, rulebooks=ROOT / "rulebooks", head=head)
    assert found.document["results"] == plain


def coded(columns):
    """Return a frame of polars whose texts are categories."""
    frame = pl.DataFrame(columns, strict=False)
    return frame.with_columns(pl.col(pl.String).cast(pl.Categorical))


def test_texts_may_be_categories(tables, plain):
    head = {k: v for k, v in head_of(CASE).items() if k in ("on", "complete", "readings")}
    rulebook = khung.open_rulebook("2021", rulebooks=ROOT / "rulebooks")
    frames = {key: coded(as_columns(rows)) for key, rows in tables.items()}
    assert rulebook.evaluate(frames, head=head).document["results"] == plain


def test_a_rulebook_needs_no_name_of_itself(tables, plain):
    head = {k: v for k, v in head_of(CASE).items() if k in ("on", "complete", "readings")}
    rulebook = khung.open_rulebook("2021", rulebooks=ROOT / "rulebooks")
    frames = {key: pa.table(as_columns(rows)) for key, rows in tables.items()}
    assert rulebook.evaluate(frames, head=head).document["results"] == plain


def test_a_folder_by_its_path(tables, plain, tmp_path):
    head = {k: v for k, v in head_of(CASE).items() if k != "expect"}
    folder = write_csv(tmp_path / "case", head, tables)
    for path in (folder, folder / "case.yaml"):
        found = khung.evaluate(path, rulebooks=ROOT / "rulebooks")
        assert found.document["results"] == plain


def test_a_frame_that_is_no_table():
    rulebook = khung.open_rulebook("2021", rulebooks=ROOT / "rulebooks")
    frames = {"dang_vien": pa.table({"id": ["an"], "chi_bo": ["cb"]})}
    with pytest.raises(khung.InvalidError) as caught:
        rulebook.evaluate(frames, head={"on": "2021-12-15"})
    assert [d.code for d in caught.value.diagnostics] == ["K0617"]


def test_a_column_of_mixed_types():
    rulebook = khung.open_rulebook("2021", rulebooks=ROOT / "rulebooks")
    frame = pd.DataFrame({"id": ["an", "binh"], "ngay_ket_nap": [pd.Timestamp("2001-02-03"), "?"]})
    with pytest.raises(khung.InvalidError) as caught:
        rulebook.evaluate({"dang_vien": frame}, head={"on": "2021-12-15"})
    assert [(d.code, d.help) for d in caught.value.diagnostics] == [("K0687", "frame")]
