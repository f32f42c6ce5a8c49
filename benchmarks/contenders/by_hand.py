"""The rules as a programmer would write them down for this one year, with reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.contenders.contender import Contender
from benchmarks.records import GRADES, ON, Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from benchmarks.records import Record

    Answer = tuple[str, list[str]]

WEAK, FAIR, GOOD, EXCELLENT = range(4)


def contenders(records: Sequence[Record]) -> list[Contender]:
    return [Contender("hand-written function", records, classify, lambda a: [_outcome(a)])]


def _outcome(answer: Answer) -> Outcome:
    return Outcome(answer[0], tuple(sorted(answer[1])))


def classify(s: Record) -> Answer:
    """Return the level of a supplier and the rules that bind it."""
    age = months_to_ranking(s.first_order)
    out = _out_of_ranking(s, age)
    if out is not None:
        return out
    punctuality = s.orders_on_time / s.orders
    rank, failed = _standard(s, punctuality)
    limits = _limits(s, punctuality, age)
    lowest = min([limit for limit, _ in limits], default=EXCELLENT)
    if lowest < rank:
        rank, failed = lowest, []
    if rank == EXCELLENT:
        return GRADES[rank], _met(s)
    return GRADES[rank], failed + [rule for limit, rule in limits if limit <= rank]


def months_to_ranking(start: date) -> int:
    """Return whole months; the day of the ranking is not the last of its month."""
    months = (ON.year - start.year) * 12 + ON.month - start.month
    return months if ON.day >= start.day else months - 1


def _out_of_ranking(s: Record, age: int) -> Answer | None:
    out = []
    if age < 6:
        out.append("not_ranked.newcomer")
    if s.suspended:
        out.append("not_ranked.suspended")
    if out:
        return "not_ranked", out
    return None if s.audited else ("pending", ["pending.no_audit"])


def _standard(s: Record, punctuality: float) -> tuple[int, list[str]]:
    """Return the best level whose requirements hold, and what failed one level higher."""
    delivery = min(s.quality, s.quantity, s.packing)
    conduct = [s.integrity, s.cooperation, s.training]
    if s.certified:
        conduct.append(s.upkeep)
    least = min(conduct)
    failed = _not_fair(delivery, least, punctuality)
    if failed:
        return WEAK, [*failed, "levels.weak"]
    failed = _not_good(s, delivery, max(conduct))
    if failed:
        return FAIR, failed
    failed = _not_excellent(s, delivery, least, punctuality)
    return (GOOD, failed) if failed else (EXCELLENT, failed)


def _not_fair(delivery: int, conduct: int, punctuality: float) -> list[str]:
    failed = []
    if delivery < FAIR or conduct < FAIR:
        failed.append("levels.fair.criteria")
    if punctuality < 0.7:
        failed.append("levels.fair.punctual")
    return failed


def _not_good(s: Record, delivery: int, best_conduct: int) -> list[str]:
    failed = []
    if delivery < GOOD:
        failed.append("levels.good.delivery")
    if best_conduct < GOOD:
        failed.append("levels.good.conduct")
    if s.certified and s.certificate < GOOD:
        failed.append("levels.good.certificate")
    if s.complaints > 5:
        failed.append("levels.good.complaints")
    return failed


def _not_excellent(s: Record, delivery: int, conduct: int, punctuality: float) -> list[str]:
    failed = []
    if not s.recommended:
        failed.append("levels.excellent.recommended")
    if delivery < EXCELLENT:
        failed.append("levels.excellent.delivery")
    if conduct < GOOD:
        failed.append("levels.excellent.conduct")
    if s.certified and s.certificate < EXCELLENT:
        failed.append("levels.excellent.certificate")
    if punctuality < 0.95:
        failed.append("levels.excellent.punctual")
    return failed


def _met(s: Record) -> list[str]:
    met = ["recommended", "delivery", "conduct", "punctual"]
    return [f"levels.excellent.{rule}" for rule in (*met, *["certificate"] * s.certified)]


def _limits(s: Record, punctuality: float, age: int) -> list[tuple[int, str]]:
    limits = []
    if punctuality < 0.5:
        limits.append((WEAK, "knockouts.late"))
    if s.penalty == "ban":
        limits.append((WEAK, "knockouts.banned"))
    if s.incidents >= 3:
        limits.append((WEAK, "knockouts.accidents"))
    if s.overdue_debt:
        limits.append((FAIR, "caps.debt"))
    if s.complaints >= 3:
        limits.append((GOOD, "caps.complaints"))
    if s.penalty == "fine":
        limits.append((GOOD, "caps.fined"))
    if s.incidents >= 1:
        limits.append((GOOD, "caps.incident"))
    if age < 12:
        limits.append((GOOD, "caps.short_history"))
    return limits
