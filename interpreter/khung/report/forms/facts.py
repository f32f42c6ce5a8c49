"""What a subject or record states and what is worked out of it, by the names of the rulebook."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from khung.engine.facts import Entity
from khung.engine.members import member, type_of
from khung.ir import types as t
from khung.report.forms.offers import MergeField, Sort, Term

if TYPE_CHECKING:
    from khung.engine.values import Value
    from khung.ir.program import ObjectType
    from khung.report.forms.tree import Fields, Tree


def facts_of(tree: Tree, declared: ObjectType) -> Fields:
    """Return facts, links, back lists and definitions of a type, by their names."""
    made: Fields = {}
    names = (*declared.facts, *declared.links, *declared.back_lists)
    if declared.kind_field:
        names = (declared.kind_field, *names)
    for name in names:
        ty = type_of(declared, name)
        label = tree.words.member(declared, name)
        if name == declared.kind_field:
            label = tree.words.scale(ty, tree.say("kind"))
        made[name] = _field(tree, label, ty, partial(_stated, tree, name))
    for name, definition in declared.definitions.items():
        if "." not in name:
            label = tree.words.label(definition.label, name)
            made[name] = _field(tree, label, definition.ty, partial(_defined, tree, name))
    return {name: found for name, found in made.items() if name.isidentifier()}


def called(tree: Tree, entity: Entity) -> str:
    """Return what people call an object, as in what is signed: no id where it has a name."""
    return entity.name or tree.words.name(entity)


def criteria_of(tree: Tree, name: str) -> Fields:
    """Return what may be asked of a criterion of a subject, which is the pair of them."""
    declared = tree.declared(name)
    graded = next(iter(declared.criteria.values())).ty
    sort, take = _plain(tree, graded)
    return tree.named(
        "criterion",
        {
            "label": (Sort.TEXT, lambda pair: tree.words.label(pair[1].label, pair[1].id)),
            "key": (Sort.TEXT, lambda pair: pair[1].id),
            "group": (Sort.TEXT, partial(_group, tree)),
            "grade": (sort, lambda pair: _taken(_grade(tree, *pair), take)),
        },
    )


def _group(tree: Tree, pair: tuple[Entity, Any]) -> str:
    entity, criterion = pair
    chosen = entity.type.sets.get(criterion.group)
    return tree.words.label(chosen.label if chosen else None, criterion.group)


def _grade(tree: Tree, entity: Entity, criterion: Any) -> Value | None:
    evaluator = tree.context.results.run.evaluator
    found = member(evaluator, entity, f"criteria.{criterion.id}", criterion.ty)
    return None if found is None else found[0]


def applying(tree: Tree, entity: Entity) -> list[tuple[Entity, Any]]:
    """Return the criteria that may apply to a subject, with it."""
    evaluator = tree.context.results.run.evaluator
    found = entity.type.criteria.values()
    is_there = (member(evaluator, entity, f"criteria.{one.id}", one.ty) for one in found)
    return [(entity, one) for one, held in zip(found, is_there, strict=True) if held is not None]


def ballots_of(tree: Tree, name: str) -> Fields:
    """Return what may be asked of ballots: the number for each level, by its name, and all."""
    scale = tree.program.values[name]
    made = {
        level: MergeField(tree.words.named(name, rank), Sort.NUMBER, partial(_ballot, rank))
        for rank, level in enumerate(scale.values)
    }
    own = {
        "total": (Sort.NUMBER, lambda counts: int(sum(counts))),
        "levels": (Sort.LIST, lambda counts: [(name, *one) for one in _by_level(counts)], "tally"),
    }
    return {**made, **tree.named("ballots", own)}


def _ballot(rank: int, counts: Any) -> int:
    return int(counts[rank]) if rank < len(counts) else 0


def _by_level(counts: Any) -> list[tuple[int, int]]:
    return [(rank, int(number)) for rank, number in reversed(tuple(enumerate(counts)))]


def tally_of(tree: Tree, _: str) -> Fields:
    """Return what may be asked of the ballots for one level."""
    return tree.named(
        "tally",
        {
            "level": (Sort.TERM, lambda one: term(tree, one[0], one[1])),
            "number": (Sort.NUMBER, lambda one: one[2]),
        },
    )


def term(tree: Tree, scale: str, value: int | str) -> Term:
    """Return a value of a scale, by rank, or of an enumeration, by name."""
    values = tree.program.values[scale]
    key = values.values[value] if isinstance(value, int) else value
    return Term.of(tree.words.named(scale, value), key)


# -- one value ------------------------------------------------------------------------------------


def _field(tree: Tree, label: str, ty: t.Type, read: Any) -> MergeField:
    match ty:
        case t.Object():
            return MergeField(label, Sort.ONE, lambda e: _taken(read(e), _itself), _shape(tree, ty))
        case t.Ballots():
            shape = f"ballots:{ty.scale}"
            return MergeField(label, Sort.ONE, lambda e: _taken(read(e), _itself), shape)
        case t.List():
            return _list(tree, label, ty.element, read)
        case _:
            sort, take = _plain(tree, ty)
            return MergeField(label, sort, lambda e: _taken(read(e), take))


def _list(tree: Tree, label: str, element: t.Type, read: Any) -> MergeField:
    is_thing = isinstance(element, t.Object)
    shape = _shape(tree, element) if is_thing else ""
    take = _itself if is_thing else _plain(tree, element)[1]

    def items(entity: Entity) -> list[Any]:
        found = read(entity)
        held = getattr(found.least if found is not None else None, "items", ())
        taken = (_taken(item.value, take) for item in held if item.sure)
        return [one for one in taken if one is not None and not getattr(one, "stranger", False)]

    return MergeField(label, Sort.LIST, items, shape)


def _shape(tree: Tree, ty: t.Type) -> str:
    """Return the shape of objects; of records that several types may hold the first is taken."""
    name = getattr(ty, "name", "").partition("|")[0]
    declared = tree.program.objects.get(name)
    if declared is None:
        return "nothing"
    return f"{'record' if declared.is_record else 'subject'}:{name}"


def nothing_of(_: Tree, __: str) -> Fields:
    """Return no fields."""
    return {}


def _itself(value: Any) -> Any:
    return None if isinstance(value, Entity) and value.stranger else value


def _taken(value: Value | None, take: Any) -> Any:
    """Return a known value as it is offered; None where it is not known or does not apply."""
    if value is None or value.why or value.least is None:
        return None
    return take(value.least)


def _plain(tree: Tree, ty: t.Type) -> tuple[Sort, Any]:
    """Return the sort of values of a type, and what makes one of the run-time form."""
    match ty:
        case t.Boolean():
            return Sort.TRUTH, bool
        case t.Number():
            return Sort.NUMBER, _number
        case t.Ratio():
            return Sort.SHARE, lambda value: tree.words.known(value, ty)
        case t.Date():
            return Sort.DATE, _itself
        case t.Scale() | t.Enumeration():
            return Sort.TERM, partial(term, tree, ty.name)
        case _:
            return Sort.TEXT, lambda value: tree.words.known(value, ty)


def _number(value: Any) -> Any:
    return int(value) if value == value.to_integral_value() else value


def _stated(tree: Tree, name: str, entity: Entity) -> Value | None:
    evaluator = tree.context.results.run.evaluator
    found = member(evaluator, entity, name, type_of(entity.type, name))
    return None if found is None else found[0]


def _defined(tree: Tree, name: str, entity: Entity) -> Value | None:
    found = tree.context.results.run.evaluator.definition(entity, name)
    return None if found is None else found[0]
