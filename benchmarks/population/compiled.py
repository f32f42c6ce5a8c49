"""khung's rules as SQL: `python -m benchmarks.population.compiled FOLDER OUT.parquet TOLD`.

It is the whole command, with checks of the data. Of its results status and level of members are
then taken out.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import duckdb

from khung.cli.main import run

LEVELS = ["khong_hoan_thanh", "hoan_thanh", "hoan_thanh_tot", "hoan_thanh_xuat_sac"]
MEMBERS = ("--subject", "dang_vien")
TOLD = {
    "level": (*MEMBERS, "--columns", "level"),
    "reasons": (*MEMBERS, "--columns", "bounds", "--columns", "reasons"),
    "everything": (),
}
"""What is asked for, as options of `eval`."""


def write(folder: Path, out: Path, told: str = "level") -> None:
    """Write status and level of every member."""
    results = out.with_suffix(".results")
    shutil.rmtree(results, ignore_errors=True)
    done = run(("eval", str(folder), "--engine", "duckdb", "--out", str(results), *TOLD[told]))
    assert done == 0
    made = f"{results}/results/dang_vien.parquet"
    level = f"CAST(list_position({LEVELS}, level) - 1 AS INTEGER) AS level"
    query = f"SELECT id, status, {level} FROM '{made}'"  # noqa: S608  # of an own file
    duckdb.execute(f"COPY ({query}) TO '{out}' (FORMAT parquet)")


if __name__ == "__main__":
    write(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
