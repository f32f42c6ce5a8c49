"""Levels and quota of populations, engine beside engine: `python -m benchmarks.population`.

    python -m benchmarks.population --members 7000 1000000 5500000 --folder FOLDER

Populations are made into the folder once and stay there. Each engine reads Parquet and writes
Parquet in a process of its own; what they give is compared before any time is told.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time

import duckdb

from benchmarks.population import compiled, members

FEW = 10_000
"""Members up to which the reference takes part."""

TOLD = {
    "hand": "query by hand, level and quota, Parquet in and out",
    "level": "`khung eval --subject dang_vien --columns level`, the data checked too",
    "reasons": "the same with `--columns bounds --columns reasons`",
    "everything": "`khung eval`, all bodies, decisions, checks, tables, outputs",
    "reference": "reference, level and quota, Parquet in and out",
}

MANY = 1_000_000
"""Members up to which engines that hold all of their columns in memory take part."""

RECORDS = 2_000
"""Members that are given one at a time."""


@dataclass(frozen=True, slots=True)
class Finished:
    """One run of an engine: seconds by the clock and of the processor, MiB at most."""

    wall: float
    busy: float
    peak: float


def main() -> None:
    asked = argparse.ArgumentParser(description="levels and quota of made-up districts")
    asked.add_argument("--members", type=int, nargs="+", default=[7_000, 1_000_000])
    asked.add_argument("--folder", type=Path, required=True)
    given = asked.parse_args()
    python, cores = sys.version.split()[0], os.cpu_count()
    print(f"Python {python}, DuckDB {duckdb.__version__}, {cores} cores.\n")
    print("| members | engine | clock, s | processor, s | peak, MiB | members a second |")
    print("|--:|---|--:|--:|--:|--:|")
    for count in given.members:
        folder = made(count, given.folder)
        whole_processes(count, folder)
        if count <= MANY:
            single_records(count, folder)


def made(count: int, folder: Path) -> Path:
    """Return the folder of a population, which is made if it is not there."""
    place = folder / f"district-{count}"
    if not place.exists():
        options = ("--members", str(count), "--seed", "1", "--tables", "parquet", "--to")
        command = (sys.executable, "-m", "khung", "new", "district", "2021", *options, place)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return place


# -- level and quota ------------------------------------------------------------------------------


def whole_processes(count: int, folder: Path) -> None:
    """Measure what works out levels and quota; compare all with the query written by hand."""
    engines = [name for name in TOLD if name != "reference" or count <= FEW]
    outs = {name: folder.with_name(f"{folder.name}.{name}.parquet") for name in engines}
    runs = {name: run(name, folder, out) for name, out in outs.items()}
    for name in engines[1:]:
        compare(outs["hand"], outs[name])
    for name, found in runs.items():
        numbers = f"{found.wall:.2f} | {found.busy:.2f} | {found.peak:.0f}"
        rate = f"{count / found.wall:,.0f}"
        print(f"| {count:,} | {TOLD[name]} | {numbers} | {rate} |")


def run(name: str, folder: Path, out: Path) -> Finished:
    """Run an engine in a process of its own."""
    module, *told = ("compiled", name) if name in compiled.TOLD else (name,)
    of_module = (sys.executable, "-m", f"benchmarks.population.{module}")
    command = (*of_module, str(folder), str(out), *told)
    began = perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    assert status == 0, f"{name} failed"
    busy = used.ru_utime + used.ru_stime
    return Finished(perf_counter() - began, busy, used.ru_maxrss / 1024)


def compare(first: Path, second: Path) -> None:
    """Stop where two engines give a member another status or level."""
    shown = "SELECT id, status, level::INTEGER AS level FROM"
    query = f"{shown} '{first}' EXCEPT {shown} '{second}'"
    found = duckdb.execute(query).fetchall()
    assert not found, f"{first.name} and {second.name} differ on {len(found)}: {found[:5]}"


# -- levels alone ---------------------------------------------------------------------------------


def single_records(count: int, folder: Path) -> None:
    """Measure engines that know of no quota, on what was made ready for them."""
    try:
        from benchmarks.population import by_openfisca, by_zen  # noqa: PLC0415  # may be missing
    except ImportError as error:
        print(f"| {count:,} | {error.name} is not installed | | | | |")
        return
    columns, expected = members.columns(folder), members.expected(folder)
    wanted = [expected.get(key, members.NOT_RANKED) for key in columns.pop("id").tolist()]
    began = process_time()
    found = by_openfisca.levels(columns)
    tell(count, "openfisca-core, level before the quota, one batch", began, count)
    assert found.tolist() == wanted
    values = zip(*(column[:RECORDS].tolist() for column in columns.values()), strict=True)
    rows = [dict(zip(columns, row, strict=True)) for row in values]
    began = process_time()
    levels = by_zen.levels(rows)
    tell(count, "zen-engine, level before the quota, each by itself", began, len(rows))
    assert levels == wanted[:RECORDS]


def tell(count: int, name: str, began: float, done: int) -> None:
    busy = process_time() - began
    print(f"| {count:,} | {name} | | {busy:.2f} | | {done / busy:,.0f} |")


if __name__ == "__main__":
    main()
