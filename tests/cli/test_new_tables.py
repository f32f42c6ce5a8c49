"""`khung new tables RULEBOOK --to PLACE`: a workbook, or a folder of empty tables, to fill in."""

from __future__ import annotations

import csv
import os
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook

from khung.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from pathlib import Path


def new(khung, place, *more):
    return khung("new", "tables", "2021", *more, "--to", str(place))


def test_a_workbook_is_made_and_what_to_do_next_is_told(khung, tmp_path):
    place = tmp_path / "district.xlsx"
    ran = new(khung, place)
    assert (ran.code, ran.err) == (ExitCode.DONE, "")
    assert f"khung eval {place}" in ran.out
    assert {"case", "dang_vien", "dang_vien.ky_luat"} <= set(load_workbook(place).sheetnames)
    assert [path.name for path in tmp_path.iterdir()] == ["district.xlsx"]


def test_the_same_rulebook_gives_the_same_bytes(khung, tmp_path):
    for name in ("one.xlsx", "two.xlsx"):
        new(khung, tmp_path / name, "dang_vien")
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_some_subjects_alone_may_be_asked_for(khung, tmp_path):
    place = tmp_path / "members.xlsx"
    assert new(khung, place, "dang_vien").code == ExitCode.DONE
    tables = {name.partition(".")[0] for name in load_workbook(place).sheetnames if name[0] != "_"}
    assert tables == {"case", "dang_vien"}


def test_a_folder_has_a_head_and_a_file_a_table(khung, tmp_path):
    place = tmp_path / "district"
    assert new(khung, place, "dang_vien", "to_chuc_dang").code == ExitCode.DONE
    names = {path.name for path in place.iterdir()}
    assert {"case.yaml", "dang_vien.csv", "dang_vien.ky_luat.csv", "to_chuc_dang.csv"} <= names
    text = (place / "dang_vien.ky_luat.csv").read_text("utf-8-sig")
    labels, keys, *rows = csv.reader(text.splitlines())
    assert rows == []
    assert dict(zip(keys, labels, strict=True))["hinh_thuc"] == "Hình thức kỷ luật"
    assert {"of", "ngay_hieu_luc"} < set(keys)


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_head_in_a_folder_leaves_open_which_lists_are_whole(khung, tmp_path, lang):
    place = tmp_path / "district"
    new(khung, place, "--lang", lang)
    lines = (place / "case.yaml").read_text("utf-8").splitlines()
    assert [line for line in lines if line[:1] != "#"][1:] == [
        'rulebook: "2021"',
        "on: 2021-12-31",
        "complete:",
    ]


@pytest.mark.parametrize("name", ["district.xlsx", "district"])
def test_what_somebody_filled_in_is_not_written_over(khung, tmp_path, name):
    place = tmp_path / name
    new(khung, place, "dang_vien")
    before = contents(tmp_path)
    ran = new(khung, place, "dang_vien")
    assert (ran.code, "K0819" in ran.err) == (ExitCode.USAGE, True)
    assert contents(tmp_path) == before


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("name", ["district.docx", "district.xls", "district.ods", "district.csv"])
def test_other_files_are_not_written(khung, tmp_path, name):
    ran = new(khung, tmp_path / name)
    assert (ran.code, "K0840" in ran.err) == (ExitCode.USAGE, True)
    assert list(tmp_path.iterdir()) == []


def test_a_name_with_a_point_and_a_slash_is_a_folder(khung, tmp_path):
    assert new(khung, f"{tmp_path}/district.2021/", "dang_vien").code == ExitCode.DONE
    assert (tmp_path / "district.2021" / "case.yaml").is_file()


@pytest.mark.parametrize("name", ["nowhere/district.xlsx", "nowhere/district"])
def test_where_no_folder_is_nothing_is_written(khung, tmp_path, name):
    ran = new(khung, tmp_path / name, "dang_vien")
    assert (ran.code, "K0813" in ran.err) == (ExitCode.USAGE, True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root writes anywhere")
def test_a_closed_folder_is_told(khung, tmp_path):
    tmp_path.chmod(0o500)
    ran = new(khung, tmp_path / "district.xlsx", "dang_vien")
    assert (ran.code, "K0813" in ran.err) == (ExitCode.USAGE, True)


def test_where_to_must_be_said(khung):
    ran = khung("new", "tables", "2021")
    assert (ran.code, "K0803" in ran.err, "--to" in ran.err) == (ExitCode.USAGE, True, True)


def test_a_subject_that_there_is_not(khung, tmp_path):
    ran = new(khung, tmp_path / "district.xlsx", "dang_vienn")
    assert (ran.code, "`dang_vien`" in ran.err) == (ExitCode.USAGE, True)
    assert list(tmp_path.iterdir()) == []


def test_a_rulebook_that_there_is_not(khung, tmp_path):
    ran = khung("new", "tables", "1921", "--to", str(tmp_path / "district.xlsx"))
    assert ran.code in (ExitCode.INVALID, ExitCode.USAGE)
    assert list(tmp_path.iterdir()) == []
