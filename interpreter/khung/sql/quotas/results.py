"""What a quota comes to: the step of each whom it touches, and what is told of each group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.sql.quotas.members import Role, equal_keys, order_known, same_pattern, unkeyed
from khung.sql.quotas.shape import Sql
from khung.sql.quotas.standings import has_flag, may_be_open
from khung.sql.text import FALSE, TRUE, both, negated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.sql.quotas.shape import QuotaShape, Statement


def statements(shape: QuotaShape) -> Iterator[Statement]:
    """Yield what is counted of the candidates of each group, the groups as told, the steps."""
    yield Sql(shape.relation("tally"), _tally(shape))
    kind = f"CASE WHEN t.unordered > 0 THEN 'n_of_m' ELSE {kind_of(shape)} END"
    if not may_be_open(shape):
        kind = kind_of(shape)
    yield Sql(shape.relation("told"), told(shape, shape.relation("tally"), kind))
    yield Sql(shape.relation("steps"), _all_steps(shape), is_view=True)
    yield Sql(shape.relation("listed"), _listed(shape), is_view=True)


# -- levels ---------------------------------------------------------------------------------------


def changed(shape: QuotaShape, alias: str, placement: str, contends: str) -> tuple[str, str]:
    """Return the ends of the level of a candidate after a quota."""
    role = Role(shape, alias)
    low, high = shape.read("lvl_lo", alias), shape.read("lvl_hi", alias)
    cut_low, cut_high = _cut(shape, role, low)
    hull_low, hull_high = f"least({low}, {cut_low})", f"greatest({high}, {cut_high})"
    is_cut = both((f"{placement} = 'cut'", contends))
    ways = ((low, cut_low, hull_low), (high, cut_high, hull_high))
    found = [
        f"CASE WHEN {placement} = 'kept' THEN {kept} WHEN {is_cut} THEN {cut} ELSE {hull} END"
        for kept, cut, hull in ways
    ]
    return found[0], found[1]


def _cut(shape: QuotaShape, role: Role, low: str) -> tuple[str, str]:
    others, below = str(shape.others), str(max(shape.level - 1, shape.others))
    if role.above == role.reaches:
        return others, others
    return (
        f"CASE WHEN {role.above} THEN {others} ELSE least({low}, {others}) END",
        f"CASE WHEN {role.above} THEN {others} ELSE {below} END",
    )


def after(shape: QuotaShape, alias: str) -> tuple[str, str]:
    """Return the ends of the level of a candidate that may be kept or cut, whoever the others."""
    low, high = shape.read("lvl_lo", alias), shape.read("lvl_hi", alias)
    return f"least({low}, {shape.others})", f"greatest({high}, {shape.others})"


# -- groups ---------------------------------------------------------------------------------------


def _tally(shape: QuotaShape) -> str:
    """Return how many candidates of a group are kept, cut and neither."""
    cand = "cand" if has_flag(shape, "cand") else TRUE
    known = order_known(shape)
    numbers = {
        "kept": both((cand, "placement = 'kept'")),
        "cut": both((cand, "placement = 'cut'")),
        "opened": both((cand, "placement = 'open'")),
        "missing": both((cand, "o_missing")) if has_flag(shape, "o_missing") else "FALSE",
        "unordered": both((cand, "placement = 'open'", negated(known))),
    }
    counts = [f"count(*) FILTER (WHERE {text}) AS {name}" for name, text in numbers.items()]
    placed = shape.relation("placed")
    return f"SELECT gid, {', '.join(counts)} FROM {placed} GROUP BY gid"


def told(shape: QuotaShape, tally: str, kind: str) -> str:
    """Return the groups: base, places, how many stay, and what is left to a body.

    Args:
        shape: The quota.
        tally: The relation with how many candidates of a group are kept, cut and neither.
        kind: What is left to a body, if anything is; `t` is that relation.
    """
    is_left = (
        "s.place_lo = s.place_hi AND s.f1 = s.f2 AND s.p = s.s AND s.more = 0 "
        "AND t.opened > 0 AND t.missing = 0"
    )
    kept, cut = "coalesce(t.kept, 0)", "coalesce(t.cut, 0)"
    opened = f"s.p - {kept} - {cut}"
    others = f" LEFT JOIN ({_others(shape)}) AS o ON o.gid = s.gid" if shape.keyless else ""
    if shape.keyless:
        opened += " + CASE WHEN s.more > 0 THEN coalesce(o.touched, 0) ELSE 0 END"
    columns = [f"s.{name}" for name in ("gid", "cs", *shape.key_columns)]
    columns += ["s.base_lo", "s.base_hi", "s.told_lo AS places_lo", "s.told_hi AS places_hi"]
    columns += [f"s.f1 + {kept} AS kept", f"{cut} AS cut", f"{opened} AS opened"]
    columns += [f"CASE WHEN {is_left} THEN {kind} END AS decision"]
    columns += [f"CASE WHEN {is_left} THEN s.place_lo - s.f1 - t.kept END AS decision_places"]
    columns += ["s.more = 0 AS is_whole", "s.more AS unseen"]
    columns += [f"s.share_{end}" for end in ("lo_n", "lo_d", "hi_n", "hi_d")]
    return (
        f"SELECT {', '.join(columns)} FROM {shape.relation('settled')} AS s "
        f"LEFT JOIN {tally} AS t ON t.gid = s.gid{others}"
    )


def kind_of(shape: QuotaShape) -> str:
    """Return what is left to a body where the order of all is known."""
    return "'tie'" if shape.order else "'n_of_m'"


def _others(shape: QuotaShape) -> str:
    """Return how many of unknown key may be in a group, as some of whom nothing is known."""
    patterns, fits = shape.relation("patterns"), shape.relation("fits")
    return (
        f"SELECT f.gid, CAST(sum(p.touched) AS BIGINT) AS touched FROM {fits} AS f "
        f"JOIN {patterns} AS p ON p.pid = f.pid GROUP BY f.gid"
    )


# -- steps ----------------------------------------------------------------------------------------


def _all_steps(shape: QuotaShape) -> str:
    own = _steps(shape)
    if not shape.keyless:
        return own
    names = ["rid", "gid", "lo", "hi", "placement", "decision", "decision_places", *shape.columns]
    columns = ", ".join(names)
    unkeyed = shape.relation("unkeyed_steps")
    return f"SELECT {columns} FROM ({own}) UNION ALL SELECT {columns} FROM {unkeyed}"


def _steps(shape: QuotaShape) -> str:
    """Return what becomes of each of known key whom the quota may touch."""
    contends = "c.contends" if has_flag(shape, "contends") else TRUE
    low, high = changed(shape, "c", "c.placement", contends)
    asked = both(("c.placement = 'open'", "c.cand" if has_flag(shape, "cand") else TRUE))
    columns = ["c.rid", "c.gid", f"{low} AS lo", f"{high} AS hi", "c.placement"]
    columns += [f"CASE WHEN {asked} THEN g.decision END AS decision"]
    columns += [f"CASE WHEN {asked} THEN g.decision_places END AS decision_places"]
    columns += [f"c.{name}" for name in shape.columns]
    return (
        f"SELECT {', '.join(columns)} FROM {shape.relation('placed')} AS c "
        f"JOIN {shape.relation('told')} AS g ON g.gid = c.gid"
    )


# -- who is where ---------------------------------------------------------------------------------


def _listed(shape: QuotaShape) -> str:
    """Return who of each group is kept, cut and neither; first by `sort` who was given it."""
    place = "c.placement"
    if has_flag(shape, "cand"):
        place = "CASE WHEN c.cand THEN c.placement ELSE 'open' END"
    own = f"SELECT c.gid, c.rid, {place} AS place, 1 AS sort FROM {shape.relation('placed')} AS c"
    parts = [own, *fixed_text(shape)]
    if shape.keyless:
        parts.append(
            f"SELECT s.gid, u.rid, 'open' AS place, 2 AS sort "
            f"FROM {shape.relation('unkeyed')} AS u "
            f"JOIN {shape.relation('patterns')} AS p ON {same_pattern(shape, 'u', 'p')} "
            f"JOIN {shape.relation('fits')} AS f ON f.pid = p.pid "
            f"JOIN {shape.relation('settled')} AS s ON s.gid = f.gid "
            "WHERE (s.is_whole AND s.room > 0 AND u.may) OR (s.more > 0 AND u.touched = 1)"
        )
    return " UNION ALL ".join(parts)


def fixed_text(shape: QuotaShape) -> list[str]:
    """Return who surely takes a place by a level that was given; nothing where nobody may."""
    role = Role(shape, "m")
    where = both((role.fix, role.contends, negated(unkeyed(shape, "m"))))
    if where == FALSE:
        return []
    members, settled = shape.relation("members"), shape.relation("settled")
    text = (
        f"SELECT s.gid, m.rid, 'kept' AS place, 0 AS sort FROM {members} AS m "
        f"JOIN {settled} AS s ON {equal_keys(shape, 'm', 's')} WHERE {where}"
    )
    return [text]
