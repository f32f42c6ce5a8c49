"""Frames of one case or of many as views of a database."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from khung.engine.facts import Whole
from khung.population.source import Source
from khung.sql.ends import UnsupportedError
from khung.sql.text import DECIMALS, literal, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from khung.casefile.model import CaseFile
    from khung.casefile.tables.frames import Frames
    from khung.ir.program import Program

DIGITS = 24
"""How many digits a number of a table may have, so that what is made of it has less than 38."""

_DECIMAL = re.compile(r"DECIMAL\((\d+),\s*(\d+)\)")

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

    Raises:
        UnsupportedError: Some numbers have too many digits.
    """
    import duckdb  # noqa: PLC0415  # slow to load

    settings: dict[str, Any] = {"memory_limit": memory} if memory else {}
    if folder:
        settings["temp_directory"] = folder
    base = duckdb.connect(config=settings)
    there: dict[str, tuple[str, ...]] = {}
    for key in dict.fromkeys(k for f in cases.values() for k in (*f.tables, *f.parquet)):
        there[key] = _view(base, key, cases)
    _even(base, there)
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


def _even(base: Any, there: Mapping[str, tuple[str, ...]]) -> None:
    """Give all numbers with fractions as many decimals, and no more digits than they have.

    Of two numbers of 38 digits with other decimals the database makes one with the fewer.

    Raises:
        UnsupportedError: Some have so many digits that a sum or a product could have too many.
    """
    found = {key: _decimals(base, key) for key in there}
    places = max((scale for one in found.values() for scale in one.values()), default=None)
    if places is None:
        return
    places = max(places, DECIMALS)
    for key, columns in found.items():
        if columns:
            _narrow(base, key, list(columns), places)


def _decimals(base: Any, key: str) -> dict[str, int]:
    """Return the columns of numbers with fractions, each with how many decimals it has."""
    described = base.execute(f"DESCRIBE {quoted('in.' + key)}").fetchall()
    types = ((name, _DECIMAL.fullmatch(ty)) for name, ty, *_ in described)
    return {name: int(match[2]) for name, match in types if match}


def _narrow(base: Any, key: str, columns: list[str], places: int) -> None:
    name = quoted(f"in.{key}")
    tops = ", ".join(f"max(abs({quoted(c)}))" for c in columns)
    (row,) = base.execute(f"SELECT {tops} FROM {name}").fetchall()
    casts = []
    for column, top in zip(columns, row, strict=True):
        digits = len(str(int(top or 0))) + places
        if digits > DIGITS:
            raise UnsupportedError("numbers of so many digits")
        casts.append(f"CAST({quoted(column)} AS DECIMAL({digits}, {places})) AS {quoted(column)}")
    base.execute(f"ALTER VIEW {name} RENAME TO {quoted('wide.' + key)}")
    text = f"SELECT * REPLACE ({', '.join(casts)}) FROM {quoted('wide.' + key)}"
    base.execute(f"CREATE VIEW {name} AS {text}")


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
