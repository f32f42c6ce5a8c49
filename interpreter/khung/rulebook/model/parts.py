"""What the manifest and the subjects are both made of."""

from __future__ import annotations

import dataclasses
from enum import Enum
from typing import TYPE_CHECKING

from khung.records import dataclass

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from khung.source.nodes import Node
    from khung.syntax.ast import Binder, Cell, Expr
    from khung.text import Span


@dataclass(frozen=True, slots=True)
class Citation:
    """A clause of a document: `5.2/1#new`, or `UR-7 5.2/1` for a named document.

    `document` is empty for the rulebook's own; `part` is what follows `#`, or empty.
    """

    document: str
    address: str
    part: str
    span: Span = dataclasses.field(compare=False, repr=False)

    @property
    def place(self) -> str:
        """Where it leads within its document: `5.2/1#new`."""
        return f"{self.address}#{self.part}" if self.part else self.address

    def full(self, document: str) -> str:
        """Return it with its document, which is `document` where it names none: `UR-7 5.2/1`."""
        return f"{self.document or document} {self.place}"


class Basis(Enum):
    """How sure we are that the text says so."""

    TEXT = "text"
    SECONDARY = "secondary"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class Head:
    """What every named entry may have. `span` is the entry's key in the file, `at` its path.

    `derived` marks sources that are those of what reads the entry, not said of it.
    """

    id: str
    label: Label | None = None
    sources: tuple[Citation, ...] = ()
    when: Expr | None = None
    basis: Basis = Basis.TEXT
    span: Span = dataclasses.field(compare=False, repr=False, kw_only=True)
    at: str = dataclasses.field(default="", compare=False)
    derived: bool = dataclasses.field(default=False, compare=False)

    @property
    def cited(self) -> tuple[Citation, ...]:
        """The sources that are said of the entry."""
        return () if self.derived else self.sources


@dataclass(frozen=True, slots=True)
class Ref:
    """A name of something declared elsewhere, with its place."""

    name: str
    span: Span = dataclasses.field(compare=False, repr=False)


class TypeForm(Enum):
    """`grade`, `list of visit`, `ballots of grade`."""

    ONE = "one"
    LIST = "list"
    BALLOTS = "ballots"


@dataclass(frozen=True, slots=True)
class TypeRef:
    """A type as written: its form, and the name of a base type or of a declared one."""

    form: TypeForm
    name: str
    span: Span = dataclasses.field(compare=False, repr=False)

    @property
    def text(self) -> str:
        """As it is written: `list of visit`."""
        return self.name if self.form is TypeForm.ONE else f"{self.form.value} of {self.name}"


@dataclass(frozen=True, slots=True)
class Range:
    """The least and the most a number or date may be; None is open."""

    low: Decimal | date | None
    high: Decimal | date | None
    span: Span = dataclasses.field(compare=False, repr=False)


ABSENT = "-"
"""How a rulebook or a case writes that there is none."""


@dataclass(frozen=True, slots=True)
class Absent:
    """`-` as a default: there is none where a case says nothing."""

    span: Span = dataclasses.field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Length:
    """How many elements a list has: a whole number above 0."""

    number: int
    span: Span = dataclasses.field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Must:
    """What no case may say otherwise of the fact that it stands in."""

    head: Head
    value: Expr


@dataclass(frozen=True, slots=True)
class Fact:
    """An input of a subject, or a field of a record.

    `key` names the field that tells the records of a list apart.

    Attributes:
        absence: Whether the default says that a rare event, which would be on file, is absent.
        provisional: Whether the default takes a step as done that may not be yet.
        complete: The number fact that says how many elements a list has.
        fixed: Whether it is nothing to change for a higher level.
        must: What no case may say otherwise of it.
        length: How many elements a list has, where that is the same for all.
    """

    head: Head
    type: TypeRef
    unit: str = ""
    range: Range | None = None
    default: Expr | Absent | None = None
    applies_when: Expr | None = None
    key: Ref | None = None
    absence: bool = False
    provisional: bool = False
    complete: Ref | None = None
    fixed: bool = False
    must: Must | None = None
    length: Length | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A reference to one subject of type `to`, which sees the other end as the list `back`.

    Attributes:
        complete: The number fact of `to` that says how many `back` should hold.
        tree: Whether results may be read along it within one subject type.
        optional: Whether a case may say `-`, that there is none; `has(link)` then guards it.
        absence: As of a fact.
        unit: Whether it leads to the unit that the subject belongs to, whose overlay it is under.
    """

    head: Head
    to: Ref
    back: str = ""
    complete: Ref | None = None
    tree: bool = False
    applies_when: Expr | None = None
    optional: bool = False
    default: Absent | None = None
    absence: bool = False
    unit: bool = False


@dataclass(frozen=True, slots=True)
class Definition:
    """A named expression, or a selection: the elements of `each` that `where` keeps.

    An output that is `final` grants something, and waits for a result that is not provisional.
    With a `type`, names of levels and values may stand bare in `value`.
    """

    head: Head
    value: Expr | None
    each: Binder | None = None
    where: Expr | None = None
    applies_when: Expr | None = None
    output: bool = False
    final: bool = False
    type: TypeRef | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """A text for people, Vietnamese first; `en` is empty where the author gave none.

    `written` has both as the author wrote them, where they hold placeholders.
    """

    vi: str
    en: str = ""
    written: tuple[str, str] | None = None

    def said(self, lang: str) -> str:
        """Return the text in `lang`, or in Vietnamese where there is none."""
        return self.en if lang == "en" and self.en else self.vi

    @property
    def texts(self) -> dict[str, str]:
        """As the author wrote it, by language."""
        vi, en = self.written or (self.vi, self.en)
        return {"vi": vi, "en": en} if en else {"vi": vi}


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What is to be said of translations in files of their own.

    Attributes:
        language: That of texts that are written in one language.
        lacking: The texts, as written, that have none.
        idle: The texts that are translated and not said.
    """

    language: str
    lacking: tuple[Ref, ...] = ()
    idle: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True)
class Start:
    """A level that begins at a number of points."""

    head: Head
    at_least: Expr


@dataclass(frozen=True, slots=True)
class Band:
    """A level with the points that it has, as a test of them."""

    head: Head
    test: Cell


class Hit(Enum):
    """Which of the rows that hold answer: the only one, the first, or all of them."""

    UNIQUE = "unique"
    FIRST = "first"
    COLLECT = "collect"


@dataclass(frozen=True, slots=True)
class Row:
    """A row: a test of some inputs, by name, and a value of each output.

    `cells` are those of a row on one line, until its table says what each of them is.
    """

    head: Head
    tests: tuple[tuple[Ref, Cell], ...]
    then: tuple[tuple[Ref, Expr], ...]
    cells: tuple[Node, ...] | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """What every row answers under one name; only its label and unit are for people."""

    ref: Ref
    type: TypeRef
    label: Label | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table. Where `head.when` is false there is none."""

    head: Head
    hit: Hit
    inputs: tuple[tuple[Ref, Expr], ...]
    outputs: tuple[Output, ...]
    rows: tuple[Row, ...]
