"""Votes and deferrals: what bodies decide, under what the rules allow."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from khung.engine.values import Value, known, within
from khung.ir.nodes import Choice
from khung.records import dataclass
from khung.rulebook.model.rules import Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from khung.engine.solver import Env, Solver
    from khung.ir.enums import Majority
    from khung.ir.nodes import Node, Rule, Winner


WINS = "wins"
"""The setting of `above_ceiling` under which a winner stands above the ceiling."""


class DecisionKind(StrEnum):
    """Why the rules leave a choice to a body."""

    TIE = "tie"
    N_OF_M = "n_of_m"
    NO_MAJORITY = "no_majority"
    DEFERRED = "deferred"
    NO_BAND = "no_band"

    @property
    def stage(self) -> Stage:
        """The stage that leaves the choice."""
        match self:
            case DecisionKind.NO_BAND:
                return Stage.STANDARD
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

    @property
    def leaves(self) -> bool:
        """Whether a choice in it may take the subject out of the ranking."""
        return self.may_leave or (self.decision is not None and self.decision.may_leave)


def outcome(node: Winner, env: Env, evaluator: Solver) -> Step:
    """Return what a ballot gives under its ceiling; the ceiling where none was held."""
    found: Step | None = env.steps.get(id(node))
    if found is None:
        found = env.steps[id(node)] = _outcome(node, env, evaluator)
    return found


def _outcome(node: Winner, env: Env, evaluator: Solver) -> Step:
    ceiling = evaluator.evaluate(node.ceiling, env)
    ballots = evaluator.read(node.ballots, env)
    if ballots is None:
        return Step(ceiling)
    stands = evaluator.evaluate(node.above_ceiling, env).least == WINS
    highest = len(node.wins) - 1 if stands else ceiling.most
    whole = within(node.lowest, highest)
    if ballots[0].why:
        return Step(whole, ran=True, rules=(node.rule,))
    counts = tally(node.counting, ballots[0].least, env, evaluator)
    base = _base(node, ballots[0].least, env, evaluator)
    winners, decided = possible_winners(counts, node.wins, base)
    ends = [_under(rank, ceiling, stands=stands) for rank in winners]
    ends += [] if decided else [whole]
    level = within(min(e.least for e in ends), max(e.most for e in ends))
    decision = None
    if not winners and base.known and (stands or ceiling.known) and level.why:
        options = tuple(range(node.lowest, highest + 1))
        decision = Decision(DecisionKind.NO_MAJORITY, node.rule, options)
    above = decided and not stands and min(winners) > ceiling.most
    findings = (Finding(node.rule, FindingCode.VOTE_ABOVE_CEILING, "warning"),) if above else ()
    return Step(level, True, decision, findings, (node.rule,))


def tally(counting: Node, ballots: Sequence[int], env: Env, evaluator: Solver) -> list[int]:
    """Return the votes that support each rank, lowest first."""
    return supporting(ballots, evaluator.evaluate(counting, env).least)


def supporting(ballots: Sequence[int], counting: str) -> list[int]:
    """Return the votes that support each rank: cumulative ones support those below, too."""
    if counting != "cumulative":
        return list(ballots)
    return [sum(ballots[rank:]) for rank in range(len(ballots))]


def winner_of(counts: Sequence[int], wins: Sequence[Majority], base: object) -> int | None:
    """Return the best rank that has its majority of a known base; None where none has."""
    for rank in range(len(counts) - 1, -1, -1):
        if _wins(counts[rank], wins[rank], base):
            return rank
    return None


def _base(node: Winner, ballots: Sequence[int], env: Env, evaluator: Solver) -> Value:
    return known(sum(ballots)) if node.base is None else evaluator.evaluate(node.base, env)


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


def choice(node: Choice, before: Step, env: Env, evaluator: Solver) -> Step:
    """Return what a body may choose under its ceiling; a choice above that is the ceiling.

    A vote already held informs and does not bind: `before` is what it gave.
    """
    ceiling = evaluator.evaluate(node.ceiling, env)
    options, exact = _options(node, env, evaluator)
    level = within(min(options[0], ceiling.least), min(options[-1], ceiling.most))
    rule, leaves = node.rule, node.may_leave
    decision = None
    if exact and ceiling.known and (level.why or leaves):
        allowed = tuple(sorted({min(rank, ceiling.least) for rank in options}))
        decision = Decision(DecisionKind.DEFERRED, rule, allowed, leaves)
    return Step(level, before.ran, decision, before.findings, (rule,))


def hangs_on_ceiling(node: Winner | Choice, env: Env, evaluator: Solver) -> bool:
    """Say whether a body has all it decides by, but for the ceiling."""
    if isinstance(node, Choice):
        return _options(node, env, evaluator)[1]
    ballots = evaluator.read(node.ballots, env)
    if ballots is None or ballots[0].why:
        return False
    return _base(node, ballots[0].least, env, evaluator).known


def between(node: Choice, level: Value) -> Step:
    """Return the choice between the levels on both sides of points that no level has."""
    return Step(level, decision=Decision(DecisionKind.NO_BAND, node.rule, node.ranks))


def _options(node: Choice, env: Env, evaluator: Solver) -> tuple[list[int], bool]:
    if node.among is None:
        return list(node.ranks), True
    among = evaluator.evaluate(node.among, env)
    if among.why or not among.least.settled:
        return list(node.ranks), False
    values = [item.value for item in among.least.items]
    if any(v.why for v in values):
        return list(node.ranks), False
    chosen = sorted({v.least for v in values})
    return chosen or list(node.ranks), True
