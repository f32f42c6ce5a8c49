"""Votes and deferrals: what bodies decide, under what the rules allow."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from khung.engine import logic
from khung.engine.ladder import holds
from khung.engine.values import MISSING, Value, known, within
from khung.ir.enums import Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from khung.engine.evaluate import Env, Evaluator
    from khung.ir.nodes import Choice, Winner
    from khung.ir.program import Defer, Majority, Rule, Vote


class DecisionKind(StrEnum):
    """Why the rules leave a choice to a body."""

    TIE = "tie"
    N_OF_M = "n_of_m"
    NO_MAJORITY = "no_majority"
    DEFERRED = "deferred"

    @property
    def stage(self) -> Stage:
        """The stage that leaves the choice."""
        match self:
            case DecisionKind.NO_MAJORITY:
                return Stage.VOTE
            case DecisionKind.DEFERRED:
                return Stage.DEFER
            case DecisionKind.TIE | DecisionKind.N_OF_M:
                return Stage.QUOTA


class FindingCode(StrEnum):
    """What khung finds by itself beside a result."""

    NOT_VOTED = "not_voted"
    VOTE_ABOVE_CEILING = "vote_above_ceiling"
    GIVEN_NOT_OPEN = "given_not_open"
    LIST_LONGER_THAN_COUNT = "list_longer_than_count"


@dataclass(frozen=True, slots=True)
class Decision:
    """A choice that the rules leave to a body.

    Attributes:
        options: Ranks, lowest first; none for a quota, which chooses among `candidates`.
        may_leave: Whether `not_ranked` is an option too.
        places: How many places there are, for a quota.
        candidates: The ids of the subjects that contend for the places.
    """

    kind: DecisionKind
    rule: Rule
    options: tuple[int, ...] = ()
    may_leave: bool = False
    places: int | None = None
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a person must see about a construct of the rulebook.

    `code` is None where a check of the rulebook says it.
    """

    rule: Rule
    code: FindingCode | None
    severity: str


@dataclass(frozen=True, slots=True)
class Step:
    """What a stage gives: the level, whether it was run, what it leaves open, what it found.

    `may_leave` marks a choice, itself open, that may take the subject out of the ranking.
    """

    level: Value
    ran: bool = False
    decision: Decision | None = None
    findings: tuple[Finding, ...] = ()
    rules: tuple[Rule, ...] = ()
    may_leave: bool = False


def voted(
    votes: Sequence[Vote], ceiling: Value, lowest: int, env: Env, evaluator: Evaluator
) -> Step:
    """Return the level after the binding vote that applies; the ceiling where none does."""
    step = Step(ceiling)
    for vote in votes:
        applies = logic.both(
            (evaluator.truth(vote.binding, env), holds(vote.rule.when, env, evaluator))
        )
        if not applies.most:
            continue
        ballots = evaluator.read(vote.ballots, env)
        if ballots is None:
            step = _not_voted(step, vote, applies)
            continue
        outcome = _outcome(vote, ballots[0], ceiling, lowest, env, evaluator)
        if applies.least:
            return outcome
        step = Step(
            logic.hull(step.level, outcome.level, MISSING, ordered=True),
            ran=True,
            rules=(*step.rules, vote.rule),
        )
    return step


def won(node: Winner, env: Env, evaluator: Evaluator) -> Value:
    """Return the level that a ballot gives under its ceiling."""
    ballots = evaluator.read(node.vote.ballots, env)
    ceiling = evaluator.evaluate(node.ceiling, env)
    if ballots is None:
        return ceiling
    return _outcome(node.vote, ballots[0], ceiling, node.lowest, env, evaluator).level


def chosen(node: Choice, env: Env, evaluator: Evaluator) -> Value:
    """Return the ends of what a body may choose under its ceiling."""
    ceiling = evaluator.evaluate(node.ceiling, env)
    options, _ = _options(node.defer, node.ranks, env, evaluator)
    return within(min(options[0], ceiling.least), min(options[-1], ceiling.most))


def _not_voted(step: Step, vote: Vote, applies: Value) -> Step:
    if not applies.least:
        return step
    finding = Finding(vote.rule, FindingCode.NOT_VOTED, "warning")
    return Step(step.level, step.ran, step.decision, (*step.findings, finding), step.rules)


def _outcome(
    vote: Vote, ballots: Value, ceiling: Value, lowest: int, env: Env, evaluator: Evaluator
) -> Step:
    stands = evaluator.evaluate(vote.above_ceiling, env).least == "wins"
    top = len(vote.wins) - 1
    highest = top if stands else ceiling.most
    rules = (vote.rule,)
    if ballots.why:
        return Step(within(lowest, highest), ran=True, rules=rules)
    counts = tally(vote, ballots.least, env, evaluator)
    base = _base(vote, ballots.least, env, evaluator)
    winners, decided = possible_winners(counts, vote.wins, base)
    ends = [_under(rank, ceiling, stands=stands) for rank in winners]
    if not decided:
        ends.append(within(lowest, highest))
    level = within(min(e.least for e in ends), max(e.most for e in ends))
    settled = base.known and (stands or ceiling.known)
    decision = None
    if not winners and settled and level.why:
        decision = Decision(DecisionKind.NO_MAJORITY, vote.rule, tuple(range(lowest, highest + 1)))
    findings: tuple[Finding, ...] = ()
    if decided and not stands and min(winners) > ceiling.most:
        findings = (Finding(vote.rule, FindingCode.VOTE_ABOVE_CEILING, "warning"),)
    return Step(level, ran=True, decision=decision, findings=findings, rules=rules)


def tally(vote: Vote, ballots: Sequence[int], env: Env, evaluator: Evaluator) -> list[int]:
    """Return the votes that support each rank, lowest first."""
    if evaluator.evaluate(vote.counting, env).least != "cumulative":
        return list(ballots)
    return [sum(ballots[rank:]) for rank in range(len(ballots))]


def _base(vote: Vote, ballots: Sequence[int], env: Env, evaluator: Evaluator) -> Value:
    return known(sum(ballots)) if vote.base is None else evaluator.evaluate(vote.base, env)


def possible_winners(
    counts: Sequence[int], wins: Sequence[Majority], base: Value
) -> tuple[list[int], bool]:
    """Return the ranks that may win, best first, and whether one of them surely does."""
    found: list[int] = []
    for rank in range(len(counts) - 1, -1, -1):
        majority = wins[rank]
        if _wins(counts[rank], majority, base.most):
            return [*found, rank], True
        if _wins(counts[rank], majority, base.least):
            found.append(rank)
    return found, False


def _wins(votes: int, majority: Majority, base: object) -> bool:
    """Cross-multiply: `votes / base` against `numerator / denominator`; no votes never win.

    Nothing of a base is nothing, of one without an end too.
    """
    left = votes * majority.denominator
    right = majority.numerator * base if majority.numerator else 0  # type: ignore[operator]  # a number: int or Decimal
    return bool(votes) and bool(left > right if majority.strict else left >= right)


def _under(rank: int, ceiling: Value, *, stands: bool) -> Value:
    if stands:
        return known(rank)
    return within(min(rank, ceiling.least), min(rank, ceiling.most))


def deferred(
    rules: Sequence[Defer],
    before: Step,
    ceiling: Value,
    ranks: Sequence[int],
    env: Env,
    evaluator: Evaluator,
) -> Step:
    """Return the level after the first deferral that holds.

    A choice above the ceiling is the ceiling. While it is open whether an earlier one holds, its
    choice is possible beside those that follow.
    """
    possible: list[tuple[Defer, Value]] = []
    for rule in rules:
        condition = holds(rule.rule.when, env, evaluator)
        if not condition.most:
            continue
        options, exact = _options(rule, ranks, env, evaluator)
        choice = within(
            min(options[0], ceiling.least),
            min(options[-1], ceiling.most),
        )
        if not condition.least:
            possible.append((rule, choice))
            continue
        sure = _choice(rule, choice, options, ceiling, exact=exact, before=before)
        return _with_possible(sure, possible) if possible else sure
    return _with_possible(before, possible) if possible else before


def _with_possible(step: Step, possible: Sequence[tuple[Defer, Value]]) -> Step:
    """Return a step beside choices of which it is open whether they arise."""
    level = step.level
    for _, choice in possible:
        level = logic.hull(level, choice, MISSING, ordered=True)
    rules = (*step.rules, *(rule.rule for rule, _ in possible))
    leave = any(rule.may_leave for rule, _ in possible)
    left = step.decision is not None and step.decision.may_leave
    return Step(level, step.ran, None, step.findings, rules, may_leave=leave or left)


def _options(
    rule: Defer, ranks: Sequence[int], env: Env, evaluator: Evaluator
) -> tuple[list[int], bool]:
    if rule.among is None:
        return list(ranks), True
    among = evaluator.evaluate(rule.among, env)
    if among.why or not among.least.settled:
        return list(ranks), False
    values = [item.value for item in among.least.items]
    if any(v.why for v in values):
        return list(ranks), False
    chosen = sorted({v.least for v in values})
    return chosen or list(ranks), True


def _choice(
    rule: Defer, choice: Value, options: list[int], ceiling: Value, *, exact: bool, before: Step
) -> Step:
    decision = None
    if exact and ceiling.known and (choice.why or rule.may_leave):
        allowed = tuple(sorted({min(rank, ceiling.least) for rank in options}))
        decision = Decision(DecisionKind.DEFERRED, rule.rule, allowed, rule.may_leave)
    return Step(choice, before.ran, decision, before.findings, (rule.rule,))
