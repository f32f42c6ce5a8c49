"""What is asked of a rulebook by itself, and what was found: that it holds, or a case against."""

from __future__ import annotations

from enum import StrEnum

from khung.records import dataclass


class Property(StrEnum):
    """What should hold of the rules of a subject."""

    OUTCOME = "outcome"
    """Every complete case has an outcome: nothing is left that cannot be worked out."""
    REACHABLE = "reachable"
    """A level is reached in some case."""
    DECIDES = "decides"
    """A rule makes a difference in some case."""
    MATTERS = "matters"
    """A fact that the rules ask makes a difference in some case."""
    CUMULATIVE = "cumulative"
    """Who meets what a level asks meets what the next one below asks."""
    RISING = "rising"
    """A better grade, a better vote or a missing penalty never lowers the level."""
    BANDS = "bands"
    """No points lie between the bands of two levels."""
    GAPS = "gaps"
    """In a table some row holds for every case."""
    OVERLAPS = "overlaps"
    """In a table of which one row may hold no two do."""
    APART = "apart"
    """No two rules say the same: of two that never decide alone, one would do."""
    EXCEPTION = "exception"
    """What excuses from one rule is not held against the subject by another."""
    LEAVES = "leaves"
    """The best level that is left where a requirement is not met."""


class Status(StrEnum):
    """What was found."""

    HOLDS = "holds"
    REFUTED = "refuted"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Case:
    """A case that shows something.

    Attributes:
        text: The case file.
        standing: What the reference makes of the subject asked.
        matters: What of that is otherwise than in a plain good case: facts, criteria, lists.
    """

    text: str
    standing: str
    matters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one property.

    Attributes:
        subject: The type of subject.
        kind: Its kind; empty where all are meant.
        about: The level, the fact or the criterion in question; empty where rules are.
        rules: The ids of the rules in question.
        sources: Their clauses.
        cases: The case against it; two of one that rises, before and after.
        mends: A reading and the option under which the property holds.
        left: What the proof takes as anything, or lists followed to some elements.
        switched: Whether the option of a reading switches off what never decides.
    """

    property: Property
    subject: str
    kind: str
    about: str
    status: Status
    rules: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    cases: tuple[Case, ...] = ()
    mends: tuple[str, str] | None = None
    left: tuple[str, ...] = ()
    switched: bool = False
