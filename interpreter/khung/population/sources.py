"""Frames of one case or of many as views of a database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from khung.engine.facts import Whole
from khung.population.source import Source
from khung.sql.text import literal, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from khung.casefile.model import CaseFile
    from khung.casefile.tables.frames import Frames
    from khung.ir.program import Program

THREADS = 0
"""How many threads work; nothing is said to the database of 0, which takes all there are."""


def source_of(
    program: Program,
    cases: Mapping[int, Frames],
    *,
    memory: str = "",
    folder: str = "",
) -> Source:
    """Return the frames of cases as views of a new database, `in.TABLE`, with the case in `cs`.

    Args:
        program: The rulebook, under which all are read.
        cases: The frames, by a number of the case; all of one day.
        memory: The most memory that the database takes, such as `600MB`.
        folder: Where it puts what does not find room there.
    """
    import duckdb  # noqa: PLC0415  # slow to load

    settings: dict[str, Any] = {"memory_limit": memory} if memory else {}
    if folder:
        settings["temp_directory"] = folder
    base = duckdb.connect(config=settings)
    there: dict[str, tuple[str, ...]] = {}
    for key in dict.fromkeys(k for f in cases.values() for k in (*f.tables, *f.parquet)):
        there[key] = _view(base, key, cases)
    whole = {number: whole_of(frames.head, program) for number, frames in cases.items()}
    days = {frames.head.on for frames in cases.values()}
    (on,) = days
    assert on is not None  # noqa: S101  # a head without a day is refused
    bare = any(frames.head.bare for frames in cases.values())
    return Source(base, program, on, there, whole, bare)


def _view(base: Any, key: str, cases: Mapping[int, Frames]) -> tuple[str, ...]:
    parts: list[str] = []
    for number, frames in cases.items():
        if key in frames.tables:
            name = f"f.{number}.{key}"
            base.register(name, frames.tables[key])
            parts.append(f"SELECT {number}::BIGINT AS cs, * FROM {quoted(name)}")
        elif key in frames.parquet:
            path = literal(str(frames.parquet[key]))
            parts.append(f"SELECT {number}::BIGINT AS cs, * FROM read_parquet({path})")
    base.execute(f"CREATE VIEW {quoted('in.' + key)} AS {' UNION ALL BY NAME '.join(parts)}")
    described = base.execute(f"SELECT * FROM {quoted('in.' + key)} LIMIT 0").description
    return tuple(column[0] for column in described)


def whole_of(head: CaseFile, program: Program) -> Whole:
    """Return what the head of a case says is whole."""
    if head.complete is True:
        return Whole(everything=True)
    subjects = {declared.name for declared in program.subjects}
    names = [ref.name for ref in head.complete]
    lists = (name.partition(".") for name in names if name not in subjects)
    return Whole(
        types=frozenset(name for name in names if name in subjects),
        lists=frozenset((ty, *rest.rpartition(".")[::2]) for ty, _, rest in lists),
    )
