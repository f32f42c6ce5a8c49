"""How the candidates of a group stand to one another, and who stays.

Candidates whose order keys are the same stand together, as a class. Classes whose keys are all
known are in one order, along which sums run; each with an open key is compared with all others.
Where all fit the places, or none does, nobody is compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.sql.quotas.groups import has_guests
from khung.sql.quotas.members import Role, equal_keys, order_known, same_pattern, unkeyed
from khung.sql.quotas.shape import Sql
from khung.sql.text import FALSE, TRUE, both, negated

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from khung.sql.quotas.shape import QuotaShape, Statement

KEPT, CUT, OPEN = "'kept'", "'cut'", "'open'"
LEAST, MOST = "s.place_lo - s.f2 - s.more", "s.place_hi - s.f1"
"""The places left for candidates, of the settled group `s`."""


def statements(shape: QuotaShape) -> Iterator[Statement]:
    """Yield the candidates of known key, their classes, and what becomes of each."""
    yield Sql(shape.relation("candidates"), _candidates(shape))
    yield Sql(shape.relation("own_classes"), _own_classes(shape))
    if has_guests(shape):
        yield Sql(shape.relation("classes"), _classes(shape))
    if may_be_open(shape):
        yield Sql(shape.relation("compared"), _compared(shape))
    yield Sql(shape.relation("verdicts"), _verdicts(shape))
    yield Sql(shape.relation("placed"), _placed(shape))


def may_be_open(shape: QuotaShape) -> bool:
    """Whether an order key of a candidate may be open."""
    return order_known(shape) != TRUE


def classes(shape: QuotaShape) -> str:
    """Return the relation of all classes of the groups in which candidates are compared."""
    return shape.relation("classes" if has_guests(shape) else "own_classes")


def is_contested() -> str:
    """Return whether the candidates of a settled group `s` are to be compared."""
    return f"s.p > {LEAST} AND {MOST} > 0"


def _candidates(shape: QuotaShape) -> str:
    """Return who may compete; `placement` is null where candidates are to be compared."""
    role = Role(shape, "m")
    columns = ["m.rid", "s.gid", *(f"m.{name}" for name in levels(shape))]
    columns += [f"m.{name}" for name in shape.order_columns]
    columns += [f"m.{name}" for name in shape.columns]
    columns += [f"{text} AS {name}" for name, text in flags(shape, role).items()]
    columns.append(
        f"CASE WHEN s.p <= {LEAST} THEN {KEPT} WHEN {MOST} <= 0 THEN {CUT} END AS placement"
    )
    where = both((role.may, negated(unkeyed(shape, "m"))))
    return (
        f"SELECT {', '.join(columns)} FROM {shape.relation('members')} AS m "
        f"JOIN {shape.relation('settled')} AS s ON {equal_keys(shape, 'm', 's')} WHERE {where}"
    )


def levels(shape: QuotaShape) -> tuple[str, ...]:
    """Return the columns of the level before."""
    return tuple(dict.fromkeys((shape.read("lvl_lo"), shape.read("lvl_hi"))))


def flags(shape: QuotaShape, role: Role) -> dict[str, str]:
    """Return what is asked of a candidate later, unless it is so of all."""
    found = {"cand": role.cand, "contends": role.contends}
    if role.cand == role.may:
        found["cand"] = TRUE
    if shape.order and shape.read("o_missing") != FALSE:
        found["o_missing"] = shape.read("o_missing", "m")
    return {name: text for name, text in found.items() if text != TRUE}


# -- classes --------------------------------------------------------------------------------------


def _own_classes(shape: QuotaShape) -> str:
    keys = ", ".join(("gid", *shape.order_columns))
    sure = _count_sure(shape)
    where = "" if shape.keyless else " WHERE placement IS NULL"
    return (
        f"SELECT {keys}, count(*) AS may, {sure} AS sure "
        f"FROM {shape.relation('candidates')}{where} GROUP BY {keys}"
    )


def _count_sure(shape: QuotaShape) -> str:
    return "count(*) FILTER (WHERE cand)" if has_flag(shape, "cand") else "count(*)"


def has_flag(shape: QuotaShape, name: str) -> bool:
    """Whether something is not the same of all candidates."""
    return name in flags(shape, Role(shape))


def _classes(shape: QuotaShape) -> str:
    """Return the classes of contested groups with those of who may be in them besides."""
    keys, order = ", ".join(("gid", *shape.order_columns)), shape.order_columns
    own = ", ".join(f"k.{name}" for name in ("gid", *order, "may", "sure"))
    guests = ", ".join(("s.gid", *(f"u.{name}" for name in order)))
    names = ", ".join(("pid", *(f"v.{name}" for name in order)))
    unkeyed_ = (
        f"SELECT {names}, count(*) AS may FROM {shape.relation('unkeyed')} AS v "
        f"JOIN {shape.relation('patterns')} AS p ON {same_pattern(shape, 'v', 'p')} "
        f"WHERE v.may GROUP BY {names}"
    )
    settled = f"{shape.relation('settled')} AS s"
    both_kinds = (
        f"SELECT {own} FROM {shape.relation('own_classes')} AS k "
        f"JOIN {settled} ON s.gid = k.gid WHERE {is_contested()} UNION ALL "
        f"SELECT {guests}, u.may, 0 AS sure FROM {settled} "
        f"JOIN {shape.relation('fits')} AS f ON f.gid = s.gid "
        f"JOIN ({unkeyed_}) AS u ON u.pid = f.pid "
        f"WHERE s.is_whole AND s.room > 0 AND {is_contested()}"
    )
    sums = ", ".join(f"CAST(sum({name}) AS BIGINT) AS {name}" for name in ("may", "sure"))
    return f"SELECT {keys}, {sums} FROM ({both_kinds}) GROUP BY {keys}"


# -- comparisons ----------------------------------------------------------------------------------


def comparison(
    shape: QuotaShape, one: str, other: str, names: Mapping[str, str] | None = None
) -> str:
    """Return 1 if one is surely ahead of another, -1 if behind, 0 if level, null if open.

    Args:
        shape: The quota.
        one: What its relation is called.
        other: What that of the other is called.
        names: The columns of the other with the ends of its keys, if they are called otherwise.
    """

    def read(at: int, end: str, alias: str) -> str:
        name = f"o{at}_{end}"
        return f"{alias}.{names[name]}" if names and alias == other else shape.read(name, alias)

    text = "0"
    for at, highest in reversed([*enumerate(shape.order)]):
        ends = [[read(at, end, x) for end in ("lo", "hi")] for x in (one, other)]
        (low, high), (other_low, other_high) = ends
        ahead, behind = ("1", "-1") if highest else ("-1", "1")
        known = both(f"{a} = {b}" for a, b in ends if a != b)
        after = "" if known == TRUE else f" WHEN NOT coalesce({known}, FALSE) THEN NULL"
        text = (
            f"CASE WHEN {low} > {other_high} THEN {ahead} WHEN {other_low} > {high} THEN {behind}"
            f"{after} ELSE {text} END"
        )
    return text


def _compared(shape: QuotaShape) -> str:
    """Return who of a class may be ahead, where one of the two is open."""
    order = ("gid", *shape.order_columns)
    where = f"NOT {order_known(shape)}"
    all_, keys = classes(shape), ", ".join(f"a.{name}" for name in order)
    open_ = f"(SELECT * FROM {all_} WHERE {where})"
    found = comparison(shape, "b", "a")
    read = f"SELECT {keys}, b.may, b.sure, {found} AS found"
    contested, known = _only_contested(shape), order_known(shape, "a")
    inner = (
        f"{read} FROM {open_} AS a JOIN {all_} AS b ON a.gid = b.gid{contested} UNION ALL "
        f"{read} FROM {all_} AS a JOIN {open_} AS b ON a.gid = b.gid AND {known}{contested}"
    )
    names = ", ".join(order)
    ahead = "CAST(coalesce(sum(sure) FILTER (WHERE found = 1), 0) AS BIGINT) AS ahead_sure"
    may = "coalesce(sum(may) FILTER (WHERE found = 1 OR found IS NULL), 0)"
    may = f"CAST({may} AS BIGINT) AS ahead_may"
    return f"SELECT {names}, {ahead}, {may} FROM ({inner}) GROUP BY {names}"


def _only_contested(shape: QuotaShape) -> str:
    """Return that a class is of a contested group, where there are those of others, too."""
    if not shape.keyless or has_guests(shape):
        return ""
    gids = f"SELECT s.gid FROM {shape.relation('settled')} AS s WHERE {is_contested()}"
    return f" WHERE a.gid IN ({gids})"


def _standings(shape: QuotaShape) -> str:
    """Return of each class how many others are ahead, or level with it: itself among those."""
    names = ("gid", *shape.order_columns)
    known = order_known(shape)
    where = "" if known == TRUE else f" WHERE {known}"
    run = {name: _running(shape, name) for name in ("may", "sure")}
    columns = [*names, f"{run['may']} AS ahead_may", f"{run['sure']} AS ahead_sure"]
    columns += ["may AS level_may", "sure AS level_sure", "TRUE AS known"]
    text = f"SELECT {', '.join(columns)} FROM {classes(shape)}{where}"
    if known == TRUE:
        return text
    same = both(f"k.{name} IS NOT DISTINCT FROM c.{name}" for name in names)
    sums = [f"coalesce(k.ahead_{x}, 0) + coalesce(c.ahead_{x}, 0) AS ahead_{x}" for x in run]
    rest = [f"coalesce(k.level_{x}, 0) AS level_{x}" for x in run]
    columns = [*(f"coalesce(k.{n}, c.{n}) AS {n}" for n in names), *sums, *rest]
    columns.append("coalesce(k.known, FALSE) AS known")
    compared = shape.relation("compared")
    return f"SELECT {', '.join(columns)} FROM ({text}) AS k FULL JOIN {compared} AS c ON {same}"


def _running(shape: QuotaShape, name: str) -> str:
    """Return the sum over the classes ahead of one, all of them of known keys."""
    if not shape.order:
        return "0"
    over = f"PARTITION BY gid{in_order(shape)}"
    rows = "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"
    return f"coalesce(CAST(sum({name}) OVER ({over} {rows}) AS BIGINT), 0)"


def in_order(shape: QuotaShape) -> str:
    """Return how classes of known keys are ordered, the best first; nothing without an order."""
    ways = [
        f"{shape.read(f'o{at}_lo')} {'DESC' if highest else 'ASC'}"
        for at, highest in enumerate(shape.order)
    ]
    return f" ORDER BY {', '.join(ways)}" if ways else ""


# -- what becomes of each -------------------------------------------------------------------------


def verdict(rivals: str, ahead: str) -> str:
    """Return what becomes of a candidate, of the settled group `s`."""
    return (
        f"CASE WHEN 1 + {rivals} <= {LEAST} THEN {KEPT} "
        f"WHEN {ahead} >= {MOST} THEN {CUT} ELSE {OPEN} END"
    )


def _verdicts(shape: QuotaShape) -> str:
    """Return of each class what becomes of a sure candidate in it; and of another, if otherwise."""
    own = "CASE WHEN t.known THEN 0 ELSE 1 END" if may_be_open(shape) else "0"
    rivals = f"t.ahead_may - {own}" if shape.ties == "all" else "t.ahead_may + t.level_may - 1"
    columns = [f"t.{name}" for name in ("gid", *shape.order_columns)]
    for name, number in _ways(shape).items():
        columns.append(f"{verdict(rivals, _ahead(shape, number))} AS {name}")
    return (
        f"SELECT {', '.join(columns)} FROM ({_standings(shape)}) AS t "
        f"JOIN {shape.relation('settled')} AS s ON s.gid = t.gid"
    )


def _ways(shape: QuotaShape) -> dict[str, int]:
    """Return the columns of what becomes of a class, with how many of it each leaves out."""
    is_one = shape.ties != "none" or not has_flag(shape, "cand")
    return {"if_sure": 1} if is_one else {"if_sure": 1, "if_not": 0}


def _ahead(shape: QuotaShape, itself: int) -> str:
    if shape.ties != "none":
        return "t.ahead_sure"
    level = f"t.level_sure - {itself}"
    if may_be_open(shape):
        level = f"CASE WHEN t.known THEN {level} ELSE 0 END"
    return f"t.ahead_sure + {level}"


def _placed(shape: QuotaShape) -> str:
    """Return the candidates, each with what becomes of it."""
    op = "IS NOT DISTINCT FROM" if may_be_open(shape) else "="
    same = ["t.gid = c.gid", *(f"t.{name} {op} c.{name}" for name in shape.order_columns)]
    own_columns = ("rid", "gid", *levels(shape), *shape.columns, *flags(shape, Role(shape)))
    columns = [f"c.{name}" for name in (*own_columns, *shape.order_columns)]
    found = "t.if_sure"
    if len(_ways(shape)) > 1:
        found = "CASE WHEN c.cand THEN t.if_sure ELSE t.if_not END"
    return (
        f"SELECT {', '.join(columns)}, coalesce(c.placement, {found}) AS placement "
        f"FROM {shape.relation('candidates')} AS c "
        f"LEFT JOIN {shape.relation('verdicts')} AS t ON {both(same)}"
    )
