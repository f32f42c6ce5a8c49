"""Compiled rules as text, kept beside the rulebook for data of the same profile.

What is kept is what running and telling asks of a `Build`: its columns as they are read, and the
script. It is SQL, so it must be as safe as code (`khung.cache` says when a file is). Quotas of
several groups are settled by a program rather than by text, and not kept.
"""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NoReturn

from khung import cache
from khung.ir import types as t
from khung.ir.dates import WorkingDays
from khung.records import fields_of, is_record
from khung.sql.build import Build
from khung.sql.ends import Ends, State, UnsupportedError
from khung.sql.quotas.shape import Settings, Small, Sql, Tabulated
from khung.sql.script import Script
from khung.sql.table import Column, Quoted, Raw

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from khung.ir.program import Program
    from khung.sql.profile import Profile
    from khung.sql.quotas.shape import Statement
    from khung.sql.table import Table

_WRONG = (ValueError, LookupError, TypeError)
"""What text raises that is not as it should be."""


def signature(program: Program, *of: Any) -> str:
    """Return what tells compiled rules from others: the rulebook, its readings, and what else."""
    readings = {name: reading.chosen for name, reading in program.readings.items()}
    return json.dumps([program.digest, sorted(readings.items()), [_plain(one) for one in of]])


def _plain(value: Any) -> Any:
    """Return a value as lists and texts, what has no order in one."""
    if isinstance(value, frozenset | set):
        return sorted((_plain(one) for one in value), key=str)
    if isinstance(value, dict):
        return sorted(([_plain(k), _plain(v)] for k, v in value.items()), key=str)
    if is_record(type(value)):
        return [_plain(getattr(value, name)) for name in fields_of(type(value))]
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return str(value)


# -- to text ------------------------------------------------------------------------------------


def keep(of: str, build: Build, script: Script, left: Mapping[tuple[str, str], str]) -> None:
    """Keep compiled rules, if all of their statements are text."""
    statements = [_statement(one) for one in script.statements]
    if None in statements:
        return
    columns = [
        [*key, *column.ends, *column.state, column.is_constant, column.table.key]
        for key, column in build.columns.items()
        if not (column.table.links or column.table.stranger)
    ]
    said = {
        "statements": statements,
        "waits": script.waits,
        "last": dict(script.last),
        "kept": sorted(script.kept),
        "stated": sorted(script.stated),
        "raw": {key: sorted(names) for key, names in script.raw.items()},
        "quotas": [list(quota) for quota in script.quotas],
        "columns": columns,
        "leads": [[*key, leads] for key, leads in build.leads.items()],
        "bits": [[*key, list(texts)] for key, texts in build.bits.items()],
        "left": [[*key, why] for key, why in left.items()],
        "calendars": [_days(days) for days in build.calendars.values()],
    }
    cache.keep_text(of, json.dumps(said))


def _statement(one: Statement) -> list[Any] | None:
    match one:
        case Sql():
            return [one.name, one.text, one.is_view]
        case Tabulated():
            rounding, small, further = one.settings
            edge = None if small is None else [str(small[0]), small[1], str(small[2])]
            return [one.name, one.text, [rounding, edge, further]]
        case _:
            return None


def _days(days: WorkingDays) -> list[Any]:
    ends = days.first.isoformat(), days.last.isoformat()
    return [days.name, *ends, [day.isoformat() for day in days.days]]


# -- from text ----------------------------------------------------------------------------------


def find(
    of: str,
    program: Program,
    profile: Profile,
    settle: Callable[[str, Iterable[WorkingDays]], bool],
    *,
    is_told: bool,
) -> tuple[Build, Script, dict[tuple[str, str], str]] | None:
    """Return compiled rules that were kept, with what is left of them; None if there are none."""
    text = cache.find_text(of)
    if text is None:
        return None
    try:
        said = json.loads(text)
        build = Build(program, profile, _nothing_more, settle, is_told=is_told)
        _fill(build, said)
        return build, _script(said), {(a, b): why for a, b, why in said["left"]}
    except _WRONG:
        return None


def _nothing_more(build: Build, table: Table, name: str) -> NoReturn:  # noqa: ARG001  # as a writer
    raise UnsupportedError(f"{table.key} {name} was not compiled")


def _fill(build: Build, said: dict[str, Any]) -> None:
    needed: tuple[Raw, ...] = (Raw(""),)
    for table, name, low, high, loose, surely, may, is_constant, home in said["columns"]:
        ends, state = Ends(low, high, loose), State(surely, may)
        needs = () if is_constant else needed
        held = Column(build.tables[home], name, t.ANYTHING, ends, state, needs)
        build.columns[table, name] = held
    build.leads |= {(a, b): leads for a, b, leads in said["leads"]}
    build.bits |= {(a, b): tuple(texts) for a, b, texts in said["bits"]}
    for name, first, last, days in said["calendars"]:
        ends_of = date.fromisoformat(first), date.fromisoformat(last)
        held_days = tuple(map(date.fromisoformat, days))
        build.calendars[name] = WorkingDays(name, None, *ends_of, held_days)


def _script(said: dict[str, Any]) -> Script:
    return Script(
        tuple(map(_read, said["statements"])),
        tuple(map(tuple, said["waits"])),
        said["last"],
        frozenset(said["kept"]),
        frozenset(said["stated"]),
        {key: frozenset(names) for key, names in said["raw"].items()},
        tuple(Quoted(*quota) for quota in said["quotas"]),
    )


def _read(said: list[Any]) -> Statement:
    name, text, more = said
    if isinstance(more, bool):
        return Sql(name, text, more)
    rounding, edge, further = more
    small = None if edge is None else Small(Decimal(edge[0]), edge[1], Decimal(edge[2]))
    kept, not_kept, beside = (None if end is None else tuple(end) for end in further)
    return Tabulated(name, text, Settings(rounding, small, (kept, not_kept, beside)))  # type: ignore[arg-type]  # as it was written
