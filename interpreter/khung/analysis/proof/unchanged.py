"""Whether a change does nothing: with it and without it every complete case comes out the same.

Levels are asked of the solver where they are not said alike. Of outputs, checks, tables and
defaults it is enough that they are said alike; else nothing is proved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir.program import TABLES, member_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.analysis.proof.solver import Budget
    from khung.ir.program import ObjectType, Program
    from khung.smt.alike import Alike


def same_everywhere(one: Program, other: Program, budget: Budget) -> bool:
    """Whether two programs of one period are proved to make the same of every complete case."""
    from khung.smt.alike import Alike  # noqa: PLC0415  # beside the solver

    alike = Alike(one, other)
    if list(one.objects) != list(other.objects) or one.period != other.period:
        return False
    if any(not _beside(alike, here, other.objects[name]) for name, here in one.objects.items()):
        return False
    return all(
        alike.quotas(subject.name)
        and (alike.outcomes(subject.name) or _levels(one, other, subject.name, budget))
        for subject in one.subjects
        if subject.ladder is not None
    )


def _beside(alike: Alike, here: ObjectType, there: ObjectType) -> bool:
    """Whether what stands beside levels is said alike: defaults, outputs, tables, checks."""
    if set(here.facts) != set(there.facts) or set(here.links) != set(there.links):
        return False
    if (here.ladder is None) != (there.ladder is None):
        return False
    defaults = all(
        alike.nodes(fact.default, there.facts[name].default)
        and fact.absent == there.facts[name].absent
        for name, fact in here.facts.items()
    )
    criteria = [f"criteria.{name}" for name in here.criteria]
    names = (*here.facts, *here.links, *here.back_lists, *criteria)
    held = set(here.criteria) == set(there.criteria) and all(
        alike.member(here.name, name) for name in names
    )
    outputs, others = ([*_told(one)] for one in (here, there))
    same = outputs == others and all(alike.definition(here.name, name) for name in outputs)
    return defaults and held and same and _checks(alike, here, there)


def _told(declared: ObjectType) -> Iterator[str]:
    """Yield the definitions that are told beside the level: outputs and what tables give."""
    for name, one in declared.definitions.items():
        if one.output or name.startswith(f"{TABLES}."):
            yield name
    for table in declared.tables.values():
        yield from (member_name(table.name, output) for output in table.outputs)


def _checks(alike: Alike, here: ObjectType, there: ObjectType) -> bool:
    if [one.head.id for one in here.checks] != [one.head.id for one in there.checks]:
        return False
    return all(
        alike.nodes(one.head.when, other.head.when)
        and alike.nodes(one.require, other.require)
        and one.severity == other.severity
        for one, other in zip(here.checks, there.checks, strict=True)
    )


def _levels(one: Program, other: Program, name: str, budget: Budget) -> bool:
    """Whether all levels of a subject are proved the same, whatever its kind."""
    from khung.smt.question import Answer, question  # noqa: PLC0415  # as above
    from khung.smt.variants import differ  # noqa: PLC0415  # as above

    scales = (program.objects[name].ladder for program in (one, other))
    values = [p.values[s.scale.name].values for p, s in zip((one, other), scales, strict=True) if s]
    if values[0] != values[1] or not budget.left:
        return False
    asked = question(name, (one, other))
    asked.finish()
    if not asked.is_possible(""):
        return False
    answer, _ = asked.check(differ(*asked.outcomes), seconds=budget.left)
    return answer is Answer.HOLDS
