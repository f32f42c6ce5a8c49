"""What follows from the tables of results: what is to be decided, who waits, how many stand where.

They are made of those tables alone, whatever engine filled them.
"""

from __future__ import annotations

from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from khung.engine.stages import Status
from khung.engine.voting import DecisionKind
from khung.ir.program import ladder_of
from khung.ir.result_schema import DECISION, GIVEN, Column, Form, schema_of, unit_links
from khung.records import dataclass
from khung.report.tables.from_results import as_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pyarrow as pa  # type: ignore[import-untyped]  # comes without types

    from khung.casefile.tables.decisions import Decided
    from khung.ir.program import ObjectType, Program
    from khung.report.tables.from_results import ResultTables, Row

UNIT = "unit"
"""The column with the id of that under which a subject is counted, by its first unit link."""

DECISION_COLUMNS = (
    *map(Column, ("subject", "id", "name", UNIT, DECISION, "rule", "group")),
    Column("places", Form.WHOLE),
    Column("options", Form.TEXTS),
    Column("candidates", Form.TEXTS),
    *map(Column, ("at_best", "at_worst")),
    *(Column(f"given.{name}", Form.DAY if name == "on" else Form.TEXT) for name in GIVEN),
)
"""Of what is to be decided: who fills in the columns `given.…` gives the table back as it is."""

WAITING_COLUMNS = (
    *map(Column, ("subject", "id", "name", UNIT, "kind", "status", "at_best", "at_worst")),
    *(Column(name, Form.TEXTS) for name in ("reasons", "clauses", "missing", "provisional")),
)

SUMMARY_COLUMNS = (
    *map(Column, ("subject", "by", "key", "name", "status", "level")),
    *(Column(name, Form.WHOLE) for name in ("count", "of")),
    Column("share", Form.NUMBER),
    *(Column(f"ceiling.{end}", Form.WHOLE) for end in ("least", "most")),
)


@dataclass(frozen=True, slots=True)
class DerivedTables:
    """What follows from results; see the columns of each."""

    decisions: pa.Table
    waiting: pa.Table
    summary: pa.Table


def derived_tables(
    tables: ResultTables, program: Program, decided: Sequence[Decided] = ()
) -> DerivedTables:
    """Return what follows from tables of results.

    Args:
        tables: The results.
        program: The rulebook.
        decided: Decisions handed in beside the case, which stay in the table of decisions.
    """
    return DerivedTables(
        as_table(list(_decisions(tables, program, decided)), DECISION_COLUMNS),
        _waiting(tables, program),
        as_table(list(_summary(tables, program)), SUMMARY_COLUMNS),
    )


# -- decisions ------------------------------------------------------------------------------------


def _decisions(tables: ResultTables, program: Program, decided: Sequence[Decided]) -> Iterator[Row]:
    """Yield those that were taken, then those that wait."""
    import pyarrow.compute as pc  # type: ignore[import-untyped]  # noqa: PLC0415  # slow to load

    for one in decided:
        said = {**one.decision.said, "on": one.decision.on}
        given = {f"given.{name}": value for name, value in said.items()}
        yield {"subject": one.subject, "id": one.id.name, **given}
    for subject, table in tables.subjects.items():
        asked = table.filter(pc.is_valid(table[DECISION]))
        for row in asked.to_pylist():
            kind = DecisionKind(row[DECISION])
            yield {
                "subject": subject,
                **{name: row[name] for name in ("id", "name", DECISION, "at_best", "at_worst")},
                UNIT: _unit(row, program.objects[subject]),
                **{name: row[f"{DECISION}.{name}"] for name in ("rule", "group", "places")},
                **{name: row[f"{DECISION}.{name}"] for name in ("options", "candidates")},
                "given.after": kind.stage.value,
            }


def _unit(row: Row, declared: ObjectType) -> str | None:
    return next((row[f"links.{link}"] for link in unit_links(declared)), None)


# -- who waits ------------------------------------------------------------------------------------


def _waiting(tables: ResultTables, program: Program) -> pa.Table:
    """Return who is not ranked, or not for good, with what is missing."""
    import pyarrow as pa  # noqa: PLC0415  # slow to load
    import pyarrow.compute as pc  # noqa: PLC0415  # as above

    schema, parts = schema_of(WAITING_COLUMNS), []
    for subject, table in tables.subjects.items():
        waits = pc.or_(
            pc.not_equal(table["status"], Status.RANKED.value),
            pc.greater(pc.list_value_length(table["provisional"]), 0),
        )
        own = table.filter(waits)
        units = [f"links.{link}" for link in unit_links(program.objects[subject])]
        named = {"subject": pa.repeat(pa.scalar(subject), own.num_rows)}
        named |= {UNIT: own[units[0]]} if units else {}
        named |= {name: own[name] for name in schema.names if name in own.column_names}
        empty = {f.name: pa.nulls(own.num_rows, f.type) for f in schema if f.name not in named}
        columns = [(named | empty)[name] for name in schema.names]
        parts.append(pa.Table.from_arrays(columns, schema=schema))
    return pa.concat_tables(parts) if parts else schema.empty_table()


# -- how many stand where -------------------------------------------------------------------------

_Standing = tuple[str, str | None]
"""A status and a level."""

_SHOWN = Decimal("0.0001")  # of a share in the summary; `count` and `of` are exact


class _Counted(NamedTuple):
    """So many of a kind, right under a unit by each unit link, stand there."""

    kind: str | None
    units: tuple[str | None, ...]
    standing: _Standing
    number: int


def _summary(tables: ResultTables, program: Program) -> Iterator[Row]:
    named = names_of(tables)
    for subject, table in tables.subjects.items():
        declared = program.objects[subject]
        counted = list(_counted(table, declared))
        standings = _standings(declared, program)
        tallies = {"": {"": _tally((c.standing, c.number) for c in counted)}}
        if declared.kinds is not None:
            tallies["kind"] = _by_kind(counted)
        units = {
            link: _way(declared.links[link].to, program, tables) for link in unit_links(declared)
        }
        for place, (link, way) in enumerate(units.items()):
            tallies[link] = _by_unit(counted, place, way)
        for by, keyed in tallies.items():
            names = named.get(units[by].unit, {}) if by in units else {}
            for key, tally in keyed.items():
                for row in _told(tally, standings):
                    yield {"subject": subject, "by": by, "key": key, "name": names.get(key), **row}
    yield from _ceilings(tables.groups)


def names_of(tables: ResultTables) -> dict[str, dict[str, str]]:
    """Return what subjects are called, by type and id, of those who have a name."""
    found = {}
    for subject, table in (*tables.subjects.items(), *tables.others.items()):
        pairs = zip(table["id"].to_pylist(), table["name"].to_pylist(), strict=True)
        found[subject] = {key: name for key, name in pairs if name}
    return found


def _counted(table: pa.Table, declared: ObjectType) -> Iterator[_Counted]:
    kinds = ["kind"] if "kind" in table.column_names else []
    links = [f"links.{name}" for name in unit_links(declared)]
    keys = [*kinds, *links, "status", "level"]
    found = table.select(keys).group_by(keys, use_threads=False).aggregate([([], "count_all")])
    for row in found.to_pylist():
        standing = row["status"], row["level"]
        units = tuple(row[link] for link in links)
        yield _Counted(row.get("kind"), units, standing, row["count_all"])


def _tally(counted: Any) -> Counter[_Standing]:
    tally: Counter[_Standing] = Counter()
    for standing, number in counted:
        tally[standing] += number
    return tally


def _by_kind(counted: Sequence[_Counted]) -> dict[str, Counter[_Standing]]:
    found: dict[str, Counter[_Standing]] = {}
    for one in counted:
        found.setdefault(one.kind or "", Counter())[one.standing] += one.number
    return found


class _Way(NamedTuple):
    """How one comes from that to which a link leads to the units that count.

    Attributes:
        unit: The type of those units.
        hops: From each id to the next, until it is the id of a unit.
        above: From the id of a unit to the one above it.
    """

    unit: str
    hops: tuple[Mapping[str, str], ...]
    above: Mapping[str, str]


def _way(to: str, program: Program, tables: ResultTables) -> _Way:
    """Return the way to units: what is itself in a unit of another type is none."""
    hops: list[Mapping[str, str]] = []
    seen = {to}
    while True:
        links = [link for link in program.objects[to].links.values() if link.unit]
        on = next((link for link in links if link.to not in seen), None)
        if on is None:
            tree = next((link.name for link in links if link.tree and link.to == to), "")
            return _Way(to, tuple(hops), _along(to, tree, tables))
        hops.append(_along(to, on.name, tables))
        to = on.to
        seen.add(to)


def _along(subject: str, link: str, tables: ResultTables) -> dict[str, str]:
    """Return where a link leads from each subject of a type."""
    table = tables.known(subject)
    if not link or table is None:
        return {}
    pairs = zip(table["id"].to_pylist(), table[f"links.{link}"].to_pylist(), strict=True)
    return {key: target for key, target in pairs if target is not None}


def _by_unit(counted: Sequence[_Counted], place: int, way: _Way) -> dict[str, Counter[_Standing]]:
    """Return how many stand where in each unit and in all that are below it."""
    found: dict[str, Counter[_Standing]] = {}
    for one in counted:
        unit, seen = one.units[place] or "", set[str]()
        for hop in way.hops:
            unit = hop.get(unit, "")
        while unit not in seen:
            seen.add(unit)
            found.setdefault(unit, Counter())[one.standing] += one.number
            unit = way.above.get(unit, unit)
    return found


def _standings(declared: ObjectType, program: Program) -> list[_Standing]:
    """Return where a subject may stand, the best level first, then those without one."""
    levels = program.values[ladder_of(declared).scale.name].values
    ranked = Status.RANKED.value
    others = [status.value for status in Status if status is not Status.RANKED]
    return [*((ranked, level) for level in reversed(levels)), *((name, None) for name in others)]


def _told(tally: Counter[_Standing], standings: Sequence[_Standing]) -> Iterator[Row]:
    whole = tally.total()
    for standing in standings:
        if standing in tally:
            number = tally[standing]
            status, level = standing
            share = _share(number, whole)
            yield {"status": status, "level": level, "count": number, "of": whole, "share": share}


def _share(part: int, whole: int) -> Decimal | None:
    return (Decimal(part) / whole).quantize(_SHOWN, ROUND_HALF_UP) if whole else None


def _ceilings(groups: pa.Table) -> Iterator[Row]:
    """Yield of each group of a quota how many hold its level, of what base, under what ceiling."""
    for row in groups.to_pylist():
        exact = row["base.least"] if row["base.least"] == row["base.most"] else None
        yield {
            "subject": row["subject"],
            "by": row["rule"],
            "key": row["key"],
            "status": Status.RANKED.value,
            "level": row["level"],
            "count": row["kept"],
            "of": exact,
            "share": _share(row["kept"], exact or 0),
            "ceiling.least": row["places.least"],
            "ceiling.most": row["places.most"],
        }
