"""A quota of several groups for one candidate: what it asks of each, and in which groups that is.

Groupings are by the places that they have among those of the quota: `key1` is the key in the second.
Where one is by the elements of a list, `mays1` and `sures1` are arrays of the keys that one may have
and surely has, as texts, in the order of the elements, and `opens1` is whether it may have others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir import nodes as n
from khung.sql.ends import Ends, UnsupportedError, same
from khung.sql.quotas.shape import GroupingShape
from khung.sql.text import FALSE, NULL, TRUE, both, chosen, either, negated, pair, quoted, split

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from khung.ir.nodes import Node
    from khung.ir.program import Grouping, Quota
    from khung.sql.ends import State
    from khung.sql.writing import Writer

    Read = Callable[[str], tuple[Ends, State]]
    """Reads what a quota asks of the members of a table, called `m`."""


def asked(quota: Quota) -> list[str]:
    """Return what is asked of each for its groups."""
    found = []
    for at, grouping in enumerate(quota.groupings):
        there = {
            "key": not grouping.each,
            **dict.fromkeys(OF_LIST, grouping.each),
            "share": grouping.at_most is not None,
            "places": grouping.places is not None,
            "size": grouping.size is not None,
        }
        found += [f"{what}{at}" for what, is_there in there.items() if is_there]
    return found


def keys_asked(quota: Quota) -> list[str]:
    """Return what is asked of each to say in which groups it is."""
    return [what for what in asked(quota) if what.startswith(("key", *OF_LIST))]


OF_LIST = ("sures", "mays", "opens")
"""What is asked of each for a grouping by the elements of a list."""


def of_list(w: Writer, grouping: Grouping, what: str) -> Ends:
    """Return what is asked for a grouping by the elements of a list."""
    from khung.sql.lists.keys import keys_of  # noqa: PLC0415  # passes read quotas, too

    (node,) = grouping.keys
    assert isinstance(node, n.Project)  # noqa: S101  # as it was lowered
    return same(keys_of(w, node)[OF_LIST.index(what)])


def forms(quota: Quota) -> tuple[GroupingShape, ...]:
    """Return what is said of each grouping."""
    return tuple(
        GroupingShape(
            one.each, one.at_most is not None, one.places is not None, one.size is not None
        )
        for one in quota.groupings
    )


def limits(read: Read, grouping: Grouping, at: str) -> dict[str, str]:
    """Return what a group may have, as it is read on a member.

    Args:
        read: Reads what is asked.
        grouping: The grouping.
        at: What the names of what is asked end with.
    """
    found: dict[str, str] = {}
    if grouping.at_most is not None:
        (a, b), (c, d) = (split(end) for end in read(f"share{at}")[0][:2])
        found |= {"am_lo_n": a, "am_lo_d": b, "am_hi_n": c, "am_hi_d": d}
    if grouping.places is not None:
        low, high, _ = read(f"places{at}")[0]
        found |= {"pl_lo": _whole(low), "pl_hi": _whole(high)}
    if grouping.size is not None:
        (_, high, _), state = read(f"size{at}")
        found["size"] = f"CAST(floor({chosen(state.may, high, NULL)}) AS BIGINT)"
    return found


def share_of(w: Writer, node: Node) -> Ends:
    """Return the ends of a share that is written out, or a choice between such.

    Raises:
        UnsupportedError: It is worked out of what is stated.
    """
    match node:
        case n.Literal() if isinstance(node.value, tuple):
            part, whole = node.value
            return same(pair(str(part), str(whole)))
        case n.If():
            condition = w.test(node.condition)
            yes, no = share_of(w, node.yes), share_of(w, node.no)
            low = _between(condition, yes.low, no.low, "<=")
            return Ends(low, _between(condition, yes.high, no.high, ">="))
        case _:  # what is worked out of what is stated
            raise UnsupportedError("a share that is worked out")


def _between(condition: Ends, yes: str, no: str, better: str) -> str:
    """Return the one of two shares that a condition chooses; of both, where it is open, an end."""
    (a, b), (c, d) = split(yes), split(no)
    is_yes = condition.low
    if not condition.single:
        is_first = f"({a}) * ({d}) {better} ({c}) * ({b})"
        is_yes = either((condition.low, both((condition.high, is_first))))
    return pair(chosen(is_yes, a, c), chosen(is_yes, b, d))


def _whole(end: str) -> str:
    """Return a number of places, rounded down and not below nothing; null is no end."""
    return f"CASE WHEN {end} >= 0 THEN CAST(floor({end}) AS BIGINT) WHEN {end} < 0 THEN 0 END"


def keys_text(quota: Quota, sources: list[tuple[Read, str]]) -> str:
    """Return the relation of the keys of all who may belong.

    Args:
        quota: The quota.
        sources: Of each table of members what reads it, and its name.
    """
    found = [
        text
        for read, name in sources
        for at, grouping in enumerate(quota.groupings)
        for text in _keys_of(read, name, at, grouping)
    ]
    return " UNION ALL ".join(found)


def _keys_of(read: Read, source: str, at: int, grouping: Grouping) -> Iterator[str]:
    """Yield those of known key, and those of whom it is open whether they have one, or which."""
    if grouping.each:
        yield from _keys_of_list(read, source, at, grouping)
        return
    key, state = read(f"key{at}")
    surely = both((state.surely, f"({key.low} IS NOT NULL)" if key.loose else TRUE))
    own = limits(read, grouping, str(at))
    rest = [f"CAST({own.get(name, NULL)} AS BIGINT) AS {name}" for name in NAMES]
    for is_open in (FALSE, TRUE):
        where = both(
            (read("belongs")[0].high, state.may, negated(surely) if is_open == TRUE else surely)
        )
        if where == FALSE:
            continue
        name = NULL if is_open == TRUE else key.low
        lacks = negated(state.surely) if is_open == TRUE else FALSE
        columns = ["m.rid", "m.cs", f"{at} AS grouping", f"CAST({name} AS VARCHAR) AS k0"]
        columns += ["TRUE AS sure", f"{is_open} AS is_open", f"{lacks} AS may_lack", "0 AS nth"]
        columns += rest
        yield f"SELECT {', '.join(columns)} FROM {quoted(source)} m WHERE {where}"


def _keys_of_list(read: Read, source: str, at: int, grouping: Grouping) -> Iterator[str]:
    """Yield those of whom keys are known, and those of whom it is not known if they have others."""
    own, belongs = limits(read, grouping, str(at)), read("belongs")[0].high
    rest = [f"CAST({own.get(name, NULL)} AS BIGINT) AS {name}" for name in NAMES]
    sures, mays = (read(f"{what}{at}")[0].low for what in ("sures", "mays"))
    each = (
        f"SELECT m.rid, m.cs, unnest({mays}) AS k, {mays} AS mays, {sures} AS sures, "
        f"{', '.join(rest)} FROM {quoted(source)} m WHERE {belongs}"
    )
    names = ", ".join(f"u.{name}" for name in NAMES)
    yield (
        f"SELECT DISTINCT u.rid, u.cs, {at} AS grouping, u.k AS k0, "
        f"list_contains(u.sures, u.k) AS sure, FALSE AS is_open, FALSE AS may_lack, "
        f"array_position(u.mays, u.k) AS nth, {names} FROM ({each}) u"
    )
    is_open = both((belongs, read(f"opens{at}")[0].low))
    if is_open != FALSE:
        yield (
            f"SELECT m.rid, m.cs, {at} AS grouping, CAST({NULL} AS VARCHAR) AS k0, TRUE AS sure, "
            f"TRUE AS is_open, FALSE AS may_lack, 0 AS nth, {', '.join(rest)} "
            f"FROM {quoted(source)} m WHERE {is_open}"
        )


NAMES = ("am_lo_n", "am_lo_d", "am_hi_n", "am_hi_d", "pl_lo", "pl_hi", "size")


def outside_text(quota: Quota, sources: list[tuple[Read, str]]) -> str:
    """Return the relation of the keys of those who surely do not belong."""
    found = []
    for read, source in sources:
        for at, grouping in enumerate(quota.groupings):
            if grouping.each:
                found.append(_outside_by_list(read, source, at))
                continue
            key, state = read(f"key{at}")
            where = both((negated(read("belongs")[0].high), state.may, f"{key.low} IS NOT NULL"))
            found.append(
                f"SELECT m.cs, {at} AS grouping, CAST({key.low} AS VARCHAR) AS k0 "
                f"FROM {quoted(source)} m WHERE {where}"
            )
    return " UNION ALL ".join(found)


def _outside_by_list(read: Read, source: str, at: int) -> str:
    keys = read(f"mays{at}")[0].low
    where = negated(read("belongs")[0].high)
    each = f"SELECT m.rid, m.cs, unnest({keys}) AS k FROM {quoted(source)} m WHERE {where}"
    return f"SELECT v.cs, {at} AS grouping, v.k AS k0 FROM (SELECT DISTINCT * FROM ({each}) u) v"


def unknown_keys(quota: Quota, read: Read) -> str:
    """Return whether a key of an object is open."""
    found = []
    for at, grouping in enumerate(quota.groupings):
        if grouping.each:
            found.append(read(f"opens{at}")[0].low)
            continue
        key, state = read(f"key{at}")
        missing = f"{key.low} IS NULL" if key.loose else FALSE
        found.append(both((state.may, either((missing, negated(state.surely))))))
    return either(found)
