"""A case file as its author wrote it: the shape checked, no name looked up.

`from_source` makes it from YAML; `to_facts` looks names up in a rulebook. Everything is frozen,
keeps the order of the file and knows its place, which equality ignores.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from khung.engine.checks import CheckState
from khung.engine.stages import Status
from khung.engine.voting import DecisionKind, FindingCode
from khung.records import dataclass
from khung.rulebook.model import Ref
from khung.rulebook.model.rules import Stage

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from khung.rulebook.model import Label
    from khung.source.nodes import Entry
    from khung.text import Span

STAGES = tuple(stage.value for stage in Stage)
"""The stages in order, as a case names them."""

STATUSES = tuple(status.value for status in Status)
"""What a result can be."""

SCOPES = ("in", "out", "open")
"""Whether a subject is in the ranking."""

DECISIONS = tuple(kind.value for kind in DecisionKind)
"""The kinds of choice that the rules leave to a body."""

CHECKS = tuple(state.value for state in CheckState)
"""What may come of a check."""

LEVELS = ("level", "at_best", "at_worst")
"""The levels of a result, beside those after its stages."""

FINDINGS = tuple(code.value for code in FindingCode)
"""The codes of what khung itself finds."""


# -- what is stated ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Decision:
    """What a body decided outside: a level, or a status with `level` None."""

    level: Ref | None
    status: str
    after: str
    by: str = ""
    on: date | None = None
    document: str = ""
    span: Span = field(compare=False, repr=False, kw_only=True)

    @property
    def said(self) -> Mapping[str, Any]:
        """The decision as a result repeats it, what was not said left out."""
        said = {
            "level": self.level.name if self.level else None,
            "status": self.status,
            "after": self.after,
            "by": self.by,
            "on": self.on.isoformat() if self.on else None,
            "document": self.document,
        }
        return {key: value for key, value in said.items() if value}


@dataclass(frozen=True, slots=True)
class Written:
    """One entry under a subject type.

    Attributes:
        id: Its key. With `repeat` it stands for the subjects `ID_1` … `ID_N`.
        facts: Facts and links as written.
        criteria: Grades by criterion as written.
        like: The entry whose facts and decision this one takes over; its own win, criteria one
            by one. What its own kind does not have is passed over.
    """

    id: Ref
    facts: tuple[Entry, ...] = ()
    criteria: tuple[Entry, ...] = ()
    repeat: int | None = None
    like: Ref | None = None
    given: Decision | None = None

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the subjects that it makes."""
        if self.repeat is None:
            return (self.id.name,)
        return tuple(f"{self.id.name}_{n}" for n in range(1, self.repeat + 1))


@dataclass(frozen=True, slots=True)
class Group:
    """The entries of one subject type."""

    type: Ref
    entries: tuple[Written, ...]


# -- what is expected -------------------------------------------------------------------------


class Wanted(NamedTuple):
    """One value that is expected; `what` is as in `level`, `stages.cap`, and None is none."""

    what: str
    value: Any
    span: Span


@dataclass(frozen=True, slots=True)
class Expected:
    """What is expected of a subject; what is not named is not compared.

    Attributes:
        single: Each value that is named, in the order of a result.
        lists: Rule ids, which drop the subject, and facts: `FACT`, `TYPE.ID.FACT` or `TYPE.ID`.
    """

    type: Ref
    id: Ref
    single: tuple[Wanted, ...] = ()
    lists: Mapping[str, tuple[Ref, ...]] = field(default_factory=dict)

    def under(self, key: str) -> dict[str, Wanted]:
        """Return what is expected under a key, such as `stages`, by name."""
        return {w.what[len(key) + 1 :]: w for w in self.single if w.what.startswith(f"{key}.")}

    @property
    def levels(self) -> tuple[Wanted, ...]:
        """All levels that it names."""
        own = (w for w in self.single if w.what.startswith("stages.") or w.what in LEVELS)
        return tuple(wanted for wanted in own if wanted.value is not None)


Ends = tuple[int, int | None]
"""The least and the most of a count; None where it has no end."""

Members = int | tuple[Ref, ...]
"""How many subjects, or which."""


@dataclass(frozen=True, slots=True)
class ExpectedGroup:
    """What is expected of a group of a quota; `rule` is the full id. None is not compared."""

    rule: Ref
    key: tuple[tuple[str, Any], ...] | None = None
    base: Ends | None = None
    places: Ends | None = None
    kept: Members | None = None
    cut: Members | None = None
    open: Members | None = None


@dataclass(frozen=True, slots=True)
class Expect:
    """What makes a case a test.

    `diagnostics` are codes of what is said of the case; None is not compared, () is nothing said.
    """

    subjects: tuple[Expected, ...] = ()
    groups: tuple[ExpectedGroup, ...] = ()
    diagnostics: tuple[Ref, ...] | None = None


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case file read whole.

    `on` is None after a diagnostic; names are looked up all the same. `on_span` is its place.
    `complete` is what the file says is whole: True, or names of subject types and of lists. Of one
    that is `bare` no defaults are taken. One that is not `amended` runs under the first text.
    `overlays` are those that it names beside its rulebook. `decisions` are tables of what was
    decided, handed in beside it. One `for_both` was made to show where two rulebooks differ: each
    takes of it what it asks, for whatever unit it is made.
    """

    title: Label
    rulebook: Ref
    on: date | None
    readings: tuple[tuple[Ref, Ref], ...] = ()
    subjects: tuple[Group, ...] = ()
    expect: Expect | None = None
    complete: Literal[True] | tuple[Ref, ...] = ()
    bare: bool = False
    amended: bool = True
    overlays: tuple[Ref, ...] = ()
    for_both: bool = False
    decisions: tuple[Path, ...] = field(default=(), compare=False)
    on_span: Span = field(compare=False, repr=False, kw_only=True)
