"""A rulebook as its author wrote it to one without sugar: the passes, in their order.

In and out: the model. It runs once, when versions have been merged and all has been decoded, so
that whoever reads the model sees the plain constructs. What is made has the places of what was
written, so that an error leads there. A part that is shown as it was written stays beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.rulebook.sugar import absences, ends, inherited, points, read_by, thresholds

if TYPE_CHECKING:
    from collections.abc import Callable

    from khung.diagnostics.bag import Bag
    from khung.rulebook.model import Rulebook

PASSES: tuple[Callable[[Rulebook, Bag], Rulebook], ...] = (
    thresholds.expand,
    points.expand,
    ends.expand,
    inherited.expand,
    absences.expand,
    read_by.expand,
)


def expand(rulebook: Rulebook, bag: Bag) -> Rulebook:
    """Return a rulebook without sugar."""
    for each in PASSES:
        rulebook = each(rulebook, bag)
    return rulebook
