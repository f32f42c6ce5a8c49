"""What a rulebook declares, ready to be looked up: values, object types and their members.

A first pass over the model that reads no expression: it only says which names there are and, but
for definitions, of which type. Definitions get theirs when they are first read (`typing`).
"""

from __future__ import annotations

from dataclasses import field, replace
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING

from khung.diagnostics.suggest import unknown
from khung.ir import types as t
from khung.ir.dates import working_days
from khung.ir.kinds import declare_kinds
from khung.ir.memo import Tracer
from khung.ir.program import Values, member_name
from khung.ir.uses import Uses
from khung.records import dataclass
from khung.rulebook import model as m
from khung.source.meant import type_said
from khung.syntax.ast import And, Argument, Call, Name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from khung.diagnostics.bag import Bag
    from khung.ir.dates import WorkingDays
    from khung.syntax.ast import Expr
    from khung.text import Span

BASE_TYPES: dict[str, t.Type] = {
    "boolean": t.BOOLEAN,
    "number": t.NUMBER,
    "string": t.STRING,
    "date": t.DATE,
}


class Sort(Enum):
    """What a member of an object is."""

    FACT = "fact"
    LINK = "link"
    BACK = "back_list"
    DEFINITION = "definition"
    SET = "set"
    LEVEL = "level"
    STATE = "state"
    STAGES = "stages"


@dataclass(frozen=True, slots=True)
class Member:
    """A name that can be read on an object. The type of a definition is found later."""

    sort: Sort
    name: str
    ty: t.Type
    span: Span | None = None
    applies: Expr | None = None
    label: m.Label | None = None
    holder: str = ""
    link: str = ""
    complete: str = ""
    definition: m.Definition | None = None
    table: m.Table | None = None
    key: str = ""


@dataclass(slots=True)
class Declared:
    """An object type: its members by name, its criteria, and the model it comes from."""

    name: str
    model: m.Subject | m.Record
    members: dict[str, Member] = field(default_factory=dict)
    criteria: dict[str, tuple[m.CriterionGroup, m.Criterion]] = field(default_factory=dict)

    @property
    def subject(self) -> m.Subject | None:
        """The model as a subject; None for a record."""
        return self.model if isinstance(self.model, m.Subject) else None


@dataclass(slots=True)
class Declarations:
    """All that can be looked up.

    Attributes:
        chosen: The option taken for each reading.
        tracer: What notes look-ups, and keeps what is lowered.
        uses: Where names are used.
    """

    rulebook: m.Rulebook | None
    bag: Bag
    values: dict[str, Values] = field(default_factory=dict)
    objects: dict[str, Declared] = field(default_factory=dict)
    chosen: dict[str, str] = field(default_factory=dict)
    calendars: dict[str, WorkingDays] = field(default_factory=dict)
    tracer: Tracer = field(default_factory=Tracer)
    uses: Uses = field(default_factory=Uses)

    @property
    def document(self) -> str:
        """The document whose clauses are meant where none is named."""
        return self.rulebook.document if self.rulebook else ""

    def type_of(self, ref: m.TypeRef) -> t.Type:
        """Return the type that a reference names; report an unknown name."""
        if ref.form is m.TypeForm.BALLOTS:
            return t.Ballots(ref.name) if self._scale(ref.name, ref.span) else t.BAD
        base = self._base(ref)
        return t.List(base) if ref.form is m.TypeForm.LIST else base

    def _base(self, ref: m.TypeRef) -> t.Type:
        if ref.name in BASE_TYPES:
            return BASE_TYPES[ref.name]
        if ref.name in self.values:
            found = self.values[ref.name]
            return t.Scale(found.name) if found.ordered else t.Enumeration(found.name)
        if ref.name in self.objects:
            return t.Object(ref.name)
        names, meant = (*BASE_TYPES, *self.values, *self.objects), type_said(ref.name)
        unknown(self.bag, "type", ref.name, ref.span, names, meant=meant)
        return t.BAD

    def _scale(self, name: str, span: Span) -> bool:
        scales = [v.name for v in self.values.values() if v.ordered]
        if name not in scales:
            unknown(self.bag, "scale", name, span, scales)
        return name in scales

    def subject_named(self, ref: m.Ref) -> str | None:
        """Return the name if it is a subject's; report it otherwise."""
        subjects = [o.name for o in self.objects.values() if o.subject]
        if ref.name in subjects:
            return ref.name
        unknown(self.bag, "subject", ref.name, ref.span, subjects)
        return None

    def member(self, object_name: str, name: str) -> Member | None:
        """Return a member of an object type by its name."""
        owner = self.objects.get(object_name)
        found = owner.members.get(name) if owner else None
        self.tracer.note_member(object_name, name, found)
        return found


def declare(rulebook: m.Rulebook, readings: Mapping[str, str], bag: Bag) -> Declarations:
    """Return what the rulebook declares, under the readings given, else those it chooses.

    Reports: K0201 for a name of a type, subject, scale, reading or option that nothing has.
    """
    declared = Declarations(rulebook, bag)
    for scale in rulebook.scales:
        declared.values[scale.head.id] = _values(scale.head, scale.values, ordered=True)
    for enumeration in rulebook.enumerations:
        declared.values[enumeration.head.id] = _values(enumeration.head, enumeration.values)
    _declare_readings(declared, rulebook, readings)
    declared.calendars.update({c.head.id: working_days(c) for c in rulebook.calendars})
    models: tuple[m.Record | m.Subject, ...] = (*rulebook.records, *rulebook.subjects)
    for model in models:
        declared.objects[model.head.id] = Declared(model.head.id, model)
        if isinstance(model, m.Subject) and model.kinds:
            declare_kinds(declared, model, model.kinds, unknown)
    for owner in declared.objects.values():
        _declare_members(declared, owner)
    for owner in declared.objects.values():
        _declare_back_lists(declared, owner)
    for owner in tuple(declared.objects.values()):
        _declare_owner(declared, owner)
    return declared


def _values(
    head: m.Head, values: Iterable[m.Named | m.Option | m.Kind], *, ordered: bool = False
) -> Values:
    kept = tuple(values)
    labels = {v.head.id: v.head.label or m.Label(v.head.id) for v in kept}
    return Values(head.id, tuple(labels), labels, head.label, ordered)


def _declare_readings(
    declared: Declarations, rulebook: m.Rulebook, readings: Mapping[str, str]
) -> None:
    for reading in rulebook.readings:
        name = reading.head.id
        options = _values(reading.head, reading.options)
        declared.values[f"readings.{name}"] = Values(
            f"readings.{name}", options.values, options.labels, reading.question
        )
        if reading.chosen.name not in options.values:
            unknown(
                declared.bag, "option", reading.chosen.name, reading.chosen.span, options.values
            )
        declared.chosen[name] = readings.get(name, reading.chosen.name)


def _declare_members(declared: Declarations, owner: Declared) -> None:
    model = owner.model
    if isinstance(model, m.Subject):
        _declare_kind_field(declared, owner, model)
        facts: tuple[m.Fact, ...] = model.facts
    else:
        facts = model.fields
    for fact in facts:
        head, ty, key = fact.head, declared.type_of(fact.type), fact.key.name if fact.key else ""
        member = Member(Sort.FACT, head.id, ty, head.span, _condition(fact), head.label, key=key)
        if head.id != _kind_field(model):
            _add(declared, owner, member)
    for link in model.links:
        _add(declared, owner, _link_member(declared, link))
    for d in model.definitions:
        head, applies = d.head, both(d.head.when, d.applies_when)
        member = Member(Sort.DEFINITION, head.id, t.BAD, head.span, applies, head.label)
        _add(declared, owner, replace(member, definition=d))
    if isinstance(model, m.Subject):
        _declare_tables(declared, owner, model)
        _declare_criteria(declared, owner, model)
        _declare_results(declared, owner, model)


def _declare_tables(declared: Declarations, owner: Declared, subject: m.Subject) -> None:
    """Declare each output of a table as a definition of a name that no author can give."""
    for table in subject.tables:
        head = table.head
        for output in table.outputs:
            ty = declared.type_of(output.type)
            if table.hit is m.Hit.COLLECT:
                ty = t.List(ty)
            name = member_name(head.id, output.ref.name)
            member = Member(Sort.DEFINITION, name, ty, head.span, head.when, head.label)
            _add(declared, owner, replace(member, table=table))


def _kind_field(model: m.Subject | m.Record) -> str:
    return model.kinds.field if isinstance(model, m.Subject) and model.kinds else ""


def _declare_kind_field(declared: Declarations, owner: Declared, model: m.Subject) -> None:
    if model.kinds:
        kind = t.Enumeration(f"{model.head.id}.{model.kinds.field}")
        _add(declared, owner, Member(Sort.FACT, model.kinds.field, kind, model.kinds.span))


def _link_member(declared: Declarations, link: m.Link) -> Member:
    to = declared.subject_named(link.to)
    ty: t.Type = t.Object(to) if to else t.BAD
    head = link.head
    return Member(Sort.LINK, head.id, ty, head.span, _condition(link), head.label)


def _condition(model: m.Fact | m.Link) -> Expr | None:
    """Return where a fact or link has a value; of an optional link that is `has(link)`."""
    span = model.head.span
    there: Expr | None = None
    if isinstance(model, m.Link) and model.optional:
        there = Call("has", (Argument("", Name(model.head.id, span), span),), span, span)
    return both(both(model.head.when, model.applies_when), there)


def both(first: Expr | None, second: Expr | None) -> Expr | None:
    """Return the conjunction of two conditions, of which either may be missing."""
    if first is None or second is None:
        return first or second
    return And((first, second), first.span)


def _add(declared: Declarations, owner: Declared, member: Member) -> None:
    first = owner.members.setdefault(member.name, member)
    if first is not member:
        related = (first.span,) if first.span else ()
        declared.bag.add("K0430", member.span, related=related, name=member.name, owner=owner.name)


def grade_type(criteria: m.Criteria, declared: Declarations) -> t.Type:
    """Return the type of one grade: the criteria's scale, or a number for points."""
    if criteria.scale is None:
        return t.NUMBER
    if criteria.scale.name in declared.values and declared.values[criteria.scale.name].ordered:
        return t.Scale(criteria.scale.name)
    scales = [v.name for v in declared.values.values() if v.ordered]
    unknown(declared.bag, "scale", criteria.scale.name, criteria.scale.span, scales)
    return t.BAD


def decimal(end: Decimal | date | None) -> Decimal | None:
    """Return the end of a range of numbers."""
    return end if isinstance(end, Decimal) else None


def _declare_criteria(declared: Declarations, owner: Declared, subject: m.Subject) -> None:
    criteria = subject.criteria
    if criteria is None:
        return
    grades = t.List(grade_type(criteria, declared))
    for group in criteria.groups:
        for item in group.items:
            owner.criteria.setdefault(item.head.id, (group, item))
        _add(declared, owner, Member(Sort.SET, group.head.id, grades, group.head.span))
    for chosen in criteria.sets:
        _add(declared, owner, Member(Sort.SET, chosen.head.id, grades, chosen.head.span))


def _declare_results(declared: Declarations, owner: Declared, subject: m.Subject) -> None:
    ladder = subject.ladder
    if ladder is None:
        return
    if ladder.scale.name not in declared.values:
        scales = [v.name for v in declared.values.values() if v.ordered]
        unknown(declared.bag, "scale", ladder.scale.name, ladder.scale.span, scales)
        return
    level = t.Scale(ladder.scale.name)
    _add(declared, owner, Member(Sort.LEVEL, ladder.alias or ladder.scale.name, level, ladder.span))
    for name in ("ranked", "pending"):
        _add(declared, owner, Member(Sort.STATE, name, t.BOOLEAN, ladder.span))
    _add(declared, owner, Member(Sort.STATE, "status", t.STRING, ladder.span))
    _add(declared, owner, Member(Sort.STAGES, "stages", level, ladder.span))


def _declare_back_lists(declared: Declarations, owner: Declared) -> None:
    model = owner.model
    for link in model.links:
        target = declared.objects.get(link.to.name)
        if link.back and target is not None:
            member = Member(
                Sort.BACK,
                link.back,
                t.List(t.Object(owner.name)),
                link.head.span,
                holder=owner.name,
                link=link.head.id,
                complete=link.complete.name if link.complete else "",
            )
            _add(declared, target, member)
            _check_complete(declared, target, link.complete)
    for fact in model.facts if isinstance(model, m.Subject) else model.fields:
        own = owner.members.get(fact.head.id)
        if fact.complete and own and not isinstance(own.ty, t.List):
            declared.bag.add("K0351", fact.complete.span, name=fact.head.id)
        else:
            _check_complete(declared, owner, fact.complete)


def _check_complete(declared: Declarations, target: Declared, count: m.Ref | None) -> None:
    """Report what should count a list of an object and is no number fact of it."""
    if count is None:
        return
    found = target.members.get(count.name)
    if found is None or not _is_count(found):
        numbers = [x.name for x in target.members.values() if _is_count(x)]
        unknown(declared.bag, "fact", count.name, count.span, numbers)


def _is_count(member: Member) -> bool:
    return member.ty == t.NUMBER and member.sort is Sort.FACT


def _declare_owner(declared: Declarations, owner: Declared) -> None:
    """Make `owner` of a record an object that offers what all its holders share."""
    if not isinstance(owner.model, m.Record):
        return
    holders = [declared.subject_named(ref) for ref in owner.model.held_by] or [
        o.name for o in declared.objects.values() if _holds(o, owner.name)
    ]
    known = [h for h in holders if h]
    if not known:
        return
    if len(known) == 1:
        name = known[0]
    else:
        name = t.one_of(known)
        first, *others = (declared.objects[h] for h in known)
        shared = {
            n: member
            for n, member in first.members.items()
            if all(n in o.members and o.members[n].ty == member.ty for o in others)
        }
        declared.objects.setdefault(name, Declared(name, first.model, shared))
    owner.members["owner"] = Member(Sort.LINK, "owner", t.Object(name))


def _holds(owner: Declared, record: str) -> bool:
    return any(
        member.ty == t.List(t.Object(record))
        for member in owner.members.values()
        if member.sort is Sort.FACT
    )


def cited(declared: Declarations, sources: Iterable[m.Citation]) -> tuple[str, ...]:
    """Return citations with their document."""
    return tuple(source.full(declared.document) for source in sources)
