"""What generated code is written with: its modes, numbers of members, names of constants."""

from __future__ import annotations

from dataclasses import field
from datetime import date
from typing import TYPE_CHECKING, Any

from khung.engine.values import INFINITY
from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.enums import FoldOp
from khung.ir.operators import NUMBER_OF, RATIO_OF
from khung.records import dataclass
from khung.syntax.operators import ArithmeticOp, CompareOp

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from khung.ir.program import Values

VALUE, LOW, HIGH, THERE = "v", "l", "h", "t"

OTHER = {VALUE: VALUE, LOW: HIGH, HIGH: LOW}
"""The end that the greater side of a comparison, or what is negated, gives."""

SIGNS = {
    CompareOp.EQ: "==",
    CompareOp.NE: "!=",
    CompareOp.LT: "<",
    CompareOp.LE: "<=",
    CompareOp.GT: ">",
    CompareOp.GE: ">=",
}

_SUMS = (ArithmeticOp.ADD, ArithmeticOp.SUBTRACT)
_COUNTED = t.Number | t.Ratio | t.Months | t.Seconds

CONVERSIONS = {RATIO_OF: "ratio", NUMBER_OF: "rounded"}
"""What makes a ratio of a number, and the other way: each end of that end."""

QUANTIFIERS = (FoldOp.EVERY, FoldOp.SOME, FoldOp.COUNT)

Read = n.Field | n.Defined | n.LevelOf | n.StateOf | n.CriteriaSet


@dataclass(slots=True)
class Names:
    """Numbers for the names of members, and names for constants; `globals` is what code sees.

    `constants` says how many there are; one of a function that is kept may not be made yet.
    """

    values: Mapping[str, Values]
    numbers: dict[str, int] = field(default_factory=dict)
    globals: dict[str, Any] = field(default_factory=dict)
    constants: int = 0

    def start(self, members: Sequence[str], constants: int) -> None:
        """Begin with the members of functions that are there, and after their constants."""
        self.numbers.update({member: number for number, member in enumerate(members)})
        self.constants = constants

    def number(self, member: str) -> int:
        """Return the number of a member, the same for every type that has one of this name."""
        return self.numbers.setdefault(member, len(self.numbers))

    def constant(self, value: object) -> str:
        """Return the source of a constant: short ones as they are, others by a name."""
        if value is True or value is False or (type(value) is int and abs(value) < 1 << 31):
            return repr(value)
        name = f"K{self.constants}"
        self.constants += 1
        self.globals[name] = value
        return name


def has_ends_of_ends(node: n.Arithmetic) -> bool:
    """Return whether each end of a result is worked out of one end of each operand."""
    return node.op in _SUMS and all(isinstance(x.ty, _COUNTED) for x in (node.left, node.right))


def asks(node: n.Fold) -> bool:
    """Return whether a pass asks a condition of each element."""
    return node.op in (*QUANTIFIERS, FoldOp.SHARE)


def beyond(ty: t.Type, mode: str) -> object:
    """Return what no value goes beyond on the side that an end looks away from."""
    match ty:
        case t.Scale():
            return 1 << 30 if mode == LOW else -1
        case t.Date():
            return date.max if mode == LOW else date.min
        case _:
            return INFINITY if mode == LOW else -INFINITY
