"""How the definitions are called that the stages become; no author can give such a name."""

from __future__ import annotations

from khung.rulebook.model.rules import Stage

OUT = "stages.out"
"""Whether the subject is outside the ranking."""

PENDING = "stages.pending"
"""Whether a step of the procedure is missing."""

WAITING = "stages.waiting"
"""Whether that is so of a subject that is not outside."""

RANKED = "stages.ranked"
"""Whether the subject is in the ranking: what says whether its level applies."""

COMPUTED = ".computed"
"""Ends the name of what the rules alone say, whatever decision was given."""


def of_stage(stage: Stage) -> str:
    """Return the name of the level after a stage."""
    return f"stages.{stage}"


ENDS = {
    RANKED: "scope",
    **{
        of_stage(stage): str(Stage.VOTE if stage is Stage.DEFER else stage)
        for stage in Stage
        if stage is not Stage.VOTE
    },
}
"""The definitions that end a stage, in order of work, with how people are told of it."""


def met(level: str) -> str:
    """Return the name of whether all holds that a level asks for."""
    return f"stages.met.{level}"


def of_vote(place: int) -> str:
    """Return the name of the level that the votes from a place on give."""
    return f"stages.vote.{place}"


def of_quota(place: int) -> str:
    """Return the name of the level after the quota at a place."""
    return f"stages.quota.{place}"
