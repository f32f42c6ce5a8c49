"""A case of tables solved by compiled rules, from its frames to tables of results."""

from __future__ import annotations

import atexit
from contextlib import contextmanager
from fractions import Fraction
from shutil import rmtree
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from khung.ir.result_schema import EVERYTHING, MOST_TOLD, Selection
from khung.population import groups, results
from khung.population.asked import Asked
from khung.population.awaited import solve
from khung.population.pieces import is_full_disk, write_parquet
from khung.population.sources import source_of, whole_of
from khung.population.wrong import fits_together, rings
from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    import pyarrow as pa  # type: ignore[import-untyped]  # comes without types

    from khung.casefile.model import CaseFile
    from khung.casefile.tables.decisions import Decided
    from khung.casefile.tables.frames import Frames
    from khung.engine.facts import Whole
    from khung.ir.nodes import Node
    from khung.ir.program import Program
    from khung.population.run import Solved
    from khung.why.result import Results, Wanted

MANY = 5_000
"""From so many subjects on a case of tables is solved by compiled rules, if nobody says how: those
make no forms, which a smaller case is given."""

MANY_IN_PART = 1_000
"""The same where a part of the results is asked for, of which there are no forms; with reasons, only
if there are so many subjects that no longer all is told of them (`MOST_TOLD`)."""

MEMORY = 1_400
"""The most memory that a database takes if nobody says how much, in MB."""

LARGE = 200_000
"""From so many subjects on results are written as Parquet alone."""


BY_REFERENCE = Fraction(1, 10)
"""Up to which share of the subjects the reference evaluator is asked for what SQL cannot say; where
there are more, all is left to it."""


@dataclass(frozen=True, slots=True)
class Populated:
    """A case of tables, solved.

    Attributes:
        head: The head of the case.
        whole: What it says is whole.
        memory: The most memory that the database takes, in MB.
        by_reference: What the reference evaluator found of the types of which SQL cannot say all; None
            where it was not asked.
        decided: What was taken of tables of decisions beside the case.
        ask: Asks the reference evaluator for more of some subjects.
    """

    program: Program
    head: CaseFile
    whole: Whole
    solved: Solved
    memory: int = MEMORY
    by_reference: Results | None = None
    decided: tuple[Decided, ...] = ()
    ask: Callable[[Wanted], Results | None] | None = None

    @property
    def hanging(self) -> dict[str, str]:
        """The subject types of which SQL cannot say all, with the reason."""
        made = self.solved.compiled
        beside = {subject: why for (subject, _), why in made.left.items()}
        return {**beside, **made.without}

    def number_of(self, types: Iterable[str]) -> int:
        """Return how many subjects of some types there are."""
        named = (name for name in types if name in self.solved.source.there)
        counts = (self.solved.source.all(f'SELECT count(*) FROM "n.{name}"') for name in named)
        return sum(int(rows[0][0]) for rows in counts)

    @property
    def left(self) -> dict[str, str]:
        """What is told beside levels and has no form in SQL, with the reason."""
        made = self.solved.compiled
        return {f"{subject}.{name}": why for (subject, name), why in made.left.items()}

    @property
    def subjects(self) -> int:
        """How many subjects there are."""
        return self.number_of(declared.name for declared in self.program.subjects)

    def tables(self) -> dict[str, pa.Table]:
        """Return the results of each subject type, a row a subject."""
        with within(self.memory):
            return results.result_tables(self.solved)

    def groups(self, name_of: Callable[[Node], str]) -> pa.Table:
        """Return the groups of quotas; `name_of` says how people call a key."""
        return groups.group_table(self.solved, name_of)

    def write_parquet(self, folder: Path) -> None:
        """Write the results of each subject type as Parquet, without holding them in memory."""
        with within(self.memory):
            for name, query in results.result_queries(self.solved).items():
                path = folder / f"{name}.parquet"
                write_parquet(self.solved.base, query, path, name)


class NoRoomError(Exception):
    """A database found no room.

    Attributes:
        memory: How much it may take, in MB.
        on_disk: Whether it is the disk that is full.
    """

    def __init__(self, memory: int, *, on_disk: bool) -> None:
        super().__init__(memory)
        self.memory, self.on_disk = memory, on_disk


@contextmanager
def within(memory: int) -> Iterator[None]:
    """Say of a database that finds no room that it does.

    Raises:
        NoRoomError: It does not.
    """
    import duckdb  # noqa: PLC0415  # slow to load

    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise NoRoomError(memory, on_disk=is_full_disk(error)) from error
    except duckdb.IOException as error:
        if "No space left" not in str(error):
            raise
        raise NoRoomError(memory, on_disk=True) from error


def least_for(selection: Selection) -> int:
    """Return from how many subjects on compiled rules are worth it, if nobody says how."""
    if selection.is_all:
        return MANY
    return MOST_TOLD + 1 if "reasons" in selection.parts else MANY_IN_PART


def subjects_in(frames: Frames, program: Program) -> int:
    """Return how many subjects stand in frames, those of large files among them."""
    import pyarrow.parquet as pq  # type: ignore[import-untyped]  # noqa: PLC0415  # slow to load

    names = {declared.name for declared in program.subjects}
    read = sum(table.num_rows for key, table in frames.tables.items() if key in names)
    left = (pq.read_metadata(path).num_rows for key, path in frames.parquet.items() if key in names)
    return int(read + sum(left))


def populate(
    program: Program,
    frames: Frames,
    *,
    memory: int | None = None,
    selection: Selection = EVERYTHING,
    keeps: bool = False,
) -> Populated | None:
    """Solve a case of tables by compiled rules.

    Args:
        program: The rulebook, lowered under the readings of the case.
        frames: The tables.
        memory: The most memory that the database takes, in MB; `MEMORY` for None. What finds no
            room there is kept in a folder for the time.
        selection: What results are to tell.
        keeps: As of `Source`.

    Returns:
        The case, solved; None if its tables do not fit together.

    Raises:
        UnsupportedError: A level hangs on what SQL has no exact form for.
        NoRoomError: The database found no room.
    """
    scratch = mkdtemp(prefix="khung-")
    atexit.register(rmtree, scratch, ignore_errors=True)
    source = source_of(program, {0: frames}, memory=f"{memory or MEMORY}MB", folder=scratch)
    source.keeps = keeps
    if not fits_together(source) or rings(source):
        return None
    with within(memory or MEMORY):
        solved = solve(source, asked=Asked(selection))
    whole = whole_of(frames.head, program)
    return Populated(program, frames.head, whole, solved, memory or MEMORY)
