"""What is left to a body where a candidate is in several groups: who of those level may stay.

Those are asked of whose groups all is known, and who wait for nobody else. Who waits for them is
open, as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.engine.quotas import worded
from khung.engine.standings import Placement
from khung.engine.values import MISSING
from khung.engine.voting import Decision, DecisionKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from khung.engine.joint_cut import Candidate, Place, Pool
    from khung.ir.program import Quota


def decide(quota: Quota, candidates: Sequence[Candidate]) -> None:
    """Set what is left to a body: of each candidate, and of each group."""
    left = {id(one): one for one in candidates if one.placement is Placement.OPEN}
    while left:
        together = _together(next(iter(left.values())))
        for one in together:
            left.pop(id(one), None)
        if _are_asked(together):
            _ask(quota, together)


def awaited(one: Candidate) -> list[Candidate]:
    """Return the open ones on whom it hangs whether an open one stays: who is ahead, else any."""
    if one.placement is not Placement.OPEN:
        return []
    others = {id(o): o for pool in one.groups for o in _open_in(pool) if o is not one}
    return [o for o in others.values() if o.is_ahead(one)] or list(others.values())


def _together(first: Candidate) -> list[Candidate]:
    """Return all open ones who share a group, none surely ahead, with one or by way of others."""
    found, waiting = {id(first): first}, [first]
    looked: set[tuple[int, Place, Place]] = set()
    while waiting:
        one = waiting.pop()
        for pool in one.groups:
            view = (id(pool), one.top, one.bottom)
            if view in looked:
                continue
            looked.add(view)
            for other in _open_in(pool):
                if id(other) not in found and not one.is_ahead(other) and not other.is_ahead(one):
                    found[id(other)] = other
                    waiting.append(other)
    return list(found.values())


def _open_in(pool: Pool) -> Iterator[Candidate]:
    return (one for one in pool.counted if one.placement is Placement.OPEN)


def _are_asked(together: Sequence[Candidate]) -> bool:
    """Whether all is known of the groups of some, and nobody who is open is ahead of them there."""
    own = {id(one) for one in together}
    pools = _pools(together)
    return all(map(_is_exact, pools)) and not any(_waits(pool, own) for pool in pools)


def _waits(pool: Pool, own: Collection[int]) -> bool:
    """Whether somebody open is ahead of one of those who are asked, given by `id`."""
    last = min(one.top for one in pool.counted if id(one) in own)
    return any(one.bottom > last for one in _open_in(pool) if id(one) not in own)


def _pools(candidates: Iterable[Candidate]) -> list[Pool]:
    return list({id(pool): pool for one in candidates for pool in one.groups}.values())


def _is_exact(pool: Pool) -> bool:
    """Whether of a group all is known but who of those level has a place."""
    if pool.places[0] != pool.places[1] or pool.taken[0] != pool.taken[1] or pool.unseen:
        return False
    return all(
        one.sure and pool in one.surely and not any(v.why == MISSING for v in one.member.order)
        for one in pool.counted
    )


def _ask(quota: Quota, together: Sequence[Candidate]) -> None:
    own = {id(one) for one in together}
    contested = [pool for pool in _pools(together) if _is_contested(pool, own)]
    for pool in contested:
        contending = [one for one in pool.counted if id(one) in own]
        no_order = not quota.order or any(v.why for one in contending for v in one.member.order)
        kept = sum(one.stays for one in pool.counted)
        pool.decision = Decision(
            DecisionKind.N_OF_M if no_order else DecisionKind.TIE,
            worded(quota, contending[0].member.entity).head,
            places=pool.least - kept,
            candidates=tuple(one.member.entity.id for one in contending),
        )
    for one in together:
        one.decision = next((p.decision for p in one.groups if p in contested), None)


def _is_contested(pool: Pool, own: Collection[int]) -> bool:
    """Whether a group has fewer places than are not cut, down to those who are asked, by `id`."""
    last = min(one.bottom for one in pool.counted if id(one) in own)
    return sum(not one.cut and one.top >= last for one in pool.counted) > pool.least
