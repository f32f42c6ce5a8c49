"""What a quota asks of each who may be in it, as columns, and the relation that it is settled on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.program import ladder_of
from khung.ir.stages import names as stages
from khung.ir.stages.quota import SUPPOSED, is_joint, supposing
from khung.rulebook.model.rules import Stage
from khung.sql import joint_quotas
from khung.sql.ends import Ends, State, UnsupportedError, same, truth
from khung.sql.failing import error_of
from khung.sql.text import FALSE, SPLIT, TRUE, both, chosen, extreme, negated, split

if TYPE_CHECKING:
    from khung.ir.nodes import Node
    from khung.ir.program import Grouping, ObjectType, Quota
    from khung.sql.build import Build
    from khung.sql.table import Table
    from khung.sql.writing import Writer

PREFIX = "quota:"
"""What the name of a column begins with that a quota asks."""


def name_of(place: int, what: str) -> str:
    """Return the name of a column that a quota asks: `quota:PLACE:WHAT`."""
    return f"{PREFIX}{place}:{what}"


def of_member(w: Writer, name: str) -> tuple[t.Type, Ends, State]:
    """Return what a quota asks of an object, by the name of the column."""
    _, place, what = name.split(":")
    declared = w.table.declared
    assert declared is not None  # noqa: S101  # it has quotas
    quota = declared.quotas[int(place)]
    return _asked(w, declared, quota, int(place), what)


def _of_grouping(quota: Quota, what: str) -> tuple[str, Grouping]:
    """Return what is asked in one grouping, and which that is: of several, the number says."""
    word, number = what.rstrip("0123456789"), what.lstrip("abcdefghijklmnopqrstuvwxyz")
    if not is_joint(quota) or word not in ("key", *joint_quotas.OF_LIST, "share", "places", "size"):
        return what, quota.groupings[0]
    return "key0" if word == "key" else word, quota.groupings[int(number)]


def _asked(
    w: Writer, declared: ObjectType, quota: Quota, place: int, what: str
) -> tuple[t.Type, Ends, State]:
    always = State()
    what, grouping = _of_grouping(quota, what)
    scale = t.Scale(ladder_of(declared).scale.name)
    if what in joint_quotas.OF_LIST:
        return t.STRING, joint_quotas.of_list(w, grouping, what), always
    if what.startswith("key"):
        return _key(w, grouping.keys[int(what[3:])])
    if what.startswith("failed"):
        failed = error_of(w, quota.order[int(what[6:])].value)
        return t.BOOLEAN, truth(failed, failed), always
    if what.startswith("order"):
        failed = w.own(name_of(place, f"failed{what[5:]}"))[0].low
        return _order(w, quota.order[int(what[5:])].value, failed)
    match what:
        case "belongs":
            ranked = w.ends(_defined(w, stages.RANKED, t.BOOLEAN))
            when = truth(TRUE, TRUE) if quota.head.when is None else w.test(quota.head.when)
            return (
                t.BOOLEAN,
                truth(both((ranked.low, when.low)), both((ranked.high, when.high))),
                always,
            )
        case "competes":
            found = truth(TRUE, TRUE) if quota.competes is None else w.test(quota.competes)
            return t.BOOLEAN, found, always
        case "fixed":
            given = _fixed(w)
            return t.BOOLEAN, truth(given, given), always
        case "before":
            return scale, _before(w, place, scale), always
        case "at" | "cut" | "low":
            return t.BOOLEAN, _counted(w, quota, place, what), always
        case "share":
            return t.FRACTION, _share(w, grouping), always
        case "places":
            assert grouping.places is not None  # noqa: S101  # it was asked for
            return t.NUMBER, w.ends(grouping.places), always
        case "size":
            assert grouping.size is not None  # noqa: S101  # as above
            return t.NUMBER, w.ends(grouping.size), w.there(grouping.size)
        case _:
            raise AssertionError(what)


def _defined(w: Writer, name: str, ty: t.Type) -> n.Defined:
    declared = w.table.declared
    assert declared is not None  # noqa: S101  # it has quotas
    span = declared.stages[name].value.span
    subject = n.Variable("self", 0, t.Object(declared.name), span)
    return n.Defined(subject, declared.name, name, ty, span)


def _key(w: Writer, node: Node) -> tuple[t.Type, Ends, State]:
    """Return a part of the key, null where it is not known.

    Raises:
        UnsupportedError: It is a length of time, which has no text in SQL.
    """
    if isinstance(node.ty, t.Months | t.Seconds):
        raise UnsupportedError("a group by a length of time")
    found, state = w.ends(node), w.there(node)
    if found.single:
        return node.ty, found, state
    return (
        node.ty,
        same(f"CASE WHEN {found.low} = {found.high} THEN {found.low} END", loose=True),
        state,
    )


def _order(w: Writer, node: Node, failed: str) -> tuple[t.Type, Ends, State]:
    """Return an order key: of one that does not apply, or that has `failed`, nothing is known."""
    found, state = _as_number(w.ends(node)), w.there(node)
    there = both((state.may, negated(failed)))
    if there == TRUE:
        return node.ty, found, state
    low, high = (chosen(there, end, "NULL") for end in found[:2])
    return node.ty, Ends(low, high, loose=True), state


def _as_number(found: Ends) -> Ends:
    """Return a quotient by a constant as what is divided: that is in the same order.

    Raises:
        UnsupportedError: It is a quotient by something else.
    """
    if SPLIT not in found.low:
        return found
    (low, under), (high, other) = (split(end) for end in found[:2])
    if under != other or not under.strip("()").isdigit():
        raise UnsupportedError("an order by a quotient")
    return Ends(low, high, found.loose)


def _fixed(w: Writer) -> str:
    if not w.build.profile.is_decided(w.table.base):
        return FALSE
    last = len(Stage) - 1
    return f"({w.raw('given.level')} IS NOT NULL AND {w.raw('given.after')} = {last})"


def _before(w: Writer, place: int, scale: t.Type) -> Ends:
    name = stages.of_quota(place - 1) if place else stages.of_stage(Stage.DEFER)
    found, fixed = w.ends(_defined(w, name, scale)), _fixed(w)
    if fixed == FALSE:
        return found
    given = w.raw("given.level")
    low, high = (chosen(fixed, given, end) for end in found[:2])
    return Ends(low, high)


def _counted(w: Writer, quota: Quota, place: int, what: str) -> Ends:
    """Return whether a member is counted, supposing that its level is one between two ends."""
    level, others = int(constant(w, quota.level)), int(constant(w, quota.others))
    before = w.own(name_of(place, "before"))[0]
    if what == "at":
        ends = Ends(extreme("greatest", (before.low, str(level))), before.high)
    elif what == "cut":
        ends = same(str(others))
    else:
        fixed, competes = (
            w.own(name_of(place, "fixed"))[0].low,
            w.own(name_of(place, "competes"))[0].high,
        )
        candidate = both((f"({before.high} >= {level})", negated(fixed), competes))
        below = extreme("least", (before.high, str(level - 1)))
        ends = Ends(before.low, chosen(candidate, below, before.high))
    if ends.low == ends.high and what != "cut":
        ends = same(ends.low)
    inner = w.at(w.table, w.needs, {SUPPOSED: ends})
    return inner.test(supposing(quota.counts, w.build.program))


def constant(w: Writer, node: Node) -> str:
    """Return a setting that is the same for all."""
    found = w.ends(node)
    if not found.single:
        raise UnsupportedError("a setting that is no constant")
    return found.low.strip("()'")


def _share(w: Writer, grouping: Grouping) -> Ends:
    assert grouping.at_most is not None  # noqa: S101  # it was asked for
    return joint_quotas.share_of(w, grouping.at_most)


# -- the relation ---------------------------------------------------------------------------------


class Asked:
    """The columns that a quota asks, by what they say."""

    def __init__(self, quota: Quota) -> None:
        grouping = quota.groupings[0]
        self.whats = ["belongs", "competes", "fixed", "before", "at", "cut", "low"]
        self.whats += [f"order{i}" for i in range(len(quota.order))]
        self.whats += [f"failed{i}" for i in range(len(quota.order))]
        if is_joint(quota):
            self.keys = joint_quotas.keys_asked(quota)
            self.whats += joint_quotas.asked(quota)
            return
        self.keys = [f"key{i}" for i in range(len(grouping.keys))]
        self.whats += self.keys
        self.whats += ["share"] if grouping.at_most is not None else []
        self.whats += ["places"] if grouping.places is not None else []
        self.whats += ["size"] if grouping.size is not None else []


def tables_in(build: Build, subject: str, place: int) -> list[list[Table]]:
    """Return the tables of those whom a quota may touch, together where they may share a group."""
    touched = [x for x in tables_of(build, subject) if _is_touched(build, x, place)]
    parts: dict[tuple[str, ...], list[Table]] = {}
    for table, key in zip(touched, _parts_of(build, touched, place), strict=True):
        parts.setdefault(key, []).append(table)
    return list(parts.values())


def tables_of(build: Build, subject: str) -> tuple[Table, ...]:
    """Return the tables in which the results of a subject are worked out."""
    return build.kinds_of(subject) or (build.tables[subject],)


def _is_touched(build: Build, table: Table, place: int) -> bool:
    return build.column(table, name_of(place, "belongs")).ends.high != FALSE


def _parts_of(build: Build, tables: list[Table], place: int) -> list[tuple[str, ...]]:
    """Return of each table those parts of the key that in every table are the same for all."""
    if not tables:
        return []
    assert tables[0].declared is not None  # noqa: S101  # it has quotas
    quota = tables[0].declared.quotas[place]
    keys = () if is_joint(quota) else range(len(quota.groupings[0].keys))
    columns = [[build.column(x, name_of(place, f"key{i}")) for x in tables] for i in keys]
    fixed = [of for of in columns if all(c.is_constant and not c.ends.loose for c in of)]
    return [tuple(of[at].ends.low for of in fixed) for at in range(len(tables))]


def asked_in(build: Build, subject: str, place: int, part: int) -> dict[str, list[str]]:
    """Return the columns that are read of those whom a quota may touch, by table.

    Where a group has a number, the keys of all others are among them: these count, too.
    """
    touched = tables_in(build, subject, place)[part]
    quota = build.program.objects[subject].quotas[place]
    found = {x.key: [name_of(place, what) for what in Asked(quota).whats] for x in touched}
    if any(one.size is not None for one in quota.groupings):
        keys = [name_of(place, what) for what in Asked(quota).keys]
        others = [x for x in tables_of(build, subject) if not _is_touched(build, x, place)]
        found |= {x.key: [name_of(place, "belongs"), *keys] for x in others}
    return found
