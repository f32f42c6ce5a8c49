"""Those of unknown key: what each group that one may be in would make of it, together.

Beyond a number of them in a case it may be kept or cut, whatever the groups are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.sql.quotas.groups import has_guests, same_numbers
from khung.sql.quotas.members import fitting
from khung.sql.quotas.results import after, changed
from khung.sql.quotas.shape import STRANGERS, Sql, is_constant
from khung.sql.quotas.standings import comparison, verdict
from khung.sql.text import both

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.sql.quotas.shape import QuotaShape, Statement


def statements(shape: QuotaShape) -> Iterator[Statement]:
    """Yield how those of unknown key stand in each group, and what becomes of each."""
    if has_guests(shape):
        yield Sql(shape.relation("rivals"), _rivals(shape))
    yield Sql(shape.relation("in_turn"), _in_turn(shape))
    yield Sql(shape.relation("unkeyed_steps"), _steps(shape))


def _sums(shape: QuotaShape, one: str, other: str) -> str:
    """Return how many of another class are ahead of one or level with it, of whom `may` be."""
    found = comparison(shape, other, one)
    ways = {
        "ahead_may": (f"{found} = 1 OR {found} IS NULL", "may"),
        "level_may": (f"{found} = 0", "may"),
        "ahead_sure": (f"{found} = 1", "sure"),
        "level_sure": (f"{found} = 0", "sure"),
    }
    return ", ".join(
        f"CAST(coalesce(sum({other}.{what}) FILTER (WHERE {way}), 0) AS BIGINT) AS {name}"
        for name, (way, what) in ways.items()
    )


def _rivals(shape: QuotaShape) -> str:
    """Return, for each in turn and each pattern of keys, who of those may be ahead or level."""
    keys = [f"o.{name}" for name in ("cs", *shape.key_columns)]
    unkeyed = shape.relation("unkeyed")
    others = f"SELECT *, 1 AS one, 0 AS none FROM {unkeyed} WHERE may"
    sums = _sums(shape, "u", "o").replace("o.may)", "o.one)").replace("o.sure)", "o.none)")
    return (
        f"SELECT u.rid, {', '.join(keys)}, {sums} FROM {unkeyed} AS u JOIN ({others}) AS o "
        f"ON o.cs = u.cs AND o.rid <> u.rid WHERE u.may AND u.number <= {STRANGERS} "
        f"GROUP BY u.rid, {', '.join(keys)}"
    )


def _in_turn(shape: QuotaShape) -> str:
    """Return what becomes of each in each group, `s` being its numbers and places there."""
    pairs, places = shape.relation("pairs"), shape.relation("places")
    standing = (
        f"SELECT u.rid, k.gid, {_sums(shape, 'u', 'k')} FROM {pairs} AS p "
        f"JOIN {shape.relation('unkeyed')} AS u ON u.rid = p.rid "
        f"JOIN {shape.relation('own_classes')} AS k ON k.gid = p.gid GROUP BY u.rid, k.gid"
    )
    settled = (
        f"SELECT p.rid, p.gid, p.s, p.f1, p.f2, p.more, x.place_lo, x.place_hi FROM {pairs} AS p "
        f"JOIN {places} AS x ON {same_numbers('p', 'x')}"
    )
    parts = {"k": f"({standing}) AS k ON k.rid = s.rid AND k.gid = s.gid"}
    if has_guests(shape):
        parts["r"] = f"({_rivals_there(shape)}) AS r ON r.rid = s.rid AND r.gid = s.gid"

    def number(name: str) -> str:
        return " + ".join(f"coalesce({alias}.{name}, 0)" for alias in parts)

    rivals = number("ahead_may") + ("" if shape.ties == "all" else f" + {number('level_may')}")
    ahead = number("ahead_sure") + (f" + {number('level_sure')}" if shape.ties == "none" else "")
    joined = " ".join(f"LEFT JOIN {text}" for text in parts.values())
    return (
        f"SELECT s.rid, s.gid, {verdict(rivals, ahead)} AS placement FROM ({settled}) AS s {joined}"
    )


def _rivals_there(shape: QuotaShape) -> str:
    """Return who of unknown key may be beside one, in each group and in one of its own."""
    names = ("ahead_may", "level_may", "ahead_sure", "level_sure")
    sums = ", ".join(f"CAST(sum(v.{name}) AS BIGINT) AS {name}" for name in names)
    rivals = shape.relation("rivals")
    whole = shape.whole if is_constant(shape.whole) else "coalesce(w.is_whole, FALSE)"
    joined = "" if is_constant(shape.whole) else f" LEFT JOIN {shape.whole} AS w ON w.cs = u.cs"
    room = "coalesce(u.size, 2) > 1" if shape.sized else "TRUE"
    return (
        f"SELECT v.rid, s.gid, {sums} FROM {rivals} AS v "
        f"JOIN {shape.relation('groups')} AS s ON {fitting(shape, 's', 'v')} "
        f"WHERE s.is_whole AND s.room > 1 GROUP BY v.rid, s.gid UNION ALL "
        f"SELECT v.rid, 0 AS gid, {sums} FROM {rivals} AS v "
        f"JOIN {shape.relation('unkeyed')} AS u ON u.rid = v.rid AND {fitting(shape, 'u', 'v')}"
        f"{joined} WHERE {both((whole, room))} GROUP BY v.rid"
    )


def _steps(shape: QuotaShape) -> str:
    """Return what becomes of each of unknown key, all groups together."""
    lows, highs = changed(shape, "u", "i.placement", "u.contends")
    either = after(shape, "u")
    names = "".join(f", u.{name}" for name in shape.columns)
    unkeyed = shape.relation("unkeyed")
    rest = "'open' AS placement, CAST(NULL AS VARCHAR) AS decision, "
    rest += "CAST(NULL AS BIGINT) AS decision_places"
    grouped = "".join(f", any_value(u.{name}) AS {name}" for name in shape.columns)
    return (
        f"SELECT u.rid, 0 AS gid, min({lows}) AS lo, max({highs}) AS hi, {rest}{grouped} "
        f"FROM {shape.relation('in_turn')} AS i JOIN {unkeyed} AS u ON u.rid = i.rid "
        f"GROUP BY u.rid UNION ALL "
        f"SELECT u.rid, 0 AS gid, {either[0]} AS lo, {either[1]} AS hi, {rest}{names} "
        f"FROM {unkeyed} AS u WHERE u.may AND u.number > {STRANGERS}"
    )
