"""Frames of one case or of many as views of a database."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from khung.casefile.tables.layout import named
from khung.engine.facts import Whole
from khung.population.source import Source
from khung.processes import usable
from khung.sql.build import is_split
from khung.sql.ends import UnsupportedError
from khung.sql.table import ROW
from khung.sql.text import DECIMALS, literal, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from khung.casefile.model import CaseFile
    from khung.casefile.tables.frames import Frames
    from khung.ir.program import Program

DIGITS = 24
"""How many digits a number of a table may have, so that what is made of it has less than 38."""

STREAMED = 500_000
"""From so many rows on those of a table are read again whenever they are asked for."""

SMALL = 50_000
"""Up to so many rows statements cost more to plan than to run."""

AT_ONCE = 3
"""How many statements of so few rows run at once: of more most would wait for each other."""

BESIDE = 2
"""The same of more rows: a table of less than a hundred thousand keeps one processor busy alone."""

WORTH_IT = frozenset({"filter_pushdown", "unused_columns", "column_lifetime"})
"""What of planning is worth it even so: else rows are joined and columns worked out for nothing."""

NO_CHECKPOINT = "1TB"
"""After how much a database in memory makes a checkpoint, which keeps nothing and takes seconds: never."""

_DECIMAL = re.compile(r"DECIMAL\((\d+),\s*(\d+)\)")


def source_of(
    program: Program,
    cases: Mapping[int, Frames],
    *,
    memory: str = "",
    folder: str = "",
    streamed: int = STREAMED,
) -> Source:
    """Return the frames of cases as views of a new database, `in.TABLE`, with the case in `cs`.

    Args:
        program: The rulebook, under which all are read.
        cases: The frames, by a number of the case; all of one day.
        memory: The most memory that the database takes, such as `600MB`.
        folder: Where it puts what does not find room there.
        streamed: From so many rows on those of a table are read again whenever they are asked for.

    Raises:
        UnsupportedError: Some numbers have too many digits.
    """
    import duckdb  # noqa: PLC0415  # slow to load

    settings: dict[str, Any] = {"checkpoint_threshold": NO_CHECKPOINT}
    if memory:
        settings["memory_limit"] = memory
    if folder:
        settings["temp_directory"] = folder
    base = duckdb.connect(config=settings)
    keys = dict.fromkeys(k for f in cases.values() for k in (*f.tables, *f.parquet))
    is_small = sum(_rows(key, frames) for key in keys for frames in cases.values()) <= SMALL
    if is_small:
        _plan_little(base)
    again = frozenset(key for key in keys if _is_streamed(program, key, cases, streamed))
    numbered = again.union(*(frames.decided for frames in cases.values()))
    parts = {key: _parts(base, key, cases, numbered=key in numbered) for key in keys}
    scales = (scale for some in parts.values() for part in some for scale in part.scales.values())
    decimals = max(scales, default=DECIMALS)
    there = {key: _view(base, key, some, max(decimals, DECIMALS)) for key, some in parts.items()}
    whole = {number: whole_of(frames.head, program) for number, frames in cases.items()}
    days = {frames.head.on for frames in cases.values()}
    (on,) = days
    assert on is not None  # noqa: S101  # a head without a day is refused
    bare = any(frames.head.bare for frames in cases.values())
    unread = frozenset(key for frames in cases.values() for key in frames.parquet)
    # what is read anew where it was registered only this connection sees
    sees_all = again.isdisjoint(key for f in cases.values() for key in (*f.tables, *f.decided))
    at_once = min(AT_ONCE if is_small else BESIDE, usable()) if sees_all else 1
    return Source(base, program, on, there, whole, bare, again, numbered, unread, at_once=at_once)


def _plan_little(base: Any) -> None:
    """Have a database plan no longer than few rows are worth: by one thread, and as it is said."""
    names = [name for (name,) in base.execute("FROM duckdb_optimizers()").fetchall()]
    left_out = ",".join(name for name in names if name not in WORTH_IT)
    base.execute("SET threads = 1")
    base.execute(f"SET disabled_optimizers = {literal(left_out)}")


def _is_streamed(program: Program, key: str, cases: Mapping[int, Frames], least: int) -> bool:
    """Whether a table has so many rows that they are not held; one worked out by kinds is."""
    declared = program.objects.get(key)
    by_kinds = declared is not None and declared.kinds is not None and is_split(declared)
    return not by_kinds and sum(_rows(key, frames) for frames in cases.values()) >= least


def _rows(key: str, frames: Frames) -> int:
    import pyarrow.parquet as pq  # type: ignore[import-untyped]  # noqa: PLC0415  # slow to load

    if key in frames.tables:
        return int(frames.tables[key].num_rows)
    return int(pq.read_metadata(frames.parquet[key]).num_rows) if key in frames.parquet else 0


class _Part(NamedTuple):
    """The table of one case: what it is called, its case, and how many decimals its numbers have."""

    name: str
    case: int
    scales: dict[str, int]


def _parts(
    base: Any, key: str, cases: Mapping[int, Frames], *, numbered: bool = False
) -> list[_Part]:
    """Return the tables of cases; `numbered`, each row has its number among all, from 1, as `rid`."""
    found: list[_Part] = []
    before = 1
    for number, frames in cases.items():
        name = f"f.{number}.{key}"
        if key in frames.tables:
            table = frames.tables[key]
            base.register(name, _numbered(table, before) if numbered else table)
        elif key in frames.parquet:
            path = literal(str(frames.parquet[key]))
            text = f"SELECT * FROM read_parquet({path})"
            if numbered:
                own = f"* EXCLUDE (file_row_number), file_row_number + {before} AS {ROW}"
                text = f"SELECT {own} FROM read_parquet({path}, file_row_number = true)"
            base.execute(f"CREATE VIEW {quoted(name)} AS {text}")
        else:
            continue
        if key in frames.decided:
            name = _decided(base, name, frames.decided[key])
        found.append(_Part(quoted(name), number, _scales(base, quoted(name))))
        before += _rows(key, frames) if numbered else 0
    return found


def _decided(base: Any, name: str, decided: Any) -> str:
    """Make the view of a table with what was decided of some rows; return what it is called."""
    beside, made = f"{name}~decided", f"{name}~given"
    base.register(beside, decided)
    own = {column for column, *_ in base.execute(f"DESCRIBE {quoted(name)}").fetchall()}
    columns = list(map(quoted, (c for c in decided.column_names if c != "id")))
    kept = ", ".join(c for c in columns if c[1:-1] in own)
    excluded = f" EXCLUDE ({kept})" if kept else ""
    given = ", ".join(f"{_in_place(c, is_own=c[1:-1] in own)} AS {c}" for c in columns)
    base.execute(
        f"CREATE VIEW {quoted(made)} AS SELECT t.*{excluded}, {given} "
        f"FROM {quoted(name)} t LEFT JOIN {quoted(beside)} d ON d.id = t.id"
    )
    return made


def _in_place(column: str, *, is_own: bool) -> str:
    return (
        f"CASE WHEN d.id IS NULL THEN t.{column} ELSE d.{column} END" if is_own else f"d.{column}"
    )


def _numbered(table: Any, first: int) -> Any:
    """Return a table with the numbers of its rows."""
    import pyarrow as pa  # noqa: PLC0415  # slow to load

    return table.append_column(ROW, pa.array(range(first, first + table.num_rows), pa.int64()))


def _scales(base: Any, name: str) -> dict[str, int]:
    """Return the columns of numbers with fractions, each with how many decimals it has."""
    described = base.execute(f"DESCRIBE {name}").fetchall()
    types = ((column, _DECIMAL.fullmatch(ty)) for column, ty, *_ in described)
    return {column: int(match[2]) for column, match in types if match}


def _view(base: Any, key: str, parts: list[_Part], decimals: int) -> tuple[str, ...]:
    """Make the view of a table; return its columns.

    What states a fact under another name stands there under that of the fact, too.
    """
    name = quoted(f"in.{key}")
    selects = [
        f"SELECT {part.case}::BIGINT AS cs, *{_narrowed(base, part, decimals)} FROM {part.name}"
        for part in parts
    ]
    text = " UNION ALL BY NAME ".join(selects)
    base.execute(f"CREATE VIEW {name} AS {text}")
    described = base.execute(f"SELECT * FROM {name} LIMIT 0").description
    columns = [column[0] for column in described]
    if beside := beside_of(columns):
        said = ", ".join(f"{quoted(column)} AS {quoted(fact)}" for fact, column in beside.items())
        base.execute(f"CREATE OR REPLACE VIEW {name} AS SELECT *, {said} FROM ({text}) q")
    return tuple(column for column in (*columns, *beside) if column != ROW)


def beside_of(columns: Sequence[str]) -> dict[str, str]:
    """Return the columns that state facts under other names, by the names of the facts."""
    return {fact: c for c in columns if (fact := named(c)) not in columns}


def _narrowed(base: Any, part: _Part, decimals: int) -> str:
    """Give numbers with fractions as many decimals as all have, and no more digits than they have.

    Of two numbers of 38 digits with other decimals the database makes one with the fewer, without
    a word; of two that leave room it makes one that holds both.

    Raises:
        UnsupportedError: Some have so many digits that a sum or a product could have too many.
    """
    if not part.scales:
        return ""
    tops = ", ".join(f"max(abs({quoted(column)}))" for column in part.scales)
    (row,) = base.execute(f"SELECT {tops} FROM {part.name}").fetchall()
    casts = []
    for column, top in zip(map(quoted, part.scales), row, strict=True):
        digits = len(str(int(top or 0))) + decimals
        if digits > DIGITS:
            raise UnsupportedError("numbers of so many digits")
        casts.append(f"CAST({column} AS DECIMAL({digits}, {decimals})) AS {column}")
    return f" REPLACE ({', '.join(casts)})"


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
