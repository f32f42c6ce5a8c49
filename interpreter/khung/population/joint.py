"""Quotas of which a candidate is in several groups, from rows: as the reference settles them.

The reference asks of a subject, in each grouping, what `khung.sql.quotas` says that the rows have.
Here rows answer.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import field
from itertools import groupby
from operator import itemgetter
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from khung.engine import quotas
from khung.engine.bases import ENDLESS, NOBODY, Further, Small, Terms, Weight
from khung.engine.joint import Joint, with_places
from khung.engine.quotas import Group, Unseen
from khung.engine.standings import Member
from khung.engine.values import ERROR, INFINITY, MISSING, OPEN, Value, known, truth, within
from khung.records import dataclass
from khung.sql.quotas.joint import KEYS, members_of
from khung.sql.text import TRUE

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence

    from khung.engine.joint_cut import Pool
    from khung.engine.quotas import GroupResult
    from khung.sql.quotas.shape import GroupingShape, JointShape, Settled

    Row = Mapping[str, Any]
    Rows = Iterable[Sequence[Any]]
    Fetch = Callable[[str], Rows]
    Key = tuple[Hashable, ...]
    Tables = tuple[list[tuple[Any, ...]], list[tuple[Any, ...]], list[tuple[Any, ...]]]

STEPS = ("rid", "gid", "lo", "hi", "placement", "decision", "decision_places")
TOLD = (
    *("gid", "cs", "grouping", "k0", "base_lo", "base_hi", "places_lo", "places_hi"),
    *("kept", "cut", "opened", "decision", "decision_places", "is_whole", "share_n", "share_d"),
)

LISTED = ("gid", "rid", "place", "sort")


def settle(statement: Settled, fetch: Fetch) -> Iterator[Tables]:
    """Yield the rows of `steps`, of `told` and of `listed` of one case after the other.

    Args:
        statement: What is to be settled.
        fetch: What runs a query, and gives its rows one by one.
    """
    shape, gid = statement.shape, 0
    keys = _by_case(KEYS, fetch(statement.keys))
    names = ("cs", "grouping", "k0")
    outside = _by_case(names, fetch(statement.outside) if statement.outside else ())
    whole: dict[int, bool] = dict(map(tuple, fetch(statement.whole) if statement.whole else ()))
    of_keys, of_outside = next(keys, None), next(outside, None)
    for case, rows in _by_case(members_of(shape), fetch(statement.members)):
        own, beside = [], []
        while of_keys is not None and of_keys[0] <= case:
            own = of_keys[1] if of_keys[0] == case else []
            of_keys = next(keys, None)
        while of_outside is not None and of_outside[0] <= case:
            beside = of_outside[1] if of_outside[0] == case else []
            of_outside = next(outside, None)
        is_whole = bool(whole.get(case, False)) if statement.whole else shape.whole == TRUE
        found = joint_of(shape, rows, own, beside, is_whole)
        groups = [*found.results()]
        told, listed = [*found.told(case, gid, groups)], [*_listed(gid, groups)]
        gid += len(told)
        yield [*found.steps(rows)], told, listed


def _by_case(names: Sequence[str], rows: Rows) -> Iterator[tuple[int, list[Row]]]:
    at = names.index("cs")
    for case, own in groupby(rows, key=itemgetter(at)):
        yield case, [dict(zip(names, row, strict=True)) for row in own]


# -- what the reference asks of a subject ---------------------------------------------------------


@dataclass(eq=False, slots=True)
class Subject:
    """A row, as the reference asks about it."""

    rid: int
    member: Member
    counted: dict[Value, Value]
    type: Any = field(default_factory=lambda: SimpleNamespace(quotas=()))
    given: None = None

    @property
    def id(self) -> str:
        """Its name, of which nothing is told."""
        return str(self.rid)


def _subject(shape: JointShape, row: Row) -> Subject:
    level = within(row["lvl_lo"], row["lvl_hi"])
    order = tuple(_order(row, at) for at in range(len(shape.order)))
    competes = truth(row["comp_lo"], row["comp_hi"])
    bare = Member(None, level, order, row["sure"], row["fixed"], competes)  # type: ignore[arg-type]
    made = Subject(row["rid"], bare, _counted(shape, row, bare))
    made.member = Member(made, *_rest(bare))  # type: ignore[arg-type]
    return made


def _rest(member: Member) -> tuple[Any, ...]:
    return member.level, member.order, member.sure, member.fixed, member.competes


def _counted(shape: JointShape, row: Row, member: Member) -> dict[Value, Value]:
    """Return whether one is counted at each level that the reference asks about."""
    low, high, *_ = member.level
    terms = Terms(shape.level, shape.others, (), "", None, "", (0, 0))
    may = quotas.may_be_candidate(member, terms) and low < shape.level
    found = {within(low, shape.level - 1) if may else member.level: "low"}
    if high >= shape.level:
        found |= {known(shape.others): "cut", within(max(low, shape.level), high): "at"}
    return {level: truth(row[f"{x}_lo"], row[f"{x}_hi"]) for level, x in found.items()}


def _order(row: Row, at: int) -> Value:
    low, high = row[f"o{at}_lo"], row[f"o{at}_hi"]
    if low is None and high is None:
        return Value(None, None, MISSING if row["o_missing"] else ERROR)
    low, high = -INFINITY if low is None else low, INFINITY if high is None else high
    return within(low, high)


@dataclass(slots=True)
class Part:
    """The groups of one grouping: what `engine.groups.Groups` says of them."""

    shape: JointShape
    form: GroupingShape
    grouping: Any
    all_stand_here: bool
    beside: Counter[Key]
    members: dict[Key, list[tuple[Subject, bool]]] = field(default_factory=dict)
    keyless: list[tuple[Subject, bool]] = field(default_factory=list)
    keys: dict[int, tuple[Value, ...]] = field(default_factory=dict)
    own: dict[int, dict[Key, Row]] = field(default_factory=dict)
    open: dict[int, Row] = field(default_factory=dict)

    def put(self, subject: Subject, row: Row) -> None:
        """Put a subject into a group, or among those of unknown key."""
        at, sure = id(subject), subject.member.sure
        if row["is_open"]:
            self.open[at], self.keys[at] = row, (OPEN,)
            self.keyless.append((subject, sure))
            return
        key = (row["k0"],)
        self.keys.setdefault(at, (known(row["k0"]),))
        self.own.setdefault(at, {})[key] = row
        self.members.setdefault(key, []).append((subject, sure and bool(row["sure"])))

    def keys_of(self, subject: Subject) -> dict[Key, bool]:
        """Return the known keys of a subject, and whether it surely has each if it is ranked."""
        return {key: bool(row["sure"]) for key, row in self.own.get(id(subject), {}).items()}

    def values(self, key: Key) -> tuple[Value, ...]:
        """Return what is known of a key that some have."""
        return (known(key[0]),)

    def fits(self, subject: Subject, key: tuple[Value, ...]) -> bool:  # of one part  # noqa: ARG002  # as it is asked
        """Whether the known parts of a key are those of another: it has only one."""
        return id(subject) in self.open

    def room(self, key: Key) -> int:
        """Return how many more than those listed a group may have."""
        sizes = (self.own[id(one)][key]["size"] for one, _ in self.members[key])
        size = next((size for size in sizes if size is not None), None)
        if not self.form.sized or size is None:
            return ENDLESS
        return max(0, int(size) - len(self.members[key]) - self.beside[key])

    def size_by(self, subject: Subject) -> int | None:
        """Return how many have the key of one that is not known."""
        size = self.open[id(subject)]["size"] if self.form.sized else None
        return None if size is None else int(size)

    def may_lack_a_key(self, subject: Subject) -> bool:
        """Whether a subject may be in no group at all."""
        return bool(self.open[id(subject)]["may_lack"])

    def unseen(self, room: int) -> Unseen | None:
        """Return those of whom nothing is known, where a group has room for so many."""
        return None if self.all_stand_here or not room else Unseen(min(room, ENDLESS), None)  # type: ignore[arg-type]

    def telling(self, owner: Subject, members: list[Member], key: Key) -> Subject:
        """Return the member that tells most of what the group may have."""
        sure: Iterator[Any] = (member.entity for member in members if member.sure)
        told = (one for one in sure if _is_told(self.form, self.own[id(one)][key]))
        return next(told, owner)

    def env(self, subject: Subject, key: Key | None = None) -> Row:
        """Return where the limits of a group are read: the row of a key."""
        return self.open[id(subject)] if key is None else self.own[id(subject)][key]

    def counts(self, member: Member, level: Value) -> Value:
        """Return whether a member with a level is in the base."""
        subject: Any = member.entity
        return subject.counted[level]  # type: ignore[no-any-return]


def _is_told(form: GroupingShape, row: Row) -> bool:
    pairs = [("am_lo_n", "am_hi_n"), ("am_lo_d", "am_hi_d")] if form.shared else []
    pairs += [("pl_lo", "pl_hi")] if form.placed else []
    return all(row[low] is not None and row[low] == row[high] for low, high in pairs)


def _limited(part: Part, row: Row, size: int) -> dict[str, Any]:
    """Return what a group may have, as the row of one of its keys says."""
    shares, limit = [(1, 1)], (size, size)
    if part.form.shared:
        ends = (row["am_lo_n"], row["am_lo_d"]), (row["am_hi_n"], row["am_hi_d"])
        shares = [*dict.fromkeys(ends)]
    if part.form.placed:
        low, high = row["pl_lo"] or 0, size if row["pl_hi"] is None else row["pl_hi"]
        limit = min(low, size), min(high, size)
    return {"shares": tuple(shares), "limit": limit}


# -- settled --------------------------------------------------------------------------------------


@dataclass(slots=True)
class OfRows(Joint):
    """The groups of all groupings of a quota, of rows."""

    shape: JointShape = None  # type: ignore[assignment]

    def competes(self, entity: Any) -> Value:
        """Return whether the quota touches a subject."""
        return entity.member.competes  # type: ignore[no-any-return]

    def level_before(self, entity: Any) -> Value:
        """Return the level of a subject before the quota, or the one given after it."""
        return entity.member.level  # type: ignore[no-any-return]

    def _member(self, entity: Any) -> Member:
        return entity.member  # type: ignore[no-any-return]

    def _terms(self, **limits: Any) -> Terms:
        settings, shape = self.shape.settings, self.shape
        small = None if settings.small is None else Small(*settings.small)
        found = {"shares": (), "limit": (0, 0), **limits}
        rest = (found["shares"], settings.rounding, small, shape.ties, found["limit"])
        return Terms(shape.level, shape.others, *rest)

    def _pool(self, part: Any, values: Any, env: Any, members: Any, room: int) -> Pool:
        unseen, more = part.unseen(room), NOBODY
        number = 0 if unseen is None else unseen.number
        terms = self._terms(**_limited(part, env, len(members) + number))
        if unseen is not None:
            kept, aside, beside = self.shape.settings.further
            more = Further(number, Weight(kept, aside, sure=False, beside=beside))
        group = Group(part.grouping, values, env, members, unseen)
        return with_places(group, terms, more, part.counts)

    def steps(self, rows: Sequence[Row]) -> Iterator[tuple[Any, ...]]:
        """Yield what becomes of each whom the quota touches; rows are those of members."""
        by_rid = {row["rid"]: row for row in rows}
        for one in self._rows():
            found = None if one.member.fixed else self._settled(one).candidates.get(id(one))  # type: ignore[arg-type]
            step = None if found is None else self.step(one)  # type: ignore[arg-type]
            if found is None or step is None:
                continue
            left = step.decision
            asked = (None, None) if left is None else (left.kind.value, left.places)
            row = by_rid[one.rid]
            rest = (row[name] for name in self.shape.columns)
            ends = (step.level.least, step.level.most)
            yield (one.rid, 0, *ends, found.placement.value, *asked, *rest)

    def _rows(self) -> list[Subject]:
        found: Any = [one for one in self.entities if self._is_in(one)]
        return found  # type: ignore[no-any-return]

    def told(self, case: int, before: int, groups: list[GroupResult]) -> Iterator[tuple[Any, ...]]:
        """Yield the groups of a case, with their numbers, after so many of other cases."""
        by_part = {id(part.grouping): at for at, part in enumerate(self.parts)}
        for at, one in enumerate(groups):
            yield (before + at + 1, case, by_part[id(one.grouping)], *_told(one))


def _listed(before: int, groups: list[GroupResult]) -> Iterator[tuple[Any, ...]]:
    """Yield who of each group is kept, cut and neither, in the order in which that is told."""
    for gid, one in enumerate(groups, before + 1):
        for place, those in (("kept", one.kept), ("cut", one.cut), ("open", one.open)):
            for at, subject in enumerate(those):
                yield (gid, subject.rid, place, at)  # type: ignore[attr-defined]  # a row


def _told(one: GroupResult) -> tuple[Any, ...]:
    left = one.decision
    asked = (None, None) if left is None else (left.kind.value, left.places)
    numbers = (len(one.kept), len(one.cut), len(one.open))
    share = one.share or (None, None)
    return (one.key[0].least, *one.base, *one.places, *numbers, *asked, one.is_whole, *share)


def joint_of(
    shape: JointShape,
    rows: list[Row],
    keys: list[Row],
    outside: list[Row],
    is_whole: bool,  # noqa: FBT001  # of a row
) -> OfRows:
    """Return the groups of one case, of its rows."""
    subjects = {row["rid"]: _subject(shape, row) for row in rows}
    parts = []
    for at, form in enumerate(shape.groupings):
        grouping = SimpleNamespace(name="each", each=form.each, at_most=form.shared or None)
        beside: Counter[Key] = Counter((row["k0"],) for row in outside if row["grouping"] == at)
        part = Part(shape, form, grouping, is_whole, beside)
        for row in (row for row in keys if row["grouping"] == at):
            part.put(subjects[row["rid"]], row)
        parts.append(part)
    head = SimpleNamespace(id="")
    order = tuple(SimpleNamespace(highest=highest) for highest in shape.order)
    quota: Any = SimpleNamespace(order=order, head=head)
    run: Any = SimpleNamespace(opaque=False)
    entities: Any = [*subjects.values()]
    made: Any = parts
    return OfRows(run, quota, tuple(made), entities, shape=shape)
