"""The query written by hand: `python -m benchmarks.population.hand FOLDER OUT.parquet`.

`hand.sql` is all that works out levels; here it is given its tables.
"""

# ruff: noqa: S608  # the queries are those of this folder

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

TEXT = (Path(__file__).parent / "hand.sql").read_text(encoding="utf-8")
TABLES = {"dang_vien": "dang_vien", "ky_luat": "dang_vien.ky_luat", "to_chuc_dang": "to_chuc_dang"}
MACROS = (
    """CREATE MACRO grade(name) AS CASE name
    WHEN 'xuat_sac' THEN 3 WHEN 'tot' THEN 2 WHEN 'trung_binh' THEN 1 WHEN 'kem' THEN 0 END""",
    "CREATE MACRO places(base) AS CASE WHEN base < 5 THEN 1 ELSE base // 5 END",
)
_QUOTA, _CAPPED = "-- Quota.", "graded AS ("


def connect(folder: Path, memory: str = "2GB") -> DuckDBPyConnection:
    """Return a database with the tables of a folder, left on disk."""
    con = duckdb.connect()
    con.execute(f"SET memory_limit = '{memory}'")
    con.execute("SET preserve_insertion_order = false")
    for macro in MACROS:
        con.execute(macro)
    for name, table in TABLES.items():
        con.execute(f"CREATE VIEW {name} AS SELECT * FROM '{folder}/{table}.parquet'")
    return con


def before_quota() -> str:
    """Return the query of the least and the most that each level may be before the quota."""
    steps = TEXT.partition(_QUOTA)[0].rstrip().removesuffix(",")
    return f"{steps} SELECT id, low, high, is_pending FROM bounded"


def inputs() -> str:
    """Return the query of what engines that read one member at a time are given.

    Links are followed for them, and the list of each is made a flag; nothing else is worked out.
    """
    steps = TEXT.partition(_CAPPED)[0].rstrip().removesuffix(",")
    return f"""{steps}
        SELECT m.*, d.id IS NOT NULL AS disciplined,
            CASE WHEN b.is_grassroots THEN v.present ELSE b.committee END AS base,
            datesub('month', ngay_ket_nap, DATE '2021-12-15') AS months,
            datesub('month', ngay_ve_noi_cu, ngay_chuyen) AS months_before
        FROM dang_vien AS m JOIN bodies AS b ON b.cell = m.chi_bo
        JOIN voters AS v ON v.cell = m.chi_bo LEFT JOIN disciplined AS d ON d.id = m.id"""


def write(folder: Path, out: Path) -> None:
    """Write status and level of every member."""
    with connect(folder) as con:
        con.execute(f"COPY ({TEXT}) TO '{out}' (FORMAT parquet)")


if __name__ == "__main__":
    write(Path(sys.argv[1]), Path(sys.argv[2]))
