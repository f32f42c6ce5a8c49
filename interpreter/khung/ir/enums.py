"""What nodes are made with that holds no node: closed choices, majorities, readings asked for."""

from __future__ import annotations

from enum import Enum

from khung.records import dataclass


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


AGGREGATES = {
    "count": FoldOp.COUNT,
    "sum": FoldOp.SUM,
    "mean": FoldOp.AVERAGE,
    "min": FoldOp.LOWEST,
    "max": FoldOp.HIGHEST,
    "all": FoldOp.EVERY,
    "any": FoldOp.SOME,
}
"""The builtins that are passes over the values of a list, by name."""


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
