"""What the design says of complete facts, as plain Python that shares nothing with the engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.differential.conditions import LEVELS, holds, tasks
from tests.differential.made_up import EACH_TASK, ONE_HIGHER, STAGES, UNIT_LEVEL

if TYPE_CHECKING:
    from tests.differential.conditions import Condition, Facts
    from tests.differential.made_up import Deferral, Limit, Requirement, Rules, Vote

TOP = len(LEVELS) - 1


@dataclass(frozen=True)
class Outcome:
    """A status, and the lowest and highest level that is left; None where not ranked."""

    status: str
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True)
class Unit:
    """What is stated of a unit: its facts, or its level or that it is not ranked."""

    u0: bool
    u1: bool
    given: int | str | None = None

    def level(self, lowest: int) -> int | None:
        """Return its level, None where it is not ranked."""
        if self.given == "not_ranked":
            return None
        if isinstance(self.given, int):
            return self.given
        if self.u1:
            return None
        return TOP if self.u0 else lowest


@dataclass(frozen=True)
class Given:
    """A level decided outside, for a stage and all before it."""

    level: int
    after: str


def outcome(
    rules: Rules, facts: Facts, units: dict[str, Unit], given: Given | None = None
) -> Outcome:
    """Return what the rules make of a member with complete facts."""
    if given is None and _any(rules.not_ranked, facts):
        return Outcome("not_ranked")
    pending = given is None and _any(rules.pending, facts)
    level = _standard(rules, facts)
    options = (rules.lowest, level) if pending else (level, level)
    stage = 0
    if given is not None:
        options, stage = (given.level, given.level), STAGES.index(given.after) + 1
    lifted = _floored(options[1], rules, facts)
    if stage <= STAGES.index("floor"):
        options = (options[0] if pending else lifted, lifted)
    if stage <= STAGES.index("cap"):
        options = _capped(options, rules, facts, units, last=False)
    if pending:
        return Outcome("pending", *_capped(options, rules, facts, units, last=True))
    ceiling, decision, leave = options[1], False, False
    for vote in rules.votes:
        if stage <= STAGES.index("vote") and _is_held(vote, facts):
            options = _voted(rules, vote, facts, ceiling)
            decision = options[0] != options[1]
    if stage <= STAGES.index("defer"):
        for rule in rules.deferrals:
            if holds(rule.when, facts):
                options = _deferred(rules, rule, ceiling)
                decision, leave = True, rule.leave
                break
    if stage <= STAGES.index("quota"):
        options = _capped(options, rules, facts, units, last=True)
    decision = decision and (options[0] != options[1] or leave)
    return Outcome("needs_decision" if decision else "ranked", *options)


def _any(conditions: tuple[Condition, ...], facts: Facts) -> bool:
    return any(holds(c, facts) for c in conditions)


def _standard(rules: Rules, facts: Facts) -> int:
    """The lower of the best level whose requirements hold and of every knock-out's level."""
    best = rules.lowest
    for rank in range(TOP, rules.lowest, -1):
        asked = [rank, *(range(rules.lowest + 1, rank) if rules.cumulative else ())]
        if all(_met(r, facts) for level in asked for r in rules.asked(level)):
            best = rank
            break
    return min(best, _knocked(rules, facts))


def _knocked(rules: Rules, facts: Facts) -> int:
    """The lowest level of the knock-outs that hold."""
    levels = [k.level for k in rules.knockouts if _applies(k, facts)]
    return min([TOP, *(level for level in levels if isinstance(level, int))])


def _floored(standard: int, rules: Rules, facts: Facts) -> int:
    """The highest of the standard and of the floors that apply, each as far as it may lift."""
    level = standard
    for floor in rules.floors:
        if floor.when is None or holds(floor.when, facts):
            asked: Any = floor.level
            if asked == ONE_HIGHER:
                asked = min(standard + 1, TOP)
            elif asked == "s0":
                asked = facts["s0"]
            level = max(level, asked if floor.over else min(asked, _knocked(rules, facts)))
    return level


def _met(requirement: Requirement, facts: Facts) -> bool:
    asked = requirement.when is None or holds(requirement.when, facts)
    return not asked or holds(requirement.that, facts)


def _applies(limit: Limit, facts: Facts) -> bool:
    return limit.when is None or holds(limit.when, facts)


def _capped(
    options: tuple[int, int], rules: Rules, facts: Facts, units: dict[str, Unit], *, last: bool
) -> tuple[int, int]:
    limit = _cap(rules, facts, units, last=last)
    return min(options[0], limit), min(options[1], limit)


def _cap(rules: Rules, facts: Facts, units: dict[str, Unit], *, last: bool) -> int:
    """The lowest cap that applies; one whose level does not apply is none."""
    lowest = TOP
    for cap in rules.caps:
        if cap.last is not last or not _applies(cap, facts):
            continue
        level: Any = cap.level
        if level == EACH_TASK:
            level = min((v["grade"] for v in tasks(facts) if v["done"]), default=None)
        elif level == UNIT_LEVEL:
            level = units[facts["to"]].level(rules.lowest)
        elif level == "s0":
            level = facts["s0"]
        lowest = lowest if level is None else min(lowest, level)
    return lowest


def _is_held(vote: Vote, facts: Facts) -> bool:
    """Whether the vote is held: it applies, and there are ballots."""
    if facts["phieu"] == "-":
        return False
    return vote.when is None or holds(vote.when, facts)


def _voted(rules: Rules, vote: Vote, facts: Facts, ceiling: int) -> tuple[int, int]:
    ballots: dict[int, int] = facts["phieu"]
    base = facts[vote.base] if vote.base in facts else int(vote.base)
    numerator, denominator, strict = vote.wins
    for rank in range(TOP, rules.lowest - 1, -1):
        ranks = range(rank, TOP + 1) if vote.cumulative else (rank,)
        votes = sum(ballots.get(r, 0) for r in ranks)
        ahead = votes * denominator - numerator * base
        if votes and (ahead > 0 if strict else ahead >= 0):
            level = rank if vote.stands else min(rank, ceiling)
            return level, level
    return rules.lowest, TOP if vote.stands else ceiling


def _deferred(rules: Rules, rule: Deferral, ceiling: int) -> tuple[int, int]:
    among = rule.among
    if among is None:
        among = tuple(r for r in rules.ranks if not rule.leave or r >= 1)
    allowed = [min(rank, ceiling) for rank in among]
    return min(allowed), max(allowed)
