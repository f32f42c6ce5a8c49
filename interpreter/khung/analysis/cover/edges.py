"""Where a ballot or a quota turns: a vote more or less, one in the group more or less, a tie.

Bodies decide by counting. So a case is wanted in which a level has just enough votes, and one in
which it has one too few; one in which a group is just large enough for a further place, and one in
which it is one too small; and one with a tie for the last place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from khung.analysis.cover.conditions import Condition, Edge, Sort, Target
from khung.analysis.proof.quotas import places_of
from khung.engine.voting import DecisionKind, tally, winner_of
from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.program import ladder_of
from khung.ir.rewrite import fold, walk
from khung.rulebook.model.rules import Stage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from khung.engine.quotas import GroupResult
    from khung.ir.nodes import Node
    from khung.ir.program import ObjectType, Program, Quota, Vote
    from khung.why.result import Result, Results

_MOST = 500
"""Up to how many in a group are looked at."""


def edges_of(program: Program, declared: ObjectType) -> Iterator[Condition]:
    """Yield the edges of the binding votes and of the quotas of a subject."""
    for vote in declared.votes:
        if counted_by(declared, vote.head.id) is not None and not _is_false(vote.binding):
            yield from _of_vote(program, declared, vote)
    for place, quota in enumerate(declared.quotas):
        yield from _of_quota(declared, quota, place)


def targets_of(condition: Condition) -> list[Target]:
    """Return the sides of an edge: of a tie there is one."""
    edge = condition.edge
    both = edge is None or edge.sort is not Sort.TIE
    return [Target(condition, holds) for holds in ((True, False) if both else (True,))]


def _of_vote(program: Program, declared: ObjectType, vote: Vote) -> Iterator[Condition]:
    ladder = ladder_of(declared)
    values = program.values[ladder.scale.name].values
    for level in ladder.levels:
        edge = Edge(Sort.MAJORITY, values[level.rank], rank=level.rank)
        yield _condition(declared, vote.head, edge)


def _of_quota(declared: ObjectType, quota: Quota, place: int) -> Iterator[Condition]:
    size = further_place(quota)
    if size is None:
        return
    base, places = size
    yield _condition(declared, quota.head, Edge(Sort.PLACES, "place", place, 0, base, places))
    if _word(quota.ties) == "needs_decision":
        yield _condition(declared, quota.head, Edge(Sort.TIE, "tie", place, 0, base, places))


def _condition(declared: ObjectType, rule: n.Rule, edge: Edge) -> Condition:
    assert rule.span is not None  # noqa: S101  # it is written
    always = n.Literal(True, t.BOOLEAN, rule.span)
    return Condition(declared.name, rule, 0, always, always, edge)


def _is_false(node: Node) -> bool:
    found = fold(node)
    return isinstance(found, n.Literal) and found.value is False


def _word(node: Node) -> str:
    found = fold(node)
    return str(found.value) if isinstance(found, n.Literal) else ""


def further_place(quota: Quota) -> tuple[int, int] | None:
    """Return the smallest base with a second place or a later one, and how many it gives.

    None where that does not come of constants, or of a base alone.
    """
    places = places_of(quota)
    if places is None:
        return None
    for base in range(2, _MOST):
        found = places.of(base)
        if 1 < found < base and found > places.of(base - 1):
            return base, found
    return None


class Counted(NamedTuple):
    """How a vote is counted, and where it applies."""

    applies: Node | None
    winner: n.Winner


def counted_by(declared: ObjectType, rule: str) -> Counted | None:
    """Return how the vote of a rule is counted."""
    for definition in declared.stages.values():
        for part in walk(definition.value):
            yes = part.yes if isinstance(part, n.If) else part
            if isinstance(yes, n.Ruled) and yes.rule.id == rule and isinstance(yes.body, n.Winner):
                return Counted(part.condition if isinstance(part, n.If) else None, yes.body)
    return None


# -- what cases show ------------------------------------------------------------------------------


def shown(results: Results, wanted: Iterable[Target]) -> Iterator[Target]:
    """Yield which edges a case shows, as the reference has it."""
    for target in wanted:
        edge = target.condition.edge
        assert edge is not None  # noqa: S101  # the caller has looked
        found = _votes if edge.sort is Sort.MAJORITY else _groups
        if found(results, target, edge):
            yield target


def _votes(results: Results, target: Target, edge: Edge) -> bool:
    subject, rule = target.condition.subject, target.condition.rule.id
    counted = counted_by(results.program.objects[subject], rule)
    own = results.by_type.get(subject, {}).values()
    return counted is not None and any(
        _is_at_edge(results, one, counted, edge.rank, holds=target.holds)
        for one in own
        if one.entity.given is None
    )


def _is_at_edge(
    results: Results, result: Result, counted: Counted, rank: int, *, holds: bool
) -> bool:
    """Whether a level has just enough votes and comes of them, or lacks one with which it would."""
    run, winner = results.run, counted.winner
    evaluator, env = run.evaluator, run.evaluator.env(result.entity)
    applies = counted.applies
    if applies is not None and not evaluator.truth(applies, env).least:
        return False
    ballots = evaluator.read(winner.ballots, env)
    if ballots is None or ballots[0].why:
        return False
    votes = tally(winner.counting, ballots[0].least, env, evaluator)
    base = sum(ballots[0].least)
    if winner.base is not None:
        found = evaluator.evaluate(winner.base, env)
        if not found.known:
            return False
        base = found.least

    def wins(more: int) -> int | None:
        changed = [count + more * (place == rank) for place, count in enumerate(votes)]
        return winner_of(changed, winner.wins, base)

    level = run.level(result.entity, Stage.VOTE)
    if holds:
        is_level = (level.least, level.most) == (rank, rank)
        return is_level and wins(0) == rank and wins(-1) != rank
    return (
        wins(0) != rank and wins(1) == rank and evaluator.evaluate(winner.ceiling, env).most >= rank
    )


def _groups(results: Results, target: Target, edge: Edge) -> bool:
    return any(
        group.rule.head.id == target.condition.rule.id and _is_shown(group, target, edge)
        for group in results.groups
    )


def _is_shown(group: GroupResult, target: Target, edge: Edge) -> bool:
    """Whether a group is as large as an edge asks, with more who would have a place than there are.

    Just large enough, the further place is taken; one too small, somebody lacks it.
    """
    places = places_of(group.rule)
    if places is None or group.base[0] != group.base[1] or group.places[0] != group.places[1]:
        return False
    if edge.sort is Sort.TIE:
        kinds = (DecisionKind.TIE, DecisionKind.N_OF_M)
        return group.decision is not None and group.decision.kind in kinds
    base, given = group.base[0], group.places[0]
    lacking = bool(group.cut or group.open)
    if target.holds:
        return 1 < given < base and given > places.of(base - 1) and len(group.kept) == given
    return 0 < given < base and places.of(base + 1) > given and lacking
