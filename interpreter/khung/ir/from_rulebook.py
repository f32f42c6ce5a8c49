"""From a rulebook to a program: every expression resolved and typed, every rule given its id.

In: the rulebook model and the readings to follow. Out: a `Program`, or None after diagnostics.
Each part is lowered even where another is broken, so that all errors come in one run.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from khung.diagnostics.bag import Bag
from khung.diagnostics.suggest import unknown
from khung.ir import program as p
from khung.ir import rules
from khung.ir import types as t
from khung.ir.bounds import check_bounds
from khung.ir.declare import cited, decimal, declare, grade_type
from khung.ir.defaults import check_defaults, is_absent
from khung.ir.definitions import Definitions, is_optional
from khung.ir.facts import lower_fact
from khung.ir.follow_ups import told_of_removed, without_follow_ups, without_lost_levels
from khung.ir.forms import document_of, lower_form
from khung.ir.memo import Memo
from khung.ir.musts import check_musts
from khung.ir.nodes import AllOf, AnyOf, Node, Not
from khung.ir.order import work_order
from khung.ir.scope import Scope
from khung.ir.settings import check_readings, words_of_settings
from khung.ir.stages.parts import lower_stages
from khung.ir.subtrees import back_lists_of
from khung.ir.tracing import tracer_of
from khung.ir.typing import lower
from khung.records import dataclass, replace
from khung.rulebook import model as m

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from khung.ir.declare import Declarations, Declared
    from khung.ir.program import Table
    from khung.ir.uses import Uses

T = TypeVar("T")


def lower_rulebook(
    rulebook: m.Rulebook,
    readings: Mapping[str, str],
    bag: Bag,
    memo: Memo | None = None,
    uses: Uses | None = None,
) -> p.Program | None:
    """Return the program of a rulebook, with `readings` followed instead of those it chooses.

    What is in the `memo` of rulebooks like it is not lowered again; where names are used is put
    into `uses`, of all that is lowered.

    Reports: K0503, K0504 (no such reading or option), K0530 (a name that was taken out), and all
    that the parts report. None if any of it is an error.
    """
    said = Bag()
    program = _lowered(rulebook, readings, said, memo or Memo(), uses)
    own = tuple(without_lost_levels(said.diagnostics, rulebook))
    first = tuple(without_follow_ups(own, rulebook.broken))
    bag.add_all(told_of_removed(first, rulebook.removed))
    return None if said.has_errors or bag.has_errors else program


def _lowered(
    rulebook: m.Rulebook,
    readings: Mapping[str, str],
    bag: Bag,
    memo: Memo,
    uses: Uses | None,
) -> p.Program | None:
    check_readings(rulebook, readings, bag)
    lowering = lowering_of(rulebook, readings, bag, memo)
    lowering.declared.uses = uses or lowering.declared.uses
    declared = lowering.declared
    objects = {
        name: lowering.object_type(owner)
        for name, owner in declared.objects.items()
        if t.names_of(name) == (name,)
    }
    for parameter in rulebook.parameters:
        value = lowering.definitions.parameter(parameter, parameter.value.span)
        check_bounds(parameter, value, Scope(declared, lowering.definitions, lower))
    found = {r.head.id: _reading(declared, r) for r in rulebook.readings}
    check_defaults(objects, bag)
    check_musts(objects, bag)
    applies_to = {
        part.subject.name: tuple(ref.name for ref in part.ids)
        for part in rulebook.applies_to
        if declared.subject_named(part.subject)
    }
    if bag.has_errors:
        return None
    program = p.Program(
        rulebook.id,
        rulebook.digest,
        rulebook.title,
        rulebook.period,
        declared.values,
        objects,
        found,
        {fact: frozenset(by) for fact, by in sorted(declared.tracer.dates.items())},
        applies_to,
        amended=rulebook.amended.id if rulebook.amended else "",
        later=rulebook.amended.later if rulebook.amended else (),
    )
    forms = tuple(lower_form(form, declared, lowering.definitions) for form in rulebook.forms)
    program = replace(program, forms=forms, document=document_of(rulebook))
    order = work_order(program, bag, memo)
    return None if bag.has_errors else replace(program, order=order)


def lowering_of(
    rulebook: m.Rulebook, readings: Mapping[str, str], bag: Bag, memo: Memo
) -> Lowering:
    """Return what lowers the object types of a rulebook."""
    declared = declare(rulebook, readings, bag)
    declared.values |= words_of_settings()
    declared.tracer = tracer_of(memo, declared)
    definitions = Definitions(declared, lower)
    declared.tracer.definition = definitions.definition
    return Lowering(declared, definitions, memo)


def _reading(declared: Declarations, reading: m.Reading) -> p.Reading:
    name = reading.head.id
    options = declared.values[f"readings.{name}"]
    return p.Reading(name, reading.question, options, declared.chosen[name])


@dataclass(frozen=True, slots=True)
class Lowering:
    """Lowers one object type after the other."""

    declared: Declarations
    definitions: Definitions
    memo: Memo

    def object_type(self, owner: Declared) -> p.ObjectType:
        """Return an object type with all that its objects hold and all its rules."""
        make = partial(self._object_type, owner)
        key = ("type", owner.name, id(owner.model))
        return self.declared.tracer.once(key, make, owner.model, in_parts=True)

    def _object_type(self, owner: Declared) -> p.ObjectType:
        self.declared.tracer.note("members", owner.name, tuple(owner.members))
        for name, member in owner.members.items():
            self.declared.tracer.note(owner.name, name, id(member))
        model = owner.model
        scope = self.definitions.scope_of(owner.name, model.head.span)
        links = self._each(owner, "links", model.links, partial(self._link, owner))
        definitions = {
            d.head.id: found
            for d in model.definitions
            if (found := self.definitions.definition(owner.name, d.head.id))
        }
        if isinstance(model, m.Record):
            fact = partial(lower_fact, owner, scope=scope, definitions=self.definitions)
            return p.ObjectType(
                name=owner.name,
                is_record=True,
                label=model.head.label,
                facts=self._each(owner, "facts", model.fields, fact),
                links=links,
                back_lists=back_lists_of(owner),
                definitions=definitions,
                held_by=tuple(ref.name for ref in model.held_by),
            )
        return self._subject(owner, model, links, definitions, scope)

    def _subject(
        self,
        owner: Declared,
        model: m.Subject,
        links: dict[str, p.Link],
        definitions: dict[str, p.Definition],
        scope: Scope,
    ) -> p.ObjectType:
        if model.ladder is None:
            self._refuse_outputs(model)
            self._refuse_checks(model)
        kinds = model.kinds
        field = kinds.field if kinds else ""
        maker = rules.RuleMaker(owner.name, scope, model.ladder)
        tables = self._tables(owner, model)
        for table in model.tables:
            definitions |= self.definitions.outputs(owner.name, table)
        fact = partial(lower_fact, owner, scope=scope, definitions=self.definitions)
        made = p.ObjectType(
            name=owner.name,
            label=model.head.label,
            facts=self._each(owner, "facts", model.facts, fact),
            links=links,
            back_lists=back_lists_of(owner),
            definitions=definitions,
            criteria=self._criteria(owner, model, scope),
            sets=_sets(model, scope),
            kind_field=field,
            kinds=self.declared.values.get(f"{owner.name}.{field}") if field else None,
            **maker.rules(model),
            tables=tables,
        )
        stages = {
            name: self.memo.same((owner.name, name), stage)
            for name, stage in lower_stages(made, model.head.span).items()
        }
        return replace(made, stages=stages)

    def _tables(self, owner: Declared, model: m.Subject) -> dict[str, Table]:
        found = (self.definitions.table(owner.name, table) for table in model.tables)
        return {table.name: table for table in found if table is not None}

    def _refuse_outputs(self, model: m.Subject) -> None:
        """Report outputs of a type that is not ranked: there is no result to put them in."""
        for definition in model.definitions:
            if definition.output:
                name, owner = definition.head.id, model.head.id
                self.declared.bag.add("K0442", definition.head.span, name=name, owner=owner)

    def _refuse_checks(self, model: m.Subject) -> None:
        """Report checks of a type that is not ranked, for the same reason."""
        for check in model.checks:
            name, owner = check.head.id, model.head.id
            self.declared.bag.add("K0439", check.head.span, name=name, owner=owner)

    def _each(
        self, owner: Declared, key: str, models: tuple[Any, ...], make: Callable[[Any], T]
    ) -> dict[str, T]:
        """Return what is made of each entry under a key, once for those that stand there."""
        of = (key, owner.name, id(models))

        def made() -> dict[str, T]:
            return {model.head.id: make(model) for model in models}

        return self.declared.tracer.once(of, made, models, in_parts=True)

    def _link(self, owner: Declared, model: m.Link) -> p.Link:
        head = model.head
        member = owner.members[head.id]
        applies = self.definitions.applies(owner.name, member)
        optional = model.optional or is_optional(applies, head.id)
        return p.Link(
            head.id,
            member.ty,
            model.to.name,
            head.label,
            model.back,
            model.tree,
            applies,
            optional,
            is_absent(model, self.declared.bag, optional=optional),
            model.unit,
        )

    def _criteria(self, owner: Declared, model: m.Subject, scope: Scope) -> dict[str, p.Criterion]:
        if model.criteria is None:
            return {}
        ty = grade_type(model.criteria, self.declared)
        made: dict[str, p.Criterion] = {}
        for group, item in owner.criteria.values():
            conditions = (
                group.head.when,
                group.applies_when,
                item.head.when,
                item.applies_when,
            )
            low, high = (item.range.low, item.range.high) if item.range else (None, None)
            made[item.head.id] = p.Criterion(
                item.head.id,
                group.head.id,
                ty,
                item.head.label,
                cited(self.declared, item.head.sources or group.head.sources),
                all_of([scope.lower(c, t.BOOLEAN) for c in conditions if c is not None]),
                decimal(low),
                decimal(high),
            )
        return made


def all_of(conditions: list[Node]) -> Node | None:
    """Return the conjunction of conditions; None of none."""
    if not conditions:
        return None
    return conditions[0] if len(conditions) == 1 else AllOf(tuple(conditions), conditions[0].span)


Members = dict[str, Node | None]
"""Criteria by id, each with the condition under which it is in the set; None is always."""


def _sets(model: m.Subject, scope: Scope) -> dict[str, p.CriterionSet]:
    if model.criteria is None:
        return {}
    groups: dict[str, Members] = {
        group.head.id: {item.head.id: None for item in group.items}
        for group in model.criteria.groups
    }
    declared = {s.head.id: s for s in model.criteria.sets}
    done: dict[str, Members] = dict(groups)
    for name in declared:
        _resolve_set(name, declared, groups, done, scope)
    heads = [group.head for group in model.criteria.groups]
    heads += [chosen.head for chosen in model.criteria.sets]
    labels = {head.id: head.label for head in heads}
    return {n: p.CriterionSet(n, tuple(found.items()), labels[n]) for n, found in done.items()}


def _resolve_set(
    name: str,
    declared: Mapping[str, m.CriterionSet],
    groups: Mapping[str, Members],
    done: dict[str, Members],
    scope: Scope,
) -> Members:
    if name in done:
        return done[name]
    every: Members = {item: None for group in groups.values() for item in group}
    done[name] = {}
    members = declared[name].members
    match members:
        case m.Everything():
            found = every
        case m.Except():
            if members.set.name not in declared and members.set.name not in groups:
                known = (*declared, *groups)
                unknown(scope.declared.bag, "set", members.set.name, members.set.span, known)
                return {}
            found = _without(every, _resolve_set(members.set.name, declared, groups, done, scope))
        case m.Takes():
            found = {}
            for take in members.takes:
                _take(take, groups, found, scope)
    done[name] = found
    return found


def _without(every: Members, taken: Members) -> Members:
    found: Members = {}
    for item in every:
        if item not in taken:
            found[item] = None
        else:
            condition = taken[item]
            if condition is not None:
                found[item] = Not(condition, condition.span)
    return found


def _take(take: m.Take, groups: Mapping[str, Members], found: Members, scope: Scope) -> None:
    group = groups.get(take.group.name)
    if group is None:
        unknown(scope.declared.bag, "group", take.group.name, take.group.span, groups)
        return
    if take.item is not None and take.item.name not in group:
        unknown(scope.declared.bag, "criterion", take.item.name, take.item.span, group)
        return
    condition = None if take.when is None else scope.lower(take.when, t.BOOLEAN)
    for item in group if take.item is None else (take.item.name,):
        found[item] = _or_taken(found, item, condition)


def _or_taken(found: Members, item: str, condition: Node | None) -> Node | None:
    if item not in found:
        return condition
    before = found[item]
    if before is None or condition is None:
        return None
    return AnyOf((before, condition), condition.span)
