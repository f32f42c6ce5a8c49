"""What every contender offers to the measurement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.records import Outcome


@dataclass(frozen=True)
class Contender:
    """One way to work out the same levels.

    Attributes:
        name: As in the table.
        inputs: The records in the contender's own form, made before the clock starts. An input is
            one record, or in a batch all of them.
        run: Works out one input. This alone is timed.
        outcomes: What `run` gave, told for comparison, one for each record of an input.
        per_input: Records in one input.
    """

    name: str
    inputs: Sequence[Any]
    run: Callable[[Any], Any]
    outcomes: Callable[[Any], list[Outcome]]
    per_input: int = 1

    def answers(self) -> list[Outcome]:
        """Return what is found of every record, in order."""
        return [found for each in self.inputs for found in self.outcomes(self.run(each))]


@dataclass(frozen=True)
class Absent:
    """A contender that cannot take part, and why."""

    name: str
    why: str
