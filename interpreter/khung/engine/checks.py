"""The checks of one subject: what must be so whatever its level, and changes none.

They come after all stages, so they may read any result. They may also ask what is known at all,
so that knowing more can change what comes out.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from khung.engine.voting import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from khung.engine.solver import Held
    from khung.ir.program import Check


class CheckState(StrEnum):
    """What came of a check."""

    MET = "met"
    VIOLATED = "violated"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


class Checked(NamedTuple):
    """A check, and what came of it for one subject."""

    check: Check
    state: CheckState

    @property
    def name(self) -> str:
        """The id of the check in its subject."""
        return self.check.head.name


def checked(row: Held, names: frozenset[str] | None = None) -> tuple[Checked, ...]:
    """Return what comes of each check of a subject, or of those named."""
    asked = (c for c in row.type.checks if names is None or c.head.name in names)
    return tuple([Checked(check, _state(check, row)) for check in asked])


def _state(check: Check, row: Held) -> CheckState:
    """Return the state; where `when` is open, a `require` that is met settles it all the same."""
    asked = row.layout.tester_of(check.head.when)(row)
    if asked is False:
        return CheckState.NOT_APPLICABLE
    require = row.layout.tester_of(check.require)(row)
    if require:
        return CheckState.MET
    return CheckState.VIOLATED if asked and require is False else CheckState.UNKNOWN


def violations(found: Iterable[Checked]) -> Iterator[Finding]:
    """Yield a finding for each check that is violated."""
    for check, state in found:
        if state is CheckState.VIOLATED:
            yield Finding(check.head, None, check.severity)
