"""Large tables, whose texts nobody reads cell by cell: what is wrong in them is told likewise."""

from decimal import Decimal
from functools import partial

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from khung.casefile.tables import read
from khung.cli.exit_codes import ExitCode
from khung.cli.main import run
from khung.ir.result_schema import NOT_TOLD
from khung.population import decoded, populated
from khung.report.tables import population


@pytest.fixture
def district(tmp_path, monkeypatch):
    """A made-up district of thirty, of which every table is treated as a large one."""
    folder = tmp_path / "district"
    told = ("--members", "30", "--seed", "3", "--tables", "parquet", "--to", str(folder))
    assert run(("new", "district", "2021", *told)) == ExitCode.DONE
    monkeypatch.setattr(read.limits, "TABLE_CELLS", 2)
    monkeypatch.setattr(read, "LITTLE", 2)
    return folder


def spell(path, column, value):
    """Write a value into the first row of a column."""
    table = pq.read_table(path)
    values = [value, *table[column].to_pylist()[1:]]
    place = table.schema.get_field_index(column)
    pq.write_table(table.set_column(place, column, pa.array(values, pa.string())), path)


PLACES = {
    "to_chuc_dang": "loai",
    "dang_vien": "xep_loai_cong_chuc",
}


@pytest.mark.parametrize(("table", "column"), PLACES.items())
def test_a_misspelt_value_is_reported(khung, tmp_path, district, table, column):
    spell(district / f"{table}.parquet", column, "not_such_a_value")
    out = tmp_path / "out"
    asked = ("--subject", "dang_vien", "--columns", "level", "--engine", "duckdb", "--lang", "en")
    ran = khung("eval", str(district), "--out", str(out), *asked)
    assert (ran.code, out.exists()) == (ExitCode.INVALID, False)
    assert "not_such_a_value" in ran.err


BEYOND = {
    "so_chi_tieu": (pa.int64(), 5000, "K0615"),
    "so_thang_nghi_om": (pa.decimal128(18, 4), Decimal("-0.5"), "K0615"),
    "phieu.hoan_thanh": (pa.int64(), -1, "K0621"),
    "phieu.hoan_thanh_tot": (pa.decimal128(18, 4), Decimal("3.5"), "K0621"),
}


@pytest.mark.parametrize("column", BEYOND)
def test_a_number_out_of_range_is_reported(khung, tmp_path, district, column):
    ty, value, code = BEYOND[column]
    path = district / "dang_vien.parquet"
    table = pq.read_table(path)
    cells = pa.array([value, *table[column].to_pylist()[1:]], ty)
    pq.write_table(table.set_column(table.schema.get_field_index(column), column, cells), path)
    asked = ("--subject", "dang_vien", "--columns", "level", "--engine", "duckdb", "--lang", "en")
    ran = khung("eval", str(district), "--out", str(tmp_path / "out"), *asked)
    assert ran.code == ExitCode.INVALID
    assert f"[{code}]" in ran.err
    assert str(value) in ran.err


def test_a_table_in_order_is_solved(khung, tmp_path, district):
    asked = ("--subject", "dang_vien", "--columns", "level", "--engine", "duckdb")
    assert khung("eval", str(district), "--out", str(tmp_path / "out"), *asked).code == 0


@pytest.fixture
def streamed(district, monkeypatch):
    """The same, of which no row is held, and lists are looked up."""
    source_of = partial(populated.source_of, streamed=1)
    monkeypatch.setattr(populated, "source_of", source_of)
    monkeypatch.setattr(decoded, "LOOKED_UP", 1)
    return district


def test_a_misspelt_value_of_a_table_that_is_not_held_is_reported(khung, tmp_path, streamed):
    spell(streamed / "dang_vien.parquet", "xep_loai_cong_chuc", "not_such_a_value")
    asked = ("--subject", "dang_vien", "--columns", "level", "--engine", "duckdb", "--lang", "en")
    ran = khung("eval", str(streamed), "--out", str(tmp_path / "out"), *asked)
    assert ran.code == ExitCode.INVALID
    assert "not_such_a_value" in ran.err


def test_lists_that_are_looked_up_are_those_put_together(khung, tmp_path, streamed, monkeypatch):
    monkeypatch.setattr(population, "LARGE", 0)
    parts = ("--subject", "dang_vien", "--columns", "reasons", "--columns", "checks")
    asked = (*parts, "--engine", "duckdb")
    assert khung("eval", str(streamed), "--out", str(tmp_path / "one"), *asked).code == 0
    monkeypatch.undo()
    assert khung("eval", str(streamed), "--out", str(tmp_path / "other"), *asked).code == 0
    one, other = (
        pq.read_table(tmp_path / folder / "results" / "dang_vien.parquet").sort_by("id")
        for folder in ("one", "other")
    )
    told = [name for name in one.column_names if name not in ("missing", *NOT_TOLD)]
    assert one.select(told).to_pylist() == other.select(told).to_pylist()
    for lists in ("reasons", "unchecked"):
        assert any(one[lists].to_pylist())
