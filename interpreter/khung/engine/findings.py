"""What a person must see beside a result: decisions that the rules did not leave open, counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.engine.rows import undecided
from khung.engine.stages import Status
from khung.engine.voting import Finding, FindingCode
from khung.ir import types as t
from khung.ir.nodes import Rule
from khung.ir.stages import names
from khung.records import dataclass
from khung.rulebook.model.rules import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from khung.engine.facts import Entity
    from khung.engine.stages import Run


@dataclass(frozen=True, slots=True)
class LongerList:
    """A list of those that point to a subject, with the fact that counts fewer of them."""

    name: str
    count: str
    counted: Decimal
    listed: int


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


def longer_lists(run: Run, entity: Entity) -> Iterator[LongerList]:
    """Yield each list of those that point here that is surely longer than the stated count."""
    for name, back in entity.type.back_lists.items():
        if not back.complete:
            continue
        count = run.evaluator.member(entity, back.complete, t.NUMBER)
        listed = sum(item.sure for item in run.case.back_list(entity, name).items)
        if count is not None and count[0].most < listed:
            yield LongerList(name, back.complete, count[0].most, listed)


def _own(entity: Entity, name: str) -> Rule:
    """Return the construct that a finding of khung's own names."""
    return Rule(f"{entity.type.name}.{name}", (), None, None)
