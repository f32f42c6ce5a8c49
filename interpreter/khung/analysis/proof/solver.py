"""Whether there is a solver, and how long it may take."""

from __future__ import annotations

from importlib.util import find_spec
from time import monotonic
from typing import TYPE_CHECKING

from khung.records import dataclass

if TYPE_CHECKING:
    from khung.ir.program import Program

INSTALL = 'pip install "khung[prove]"'
"""How to come by one."""

_LONG = 50
"""From more rules than these on it takes long to ask of them all."""


def is_there() -> bool:
    """Whether a solver is installed."""
    return find_spec("z3") is not None


def is_long(program: Program) -> bool:
    """Whether so much is asked of a rulebook that it pays to start processes."""
    from khung.smt.variants import rules_of  # noqa: PLC0415  # needs the solver

    ranked = (one for one in program.subjects if one.ladder is not None)
    return sum(len([*rules_of(one)]) for one in ranked) > _LONG


@dataclass(frozen=True, slots=True)
class Budget:
    """How long a run may take, and one answer in it; in seconds."""

    until: float
    answer: float

    @classmethod
    def of(cls, seconds: float, answer: float = 5.0) -> Budget:
        """Return a budget that begins now."""
        return cls(monotonic() + seconds, answer)

    @property
    def left(self) -> float:
        """How long the next answer may take; 0 if all is used up."""
        return max(0.0, min(self.answer, self.until - monotonic()))
