"""Quotas: how many of a group may hold a level, and who they are.

A group may be longer than what is known of it: by so many of whom nothing is known. Each of them
may be ahead of all and take a place, add to the base, or be no member at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from khung.engine.bases import NOBODY, Bases, Further, Small, Terms, Weight, told
from khung.engine.conditions import holds
from khung.engine.shares import places_of, shares_of
from khung.engine.solver import Env
from khung.engine.standings import Placement, placements
from khung.engine.values import MISSING, Value, within
from khung.engine.voting import Decision, DecisionKind, Step
from khung.ir.nodes import Project
from khung.records import dataclass, replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from khung.engine.bases import Ends, Share
    from khung.engine.facts import Entity
    from khung.engine.solver import Solver
    from khung.engine.standings import Member
    from khung.ir.nodes import Node
    from khung.ir.program import Grouping, Quota, SmallGroup

    Counts = Callable[[Member, Value], Value]
    """Whether a member with a level is in the base."""


@dataclass(frozen=True, slots=True)
class GroupResult:
    """What a quota makes of one group: ends of the base and of the places, and who stays.

    An end that is None does not exist. `is_whole` is false where others may be in the group of whom
    the case says nothing. `share` is None where the quota has none, or not known.
    Of those cut, `elsewhere` are those for whom not this group was full, but another of theirs.
    """

    rule: Quota
    grouping: Grouping
    key: tuple[Value, ...]
    base: tuple[int, int | None]
    places: tuple[int, int | None]
    kept: tuple[Entity, ...]
    cut: tuple[Entity, ...]
    open: tuple[Entity, ...]
    decision: Decision | None
    is_whole: bool = True
    share: Share | None = None
    elsewhere: tuple[Entity, ...] = ()

    @property
    def keys(self) -> Iterator[tuple[str, Node, Value]]:
        """Yield the name of each part of the key, empty where it has none, with its value."""
        for node, value in zip(self.grouping.keys, self.key, strict=True):
            yield self.grouping.name, one_of(node) if self.grouping.each else node, value


class Unseen(NamedTuple):
    """How many others a group may have of whom the case says nothing, and what one of them is."""

    number: int
    member: Member


class Group(NamedTuple):
    """A group to settle.

    Attributes:
        grouping: By what they are grouped.
        key: The values that the members share.
        env: That of one whose key these are, where the limits are read.
        members: All of the case who may belong to it.
        unseen: Who else may.
    """

    grouping: Grouping
    key: tuple[Value, ...]
    env: Env
    members: Sequence[Member]
    unseen: Unseen | None = None


def one_of(keys: Node) -> Node:
    """Return what is one of the keys that a subject has."""
    return keys.body if isinstance(keys, Project) else keys


def terms_of(quota: Quota, group: Group, size: int, evaluator: Solver) -> Terms:
    """Return the settings of a quota for a group of a size."""
    limits, env = group.grouping, group.env
    return Terms(
        evaluator.evaluate(quota.level, ()).least,
        evaluator.evaluate(quota.others, ()).least,
        shares_of(limits.at_most, env, evaluator),
        evaluator.evaluate(quota.rounding, ()).least,
        _small(quota.small_group, evaluator),
        evaluator.evaluate(quota.ties, ()).least,
        places_of(limits.places, env, size, evaluator),
    )


def _small(declared: SmallGroup | None, evaluator: Solver) -> Small | None:
    if declared is None or not holds(declared.when, Env.of(evaluator, ()), evaluator).least:
        return None
    return Small(
        evaluator.evaluate(declared.fewer_than, ()).least,
        int(evaluator.evaluate(declared.allow, ()).least),
        evaluator.evaluate(declared.at_least, ()).least,
    )


def worded(quota: Quota, member: Entity) -> Quota:
    """Return a quota in the words of the part of the program that a member of a group is under."""
    heads = (own.head for own in member.type.quotas if own.head.id == quota.head.id)
    head = next(heads, quota.head)
    return quota if head is quota.head else replace(quota, head=head)


def settle(
    quota: Quota, group: Group, counts: Counts, evaluator: Solver
) -> tuple[GroupResult, dict[int, Step]]:
    """Return the result of a group, and the step of each possible candidate by `id(entity)`."""
    members, unseen = group.members, group.unseen
    number = 0 if unseen is None else unseen.number
    terms = terms_of(quota, group, len(members) + number, evaluator)
    more = NOBODY if unseen is None else Further(number, weight_of(unseen.member, terms, counts))
    sure = [m for m in members if is_sure_candidate(m, terms)]
    possible = [m for m in members if may_be_candidate(m, terms)]
    fixed = [m for m in members if is_fixed(m, terms)]
    taken = (sum(m.contends for m in fixed), len(fixed))
    bases = bases_of(terms, members, more, counts)
    places = bases.places(len(sure) + taken[0])
    present = sum(m.sure for m in members)
    loose = bases.loose(len(sure) + taken[0], present)
    placed = placements(quota, terms.ties, places, sure, possible, (taken[0], taken[1] + number))
    decision = None if number else _decision(quota, places, sure, possible, taken, placed)
    steps = {id(m.entity): step_of(m, terms, placed[id(m.entity)], decision) for m in possible}
    kept_ends = (
        min(places[0], len(sure) + taken[0]),
        most_at_level(places, taken[1] + number, len(possible)),
    )
    around = places
    if loose is not bases:
        ends = loose.ends_of_places(present)
        around = min(places[0], ends[0]), max(places[1], ends[1])
    result = GroupResult(
        quota,
        group.grouping,
        group.key,
        told(loose.between(*kept_ends), len(members), number),
        told(around, len(members), number),
        (
            *(m.entity for m in fixed if m.contends),
            *(m.entity for m in sure if placed[id(m.entity)] is Placement.KEPT),
        ),
        tuple(m.entity for m in sure if placed[id(m.entity)] is Placement.CUT),
        tuple(
            m.entity
            for m in possible
            if placed[id(m.entity)] is Placement.OPEN or not is_sure_candidate(m, terms)
        ),
        decision,
        not number,
        share_of(group, terms),
    )
    return result, steps


def most_at_level(places: Ends, taken: int, possible: int) -> int:
    """Return how many may hold the level at most: those given it do, also beyond the places.

    Args:
        places: How many there are, at least and at most.
        taken: How many may have been given the level.
        possible: How many may compete besides.
    """
    return max(taken, min(places[1], possible + taken))


def share_of(group: Group, terms: Terms) -> Share | None:
    """Return the share of the base that a group may have; None without one, or if it is open."""
    is_known = group.grouping.at_most is not None and len({*terms.shares}) == 1
    return terms.shares[0] if is_known else None


def is_fixed(member: Member, terms: Terms) -> bool:
    """Whether a level given after the quota takes a place."""
    is_touched = member.fixed and bool(member.competes.most)
    return is_touched and bool(member.level.least >= terms.level)


def may_be_candidate(member: Member, terms: Terms) -> bool:
    """Whether one may be among those who compete for places."""
    is_touched = not member.fixed and bool(member.competes.most)
    return is_touched and bool(member.level.most >= terms.level)


def is_sure_candidate(member: Member, terms: Terms) -> bool:
    """Whether one surely competes for a place."""
    return member.contends and not member.fixed and bool(member.level.least >= terms.level)


# -- the base and the places ---------------------------------------------------------------------


def bases_of(terms: Terms, members: Sequence[Member], more: Further, counts: Counts) -> Bases:
    """Return how many places the base gives, for each number kept.

    Who was given the level and may not be touched, or not belong, is one who may be kept: it is in
    the base as it takes a place, as those are of whom nothing is known.
    """
    varying = [m for m in members if may_be_candidate(m, terms) or _may_take(m, terms)]
    others = [m for m in members if not (may_be_candidate(m, terms) or _may_take(m, terms))]
    ends = [_ends(m, counts(m, m.level)) for m in others]
    lacking = [_lacking(m, added, terms) for m, added in zip(others, ends, strict=True)]
    taken = sum(is_fixed(m, terms) for m in others)
    return Bases(
        terms, (ends, lacking), taken, [weight_of(m, terms, counts) for m in varying], more
    )


def _may_take(member: Member, terms: Terms) -> bool:
    """Whether a level given after the quota may take a place, and may not."""
    return is_fixed(member, terms) and not member.contends


def _lacking(member: Member, added: Ends, terms: Terms) -> Ends:
    """Return what one who is no candidate adds to those who lack the level."""
    if member.level.most < terms.level:
        return added
    return (0, 0) if member.level.least >= terms.level else (0, added[1])


def weight_of(member: Member, terms: Terms, counts: Counts) -> Weight:
    """Return what one who may be a candidate, or take a place, adds to the base."""
    low, high = member.level.least, member.level.most
    at_level = counts(member, within(max(low, terms.level), high))
    kept = int(at_level.least), int(at_level.most)  # who is kept is a member
    if member.fixed:
        return Weight(kept, _fixed_aside(member, kept), member.sure, (0, 0), given=True)
    cut = _ends(member, counts(member, within(terms.others, terms.others)))
    if low < terms.level:
        below = _ends(member, counts(member, within(low, terms.level - 1)))
        cut = (min(cut[0], below[0]), max(cut[1], below[1]))
    if member.competes.least:
        return Weight(kept, cut, member.sure)
    untouched = _ends(member, at_level)
    either = min(cut[0], untouched[0]), max(cut[1], untouched[1])
    return Weight(kept, either, member.sure, (0, cut[1]))


def _fixed_aside(member: Member, kept: Ends) -> Ends:
    """Return what a level given after the quota adds if it takes no place: as it does, or none."""
    least = kept[0] if member.sure else 0
    return (least, 0 if member.competes.least else kept[1])


def _ends(member: Member, counted: Value) -> Ends:
    return int(member.sure and counted.least), int(counted.most)


# -- what is left to a body ----------------------------------------------------------------------


def _decision(
    quota: Quota,
    places: Ends,
    sure: Sequence[Member],
    possible: Sequence[Member],
    taken: Ends,
    placed: dict[int, Placement],
) -> Decision | None:
    opened = [m for m in sure if placed[id(m.entity)] is Placement.OPEN]
    exact = places[0] == places[1] and taken[0] == taken[1] and len(possible) == len(sure)
    unknown = any(v.why == MISSING for m in sure for v in m.order)
    if not opened or not exact or unknown:
        return None
    kept = sum(placed[id(m.entity)] is Placement.KEPT for m in sure)
    no_order = not quota.order or any(v.why for m in opened for v in m.order)
    return Decision(
        DecisionKind.N_OF_M if no_order else DecisionKind.TIE,
        quota.head,
        places=places[0] - taken[0] - kept,
        candidates=tuple(m.entity.id for m in opened),
    )


def step_of(member: Member, terms: Terms, placement: Placement, decision: Decision | None) -> Step:
    """Return what becomes of the level of a candidate, and what is left to a body."""
    level = member.level
    if placement is Placement.KEPT:
        return Step(level, ran=True)
    low, high = level.least, level.most
    cut_low = terms.others if low >= terms.level else min(low, terms.others)
    cut_high = terms.others if low >= terms.level else max(terms.level - 1, terms.others)
    if placement is Placement.CUT and member.contends:
        return Step(within(cut_low, cut_high), ran=True)
    hull = within(min(low, cut_low), max(high, cut_high))
    own = decision if member.contends and low >= terms.level else None
    return Step(hull, ran=True, decision=own)
