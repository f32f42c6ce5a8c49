"""What a rulebook says of the one that it extends: how, and what becomes of that."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from enum import Enum
from typing import TYPE_CHECKING

from khung.records import dataclass

if TYPE_CHECKING:
    from datetime import date

    from khung.rulebook.model.parts import Citation, Label, Ref
    from khung.text import Span


Leads = Mapping[str, tuple[str, ...]]
"""A full citation of an earlier document, to those of this rulebook's that carry it."""


class Manner(Enum):
    """How a rulebook extends another.

    As that of the next period, for some of its subjects, or from a day within its period.
    """

    SUCCESSOR = "successor"
    OVERLAY = "overlay"
    AMENDMENT = "amendment"


class Fate(Enum):
    """What becomes of a yearly value in the next period; `open` is not answered yet."""

    KEPT = "kept"
    CHANGED = "changed"
    ENDED = "ended"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Extends:
    """`rulebook` names the folder beside this one that is extended.

    `first` is the first day of an amendment, None of anything else.
    """

    rulebook: Ref
    manner: Manner
    first: date | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said of one yearly value.

    Attributes:
        fate: None where what is said cannot be read.
        span: Where it is said.
        with_rest: Whether it is said of all the rest at once.
    """

    fate: Fate | None
    span: Span = dataclasses.field(compare=False, repr=False)
    with_rest: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Changes that belong together.

    `entries` are paths, such as `lecturer.caps.absent`, or prefixes of paths that end in `*`. A
    criterion is `SUBJECT.criteria.ITEM`, whatever group it stands in.
    """

    id: str
    label: Label | None
    sources: tuple[Citation, ...]
    entries: tuple[Ref, ...]
    span: Span = dataclasses.field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Carried:
    """The answers of a successor, and the groups of its changes.

    Attributes:
        answers: By section of the manifest, then by id.
        flat: By id, where the section is not said.
        rest: The answer for all others but readings.
        rest_of_readings: The answer for all other readings.
    """

    answers: Mapping[str, Mapping[str, Answer]] = dataclasses.field(default_factory=dict)
    groups: tuple[Group, ...] = ()
    flat: Mapping[str, Answer] = dataclasses.field(default_factory=dict)
    rest: Answer | None = None
    rest_of_readings: Answer | None = None


@dataclass(frozen=True, slots=True)
class AppliesTo:
    """The subjects of one type for which an overlay is made, with those that lead up to them."""

    subject: Ref
    ids: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class Removed:
    """An entry of the extended rulebook that is taken out; `span` is where that is said."""

    path: str
    name: str
    label: Label | None
    span: Span = dataclasses.field(compare=False, repr=False)
