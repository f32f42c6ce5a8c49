"""A rulebook made ready to run: names resolved, types known, one reading chosen for each question.

`from_rulebook` makes a `Program`; the engine reads nothing else. Everything is frozen. A rule
carries its id, its clauses and its label, so that an explanation can name it.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, NamedTuple

from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal

    from khung.ir.calendars import WorkingDays
    from khung.ir.enums import Asks, Majority
    from khung.ir.nodes import Node, Rule, Variable
    from khung.ir.program_tables import Table
    from khung.ir.types import Type
    from khung.rulebook.model import Label


@dataclass(frozen=True, slots=True)
class Values:
    """A scale (lowest first), an enumeration, a reading's options, or a subject's kinds."""

    name: str
    values: tuple[str, ...]
    labels: Mapping[str, Label]
    label: Label | None = None
    ordered: bool = False

    def rank(self, value: str) -> int:
        """Return the place of a value, from 0, the lowest."""
        return self.values.index(value)


# -- what an object holds --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fact:
    """An input. `low` and `high` bound a number or date; None where it has no end.

    `applies` holds where there is a value at all; a fact that `optional` marks may be stated to be
    absent with `-`. `key` is the field that tells the records of a list apart.
    """

    name: str
    ty: Type
    label: Label | None
    sources: tuple[str, ...]
    unit: str = ""
    low: Decimal | date | None = None
    high: Decimal | date | None = None
    default: Node | None = None
    applies: Node | None = None
    optional: bool = False
    key: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A reference to one subject of type `to`, which holds the other end as `back`."""

    name: str
    ty: Type
    to: str
    label: Label | None
    back: str = ""
    tree: bool = False
    applies: Node | None = None
    optional: bool = False


@dataclass(frozen=True, slots=True)
class BackList:
    """The other end of a link: all objects of type `holder` whose `link` is this one.

    `complete` is the number fact that says how many there should be, or empty.
    """

    name: str
    ty: Type
    holder: str
    link: str
    complete: str = ""


@dataclass(frozen=True, slots=True)
class Definition:
    """A named expression over its object."""

    name: str
    ty: Type
    value: Node
    label: Label | None
    sources: tuple[str, ...]
    applies: Node | None = None
    output: bool = False


@dataclass(frozen=True, slots=True)
class Criterion:
    """A criterion. `ty` is its scale, or a number for points within `low` and `high`."""

    id: str
    group: str
    ty: Type
    label: Label | None
    sources: tuple[str, ...]
    applies: Node | None = None
    low: Decimal | None = None
    high: Decimal | None = None


@dataclass(frozen=True, slots=True)
class CriterionSet:
    """A named set: ids of criteria, each with the condition under which it is a member."""

    name: str
    members: tuple[tuple[str, Node | None], ...]


# -- rules ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a level asks for: `that`, where `rule.when` holds."""

    rule: Rule
    that: Node


@dataclass(frozen=True, slots=True)
class Level:
    """A level with its own requirements. `rank` is its place on the scale."""

    name: str
    rank: int
    rule: Rule
    require: tuple[Requirement, ...]
    otherwise: bool


@dataclass(frozen=True, slots=True)
class Knockout:
    """The standard is `to` at most where `rule.when` holds."""

    rule: Rule
    to: Node


@dataclass(frozen=True, slots=True)
class Floor:
    """The level is `at_least` at least where `rule.when` holds, whatever the standard.

    Knock-outs that hold stay above it, unless it goes `over_knockouts`.
    """

    rule: Rule
    at_least: Node
    over_knockouts: bool


@dataclass(frozen=True, slots=True)
class Cap:
    """The level is `at_most` at most; with `each`, for every element that `where` keeps.

    One set `last` comes after the quotas.
    """

    rule: Rule
    at_most: Node
    each: Variable | None = None
    list: Node | None = None
    where: Node | None = None
    last: bool = False


@dataclass(frozen=True, slots=True)
class Vote:
    """A ballot over the levels; `wins` gives the majority of each rank, lowest first."""

    rule: Rule
    binding: Node
    ballots: Node
    base: Node | None
    wins: tuple[Majority, ...]
    above_ceiling: Node
    counting: Node
    asks: Asks = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Defer:
    """Where `rule.when` holds, a body chooses. `among` gives ranks; None is any level."""

    rule: Rule
    question: Label | None
    among: Node | None
    may_leave: bool = False


@dataclass(frozen=True, slots=True)
class OrderKey:
    """By what candidates are put in order; `highest` first, or lowest."""

    value: Node
    highest: bool


@dataclass(frozen=True, slots=True)
class SmallGroup:
    """A base of fewer than `fewer_than` allows `allow` places, where `when` holds.

    At least `at_least` in the base must be without the level once the places are taken.
    """

    fewer_than: Node
    allow: Node
    at_least: Node
    sources: tuple[str, ...]
    when: Node | None


@dataclass(frozen=True, slots=True)
class Quota:
    """How many of a group may hold `level` or better.

    `at_most` is a share of the base, None where there is none; `places` a number. Both are read on
    any member.
    """

    rule: Rule
    level: Node
    per: tuple[Node, ...]
    counts: Node
    at_most: Node | None
    places: Node | None
    rounding: Node
    small_group: SmallGroup | None
    order: tuple[OrderKey, ...]
    ties: Node
    others: Node
    asks: Asks = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Check:
    """What must be so where `rule.when` holds; `severity` is that of the finding if it is not."""

    rule: Rule
    require: Node
    severity: str


@dataclass(frozen=True, slots=True)
class Ladder:
    """The levels of a subject, best first, and what knocks out of them.

    `alias` is the name under which the level is read.
    """

    scale: str
    alias: str
    cumulative: Node
    levels: tuple[Level, ...]
    knockouts: tuple[Knockout, ...]
    asks: Asks = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class ObjectType:
    """A subject or a record type: what its objects hold, and how they are ranked.

    Attributes:
        kind_field: The fact that tells the kind, or empty; `kinds` in order of work.
        stages: What the rules come to, stage by stage, as definitions (`ir.stages`).
        held_by: For a record, the subjects that may hold one.
    """

    name: str
    is_record: bool
    label: Label | None
    facts: Mapping[str, Fact]
    links: Mapping[str, Link]
    back_lists: Mapping[str, BackList]
    definitions: Mapping[str, Definition]
    criteria: Mapping[str, Criterion]
    sets: Mapping[str, CriterionSet]
    held_by: tuple[str, ...] = ()
    kind_field: str = ""
    kinds: Values | None = None
    not_ranked: tuple[Rule, ...] = ()
    pending: tuple[Rule, ...] = ()
    ladder: Ladder | None = None
    floors: tuple[Floor, ...] = ()
    caps: tuple[Cap, ...] = ()
    votes: tuple[Vote, ...] = ()
    defer: tuple[Defer, ...] = ()
    quotas: tuple[Quota, ...] = ()
    checks: tuple[Check, ...] = ()
    tables: Mapping[str, Table] = field(default_factory=dict)
    stages: Mapping[str, Definition] = field(default_factory=dict)

    def definition(self, name: str) -> Definition:
        """Return a definition: one of the author's, an output of a table, or a stage."""
        return self.definitions.get(name) or self.stages[name]


@dataclass(frozen=True, slots=True)
class Reading:
    """A question of meaning with the option that this program follows."""

    name: str
    question: Label
    options: Values
    chosen: str


class Work(NamedTuple):
    """A definition that ends a stage of one kind of a subject; `kind` is empty without kinds."""

    subject: str
    kind: str
    definition: str


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Program:
    """All that evaluation needs.

    `order`: what stages become, each after what it waits for (`ir.order`); `dates`: by which
    calendars a fact is counted; `applies_to`: ids of the only subjects, by type.
    """

    rulebook: str
    digest: str
    title: Label
    period: tuple[date, date]
    values: Mapping[str, Values]
    objects: Mapping[str, ObjectType]
    readings: Mapping[str, Reading]
    dates: Mapping[tuple[str, str], frozenset[WorkingDays]] = field(default_factory=dict)
    applies_to: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    order: tuple[Work, ...] = ()

    @property
    def subjects(self) -> tuple[ObjectType, ...]:
        """The subject types, in the order of the rulebook."""
        return tuple(o for o in self.objects.values() if not o.is_record)


def ladder_of(declared: ObjectType) -> Ladder:
    """Return the ladder of a type that is ranked; nothing else has levels or results."""
    assert declared.ladder is not None  # noqa: S101  # to ask it of another type is a defect
    return declared.ladder
