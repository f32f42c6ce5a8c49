"""Who stays where all is known of who competes, and how: two lines through the order of a group.

Whoever is level with the first line or ahead of it is kept, whoever is level with the second or
behind it is cut, and who is between is open. So no candidate is looked at but to count its class.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.sql.quotas.members import Role, equal_keys, order_known
from khung.sql.quotas.results import changed, fixed_text, kind_of, told
from khung.sql.quotas.shape import Sql
from khung.sql.quotas.standings import (
    CUT,
    KEPT,
    LEAST,
    MOST,
    OPEN,
    comparison,
    in_order,
    is_contested,
    verdict,
)
from khung.sql.text import TRUE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.sql.quotas.shape import QuotaShape, Statement

KINDS = (KEPT, CUT, OPEN)


def do_for(shape: QuotaShape) -> bool:
    """Whether all who may compete surely do, and the place of each in the order is known."""
    role = Role(shape)
    return not shape.keyless and order_known(shape) == TRUE and role.cand == role.may


def statements(shape: QuotaShape) -> Iterator[Statement]:
    """Yield the lines of each group, the groups as told, and the steps."""
    yield Sql(shape.relation("lines"), _lines(shape))
    yield Sql(shape.relation("told"), told(shape, shape.relation("lines"), kind_of(shape)))
    yield Sql(shape.relation("steps"), _steps(shape), is_view=True)
    steps = f"SELECT gid, rid, placement AS place, 1 AS sort FROM {shape.relation('steps')}"
    listed = " UNION ALL ".join([steps, *fixed_text(shape)])
    yield Sql(shape.relation("listed"), listed, is_view=True)


def _order(shape: QuotaShape) -> list[str]:
    return [shape.read(f"o{at}_lo") for at in range(len(shape.order))]


def _classes(shape: QuotaShape) -> str:
    """Return the classes of contested groups, by group and order."""
    names = ["s.gid", *(f"m.{name}" for name in _order(shape))]
    return (
        f"SELECT {', '.join([*names, 'count(*) AS may'])} FROM {shape.relation('members')} AS m "
        f"JOIN {shape.relation('settled')} AS s ON {equal_keys(shape, 'm', 's')} "
        f"WHERE {Role(shape, 'm').may} AND {is_contested()} GROUP BY {', '.join(names)}"
    )


def _placed(shape: QuotaShape) -> str:
    """Return the classes, each with its number in its group and what becomes of it."""
    over = f"PARTITION BY gid{in_order(shape)}"
    rows = "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"
    ahead = f"coalesce(CAST(sum(may) OVER ({over} {rows}) AS BIGINT), 0)" if shape.order else "0"
    names = ", ".join(("gid", *_order(shape), "may"))
    own = [f"c.{name}" for name in ("gid", *_order(shape), "may", "number")]
    rivals = "c.ahead" if shape.ties == "all" else "c.ahead + c.may - 1"
    before = "c.ahead + c.may - 1" if shape.ties == "none" else "c.ahead"
    found = verdict(rivals, before)
    return (
        f"SELECT {', '.join(own)}, {found} AS placement FROM "
        f"(SELECT {names}, {ahead} AS ahead, row_number() OVER ({over}) AS number "
        f"FROM ({_classes(shape)})) AS c JOIN {shape.relation('settled')} AS s ON s.gid = c.gid"
    )


def _lines(shape: QuotaShape) -> str:
    """Return for each group its lines, or what becomes of all of its candidates."""
    sums = [
        f"CAST(sum(may) FILTER (WHERE placement = {x}) AS BIGINT) AS n_{x[1:-1]}" for x in KINDS
    ]
    for at, name in enumerate(_order(shape)):
        sums.append(f"arg_max({name}, number) FILTER (WHERE placement = {KEPT}) AS kept_{at}")
        sums.append(f"arg_min({name}, number) FILTER (WHERE placement = {CUT}) AS cut_{at}")
    found = f"SELECT gid, {', '.join(sums)} FROM ({_placed(shape)}) GROUP BY gid"
    whole = f"CASE WHEN s.p <= {LEAST} THEN {KEPT} WHEN {MOST} <= 0 THEN {CUT} END"
    columns = [f"s.{name}" for name in ("gid", "cs", *shape.key_columns)]
    columns.append(f"{whole} AS placement")
    for name in ("kept", "cut"):
        all_ = f"CASE WHEN {whole} = '{name}' THEN s.p ELSE 0 END"
        columns.append(f"coalesce(v.n_{name}, {all_}) AS {name}")
    columns.append("coalesce(v.n_open, 0) AS opened, 0 AS missing")
    columns += [f"v.{x}_{at}" for at in range(len(shape.order)) for x in ("kept", "cut")]
    columns += ["v.n_kept AS first", "v.n_cut AS last"]
    settled = shape.relation("settled")
    return (
        f"SELECT {', '.join(columns)} FROM {settled} AS s LEFT JOIN ({found}) AS v ON v.gid = s.gid"
    )


def _placement(shape: QuotaShape) -> str:
    """Return what becomes of a candidate `m` by the lines `g` of its group."""
    ahead, behind = (_compared(shape, line) for line in ("kept", "cut"))
    return (
        f"CASE WHEN g.placement IS NOT NULL THEN g.placement "
        f"WHEN g.first > 0 AND {ahead} >= 0 THEN {KEPT} "
        f"WHEN g.last > 0 AND {behind} <= 0 THEN {CUT} ELSE {OPEN} END"
    )


def _compared(shape: QuotaShape, line: str) -> str:
    """Return whether a candidate is ahead of a line, level with it, or behind."""
    lines = {
        f"o{at}_{end}": f"{line}_{at}" for at in range(len(shape.order)) for end in ("lo", "hi")
    }
    return comparison(shape, "m", "g", lines)


def _steps(shape: QuotaShape) -> str:
    """Return what becomes of each whom the quota touches."""
    placed = [f"m.{name}" for name in dict.fromkeys(("rid", *_levels(shape), *shape.columns))]
    inner = (
        f"SELECT {', '.join(placed)}, g.gid, {_placement(shape)} AS placement "
        f"FROM {shape.relation('members')} AS m JOIN {shape.relation('lines')} AS g "
        f"ON {equal_keys(shape, 'm', 'g')} WHERE {Role(shape, 'm').may}"
    )
    low, high = changed(shape, "c", "c.placement", TRUE)
    asked = f"c.placement = {OPEN}"
    columns = ["c.rid", "c.gid", f"{low} AS lo", f"{high} AS hi", "c.placement"]
    columns += [f"CASE WHEN {asked} THEN t.{x} END AS {x}" for x in ("decision", "decision_places")]
    columns += [f"c.{name}" for name in shape.columns]
    return (
        f"SELECT {', '.join(columns)} FROM ({inner}) AS c "
        f"JOIN {shape.relation('told')} AS t ON t.gid = c.gid"
    )


def _levels(shape: QuotaShape) -> tuple[str, ...]:
    return shape.read("lvl_lo"), shape.read("lvl_hi")
