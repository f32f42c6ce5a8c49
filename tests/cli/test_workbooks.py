"""Workbooks as they are made and filled in, and as spreadsheet programs save them, evaluated."""

from __future__ import annotations

import csv
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from tests.support.sample_book import PLACE, filled, sample_book

from khung.cli.exit_codes import ExitCode

SAVED = sorted((Path(__file__).parents[1] / "fixtures" / "workbooks").iterdir())
"""The workbook of the lecturers, filled in and saved by real spreadsheet programs."""


def new(khung, place, *subjects):
    assert khung("new", "tables", "2021", *subjects, "--to", str(place)).code == ExitCode.DONE


@pytest.mark.parametrize("name", ["new.xlsx", "new"])
def test_tables_that_nobody_filled_in_have_nobody_in_them(khung, tmp_path, name):
    new(khung, tmp_path / name)
    ran = khung("eval", str(tmp_path / name), "--format", "json")
    assert ran.code == ExitCode.DONE
    (said,) = ran.json["diagnostics"]
    assert (said["code"], said["severity"]) == ("K0696", "warning")
    assert ran.json["results"] == {}


@pytest.mark.parametrize("path", SAVED, ids=lambda path: path.name)
def test_what_a_spreadsheet_program_saves_is_read_without_a_word(khung, path):
    ran = khung("eval", str(path), "--rulebooks", "tests/rulebooks", "--format", "json")
    assert (ran.code, ran.json["diagnostics"]) == (ExitCode.DONE, [])
    found = ran.json["results"]["lecturer"]
    assert found["007"]["level"] == "excellent"  # 95 points, both ballots, the first of few
    assert found["b"]["reasons"][0]["rule"] == "lecturer.not_ranked.newcomer"  # three months there
    assert found["c"]["missing"] == ["lecturer.c.report_given"]  # ? in its cell
    assert ran.json["on"] == "2025-03-01"


def test_the_example_is_what_is_made_now():
    made, stored = cells_of(sample_book()), cells_of(PLACE.read_bytes())
    assert made == stored, "python -m tests.support.sample_book"


def cells_of(data):
    book = load_workbook(BytesIO(data), read_only=True)
    return {sheet.title: [*sheet.iter_rows(values_only=True)] for sheet in book.worksheets}


def test_the_example_gives_the_same_alone_and_in_its_folder(khung):
    alone, folder = (
        khung("eval", str(path), "--format", "json").json for path in (PLACE, PLACE.parent)
    )
    assert alone["diagnostics"] == folder["diagnostics"] == []
    assert alone["results"] == folder["results"]
    assert len(alone["results"]["dang_vien"]) == 13


def test_the_files_of_a_folder_filled_in_give_the_same(khung, tmp_path):
    folder = tmp_path / "xa-mau"
    new(khung, folder, "to_chuc_dang", "dang_vien")
    for key, columns in filled().tables.items():
        fill_in(folder / f"{key}.csv", columns)
    head = (folder / "case.yaml").read_text("utf-8").replace("on: 2021-12-31", "on: 2021-12-15")
    (folder / "case.yaml").write_text(head.replace("complete:\n", "complete: true\n"), "utf-8")
    found = khung("eval", str(folder), "--format", "json").json
    assert found["diagnostics"] == []
    assert found["results"] == khung("eval", str(PLACE), "--format", "json").json["results"]


def fill_in(path, columns):
    """Write rows below the headings, as people type them."""
    _, keys = csv.reader(path.read_text("utf-8-sig").splitlines())
    words = {True: "có", False: "không", None: ""}
    nothing = [None] * len(next(iter(columns.values())))
    rows = zip(*(columns.get(key, nothing) for key in keys), strict=True)
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [words[v] if isinstance(v, bool | None) else v for v in row] for row in rows
        )
