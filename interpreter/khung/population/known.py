"""What is sure of subjects once they are solved, for an evaluation of some of them to begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from khung.ir.stages import names
from khung.population import statuses
from khung.population.run import reading
from khung.rulebook.model.rules import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from khung.engine.stages import Known
    from khung.population.run import Solved
    from khung.sql.table import Table

STATUS = "r:status"
BEFORE, FINAL = names.of_stage(Stage.DEFER), names.of_stage(Stage.QUOTA)
"""The levels that others ask for: who competes for the same places, and who reads a result."""

ASKED = (names.OUT, BEFORE, FINAL)


def known_of(solved: Solved) -> Known:
    """Return of each subject whether it is in the ranking, and its levels as far as they are one."""
    found: Known = {}
    for table in solved.compiled.tables():
        by_name = found.setdefault(table.base, {})
        for one, status, *values in _rows(solved, table):
            for name, value in sure(status, values):
                by_name.setdefault(name, {})[one] = value
    return found


def sure(status: int, values: Sequence[bool | int | None]) -> Iterator[tuple[str, bool | int]]:
    """Yield what definitions of a subject surely are.

    Args:
        status: One of `statuses`.
        values: What each of `ASKED` is; None where that is open.
    """
    out, *levels = values
    if out is not None:
        yield names.OUT, bool(out)
        yield names.RANKED, not out
    if status in _PENDING:
        yield names.PENDING, _PENDING[status]
    if not out:  # else nobody is told of a level
        told = zip((BEFORE, FINAL), levels, strict=True)
        yield from ((name, level) for name, level in told if level is not None)


_PENDING = {statuses.PENDING: True, statuses.RANKED: False, statuses.NEEDS_DECISION: False}
"""Whether a step is missing, by the status; others leave it open, or say nothing of it."""


def _rows(solved: Solved, table: Table) -> list[tuple[Any, ...]]:
    """Return of each subject of a table its id and what `sure` takes; of what nobody asked None."""
    needed = {name for _, name in solved.asked.needed(table)}
    names_of = [f"={name}" for name in ASKED]
    asked = [name for name in (STATUS, *names_of) if name in needed]
    if STATUS not in asked:
        return []
    found = reading(solved.source, solved.compiled, table, asked)
    read = ["NULL" if x not in asked else _known(*found.columns[x][0][:2]) for x in names_of]
    said = ", ".join(("n.id", found.columns[STATUS][0].low, *read))
    return solved.source.all(f"SELECT {said} FROM {found.source}")


def _known(low: str, high: str) -> str:
    return low if low == high else f"CASE WHEN {low} = {high} THEN {low} END"
