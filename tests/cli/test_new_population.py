"""`khung new district 2021 --members N --to FOLDER`: a made-up district, as tables of a case."""

from __future__ import annotations

import csv
import os
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from khung.cli.exit_codes import ExitCode
from khung.driver import Shelf, evaluate_file

MEMBERS = 1000
BEST = 3  # the rank of the best level


def new(khung, place, *more, members=200):
    return khung("new", "district", "2021", "--members", str(members), "--to", str(place), *more)


@pytest.fixture(scope="module")
def district(tmp_path_factory):
    from khung.cli.main import run  # noqa: PLC0415  # the fixture that runs commands is of one test

    place = tmp_path_factory.mktemp("made") / "district"
    command = ("new", "district", "2021", "--members", str(MEMBERS), "--seed", "1")
    assert run((*command, "--to", str(place))) == ExitCode.DONE
    return place


def evaluated(place):
    """Return the results of a folder of tables, of which nothing may be said."""
    found = evaluate_file(place, Shelf(), {})
    assert [(d.code, d.at) for d in found.diagnostics] == []
    return found.results


@pytest.fixture(scope="module")
def results(district):
    return evaluated(district)


def rows(path):
    """Return the rows of a table, each without its empty cells."""
    with path.open(encoding="utf-8", newline="") as file:
        return [{key: cell for key, cell in row.items() if cell} for row in csv.DictReader(file)]


# -- the folder -----------------------------------------------------------------------------------


def test_a_folder_of_tables_is_made_and_what_to_do_next_is_told(khung, tmp_path):
    place = tmp_path / "district"
    ran = new(khung, place)
    assert (ran.code, ran.err) == (ExitCode.DONE, "")
    assert f"khung eval {place}" in ran.out
    tables = {path.name for path in place.iterdir()}
    assert {"case.yaml", "dang_vien.csv", "to_chuc_dang.csv", "tap_the.thanh_vien.csv"} <= tables
    assert len(rows(place / "dang_vien.csv")) == 200
    assert [path.name for path in tmp_path.iterdir()] == ["district"]


def test_the_head_says_the_rulebook_the_day_and_that_lists_are_whole(district):
    head = (district / "case.yaml").read_text("utf-8").splitlines()
    assert head[1:] == ['rulebook: "2021"', "on: 2021-12-15", "complete: true"]


def test_a_seed_makes_the_same_bytes(khung, tmp_path, district):
    new(khung, tmp_path / "again", "--seed", "1", members=MEMBERS)
    for path in district.iterdir():
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes()


def test_the_same_numbers_come_out_on_every_machine(district):
    """What the mixing of `mix` gives for the first of the cells: reckoned by hand in Python."""
    first = rows(district / "to_chuc_dang.csv")[0]
    assert first["so_uy_vien_thuong_vu"] == str(
        11 + (_draw("huyen", "so_uy_vien_thuong_vu") * 5 >> 32)
    )


def _draw(stratum, column):
    from khung.digests import sha256  # noqa: PLC0415  # only here

    def key(*parts):
        return int.from_bytes(sha256("\0".join(parts).encode()).digest()[:4], "big")

    def mix(x):
        x = ((x ^ x >> 16) * 0x21F0AAAD) % 2**32
        x = ((x ^ x >> 15) * 0x735A2D97) % 2**32
        return x ^ x >> 15

    row = 0
    return mix(mix(row ^ key("1", stratum)) ^ key("1", stratum, column))


def test_parquet_is_in_typed_form(khung, tmp_path):
    place = tmp_path / "district"
    new(khung, place, "--tables", "parquet", "--open", "5%")
    table = pq.read_table(place / "dang_vien.parquet")
    types = {name: str(table.schema.field(name).type) for name in table.column_names}
    assert types["id"] == types["chi_bo"] == types["criteria.chi_tieu"] == "string"
    assert types["so_chi_tieu"] == types["phieu.hoan_thanh_tot"] == "int64"
    assert types["ngay_ket_nap"] == "date32[day]"
    assert types["mien_cong_tac"] == "bool"
    marks = table.column("so_chi_tieu?").to_pylist()
    known = [value is not None for value in table.column("so_chi_tieu").to_pylist()]
    assert [mark == "?" for mark in marks] == [not one for one in known]
    assert 0 < marks.count("?") < 40


def test_a_workbook_is_the_same_district_to_fill_in(khung, tmp_path):
    new(khung, tmp_path / "district.xlsx", "--open", "2%")
    new(khung, tmp_path / "district", "--open", "2%")
    book, folder = (evaluated(tmp_path / name) for name in ("district.xlsx", "district"))
    assert outcomes(book) == outcomes(folder)
    assert len(outcomes(book)) > 250


def outcomes(results):
    return {
        (name, key): (one.status, one.level)
        for name, by_id in results.by_type.items()
        for key, one in by_id.items()
    }


# -- what is in it --------------------------------------------------------------------------------


def test_cells_have_as_many_members_as_real_ones(district):
    kinds = {row["id"]: row["loai"] for row in rows(district / "to_chuc_dang.csv")}
    sizes = Counter(row["chi_bo"] for row in rows(district / "dang_vien.csv"))
    cells = [size for cell, size in sizes.items() if kinds[cell] == "chi_bo_truc_thuoc"]
    all_kinds = {"dang_bo_huyen", "dang_bo_co_so", "chi_bo_co_so", "chi_bo_truc_thuoc"}
    assert set(kinds.values()) == all_kinds
    assert 15 <= sum(cells) / len(cells) <= 20
    assert min(cells) >= 12
    assert max(cells) <= 24


def test_it_is_a_case_without_a_mistake_in_which_all_quotas_are_asked(results):
    limited = {group.rule.head.id.split(".")[0] for group in results.groups}
    assert limited == {"dang_vien", "to_chuc_dang", "tap_the", "can_bo"}


def before_quotas(result):
    """Return the rank of a level before any quota; None of who is not ranked or open."""
    found = result.stages.get("cap")
    return None if found is None or found.least != found.most else found.least


def test_shares_are_as_in_a_real_district(results):
    members = results.by_type["dang_vien"].values()
    statuses = Counter(result.status.value for result in members)
    ranks = Counter(map(before_quotas, members))
    levels = {result.level for result in members}
    assert 0.10 <= statuses["not_ranked"] / MEMBERS <= 0.15
    assert statuses["undetermined"] <= 0.02 * MEMBERS
    assert 0.09 <= ranks[BEST] / MEMBERS <= 0.18
    assert levels >= {0, 1, 2, 3}


def test_who_leads_a_body_is_one_of_its_members(district):
    heads = {row["of"]: row["tap_the"] for row in rows(district / "can_bo.dung_dau.csv")}
    members: dict[str, list[str]] = {}
    for row in rows(district / "tap_the.thanh_vien.csv"):
        members.setdefault(row["of"], []).append(row["dang_vien"])
    for row in rows(district / "can_bo.csv"):
        assert row["dang_vien"] == members[heads[row["id"]]][0]
    assert all(len(set(one)) == len(one) for one in members.values())


def test_open_makes_some_of_every_column_unknown_and_changes_nothing_else(
    khung, tmp_path, district
):
    new(khung, tmp_path / "partly", "--open", "4%", members=MEMBERS)
    seen, kept = Counter(), Counter()
    for before, after in zip(
        rows(district / "dang_vien.csv"),
        rows(tmp_path / "partly" / "dang_vien.csv"),
        strict=True,
    ):
        for key, cell in after.items():
            seen[key] += cell == "?"
            kept[key] += cell != "?"
            assert cell in ("?", before.get(key))
    assert min(seen[key] for key in ("chi_bo", "phieu?", "criteria.chi_tieu")) > 5
    share = seen.total() / (seen.total() + kept.total())
    assert 0.02 < share < 0.05
    evaluated(tmp_path / "partly")


# -- what goes wrong ------------------------------------------------------------------------------


def test_what_is_there_is_never_written_over(khung, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "kept.txt").write_text("kept", encoding="utf-8")
    ran = new(khung, tmp_path / "mine")
    assert ran.code == ExitCode.USAGE
    assert "K0819" in ran.err
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["kept.txt"]


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="there is no folder closed to everybody")
def test_a_closed_place_is_told(khung):
    ran = new(khung, "/proc/district")
    assert ran.code == ExitCode.USAGE
    assert "K0813" in ran.err


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="no rights to take away")
def test_where_it_cannot_be_put_nothing_is_left_behind(khung, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "rename", full)
    ran = new(khung, tmp_path / "district")
    assert ran.code == ExitCode.USAGE
    assert "K0813" in ran.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("district", "2021", "--members", "many", "--to", "x"), "K0870"),
        (("district", "2021", "--members", "0", "--to", "x"), "K0870"),
        (("district", "2021", "--members", "70", "--open", "1", "--to", "x"), "K0871"),
        (("district", "2021", "--members", "70", "--open", "101%", "--to", "x"), "K0871"),
        (("district", "2021", "--members", "70"), "K0803"),
        (("district", "2021", "--seed", "70", "--to", "x"), "K0803"),
        (("district", "2020", "--members", "70", "--to", "x"), "K0872"),
        (("distrct", "2021", "--members", "70", "--to", "x"), "K0805"),
        (("case", "2021", "dang_vien", "--members", "70"), "K0806"),
        (("district", "2021", "more", "--members", "70", "--to", "x"), "K0806"),
        (("district", "2021", "--members", "70", "--tables", "pdf", "--to", "x"), "K0805"),
    ],
)
def test_a_mistake_in_the_command_is_told(khung, arguments, code):
    ran = khung("new", *arguments)
    assert ran.code == ExitCode.USAGE
    assert code in ran.err
    assert not Path("x").exists()
