"""Whether there is a solver, and how long it may take."""

from __future__ import annotations

from importlib.util import find_spec
from time import monotonic

from khung.records import dataclass

INSTALL = 'pip install "khung[prove]"'
"""How to come by one."""

LONG = 50
"""From more rules than these on it takes long to ask of them all."""


def is_there() -> bool:
    """Whether a solver is installed."""
    return find_spec("z3") is not None


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
