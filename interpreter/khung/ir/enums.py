"""What nodes are made with that holds no node: closed choices, majorities, readings asked for."""

from __future__ import annotations

from enum import Enum, StrEnum

from khung.records import dataclass


class Stage(StrEnum):
    """The stages of a level, in order; the level after QUOTA is the final one."""

    STANDARD = "standard"
    FLOOR = "floor"
    CAP = "cap"
    VOTE = "vote"
    DEFER = "defer"
    QUOTA = "quota"


ONLY_WITH = {Stage.FLOOR: "floors"}
"""The stages that a subject has only where it declares rules of a key."""


class ResultOf(Enum):
    """What of another subject's result is read, besides its level."""

    RANKED = "ranked"
    PENDING = "pending"
    STATUS = "status"


class FoldOp(Enum):
    """What a pass over a list makes of its elements."""

    EVERY = "every"
    SOME = "some"
    COUNT = "count"
    SHARE = "share"
    SUM = "sum"
    AVERAGE = "average"
    LOWEST = "lowest"
    HIGHEST = "highest"


class GivenPart(Enum):
    """What may be asked of a decision given outside."""

    STANDS = "stands"
    """Whether it gives a level that stands for a stage."""
    LEVEL = "level"
    THERE = "there"
    OUT = "not_ranked"
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class Majority:
    """`numerator / denominator` of the base: more than that, or at least where not `strict`."""

    numerator: int
    denominator: int
    strict: bool
