"""What a person must see beside a result: decisions that the rules did not leave open, counts."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

from khung.engine import gathered
from khung.engine.rows import undecided
from khung.engine.stages import Status
from khung.engine.voting import Finding, FindingCode
from khung.ir.nodes import Rule
from khung.ir.stages import names
from khung.records import dataclass
from khung.rulebook.model.rules import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from khung.engine.facts import Entity
    from khung.engine.stages import Run
    from khung.ir.program import ObjectType


@dataclass(frozen=True, slots=True)
class CountedList:
    """A list of a subject with the fact that counts it.

    Attributes:
        name: The back list or own list.
        count: The fact.
        least: The number that it says, at least; `most` at most.
        listed: How many are surely in the list, `possible` how many may be besides.
        is_whole: Whether the case says that it holds no others.
    """

    name: str
    count: str
    least: Decimal
    most: Decimal
    listed: int
    possible: int
    is_whole: bool


def findings_of(run: Run, entity: Entity, status: Status) -> Iterator[Finding]:
    """Yield the findings of one subject: those of its votes, of its decision, of its lists."""
    if status not in (Status.NOT_RANKED, Status.PENDING):
        yield from run.step(entity, Stage.QUOTA).findings
    yield from _given_not_open(run, entity)
    for one in longer_lists(run, entity):
        yield Finding(_own(entity, one.name), FindingCode.LIST_LONGER_THAN_COUNT, "warning")


def _given_not_open(run: Run, entity: Entity) -> Iterator[Finding]:
    """A given level above what the rules allow, or not among the options that they left."""
    given = entity.given
    if given is None or given.level is None:
        return
    row = undecided(run.evaluator.row(entity))
    alone = run.steps.of(row, names.of_stage(given.after))
    options = alone.decision.options if alone.decision else ()
    is_open = given.level <= alone.level.most and (not options or given.level in options)
    if run.evaluator.worth(row, names.OUT).least or not is_open:
        yield Finding(_own(entity, "given"), FindingCode.GIVEN_NOT_OPEN, "error")


def longer_lists(run: Run, entity: Entity) -> Iterator[CountedList]:
    """Yield each list of a subject that is surely longer than the stated count."""
    return (one for one in counted_lists(run, entity) if one.most < one.listed)


def counted_lists(run: Run, entity: Entity) -> Iterator[CountedList]:
    """Yield each list of a subject that a fact counts, where that surely applies."""
    evaluator, row = run.evaluator, run.evaluator.row(entity)
    for name, count in filter(itemgetter(1), _counts(entity.type)):
        found = gathered.count_of(evaluator, row, count)
        if found is not None and found[1]:
            listed, possible, is_whole = gathered.standing(evaluator, row, name)
            ends = found[0].least, found[0].most
            yield CountedList(name, count, *ends, listed, possible, is_whole)


def _counts(declared: ObjectType) -> Iterator[tuple[str, str]]:
    """Yield the lists of a type, each with the fact that counts it, if one does."""
    yield from (
        (back.name, back.complete) for back in declared.back_lists.values() if not back.below
    )
    yield from ((fact.name, fact.complete) for fact in declared.facts.values())


def _own(entity: Entity, name: str) -> Rule:
    """Return the construct that a finding of khung's own names."""
    return Rule(f"{entity.type.name}.{name}", (), None, None)
