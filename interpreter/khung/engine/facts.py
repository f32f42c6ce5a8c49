"""The typed facts of one case: subjects and records, what each states, and who points to whom."""

from __future__ import annotations

from dataclasses import field
from enum import Enum
from typing import TYPE_CHECKING

from khung.engine.values import Element, Elements, Value, known
from khung.records import dataclass
from khung.rulebook.model.rules import Stage

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from typing import Any

    from khung.ir.program import Fact, ObjectType, Program
    from khung.rulebook.model import Label


class Stated(Enum):
    """What a case may say of a fact besides a value."""

    ABSENT = "-"
    """It does not apply, or there is none."""


@dataclass(frozen=True, slots=True)
class Given:
    """A decision taken outside: the result of a stage and of every earlier one.

    Attributes:
        level: The rank, or None where only a status is given.
        status: `not_ranked` or `pending`, or empty.
        after: The stage whose result it stands for.
        said: The decision as the case states it, repeated in the result.
    """

    level: int | None
    status: str
    after: Stage
    said: Mapping[str, Any]

    def is_before(self, stage: Stage) -> bool:
        """Whether a stage comes after the one whose result this is, and so still runs."""
        order = tuple(Stage)
        return order.index(stage) > order.index(self.after)

    def stands_for(self, stage: Stage | None) -> bool:
        """Whether its level is that of a stage."""
        return self.level is not None and stage is not None and not self.is_before(stage)


@dataclass(eq=False, slots=True)
class Entity:
    """A subject of a case, or a record that one holds.

    `facts` has a `Value` or `Stated.ABSENT` for each fact, link and `criteria.ITEM` that the case
    names; a list of records is a `Value` of `Elements`. What is not in it was not given. A
    `stranger` is one of which nothing is known, not even that defaults hold. The id of a record is
    `LIST[KEY]`: the fact that holds it, and its key or else its place from 1.

    Ballots are a tuple of counts by rank, lowest first; a link is the entity it leads to. `name` is
    what people call it, or empty. Of one that is `bare` no defaults hold.
    """

    type: ObjectType
    id: str
    facts: Mapping[str, Value | Stated]
    owner: Entity | None = None
    given: Given | None = None
    stranger: bool = False
    name: str = ""
    bare: bool = False

    @property
    def assumes(self) -> bool:
        """Whether defaults hold of what is not stated."""
        return not (self.stranger or self.bare)

    @property
    def key(self) -> str:
        """What tells a record from the others of its list: `k1` of `visits[k1]`."""
        return self.id.partition("[")[2].removesuffix("]")

    @property
    def path(self) -> str:
        """How results and diagnostics name it: `lecturer.an`, `lecturer.an.visits[k1]`."""
        if self.owner is not None:
            return f"{self.owner.path}.{self.id}"
        return f"{self.type.name}.{self.id}"


@dataclass(frozen=True, slots=True)
class Whole:
    """What a case says is whole of what is gathered from who stands in it.

    Attributes:
        everything: Whether all of it is.
        types: Subject types of which every subject stands in the case.
        lists: Back lists, and own ones that leave it open, each as type, id and name of the list.
    """

    everything: bool = False
    types: frozenset[str] = frozenset()
    lists: frozenset[tuple[str, str, str]] = frozenset()

    def has_all(self, type_name: str) -> bool:
        """Whether every subject of a type stands in the case."""
        return self.everything or type_name in self.types

    def names(self, entity: Entity, name: str) -> bool:
        """Whether one list of a subject is named."""
        return (entity.type.name, entity.id, name) in self.lists

    @property
    def said(self) -> tuple[str, ...]:
        """What is named, as a case writes it: types, then lists."""
        return (*sorted(self.types), *(".".join(path) for path in sorted(self.lists)))


NOTHING_WHOLE = Whole()


@dataclass(frozen=True, slots=True)
class Case:
    """All that is stated: entities by type and id, the date of the ranking, the title.

    Of one that is `bare` no defaults are taken, as its entities say. `named` is the rulebook that
    it names, which may be an earlier version of the one that it runs under.
    `under` has the overlays of those subjects that are under one, by type and id.
    """

    program: Program
    on: date
    entities: Mapping[str, Mapping[str, Entity]]
    records: tuple[Entity, ...] = ()
    title: Label | None = None
    whole: Whole = NOTHING_WHOLE
    bare: bool = False
    named: str = ""
    under: Mapping[tuple[str, str], str] = field(default_factory=dict)
    _pointing: dict[tuple[str, str], tuple[dict[int, list[Entity]], list[Entity]]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )
    holding: dict[str, Mapping[str, tuple[Fact, ...]]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )
    """By type of record: the lists of each type that may hold one, or one that holds it."""
    open_lists: dict[str, tuple[tuple[Entity, Fact], ...]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )
    """By type of record: the lists that may hold more of them, as `gathered` finds them."""

    def back_list(self, target: Entity, name: str) -> Elements:
        """Return the objects that point to `target`: those whose link is unknown are possible."""
        declared = target.type.back_lists[name]
        link = self.program.objects[declared.holder].links[declared.link]
        tree = link.tree and declared.holder == target.type.name
        pointing, unknown = self._index(declared.holder, declared.link)
        found = [Element(known(holder)) for holder in pointing.get(id(target), ())]
        found += [
            Element(known(holder), sure=False)
            for holder in unknown
            if holder is not target and (not tree or self._may_be_below(holder, target, link.name))
        ]
        return Elements(tuple(found))

    def _may_be_below(self, holder: Entity, target: Entity, link: str) -> bool:
        """Whether an unknown link of a tree may lead to `target`: not from above it.

        Work goes up the tree kind by kind, so whoever is pointed to is later in order than that.
        """
        above = next_along(target, link)
        high = _kind_rank(target)
        if high is None and above is not None and (rank := _kind_rank(above)) is not None:
            high = rank - 1
        low = _kind_rank(holder)
        if low is None:
            under = self._index(holder.type.name, link)[0].get(id(holder), ())
            ranks = [rank for one in under if (rank := _kind_rank(one)) is not None]
            low = max(ranks) + 1 if ranks else None
        if low is not None and high is not None and low >= high:
            return False
        while above is not None and above is not holder:
            above = next_along(above, link)
        return above is None

    def _index(self, holder: str, link: str) -> tuple[dict[int, list[Entity]], list[Entity]]:
        """Return who points to whom along a link, by `id(target)`, and whose link is unknown."""
        key = (holder, link)
        if key not in self._pointing:
            pointing: dict[int, list[Entity]] = {}
            unknown: list[Entity] = []
            absent = self.program.objects[holder].links[link].absent
            for entity in self._holders(holder):
                stated = entity.facts.get(link)
                if stated is None and absent and entity.assumes:
                    continue
                if stated is None or (isinstance(stated, Value) and stated.why):
                    unknown.append(entity)
                elif isinstance(stated, Value):
                    pointing.setdefault(id(stated.least), []).append(entity)
            self._pointing[key] = (pointing, unknown)
        return self._pointing[key]

    def _holders(self, type_name: str) -> list[Entity]:
        declared = self.program.objects[type_name]
        if declared.is_record:
            return [r for r in self.records if r.type.name == type_name]
        return list(self.entities.get(type_name, {}).values())


def next_along(entity: Entity, link: str) -> Entity | None:
    """Return where a link is stated to lead; None if that is not known, or nowhere."""
    stated = entity.facts.get(link)
    if not isinstance(stated, Value) or not stated.known:
        return None
    target: Entity = stated.least
    return target


def _kind_rank(entity: Entity) -> int | None:
    stated = entity.facts.get(entity.type.kind_field)
    if entity.type.kinds is None or not isinstance(stated, Value) or stated.why:
        return None
    return entity.type.kinds.rank(stated.least)


def stranger(declared: ObjectType) -> Entity:
    """Return an object of which nothing is known."""
    return Entity(declared, "?", {}, stranger=True)
