"""What may be said of all cases, and why nothing is."""

from __future__ import annotations

from enum import StrEnum

from khung.records import dataclass


class State(StrEnum):
    """What is said of a level, or of something else that may come of a subject."""

    SAME = "same"
    """For every case, proved."""
    UP_TO = "up_to"
    """For every case whose lists are no longer than was looked at."""
    DIFFERS = "differs"
    NOT_PROVED = "not_proved"


class Why(StrEnum):
    """Why nothing was proved."""

    TIME = "time"
    NOT_REPLAYED = "not_replayed"
    QUOTA = "quota"
    SCALE = "scale"
    LEFT_OUT = "left_out"
    NO_CASE = "no_case"


NOT_RANKED, PENDING, FAILED = "not_ranked", "pending", "undetermined"
"""What may come of a subject beside its level."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What is said of one question.

    Attributes:
        subject: The type of subject.
        kind: Its kind; empty of one without kinds.
        target: A level, reached or not; or what else may come of a subject.
        witness: The name of a case that shows the difference; empty where none does.
        why: Why nothing was proved.
        base: Of a quota that changed the smallest base at which there are other places: that, and
            the places before and after.
        left: What the proof knows nothing of, or follows to some elements only.
    """

    subject: str
    kind: str
    target: str
    state: State
    witness: str = ""
    why: Why | None = None
    left: tuple[str, ...] = ()
    base: tuple[int, int, int] | None = None

    @property
    def name(self) -> str:
        """What is asked, in one word."""
        return "-".join(filter(None, (self.subject, self.kind, self.target)))
