"""All that is run for the columns that are asked for, and where the results are."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from khung.sql.plan import Key, Plan
from khung.sql.quotas.shape import Settled
from khung.sql.rows import Below, Pairs
from khung.sql.schedule import Statements
from khung.sql.table import Passed, Quoted, Raw
from khung.sql.text import FALSE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from khung.sql.build import Build
    from khung.sql.quotas.shape import Statement as Step


class Script(NamedTuple):
    """All that is run, and where the results are.

    Attributes:
        statements: In the order of work.
        waits: Of each statement the places of those before it whose relations it reads.
        last: The last table of each table of objects; of streamed ones the last view.
        kept: The tables of which what is asked for stands in `TABLE~kept` instead.
        stated: The tables that have what is asked for as it is stated.
        raw: By table what is read of what is stated.
        quotas: The quotas that are settled.
    """

    statements: tuple[Step, ...]
    waits: tuple[tuple[int, ...], ...]
    last: Mapping[str, str]
    kept: frozenset[str]
    stated: frozenset[str]
    raw: Mapping[str, frozenset[str]]
    quotas: tuple[Quoted, ...]


def planned(
    build: Build,
    wanted: Iterable[Key],
    stated: Mapping[str, Sequence[str]] | None = None,
    *,
    is_once: bool = False,
) -> Script:
    """Return what makes the wanted columns, each in the last table of its objects.

    Args:
        build: What they are of.
        wanted: The columns.
        stated: What is asked for beside as it is stated, by table; None if nothing is told.
        is_once: Whether what is told is asked for once, so that it need not be kept for that.

    Raises:
        UnsupportedError: SQL has no exact form for one of them.
    """
    keys = tuple(wanted)
    told = () if stated is None else keys
    plan = Plan(build, keys, () if is_once else told, stated or {})
    writer = Statements(plan)
    statements = tuple(writer.statements())
    last = {key: tables[-1][1] for key, tables in writer.latest.items() if tables} | writer.views
    kept, there = (build.profile.streamed & {k for k, _ in of} for of in (plan.kept, told))
    waits, raw = waits_of(statements), _raw_columns(plan)
    return Script(statements, waits, last, kept, there, raw, tuple(plan.quotas))


def waits_of(statements: Sequence[Step]) -> tuple[tuple[int, ...], ...]:
    """Return of each statement the places of those before it whose relations it reads.

    What is no query waits for all before it, and all after it for that. A column that is called as
    a relation is makes a statement wait for no reason, which harms nothing.
    """
    made: dict[str, int] = {}
    found: list[tuple[int, ...]] = []
    last = -1  # the last that was no query
    for place, one in enumerate(statements):
        if isinstance(one, Settled) or one.name in made:
            found.append(tuple(range(place)))
            last = place
        else:
            read = {made[name] for name in set(_NAME.findall(one.text)) & made.keys()}
            found.append(tuple(sorted({*read, last} - {-1})))
        made[one.name] = place
    return tuple(found)


_NAME = re.compile(r'"(?:[^"]|"")+"')


def _raw_columns(plan: Plan) -> dict[str, frozenset[str]]:
    """Return what is read of what is stated, by table."""
    found: dict[str, set[str]] = defaultdict(set)
    tables = plan.build.tables
    for key in plan.waves:
        for need in plan.column(key).needs:
            match need:
                case Raw():
                    found[tables[key[0]].base].add(need.name)
                case Passed():
                    _note_source(plan.build, need, found)
                case _:
                    pass
    for made in plan.build.made_of.values():
        if isinstance(made, Below):
            found[made.owner.base] |= {made.link, *_marks(plan.build, made)}
            continue
        for element in made.rows.elements:
            found[element.base].add(made.rows.link)
            if f"{made.rows.link}?" in _open_link(plan.build, made):
                found[element.base].add(f"{made.rows.link}?")
    return {key: frozenset(names) for key, names in found.items()}


def _marks(build: Build, made: Below) -> set[str]:
    """Return the mark of a link, where it says that it is not known to whom one belongs."""
    mark = f"{made.link}?"
    if made.one_down is None or mark not in build.sources[made.one_down.key].open_link:
        return set()
    return {mark}


def _open_link(build: Build, made: Pairs) -> str:
    """Return the condition that it is not known to whom an element of pairs belongs."""
    return "" if made.rows.may_be == FALSE else build.sources[made.rows.key].open_link


def _note_source(build: Build, need: Passed, found: dict[str, set[str]]) -> None:
    source = build.sources[need.source]
    for table, name in source.needs:
        if name.startswith("raw "):
            found[build.tables[table].base].add(name[4:])
    for element in source.tables:
        if element.key not in build.made_of:
            found[element.base].add(source.rows.link)
            if source.open_link != FALSE and f"{source.rows.link}?" in source.open_link:
                found[element.base].add(f"{source.rows.link}?")
