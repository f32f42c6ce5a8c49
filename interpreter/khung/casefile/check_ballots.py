"""Votes of more ballots than voters: what only shows once the base of a vote is worked out.

Reports: K0630.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.casefile.places import stated, written_at
from khung.engine import ladder
from khung.engine.texts import number_text
from khung.engine.values import known
from khung.ir.nodes import Field

if TYPE_CHECKING:
    from collections.abc import Mapping

    from khung.casefile.model import CaseFile, Written
    from khung.diagnostics.bag import Bag
    from khung.engine.facts import Entity
    from khung.engine.stages import Run
    from khung.ir.program import Vote


def check_ballots(case_file: CaseFile, run: Run, bag: Bag) -> None:
    """Report every vote whose ballots are surely more than those who may vote."""
    for entity, entry, by_id in stated(case_file, run.case):
        _check(entity, entry, by_id, run, bag)


def _check(
    entity: Entity, entry: Written, by_id: Mapping[str, Written], run: Run, bag: Bag
) -> None:
    for vote in entity.type.votes:
        counted = _too_many(entity, vote, run)
        if counted is None or not isinstance(vote.ballots, Field):
            continue
        written = next(written_at(entry, vote.ballots.name, by_id), None)
        bag.add(
            "K0630",
            written.key_span if written else entry.id.span,
            name=vote.ballots.name,
            ballots=counted[0],
            base=counted[1],
        )


def _too_many(entity: Entity, vote: Vote, run: Run) -> tuple[str, str] | None:
    env = (known(entity),)
    if vote.base is None or not ladder.holds(vote.rule.when, env, run.evaluator).least:
        return None
    ballots = run.evaluator.read(vote.ballots, env)
    base = run.evaluator.evaluate(vote.base, env)
    if ballots is None or ballots[0].why or sum(ballots[0].least) <= base.most:
        return None
    return str(sum(ballots[0].least)), number_text(base.most)
