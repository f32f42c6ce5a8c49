"""The checks of one subject: what must be so whatever its level, and changes none.

They come after all stages, so they may read any result. They may also ask what is known at all,
so that knowing more can change what comes out.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from khung.engine import conditions
from khung.engine.voting import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from khung.engine.solver import Env, Solver
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


def checked(checks: Iterable[Check], env: Env, evaluator: Solver) -> tuple[Checked, ...]:
    """Return what comes of each check of the subject in slot 0."""
    return tuple(Checked(check, _state(check, env, evaluator)) for check in checks)


def _state(check: Check, env: Env, evaluator: Solver) -> CheckState:
    """Return the state; where `when` is open, a `require` that is met settles it all the same."""
    asked = conditions.holds(check.head.when, env, evaluator)
    if not asked.most:
        return CheckState.NOT_APPLICABLE
    require = evaluator.truth(check.require, env)
    if require.least:
        return CheckState.MET
    return CheckState.VIOLATED if asked.least and not require.most else CheckState.UNKNOWN


def violations(found: Iterable[Checked]) -> Iterator[Finding]:
    """Yield a finding for each check that is violated."""
    for check, state in found:
        if state is CheckState.VIOLATED:
            yield Finding(check.head, None, check.severity)
