"""What results await, as `why.awaited` has it: the case solved again with all steps to come open.

The second run stands in a schema of its own, over the same tables with what is not done marked as
not known. What is asked of it stays there as `o.TABLE`: the status, and outputs that are final.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from khung.population.asked import ALL
from khung.population.cells import cell_of
from khung.population.due import ballots_of, is_due, is_not_cast, note_lists, steps_of
from khung.population.pieces import make_table
from khung.population.run import Compiled, Solved, ranked_tables, reading, solve_once
from khung.population.source import MORE, says_more
from khung.sql.ends import UnsupportedError
from khung.sql.table import ROW
from khung.sql.text import NULL, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.ir.program import ObjectType
    from khung.population.asked import Asked
    from khung.population.source import Source
    from khung.sql.ends import Ends, State
    from khung.sql.table import Table

SCHEMA = "awaited"
OTHERS = "*"
"""How a level is said to await what others still have to do."""


def solve(source: Source, *, slow: bool = False, folded: bool = True, asked: Asked = ALL) -> Solved:
    """Solve all cases of a database, and again with what is still to be done open.

    Args:
        source: The tables.
        slow: As for `run.compiled`.
        folded: As for `run.solve_once`.
        asked: What is asked; what hangs on no step to come is not looked at again.

    Raises:
        UnsupportedError: As for `run.compiled`.
    """
    solved = solve_once(source, slow=slow, folded=folded, asked=asked)
    if not asked.hangs_on_steps_to_come:
        return solved
    due = {key: found for key in source.names() if (found := _due(source, key))}
    if not due:
        return solved
    source.base.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
    source.base.execute(f"SET search_path = '{SCHEMA},main'")
    try:
        asked = asked._replace(is_told=False)
        opened = solve_once(_opened(source, due), slow=slow, folded=folded, asked=asked)
        told = [t for t in opened.compiled.tables() if asked.needed(t)]
        finals = {t.key: _keep(opened, t) for t in told}
        _drop(source)
    finally:
        source.base.execute("SET search_path = 'main'")
    made = _joined(solved.compiled, opened.compiled, asked)
    return replace(solved, compiled=made, awaited=finals)


def _joined(made: Compiled, opened: Compiled, asked: Asked) -> Compiled:
    """Return what was compiled, without what has no form where steps to come are open."""
    left, without = {**opened.left, **made.left}, {**opened.without, **made.without}
    if without and without.keys() == {t.base for t in ranked_tables(made.build) if asked.needed(t)}:
        raise UnsupportedError(next(iter(without.values())))
    return replace(made, left=left, without=without)


# -- what is still to be done -----------------------------------------------------------------------


def _due(source: Source, key: str) -> dict[str, str]:
    """Return the facts of a table that some row has still to come, each with the condition of that."""
    declared = source.declared(key)
    there = source.there.get(key, ())
    if declared is None or not there:
        return {}
    steps = () if source.bare else steps_of(source.program, declared)
    note_lists(source, key, steps)
    asked = {fact: is_due(source, key, fact) for fact in steps}
    ballots = ballots_of(source.program, key)
    asked |= {fact: is_not_cast(there, fact, bare=source.bare) for fact in ballots}
    table = quoted(f"in.{key}")
    return {
        fact: due
        for fact, due in asked.items()
        if source.all(f"SELECT 1 FROM {table} n WHERE {due} LIMIT 1")
    }


def _opened(source: Source, due: dict[str, dict[str, str]]) -> Source:
    """Return the tables with what is still to be done marked as not known.

    Subjects have the numbers that they have in the first run, from where they are read. Of lists the
    elements that say that there may be more stand apart there, so those are read as they were; which
    they are is said before marks are changed.
    """
    there = dict(source.there)
    numbered = source.numbered.union(key for key in due if "." not in key)
    for key, facts in due.items():
        columns = there[key]
        marks = {f"{fact}?": missing for fact, missing in facts.items()}
        numbers = [ROW] if key in numbered else []
        said = [f"n.{quoted(c)}" for c in (*numbers, *columns) if c not in marks]
        for mark, missing in marks.items():
            other = f"n.{quoted(mark)}" if mark in columns else f"{NULL}::VARCHAR"
            said.append(f"CASE WHEN {missing} THEN '?' ELSE {other} END AS {quoted(mark)}")
        of_list = [MORE] if "." in key else []
        said += [f"{says_more(columns)} AS {quoted(name)}" for name in of_list]
        name, first = quoted(f"in.{key}"), quoted(f"in.{key}" if "." in key else f"n.{key}")
        source.base.execute(
            f"CREATE VIEW {SCHEMA}.{name} AS SELECT {', '.join(said)} FROM main.{first} n"
        )
        there[key] = tuple(dict.fromkeys((*columns, *marks, *of_list)))
    return replace(source, there=there, numbered=numbered, profiles={})


# -- what is asked of it ----------------------------------------------------------------------------


def _keep(opened: Solved, table: Table) -> tuple[str, ...]:
    """Keep the status of each subject and its final outputs; return the names of those."""
    assert table.declared is not None  # noqa: S101  # it is ranked
    made = opened.compiled
    beside = opened.asked.beside(table.declared)
    finals = [name for name in beside if (table.base, name) not in made.left]
    found = reading(opened.source, made, table, ["r:status", *finals])
    parts = ["n.rid", f"{found.columns['r:status'][0].low} AS status"]
    kept = []
    for name in finals:
        ends, state = found.columns[name]
        cell = _cell(opened, table.declared, name, ends, state)
        if cell is not None:
            kept.append(name)
            parts += [f"{cell} AS {quoted('f' + name)}", f"{state.may} AS {quoted('t' + name)}"]
    text = f"SELECT {', '.join(parts)} FROM {found.source}"
    make_table(opened.base, f"{SCHEMA}.{quoted('o.' + table.key)}", text, table.base)
    return tuple(kept)


def _cell(solved: Solved, declared: ObjectType, name: str, ends: Ends, state: State) -> str | None:
    if name.startswith("r:list:"):
        return ends.low
    return cell_of(solved.source.program, declared.definition(name[1:]).ty, ends, state)


def _drop(source: Source) -> None:
    """Drop what the second run has left but what is asked of it."""
    for name, sort in _relations(source):
        if not name.startswith("o."):
            source.base.execute(f"DROP {sort} {SCHEMA}.{quoted(name)}")


def _relations(source: Source) -> Iterator[tuple[str, str]]:
    rows = source.all(
        f"SELECT table_name, table_type FROM information_schema.tables WHERE table_schema = '{SCHEMA}'"
    )
    for name, sort in sorted(rows, key=lambda row: row[1] != "VIEW"):
        yield name, "VIEW" if sort == "VIEW" else "TABLE"
