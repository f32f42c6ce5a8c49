"""What all subjects share: the contents of the manifest, and the clauses of the source."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from khung.records import dataclass

if TYPE_CHECKING:
    from datetime import date

    from khung.rulebook.model.label import Label
    from khung.rulebook.model.parts import Definition, Fact, Head, Link, Ref
    from khung.syntax.ast import Expr
    from khung.text import Span


@dataclass(frozen=True, slots=True)
class Named:
    """One value of a scale or enumeration."""

    head: Head


@dataclass(frozen=True, slots=True)
class Scale:
    """Ordered values, lowest first."""

    head: Head
    values: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Enumeration:
    """Values without an order."""

    head: Head
    values: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """The element type of list facts. `held_by` names the subjects that may hold one."""

    head: Head
    fields: tuple[Fact, ...]
    links: tuple[Link, ...] = ()
    definitions: tuple[Definition, ...] = ()
    held_by: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value that the guidance sets for the year."""

    head: Head
    value: Expr


@dataclass(frozen=True, slots=True)
class Option:
    """One way to read the text."""

    head: Head
    because: Label | None


@dataclass(frozen=True, slots=True)
class Reading:
    """A question that the text leaves open, its options, and the one chosen."""

    head: Head
    question: Label
    options: tuple[Option, ...]
    chosen: Ref


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day that a calendar names: a holiday, or a day on which work is made up for."""

    day: date
    label: Label
    span: Span = dataclasses.field(compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days from `first` to `last` are working days.

    Attributes:
        weekend: Days of the week without work, 1 for Monday to 7 for Sunday.
        holidays: Days without work besides.
        working: Days of work all the same.
    """

    head: Head
    first: date
    last: date
    weekend: frozenset[int]
    holidays: tuple[CalendarDay, ...] = ()
    working: tuple[CalendarDay, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A source document."""

    head: Head
    number: str = ""
    date: date | None = None
    issued_by: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    """An address of the source document.

    Attributes:
        summary: What it says, in the project's words.
        parts: The rules it holds, cited as `ADDRESS#PART`.
        kind: `guidance`, `external` or `mechanism` where there is nothing to compute.
        carries: The clauses, or parts, of the extended rulebook's document that it repeats.
    """

    address: str
    summary: Label
    parts: tuple[str, ...] = ()
    kind: str = ""
    because: Label | None = None
    carries: tuple[str, ...] = ()
    span: Span = dataclasses.field(compare=False, repr=False, kw_only=True)
