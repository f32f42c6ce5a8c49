"""Who stands where under two rulebooks, in a case of tables, by compiled rules.

Both sides are worked out one after the other, within the memory that a database may take, and
leave nothing but a file of ids and standings; these are then counted.
"""

# ruff: noqa: S608  # khung alone writes these queries; names and texts in them are quoted

from __future__ import annotations

from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import TYPE_CHECKING, NamedTuple

from khung.analysis.diff.tables import carried
from khung.casefile.tables.case import frames_of_case
from khung.ir.result_schema import Selection
from khung.records import replace
from khung.sql.ends import UnsupportedError
from khung.sql.text import literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from khung.casefile.tables.case import CaseOfTables
    from khung.casefile.tables.frames import Frames
    from khung.diagnostics.bag import Bag
    from khung.diagnostics.model import Diagnostic
    from khung.ir.program import Program

_LEVELS = Selection(frozenset(), frozenset())
"""Status and level, and nothing beside."""


class Engine(NamedTuple):
    """How a case of tables is worked out.

    Attributes:
        name: `reference`, `duckdb`, or empty for what is faster for as many subjects as it has.
        memory: The most memory that a database takes, in MB; None for what it takes by itself.
        left: Is told why a case is left to the reference that compiled rules were to work out.
    """

    name: str = ""
    memory: int | None = None
    left: Callable[[str], None] = lambda _: None


ANY_ENGINE = Engine()
"""What is faster, with the memory that it takes by itself."""


class Home(NamedTuple):
    """Where a case belongs: which of the two programs, and by how many months the other is away."""

    programs: tuple[Program, Program]
    place: int
    months: int

    @property
    def own(self) -> Program:
        """The program where it belongs."""
        return self.programs[self.place]


class Moves(NamedTuple):
    """How many stand where before and where after; and what either side does not ask."""

    counts: Mapping[tuple[str, str, str], int]
    without: Mapping[str, tuple[Diagnostic, ...]]


def moves_of(case: CaseOfTables, home: Home, engine: Engine, bag: Bag) -> Moves | None:
    """Return who stands where before and after.

    None where that is for the reference: there are few subjects, something is wrong with the
    case, or compiled rules have no form for it.

    Args:
        case: The case, of no overlays.
        home: The programs, and where it belongs.
        engine: What is to work it out.
        bag: Where it is reported what is wrong with the case.
    """
    from khung.population.populated import least_for, subjects_in  # noqa: PLC0415  # for many alone

    if engine.name == "reference":
        return None
    frames = frames_of_case(case, home.own, bag, whole=False)
    if bag.has_errors:
        return None
    if not engine.name and subjects_in(frames, home.own) < least_for(_LEVELS):
        return None
    frames = replace(frames, head=case)
    if case.decisions:
        from khung.casefile.tables.given_rows import with_decisions  # noqa: PLC0415  # only for those

        frames, _ = with_decisions(case.decisions, frames, home.own, bag)
    return None if bag.has_errors else _moves(frames, home, engine)


def _moves(frames: Frames, home: Home, engine: Engine) -> Moves | None:
    folder = Path(mkdtemp(prefix="khung-"))
    try:
        other = home.programs[1 - home.place]
        away = carried(frames, home.own, other, home.months, folder)
        sides = (frames, away.frames) if home.place == 0 else (away.frames, frames)
        for name, own, program in zip(("before", "after"), sides, home.programs, strict=True):
            (folder / name).mkdir()
            if not _write(program, own, engine.memory, folder / name):
                return None
        side = ("before", "after")[1 - home.place]
        without = {side: away.without} if away.without else {}
        return Moves(_counted(folder, home.programs), without)
    except UnsupportedError as error:
        engine.left(str(error))
        return None
    finally:
        rmtree(folder, ignore_errors=True)


def _write(program: Program, frames: Frames, memory: int | None, into: Path) -> bool:
    """Write ids and standings; say whether the tables fit together.

    Raises:
        UnsupportedError: A level hangs on what compiled rules have no form for.
    """
    from khung.population.populated import populate  # noqa: PLC0415  # for many alone

    found = populate(program, frames, memory=memory, selection=_LEVELS)
    if found is None:
        return False
    try:
        without = found.solved.compiled.without
        if found.number_of(without):
            raise UnsupportedError(next(iter(without.values())))
        found.write_parquet(into)
    finally:
        found.solved.base.close()
    return True


def _counted(folder: Path, programs: tuple[Program, Program]) -> dict[tuple[str, str, str], int]:
    """Return how many of whom both sides rank stand where."""
    import duckdb  # noqa: PLC0415  # slow to load

    found: dict[tuple[str, str, str], int] = {}
    with duckdb.connect() as base:
        for declared in programs[0].subjects:
            files = [folder / side / f"{declared.name}.parquet" for side in ("before", "after")]
            if not all(map(Path.exists, files)):
                continue
            was, now = (f"read_parquet({literal(str(file))})" for file in files)
            query = (
                "SELECT coalesce(b.level, b.status), coalesce(a.level, a.status), count(*) "
                f"FROM {was} b JOIN {now} a USING (id) GROUP BY ALL ORDER BY ALL"
            )
            rows = base.execute(query).fetchall()
            found |= {(declared.name, before, after): n for before, after, n in rows}
    return found
