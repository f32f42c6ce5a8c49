"""A rulebook as a whole: the manifest, the subjects."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from khung.records import dataclass
from khung.rulebook.model.rules import Rules


@dataclass(frozen=True, slots=True)
class Amended:
    """A rulebook that was amended, with what is in force from a day on: the last of `later`.

    Attributes:
        id: The rulebook of the year, as it was first.
        later: The ids of its amendments in force and their first days, the last one at the end.
        clauses: The clauses of its document and of the amendments before the last, by document.
    """

    id: str
    later: tuple[tuple[str, date], ...]
    clauses: Mapping[str, tuple[Clause, ...]]


if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from khung.rulebook.model.parts import (
        Basis,
        Catalogue,
        Definition,
        Fact,
        Head,
        Label,
        Link,
        Range,
        Ref,
    )
    from khung.syntax.ast import Expr
    from khung.text import Span


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of a subject, with its attributes (`loai.nhom`): name to value."""

    head: Head
    attributes: tuple[tuple[str, Ref], ...] = ()


@dataclass(frozen=True, slots=True)
class Kinds:
    """The kinds of a subject in order of work, lower first. `field` is the fact that tells it."""

    field: str
    values: tuple[Kind, ...]
    span: Span = dataclasses.field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Criterion:
    """One statement that is given a grade of the criteria's scale, or points within `range`."""

    head: Head
    applies_when: Expr | None = None
    range: Range | None = None


@dataclass(frozen=True, slots=True)
class CriterionGroup:
    """Criteria that belong together. `applies_when` holds for each of them."""

    head: Head
    items: tuple[Criterion, ...]
    applies_when: Expr | None = None


@dataclass(frozen=True, slots=True)
class Everything:
    """The set of all criteria."""

    span: Span = dataclasses.field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Except:
    """The set of all criteria that are not in another set."""

    set: Ref
    span: Span = dataclasses.field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Take:
    """`{take: GROUP}` or `{take: GROUP.ITEM}`, where `when` holds."""

    group: Ref
    item: Ref | None = None
    when: Expr | None = None


@dataclass(frozen=True, slots=True)
class Takes:
    """The set of what is taken."""

    takes: tuple[Take, ...]
    span: Span = dataclasses.field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class CriterionSet:
    """A named set of criteria; one that is `local` may be replaced for some of the subjects."""

    head: Head
    members: Everything | Except | Takes
    local: bool = False


@dataclass(frozen=True, slots=True)
class Criteria:
    """All criteria of a subject. `scale` is None where they are given points."""

    scale: Ref | None
    groups: tuple[CriterionGroup, ...]
    sets: tuple[CriterionSet, ...] = ()


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
class Local:
    """What units may set in overlays: a value between the bounds that there are."""

    at_most: Expr | None = None
    at_least: Expr | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value that the guidance sets for the year; units may set another where it is `local`."""

    head: Head
    value: Expr
    local: Local | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One way to read the text. `value` is what `readings.R.value` says where it is chosen."""

    head: Head
    because: Label | None
    value: Expr | None = None


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
class Form:
    """A document to make: one for each subject of a type, or one for a case if it names none.

    Its `template` is a path from the folder of the file that names it.
    """

    head: Head
    template: Ref
    subject: Ref | None = None


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
        texts: What those say that have a text of their own.
        kind: `guidance`, `external` or `mechanism` where there is nothing to compute.
        carries: The clauses, or parts, of the extended rulebook's document that it repeats.
        basis: How sure entries are that cite it first and do not say so themselves.
    """

    address: str
    summary: Label
    parts: tuple[str, ...] = ()
    texts: tuple[tuple[Ref, Label], ...] = ()
    kind: str = ""
    because: Label | None = None
    carries: tuple[str, ...] = ()
    basis: Basis | None = None
    span: Span = dataclasses.field(compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Heading:
    """What the document calls a part of itself: that of which addresses begin with `address`."""

    address: str
    label: Label
    span: Span = dataclasses.field(compare=False, repr=False, kw_only=True)


if TYPE_CHECKING:
    from datetime import date

    from khung.rulebook.model.parts import Definition, Fact, Head, Label, Link, Table
    from khung.rulebook.model.rulebook import (
        Calendar,
        Clause,
        Criteria,
        Document,
        Enumeration,
        Form,
        Kinds,
        Parameter,
        Reading,
        Record,
        Scale,
    )
    from khung.rulebook.model.versions import AppliesTo, Carried, Extends, Leads, Removed
    from khung.syntax.ast import Binder, Expr
    from khung.text import Span

    _Rules = Rules[Head, Expr, Expr | None, Binder]
else:
    _Rules = Rules


@dataclass(frozen=True, slots=True)
class Subject(_Rules):
    """A type of what is ranked, or of what ranking reads."""

    head: Head = dataclasses.field(kw_only=True)
    kinds: Kinds | None = None
    links: tuple[Link, ...] = ()
    facts: tuple[Fact, ...] = ()
    definitions: tuple[Definition, ...] = ()
    criteria: Criteria | None = None
    tables: tuple[Table, ...] = ()


_LAST = (*(part.name for part in dataclasses.fields(Rules)), "tables")


def fields_of(kind: type) -> tuple[dataclasses.Field[Any], ...]:
    """Return the fields of a class of the model as a file has them: of a subject its rules last."""
    found = dataclasses.fields(kind)
    if kind is not Subject:
        return found
    return tuple(sorted(found, key=lambda one: one.name in _LAST and 1 + _LAST.index(one.name)))


@dataclass(frozen=True, slots=True)
class Rulebook:
    """A folder of YAML files, read whole.

    Attributes:
        digest: `sha256:…` over its files.
        surface: In which words the expressions of its own folder are written.
        leads: Where what earlier documents say stands in its own.
        catalogue: What its translations lack; None where it has none in files of their own.
        amended: What it amends, or what that amends which it is put over; None if nothing is.
        broken: The keys that lead to what could not be read: such entries are not in the model,
            or there in part, and nothing more should be said of them.
    """

    id: str
    title: Label
    period: tuple[date, date]
    document: str
    digest: str
    documents: tuple[Document, ...] = ()
    scales: tuple[Scale, ...] = ()
    enumerations: tuple[Enumeration, ...] = ()
    records: tuple[Record, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    readings: tuple[Reading, ...] = ()
    subjects: tuple[Subject, ...] = ()
    headings: tuple[Heading, ...] = ()
    clauses: tuple[Clause, ...] = ()
    calendars: tuple[Calendar, ...] = ()
    forms: tuple[Form, ...] = ()
    surface: str = "en"
    extends: Extends | None = None
    carried: Carried | None = None
    removed: tuple[Removed, ...] = ()
    applies_to: tuple[AppliesTo, ...] = ()
    leads: Leads = dataclasses.field(default_factory=dict)
    catalogue: Catalogue | None = None
    amended: Amended | None = None
    broken: frozenset[str] = frozenset()
    span: Span = dataclasses.field(compare=False, repr=False, kw_only=True)
