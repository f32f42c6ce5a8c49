"""Under which overlay each subject of a case is.

A subject is under the overlay that names it, or else under that of the first subject named which
is reached from it over links that lead to its unit. Whether such a link is there may hang on facts
of the base, so the case is read by the base alone first.

Reports: K0670-K0672, K0677.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from khung.engine.evaluate import Evaluator
from khung.engine.facts import Entity, Stated
from khung.engine.members import is_there
from khung.engine.values import Value
from khung.records import dataclass
from khung.source.nodes import Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from khung.casefile.model import CaseFile, Written
    from khung.diagnostics.bag import Bag
    from khung.engine.facts import Case
    from khung.engine.stages import Run
    from khung.ir.program import Link, ObjectType, Program, Quota

Key = tuple[str, str]
"""A subject, as type and id."""


def named_by(case_file: CaseFile, program: Program, bag: Bag) -> dict[Key, str]:
    """Return the overlays of the subjects that they name; report who has two (K0670)."""
    found: dict[Key, str] = {}
    for ref in case_file.overlays:
        part = program.parts.get(ref.name)
        for key in () if part is None else _listed(part.program):
            other = found.setdefault(key, ref.name)
            if other != ref.name:
                bag.add("K0670", ref.span, at="overlays", name=key[1], one=other, other=ref.name)
    return found


def _listed(program: Program) -> Iterator[Key]:
    for of_type, ids in program.applies_to.items():
        yield from ((of_type, name) for name in ids)


class Way(NamedTuple):
    """A link to the unit of a subject, and where it leads; None where that is not known."""

    entity: Entity
    link: Link
    target: Entity | None


class Under(NamedTuple):
    """The overlays of those who are under one, and those of whom it cannot be told."""

    overlays: Mapping[Key, str]
    untold: frozenset[Key] = frozenset()


def overlays_of(case_file: CaseFile, case: Case, bag: Bag) -> Under:
    """Return the overlays of those subjects of a case that are under one.

    Args:
        case_file: The case as written.
        case: As read by the base alone, whatever is wrong with it by that.
        bag: Where to report.
    """
    program = case.program
    named = named_by(case_file, program, bag)
    base = program.parts[""].program
    finder = _Finder(Evaluator(base.values, base.objects, case, on=case.on), named)
    found, untold, written = dict[Key, str](), set[Key](), _written(case_file)
    for key, entry in written.items():
        entity = case.entities.get(key[0], {}).get(key[1])
        if entity is None:
            continue
        overlays, unknown = finder.first(entity)
        if unknown is not None:
            untold.add(key)
            _report_unknown(unknown, written, bag)
        elif len(overlays) > 1:
            untold.add(key)
            at, (one, other, *_) = f"subjects.{key[0]}.{entry.id.name}", overlays
            bag.add("K0671", entry.id.span, at=at, name=entry.id.name, one=one, other=other)
        elif overlays:
            found[key] = overlays[0]
    return Under(found, frozenset(untold))


def _written(case_file: CaseFile) -> dict[Key, Written]:
    """Return the entry of each subject."""
    return {
        (group.type.name, name): entry
        for group in case_file.subjects
        for entry in group.entries
        for name in entry.ids
    }


def _report_unknown(unknown: Way, written: Mapping[Key, Written], bag: Bag) -> None:
    """Report a link that is not known, once; not one that leads to nobody, which is told there."""
    of, name = unknown.entity, unknown.link.name
    entry = written[of.type.name, of.id]
    own = next((fact for fact in entry.facts if fact.key == name), None)
    if own is not None and not (isinstance(own.value, Scalar) and own.value.value is None):
        return
    bag.add(
        "K0672",
        entry.id.span if own is None else own.value.span,
        help="optional" if unknown.link.optional or unknown.link.applies else "",
        at=f"subjects.{of.type.name}.{entry.id.name}.{name}",
        name=entry.id.name,
        link=name,
    )


def check_quotas(case_file: CaseFile, run: Run, bag: Bag) -> None:
    """Report who is in a group by whose part of the program a quota says otherwise (K0677)."""
    written = _written(case_file)
    for declared in run.program.subjects if run.program.parts else ():
        for place, quota in enumerate(declared.quotas):
            said = {
                part: by.program.objects[declared.name].quotas[place]
                for part, by in run.program.parts.items()
            }
            if any(other != said[""] for other in said.values()):
                for entity in _differing(run, declared, place, said):
                    ref = written[declared.name, entity.id].id
                    bag.add("K0677", ref.span, name=ref.name, rule=quota.head.id)


def _differing(
    run: Run, declared: ObjectType, place: int, said: Mapping[str, Quota]
) -> Iterator[Entity]:
    under = run.case.under
    parts = run.groups_of(declared, place).parts
    for key, members in (group for part in parts for group in part.members.items()):
        owner = next((part for part in key if isinstance(part, Entity)), None)
        by = "" if owner is None else under.get((owner.type.name, owner.id), "")
        for entity, _ in members:
            if said[under.get((declared.name, entity.id), "")] != said[by]:
                yield entity


def foreign_to(part: str, program: Program) -> dict[Key, str]:
    """Return what a case may state only of those under another part, by type and name.

    Returns:
        The overlay whose it is; criteria are named as `criteria.ITEM`.
    """
    own = set(_stated_by(program.parts[part].program)) if program.parts else set[Key]()
    return {
        key: name
        for name, other in list(program.parts.items())[::-1]
        if name != part
        for key in _stated_by(other.program)
        if key not in own
    }


def _stated_by(program: Program) -> Iterator[Key]:
    for name, declared in program.objects.items():
        yield from ((name, fact) for fact in declared.facts)
        yield from ((name, f"criteria.{item}") for item in declared.criteria)


@dataclass(frozen=True, slots=True)
class _Finder:
    """Goes up from subjects to those that overlays name."""

    evaluator: Evaluator
    named: Mapping[Key, str]

    def first(self, entity: Entity) -> tuple[tuple[str, ...], Way | None]:
        """Return the overlays nearest to a subject, or a link on the way that is not known."""
        reached, seen = [entity], {id(entity)}
        while reached:
            found = (self.named.get((one.type.name, one.id)) for one in reached)
            overlays = tuple(dict.fromkeys(name for name in found if name))
            if overlays:
                return overlays, None
            ways = [way for one in reached for way in self._ways(one)]
            unknown = next((way for way in ways if way.target is None), None)
            if unknown is not None:
                return (), unknown
            targets = {id(t): t for _, _, t in ways if t is not None and id(t) not in seen}
            seen.update(targets)
            reached = list(targets.values())
        return (), None

    def _ways(self, entity: Entity) -> Iterator[Way]:
        """Yield the links to the units of a subject that are there."""
        for link in entity.type.links.values():
            stated = entity.facts.get(link.name)
            if not link.unit or stated is Stated.ABSENT:
                continue
            if isinstance(stated, Value) and stated.known:
                yield Way(entity, link, stated.least)
            elif is_there(self.evaluator, entity, link.name).most:
                yield Way(entity, link, None)
