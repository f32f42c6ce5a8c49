"""The names that a case can use, and what was meant by one that it cannot.

A generated case may hold the same mistake ten thousand times, so looking for the nearest name is
done once for each, and among ids only as long as it is cheap.

Reports: K0614.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.diagnostics.suggest import bare, listed, nearest
from khung.engine.facts import next_along
from khung.engine.values import Value
from khung.ir import types as t
from khung.ir.operators import type_word
from khung.ir.program import Fact
from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from khung.casefile.model import CaseFile, Group, Written
    from khung.diagnostics.bag import Bag
    from khung.engine.facts import Entity
    from khung.ir.program import Link, ObjectType, Program, Values
    from khung.rulebook.model import Label
    from khung.text import Span


def input_of(ty: ObjectType, name: str) -> Fact | Link | None:
    """Return the fact or link that a case may state under a name; the kind is a fact too."""
    found = ty.facts.get(name) or ty.links.get(name)
    if found is None and ty.kinds is not None and name == ty.kind_field:
        return kind_fact(ty)
    return found


def kind_fact(ty: ObjectType) -> Fact:
    """Return the fact that tells the kind of a subject."""
    assert ty.kinds is not None  # noqa: S101  # asked only of what has kinds
    return Fact(ty.kind_field, t.Enumeration(ty.kinds.name), ty.kinds.label, ())


# -- what was meant ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Meant:
    """What a name that is no input of an object is: which advice of K0610 holds, and its names."""

    advice: str
    other: str = ""
    holder: str = ""


def meant_by(name: str, ty: ObjectType, program: Program) -> Meant:
    """Return what somebody who states `name` of an object should do instead."""
    if name in ty.definitions:
        return Meant("computed")
    if name in ty.criteria:
        return Meant("criterion")
    if name in ty.back_lists:
        back = ty.back_lists[name]
        return Meant("back", back.link, back.holder)
    holders = [other.name for other in program.subjects if input_of(other, name)]
    if holders:
        return Meant("elsewhere", holders[0])
    labels = {n: fact.label for n, fact in ty.facts.items()}
    labels.update((n, link.label) for n, link in ty.links.items())
    near = labelled(name, labels) or nearest(name, (*labels, ty.kind_field))
    return Meant("near", near) if near else Meant("")


def labelled(text: str, labels: Mapping[str, Label | None]) -> str | None:
    """Return the name whose label a text is: people write what they read."""
    meant = bare(text)
    for name, label in labels.items():
        if label is not None and meant in (bare(label.vi), bare(label.en)):
            return name
    return None


_FEWEST_INITIALS = 2  # one letter may stand for anything


def shortened(text: str, values: Values) -> str | None:
    """Return the value that initials stand for: of its name, or those that its label begins with.

    Of several labels it is the shortest.
    """
    meant = bare(text)
    if len(meant) < _FEWEST_INITIALS:
        return None
    by_name = {_initials(name, "_"): name for name in values.values}
    if meant in by_name:
        return by_name[meant]
    labels = (
        (bare(said), n) for n, label in values.labels.items() for said in (label.vi, label.en)
    )
    found = [(_initials(said, "_"), name) for said, name in labels]
    return min(((len(i), n) for i, n in found if i.startswith(meant)), default=(0, None))[1]


def _initials(words: str, mark: str) -> str:
    return "".join(word[:1] for word in words.split(mark))


def unknown_value(
    name: str, values: Values, span: Span, at: str, program: Program, bag: Bag
) -> None:
    """Report a level, option or kind that is not one; say whose it is."""
    near = labelled(name, values.labels) or nearest(name, values.values) or shortened(name, values)
    others = [v.name for v in program.values.values() if name in v.values and _is_data(v)]
    advice = "other" if others else "near" if near else ""
    ty = t.Scale(values.name) if values.ordered else t.Enumeration(values.name)
    bag.add(
        "K0614",
        span,
        help=advice,
        at=at,
        value=name,
        type=type_word(ty),
        near=near or "",
        other=others[0] if others else "",
        known=listed(values.values, 12),
    )


def _is_data(values: Values) -> bool:
    return not values.name.startswith("readings.")  # options are never stated as facts


@dataclass(slots=True)
class NearIds:
    """Finds the id that was meant. `left` is how many ids may still be compared."""

    left: int = 100_000

    def nearest(self, name: str, ids: Collection[str]) -> str | None:
        """Return the id nearest to `name`; None where there is none, or looking costs too much."""
        if len(ids) > self.left:
            return None
        self.left -= len(ids)
        return nearest(name, ids)


def check_links(
    case_file: CaseFile, entities: Mapping[str, Mapping[str, Entity]], program: Program, bag: Bag
) -> None:
    """Report each ring of links between subjects of one type, and each link that leads down."""
    for group in case_file.subjects:
        made = entities.get(group.type.name)
        if made is None:
            continue
        links = program.objects[group.type.name].links.values()
        for link in links:
            if link.tree and link.to == group.type.name:
                in_rings: set[int] = set()
                for ring in _rings(made.values(), link.name):
                    in_rings.update(map(id, ring))
                    _report(ring, link.name, group, bag)
                upright = {k: e for k, e in made.items() if id(e) not in in_rings}
                _check_kinds(upright, link.name, group, bag)


def _rings(entities: Iterable[Entity], link: str) -> Iterator[list[Entity]]:
    """Yield the subjects of each ring, in the order of their links."""
    passed: set[int] = set()
    for entity in entities:
        way: list[Entity] = []
        places: dict[int, int] = {}
        current: Entity | None = entity
        while current is not None and id(current) not in passed:
            passed.add(id(current))
            places[id(current)] = len(way)
            way.append(current)
            current = next_along(current, link)
        if current is not None and id(current) in places:
            yield way[places[id(current)] :]


def _report(ring: list[Entity], link: str, group: Group, bag: Bag) -> None:
    path = " → ".join(entity.id for entity in (*ring, ring[0]))
    for entry in group.entries:
        if ring[-1].id in entry.ids:
            span, at = _place(entry, link, group)
            bag.add("K0628", span, at=at, name=link, path=path)


def _place(entry: Written, link: str, group: Group) -> tuple[Span, str]:
    """Return where a link is written: at the subject itself, or else where its entry begins."""
    own = (fact.value.span for fact in entry.facts if fact.key == link)
    return next(own, entry.id.span), f"subjects.{group.type.name}.{entry.id.name}.{link}"


# -- kinds ------------------------------------------------------------------------------------


def _check_kinds(entities: Mapping[str, Entity], link: str, group: Group, bag: Bag) -> None:
    """Report each entry whose link leads to a kind that is not later in order than its own."""
    for entry in group.entries:
        entity = entities.get(entry.ids[0]) if entry.ids else None
        target = next_along(entity, link) if entity else None
        if entity is not None and target is not None:
            own, above, kinds = _kind(entity), _kind(target), entity.type.kinds
            if kinds and own and above and kinds.rank(own) >= kinds.rank(above):
                span, at = _place(entry, link, group)
                _report_kind(entity, target, link, bag, span, at)


def _report_kind(entity: Entity, target: Entity, link: str, bag: Bag, span: Span, at: str) -> None:
    own, above, kinds = _kind(entity), _kind(target), entity.type.kinds
    assert kinds is not None  # noqa: S101  # the caller has looked
    later = kinds.values[kinds.rank(own) + 1 :]
    bag.add(
        "K0631",
        span,
        help="" if later else "top",
        at=at,
        name=entity.id,
        kind=own,
        target=target.id,
        above=above,
        link=link,
        later=listed(later),
    )


def _kind(entity: Entity) -> str:
    """Return the kind that is stated of a subject; empty if none is, or there are no kinds."""
    stated = entity.facts.get(entity.type.kind_field)
    return str(stated.least) if isinstance(stated, Value) and stated.known else ""


# -- the subjects for which the rulebook is made ----------------------------------------------


def check_part(
    case_file: CaseFile, entities: Mapping[str, Mapping[str, Entity]], program: Program, bag: Bag
) -> None:
    """Report each subject for which the rulebook is not made."""
    for group in () if case_file.for_both else case_file.subjects:
        listed = program.applies_to.get(group.type.name)
        made = entities.get(group.type.name, {})
        if listed is None:
            continue
        for entry in group.entries:
            first = made.get(entry.ids[0]) if entry.ids else None
            if first is not None and not _reaches(first, frozenset(listed)):
                at = f"subjects.{group.type.name}.{entry.id.name}"
                bag.add("K0641", entry.id.span, at=at, name=entry.id.name, listed=listed)


def _reaches(entity: Entity, listed: frozenset[str]) -> bool:
    """Return whether a subject leads up to what is listed, or may by a link stated as not known."""
    own = entity.type
    links = [link.name for link in own.links.values() if link.tree and link.to == own.name]
    waiting, seen = [entity], {entity.id}
    while waiting:
        current = waiting.pop()
        stated = [current.facts.get(link) for link in links]
        if current.id in listed or any(isinstance(one, Value) and one.why for one in stated):
            return True
        targets = (next_along(current, link) for link in links)
        new = [t for t in targets if t is not None and t.id not in seen]
        seen.update(target.id for target in new)
        waiting += new
    return False
