"""The groups of a quota: what is counted of each, who may be there besides, and its places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.sql.quotas.members import Role, equal_keys, fits, fitting, limits_of, unkeyed
from khung.sql.quotas.numbers import PLACES, SUMS, Numbers
from khung.sql.quotas.shape import ENDLESS, STRANGERS, Sql, Tabulated, is_constant
from khung.sql.text import FALSE, TRUE, both, chosen, negated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from khung.sql.quotas.shape import QuotaShape, Statement

FAR = 1 << 62
"""What is added to the number of a row that comes after all others."""

SHARES = ("share_lo_n", "share_lo_d", "share_hi_n", "share_hi_d")
_OPEN_LIMITS = {"pl_lo": "0", "pl_hi": "-1"}


def statements(shape: QuotaShape) -> Iterator[Statement]:
    """Yield the groups, what guests add to them, and their places."""
    yield Sql(shape.relation("groups"), _groups(shape))
    if shape.keyless:
        yield Sql(shape.relation("unkeyed"), _unkeyed(shape))
        yield Sql(shape.relation("patterns"), _patterns(shape))
        yield Sql(shape.relation("fits"), fits(shape))
    if has_guests(shape):
        yield Sql(shape.relation("guests"), _guests(shape))
        yield Sql(shape.relation("guests_of_one"), _guests_of_one(shape))
    yield Sql(shape.relation("rows"), _rows(shape), is_view=True)
    asked = [f"SELECT {', '.join(Numbers._fields)} FROM {shape.relation('rows')}"]
    if shape.keyless:
        yield Sql(shape.relation("pairs"), f"{_pairs(shape)} UNION ALL {_alone(shape)}")
        asked.append(f"SELECT {', '.join(Numbers._fields)} FROM {shape.relation('pairs')}")
    distinct = f"SELECT DISTINCT * FROM ({' UNION ALL '.join(asked)})"
    yield Tabulated(shape.relation("places"), distinct, shape.settings)
    yield Sql(shape.relation("settled"), _settled(shape))


def has_guests(shape: QuotaShape) -> bool:
    """Whether members of unknown key may be among those of a group."""
    return shape.keyless and shape.whole != FALSE


# -- sums -----------------------------------------------------------------------------------------


def counted(conditions: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """Return columns that count, each alike once, and how each number is read of them."""
    distinct = dict.fromkeys(one for one in conditions.values() if one != FALSE)
    names = {one: f"x{at}" for at, one in enumerate(distinct)}
    columns = [f"{_count(one)} AS {name}" for one, name in names.items()]
    return columns, {name: names.get(one, "0") for name, one in conditions.items()}


def _count(condition: str) -> str:
    return "count(*)" if condition == TRUE else f"count(*) FILTER (WHERE {condition})"


def one_or_none(condition: str) -> str:
    """Return what a condition adds to a sum."""
    return chosen(condition, "1", "0")


def _groups(shape: QuotaShape) -> str:
    """Return who is in which group, counted; `room` is how many more there may be."""
    columns, numbers = counted(Role(shape).sums)
    keys = ("cs", *shape.key_columns)
    limits = [f"{text} AS {name}" for name, text in _limits(shape).items()]
    there = negated(unkeyed(shape))
    inner = (
        f"SELECT {', '.join([*keys, *columns, *limits])} FROM {shape.relation('members')}"
        + ("" if there == TRUE else f" WHERE {there}")
        + f" GROUP BY {', '.join(keys)}"
    )
    order = ", ".join(f"a.{key}" for key in keys)
    outer = [f"row_number() OVER (ORDER BY {order}) AS gid", *(f"a.{key}" for key in keys)]
    outer += [f"{name} AS {number}" for number, name in numbers.items()]
    outer += [*_read_limits(shape), f"{_is_whole(shape)} AS is_whole", f"{_room(shape)} AS room"]
    return f"SELECT {', '.join(outer)} FROM ({inner}) AS a{_joined(shape)}"


def _joined(shape: QuotaShape) -> str:
    text = "" if is_constant(shape.whole) else f" LEFT JOIN {shape.whole} AS w ON w.cs = a.cs"
    if not shape.outside:
        return text
    keys = ("cs", *shape.key_columns)
    listed = f"SELECT {', '.join(keys)}, count(*) AS listed FROM {shape.outside}"
    known = negated(unkeyed(shape))
    where = "" if known == TRUE else f" WHERE {known}"
    listed = f"{listed}{where} GROUP BY {', '.join(keys)}"
    return f"{text} LEFT JOIN ({listed}) AS o ON {equal_keys(shape, 'o', 'a')}"


def _is_whole(shape: QuotaShape) -> str:
    return shape.whole if is_constant(shape.whole) else "coalesce(w.is_whole, FALSE)"


def _room(shape: QuotaShape) -> str:
    if not shape.sized:
        return f"CAST({ENDLESS} AS BIGINT)"
    listed = "a.x0 + coalesce(o.listed, 0)" if shape.outside else "a.x0"
    return f"CASE WHEN a.size IS NULL THEN {ENDLESS} ELSE greatest(a.size - ({listed}), 0) END"


def _limits(shape: QuotaShape) -> dict[str, str]:
    """Return what a group may have: as its first sure member that knows says, else its first."""
    found: dict[str, str] = {}
    first = chosen(both((shape.read("sure"), knows(shape))), "rid", f"rid + {FAR}")
    for name in limits_of(shape):
        column = shape.read(name)
        if name == "size":
            found[name] = f"arg_min({column}, rid) FILTER (WHERE {column} IS NOT NULL)"
        elif not is_constant(column):
            value = f"coalesce({column}, {_OPEN_LIMITS[name]})" if name in _OPEN_LIMITS else column
            found[name] = f"arg_min({value}, {first})"
    return found


def knows(shape: QuotaShape) -> str:
    """Return whether a member knows what its group may have."""
    pairs = [("am_lo_n", "am_hi_n"), ("am_lo_d", "am_hi_d")] if shape.shared else []
    pairs += [("pl_lo", "pl_hi")] if shape.placed else []
    ends = ((shape.read(low), shape.read(high)) for low, high in pairs)
    return both(f"coalesce({low} = {high}, FALSE)" for low, high in ends if low != high)


def _read_limits(shape: QuotaShape, alias: str = "a") -> list[str]:
    """Return the limits as the numbers of a group have them."""
    names = zip(SHARES, limits_of(shape), strict=False) if shape.shared else ()
    shares = [(to, shape.read(name, alias)) for to, name in names]
    if not shape.shared:
        shares = [(to, "1") for to in SHARES]
    placed = [("limit_lo", "pl_lo"), ("limit_hi", "pl_hi")]
    found = [(to, shape.read(name, alias) if shape.placed else "-1") for to, name in placed]
    return [f"{text} AS {to}" for to, text in (*shares, *found)]


# -- who may be there besides ---------------------------------------------------------------------


def _unkeyed(shape: QuotaShape) -> str:
    """Return whose key is not known, with what each adds as itself and as a guest."""
    role, guest = Role(shape), Role(shape, guest=True)
    columns = ["*", "count(*) OVER (PARTITION BY cs) AS number", f"{role.may} AS may"]
    columns += [f"{role.contends} AS contends", f"{role.cand} AS cand"]
    columns.append(f"{both((shape.read('sure'), knows(shape)))} AS knows")
    columns.append(f"{one_or_none(both((shape.read('comp_hi'), role.reaches)))} AS touched")
    columns += [f"{one_or_none(text)} AS own_{name}" for name, text in role.sums.items()]
    columns += [f"{one_or_none(text)} AS guest_{name}" for name, text in guest.sums.items()]
    members = shape.relation("members")
    return f"SELECT {', '.join(columns)} FROM {members} WHERE {unkeyed(shape)}"


def _patterns(shape: QuotaShape) -> str:
    """Return what all of unknown key add of whom the same is known of it."""
    keys = ", ".join(("cs", *shape.key_columns))
    sums = ", ".join(f"{_sum(f'guest_{name}')} AS {name}" for name in SUMS)
    unkeyed_ = shape.relation("unkeyed")
    number = f"row_number() OVER (ORDER BY {keys}) AS pid"
    return (
        f"SELECT {keys}, {number}, {sums}, {_sum('touched')} AS touched "
        f"FROM {unkeyed_} GROUP BY {keys}"
    )


def _sum(text: str) -> str:
    return f"CAST(sum({text}) AS BIGINT)"


def _added(alias: str) -> str:
    return ", ".join(f"{_sum(f'{alias}.{name}')} AS {name}" for name in SUMS)


def _guests(shape: QuotaShape) -> str:
    """Return what those of unknown key add to each group that has room for them."""
    groups, patterns, fits_ = map(shape.relation, ("groups", "patterns", "fits"))
    return (
        f"SELECT g.gid, {_added('p')} FROM {groups} AS g JOIN {fits_} AS f ON f.gid = g.gid "
        f"JOIN {patterns} AS p ON p.pid = f.pid WHERE g.is_whole AND g.room > 0 GROUP BY g.gid"
    )


def _guests_of_one(shape: QuotaShape) -> str:
    """Return what they add to the group of one of them of which nobody else is known."""
    unkeyed_, patterns = shape.relation("unkeyed"), shape.relation("patterns")
    return (
        f"SELECT u.rid, {_added('p')} FROM {unkeyed_} AS u JOIN {patterns} AS p "
        f"ON {fitting(shape, 'u', 'p')} WHERE {in_turn()} GROUP BY u.rid"
    )


def _rows(shape: QuotaShape) -> str:
    """Return the numbers of each group."""
    more = "0" if shape.whole == TRUE else "CASE WHEN g.is_whole THEN 0 ELSE g.room END"
    rest = Numbers._fields[len(SUMS) + 1 :]
    limits = [f"g.{name}" for name in rest]
    if not has_guests(shape):
        sums, joined = [f"g.{name}" for name in SUMS], ""
    else:
        sums = [f"g.{name} + coalesce(s.{name}, 0) AS {name}" for name in SUMS]
        joined = f" LEFT JOIN {shape.relation('guests')} AS s ON s.gid = g.gid"
    columns = ["g.gid", *sums, f"{more} AS more", *limits]
    return f"SELECT {', '.join(columns)} FROM {shape.relation('groups')} AS g{joined}"


# -- those of unknown key, each in turn -----------------------------------------------------------


def _pairs(shape: QuotaShape) -> str:
    """Return the numbers of each group with one of unknown key in it."""
    guest, joined = "0", ""
    if has_guests(shape):
        joined = f" LEFT JOIN {shape.relation('guests')} AS s ON s.gid = g.gid"
        guest = "CASE WHEN g.is_whole AND g.room > 1 THEN s.{0} - u.guest_{0} ELSE 0 END"
    sums = [f"g.{name} + u.own_{name} + {guest.format(name)} AS {name}" for name in SUMS]
    more = "CASE WHEN g.is_whole THEN 0 ELSE g.room - 1 END AS more"
    limits = _limits_of_one(shape, "g")
    columns = ["u.rid", "g.gid", *sums, more, *limits]
    return (
        f"SELECT {', '.join(columns)} FROM {shape.relation('unkeyed')} AS u "
        f"JOIN {shape.relation('groups')} AS g ON {fitting(shape, 'u', 'g')}{joined} "
        f"WHERE g.room > 0 AND {in_turn()}"
    )


def in_turn() -> str:
    """Return whether one of unknown key is placed in each group in turn."""
    return f"u.may AND u.number <= {STRANGERS}"


def _limits_of_one(shape: QuotaShape, group: str) -> list[str]:
    """Return the limits that one says, where it knows them, else its group."""
    own = [part.rpartition(" AS ") for part in _read_limits(shape, "u")]
    found = []
    for text, _, name in own:
        value = text if is_constant(text) else f"coalesce({text}, {_open(name)})"
        found.append(f"{_chosen_limit(value, group, name)} AS {name}")
    return found


def _open(name: str) -> str:
    return {"limit_lo": "0", "limit_hi": "-1"}.get(name, "1")


def _chosen_limit(value: str, group: str, name: str) -> str:
    if not group or is_constant(value):
        return value
    return f"CASE WHEN u.knows THEN {value} ELSE {group}.{name} END"


def _alone(shape: QuotaShape) -> str:
    """Return the numbers of the group of one of unknown key of which nobody else is known."""
    whole = shape.whole if is_constant(shape.whole) else "coalesce(w.is_whole, FALSE)"
    joined = "" if is_constant(shape.whole) else f" LEFT JOIN {shape.whole} AS w ON w.cs = u.cs"
    room = str(ENDLESS)
    if shape.sized:
        room = f"CASE WHEN u.size IS NULL THEN {ENDLESS} ELSE greatest(u.size - 1, 0) END"
    guest = "0"
    if has_guests(shape):
        joined += f" LEFT JOIN {shape.relation('guests_of_one')} AS s ON s.rid = u.rid"
        is_there = both((whole, f"{room} > 0"))
        guest = f"CASE WHEN {is_there} THEN s.{{0}} - u.guest_{{0}} ELSE 0 END"
    sums = [f"u.own_{name} + {guest.format(name)} AS {name}" for name in SUMS]
    more = f"{chosen(whole, '0', room)} AS more"
    columns = ["u.rid", "0 AS gid", *sums, more, *_limits_of_one(shape, "")]
    return (
        f"SELECT {', '.join(columns)} FROM {shape.relation('unkeyed')} AS u{joined} "
        f"WHERE {in_turn()}"
    )


def _settled(shape: QuotaShape) -> str:
    """Return the groups with their places."""
    own = ("gid", "cs", *shape.key_columns, "is_whole", "room")
    columns = [f"g.{name}" for name in own]
    columns += [f"r.{name}" for name in Numbers._fields] + [f"p.{name}" for name in PLACES]
    groups, rows, places = map(shape.relation, ("groups", "rows", "places"))
    return (
        f"SELECT {', '.join(columns)} FROM {groups} AS g JOIN {rows} AS r ON r.gid = g.gid "
        f"JOIN {places} AS p ON {same_numbers('r', 'p')}"
    )


def same_numbers(one: str, other: str, names: Iterable[str] = Numbers._fields) -> str:
    """Return whether two rows have the same numbers."""
    return both(f"{one}.{name} = {other}.{name}" for name in names)
