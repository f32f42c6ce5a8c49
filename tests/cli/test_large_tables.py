"""Large tables, whose texts nobody reads cell by cell: what is wrong in them is told likewise."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from khung.casefile.tables import parquet_file
from khung.cli.exit_codes import ExitCode
from khung.cli.main import run


@pytest.fixture
def district(tmp_path, monkeypatch):
    """A made-up district of thirty, of which every table is treated as a large one."""
    folder = tmp_path / "district"
    told = ("--members", "30", "--seed", "3", "--tables", "parquet", "--to", str(folder))
    assert run(("new", "district", "2021", *told)) == ExitCode.DONE
    monkeypatch.setattr(parquet_file.limits, "TABLE_CELLS", 2)
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


def test_a_table_in_order_is_solved(khung, tmp_path, district):
    asked = ("--subject", "dang_vien", "--columns", "level", "--engine", "duckdb")
    assert khung("eval", str(district), "--out", str(tmp_path / "out"), *asked).code == 0
