"""The reference evaluator on a folder: `python -m benchmarks.population.reference FOLDER OUT`."""

from __future__ import annotations

import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from khung.driver import Shelf, evaluate_file

SUBJECT = "dang_vien"


def outcomes(folder: Path) -> list[tuple[str, str, int | None]]:
    """Return id, status and level of every member."""
    found = evaluate_file(folder, Shelf(cached=True), {})
    assert found.results is not None, found.diagnostics[:3]
    by_id = found.results.by_type[SUBJECT]
    return [(key, result.status.value, result.level) for key, result in by_id.items()]


def write(folder: Path, out: Path) -> None:
    """Write status and level of every member."""
    ids, statuses, levels = zip(*outcomes(folder), strict=True)
    pq.write_table(pa.table({"id": ids, "status": statuses, "level": levels}), out)


if __name__ == "__main__":
    write(Path(sys.argv[1]), Path(sys.argv[2]))
