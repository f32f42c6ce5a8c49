"""A quota of cases that the reference evaluated, as the relations that SQL settles it from."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from khung.engine import quotas
from khung.engine.shares import ratios, shares_of
from khung.engine.solver import Env
from khung.engine.standings import Member
from khung.engine.values import ERROR, INFINITY, MISSING, TRUE, Value, known, within
from khung.population.joint import LISTED, STEPS, settle
from khung.population.joint import TOLD as COLUMNS_TOLD
from khung.population.places import places_by
from khung.records import replace
from khung.sql.quotas.joint import joint_statement
from khung.sql.quotas.numbers import PLACES, Numbers
from khung.sql.quotas.shape import (
    GroupingShape,
    JointShape,
    QuotaShape,
    Settings,
    Small,
    Sql,
    Tabulated,
)
from khung.sql.quotas.write import quota_statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import duckdb

    from khung.engine.facts import Entity
    from khung.engine.groups import Groups, Key
    from khung.engine.joint import Joint
    from khung.engine.quotas import GroupResult

Row = dict[str, Any]

TRUTHS = ("sure", "fixed", "comp_lo", "comp_hi", "o_missing")
COUNTED = tuple(f"{name}_{end}" for name in ("at", "cut", "low") for end in ("lo", "hi"))
READ_OF_CANDIDATES = ("at", "cut", "o")
TOLD = ("base_lo", "base_hi", "places_lo", "places_hi", "kept", "cut", "opened", "is_whole")
SHARES = ("am_lo_n", "am_lo_d", "am_hi_n", "am_hi_d")


@dataclass
class Tables:
    """The groups of a quota of one type in several cases; the number of a case is its place."""

    groups: list[Groups]
    members: list[Row] = field(default_factory=list)
    outside: list[Row] = field(default_factory=list)
    entities: list[tuple[int, Entity]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for case, groups in enumerate(self.groups):
            for entity in groups.entities:
                key = groups.keys.get(id(entity))
                values = groups._key(entity) if key is None else key
                row = {"rid": len(self.entities), "cs": case, **keys_of(values)}
                self.entities.append((case, entity))
                if key is None:
                    self.outside.append(row)
                else:
                    limits = limits_of(groups, entity, groups.env(entity))
                    self.members.append(row | member_of(groups, entity) | limits)

    @property
    def shape(self) -> QuotaShape:
        """What SQL is told of the quota."""
        one = self.groups[0]
        terms, grouping = terms_of(one), one.grouping
        return QuotaShape(
            "q",
            "members",
            terms.level,
            terms.others,
            len(grouping.keys),
            tuple(key.highest for key in one.quota.order),
            terms.ties,
            Settings(terms.rounding, terms.small and Small(*terms.small), further(one, terms)),
            outside="outside" if grouping.size is not None else "",
            whole="whole",
            shared=grouping.at_most is not None,
            placed=grouping.places is not None,
            sized=grouping.size is not None,
            absent=frozenset(range(len(grouping.keys))),
        )

    @property
    def folded(self) -> QuotaShape:
        """The same with what the data do not leave open."""
        shape, said = self.shape, dict[str, str]()
        reaching = [row for row in self.members if row["lvl_hi"] >= shape.level]
        for name in (*TRUTHS, *COUNTED, *(SHARES if shape.shared else ())):
            rows = reaching if name.startswith(READ_OF_CANDIDATES) else self.members
            values = {row[name] for row in rows}
            if len(values) == 1:
                said[name] = str(*values).upper()
        for name in (
            "comp",
            "lvl",
            "at",
            "cut",
            "low",
            *(f"o{at}" for at in range(len(shape.order))),
        ):
            low, high = f"{name}_lo", f"{name}_hi"
            rows = reaching if name.startswith(READ_OF_CANDIDATES) else self.members
            if high not in said and all(row[low] == row[high] is not None for row in rows):
                said[high] = low
        whole = {one.all_stand_here for one in self.groups}
        return replace(
            shape,
            said=said,
            whole=shape.whole if len(whole) > 1 else str(*whole).upper(),
            keyless=any(one.keyless for one in self.groups),
        )


def terms_of(groups: Groups) -> quotas.Terms:
    """Return the settings that are the same for all groups."""
    grouping, by = replace(groups.grouping, at_most=None, places=None), groups.run.evaluator
    return quotas.terms_of(groups.quota, quotas.Group(grouping, (), Env.of(by, ()), ()), 0, by)


def further(groups: Groups, terms: quotas.Terms) -> Any:
    """Return what one adds of whom nothing is known."""
    by, competes = groups.run.evaluator, groups.quota.competes
    other = by.stranger(groups.declared.name)
    touched = TRUE if competes is None else by.truth(competes, by.env(other))
    level = groups.run.any_level(other)
    member = Member(other, level, (), sure=False, fixed=False, competes=touched)
    weight = quotas.weight_of(member, terms, groups.counts)
    return weight.kept, weight.not_kept, weight.beside


def keys_of(values: Iterable[Value]) -> Row:
    """Return a key as columns."""
    found: Row = {}
    for at, value in enumerate(values):
        absent = value.least is None and not value.why
        plain = getattr(value.least, "id", value.least)
        found[f"k{at}"] = None if value.why or absent else str(plain)
        found[f"k{at}_absent"] = absent
    return found


def member_of(groups: Groups, entity: Entity) -> Row:
    """Return what a quota reads of a member."""
    member = groups.member(entity, sure=bool(groups.belongs(entity).least))
    row = {
        "sure": member.sure,
        "fixed": member.fixed,
        "lvl_lo": member.level.least,
        "lvl_hi": member.level.most,
        "comp_lo": bool(member.competes.least),
        "comp_hi": bool(member.competes.most),
        "o_missing": any(value.why == MISSING for value in member.order),
    }
    for at, value in enumerate(member.order):
        ends = (None, None) if value.why == ERROR else (value.least, value.most)
        row |= {f"o{at}_lo": _plain(ends[0]), f"o{at}_hi": _plain(ends[1])}
    return row | _counted(groups, member)


def _plain(end: Any) -> float | None:
    if end is None or (isinstance(end, Decimal) and abs(end) == INFINITY):
        return None
    return float(end.toordinal() if isinstance(end, date) else end)


def _counted(groups: Groups, member: Member) -> Row:
    terms, (low, high, *_) = terms_of(groups), member.level
    nothing, below = known(False), member.level
    may = quotas.may_be_candidate(member, terms)
    if may and low < terms.level:
        below = within(low, terms.level - 1)
    levels = {
        "at": within(max(low, terms.level), high) if high >= terms.level else None,
        "cut": known(terms.others),
        "low": below,
    }
    row: Row = {}
    for name, level in levels.items():
        value = nothing if level is None else groups.counts(member, level)
        row |= {f"{name}_lo": bool(value.least), f"{name}_hi": bool(value.most)}
    return row


def limits_of(groups: Groups, entity: Entity, env: Env, key: Key | None = None) -> Row:
    """Return what a group may have, as it is read on a member."""
    by, grouping, row = groups.run.evaluator, groups.grouping, dict[str, Any]()
    if grouping.at_most is not None:
        shares = sorted(Fraction(*share) for share in shares_of(grouping.at_most, env, by))
        ends = shares[0].as_integer_ratio() + shares[-1].as_integer_ratio()
        row |= dict(zip(SHARES, ends, strict=True))
    if grouping.places is not None:
        found = (None if x is None else max(0, floor(x)) for x in ratios(grouping.places, env, by))
        row |= dict(zip(("pl_lo", "pl_hi"), found, strict=True))
    if grouping.size is not None:
        row["size"] = groups.size_by(entity, key)
    return row


@dataclass
class JointTables(Tables):
    """The same of a quota of which a candidate is in several groups."""

    groups: list[Joint]  # type: ignore[assignment]
    keys: list[Row] = field(default_factory=list)

    def __post_init__(self) -> None:
        for case, joint in enumerate(self.groups):
            numbers = {}
            for entity in joint.entities:
                numbers[id(entity)] = len(self.entities)
                self.entities.append((case, entity))
                if joint._is_in(entity):
                    row = {"rid": numbers[id(entity)], "cs": case}
                    self.members.append(row | member_of(joint.parts[0], entity))
            for at, part in enumerate(joint.parts):
                for row in _rows_of(part, numbers):
                    self.keys.append({"cs": case, "grouping": at} | row)
                for (key,), number in _listed_outside(part).items():
                    row = {"cs": case, "grouping": at, "k0": key}
                    self.outside += [row] * number

    @property
    def shape(self) -> JointShape:  # type: ignore[override]
        """What SQL is told of the quota."""
        one = self.groups[0]
        terms = terms_of(one.parts[0])
        forms = (
            GroupingShape(g.each, g.at_most is not None, g.places is not None, g.size is not None)
            for g in (part.grouping for part in one.parts)
        )
        return JointShape(
            "q",
            "members",
            "keys",
            tuple(forms),
            terms.level,
            terms.others,
            tuple(key.highest for key in one.quota.order),
            terms.ties,
            Settings(
                terms.rounding, terms.small and Small(*terms.small), further(one.parts[0], terms)
            ),
            outside="outside",
            whole="whole",
        )


def _rows_of(part: Groups, numbers: dict[int, int]) -> Iterator[Row]:
    for entity in (entity for entity in part.entities if id(entity) in part.keys):
        base = {"rid": numbers[id(entity)], "is_open": False, "may_lack": False, "nth": 0}
        for nth, (key, sure) in enumerate(part.keys_of(entity).items()):
            limits = limits_of(part, entity, part.env(entity, key), key)
            yield base | {"k0": _name(key[0]), "sure": sure, "nth": nth} | limits
        if any(entity is one for one, _ in part.keyless):
            lacks = not part.grouping.each and part.may_lack_a_key(entity)
            state = {"k0": None, "sure": False, "is_open": True, "may_lack": lacks}
            yield base | state | limits_of(part, entity, part.env(entity))


def _name(key: Any) -> str:
    return str(getattr(key, "id", key))


def _listed_outside(part: Groups) -> Counter[tuple[Any, ...]]:
    for key in part.members:
        part.listed(key)
    return Counter({(_name(k[0]),): n for k, n in (part.outside or Counter()).items()})


# -- through SQL ----------------------------------------------------------------------------------


def load(tables: Tables, con: duckdb.DuckDBPyConnection) -> None:
    """Make the relations that a quota reads."""
    _create(con, "members", tables.members, tables.shape)
    _create(con, "outside", tables.outside, tables.shape)
    parts = (one.parts[0] for one in tables.groups)
    whole = [{"cs": at, "is_whole": part.all_stand_here} for at, part in enumerate(parts)]
    _create(con, "whole", whole, tables.shape)


def settled(
    tables: Tables, con: duckdb.DuckDBPyConnection, shape: QuotaShape, *, slow: bool = False
) -> tuple[list[Row], list[Row]]:
    """Return the steps and the groups of a quota, as SQL has them."""
    load(tables, con)
    for statement in quota_statements(shape, slow=slow):
        run(con, statement)
    listed = rows_of(con, shape.relation("listed"))
    return rows_of(con, shape.relation("steps")), _with_those(
        rows_of(con, shape.relation("told")), listed
    )


def _with_those(told: list[Row], listed: list[Row]) -> list[Row]:
    """Return groups, each with the numbers of those kept, cut and neither, in their order."""
    those: dict[tuple[int, str], list[tuple[int, int]]] = defaultdict(list)
    for one in listed:
        those[one["gid"], one["place"]].append((one["sort"], one["rid"]))
    for row in told:
        row["those"] = [
            [rid for _, rid in sorted(those[row["gid"], place])]
            for place in ("kept", "cut", "open")
        ]
    return told


def settled_jointly(
    tables: JointTables, con: duckdb.DuckDBPyConnection
) -> tuple[list[Row], list[Row]]:
    """Return the same where a candidate is in several groups."""
    load(tables, con)
    _create(con, "keys", tables.keys, tables.shape)
    steps: list[Row] = []
    told: list[Row] = []
    listed: list[Row] = []
    statement = joint_statement(tables.shape)
    for own_steps, own_told, own_listed in settle(
        statement, lambda text: con.execute(text).fetchall()
    ):
        steps += [dict(zip(STEPS, row, strict=True)) for row in own_steps]
        told += [dict(zip(COLUMNS_TOLD, row, strict=True)) for row in own_told]
        listed += [dict(zip(LISTED, row, strict=True)) for row in own_listed]
    return steps, _with_those(told, listed)


def run(con: duckdb.DuckDBPyConnection, statement: Sql | Tabulated) -> None:
    """Make one relation."""
    if isinstance(statement, Sql):
        sort = "VIEW" if statement.is_view else "TABLE"
        con.execute(f"CREATE OR REPLACE {sort} {statement.name} AS {statement.text}")
        return
    places = places_by(statement.settings)
    rows = [(*row, *places(row)) for row in con.execute(statement.text).fetchall()]
    columns = [f"{name} BIGINT" for name in (*Numbers._fields, *PLACES)]
    con.execute(f"CREATE OR REPLACE TABLE {statement.name} ({', '.join(columns)})")
    insert(con, statement.name, rows)


def insert(con: duckdb.DuckDBPyConnection, name: str, rows: list[Sequence[Any]]) -> None:
    if rows:
        columns = [pa.array(column) for column in zip(*rows, strict=True)]
        con.register("rows", pa.table(columns, names=[f"c{at}" for at in range(len(columns))]))
        con.execute(f"INSERT INTO {name} SELECT * FROM rows")
        con.unregister("rows")


def _create(con: duckdb.DuckDBPyConnection, name: str, rows: list[Row], shape: QuotaShape) -> None:
    columns = dict.fromkeys(column for row in rows for column in row)
    names = getattr(shape, "key_columns", ("grouping", "k0"))
    columns = columns or dict.fromkeys(("rid", "cs", *names))
    declared = ", ".join(f"{column} {_type(column)}" for column in columns)
    con.execute(f"CREATE OR REPLACE TABLE {name} ({declared})")
    insert(con, name, [[row.get(column) for column in columns] for row in rows])


def _type(column: str) -> str:
    if column[0] in "ko" and column[1].isdigit() and not column.endswith("absent"):
        return "VARCHAR" if column[0] == "k" else "DOUBLE"
    is_number = column.startswith(("rid", "cs", "am_", "pl_", "size", "lvl_", "grouping"))
    return "BIGINT" if is_number else "BOOLEAN"


def rows_of(con: duckdb.DuckDBPyConnection, name: str) -> list[Row]:
    found = con.execute(f"SELECT * FROM {name}")
    columns = [column[0] for column in found.description]
    return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]


# -- compared -------------------------------------------------------------------------------------


def differences(tables: Tables, con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return in what SQL says otherwise than the reference: as it is, folded, and the slow way."""
    if isinstance(tables, JointTables):
        steps, told = settled_jointly(tables, con)
        return [*_of_steps(tables, steps), *_of_joint_groups(tables, told)]
    found = []
    for name, shape in {"": tables.shape, "folded ": tables.folded}.items():
        for slow in (True, False) if name else (False,):
            steps, told = settled(tables, con, shape, slow=slow)
            own = (*_of_steps(tables, steps), *_of_groups(tables, told))
            found += [f"{name}{'slow ' * slow}{one}" for one in own]
    return found


def _of_steps(tables: Tables, rows: list[Row]) -> Iterator[str]:
    steps = {row["rid"]: row for row in rows}
    for number, (case, entity) in enumerate(tables.entities):
        step, row = tables.groups[case].step(entity), steps.get(number)
        if entity.given is not None and entity.given.level is not None:
            continue  # what was given after the quota is asked of no quota
        expected, found = None, None
        if step is not None:
            expected = (step.level.least, step.level.most, _left(step.decision))
        if row is not None:
            found = row["lo"], row["hi"], _asked(row)
        if found != expected:
            yield f"case {case} {entity.id}: {found}, not {expected}"


def _left(decision: Any) -> tuple[str, int] | None:
    return None if decision is None else (decision.kind.value, decision.places)


def _asked(row: Row) -> tuple[str, int] | None:
    return None if row["decision"] is None else (row["decision"], row["decision_places"])


def _of_groups(tables: Tables, told: list[Row]) -> Iterator[str]:
    names = tables.shape.key_columns
    rows = {(row["cs"], *(row[name] for name in names)): row for row in told}
    for case, groups in enumerate(tables.groups):
        for result in groups.results():
            keys = keys_of(result.key)
            row = rows.pop((case, *(keys[name] for name in names)))
            expected = _expected(result, _numbers(tables, case))
            found = (*(row[name] for name in TOLD), _asked(row), row["those"])
            if found != expected:
                yield f"case {case} group {result.key}: {found}, not {expected}"
    yield from (f"group {key}: of no case" for key in rows)


def _of_joint_groups(tables: JointTables, told: list[Row]) -> Iterator[str]:
    rows = {(row["cs"], row["grouping"], row["k0"]): row for row in told}
    for case, joint in enumerate(tables.groups):
        places = {id(part.grouping): at for at, part in enumerate(joint.parts)}
        for result in joint.results():
            key = (case, places[id(result.grouping)], _name(result.key[0].least))
            row = rows.pop(key)
            expected = _expected(result, _numbers(tables, case))
            found = (*(row[name] for name in TOLD), _asked(row), row["those"])
            if found != expected:
                yield f"case {key}: {found}, not {expected}"
    yield from (f"group {key}: of no case" for key in rows)


def _numbers(tables: Tables, case: int) -> dict[int, int]:
    own = enumerate(tables.entities)
    return {id(entity): number for number, (at, entity) in own if at == case}


def _expected(result: GroupResult, numbers: dict[int, int]) -> tuple[Any, ...]:
    those = [[numbers[id(one)] for one in x] for x in (result.kept, result.cut, result.open)]
    decision = _left(result.decision)
    return (*result.base, *result.places, *map(len, those), result.is_whole, decision, those)


def tally(tables: Tables) -> Counter[str]:
    """Return how many members and groups there are, and how much of them is open."""
    found = Counter({"members": len(tables.members)})
    for case, groups in enumerate(tables.groups):
        steps = [groups.step(entity) for at, entity in tables.entities if at == case]
        found["open"] += sum(step is not None and not step.level.known for step in steps)
        found["asked"] += sum(step is not None and step.decision is not None for step in steps)
        found["keyless"] += sum(len(part.keyless) for part in groups.parts)
        found["groups"] += sum(len(part.members) for part in groups.parts)
        found["not whole"] += sum(not result.is_whole for result in groups.results())
    return found
