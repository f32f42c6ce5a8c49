"""The relation that a quota is settled on, and its shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir.program import ladder_of
from khung.ir.stages.quota import SUPPOSED, is_joint, supposing
from khung.sql import joint_quotas
from khung.sql.ends import Ends, State, UnsupportedError, same, truth
from khung.sql.quota_members import Asked, constant, name_of
from khung.sql.quotas.shape import JointShape, QuotaShape, Settings, Small, Stranger
from khung.sql.table import SELF
from khung.sql.text import FALSE, TRUE, both, either, negated, quoted, split

if TYPE_CHECKING:
    from khung.ir.program import ObjectType, Quota
    from khung.sql.build import Build
    from khung.sql.quotas.shape import Further
    from khung.sql.table import Column, Table
    from khung.sql.writing import Writer

PREFIX = "quota:"
"""What the name of a column begins with that a quota asks."""


def shape_of(w: Writer, tables: list[Table], place: int, name: str, members: str) -> QuotaShape:
    """Return the shape of a quota over some tables of a subject."""
    declared = tables[0].declared
    assert declared is not None  # noqa: S101  # it has quotas
    quota = declared.quotas[place]
    grouping, build = quota.groupings[0], w.build
    level, others = int(constant(w, quota.level)), int(constant(w, quota.others))
    columns = {
        what: [build.column(table, name_of(place, what)) for table in tables]
        for what in Asked(quota).whats
    }
    absent = frozenset(
        i for i in range(len(grouping.keys)) if any(c.state.may != TRUE for c in columns[f"key{i}"])
    )
    keyless = any(c.ends.loose for i in range(len(grouping.keys)) for c in columns[f"key{i}"])
    return QuotaShape(
        name,
        members,
        level,
        others,
        len(grouping.keys),
        tuple(key.highest for key in quota.order),
        constant(w, quota.ties),
        Settings(
            constant(w, quota.rounding),
            _small(w, quota),
            _further(w, declared, quota, level, others),
        ),
        outside=f"{members}.outside" if grouping.size is not None else "",
        whole=_whole(build, declared.name),
        shared=grouping.at_most is not None,
        placed=grouping.places is not None,
        sized=grouping.size is not None,
        absent=absent,
        keyless=keyless,
        said=_said(columns),
    )


def joint_shape_of(
    w: Writer, tables: list[Table], place: int, name: str, members: str
) -> JointShape:
    """Return the shape of a quota of several groups over all tables of a subject."""
    declared = tables[0].declared
    assert declared is not None  # noqa: S101  # it has quotas
    quota = declared.quotas[place]
    level, others = int(constant(w, quota.level)), int(constant(w, quota.others))
    small, further = _small(w, quota), _further(w, declared, quota, level, others)
    return JointShape(
        name,
        quoted(members),
        quoted(f"{members}.keys"),
        joint_quotas.forms(quota),
        level,
        others,
        tuple(key.highest for key in quota.order),
        constant(w, quota.ties),
        Settings(constant(w, quota.rounding), small, further),
        outside=quoted(f"{members}.outside"),
        whole=_whole(w.build, declared.name),
    )


def joint_texts(
    build: Build,
    quota: Quota,
    place: int,
    sources: list[tuple[Table, str]],
    everyone: list[tuple[Table, str]],
) -> tuple[str, str]:
    """Return the keys of all who may belong, and of those of everyone who surely do not."""

    def read_of(table: Table) -> joint_quotas.Read:
        return lambda what: build.column(table, name_of(place, what)).read("m")

    own, all_ = ([(read_of(x), name) for x, name in of] for of in (sources, everyone))
    return joint_quotas.keys_text(quota, own), joint_quotas.outside_text(quota, all_)


def _whole(build: Build, subject: str) -> str:
    found = build.profile.all_there.get(subject)
    return {True: TRUE, False: FALSE, None: f'"whole.{subject}"'}[found]


def _said(columns: dict[str, list[Column]]) -> dict[str, str]:
    """Return what need not be read of members, being the same for all or said by another column."""
    found: dict[str, str] = {}

    def constant(what: str, low: str, high: str) -> None:
        of = columns[what]
        for end, name in ((0, low), (1, high)):
            texts = {str(c.ends[end]) for c in of}
            if texts in ({TRUE}, {FALSE}):
                found[name] = texts.pop()
        if high not in found and all(c.ends.single for c in of):
            found[high] = found.get(low, low)

    constant("competes", "comp_lo", "comp_hi")
    constant("before", "lvl_lo", "lvl_hi")
    for what in ("at", "cut", "low"):
        constant(what, f"{what}_lo", f"{what}_hi")
    if all(c.ends.low == TRUE for c in columns["belongs"]) or all(
        c.ends.single for c in columns["belongs"]
    ):
        found["sure"] = TRUE
    if all(c.ends.low == FALSE for c in columns["fixed"]):
        found["fixed"] = FALSE
    for what, of in columns.items():
        if what.startswith("order") and all(c.ends.single and not c.ends.loose for c in of):
            found[f"o{what[5:]}_hi"] = f"o{what[5:]}_lo"
    orders = [c for what, of in columns.items() if what.startswith("order") for c in of]
    if orders and all(c.ends.single and not c.ends.loose for c in orders):
        found["o_missing"] = FALSE
    shares = columns.get("share", [])
    if len({c.ends for c in shares}) == 1 and all(c.is_constant for c in shares):
        (a, b), (c, d) = (split(end) for end in shares[0].ends[:2])
        found |= {"am_lo_n": a, "am_lo_d": b, "am_hi_n": c, "am_hi_d": d}
    return found


def _small(w: Writer, quota: Quota) -> Small | None:
    from decimal import Decimal as Number  # noqa: PLC0415  # constants alone

    small = quota.small_group
    if small is None or (small.when is not None and w.test(small.when).low == FALSE):
        return None
    fewer, allow, at_least = (
        constant(w, x) for x in (small.fewer_than, small.allow, small.at_least)
    )
    return Small(Number(fewer), int(Number(allow)), Number(at_least))


def _further(w: Writer, declared: ObjectType, quota: Quota, level: int, others: int) -> Further:
    other, build = w.build.stranger(declared.name), w.build
    ladder = ladder_of(declared)
    ends = (ladder.levels[-1].rank, ladder.levels[0].rank)

    def ask(low: int, high: int) -> tuple[int, int]:
        supposed = same(str(low)) if low == high else Ends(str(low), str(high))
        inner = w.at(other, {}, {SUPPOSED: supposed})
        found = inner.test(supposing(quota.counts, build.program))
        return _as_number(build, found.low), _as_number(build, found.high)

    competes = truth(TRUE, TRUE) if quota.competes is None else w.at(other).test(quota.competes)
    stranger = Stranger(
        ends,
        (_as_number(build, competes.low), _as_number(build, competes.high)),
        ask(max(ends[0], level), ends[1]),
        ask(others, others),
        ask(ends[0], level - 1) if ends[0] < level else (0, 0),
    )
    return stranger.further(level)


def _as_number(build: Build, text: str) -> int:
    """Return a truth that is the same for all who are not known."""
    if text in (TRUE, FALSE):
        return int(text == TRUE)
    if f"{SELF}." in text:
        raise UnsupportedError("a stranger of whom it is not plain whether it counts")
    return int(build.settle(text, build.calendars.values()))


def members_text(build: Build, quota: Quota, place: int, sources: list[tuple[Table, str]]) -> str:
    """Return the relation of all who may belong, and by whom it is read."""
    return " UNION ALL ".join(
        _members_of(build, quota, place, table, name) for table, name in sources
    )


def _members_of(build: Build, quota: Quota, place: int, table: Table, source: str) -> str:
    def ends(what: str) -> tuple[Ends, State]:
        return build.column(table, name_of(place, what)).read("m")

    grouping = quota.groupings[0]
    parts = ["m.rid", "m.cs"]
    for i, _ in enumerate(() if is_joint(quota) else grouping.keys):
        key, state = ends(f"key{i}")
        parts += [f"{key.low} AS k{i}", f"{negated(state.may)} AS k{i}_absent"]
    belongs, fixed, before = ends("belongs")[0], ends("fixed")[0], ends("before")[0]
    competes = ends("competes")[0]
    parts += [f"{belongs.low} AS sure", f"{fixed.low} AS fixed"]
    parts += [f"{before.low} AS lvl_lo", f"{before.high} AS lvl_hi"]
    parts += [f"{competes.low} AS comp_lo", f"{competes.high} AS comp_hi"]
    missing = []
    for i, _ in enumerate(quota.order):
        (low, high, loose), state = ends(f"order{i}")
        parts += [f"{low} AS o{i}_lo", f"{high} AS o{i}_hi"]
        failed = negated(ends(f"failed{i}")[0].low)
        if low != high:
            missing.append(both((state.may, failed, f"coalesce({low} <> {high}, TRUE)")))
        elif loose:
            missing.append(both((state.may, failed, f"{low} IS NULL")))
    parts += [f"{either(missing)} AS o_missing"] if quota.order else []
    for what in ("at", "cut", "low"):
        found = ends(what)[0]
        parts += [f"{found.low} AS {what}_lo", f"{found.high} AS {what}_hi"]
    if not is_joint(quota):
        limits = joint_quotas.limits(ends, grouping, "")
        parts += [f"{text} AS {name}" for name, text in limits.items()]
    where = "" if belongs.high == TRUE else f" WHERE {belongs.high}"
    return f"SELECT {', '.join(parts)} FROM {quoted(source)} m{where}"


def outside_text(build: Build, quota: Quota, place: int, sources: list[tuple[Table, str]]) -> str:
    """Return the relation of those who surely do not belong."""
    found = []
    for table, source in sources:
        belongs = build.column(table, name_of(place, "belongs")).read("m")[0]
        keys = []
        for i, _ in enumerate(quota.groupings[0].keys):
            key, state = build.column(table, name_of(place, f"key{i}")).read("m")
            keys += [f"{key.low} AS k{i}", f"{negated(state.may)} AS k{i}_absent"]
        found.append(
            f"SELECT m.rid, m.cs, {', '.join(keys)} FROM {quoted(source)} m WHERE {negated(belongs.high)}"
        )
    return " UNION ALL ".join(found)
