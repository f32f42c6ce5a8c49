"""Quotas: how many of a group may hold a level, and who they are.

A group may be longer than what is known of it: by so many of whom nothing is known. Each of them
may be ahead of all and take a place, add to the base, or be no member at all.
"""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING, NamedTuple

from khung.engine.bases import NOBODY, Bases, Further, Small, Terms, Weight, told
from khung.engine.conditions import holds
from khung.engine.solver import Env
from khung.engine.standings import Placement, placements
from khung.engine.values import MISSING, Value, within
from khung.engine.voting import Decision, DecisionKind, Step
from khung.ir.nodes import If
from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from khung.engine.bases import Ends, Share
    from khung.engine.facts import Entity
    from khung.engine.solver import Solver
    from khung.engine.standings import Member
    from khung.ir.nodes import Node
    from khung.ir.program import Quota, SmallGroup

    Counts = Callable[[Member, Value], Value]
    """Whether a member with a level is in the base."""

_WHOLE: Share = (1, 1)
"""The share of a quota that has none: all of its group, which is then its base."""


@dataclass(frozen=True, slots=True)
class GroupResult:
    """What a quota makes of one group: ends of the base and of the places, and who stays.

    An end that is None does not exist. `is_whole` is false where others may be in the group of whom
    the case says nothing.
    """

    rule: Quota
    key: tuple[Value, ...]
    base: tuple[int, int | None]
    places: tuple[int, int | None]
    kept: tuple[Entity, ...]
    cut: tuple[Entity, ...]
    open: tuple[Entity, ...]
    decision: Decision | None
    is_whole: bool = True


class Unseen(NamedTuple):
    """How many others a group may have of whom the case says nothing, and what one of them is."""

    number: int
    member: Member


class Group(NamedTuple):
    """A group to settle.

    Attributes:
        key: The values that the members share.
        owner: One whose key these are.
        members: All of the case who may belong to it.
        unseen: Who else may.
    """

    key: tuple[Value, ...]
    owner: Entity
    members: Sequence[Member]
    unseen: Unseen | None = None


def terms_of(quota: Quota, owner: Entity, size: int, evaluator: Solver) -> Terms:
    """Return the settings of a quota for a group of a size; any member tells its limits."""
    share = quota.at_most
    return Terms(
        evaluator.evaluate(quota.level, ()).least,
        evaluator.evaluate(quota.others, ()).least,
        (_WHOLE,) if share is None else tuple(_shares(share, evaluator.env(owner), evaluator)),
        evaluator.evaluate(quota.rounding, ()).least,
        _small(quota.small_group, evaluator),
        evaluator.evaluate(quota.ties, ()).least,
        (size, size) if quota.places is None else _limit(quota.places, owner, size, evaluator),
    )


def _shares(share: Node, env: Env, evaluator: Solver) -> Iterator[Share]:
    """Yield what a share may be: those of both branches where a condition is open."""
    if not isinstance(share, If):
        yield evaluator.evaluate(share, env).least
        return
    condition = evaluator.truth(share.condition, env)
    if condition.most:
        yield from _shares(share.yes, env, evaluator)
    if not condition.least:
        yield from _shares(share.no, env, evaluator)


def _limit(places: Node, owner: Entity, size: int, evaluator: Solver) -> Ends:
    """Return the ends of a number of places, none of them beyond the size of the group."""
    found = evaluator.evaluate(places, evaluator.env(owner))
    least = 0 if found.least is None else max(0, found.least)
    most = size if found.most is None else max(0, found.most)
    return floor(min(least, size)), floor(min(most, size))


def _small(declared: SmallGroup | None, evaluator: Solver) -> Small | None:
    if declared is None or not holds(declared.when, Env.of(evaluator, ()), evaluator).least:
        return None
    return Small(
        evaluator.evaluate(declared.fewer_than, ()).least,
        int(evaluator.evaluate(declared.allow, ()).least),
        evaluator.evaluate(declared.at_least, ()).least,
    )


def settle(
    quota: Quota, group: Group, counts: Counts, evaluator: Solver
) -> tuple[GroupResult, dict[int, Step]]:
    """Return the result of a group, and the step of each possible candidate by `id(entity)`."""
    key, owner, members, unseen = group
    number = 0 if unseen is None else unseen.number
    terms = terms_of(quota, owner, len(members) + number, evaluator)
    more = NOBODY if unseen is None else Further(number, _weight(unseen.member, terms, counts))
    sure = [m for m in members if _is_sure_candidate(m, terms)]
    possible = [m for m in members if _may_be_candidate(m, terms)]
    fixed = [m for m in members if _is_fixed(m, terms)]
    taken = (sum(m.sure for m in fixed), len(fixed))
    bases = _bases(terms, members, more, counts)
    places = bases.places(len(sure) + taken[0])
    present = sum(m.sure for m in members)
    loose = bases.loose(len(sure) + taken[0], present)
    placed = placements(quota, terms.ties, places, sure, possible, (taken[0], taken[1] + number))
    decision = None if number else _decision(quota, places, sure, possible, taken, placed)
    steps = {id(m.entity): _step(m, terms, placed[id(m.entity)], decision) for m in possible}
    kept_ends = (
        min(places[0], len(sure) + taken[0]),
        min(places[1], len(possible) + taken[1] + number),
    )
    around = places
    if loose is not bases:
        ends = loose.ends_of_places(present)
        around = min(places[0], ends[0]), max(places[1], ends[1])
    result = GroupResult(
        quota,
        key,
        told(loose.between(*kept_ends), len(members), number),
        told(around, len(members), number),
        (
            *(m.entity for m in fixed if m.sure),
            *(m.entity for m in sure if placed[id(m.entity)] is Placement.KEPT),
        ),
        tuple(m.entity for m in sure if placed[id(m.entity)] is Placement.CUT),
        tuple(
            m.entity
            for m in possible
            if placed[id(m.entity)] is Placement.OPEN or not _is_sure_candidate(m, terms)
        ),
        decision,
        not number,
    )
    return result, steps


def _is_fixed(member: Member, terms: Terms) -> bool:
    """Whether a level given after the quota takes a place."""
    return member.fixed and bool(member.level.least >= terms.level)


def _may_be_candidate(member: Member, terms: Terms) -> bool:
    return not member.fixed and bool(member.level.most >= terms.level)


def _is_sure_candidate(member: Member, terms: Terms) -> bool:
    return member.sure and not member.fixed and bool(member.level.least >= terms.level)


# -- the base and the places ---------------------------------------------------------------------


def _bases(terms: Terms, members: Sequence[Member], more: Further, counts: Counts) -> Bases:
    fixed = [m for m in members if _is_fixed(m, terms)]
    candidates = [_weight(m, terms, counts) for m in members if _may_be_candidate(m, terms)]
    others = [m for m in members if not _may_be_candidate(m, terms)]
    below = [_ends(m, counts(m, m.level)) for m in others if not _is_fixed(m, terms)]
    held = [_ends(m, counts(m, m.level)) for m in fixed]
    taken = (sum(m.sure for m in fixed), len(fixed))
    return Bases(terms, (below, held), taken, candidates, more)


def _weight(member: Member, terms: Terms, counts: Counts) -> Weight:
    """Return what one who may be a candidate adds to the base."""
    low, high = member.level.least, member.level.most
    at_level = counts(member, within(max(low, terms.level), high))
    kept = int(at_level.least), int(at_level.most)  # who is kept is a member
    cut = _ends(member, counts(member, within(terms.others, terms.others)))
    if low < terms.level:
        below = _ends(member, counts(member, within(low, terms.level - 1)))
        cut = (min(cut[0], below[0]), max(cut[1], below[1]))
    return Weight(kept, cut, member.sure)


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


def _step(member: Member, terms: Terms, placement: Placement, decision: Decision | None) -> Step:
    level = member.level
    if placement is Placement.KEPT:
        return Step(level, ran=True)
    low, high = level.least, level.most
    cut_low = terms.others if low >= terms.level else min(low, terms.others)
    cut_high = terms.others if low >= terms.level else max(terms.level - 1, terms.others)
    if placement is Placement.CUT and member.sure:
        return Step(within(cut_low, cut_high), ran=True)
    hull = within(min(low, cut_low), max(high, cut_high))
    own = decision if member.sure and low >= terms.level else None
    return Step(hull, ran=True, decision=own)
