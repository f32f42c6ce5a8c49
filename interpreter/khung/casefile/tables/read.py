"""A case of tables to `Frames`, under the rulebook that its head names.

In: what `opened` found and a `Program`. Out: frames in typed form with the places of their cells.

Reports: those of `opened`, of the readers and of `typed`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.casefile.tables.files import PARQUET
from khung.casefile.tables.frames import Frames, TablePlace
from khung.casefile.tables.layout import sheets
from khung.casefile.tables.opened import open_tables, read_source, sources
from khung.casefile.tables.typed import frame_of
from khung.source import limits
from khung.text import Grid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa  # type: ignore[import-untyped]  # comes without types

    from khung.casefile.model import CaseFile
    from khung.casefile.tables.opened import Opened, Source
    from khung.casefile.tables.raw import RawTable
    from khung.diagnostics.bag import Bag
    from khung.ir.program import Program


LITTLE = 100_000
"""Up to so many cells a table is held where another of its case is not."""


def read_frames(path: Path, program: Program, bag: Bag, *, whole: bool = False) -> Frames | None:
    """Return the tables of a folder or a workbook.

    Args:
        path: A folder with `case.yaml`, or a workbook.
        program: The rulebook under which it is read.
        bag: Where everything that is wrong is reported, all in one run.
        whole: Whether large Parquet files are read into memory, too.

    Returns:
        The frames, without what could not be read; None where the head cannot be read.
    """
    opened = open_tables(path, bag)
    return None if opened is None else frames_of(opened, program, bag, whole=whole)


def frames_of(opened: Opened, program: Program, bag: Bag, *, whole: bool = False) -> Frames:
    """Return the tables of a case of which the head was read; as `read_frames`."""
    tables: dict[str, pa.Table] = {}
    places: dict[str, TablePlace] = {}
    parquet: dict[str, Path] = {}
    given = list(sources(opened, program, bag))
    on_disk = set[str]() if whole else _left_on_disk(given)
    for source in given:
        key = source.sheet.key
        if key in on_disk:
            parquet[key], places[key] = source.path, TablePlace(Grid(str(source.path)), {}, ())
            continue
        raw = read_source(source, bag)
        if raw is not None:
            tables[key], places[key] = frame_of(raw, program, bag), place_of(raw)
    lost = {source.sheet.key for source in given} - {*tables, *parquet}
    return Frames(opened.head, tables, places, parquet, lost=frozenset(lost))


def place_of(raw: RawTable) -> TablePlace:
    """Return where the cells of a table stand."""
    return TablePlace(raw.grid, raw.numbers, raw.rows)


def frames_of_arrow(
    head: CaseFile, given: Mapping[str, pa.Table], program: Program, bag: Bag
) -> Frames:
    """Return frames that were handed over, each under the key of its table, in typed form."""
    from khung.casefile.tables.parquet_file import of_frame  # noqa: PLC0415  # heavy
    from khung.diagnostics.suggest import nearest  # noqa: PLC0415  # only for advice

    known = {sheet.key: sheet for sheet in sheets(program)}
    tables: dict[str, pa.Table] = {}
    places: dict[str, TablePlace] = {}
    for number, (key, table) in enumerate(given.items()):
        if key not in known:
            near = nearest(key, known) or ""
            advice = "near" if near else "file"
            bag.add("K0685", None, help=advice, file=key, name=key, near=near)
            continue
        raw = of_frame(table, known[key], Grid(f"<{key}>", number=number), bag)
        if raw is not None:
            tables[key], places[key] = frame_of(raw, program, bag), place_of(raw)
    return Frames(head, tables, places, lost=frozenset({*given} - {*tables}))


def _left_on_disk(given: Sequence[Source]) -> set[str]:
    """Return the tables in typed form that are too large to be held, and those beside such a one.

    What is looked at without being held is looked at sooner; but then a mistake is told of only
    after all is read once more.
    """
    cells = {source.sheet.key: _typed_cells(source) for source in given}
    is_large = max(cells.values(), default=0) > limits.TABLE_CELLS
    most = LITTLE if is_large else limits.TABLE_CELLS
    return {key for key, number in cells.items() if number > most}


def _typed_cells(source: Source) -> int:
    if source.path.suffix.lower() != PARQUET or source.book is not None:
        return 0
    from khung.casefile.tables.parquet_file import typed_cells  # noqa: PLC0415  # heavy

    return typed_cells(source.path, source.sheet)
