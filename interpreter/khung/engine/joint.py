"""The groups of a quota of which a candidate is in several: those that hang together settled once.

Who is in which group says `several` or `groups`, for each grouping; who stays says `joint_cut`.
Whose key is not known has, beside the groups that it may be in, one of its own that stands for all
of which nobody is known.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, NamedTuple

from khung.engine import logic, quotas
from khung.engine.bases import ENDLESS, NOBODY, Further, Terms, told
from khung.engine.groups import STRANGERS, Groups
from khung.engine.joint_cut import Candidate, Pool, place_all, put_in_order
from khung.engine.joint_decisions import awaited, decide
from khung.engine.quotas import Group, GroupResult
from khung.engine.several import Several
from khung.engine.standings import Member, Placement
from khung.engine.values import MAYBE, MISSING, TRUE, Value, known
from khung.engine.voting import Step
from khung.records import dataclass, replace
from khung.rulebook.model.rules import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.engine.asked import Ranking
    from khung.engine.bases import Ends
    from khung.engine.facts import Entity
    from khung.engine.groups import Key
    from khung.engine.quotas import Counts
    from khung.engine.solver import Env
    from khung.ir.program import ObjectType, Quota

Pools = dict["Key", Pool]


class Settled(NamedTuple):
    """What becomes of all candidates: the groups of each grouping, and each candidate by `id`."""

    pools: tuple[Pools, ...]
    candidates: dict[int, Candidate]
    terms: Terms


class Settling(NamedTuple):
    """Who is in any group, and who of them may compete, each by `id`."""

    members: dict[int, Member]
    candidates: dict[int, Candidate]


def joint_of(
    run: Ranking, declared: ObjectType, quota: Quota, before: str, entities: list[Entity]
) -> Joint:
    """Return what a quota makes of subjects that are in several of its groups."""
    parts = tuple(
        (Several if one.each else Groups)(run, declared, quota, one, before, entities)
        for one in quota.groupings
    )
    return Joint(run, quota, parts, entities)


@dataclass(slots=True)
class Joint:
    """The groups of all groupings of a quota."""

    run: Ranking
    quota: Quota
    parts: tuple[Groups, ...]
    entities: list[Entity]
    settled: dict[int, Settled] = field(default_factory=dict)

    # -- what is asked of it --------------------------------------------------------------------

    def step(self, entity: Entity) -> Step | None:
        """Return what the quota makes of a subject; None where it does not touch it."""
        if not self._is_in(entity) or not self.competes(entity).most:
            return None
        if self.is_opaque(entity):
            return self._either(entity)
        found = self._settled(entity)
        one = found.candidates.get(id(entity))
        if one is None:
            return None
        return quotas.step_of(one.member, found.terms, one.placement, one.decision)

    def level_before(self, entity: Entity) -> Value:
        """Return the level of a subject before the quota, or the one given after it."""
        return self.parts[0].level_before(entity)

    def competes(self, entity: Entity) -> Value:
        """Return whether the quota touches a subject."""
        test = self.parts[0].asked.competes
        if test is None:
            return TRUE
        holds = None if self.is_opaque(entity) else test(self.run.evaluator.row(entity))
        return MAYBE if holds is None else known(holds)

    def is_opaque(self, entity: Entity) -> bool:
        """Whether no group may ask what the rules make of a subject: its place is not known."""
        if not self.run.opaque:
            return False
        return self.run.is_opaque(entity) or any(_is_keyless(p, entity) for p in self.parts)

    def hangs_on(self, entity: Entity) -> bool:
        """Whether what is not known of a subject leaves open where it belongs, stands or counts."""
        return any(part.hangs_on(entity) for part in self.parts if id(entity) in part.keys)

    def rivals(self, entity: Entity) -> tuple[tuple[Entity, bool], ...]:
        """Return those of the groups that a subject is in, and whether surely."""
        found: dict[int, tuple[Entity, bool]] = {}
        for part in self.parts:
            for key in part.keys_of(entity):
                for one in (*part.members[key], *(part.keyless if part.room(key) else ())):
                    found.setdefault(id(one[0]), one)
        return tuple(found.values())

    def awaits(self, entity: Entity) -> tuple[Entity, ...]:
        """Return those on whom it hangs who stays, where a subject is not asked itself."""
        one = self._settled(entity).candidates.get(id(entity)) if self._is_in(entity) else None
        if one is None or one.decision is not None:
            return ()
        return tuple(other.member.entity for other in awaited(one))

    def is_open(self, entity: Entity) -> bool:
        """Whether others may be in a group of a subject of whom the case says nothing."""
        return any(part.is_open(entity) for part in self.parts)

    def results(self) -> Iterator[GroupResult]:
        """Yield all groups, settled."""
        for at, part in enumerate(self.parts):
            for key, ((first, _), *_) in part.members.items():
                yield self._result(part, self._settled(first).pools[at][key])

    def _is_in(self, entity: Entity) -> bool:
        return any(id(entity) in part.keys for part in self.parts)

    def _either(self, entity: Entity) -> Step | None:
        """Return the hull of being kept and being cut: sound, whoever the others are."""
        level, terms = self.level_before(entity), self._terms()
        if level.most < terms.level:
            return None
        others = known(terms.others)
        return Step(logic.hull(level, others, MISSING, ordered=True), ran=True)

    def _terms(self) -> Terms:
        """Return the settings that are the same for all groups."""
        by, quota = self.run.evaluator, self.quota
        level, others, ties = (
            by.evaluate(node, ()).least for node in (quota.level, quota.others, quota.ties)
        )
        return Terms(level, others, (), "", None, ties, (0, 0))

    # -- settling -------------------------------------------------------------------------------

    def _settled(self, entity: Entity) -> Settled:
        """Return what becomes of all whose places hang together with that of a subject."""
        if id(entity) not in self.settled:
            together = self._together(entity)
            found = self._settle(together)
            self.settled.update((id(one), found) for one in together)
        return self.settled[id(entity)]

    def _together(self, entity: Entity) -> list[Entity]:
        """Return who shares a group with a subject, with one of those, and so on.

        Whose key is not known may be in any group: then all hang together.
        """
        if any(part.keyless for part in self.parts):
            return [one for one in self.entities if self._is_in(one)]
        found, open_ = {id(entity)}, [entity]
        while open_:
            others = {id(other): other for other, _ in self.rivals(open_.pop())}
            open_ += [other for at, other in others.items() if at not in found]
            found.update(others)
        return [one for one in self.entities if id(one) in found]

    def _settle(self, entities: list[Entity]) -> Settled:
        terms = self._terms()
        members = {id(entity): self._member(entity) for entity in entities}
        pools = tuple(self._pools(part, members) for part in self.parts)
        candidates = {
            at: Candidate(member, quotas.is_sure_candidate(member, terms))
            for at, member in members.items()
            if quotas.may_be_candidate(member, terms)
        }
        for part, own in zip(self.parts, pools, strict=True):
            self._put(part, own, Settling(members, candidates))
        everyone = [*candidates.values()]
        put_in_order(self.quota, everyone)
        place_all(everyone, terms.ties)
        decide(self.quota, everyone)
        return Settled(pools, candidates, terms)

    def _member(self, entity: Entity) -> Member:
        part, given = self.parts[0], entity.given
        fixed = given is not None and given.stands_for(Stage.QUOTA)
        opaque = not fixed and self.is_opaque(entity)
        level = self.run.any_level(entity) if opaque else self.level_before(entity)
        sure = bool(part.belongs(entity).least)
        return Member(entity, level, part.order(entity), sure, fixed, self.competes(entity))

    def _pools(self, part: Groups, members: dict[int, Member]) -> Pools:
        """Return the groups of a grouping, each with who may be in it."""
        found: Pools = {}
        for key, those in part.members.items():
            if id(those[0][0]) not in members:
                continue
            own = [_as(members[id(entity)], sure) for entity, sure in those]
            may_grow = part.keyless or not part.all_stand_here
            room, values = part.room(key) if may_grow else 0, part.values(key)
            guests = _guests(part, values, room, members, {id(entity) for entity, _ in those})
            env = part.env(part.telling(those[0][0], own, key), key)
            found[key] = self._pool(part, values, env, [*own, *guests], room)
        return found

    def _own_pool(self, part: Groups, entity: Entity, members: dict[int, Member]) -> Pool:
        """Return a group of which only one is known, whose key is not, and who may be there too."""
        size, values = part.size_by(entity), part.keys[id(entity)]
        room = ENDLESS if size is None else max(0, size - 1)
        guests = _guests(part, values, room, members, {id(entity)})
        own = _as(members[id(entity)], sure=True)
        return self._pool(part, values, part.env(entity), [own, *guests], room)

    def _pool(
        self,
        part: Groups,
        values: tuple[Value, ...],
        env: Env,
        members: list[Member],
        room: int,
    ) -> Pool:
        by, unseen = self.run.evaluator, part.unseen(room)
        group = Group(part.grouping, values, env, members, unseen)
        number = 0 if unseen is None else unseen.number
        terms = quotas.terms_of(self.quota, group, len(members) + number, by)
        more = NOBODY
        if unseen is not None:
            more = Further(number, quotas.weight_of(unseen.member, terms, part.counts))
        return with_places(group, terms, more, part.counts)

    def _put(self, part: Groups, pools: Pools, settling: Settling) -> None:
        """Put candidates into the groups of a grouping."""
        for key, pool in pools.items():
            _count_in(pool, settling.candidates)
            for entity, _ in part.members[key]:
                one = settling.candidates.get(id(entity))
                if one is not None and part.keys_of(entity)[key]:
                    one.surely.append(pool)
                    one.one_of.append([pool])
        for entity, _ in part.keyless:
            one = settling.candidates.get(id(entity))
            if one is not None:
                self._put_keyless(part, pools, one, settling)

    def _put_keyless(self, part: Groups, pools: Pools, one: Candidate, settling: Settling) -> None:
        """Put one of unknown key into all groups that it may be in, and one of its own."""
        entity = one.member.entity
        known_keys = part.keys_of(entity)
        fitting = [
            pool
            for key, pool in pools.items()
            if key not in known_keys and part.room(key) and part.fits(entity, pool.group.key)
        ]
        if not part.all_stand_here:  # there it is one of the unseen
            one.groups += fitting
        if len(part.keyless) > STRANGERS:
            one.hidden = True
            return
        own = self._own_pool(part, entity, settling.members)
        _count_in(own, settling.candidates, only=one)
        if not part.grouping.each and not part.may_lack_a_key(entity):
            one.one_of.append([*fitting, own])

    # -- results --------------------------------------------------------------------------------

    def _result(self, part: Groups, pool: Pool) -> GroupResult:
        """Return what is told of a group."""
        terms, members, taken = pool.terms, pool.group.members, pool.taken
        fixed = [m.entity for m in members if quotas.is_fixed(m, terms) and m.contends]
        sure = [one for one in pool.counted if one.sure and pool in one.surely]
        kept, cut = (
            [one.member.entity for one in sure if one.placement is placement]
            for placement in (Placement.KEPT, Placement.CUT)
        )
        opened = [
            one.member.entity
            for one in pool.counted
            if one.placement is Placement.OPEN or not (one.sure and (one.cut or pool in one.surely))
        ]
        may_stay = sum(not one.cut for one in pool.counted)
        most = quotas.most_at_level(pool.places, taken[1] + pool.unseen, may_stay)
        base, places = _ends(pool, (len(fixed) + len(kept), most), len(sure))
        listed, number = len(members), pool.unseen
        quota = quotas.worded(self.quota, members[0].entity) if members else self.quota
        return GroupResult(
            quota,
            part.grouping,
            pool.group.key,
            told(base, listed, number),
            told(places, listed, number),
            (*fixed, *kept),
            tuple(cut),
            (*opened, *self._others(part, pool)),
            pool.decision,
            not number,
            quotas.share_of(pool.group, terms),
            tuple(one.member.entity for one in sure if one.full_in and pool not in one.full_in),
        )

    def _others(self, part: Groups, pool: Pool) -> list[Entity]:
        """Return those of unknown key who may be some of the unseen."""
        there = {id(one.member.entity) for one in pool.counted}
        fitting = (e for e, _ in part.keyless if pool.unseen and part.fits(e, pool.group.key))
        return [e for e in fitting if id(e) not in there and self._either(e) is not None]


def _as(member: Member, sure: bool) -> Member:  # noqa: FBT001  # as it is in a group
    """Return a member as it is in one group."""
    return member if member.sure is sure else replace(member, sure=sure)


def _guests(
    part: Groups,
    values: tuple[Value, ...],
    room: int,
    members: dict[int, Member],
    there: set[int],
) -> list[Member]:
    """Return those of unknown key who may be in a group: where some are unseen, among them."""
    if not room or not part.all_stand_here:
        return []
    fitting = (entity for entity, _ in part.keyless if part.fits(entity, values))
    return [_as(members[id(e)], sure=False) for e in fitting if id(e) not in there]


def _count_in(pool: Pool, candidates: dict[int, Candidate], only: Candidate | None = None) -> None:
    """Count the candidates among the members of a group; a place there is asked of all, or one."""
    for member in pool.group.members:
        one = candidates.get(id(member.entity))
        if one is None:
            continue
        one.member_of.append(pool)
        pool.counted.append(one)
        if only is None or one is only:
            one.groups.append(pool)


def _ends(pool: Pool, kept: Ends, sure: int) -> tuple[Ends, Ends]:
    """Return the ends of the base and of the places, whatever else may turn out to be so."""
    present = sum(m.sure for m in pool.group.members)
    loose = pool.bases.loose(sure + pool.taken[0], present)
    places = pool.places
    if loose is not pool.bases:
        ends = loose.joint_places(present)
        places = min(places[0], ends[0]), max(places[1], ends[1])
    return loose.between(*kept), places


def with_places(group: Group, terms: Terms, more: Further, counts: Counts) -> Pool:
    """Return a group with its places; `more` are those of whom nothing is known."""
    bases = quotas.bases_of(terms, group.members, more, counts)
    fixed = [m for m in group.members if quotas.is_fixed(m, terms)]
    taken = sum(m.contends for m in fixed), len(fixed)
    return Pool(group, terms, bases, taken, bases.joint_places(), more.number)


def _is_keyless(part: Groups, entity: Entity) -> bool:
    return any(value.why == MISSING for value in part.keys.get(id(entity), ()))
