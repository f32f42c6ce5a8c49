"""Cases of any rulebook: facts drawn by their declared types, some unknown."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING, Any

from tests.support.evaluation import ALL_WHOLE

from khung.engine.facts import Case, Entity, Given, Stated
from khung.engine.values import OPEN, Value, known, list_of
from khung.ir import types as t
from khung.rulebook.model.rules import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from random import Random

    from khung.ir.program import Fact, ObjectType, Program

ON = date(2021, 12, 15)
_DAYS = [
    date(2020, 3, 31),
    date(2021, 1, 1),
    date(2021, 6, 15),
    date(2021, 6, 16),
    date(2021, 12, 1),
]
_TEXTS = ["a", "b"]

Place = tuple[str, str]
"""Where a fact stands: the path of an entity and the name."""


@dataclass
class Drawn:
    """Entities by type and id, their records, and for each place every value it may have."""

    program: Program
    entities: dict[str, dict[str, Entity]] = field(default_factory=dict)
    records: list[Entity] = field(default_factory=list)
    domains: dict[Place, list[Value]] = field(default_factory=dict)

    def case(self, changes: Mapping[Place, Value]) -> Case:
        """Return a case of its own, with some facts changed."""
        copies: dict[int, Entity] = {}
        entities = {
            name: {key: self._copied(one, copies) for key, one in of_type.items()}
            for name, of_type in self.entities.items()
        }
        records = [self._copied(one, copies) for one in self.records]
        by_path = {one.path: one for one in copies.values()}
        for one in copies.values():
            own = {name: v for (path, name), v in changes.items() if path == one.path}
            one.facts = {n: _moved(v, by_path) for n, v in {**one.facts, **own}.items()}
        records = tuple(filter(_is_held, records))
        return Case(self.program, ON, entities, records, whole=ALL_WHOLE)

    def _copied(self, one: Entity, copies: dict[int, Entity]) -> Entity:
        if id(one) not in copies:
            owner = None if one.owner is None else self._copied(one.owner, copies)
            copies[id(one)] = Entity(one.type, one.id, one.facts, owner, one.given)
        return copies[id(one)]


def _is_held(record: Entity) -> bool:
    """Whether a record is in the list of its owner, which may have been changed or forgotten."""
    assert record.owner is not None
    held = record.owner.facts[record.id.partition("[")[0]]
    assert isinstance(held, Value)
    return held.known and any(item.value.least is record for item in held.least.items)


def _moved(value: Value | Stated, copies: Mapping[str, Entity]) -> Value | Stated:
    """Return a value that leads to the copies of the entities that it leads to."""
    if isinstance(value, Stated) or value.why:
        return value
    if isinstance(value.least, Entity):
        return known(copies[value.least.path])
    items = getattr(value.least, "items", None)
    if isinstance(items, tuple):
        return list_of(_moved(item.value, copies) for item in items)  # type: ignore[misc]
    return value


def drawn(rng: Random, program: Program, each: int = 2) -> Drawn:
    """Return a case with some subjects of each type, in which everything is given or default."""
    made = Drawn(program)
    for ty in program.subjects:
        of_type = made.entities.setdefault(ty.name, {})
        kinds = _kinds(rng, ty, each)
        for number in range(each):
            name = f"{ty.name}{number}"
            of_type[name] = Entity(ty, name, {ty.kind_field: kinds[number]} if kinds else {})
    for of_type in made.entities.values():
        for one in of_type.values():
            _fill(rng, made, one)
            if one.type.ladder is not None and rng.random() < 0.3:  # a share
                rank = rng.randrange(len(program.values[one.type.ladder.scale.name].values))
                one.given = Given(rank, "", Stage.QUOTA, {})
    return made


def _kinds(rng: Random, ty: ObjectType, each: int) -> list[Value]:
    """Return kinds, the later in order first: what a link leads to in its own type is above."""
    if ty.kinds is None:
        return []
    chosen = rng.sample(range(len(ty.kinds.values)), each)
    return [known(ty.kinds.values[rank]) for rank in sorted(chosen, reverse=True)]


def _fill(rng: Random, made: Drawn, one: Entity) -> None:
    facts: dict[str, Value | Stated] = dict(one.facts)
    one.facts = facts
    for name, domain in _domains(made, one).items():
        if not domain:
            facts[name] = Stated.ABSENT
            continue
        made.domains[one.path, name] = domain
        fact = one.type.facts.get(name)
        if fact is None or fact.default is None or rng.random() < 0.4:  # a share
            facts[name] = rng.choice(domain)
    for fact in one.type.facts.values():
        if isinstance(fact.ty, t.List) and isinstance(fact.ty.element, t.Object):
            facts[fact.name] = _records(rng, made, one, fact)
            made.domains[one.path, fact.name] = [facts[fact.name], list_of([])]  # type: ignore[list-item]  # a list is a value


def _records(rng: Random, made: Drawn, owner: Entity, fact: Fact) -> Value:
    assert isinstance(fact.ty, t.List)
    assert isinstance(fact.ty.element, t.Object)
    declared = made.program.objects[fact.ty.element.name]
    if not declared.is_record:
        return list_of(map(known, made.entities[declared.name].values()))
    rows = [Entity(declared, f"{fact.name}[{i}]", {}, owner) for i in range(rng.randrange(3))]
    for row in rows:
        _fill(rng, made, row)
    made.records.extend(rows)
    return list_of(map(known, rows))


def _domains(made: Drawn, one: Entity) -> dict[str, list[Value]]:
    found = {
        fact.name: _domain(made.program, fact.ty, fact)
        for fact in one.type.facts.values()
        if not (isinstance(fact.ty, t.List) and isinstance(fact.ty.element, t.Object))
    }
    for link in one.type.links.values():
        found[link.name] = _targets(made, one, link.to)
    for criterion in one.type.criteria.values():
        found[f"criteria.{criterion.id}"] = _domain(made.program, criterion.ty, criterion)
    return found


def _targets(made: Drawn, one: Entity, to: str) -> list[Value]:
    """Return what a link may lead to: in its own type only what was made before, so no loop."""
    others = list(made.entities[to].values())
    if to == one.type.name:
        others = others[: others.index(one)]
    return [known(other) for other in others]


def _domain(program: Program, ty: t.Type, limits: Any) -> list[Value]:
    match ty:
        case t.Boolean():
            return [known(value=False), known(value=True)]
        case t.Number():
            return [known(n) for n in map(Decimal, (0, 1, 3, 10, 50)) if _fits(n, limits)]
        case t.Date():
            return [known(day) for day in _DAYS if _fits(day, limits)]
        case t.Scale():
            return [known(rank) for rank in range(len(program.values[ty.name].values))]
        case t.Enumeration():
            return [known(value) for value in program.values[ty.name].values]
        case t.String():
            return [known(text) for text in _TEXTS]
        case t.Ballots():
            size = len(program.values[ty.scale].values)
            return [known(b) for b in product(range(3), repeat=size) if sum(b) == 2]
        case t.List():
            return [list_of([])]
        case _:
            raise AssertionError(ty)


def _fits(value: Any, limits: Any) -> bool:
    above = limits.low is None or value >= limits.low
    return bool(above and (limits.high is None or value <= limits.high))


# -- gaps -----------------------------------------------------------------------------------------


def with_gaps(rng: Random, made: Drawn, most: int = 3, of: str = "") -> dict[Place, Value]:
    """Return unknowns for some places, of one type of subject if `of` names it."""
    places = [p for p in made.domains if p[0].startswith(of) and len(made.domains[p]) > 1]
    chosen = rng.sample(places, min(len(places), rng.randint(1, most)))
    return dict.fromkeys(chosen, OPEN)


def completions(
    rng: Random, made: Drawn, gaps: Mapping[Place, Value], limit: int = 8
) -> Iterator[dict[Place, Value]]:
    """Yield values for the gaps, in every way, or in some ways where there are too many."""
    ways = list(product(*(made.domains[place] for place in gaps)))
    for way in rng.sample(ways, min(limit, len(ways))):
        yield dict(zip(gaps, way, strict=True))


def under(program: Program, case: Case) -> Case:
    """Return a case with its subjects in reverse, its entities of another reading of its rules."""
    everyone = [*(one for of in case.entities.values() for one in of.values()), *case.records]
    for one in everyone:
        one.type = program.objects[one.type.name]
    entities = {name: dict(reversed(of.items())) for name, of in reversed(case.entities.items())}
    return Case(program, case.on, entities, tuple(reversed(case.records)), whole=case.whole)
