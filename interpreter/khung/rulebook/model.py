"""A rulebook as its authors wrote it: sugar kept, names not yet looked up.

`from_source` makes it from YAML; `ir.from_rulebook` resolves and types it. Everything is frozen,
keeps the order of the file and knows its place, which equality ignores. `Expr` is an expression
of `khung.syntax.ast`. Where the language lets a setting be an expression, it is one here, even if
the author wrote a plain word such as `floor`.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from khung.syntax.ast import Binder, Expr
    from khung.text import Span


@dataclass(frozen=True, slots=True)
class Label:
    """A text for people, Vietnamese first; `en` is empty where the author gave none."""

    vi: str
    en: str = ""

    def said(self, lang: str) -> str:
        """Return the text in `lang`, or in Vietnamese where there is none."""
        return self.en if lang == "en" and self.en else self.vi


@dataclass(frozen=True, slots=True)
class Citation:
    """A clause of a document: `II.B.6/8#nghi_om`, or `KH-23 II.B.6/8` for a named document.

    `document` is empty for the rulebook's own; `part` is what follows `#`, or empty.
    """

    document: str
    address: str
    part: str
    span: Span = dataclasses.field(compare=False, repr=False)


class Basis(Enum):
    """How sure we are that the text says so."""

    TEXT = "text"
    SECONDARY = "secondary"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class Head:
    """What every named entry may have. `span` is the entry's key in the file, `at` its path."""

    id: str
    label: Label | None = None
    sources: tuple[Citation, ...] = ()
    when: Expr | None = None
    basis: Basis = Basis.TEXT
    span: Span = dataclasses.field(compare=False, repr=False, kw_only=True)
    at: str = dataclasses.field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Ref:
    """A name of something declared elsewhere, with its place."""

    name: str
    span: Span = dataclasses.field(compare=False, repr=False)


class TypeForm(Enum):
    """`muc`, `list of vi_pham`, `ballots of muc`."""

    ONE = "one"
    LIST = "list"
    BALLOTS = "ballots"


@dataclass(frozen=True, slots=True)
class TypeRef:
    """A type as written: its form, and the name of a base type or of a declared one."""

    form: TypeForm
    name: str
    span: Span = dataclasses.field(compare=False, repr=False)


# -- the manifest ---------------------------------------------------------------------------


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
class Range:
    """The least and the most a number or date may be; None is open."""

    low: Decimal | date | None
    high: Decimal | date | None
    span: Span = dataclasses.field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Fact:
    """An input of a subject, or a field of a record.

    `key` names the field that tells the records of a list apart.
    """

    head: Head
    type: TypeRef
    unit: str = ""
    range: Range | None = None
    default: Expr | None = None
    applies_when: Expr | None = None
    key: Ref | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A reference to one subject of type `to`, which sees the other end as the list `back`.

    Attributes:
        complete: The number fact of `to` that says how many `back` should hold.
        tree: Whether results may be read along it within one subject type.
        optional: Whether a case may say `-`, that there is none; `has(link)` then guards it.
    """

    head: Head
    to: Ref
    back: str = ""
    complete: Ref | None = None
    tree: bool = False
    applies_when: Expr | None = None
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Definition:
    """A named expression, or a selection: the elements of `each` that `where` keeps."""

    head: Head
    value: Expr | None
    each: Binder | None = None
    where: Expr | None = None
    applies_when: Expr | None = None
    output: bool = False


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
class Document:
    """A source document."""

    head: Head
    number: str
    date: date | None
    issued_by: str


@dataclass(frozen=True, slots=True)
class Clause:
    """An address of the source document.

    Attributes:
        summary: What it says, in the project's words.
        parts: The rules it holds, cited as `ADDRESS#PART`.
        kind: `guidance`, `external` or `mechanism` where there is nothing to compute.
    """

    address: str
    summary: Label
    parts: tuple[str, ...] = ()
    kind: str = ""
    because: Label | None = None
    span: Span = dataclasses.field(compare=False, repr=False, kw_only=True)


# -- a subject ------------------------------------------------------------------------------


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
    """A named set of criteria."""

    head: Head
    members: Everything | Except | Takes


@dataclass(frozen=True, slots=True)
class Criteria:
    """All criteria of a subject. `scale` is None where they are given points."""

    scale: Ref | None
    groups: tuple[CriterionGroup, ...]
    sets: tuple[CriterionSet, ...] = ()


@dataclass(frozen=True, slots=True)
class ScopeRule:
    """A rule of `not_ranked` or `pending`: it holds where `head.when` does."""

    head: Head


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a level asks for, where `head.when` holds."""

    head: Head
    that: Expr


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a ladder. `otherwise` marks the last, which asks for nothing."""

    head: Head
    require: tuple[Requirement, ...] = ()
    otherwise: bool = False


@dataclass(frozen=True, slots=True)
class Knockout:
    """Where `head.when` holds, the standard is `to` at most, whatever the rest says."""

    head: Head
    to: Expr


@dataclass(frozen=True, slots=True)
class Ladder:
    """The levels of a subject, best first.

    `alias` is the name of the result; where it is empty, the scale's.
    """

    scale: Ref
    levels: tuple[Level, ...]
    knockouts: tuple[Knockout, ...] = ()
    alias: str = ""
    cumulative: Expr | None = None
    span: Span = dataclasses.field(compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Cap:
    """The level is at most `at_most`; with `each`, at most that of every element `where` keeps."""

    head: Head
    at_most: Expr
    each: Binder | None = None
    where: Expr | None = None


@dataclass(frozen=True, slots=True)
class Majority:
    """What share of the base wins: `more_than`, or at least where `strict` is false."""

    share: Expr
    strict: bool
    span: Span = dataclasses.field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Vote:
    """A ballot over the levels.

    Attributes:
        wins: The majority for every level that `wins_at` does not name.
        wins_at: The majority of single levels.
        above_ceiling: `ceiling` or `wins`: what a winner above standard and cap gives.
        counting: `exact` or `cumulative`: whether a ballot supports the levels below it too.
    """

    head: Head
    binding: Expr | None
    ballots: Expr
    base: Expr | None
    wins: Majority | None
    wins_at: tuple[tuple[Ref, Majority], ...] = ()
    above_ceiling: Expr | None = None
    counting: Expr | None = None


@dataclass(frozen=True, slots=True)
class Defer:
    """Where `head.when` holds, a body chooses among the levels that `among` gives."""

    head: Head
    question: Label | None
    among: Expr


@dataclass(frozen=True, slots=True)
class SmallGroup:
    """A base of fewer than `fewer_than` allows `allow` places."""

    fewer_than: Expr
    allow: Expr
    sources: tuple[Citation, ...]
    span: Span = dataclasses.field(compare=False, repr=False)
    when: Expr | None = None


@dataclass(frozen=True, slots=True)
class OrderKey:
    """By what candidates are put in order; `highest` first, or lowest."""

    value: Expr
    highest: bool


@dataclass(frozen=True, slots=True)
class Quota:
    """How many of a group may hold a level. `per` are the keys; equal keys form a group."""

    head: Head
    level: Expr
    per: tuple[Expr, ...]
    counts: Expr
    at_most: Expr
    rounding: Expr | None = None
    small_group: SmallGroup | None = None
    order: tuple[OrderKey, ...] = ()
    ties: Expr | None = None
    others: Expr | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """A type of what is ranked, or of what ranking reads."""

    head: Head
    kinds: Kinds | None = None
    links: tuple[Link, ...] = ()
    facts: tuple[Fact, ...] = ()
    definitions: tuple[Definition, ...] = ()
    criteria: Criteria | None = None
    not_ranked: tuple[ScopeRule, ...] = ()
    pending: tuple[ScopeRule, ...] = ()
    ladder: Ladder | None = None
    caps: tuple[Cap, ...] = ()
    votes: tuple[Vote, ...] = ()
    defer: tuple[Defer, ...] = ()
    quotas: tuple[Quota, ...] = ()


@dataclass(frozen=True, slots=True)
class Rulebook:
    """A folder of YAML files, read whole. `digest` is `sha256:…` over its files."""

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
    clauses: tuple[Clause, ...] = ()
    span: Span = dataclasses.field(compare=False, repr=False, kw_only=True)
