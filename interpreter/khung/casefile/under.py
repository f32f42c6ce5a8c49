"""Under which overlay each subject of a case is.

A subject is under the overlay that names it, or else under that of the first subject named which
is reached from it over links that lead to its unit. Whether such a link is there may hang on facts
of the base, so the case is read by the base alone first.

Reports: K0670-K0672, K0677.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.engine.evaluate import Evaluator
from khung.engine.facts import Entity, Stated
from khung.engine.members import is_there
from khung.engine.values import Value
from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from khung.casefile.model import CaseFile, Written
    from khung.diagnostics.bag import Bag
    from khung.engine.facts import Case
    from khung.engine.stages import Run
    from khung.ir.program import ObjectType, Program, Quota

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


def overlays_of(case_file: CaseFile, case: Case, bag: Bag) -> dict[Key, str]:
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
    found: dict[Key, str] = {}
    for group in case_file.subjects:
        made = case.entities.get(group.type.name, {})
        for entry in group.entries:
            told = False
            for name in (name for name in entry.ids if name in made):
                overlays, unknown = finder.first(made[name])
                if not told and (unknown or len(overlays) > 1):
                    _report(entry, made[name], overlays, unknown, bag)
                    told = True
                if len(overlays) == 1 and not unknown:
                    found[group.type.name, name] = overlays[0]
    return found


def _report(
    entry: Written, entity: Entity, overlays: tuple[str, ...], unknown: str, bag: Bag
) -> None:
    at = f"subjects.{entity.type.name}.{entry.id.name}"
    if not unknown:
        bag.add(
            "K0671", entry.id.span, at=at, name=entry.id.name, one=overlays[0], other=overlays[1]
        )
        return
    own = next((fact.value.span for fact in entry.facts if fact.key == unknown), entry.id.span)
    bag.add("K0672", own, at=f"{at}.{unknown}", name=entry.id.name, link=unknown)


def check_quotas(case_file: CaseFile, run: Run, bag: Bag) -> None:
    """Report who is in a group by whose part of the program a quota says otherwise (K0677)."""
    written = {
        (group.type.name, name): entry.id
        for group in case_file.subjects
        for entry in group.entries
        for name in entry.ids
    }
    for declared in run.program.subjects if run.program.parts else ():
        for place, quota in enumerate(declared.quotas):
            said = {
                part: by.program.objects[declared.name].quotas[place]
                for part, by in run.program.parts.items()
            }
            if any(other != said[""] for other in said.values()):
                for entity in _differing(run, declared, place, said):
                    ref = written[declared.name, entity.id]
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

    def first(self, entity: Entity) -> tuple[tuple[str, ...], str]:
        """Return the overlays nearest to a subject, and a link on the way that is not known."""
        reached, seen = [entity], {id(entity)}
        while reached:
            found = (self.named.get((one.type.name, one.id)) for one in reached)
            overlays = tuple(dict.fromkeys(name for name in found if name))
            if overlays:
                return overlays, ""
            ways = [way for one in reached for way in self._ways(one)]
            unknown = next((link for link, target in ways if target is None), "")
            if unknown:
                return (), unknown
            targets = {id(t): t for _, t in ways if t is not None and id(t) not in seen}
            seen.update(targets)
            reached = list(targets.values())
        return (), ""

    def _ways(self, entity: Entity) -> Iterator[tuple[str, Entity | None]]:
        """Yield the links to the units of a subject that are there, with where they lead."""
        for link in entity.type.links.values():
            stated = entity.facts.get(link.name)
            if not link.unit or stated is Stated.ABSENT:
                continue
            if isinstance(stated, Value) and stated.known:
                yield link.name, stated.least
            elif is_there(self.evaluator, entity, link.name).most:
                yield link.name, None
