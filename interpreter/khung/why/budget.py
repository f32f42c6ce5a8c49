"""How much may be worked out in a search: counted, not timed, so that it ends at the same place."""

from __future__ import annotations

from khung.records import dataclass

PER_RESULT = 10_000
"""How many objects may be looked at in the search for one result, each once for every trial."""

PER_CASE = 200_000
"""How many for all results of a case together."""


class SpentError(Exception):
    """A search has looked at as many objects as it may."""


@dataclass(slots=True)
class Budget:
    """How many objects a search may still look at.

    A trial that evaluates a whole group costs as many as the group has; one that evaluates a
    subject alone costs one.
    """

    left: int = PER_RESULT

    def spend(self, objects: int) -> None:
        """Take off what a trial looked at.

        Raises:
            SpentError: There is nothing left.
        """
        self.left -= max(objects, 1)
        if self.left < 0:
            raise SpentError
