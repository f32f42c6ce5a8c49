"""The operators, of syntax tree and core alike; apart, as the engine needs no syntax tree."""

from __future__ import annotations

from enum import Enum


class ArithmeticOp(Enum):
    """The operators of numbers, dates and durations."""

    ADD = "+"
    SUBTRACT = "-"
    MULTIPLY = "*"
    DIVIDE = "/"
    POWER = "**"


class CompareOp(Enum):
    """The comparison operators. They do not chain."""

    EQ = "="
    NE = "!="
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="


MIRRORED = {
    CompareOp.EQ: CompareOp.EQ,
    CompareOp.NE: CompareOp.NE,
    CompareOp.LT: CompareOp.GT,
    CompareOp.LE: CompareOp.GE,
    CompareOp.GT: CompareOp.LT,
    CompareOp.GE: CompareOp.LE,
}
"""The operator that says the same with the sides exchanged."""


class AggregateOp(Enum):
    """What is made of the values of a list."""

    SUM = "sum"
    AVERAGE = "average"
    LOWEST = "lowest"
    HIGHEST = "highest"
