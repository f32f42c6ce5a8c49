"""A rulebook made ready to run: names resolved, types known, one reading chosen for each question.

`from_rulebook` makes a `Program`; the engine reads nothing else. Everything is frozen. A rule
carries its id, its clauses and its label, so that an explanation can name it.

Each output of a table is a definition, too, of a name that no author can give.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, NamedTuple

from khung.ir.documents import Document
from khung.records import dataclass
from khung.rulebook.model.rules import Rules

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal

    from khung.ir.dates import WorkingDays
    from khung.ir.documents import Form
    from khung.ir.nodes import Node, Rule, Variable
    from khung.ir.types import Type
    from khung.rulebook import model as m
    from khung.rulebook.model import Hit, Label
    from khung.text import Span

TABLES = "tables"
"""What a path to an output begins with."""


def member_name(table: str, output: str) -> str:
    """Return the name under which an object holds an output of a table: `tables.TABLE.OUTPUT`."""
    return f"{TABLES}.{table}.{output}"


def output_of(tables: Mapping[str, Table], member: str) -> tuple[Table, str] | None:
    """Return the table and the output of which a member is the name; None of any other member."""
    head, *names = member.split(".")
    if head != TABLES or len(names) != 2 or names[0] not in tables:  # noqa: PLR2004  # both names
        return None
    return tables[names[0]], names[1]


@dataclass(frozen=True, slots=True)
class Output:
    """What every row answers under one name, and how it is told; the unit is that of a number."""

    ty: Type
    label: Label | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table.

    Attributes:
        rule: Its id and clauses, those of the table if it has none; its `when` is None.
        cells: The test of each input that the row tests; `when` is what else must hold.
        condition: All of `cells` and `when`.
        then: The value of each output.
    """

    rule: Rule
    cells: tuple[tuple[str, Node], ...]
    when: Node | None
    condition: Node
    then: Mapping[str, Node]


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table. `applies` is where there is one at all; None is everywhere."""

    name: str
    hit: Hit
    label: Label | None
    sources: tuple[str, ...]
    applies: Node | None
    inputs: Mapping[str, Node]
    outputs: Mapping[str, Output]
    rows: tuple[Row, ...]
    span: Span = field(compare=False, repr=False)


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
class Must:
    """What every case must meet: one that surely does not is wrong."""

    condition: Node
    label: Label | None
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """An input. `low` and `high` bound a number or date; None where it has no end.

    `applies` holds where there is a value at all; a fact that `optional` marks may be stated to be
    absent with `-`, and is so where nothing is stated if `absent`. `key` is the field that tells
    the records of a list apart. `absence`, `provisional` and `fixed` are as written; `complete` is
    the number fact that says how many elements a list has, or empty. The range of one `in_percent`
    is written so; `length` is how many elements a list has, where that is the same for all.
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
    absence: bool = False
    provisional: bool = False
    complete: str = ""
    fixed: bool = False
    absent: bool = False
    must: Must | None = None
    in_percent: bool = False
    length: int | None = None

    @property
    def has_default(self) -> bool:
        """Whether something is taken where a case says nothing."""
        return self.absent or self.default is not None


@dataclass(frozen=True, slots=True)
class Link:
    """A reference to one subject of type `to`, which holds the other end as `back`.

    One that is `absent` leads nowhere where a case says nothing. By a `unit` link a subject is
    under the overlay of that to which it leads.
    """

    name: str
    ty: Type
    to: str
    label: Label | None
    back: str = ""
    tree: bool = False
    applies: Node | None = None
    optional: bool = False
    absent: bool = False
    unit: bool = False

    @property
    def has_default(self) -> bool:
        """Whether something is taken where a case says nothing."""
        return self.absent


@dataclass(frozen=True, slots=True)
class BackList:
    """The other end of a link: all objects of type `holder` whose `link` is this one.

    `complete` is the number fact that says how many there should be, or empty. With `below`, the
    name of such a list of a tree, it is all that are in that one and in those of its elements.
    """

    name: str
    ty: Type
    holder: str
    link: str
    complete: str = ""
    below: str = ""


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
    final: bool = False


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
    label: Label | None = None


# -- rules ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Loop:
    """What each element of a list is called, and the list."""

    variable: Variable
    list: Node


if TYPE_CHECKING:
    Requirement = m.Requirement[Rule, Node]
    Level = m.Level[Rule, Node]
    Ladder = m.Ladder[Rule, Node, Node]
    Cap = m.Cap[Rule, Node, Loop]
    Vote = m.Vote[Rule, Node, Node]
    Defer = m.Defer[Rule, Node]
    SmallGroup = m.SmallGroup[Node, Node]
    OrderKey = m.OrderKey[Node]
    Quota = m.Quota[Rule, Node, Node]
    Grouping = m.Grouping[Node]
    Check = m.Check[Rule, Node]
    Knockout = m.Knockout[Rule, Node]
    ScopeRule = m.ScopeRule[Rule]
    _Rules = Rules[Rule, Node, Node, Loop]
else:
    _Rules = Rules


@dataclass(frozen=True, slots=True)
class ObjectType(_Rules):
    """A subject or a record type: what its objects hold, and how they are ranked.

    Attributes:
        kind_field: The fact that tells the kind, or empty; `kinds` in order of work.
        stages: What the rules come to, stage by stage, as definitions (`ir.stages`).
        held_by: For a record, the subjects that may hold one.
    """

    name: str = ""
    is_record: bool = False
    label: Label | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)
    links: Mapping[str, Link] = field(default_factory=dict)
    back_lists: Mapping[str, BackList] = field(default_factory=dict)
    definitions: Mapping[str, Definition] = field(default_factory=dict)
    criteria: Mapping[str, Criterion] = field(default_factory=dict)
    sets: Mapping[str, CriterionSet] = field(default_factory=dict)
    held_by: tuple[str, ...] = ()
    kind_field: str = ""
    kinds: Values | None = None
    tables: Mapping[str, Table] = field(default_factory=dict)
    stages: Mapping[str, Definition] = field(default_factory=dict)

    @property
    def has_holes(self) -> bool:
        """Whether there may be points that no level of the ladder has."""
        ladder = self.ladder
        return ladder is not None and any(level.hole is not None for level in ladder.levels)

    def definition(self, name: str) -> Definition:
        """Return a definition: one of the author's, an output of a table, or a stage."""
        return self.definitions.get(name) or self.stages[name]

    def has(self, name: str) -> bool:
        """Whether there is a definition of a name, as under `definition`."""
        return name in self.definitions or name in self.stages


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


class Part(NamedTuple):
    """What some of the subjects of a case are under: the base alone, or one of its overlays.

    Attributes:
        program: What it is by itself.
        objects: Its types; what only others name is there, and applies nowhere.
    """

    program: Program
    objects: Mapping[str, ObjectType]


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Program:
    """All that evaluation needs.

    `order`: what stages become, each after what it waits for (`ir.order`); `dates`: by which
    calendars a fact is counted; `applies_to`: ids of the only subjects, by type; `amended`: the
    rulebook of the year that it amends, if any; `later`: its amendments in force, with their days.
    With overlays (`ir.overlaid`), `parts` has the base, under its empty name, and each overlay by
    its id; then `objects` names all that any of them does. `forms` are what is made of results,
    `document` is that of its clauses.
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
    amended: str = ""
    later: tuple[tuple[str, date], ...] = ()
    parts: Mapping[str, Part] = field(default_factory=dict)
    forms: tuple[Form, ...] = ()
    document: Document = field(default_factory=Document)

    def id_for(self, named: str) -> str:
        """Return the id of the rulebook for a case that has `named` it, or that which it amends."""
        return self.rulebook if named == self.rulebook or not self.amended else self.amended

    def variants(self, name: str) -> tuple[ObjectType, ...]:
        """Return what an object type is for its objects: more than one with overlays."""
        return variants_of(self.objects, self.parts, name)

    @property
    def subjects(self) -> tuple[ObjectType, ...]:
        """The subject types, in the order of the rulebook."""
        return tuple(o for o in self.objects.values() if not o.is_record)


def variants_of(
    objects: Mapping[str, ObjectType], parts: Mapping[str, Part], name: str
) -> tuple[ObjectType, ...]:
    """Return what an object type is under each part, each once; itself where there are none."""
    if not parts:
        return (objects[name],)
    found = (part.objects[name] for part in parts.values() if name in part.objects)
    return tuple({id(declared): declared for declared in found}.values())


def ladder_of(declared: ObjectType) -> Ladder:
    """Return the ladder of a type that is ranked; nothing else has levels or results."""
    assert declared.ladder is not None  # noqa: S101  # to ask it of another type is a defect
    return declared.ladder
